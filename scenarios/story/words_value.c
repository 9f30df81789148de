// SPDX-License-Identifier: MIT
#include "scenarios/story/words_value.h"

#include <math.h>
#include <stdlib.h>

#include "bus/can/frame_text.h"

#define DIGITS_TOLERANCE 1e-6 // of a step

void words_add_raw(words_t *self, const dbc_signal_t *signal, int64_t raw)
{
    char text[FRAME_TEXT_VALUE_MAX];
    words_add(self, "%s", frame_text_raw(signal, raw, text, sizeof text));
}

// With the digits that the signal's values have; a number that it cannot have, with its own: 179.89 is not 179.9.
static void add_physical(words_t *self, const dbc_signal_t *signal, double physical)
{
    char text[FRAME_TEXT_VALUE_MAX];
    frame_text_physical(signal, physical, text, sizeof text);
    if (fabs(strtod(text, NULL) - physical) <= DIGITS_TOLERANCE * fabs(signal->factor))
        words_add(self, "%s", text);
    else
        words_add(self, "%.15g%s%s", physical, *signal->unit ? " " : "", signal->unit);
}

void words_add_value(words_t *self, const story_value_t *value)
{
    if (value->named)
        words_add_raw(self, value->signal, value->raw);
    else
        add_physical(self, value->signal, value->physical);
}

void words_add_named_value(words_t *self, const char *name, const story_value_t *value)
{
    words_add(self, value->is_not ? " not %s" : " %s", name);
    bool from = value->is_range && isfinite(value->minimum), to = value->is_range && isfinite(value->maximum);
    words_add(self, !from && to ? "<=" : from && !to ? ">=" : "=");
    if (!value->is_range) words_add_value(self, value);
    if (from) add_physical(self, value->signal, value->minimum);
    if (from && to) words_add(self, " .. ");
    if (to) add_physical(self, value->signal, value->maximum);
}
