// SPDX-License-Identifier: MIT
#include "bus/can/frame_text.h"

#include <math.h>
#include <stdio.h>

#define DECIMALS_MAX 6

static bool is_whole(double value)
{
    return fabs(value - nearbyint(value)) < 1e-9 * fmax(1.0, fabs(value));
}

// As many decimals as factor and offset need: then every raw value is written exactly.
static int decimals_of(const dbc_signal_t *signal)
{
    double factor = signal->factor, offset = signal->offset;
    int decimals = 0;
    for (; decimals < DECIMALS_MAX && !(is_whole(factor) && is_whole(offset)); decimals++) {
        factor *= 10;
        offset *= 10;
    }
    return decimals;
}

const char *frame_text_physical(const dbc_signal_t *signal, double physical, char *text, size_t size)
{
    snprintf(text, size, "%.*f%s%s", decimals_of(signal), physical, *signal->unit ? " " : "", signal->unit);
    return text;
}

const char *frame_text_raw(const dbc_signal_t *signal, int64_t raw, char *text, size_t size)
{
    const char *name = dbc_value_name(signal, raw);
    if (!name) return frame_text_physical(signal, dbc_physical(signal, raw), text, size);
    snprintf(text, size, "%s", name);
    return text;
}

const char *frame_text_format(const dbc_t *dbc, const can_frame_t *frame, char *text, size_t size)
{
    text[0] = '\0';
    const dbc_message_t *message = dbc_message_of(dbc, frame);
    if (!message) return text;
    size_t length = 0;
    int wrote = snprintf(text, size, "%s", message->name);
    for (size_t i = 0; i < message->signal_count; i++) {
        if (wrote < 0 || (length += (size_t)wrote) >= size) break;
        const dbc_signal_t *signal = &message->signals[i];
        char value[FRAME_TEXT_VALUE_MAX];
        wrote = 0;
        if (!dbc_present(message, signal, frame)) continue;
        frame_text_raw(signal, dbc_get(signal, frame), value, sizeof value);
        wrote = snprintf(text + length, size - length, " %s=%s", signal->name, value);
    }
    return text;
}
