// SPDX-License-Identifier: MIT
#include "scenarios/story/words_value.h"

#include "bus/can/frame_text.h"

void words_add_raw(words_t *self, const dbc_signal_t *signal, int64_t raw)
{
    char text[FRAME_TEXT_VALUE_MAX];
    words_add(self, "%s", frame_text_raw(signal, raw, text, sizeof text));
}

void words_add_value(words_t *self, const story_value_t *value)
{
    char text[FRAME_TEXT_VALUE_MAX];
    if (value->exact)
        words_add_raw(self, value->signal, value->raw);
    else
        words_add(self, "%s", frame_text_physical(value->signal, value->physical, text, sizeof text));
}

void words_add_named_value(words_t *self, const char *name, const story_value_t *value)
{
    words_add(self, " %s=", name);
    words_add_value(self, value);
}
