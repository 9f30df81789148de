// SPDX-License-Identifier: MIT
#include "bus/kernel/image.h"

#include <string.h>

#define NUMBER_DIGITS_MAX 10

// Builds PREFIX/NUMBER/SUFFIX piece by piece; `fits` goes false for good when a piece does not fit.
typedef struct {
    char text[IMAGE_NAME_MAX + 1];
    size_t length;
    bool fits;
} name_t;

// Letter by letter: names are short, and made so often that two calls for each piece are dear.
static void name_append(name_t *self, const char *piece)
{
    for (; *piece && self->fits; piece++) {
        self->fits = self->length < IMAGE_NAME_MAX;
        if (self->fits) self->text[self->length++] = *piece;
    }
}

static void name_append_number(name_t *self, int number)
{
    char digits[NUMBER_DIGITS_MAX + 2];
    size_t start = sizeof digits;
    digits[--start] = '\0';
    do {
        digits[--start] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    digits[--start] = '/';
    name_append(self, digits + start);
}

static void name_make(name_t *name, const char *prefix, int number, const char *suffix)
{
    name->length = 0;
    name->fits = true;
    name_append(name, prefix);
    if (number >= 0) name_append_number(name, number);
    if (suffix) {
        name_append(name, "/");
        name_append(name, suffix);
    }
    name->text[name->length] = '\0';
}

void image_clear(image_t *self)
{
    self->count = 0;
}

void image_copy(image_t *self, const image_t *from)
{
    self->count = from->count;
    memcpy(self->entries, from->entries, from->count * sizeof *from->entries);
}

static const image_entry_t *find_name(const image_t *self, const name_t *name)
{
    // Most names differ in length or in their last letter, and begin alike: key/1/counter, key/1/battery. The name is
    // not empty.
    for (uint32_t i = 0; i < self->count; i++) {
        const char *known = self->entries[i].name;
        if (known[name->length] == '\0' && known[name->length - 1] == name->text[name->length - 1] &&
            memcmp(known, name->text, name->length) == 0)
            return &self->entries[i];
    }
    return NULL;
}

const image_entry_t *image_find(const image_t *self, const char *prefix, int number, const char *suffix)
{
    if (self->count == 0) return NULL;
    name_t name;
    name_make(&name, prefix, number, suffix);
    return name.fits && name.length > 0 ? find_name(self, &name) : NULL;
}

// The entry of that name, emptied; a new one where there is none; null when it cannot be.
static image_entry_t *claim(image_t *self, const char *prefix, int number, const char *suffix)
{
    name_t name;
    name_make(&name, prefix, number, suffix);
    if (!name.fits || name.length == 0) return NULL;
    const image_entry_t *found = find_name(self, &name);
    if (!found && self->count >= IMAGE_ENTRIES_MAX) return NULL;
    image_entry_t *entry = &self->entries[found ? (uint32_t)(found - self->entries) : self->count++];
    memset(entry, 0, sizeof *entry); // equal contents are equal bytes
    memcpy(entry->name, name.text, name.length + 1);
    return entry;
}

bool image_set(image_t *self, const char *prefix, int number, const char *suffix, int64_t value)
{
    image_entry_t *entry = claim(self, prefix, number, suffix);
    if (!entry) return false;
    entry->value = value;
    return true;
}

bool image_set_bytes(image_t *self, const char *prefix, int number, const char *suffix, const uint8_t *bytes,
                     uint8_t size)
{
    if (size == 0 || size > IMAGE_BYTES_MAX) return false;
    uint8_t copy[IMAGE_BYTES_MAX]; // the bytes may lie in the very entry that is emptied
    memcpy(copy, bytes, size);
    image_entry_t *entry = claim(self, prefix, number, suffix);
    if (!entry) return false;
    entry->size = size;
    memcpy(entry->bytes, copy, size);
    return true;
}

int64_t image_get(const image_t *self, const char *prefix, int number, const char *suffix, int64_t otherwise)
{
    const image_entry_t *entry = image_find(self, prefix, number, suffix);
    return entry && entry->size == 0 ? entry->value : otherwise;
}
