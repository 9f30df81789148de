// SPDX-License-Identifier: MIT
#include "bus/base/error.h"

#include <stdarg.h>
#include <stdio.h>

void error_clear(error_t *self)
{
    self->count = 0;
    self->length = 0;
    self->text[0] = '\0';
}

bool error_add(error_t *self, const char *format, ...)
{
    if (!self) return false;
    self->count++;
    size_t room = ERROR_TEXT_MAX - self->length;
    size_t separator = self->length > 0 ? 1 : 0;
    if (room < separator + 2) return false;
    va_list arguments;
    va_start(arguments, format);
    int wanted = vsnprintf(self->text + self->length + separator, room - separator, format, arguments);
    va_end(arguments);
    if (wanted < 0 || (size_t)wanted >= room - separator) {
        self->text[self->length] = '\0'; // a line that does not fit whole is counted only
        return false;
    }
    if (separator) self->text[self->length] = '\n';
    self->length += separator + (size_t)wanted;
    return false;
}
