// SPDX-License-Identifier: MIT
#include "scenarios/reports/record.h"

#include <assert.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "bus/base/text.h"
#include "bus/base/time.h"

#define NO_CHARACTER 0xFFFD
#define FORMAT (JSON_COMPACT | JSON_REAL_PRECISION(12))

// ---- the fields ----------------------------------------------------------------------------------------------------

typedef enum {
    FIELD_TEXT,   // char *; not there when null
    FIELD_LIST,   // record_list_t; not there when empty
    FIELD_WHOLE,  // int64_t
    FIELD_SOME,   // the same; not there when 0
    FIELD_STATUS, // record_status_t
    FIELD_OBJECT, // char *, of JSON; not there when null
} field_kind_t;

typedef struct {
    const char *name;
    field_kind_t kind;
    size_t offset;
    bool is_private;
} field_t;

#define PLACE(member) offsetof(record_t, member)

static const field_t FIELDS[] = {
    {"number", FIELD_WHOLE, PLACE(number), false},
    {"file", FIELD_TEXT, PLACE(file), false},
    {"directory", FIELD_TEXT, PLACE(directory), false},
    {"name", FIELD_TEXT, PLACE(name), false},
    {"covers", FIELD_LIST, PLACE(covers), false},
    {"status", FIELD_STATUS, PLACE(status), false},
    {"virtual_ns", FIELD_WHOLE, PLACE(virtual_ns), false},
    {"wall_ns", FIELD_WHOLE, PLACE(wall_ns), false},
    {"seed", FIELD_TEXT, PLACE(seed), false},
    {"idle_watches", FIELD_LIST, PLACE(idle), false},
    {"step", FIELD_SOME, PLACE(step), false},
    {"pointer", FIELD_TEXT, PLACE(pointer), false},
    {"place", FIELD_TEXT, PLACE(place), false},
    {"problem", FIELD_TEXT, PLACE(problem), false},
    {"expected", FIELD_TEXT, PLACE(expected), false},
    {"seen", FIELD_TEXT, PLACE(seen), false},
    {"parts", FIELD_TEXT, PLACE(parts), false},
    {"hint", FIELD_TEXT, PLACE(hint), false},
    {"asked", FIELD_LIST, PLACE(asked), false},
    {"ignored", FIELD_TEXT, PLACE(ignored), false},
    {"trace", FIELD_TEXT, PLACE(trace), false},
    {"replay", FIELD_TEXT, PLACE(replay), false},
    {"frames", FIELD_LIST, PLACE(frames), false},
    {"timeline", FIELD_OBJECT, PLACE(timeline), false},
    {"told", FIELD_TEXT, PLACE(told), true},
    {"signal", FIELD_SOME, PLACE(signal), true},
};
#define FIELD_COUNT (sizeof FIELDS / sizeof FIELDS[0])

static const char *const STATUS_WORDS[RECORD_STATUS_COUNT] = {
    [RECORD_PASSED] = "passed",   [RECORD_FAILED] = "failed", [RECORD_TIMED_OUT] = "timed out",
    [RECORD_INVALID] = "invalid", [RECORD_BROKEN] = "broken", [RECORD_INTERRUPTED] = "interrupted",
};

static void *field_of(record_t *self, const field_t *field)
{
    return (char *)self + field->offset;
}

static const void *const_field_of(const record_t *self, const field_t *field)
{
    return (const char *)self + field->offset;
}

const char *record_status_word(record_status_t status)
{
    return STATUS_WORDS[status];
}

// ---- the value -----------------------------------------------------------------------------------------------------

static char *copy_text(const char *text)
{
    char *copy = strdup(text);
    assert(copy);
    return copy;
}

record_t *record_new(void)
{
    record_t *self = calloc(1, sizeof *self);
    assert(self);
    return self;
}

static void clear_list(record_list_t *list)
{
    for (size_t i = 0; i < list->count; i++) free(list->items[i]);
    free(list->items);
    *list = (record_list_t){0};
}

void record_destroy(record_t **self_p)
{
    record_t *self = *self_p;
    if (!self) return;
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        void *field = field_of(self, &FIELDS[i]);
        if (FIELDS[i].kind == FIELD_LIST) clear_list(field);
        if (FIELDS[i].kind == FIELD_TEXT || FIELDS[i].kind == FIELD_OBJECT) free(*(char **)field);
    }
    free(self);
    *self_p = NULL;
}

void record_set(char **text, const char *value)
{
    char *copy = value && *value ? copy_text(value) : NULL;
    free(*text);
    *text = copy;
}

void record_list_add(record_list_t *self, const char *value)
{
    self->items = realloc(self->items, (self->count + 1) * sizeof(char *));
    assert(self->items);
    self->items[self->count++] = copy_text(value);
}

// ---- JSON ----------------------------------------------------------------------------------------------------------

// A path may have any byte but 0; what is no character is told as such.
static json_t *text_value(const char *text)
{
    size_t room = strlen(text), length = 0;
    if (text_is_utf8(text, room)) return json_string(text);
    char *good = malloc(TEXT_CHARACTER_MAX * room + 1);
    assert(good);
    for (size_t step; room > 0; text += step, room -= step) {
        uint32_t character;
        step = text_character(text, room, &character);
        if (step == 0) step = 1, character = NO_CHARACTER;
        length += text_put_character(good + length, character);
    }
    json_t *value = json_stringn(good, length);
    free(good);
    return value;
}

static json_t *list_value(const record_list_t *list)
{
    json_t *array = json_array();
    for (size_t i = 0; i < list->count; i++) json_array_append_new(array, text_value(list->items[i]));
    return array;
}

// Null for what is not there, which needs no member.
static json_t *field_value(const field_t *field, const void *place)
{
    const char *text;
    switch (field->kind) {
    case FIELD_TEXT:
        text = *(char *const *)place;
        return text ? text_value(text) : NULL;
    case FIELD_LIST:
        return ((const record_list_t *)place)->count > 0 ? list_value(place) : NULL;
    case FIELD_WHOLE:
        return json_integer(*(const int64_t *)place);
    case FIELD_SOME:
        return *(const int64_t *)place != 0 ? json_integer(*(const int64_t *)place) : NULL;
    case FIELD_STATUS:
        return json_string(STATUS_WORDS[*(const record_status_t *)place]);
    case FIELD_OBJECT:
        text = *(char *const *)place;
        return text ? json_loads(text, 0, NULL) : NULL;
    }
    return NULL;
}

char *record_format(const record_t *self, bool with_private)
{
    json_t *object = json_object();
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        json_t *value =
            FIELDS[i].is_private && !with_private ? NULL : field_value(&FIELDS[i], const_field_of(self, &FIELDS[i]));
        if (value) json_object_set_new_nocheck(object, FIELDS[i].name, value);
    }
    char *text = json_dumps(object, FORMAT);
    json_decref(object);
    assert(text);
    return text;
}

static bool take_status(record_status_t *status, const char *word)
{
    for (int i = 0; word && i < RECORD_STATUS_COUNT; i++) {
        if (strcmp(STATUS_WORDS[i], word) != 0) continue;
        *status = (record_status_t)i;
        return true;
    }
    return false;
}

static bool take_list(record_list_t *list, const json_t *value)
{
    size_t i;
    json_t *item;
    json_array_foreach(value, i, item)
    {
        if (!json_is_string(item)) return false;
        record_list_add(list, json_string_value(item));
    }
    return json_is_array(value);
}

static bool take_field(const field_t *field, void *place, const json_t *value)
{
    switch (field->kind) {
    case FIELD_TEXT:
        record_set(place, json_string_value(value));
        return json_is_string(value);
    case FIELD_LIST:
        return take_list(place, value);
    case FIELD_WHOLE:
    case FIELD_SOME:
        *(int64_t *)place = json_integer_value(value);
        return json_is_integer(value);
    case FIELD_STATUS:
        return take_status(place, json_string_value(value));
    case FIELD_OBJECT:
        *(char **)place = json_is_object(value) ? json_dumps(value, FORMAT) : NULL;
        return *(char **)place;
    }
    return false;
}

static bool take_fields(record_t *self, const json_t *object)
{
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        const json_t *value = json_object_get(object, FIELDS[i].name);
        if (value && !take_field(&FIELDS[i], field_of(self, &FIELDS[i]), value)) return false;
    }
    return json_object_get(object, "status");
}

record_t *record_parse(const char *text, size_t size, error_t *error)
{
    json_error_t reason;
    json_t *object = json_loadb(text, size, 0, &reason);
    record_t *self = record_new();
    if (!take_fields(self, object)) {
        error_add(error, "no record of a story%s%s", object ? "" : ": ", object ? "" : reason.text);
        record_destroy(&self);
    }
    json_decref(object);
    return self;
}

// ---- words ---------------------------------------------------------------------------------------------------------

void record_add_place(const record_t *self, words_t *words)
{
    char time[TIME_TEXT_MAX];
    const char *problem = self->problem ? self->problem : STATUS_WORDS[self->status];
    if (self->status != RECORD_INVALID) words_add(words, "%s: ", self->file); // a mistake of a file names it itself
    if (self->pointer) words_add(words, "%s at %s s: ", self->pointer, time_format(self->virtual_ns, time));
    words_add(words, "%.*s", (int)strcspn(problem, "\n"), problem);
}

bool record_next_detail(const record_t *self, size_t *row, record_detail_t *detail)
{
    const record_detail_t rows[] = {
        {"place", "place", self->place},       {"expected", "expected", self->expected},
        {"parts", "parts", self->parts},       {"last_seen", "last seen", self->seen},
        {"hint", "hint", self->hint},          {"trace", "trace", self->trace},
        {"ignored", "ignored", self->ignored}, {"replay", "replay", self->replay},
    };
    while (*row < sizeof rows / sizeof rows[0]) {
        *detail = rows[(*row)++];
        if (detail->text) return true;
    }
    return false;
}
