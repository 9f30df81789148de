// SPDX-License-Identifier: MIT
#include "tools/cip_values.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bus/files/json_reader.h"
#include "bus/can/frame_text.h"
#include "bus/base/words.h"

#define TEXT_MAX 1024

// ---- mistakes ------------------------------------------------------------------------------------------------------

static bool tell_names(const char *place, const char *name, const dbc_signal_t *signal, error_t *error)
{
    char text[TEXT_MAX];
    words_t words = words_make(text, sizeof text);
    for (size_t i = 0; i < signal->value_count; i++)
        words_add_choice(&words, signal->values[i].name, i, signal->value_count);
    return error_add(error, "%s%s must be %s", place, name, text);
}

static bool tell_range(const char *place, const char *name, const dbc_signal_t *signal, error_t *error)
{
    if (signal->value_count > 0) return tell_names(place, name, signal, error);
    char low[FRAME_TEXT_VALUE_MAX], high[FRAME_TEXT_VALUE_MAX];
    frame_text_number(signal, dbc_raw_minimum(signal), low, sizeof low);
    frame_text_number(signal, dbc_raw_maximum(signal), high, sizeof high);
    low[strcspn(low, " ")] = '\0'; // one unit of measure is enough
    return error_add(error, "%s%s must be %s to %s", place, name, low, high);
}

static bool tell_settings(const cip_values_t *self, const char *place, const char *name, error_t *error)
{
    char text[TEXT_MAX];
    words_t words = words_make(text, sizeof text);
    size_t count = self->settings->count;
    for (size_t i = 0; i < count; i++) words_add_choice(&words, self->settings->signals[i]->setting, i, count);
    return error_add(error, "%s%s has no setting \"%s\": must be %s", place, self->unit, name, text);
}

// ---- values --------------------------------------------------------------------------------------------------------

static bool add(cip_values_t *self, const char *place, int setting, int16_t raw, error_t *error)
{
    for (size_t i = 0; i < self->count; i++)
        if (self->changes[i].setting == (size_t)setting)
            return error_add(error, "%s%s is told twice", place, self->settings->signals[setting]->setting);
    self->changes[self->count++] = (workshop_change_t){(size_t)setting, raw};
    return true;
}

static bool add_physical(cip_values_t *self, const char *place, int setting, double physical, error_t *error)
{
    const dbc_signal_t *signal = self->settings->signals[setting];
    int16_t raw = workshop_raw(signal, physical);
    bool fits = isfinite(physical) && raw >= dbc_raw_minimum(signal) && raw <= dbc_raw_maximum(signal);
    if (fits && signal->value_count > 0) fits = dbc_value_name(signal, raw);
    if (!fits && !(self->unchecked && isfinite(physical))) return tell_range(place, signal->setting, signal, error);
    return add(self, place, setting, raw, error);
}

static bool add_named(cip_values_t *self, const char *place, int setting, const char *name, error_t *error)
{
    const dbc_signal_t *signal = self->settings->signals[setting];
    int64_t raw;
    if (!dbc_value_raw(signal, name, &raw)) return tell_range(place, signal->setting, signal, error);
    return add(self, place, setting, identifiers_saturate(raw), error);
}

// A number, with or without the unit of measure behind it.
static bool parse_number(const dbc_signal_t *signal, const char *text, double *number)
{
    char *end;
    bool begins = *text && strchr("+-.0123456789", *text);
    *number = strtod(text, &end);
    if (!begins || end == text) return false;
    if (*end == ' ') end++;
    return *end == '\0' || strcmp(end, signal->unit) == 0;
}

bool cip_values_take(cip_values_t *self, const char *text, error_t *error)
{
    char name[DBC_NAME_MAX + 1];
    size_t length = strcspn(text, "=");
    if (text[length] != '=') return error_add(error, "\"%s\": must be NAME=VALUE", text);
    snprintf(name, sizeof name, "%.*s", (int)(length < sizeof name ? length : sizeof name - 1), text);
    int setting = workshop_find_setting(self->settings, name);
    if (setting < 0) return tell_settings(self, "", name, error);
    const char *value = text + length + 1;
    int64_t raw;
    double number;
    if (dbc_value_raw(self->settings->signals[setting], value, &raw)) return add_named(self, "", setting, value, error);
    if (parse_number(self->settings->signals[setting], value, &number))
        return add_physical(self, "", setting, number, error);
    return tell_range("", name, self->settings->signals[setting], error);
}

// ---- files ---------------------------------------------------------------------------------------------------------

static void take_member(cip_values_t *self, const char *place, const char *name, const json_t *value, error_t *error)
{
    int setting = workshop_find_setting(self->settings, name);
    if (setting < 0)
        tell_settings(self, place, name, error);
    else if (json_is_string(value))
        add_named(self, place, setting, json_string_value(value), error);
    else if (json_is_number(value))
        add_physical(self, place, setting, json_number_value(value), error);
    else
        tell_range(place, name, self->settings->signals[setting], error);
}

bool cip_values_load(cip_values_t *self, const char *path, error_t *error)
{
    size_t before = error->count;
    json_t *whole = json_reader_load(path, error);
    if (!whole) return false;
    const json_t *inner = json_object_get(whole, "settings");
    json_t *settings = json_is_object(inner) ? (json_t *)(uintptr_t)inner : whole;
    char place[TEXT_MAX];
    snprintf(place, sizeof place, "%s: ", path);
    const char *name;
    json_t *value;
    json_object_foreach(settings, name, value)
    {
        take_member(self, place, name, value, error);
    }
    if (error->count == before && self->count == 0) error_add(error, "%sno settings in it", place);
    json_decref(whole);
    return error->count == before;
}
