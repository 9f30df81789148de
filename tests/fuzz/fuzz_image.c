// SPDX-License-Identifier: MIT
// libFuzzer target: the text of a stored image. The first byte chooses: even, the rest is the whole file; odd, it is
// what stands before the checksum, which is put in right, so that what lies behind it is reached. What is good must be
// the same image when it is written and read again.
#include "bus/files/image_file.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TAIL_MAX 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static image_t first, second;

static void check(bool holds)
{
    if (!holds) abort();
}

static size_t seal(const uint8_t *body, size_t size, char *text)
{
    static const uint8_t KEY[crypto_shorthash_KEYBYTES] = "kmsim image sum";
    uint8_t hash[crypto_shorthash_BYTES];
    crypto_shorthash(hash, body, size, KEY);
    uint64_t sum = 0;
    for (size_t i = 0; i < sizeof hash; i++) sum |= (uint64_t)hash[i] << 8 * i;
    memcpy(text, body, size);
    return size + (size_t)sprintf(text + size, " \"checksum\": \"%016" PRIx64 "\"\n}\n", sum);
}

static void check_again(void)
{
    error_t error;
    error_clear(&error);
    const char *reason;
    size_t size;
    char *text = image_file_format("seat", &first, &size, &error);
    check(text != NULL && size <= IMAGE_FILE_SIZE_MAX);
    check(image_file_parse(text, size, "seat", &second, &reason) == IMAGE_FILE_GOOD);
    free(text);
    check(first.count == second.count);
    for (uint32_t i = 0; i < first.count; i++) {
        const image_entry_t *a = &first.entries[i], *b = &second.entries[i];
        check(strcmp(a->name, b->name) == 0 && a->size == b->size && a->value == b->value);
        check(memcmp(a->bytes, b->bytes, a->size) == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0 || size > IMAGE_FILE_SIZE_MAX) return 0;
    char *text = malloc(size + TAIL_MAX);
    check(text != NULL);
    size_t length = size - 1;
    if (data[0] % 2 == 0)
        memcpy(text, data + 1, length);
    else
        length = seal(data + 1, length, text);
    const char *reason;
    image_file_verdict_t verdict = image_file_parse(text, length, "seat", &first, &reason);
    if (verdict == IMAGE_FILE_GOOD)
        check_again();
    else
        check(first.count == 0 && reason[0] != '\0');
    free(text);
    return 0;
}
