// SPDX-License-Identifier: MIT
#include "bus/base/words.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "bus/base/text.h"
#include "bus/base/time.h"

words_t words_make(char *text, size_t size)
{
    text[0] = '\0';
    return (words_t){.text = text, .size = size};
}

void words_add(words_t *self, const char *format, ...)
{
    if (self->length >= self->size) return;
    va_list arguments;
    va_start(arguments, format);
    int wrote = vsnprintf(self->text + self->length, self->size - self->length, format, arguments);
    va_end(arguments);
    if (wrote < 0) return;
    self->length += (size_t)wrote;
    if (self->length < self->size) return;
    text_end_cut(self->text, self->size, self->length);
    self->length = self->size; // nothing goes behind the sign
}

void words_add_time(words_t *self, int64_t time_ns)
{
    static const struct {
        int64_t ns;
        const char *name;
    } UNITS[] = {{TIME_S, "s"}, {TIME_MS, "ms"}, {TIME_US, "us"}, {1, "ns"}};
    size_t unit = 0;
    while (unit < 3 && time_ns > 0 && time_ns < UNITS[unit].ns) unit++;
    int64_t whole = time_ns / UNITS[unit].ns, rest = time_ns % UNITS[unit].ns;
    char digits[24];
    snprintf(digits, sizeof digits, "%0*" PRId64, unit == 0 ? 9 : unit == 1 ? 6 : 3, rest);
    size_t length = strlen(digits);
    while (length > 0 && digits[length - 1] == '0') length--;
    words_add(self, "%" PRId64 "%s%.*s %s", whole, rest ? "." : "", rest ? (int)length : 0, digits, UNITS[unit].name);
}

void words_add_choice(words_t *self, const char *name, size_t index, size_t count)
{
    words_add(self, "%s%s", index == 0 ? "" : index + 1 == count ? " or " : ", ", name);
}
