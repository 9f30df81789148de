// SPDX-License-Identifier: MIT
#include "bus/can/frame_text.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "bus/base/text.h"
#include "bus/can/decimal.h"

#define PLACES_EXACT 9
#define PLACES_USUAL 6
#define PLACES_MAX 60
#define COARSE (-5)      // power of ten of the first digit of a factor that may be rounded
#define PLAIN_FIRST (-6) // powers of ten between which floating-point numbers are written without an exponent
#define PLAIN_LAST 15

// ---- numbers -------------------------------------------------------------------------------------------------------

// The shortest decimal number for which the double, or the float, is the nearest: 0.1 for 0.1. False for one that is
// infinite or none.
static bool shortest(double value, bool single, decimal_t *decimal)
{
    char text[40];
    if (!isfinite(value)) return false;
    bool few = fabs(value) < (single ? (double)FLT_MIN : DBL_MIN); // subnormal numbers have fewer digits
    for (int digits = few ? 1 : single ? FLT_DIG : DBL_DIG;; digits++) {
        snprintf(text, sizeof text, "%.*e", digits - 1, value);
        if (single ? strtof(text, NULL) == (float)value : strtod(text, NULL) == value) break;
    }
    return decimal_read(decimal, text);
}

// As many decimals as factor and offset have: then every raw value is written exactly. Only where a coarse factor was
// itself rounded to many digits (6.10352e-05 for 2^-14) so many that rounding is a hundredth of a step at most, for
// which dbc_raw takes it for the raw value: 1.500001.
static int32_t places_of(const decimal_t *factor, const decimal_t *offset)
{
    int32_t exact = decimal_places(factor), other = decimal_places(offset);
    if (other > exact) exact = other;
    if (exact <= PLACES_EXACT || decimal_magnitude(factor) < COARSE) return exact;
    // With a factor of about d * 10^m, rounding is off by 0.5 / d * 10^(-places - m) steps: a hundredth at most with
    // places = 2 - m, and with one less when d is 5 or more.
    int32_t places = (factor->digits[factor->count - 1] >= 5 ? 1 : 2) - decimal_magnitude(factor);
    if (places < PLACES_USUAL) places = PLACES_USUAL;
    return places < exact ? places : exact;
}

static void write_float(const decimal_t *value, char text[DECIMAL_TEXT_MAX])
{
    int32_t magnitude = decimal_magnitude(value);
    bool plain = magnitude >= PLAIN_FIRST && magnitude <= PLAIN_LAST;
    if (!plain || !decimal_write(value, decimal_places(value), text)) decimal_write_power(value, text);
}

// raw * factor + offset in decimal digits; false when that takes too many.
static bool write_exactly(const dbc_signal_t *signal, int64_t raw, char text[DECIMAL_TEXT_MAX])
{
    decimal_t number = decimal_whole(raw, !signal->is_signed), factor, offset, product, value;
    bool is_float = signal->kind != DBC_INTEGER;
    if (is_float && !shortest(dbc_number(signal, raw), signal->kind == DBC_FLOAT, &number)) return false;
    if (!shortest(signal->factor, false, &factor) || !shortest(signal->offset, false, &offset)) return false;
    if (!decimal_multiply(&number, &factor, &product) || !decimal_add(&product, &offset, &value)) return false;
    if (is_float) {
        write_float(&value, text);
        return true;
    }
    int32_t places = places_of(&factor, &offset);
    return places <= PLACES_MAX && decimal_write(&value, places, text);
}

static const char *with_unit(const dbc_signal_t *signal, const char *number, char *text, size_t size)
{
    int wrote = snprintf(text, size, "%s%s%s", number, *signal->unit ? " " : "", signal->unit);
    text_end_cut(text, size, (size_t)wrote);
    return text;
}

const char *frame_text_number(const dbc_signal_t *signal, int64_t raw, char *text, size_t size)
{
    char number[DECIMAL_TEXT_MAX];
    if (!write_exactly(signal, raw, number))
        snprintf(number, sizeof number, "%.*g", DBL_DECIMAL_DIG, dbc_physical(signal, raw));
    return with_unit(signal, number, text, size);
}

const char *frame_text_physical(const dbc_signal_t *signal, double physical, char *text, size_t size)
{
    decimal_t value, factor, offset;
    char number[DECIMAL_TEXT_MAX];
    bool known = shortest(physical, false, &value) && shortest(signal->factor, false, &factor) &&
                 shortest(signal->offset, false, &offset);
    bool written = known && signal->kind != DBC_INTEGER;
    if (written) write_float(&value, number);
    if (known && !written) {
        int32_t places = places_of(&factor, &offset);
        written = places <= PLACES_MAX && decimal_write(&value, places, number);
    }
    if (!written) snprintf(number, sizeof number, "%.*g", DBL_DECIMAL_DIG, physical);
    return with_unit(signal, number, text, size);
}

// ---- values and frames ---------------------------------------------------------------------------------------------

const char *frame_text_raw(const dbc_signal_t *signal, int64_t raw, char *text, size_t size)
{
    const char *name = dbc_value_name(signal, raw);
    if (!name) return frame_text_number(signal, raw, text, size);
    int wrote = snprintf(text, size, "%s", name);
    text_end_cut(text, size, (size_t)wrote);
    return text;
}

const char *frame_text_format(const dbc_t *dbc, const can_frame_t *frame, char *text, size_t size)
{
    text[0] = '\0';
    const dbc_message_t *message = dbc_message_of(dbc, frame);
    if (!message) return text;
    size_t length = (size_t)snprintf(text, size, "%s", message->name);
    for (size_t i = 0; i < message->signal_count && length < size; i++) {
        const dbc_signal_t *signal = &message->signals[i];
        char value[FRAME_TEXT_VALUE_MAX];
        if (!dbc_present(message, signal, frame)) continue;
        frame_text_raw(signal, dbc_get(signal, frame), value, sizeof value);
        length += (size_t)snprintf(text + length, size - length, " %s=%s", signal->name, value);
    }
    text_end_cut(text, size, length);
    return text;
}
