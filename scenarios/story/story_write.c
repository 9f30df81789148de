// SPDX-License-Identifier: MIT
#include "scenarios/story/story_write.h"

#include <assert.h>
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/story/number_text.h"
#include "scenarios/story/story_parts.h"
#include "scenarios/story/vocabulary.h"

#define WHOLE_MAX 9007199254740992.0 // 2^53: above it a double does not tell neighbours apart

#define DIGITS_READABLE 15 // of a number: 19.6, not 19.600000000000001
#define DIGITS_EXACT 17
#define DIGITS_TOLERANCE 1e-9 // of a step of the signal

// Takes the value. An object grows as long as there is memory.
static void put(json_t *object, const char *name, json_t *value)
{
    int result = json_object_set_new(object, name, value);
    assert(result == 0);
}

// Free text that came with a parameter may have "${…}" in it, which would stand for something when it is read again:
// "$ {…}" does not.
static json_t *write_text(const char *text)
{
    size_t room = 2 * strlen(text) + 1, length = 0;
    char *written = malloc(room);
    assert(written);
    for (; *text; text++) {
        written[length++] = *text;
        if (text[0] == '$' && text[1] == '{' && strchr(text, '}')) written[length++] = ' ';
    }
    json_t *json = json_stringn(written, length);
    free(written);
    return json;
}

// ---- values --------------------------------------------------------------------------------------------------------

json_t *story_write_time(int64_t time_ns)
{
    char text[TIME_TEXT_MAX];
    return json_string(time_write(time_ns, text));
}

json_t *story_write_number(double number)
{
    bool whole = number == trunc(number) && fabs(number) < WHOLE_MAX && !(number == 0 && signbit(number));
    return whole ? json_integer((json_int_t)number) : json_real(number);
}

// The arithmetic of fractions gives -10 + 111 * 0.1 more digits than 1.1 has, which is the same value of the signal.
static double round_physical(const dbc_signal_t *signal, int64_t raw)
{
    double physical = dbc_physical(signal, raw);
    for (int digits = 1; digits <= DIGITS_READABLE; digits++) {
        char text[NUMBER_TEXT_MAX];
        int64_t again;
        snprintf(text, sizeof text, "%.*g", digits, physical);
        double rounded = strtod(text, NULL);
        bool same = fabs(rounded - physical) <= DIGITS_TOLERANCE * fabs(signal->factor);
        if (same && dbc_raw(signal, rounded, &again) && again == raw) return rounded;
    }
    return physical;
}

json_t *story_write_raw(const dbc_signal_t *signal, int64_t raw)
{
    const char *name = dbc_value_name(signal, raw);
    return name ? json_string(name) : story_write_number(round_physical(signal, raw));
}

// Found by the physical value: the raw one of a name may be cut to what a request can hold.
json_t *story_write_value(const story_value_t *value)
{
    const dbc_signal_t *signal = value->signal;
    for (size_t i = 0; value->named && i < signal->value_count; i++)
        if (dbc_physical(signal, signal->values[i].raw) == value->physical) return json_string(signal->values[i].name);
    return story_write_number(value->physical);
}

static json_t *write_range(const story_value_t *value)
{
    json_t *object = json_object();
    if (isfinite(value->minimum)) put(object, "min", story_write_number(value->minimum));
    if (isfinite(value->maximum)) put(object, "max", story_write_number(value->maximum));
    return object;
}

static json_t *write_asked(const story_value_t *value)
{
    json_t *json = value->is_range ? write_range(value) : story_write_value(value);
    return value->is_not ? json_pack("{s:o}", "not", json) : json;
}

json_t *story_write_node(const story_t *story, uint8_t node)
{
    return json_string(story->vehicle->nodes[node].name);
}

json_t *story_write_digits(const char *digits)
{
    size_t length = strlen(digits), used = 0;
    char *text = malloc(length + length / 2 + 1);
    assert(text);
    for (size_t i = 0; i < length; i++) {
        if (i > 0 && i % 2 == 0) text[used++] = ' ';
        text[used++] = digits[i];
    }
    json_t *json = json_stringn(text, used);
    free(text);
    return json;
}

json_t *story_write_bytes(const uint8_t *bytes, size_t size)
{
    char *digits = calloc(2 * size + 1, 1);
    assert(digits);
    for (size_t i = 0; i < size; i++) snprintf(digits + 2 * i, 3, "%02X", bytes[i]);
    json_t *json = story_write_digits(digits);
    free(digits);
    return json;
}

// ---- conditions ----------------------------------------------------------------------------------------------------

json_t *story_write_condition(const story_t *story, const condition_t *condition)
{
    json_t *object = json_object();
    condition->kind->write(story, condition, object);
    return object;
}

json_t *story_write_conditional(const story_t *story, const story_step_t *step)
{
    return story_write_condition(story, step->condition);
}

void story_write_condition_bus(const story_t *story, const condition_t *condition, json_t *object)
{
    if (condition->bus == STORY_ANY_BUS) return;
    put(object, "bus", json_string(story->vehicle->buses[condition->bus].name));
}

json_t *story_write_signals(const condition_t *condition)
{
    json_t *object = json_object();
    for (size_t i = 0; i < condition->value_count; i++)
        put(object, condition->values[i].signal->name, write_asked(&condition->values[i]));
    return object;
}

json_t *story_write_settings(const condition_t *condition)
{
    json_t *object = json_object();
    for (size_t i = 0; i < condition->value_count; i++)
        put(object, condition->values[i].signal->setting, write_asked(&condition->values[i]));
    return object;
}

// ---- steps ---------------------------------------------------------------------------------------------------------

static void put_time(json_t *object, const char *name, int64_t time_ns)
{
    if (time_ns != STORY_NO_TIME) put(object, name, story_write_time(time_ns));
}

// In the order in which people write them: when, what, how long.
json_t *story_write_step(const story_t *self, const story_step_t *step)
{
    json_t *object = json_object();
    put_time(object, "at", step->at_ns);
    put_time(object, "after", step->after_ns);
    put(object, step->verb->name, step->verb->write(self, step));
    if (step->verb->second) put(object, step->verb->second, step->verb->write_second(self, step));
    put_time(object, "within", step->within_ns);
    put_time(object, "not_before", step->not_before_ns);
    put_time(object, "for", step->for_ns);
    if (step->background) put(object, "background", json_true());
    if (step->note) put(object, "note", write_text(step->note));
    return object;
}

// ---- keys ----------------------------------------------------------------------------------------------------------

static json_t *write_key(const car_plan_key_t *key, const story_told_key_t *told, int number)
{
    json_t *object = json_object();
    put(object, "number", json_integer(number));
    put(object, "personalization", json_integer(key->personalization));
    if (told->blocked) put(object, "blocked", json_boolean(key->blocked));
    if (told->learned) put(object, "learned", json_boolean(key->learned));
    if (told->battery) put(object, "battery", json_string(key->battery_low ? "low" : "ok"));
    return object;
}

// The key that stands at that place of the file, or 0.
static int key_at(const story_whole_t *whole, size_t index)
{
    for (int number = 1; number <= KEY_COUNT_MAX; number++)
        if (whole->told_keys[number].told && whole->told_keys[number].index == index) return number;
    return 0;
}

// Null when the file does not speak of keys: the delivered ones, which it did not tell, are there.
static json_t *write_keys(const story_whole_t *whole)
{
    for (int number = 1; number <= KEY_COUNT_MAX; number++)
        if (whole->story.keys[number].personalization > 0 && !whole->told_keys[number].told) return NULL;
    json_t *keys = json_array();
    for (int number; (number = key_at(whole, json_array_size(keys))) > 0;)
        json_array_append_new(keys, write_key(&whole->story.keys[number], &whole->told_keys[number], number));
    return keys;
}

// ---- what units have stored ----------------------------------------------------------------------------------------

// The member of that name, made when it is not there; borrowed.
static json_t *open_object(json_t *object, const char *name)
{
    json_t *inner = json_object_get(object, name);
    if (json_is_object(inner)) return inner;
    put(object, name, json_object());
    return json_object_get(object, name);
}

// profile/N/coded, profile/N/SETTING
static void put_profile(const story_t *story, const vehicle_node_t *entry, const image_entry_t *told, json_t *units)
{
    const char *profile = told->name + strlen("profile/"), *name = strchr(profile, '/') + 1;
    const char number[] = {*profile, '\0'};
    json_t *unit = open_object(units, entry->name);
    if (strcmp(name, "coded") == 0) {
        put(unit, number, told->value ? json_object() : json_null());
        return;
    }
    dbc_setting_t setting;
    dbc_setting(story->dbc, entry->name, name, &setting);
    put(open_object(unit, number), name, story_write_raw(setting.signal, told->value));
}

// coding/OPTION, memory/SETTING
static void put_coding(const vehicle_node_t *entry, const image_entry_t *told, json_t *units)
{
    const char *name = strchr(told->name, '/') + 1;
    json_t *unit = open_object(units, entry->name);
    if (strncmp(told->name, "memory/", strlen("memory/")) == 0)
        put(open_object(unit, "memory"), name, json_string(told->value ? "car" : "key"));
    else
        put(unit, name, json_string(vehicle_find_option(entry, name)->values[told->value]));
}

static void put_stored(const story_whole_t *whole, json_t *object)
{
    const vehicle_t *vehicle = whole->story.vehicle;
    for (size_t node = 0; node < vehicle->node_count; node++) {
        const image_t *image = whole->images[node];
        for (uint32_t i = 0; image && i < image->count; i++) {
            const image_entry_t *told = &image->entries[i];
            if (strncmp(told->name, "profile/", strlen("profile/")) == 0)
                put_profile(&whole->story, &vehicle->nodes[node], told, open_object(object, "key_memory"));
            else
                put_coding(&vehicle->nodes[node], told, open_object(object, "coding"));
        }
    }
}

// ---- the story -----------------------------------------------------------------------------------------------------

static json_t *write_texts(const char *const *texts, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++) json_array_append_new(array, json_string(texts[i]));
    return array;
}

static json_t *write_steps(const story_t *story)
{
    json_t *steps = json_array();
    for (size_t i = 0; i < story->step_count; i++)
        json_array_append_new(steps, story_write_step(story, &story->steps[i]));
    return steps;
}

json_t *story_write(const story_t *self)
{
    const story_whole_t *whole = (const story_whole_t *)self;
    json_t *object = json_object(), *keys = write_keys(whole);
    put(object, "name", write_text(self->name));
    if (*self->description) put(object, "description", write_text(self->description));
    if (self->note) put(object, "note", write_text(self->note));
    if (self->requirements) put(object, "requirements", json_string(self->requirements));
    if (self->cover_count > 0) put(object, "covers", write_texts(self->covers, self->cover_count));
    if (strcmp(whole->vehicle, CAR_PLAN_VEHICLE) != 0) put(object, "vehicle", json_string(whole->vehicle));
    if (self->seed != CAR_PLAN_SEED) put(object, "seed", json_integer((json_int_t)self->seed));
    if (keys) put(object, "keys", keys);
    put_stored(whole, object);
    put(object, "steps", write_steps(self));
    return object;
}

// Jansson has one count of digits for all numbers. Each is read from what it makes of that, and written with its own.
static bool put_text(const char *text, FILE *file)
{
    bool quoted = false;
    while (*text) {
        char number[NUMBER_TEXT_MAX];
        size_t length = !quoted && (*text == '-' || isdigit((unsigned char)*text)) ? strspn(text, "-+.0123456789e") : 0;
        if (strcspn(text, ".e") < length) {
            fputs(number_text(strtod(text, NULL), number), file);
        } else {
            if (*text == '"') quoted = !quoted;
            length = length > 0 ? length : *text == '\\' ? 2 : 1; // what is escaped ends no text
            fwrite(text, 1, length, file);
        }
        text += length;
    }
    return !ferror(file);
}

bool story_write_file(const story_t *self, FILE *file)
{
    json_t *json = story_write(self);
    char *text = json_dumps(json, JSON_INDENT(2) | JSON_REAL_PRECISION(DIGITS_EXACT));
    assert(text);
    bool good = put_text(text, file) && fputc('\n', file) != EOF;
    free(text);
    json_decref(json);
    return good;
}
