// SPDX-License-Identifier: MIT
#include "bus/log.h"

#include <string.h>

// {a} {b} {c} decimal · {x} the first value in hex · {a!zero|one|two} and {a?zero|other} a choice by value
static const char *const WORDS[LOG_CODE_COUNT] = {
    [LOG_NONE] = "an unknown log entry",
    [LOG_FAULT_STORED] = "fault memory entry {x}",
    [LOG_IMAGE_DAMAGED] = "the stored image cannot be used, defaults are",
    [LOG_STORE_FULL] = "the image is too large to store",
    [LOG_PROFILE_CALLED] = "profile {a} called up ({b?not coded, defaults|coded})",
    [LOG_PROFILE_STORED] = "{b} changed settings stored into profile {a}",
    [LOG_NUMBER_REFUSED] = "personalization number {a} ignored: not 1 to 4",
    [LOG_RECALL_WAITS] = "recall of profile {a} waits for the driver's door",
    [LOG_RECALL_STOPPED] = "recall of profile {a} stopped by a switch",
    [LOG_RECALL_DONE] = "recall of profile {a} done, all motors stand",
    [LOG_KERB_TILT] = "the passenger mirror {a?returns|tilts to the kerb}",
    [LOG_KEY_ACCEPTED] = "key {a} accepted, button {b!none|unlock|lock|boot}, personalization number {c}",
    [LOG_KEY_REPLAYED] = "key {a}: replayed telegram ignored (code {b}, last accepted {c})",
    [LOG_KEY_FORGED] = "key {a}: forged telegram ignored",
    [LOG_KEY_UNKNOWN] = "key {a}: unknown, telegram ignored",
    [LOG_KEY_BLOCKED] = "key {a}: blocked, telegram ignored",
    [LOG_KEY_AHEAD] = "key {a}: code {b} ahead, waits for a second press",
    [LOG_KEY_TOO_FAR] = "key {a}: code {b} ahead, ignored until the key is in the lock",
    [LOG_TELEGRAM_MALFORMED] = "a telegram of {a} bytes ignored",
    [LOG_KEY_IDENTIFIED] = "key {a} in the lock identified, personalization number {b}",
    [LOG_KEY_REFUSED] = "key in the lock refused",
    [LOG_KEY_LEARNED] = "key {a} learned",
    [LOG_KEY_REWRITTEN] = "key {a}: personalization number {b} written to the key",
    [LOG_KEY_DIFFERS] = "key {a} says personalization number {b}, the table says {c}",
    [LOG_KEY_REMOVED] = "key removed",
    [LOG_TERMINAL] = "terminal {a!off|R|15|50}",
    [LOG_ROUTE_DROPPED] = "gateway full, frame {x} dropped",
    [LOG_PROFILE_CODED] = "profile {a} written by diagnosis ({b?not coded|coded})",
    [LOG_KEY_LOCKED] = "key {a} {b?released|blocked}",
    [LOG_KEY_ASSIGNED] = "key {a} has personalization number {b} now",
    [LOG_NUMBER_UNCLEAR] = "personalization number ignored: says {a} and {b}",
};

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

const char *log_format(const log_entry_t *self, char *text, size_t size)
{
    writer_t writer = {text, size, 0};
    for (const char *c = WORDS[self->code < LOG_CODE_COUNT ? self->code : LOG_NONE]; *c; c++) {
        const char *end = *c == '{' ? strchr(c, '}') : NULL;
        if (!end) {
            put(&writer, *c);
            continue;
        }
        size_t index = c[1] == 'x' ? 0 : (size_t)(c[1] - 'a');
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
