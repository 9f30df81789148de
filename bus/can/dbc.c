// SPDX-License-Identifier: MIT
#include "bus/can/dbc.h"

#include <endian.h>
#include <math.h>
#include <string.h>

#define DATA_BITS (8 * FRAME_DATA_MAX)
#define GRID 0.01   // how far from a raw value a physical one may lie, in steps
#define DEPTH_MAX 8 // multiplexors above one another: what is deeper is there never, nor what goes round in a circle
#define INT64_BOUND 0x1p63 // the first double that no int64_t holds

// ---- finding by name -----------------------------------------------------------------------------------------------

const dbc_message_t *dbc_message(const dbc_t *self, const char *name)
{
    for (size_t i = 0; i < self->message_count; i++) {
        if (strcmp(self->messages[i].name, name) == 0) return &self->messages[i];
    }
    return NULL;
}

const dbc_signal_t *dbc_signal(const dbc_message_t *self, const char *name)
{
    for (size_t i = 0; i < self->signal_count; i++) {
        if (strcmp(self->signals[i].name, name) == 0) return &self->signals[i];
    }
    return NULL;
}

const dbc_message_t *dbc_message_of(const dbc_t *self, const can_frame_t *frame)
{
    for (size_t i = 0; i < self->message_count; i++) {
        const dbc_message_t *message = &self->messages[i];
        if (message->id == frame->id && message->extended == frame->extended) return message;
    }
    return NULL;
}

const dbc_message_t *dbc_bind(const dbc_t *self, const char *message, const char *const *names, size_t count,
                              const dbc_signal_t **signals, const char **missing)
{
    *missing = message;
    const dbc_message_t *found = dbc_message(self, message);
    if (!found) return NULL;
    return dbc_bind_signals(found, names, count, signals, missing) ? found : NULL;
}

bool dbc_bind_signals(const dbc_message_t *self, const char *const *names, size_t count, const dbc_signal_t **signals,
                      const char **missing)
{
    for (size_t i = 0; i < count; i++) {
        *missing = names[i];
        signals[i] = dbc_signal(self, names[i]);
        if (!signals[i] || signals[i]->kind != DBC_INTEGER) return false;
    }
    *missing = NULL;
    return true;
}

bool dbc_next_setting(const dbc_t *self, const char *sender, dbc_setting_t *setting)
{
    bool begins = !setting->message;
    size_t message = begins ? 0 : (size_t)(setting->message - self->messages);
    size_t signal = begins ? 0 : (size_t)(setting->signal - setting->message->signals) + 1;
    for (; message < self->message_count; message++, signal = 0) {
        const dbc_message_t *sent = &self->messages[message];
        if (strcmp(sent->sender, sender) != 0) continue;
        while (signal < sent->signal_count && !sent->signals[signal].setting) signal++;
        if (signal == sent->signal_count) continue;
        *setting = (dbc_setting_t){sent, &sent->signals[signal]};
        return true;
    }
    *setting = (dbc_setting_t){NULL, NULL};
    return false;
}

bool dbc_setting(const dbc_t *self, const char *sender, const char *name, dbc_setting_t *setting)
{
    *setting = (dbc_setting_t){NULL, NULL};
    while (dbc_next_setting(self, sender, setting)) {
        if (strcmp(setting->signal->setting, name) == 0) return true;
    }
    return false;
}

const dbc_message_t *dbc_status_message(const dbc_t *self, const char *sender)
{
    dbc_setting_t first = {NULL, NULL};
    dbc_next_setting(self, sender, &first);
    return first.message;
}

// ---- bits ----------------------------------------------------------------------------------------------------------

// The data as one 64-bit number: byte 0 lowest for Intel, highest for Motorola. A signal is then a run of bits in it:
//
//   Intel     bit n of the file is bit n of the number
//   Motorola  the file numbers bits within bytes as Intel does, but counts from the most significant: byte b, bit i
//             is bit 63 - (8b + 7 - i) of the number, and the signal runs down from there
static uint64_t load(const dbc_signal_t *self, const can_frame_t *frame)
{
    uint64_t number;
    memcpy(&number, frame->data, sizeof number);
    return self->big_endian ? be64toh(number) : le64toh(number);
}

static void store(const dbc_signal_t *self, can_frame_t *frame, uint64_t number)
{
    number = self->big_endian ? htobe64(number) : htole64(number);
    memcpy(frame->data, &number, sizeof number);
}

static uint64_t mask(const dbc_signal_t *self)
{
    return self->length >= 64 ? UINT64_MAX : (UINT64_C(1) << self->length) - 1;
}

static unsigned motorola_top(const dbc_signal_t *self)
{
    return self->start_bit / 8u * 8u + (7u - self->start_bit % 8u);
}

// How far the signal's least significant bit lies above the number's: negative when the signal runs past its end.
static int place(const dbc_signal_t *self)
{
    return self->big_endian ? (int)DATA_BITS - (int)motorola_top(self) - (int)self->length : (int)self->start_bit;
}

static uint64_t shift(uint64_t value, int left)
{
    if (left <= -64 || left >= 64) return 0;
    return left >= 0 ? value << left : value >> -left;
}

int64_t dbc_get(const dbc_signal_t *self, const can_frame_t *frame)
{
    uint64_t raw = shift(load(self, frame), -place(self)) & mask(self);
    if (self->is_signed && (raw >> (self->length - 1) & 1u)) raw |= ~mask(self);
    return (int64_t)raw;
}

void dbc_set(const dbc_signal_t *self, can_frame_t *frame, int64_t raw)
{
    uint64_t others = load(self, frame) & ~shift(mask(self), place(self));
    store(self, frame, others | shift((uint64_t)raw & mask(self), place(self)));
}

// Bytes that a frame must have to hold the whole signal.
static unsigned bytes_needed(const dbc_signal_t *self)
{
    unsigned first = self->big_endian ? motorola_top(self) : self->start_bit;
    return (first + self->length + 7u) / 8u;
}

static bool long_enough(const dbc_signal_t *self, const can_frame_t *frame)
{
    return !frame->remote && bytes_needed(self) <= frame->length;
}

// ---- multiplexing --------------------------------------------------------------------------------------------------

static bool is_multiplexed(const dbc_signal_t *self)
{
    return self->selector != NULL || self->multiplex >= 0;
}

static const dbc_signal_t *selector_of(const dbc_message_t *message, const dbc_signal_t *signal)
{
    if (signal->selector) return dbc_signal(message, signal->selector);
    for (size_t i = 0; i < message->signal_count; i++) {
        if (message->signals[i].multiplex == DBC_SELECTOR) return &message->signals[i];
    }
    return NULL;
}

// How many multiplexors stand above the signal. DEPTH_MAX: too many, or one of them is missing.
static unsigned depth_of(const dbc_message_t *message, const dbc_signal_t *signal)
{
    unsigned depth = 0;
    for (; signal && is_multiplexed(signal) && depth < DEPTH_MAX; depth++) signal = selector_of(message, signal);
    return signal ? depth : DEPTH_MAX;
}

static bool is_selected(const dbc_signal_t *self, int64_t selector)
{
    if (!self->selector) return selector == self->multiplex;
    for (size_t i = 0; i < self->range_count; i++) {
        if (selector >= self->ranges[i].first && selector <= self->ranges[i].last) return true;
    }
    return false;
}

bool dbc_present(const dbc_message_t *message, const dbc_signal_t *signal, const can_frame_t *frame)
{
    for (unsigned depth = depth_of(message, signal); depth < DEPTH_MAX; depth--) {
        if (!long_enough(signal, frame)) return false;
        if (depth == 0) return true;
        const dbc_signal_t *selector = selector_of(message, signal);
        if (!is_selected(signal, dbc_get(selector, frame))) return false;
        signal = selector;
    }
    return false;
}

// A multiplexor's start value says which signals there are below it: those above come first.
can_frame_t dbc_frame(const dbc_message_t *self)
{
    can_frame_t frame = {.id = self->id, .extended = self->extended};
    frame.length = self->length < FRAME_DATA_MAX ? self->length : FRAME_DATA_MAX;
    bool deeper = true;
    for (unsigned depth = 0; deeper && depth < DEPTH_MAX; depth++) {
        deeper = false;
        for (size_t i = 0; i < self->signal_count; i++) {
            const dbc_signal_t *signal = &self->signals[i];
            unsigned own = depth_of(self, signal);
            deeper |= own > depth;
            if (own == depth && dbc_present(self, signal, &frame)) dbc_set(signal, &frame, signal->start_raw);
        }
    }
    return frame;
}

// ---- floating-point numbers ----------------------------------------------------------------------------------------

int64_t dbc_bits(const dbc_signal_t *self, double number)
{
    uint64_t bits = 0;
    if (self->kind == DBC_INTEGER) return (int64_t)number;
    if (self->kind == DBC_DOUBLE) {
        memcpy(&bits, &number, sizeof number);
        return (int64_t)bits;
    }
    float single = (float)number;
    uint32_t short_bits;
    memcpy(&short_bits, &single, sizeof single);
    return self->is_signed ? (int32_t)short_bits : (int64_t)short_bits; // as dbc_get reads them
}

double dbc_number(const dbc_signal_t *self, int64_t raw)
{
    double number = self->is_signed ? (double)raw : (double)(uint64_t)raw;
    float single;
    uint32_t short_bits = (uint32_t)raw;
    if (self->kind == DBC_DOUBLE) memcpy(&number, &raw, sizeof number);
    if (self->kind != DBC_FLOAT) return number;
    memcpy(&single, &short_bits, sizeof single);
    return (double)single;
}

// ---- raw and physical ----------------------------------------------------------------------------------------------

static int64_t bits_minimum(const dbc_signal_t *self)
{
    return self->is_signed ? (int64_t)(UINT64_MAX << (self->length - 1)) : 0;
}

static int64_t bits_maximum(const dbc_signal_t *self)
{
    uint64_t most = self->is_signed ? mask(self) >> 1 : mask(self);
    return most > INT64_MAX ? INT64_MAX : (int64_t)most; // the upper half of an unsigned 64-bit signal has no name here
}

static int64_t clamp(const dbc_signal_t *self, double raw)
{
    if (raw <= (double)bits_minimum(self)) return bits_minimum(self);
    if (raw >= (double)bits_maximum(self)) return bits_maximum(self);
    return (int64_t)raw;
}

// The nearest whole number, halves away from zero. The caller has checked that an int64_t holds it.
static int64_t nearest(double value)
{
    return (int64_t)(value < 0 ? value - 0.5 : value + 0.5);
}

static bool has_range(const dbc_signal_t *self)
{
    return self->minimum < self->maximum || self->minimum > self->maximum || self->minimum < 0 ||
           self->minimum > 0; // all but minimum == maximum == 0
}

static double to_raw(const dbc_signal_t *self, double physical)
{
    return (physical - self->offset) / self->factor;
}

// The first or last raw value inside the range of physical values, whatever the factor's sign.
static int64_t range_end(const dbc_signal_t *self, bool last)
{
    bool none = self->kind != DBC_INTEGER || !has_range(self) || !(self->factor < 0 || self->factor > 0);
    if (none) return last ? bits_maximum(self) : bits_minimum(self);
    double end = to_raw(self, last == (self->factor > 0) ? self->maximum : self->minimum);
    int64_t raw = clamp(self, end);
    if (last && (double)raw > end + GRID && raw > bits_minimum(self)) raw--;
    if (last && (double)raw + 1 <= end + GRID && raw < bits_maximum(self)) raw++;
    if (!last && (double)raw < end - GRID && raw < bits_maximum(self)) raw++;
    if (!last && (double)raw - 1 >= end - GRID && raw > bits_minimum(self)) raw--;
    return raw;
}

int64_t dbc_raw_minimum(const dbc_signal_t *self)
{
    return range_end(self, false);
}

int64_t dbc_raw_maximum(const dbc_signal_t *self)
{
    return range_end(self, true);
}

double dbc_physical(const dbc_signal_t *self, int64_t raw)
{
    return dbc_number(self, raw) * self->factor + self->offset;
}

void dbc_physical_range(const dbc_signal_t *self, double *minimum, double *maximum)
{
    if (self->kind == DBC_INTEGER) {
        *minimum = dbc_physical(self, dbc_raw_minimum(self));
        *maximum = dbc_physical(self, dbc_raw_maximum(self));
    } else {
        *minimum = has_range(self) ? self->minimum : -(double)INFINITY;
        *maximum = has_range(self) ? self->maximum : (double)INFINITY;
    }
    if (*minimum <= *maximum) return;
    double other = *minimum; // a negative factor turns the range around
    *minimum = *maximum;
    *maximum = other;
}

// The nearest number that the bits can hold, if it is one of the range.
static bool float_raw(const dbc_signal_t *self, double physical, double number, int64_t *raw)
{
    double minimum, maximum;
    dbc_physical_range(self, &minimum, &maximum);
    if (!(physical >= minimum && physical <= maximum)) return false;
    int64_t bits = dbc_bits(self, number);
    if (!isfinite(dbc_number(self, bits))) return false;
    *raw = bits;
    return true;
}

bool dbc_raw(const dbc_signal_t *self, double physical, int64_t *raw)
{
    double exact = to_raw(self, physical);
    if (self->kind != DBC_INTEGER) return float_raw(self, physical, exact, raw);
    if (!(exact > -INT64_BOUND && exact < INT64_BOUND)) return false; // infinite and not-a-number, too
    int64_t whole = nearest(exact);
    double away = exact - (double)whole;
    if (away > GRID || away < -GRID) return false;
    if (whole < dbc_raw_minimum(self) || whole > dbc_raw_maximum(self)) return false;
    *raw = whole;
    return true;
}

const char *dbc_value_name(const dbc_signal_t *self, int64_t raw)
{
    if (self->kind != DBC_INTEGER) {
        double number = dbc_number(self, raw);
        if (!(number > -INT64_BOUND && number < INT64_BOUND) || (double)(int64_t)number != number) return NULL;
        raw = (int64_t)number;
    }
    for (size_t i = 0; i < self->value_count; i++) {
        if (self->values[i].raw == raw) return self->values[i].name;
    }
    return NULL;
}

bool dbc_value_raw(const dbc_signal_t *self, const char *name, int64_t *raw)
{
    for (size_t i = 0; i < self->value_count; i++) {
        if (strcmp(self->values[i].name, name) != 0) continue;
        *raw = self->values[i].raw;
        if (self->kind != DBC_INTEGER) *raw = dbc_bits(self, (double)*raw);
        return true;
    }
    return false;
}
