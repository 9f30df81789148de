// SPDX-License-Identifier: MIT
#include "bus/files/text_file.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_ROOM 65536

// Everything up to one byte more than is allowed; null with errno when it cannot be read.
static char *read_all(FILE *file, size_t maximum, size_t *size)
{
    size_t room = 0;
    char *text = NULL;
    *size = 0;
    do {
        room = room ? 2 * room : FIRST_ROOM;
        char *larger = realloc(text, room);
        assert(larger);
        text = larger;
        *size += fread(text + *size, 1, room - *size, file);
    } while (*size == room && *size <= maximum);
    if (!ferror(file)) return text;
    int reason = errno;
    free(text);
    errno = reason;
    return NULL;
}

char *text_file_read(const char *path, size_t maximum, size_t *size, error_t *error)
{
    FILE *file = fopen(path, "rb");
    char *text = file ? read_all(file, maximum, size) : NULL;
    if (!text) error_add(error, "%s: %s", path, strerror(errno));
    if (file) fclose(file);
    if (!text || *size <= maximum) return text;
    error_add(error, "%s: larger than %zu MiB", path, maximum >> 20);
    free(text);
    return NULL;
}
