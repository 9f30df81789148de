// SPDX-License-Identifier: MIT
#include "bus/files/image_file.h"

#include <assert.h>
#include <inttypes.h>
#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FORMAT "kmsim image"
#define HEX_MAX (2 * IMAGE_BYTES_MAX)
#define CHECKSUM_DIGITS 16
#define TAIL " \"checksum\": \"%016" PRIx64 "\"\n}\n"
#define TAIL_SIZE (14 + CHECKSUM_DIGITS + 4)
#define MEMBERS 5

static const char HEX[] = "0123456789abcdef";

// ---- checksum ------------------------------------------------------------------------------------------------------

static void make_tail(const char *body, size_t size, char tail[TAIL_SIZE + 1])
{
    static const uint8_t KEY[crypto_shorthash_KEYBYTES] = "kmsim image sum";
    uint8_t hash[crypto_shorthash_BYTES];
    crypto_shorthash(hash, (const unsigned char *)body, size, KEY);
    uint64_t sum = 0;
    for (size_t i = 0; i < sizeof hash; i++) sum |= (uint64_t)hash[i] << 8 * i;
    int length = snprintf(tail, TAIL_SIZE + 1, TAIL, sum);
    assert(length == TAIL_SIZE);
}

static bool is_whole(const char *text, size_t size)
{
    char tail[TAIL_SIZE + 1];
    if (size < TAIL_SIZE) return false;
    make_tail(text, size - TAIL_SIZE, tail);
    return memcmp(text + size - TAIL_SIZE, tail, TAIL_SIZE) == 0;
}

// ---- writing -------------------------------------------------------------------------------------------------------

static json_t *make_value(const image_entry_t *entry)
{
    if (entry->size == 0) return json_integer(entry->value);
    char text[HEX_MAX];
    for (size_t i = 0; i < entry->size; i++) {
        text[2 * i] = HEX[entry->bytes[i] >> 4];
        text[2 * i + 1] = HEX[entry->bytes[i] & 15];
    }
    return json_stringn(text, 2u * entry->size);
}

// Null when a name cannot be written.
static json_t *make_entries(const image_t *image)
{
    json_t *entries = json_object();
    bool good = true;
    for (uint32_t i = 0; i < image->count; i++) {
        const image_entry_t *entry = &image->entries[i];
        bool named = entry->name[0] != '\0' && memchr(entry->name, '\0', sizeof entry->name);
        good = good && named && entry->size <= IMAGE_BYTES_MAX && !json_object_get(entries, entry->name) &&
               json_object_set_new(entries, entry->name, make_value(entry)) == 0;
    }
    if (good) return entries;
    json_decref(entries);
    return NULL;
}

char *image_file_format(const char *node, const image_t *image, size_t *size, error_t *error)
{
    assert(image->count <= IMAGE_ENTRIES_MAX);
    json_t *entries = make_entries(image);
    if (!entries) {
        error_add(error, "%s asks to store an image with a name that is there twice, empty or no text", node);
        return NULL;
    }
    json_t *json = json_pack("{s:s, s:i, s:s, s:o}", "format", FORMAT, "version", IMAGE_FILE_VERSION, "node", node,
                             "entries", entries);
    char *body = json ? json_dumps(json, JSON_INDENT(1)) : NULL;
    assert(body);
    json_decref(json);
    size_t length = strlen(body) - strlen("\n}");
    char *text = realloc(body, length + 2 + TAIL_SIZE + 1);
    assert(text);
    memcpy(text + length, ",\n", 2);
    make_tail(text, length + 2, text + length + 2);
    *size = length + 2 + TAIL_SIZE;
    return text;
}

// ---- reading -------------------------------------------------------------------------------------------------------

static int digit_of(char c)
{
    const char *digit = c ? strchr(HEX, c) : NULL;
    return digit ? (int)(digit - HEX) : -1;
}

static bool read_bytes(const json_t *json, uint8_t bytes[IMAGE_BYTES_MAX], uint8_t *size)
{
    const char *text = json_string_value(json);
    size_t length = json_string_length(json);
    if (length == 0 || length > HEX_MAX || length % 2 != 0) return false;
    for (size_t i = 0; i < length; i += 2) {
        int high = digit_of(text[i]), low = digit_of(text[i + 1]);
        if (high < 0 || low < 0) return false;
        bytes[i / 2] = (uint8_t)(high << 4 | low);
    }
    *size = (uint8_t)(length / 2);
    return true;
}

static bool read_entry(image_t *image, const char *name, const json_t *json)
{
    if (json_is_integer(json)) return image_set(image, name, -1, NULL, json_integer_value(json));
    uint8_t bytes[IMAGE_BYTES_MAX], size;
    return json_is_string(json) && read_bytes(json, bytes, &size) &&
           image_set_bytes(image, name, -1, NULL, bytes, size);
}

static bool read_entries(image_t *image, json_t *entries)
{
    const char *name;
    json_t *value;
    if (!json_is_object(entries)) return false;
    json_object_foreach(entries, name, value) if (!read_entry(image, name, value)) return false;
    return true;
}

static bool is_text(const json_t *json, const char *text)
{
    return json_is_string(json) && strcmp(json_string_value(json), text) == 0;
}

static image_file_verdict_t judge(const json_t *json, const char *node, image_t *image, const char **reason)
{
    *reason = "it is no stored image";
    const json_t *version = json_object_get(json, "version");
    if (!is_text(json_object_get(json, "format"), FORMAT) || !json_is_integer(version)) return IMAGE_FILE_DAMAGED;
    if (json_integer_value(version) < 1) return IMAGE_FILE_DAMAGED;
    *reason = "it was written by a newer version";
    if (json_integer_value(version) > IMAGE_FILE_VERSION) return IMAGE_FILE_NEWER;
    *reason = "it belongs to another control unit";
    const json_t *owner = json_object_get(json, "node");
    if (json_is_string(owner) && !is_text(owner, node)) return IMAGE_FILE_FOREIGN;
    *reason = "an entry in it cannot be";
    if (!json_is_string(owner) || json_object_size(json) != MEMBERS) return IMAGE_FILE_DAMAGED;
    return read_entries(image, json_object_get(json, "entries")) ? IMAGE_FILE_GOOD : IMAGE_FILE_DAMAGED;
}

image_file_verdict_t image_file_parse(const char *text, size_t size, const char *node, image_t *image,
                                      const char **reason)
{
    image_clear(image);
    *reason = "it was cut short or changed";
    if (size > IMAGE_FILE_SIZE_MAX || !is_whole(text, size)) return IMAGE_FILE_DAMAGED;
    json_t *json = json_loadb(text, size, JSON_REJECT_DUPLICATES, NULL);
    if (!json) return IMAGE_FILE_DAMAGED;
    image_file_verdict_t verdict = judge(json, node, image, reason);
    if (verdict != IMAGE_FILE_GOOD) image_clear(image);
    json_decref(json);
    return verdict;
}
