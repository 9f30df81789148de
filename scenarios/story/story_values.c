// SPDX-License-Identifier: MIT
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "bus/base/words.h"
#include "scenarios/actors/workshop_requests.h"
#include "scenarios/story/story_parts.h"

#define NAMES_MAX 320
#define STEP_TOLERANCE 1e-6 // of a step: what the digits of a decimal fraction may lack

// ---- mistakes ------------------------------------------------------------------------------------------------------

static double in_steps(const dbc_signal_t *signal, double physical)
{
    return (physical - signal->offset) / signal->factor;
}

// The two that the signal can have to either side of the number, in the order of numbers; beyond its range the two at
// its end.
static void add_nearest(words_t *words, const dbc_signal_t *signal, double told)
{
    double lowest = (double)dbc_raw_minimum(signal), highest = (double)dbc_raw_maximum(signal);
    double below = fmin(fmax(floor(in_steps(signal, told)), lowest), fmax(highest - 1, lowest));
    double first = dbc_physical(signal, (int64_t)below),
           second = dbc_physical(signal, (int64_t)fmin(below + 1, highest));
    words_add(words, "; nearest to %.15g are %.15g and %.15g", told, fmin(first, second), fmax(first, second));
}

static void add_names(words_t *words, const dbc_signal_t *signal)
{
    for (size_t i = 0; i < signal->value_count; i++)
        words_add(words, "%s%s", i == 0 ? ", or a name: " : ", ", signal->values[i].name);
}

// told: the number that is none of the signal's, null for something else than a number.
static bool tell_range(story_loader_t *self, const dbc_signal_t *signal, const double *told)
{
    double low, high;
    dbc_physical_range(signal, &low, &high);
    char text[NAMES_MAX];
    words_t words = words_make(text, sizeof text);
    bool has_steps = signal->kind == DBC_INTEGER; // floating-point numbers have none
    words_add(&words, has_steps ? "must be %.15g to %.15g%s%s" : "must be a number from %.15g to %.15g%s%s", low, high,
              *signal->unit ? " " : "", signal->unit);
    if (has_steps) words_add(&words, " in steps of %.15g", fabs(signal->factor));
    add_names(&words, signal);
    if (told && has_steps && isfinite(*told)) add_nearest(&words, signal, *told);
    return json_reader_mistake(&self->reader, "%s", text);
}

// ---- values --------------------------------------------------------------------------------------------------------

static bool load_named(story_loader_t *self, const dbc_signal_t *signal, const char *name, value_use_t use,
                       story_value_t *value)
{
    int64_t raw;
    bool known = dbc_value_raw(signal, name, &raw);
    if (known && use == VALUE_SETTING) known = raw >= dbc_raw_minimum(signal) && raw <= dbc_raw_maximum(signal);
    if (!known) return tell_range(self, signal, NULL);
    double physical = dbc_physical(signal, raw);
    if (use == VALUE_CODED) raw = identifiers_saturate(raw);
    *value = (story_value_t){.signal = signal, .named = true, .raw = raw, .physical = physical};
    return true;
}

// A number of few digits for one that has more (0.1 for the nearest double) is that number; 179.89 is not 179.9.
static bool find_raw(const dbc_signal_t *signal, double physical, int64_t *raw)
{
    if (!dbc_raw(signal, physical, raw)) return false;
    if (signal->kind != DBC_INTEGER) return true;
    double steps = in_steps(signal, physical);
    return fabs(steps - nearbyint(steps)) <= STEP_TOLERANCE * fmax(1.0, fabs(steps) * STEP_TOLERANCE);
}

bool story_load_value(story_loader_t *self, const dbc_signal_t *signal, const json_t *json, value_use_t use,
                      story_value_t *value)
{
    if (json_is_string(json)) return load_named(self, signal, json_string_value(json), use, value);
    if (!json_is_number(json)) return tell_range(self, signal, NULL);
    *value = (story_value_t){.signal = signal, .physical = json_number_value(json)};
    if (use == VALUE_CODED) {
        value->raw = workshop_raw(signal, value->physical);
        return true;
    }
    value->named = signal->value_count > 0;
    return find_raw(signal, value->physical, &value->raw) || tell_range(self, signal, &value->physical);
}

// ---- what conditions ask -------------------------------------------------------------------------------------------

static bool load_range(story_loader_t *self, const dbc_signal_t *signal, const json_t *json, story_value_t *value)
{
    const json_t *minimum = json_object_get(json, "min"), *maximum = json_object_get(json, "max");
    size_t known = (minimum ? 1U : 0U) + (maximum ? 1U : 0U);
    if (known == 0 || json_object_size(json) != known)
        return json_reader_mistake(&self->reader, "must be a value, {\"min\": A, \"max\": B} or {\"not\": VALUE}");
    if ((minimum && !json_is_number(minimum)) || (maximum && !json_is_number(maximum)))
        return json_reader_mistake_at(&self->reader, minimum && !json_is_number(minimum) ? "min" : "max",
                                      "must be a number");
    *value = (story_value_t){.signal = signal, .is_range = true, .minimum = -INFINITY, .maximum = INFINITY};
    if (minimum) value->minimum = json_number_value(minimum);
    if (maximum) value->maximum = json_number_value(maximum);
    return value->minimum <= value->maximum ||
           json_reader_mistake_at(&self->reader, "max", "must not be below min, %.15g", value->minimum);
}

static bool load_not(story_loader_t *self, const dbc_signal_t *signal, const json_t *json, value_use_t use,
                     story_value_t *value)
{
    size_t mark = json_reader_enter(&self->reader, "not");
    bool good =
        json_is_object(json) ? load_range(self, signal, json, value) : story_load_value(self, signal, json, use, value);
    value->is_not = true;
    json_reader_leave(&self->reader, mark);
    return good;
}

bool story_load_asked(story_loader_t *self, const dbc_signal_t *signal, const json_t *json, value_use_t use,
                      story_value_t *value)
{
    if (!json_is_object(json)) return story_load_value(self, signal, json, use, value);
    const json_t *not = json_object_get(json, "not");
    return not &&json_object_size(json) == 1 ? load_not(self, signal, not, use, value)
                                             : load_range(self, signal, json, value);
}

// ---- what fits -----------------------------------------------------------------------------------------------------

// An end that is written as one of the signal's values counts in, whatever the arithmetic of fractions makes of it.
static bool is_within(const story_value_t *self, int64_t raw)
{
    double physical = dbc_physical(self->signal, raw), slack = STEP_TOLERANCE * fabs(self->signal->factor);
    return physical >= self->minimum - slack && physical <= self->maximum + slack;
}

bool story_value_fits(const story_value_t *self, int64_t raw)
{
    bool fits = self->is_range ? is_within(self, raw) : raw == self->raw;
    return fits != self->is_not;
}
