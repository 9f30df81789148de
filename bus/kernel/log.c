// SPDX-License-Identifier: MIT
#include "bus/kernel/log.h"

#include <assert.h>
#include <string.h>

typedef struct {
    char *text;
    size_t size, length;
} writer_t;

static void put(writer_t *self, char c)
{
    if (self->length + 1 < self->size) self->text[self->length++] = c;
}

static void put_decimal(writer_t *self, int64_t value)
{
    char digits[24];
    size_t count = 0;
    uint64_t rest = value < 0 ? (uint64_t)0 - (uint64_t)value : (uint64_t)value;
    if (value < 0) put(self, '-');
    do {
        digits[count++] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    while (count > 0) put(self, digits[--count]);
}

static void put_hex(writer_t *self, uint64_t value)
{
    put(self, '0');
    put(self, 'x');
    int shift = 60;
    while (shift > 0 && (value >> shift & 0xF) == 0) shift -= 4;
    for (; shift >= 0; shift -= 4) put(self, "0123456789ABCDEF"[value >> shift & 0xF]);
}

// The choice number `value` of the list "zero|one|two"; the last one for what lies beyond.
static void put_choice(writer_t *self, const char *list, const char *end, int64_t value)
{
    for (; value > 0; value--) {
        const char *bar = memchr(list, '|', (size_t)(end - list));
        if (!bar) break;
        list = bar + 1;
    }
    for (; list < end && *list != '|'; list++) put(self, *list);
}

const char *log_format(const log_entry_t *self, const char *pattern, char *text, size_t size)
{
    writer_t writer = {text, size, 0};
    for (const char *c = pattern; *c; c++) {
        const char *end = *c == '{' ? strchr(c, '}') : NULL;
        if (!end) {
            put(&writer, *c);
            continue;
        }
        size_t index = c[1] == 'x' ? 0 : (size_t)(c[1] - 'a');
        assert(index < LOG_VALUES); // a pattern is our own
        if (c[1] == 'x')
            put_hex(&writer, (uint64_t)self->values[0]);
        else if (c + 2 == end)
            put_decimal(&writer, self->values[index]);
        else
            put_choice(&writer, c + 3, end, self->values[index]);
        c = end;
    }
    if (size > 0) text[writer.length] = '\0';
    return text;
}
