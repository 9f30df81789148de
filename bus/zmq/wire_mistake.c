// SPDX-License-Identifier: MIT
#include "bus/zmq/wire_mistake.h"

#include <inttypes.h>

#include "bus/base/words.h"

static void add_place(words_t *words, const wire_mistake_t *self)
{
    if (self->list) words_add(words, "%s[%" PRIu32 "].", self->list, self->index);
    words_add(words, "%s", self->field ? self->field : "?");
}

const char *wire_mistake_describe(const wire_mistake_t *self, char text[WIRE_MISTAKE_TEXT_MAX])
{
    words_t words = words_make(text, WIRE_MISTAKE_TEXT_MAX);
    switch (self->kind) {
    case WIRE_FITS:
        words_add(&words, "nothing is wrong");
        break;
    case WIRE_ENDS_EARLY:
        words_add(&words, "it ends within ");
        add_place(&words, self);
        break;
    case WIRE_ABOVE:
        add_place(&words, self);
        words_add(&words, " is %" PRIu64 ", at most %" PRIu64, self->value, self->maximum);
        break;
    case WIRE_ZERO_BYTE:
        add_place(&words, self);
        words_add(&words, " has a zero byte");
        break;
    case WIRE_UNFIT:
        add_place(&words, self);
        words_add(&words, " is %" PRIu64 ", which does not fit here", self->value);
        break;
    case WIRE_TOO_LONG:
        words_add(&words, "%" PRIu64 " byte%s too many", self->value, self->value == 1 ? "" : "s");
        break;
    }
    return text;
}
