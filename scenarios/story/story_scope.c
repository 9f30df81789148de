// SPDX-License-Identifier: MIT
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bus/base/words.h"
#include "scenarios/story/number_text.h"
#include "scenarios/story/story_parts.h"

#define ROUND "round"
#define TEXT_MAX 65536 // that a text may become
#define LIST_MAX 320
#define REFERENCE_MAX 320
#define WORK_MAX 20000000 // values: some seconds

typedef struct { // a "${name}" within a text
    const char *begin, *name, *end;
    size_t name_length;
} reference_t;

// The next one of the text. "${" without an end is text like any other.
static bool next_reference(const char *text, reference_t *reference)
{
    reference->begin = strstr(text, "${");
    if (!reference->begin) return false;
    reference->name = reference->begin + 2;
    reference->name_length = strcspn(reference->name, "}");
    reference->end = reference->name + reference->name_length;
    if (*reference->end++ != '}') return false;
    return true;
}

static bool text_refers(const char *text)
{
    reference_t reference = {0};
    return next_reference(text, &reference);
}

bool story_refers(const json_t *json)
{
    const char *name;
    json_t *value;
    if (json_is_string(json)) return text_refers(json_string_value(json));
    for (size_t i = 0; i < json_array_size(json); i++)
        if (story_refers(json_array_get(json, i))) return true;
    json_object_foreach((json_t *)(uintptr_t)json, name,
                        value) if (text_refers(name) || story_refers(value)) return true;
    return false;
}

// ---- what is bound -------------------------------------------------------------------------------------------------

static story_binding_t *find_binding(const story_scope_t *scope, const reference_t *reference)
{
    for (size_t i = 0; i < scope->count; i++) {
        const char *name = scope->bindings[i].name;
        if (strlen(name) == reference->name_length && memcmp(name, reference->name, reference->name_length) == 0)
            return &scope->bindings[i];
    }
    return NULL;
}

// A new reference to the value, or null. Steps of a file that stand in a repeat are steps of its rounds, too.
static json_t *find_value(const story_scope_t *scope, const reference_t *reference)
{
    bool round = reference->name_length == strlen(ROUND) && memcmp(reference->name, ROUND, strlen(ROUND)) == 0;
    bool outside = false;
    for (; scope; scope = scope->outer) {
        story_binding_t *binding = outside ? NULL : find_binding(scope, reference);
        if (binding) {
            binding->used = true;
            return json_incref(binding->value);
        }
        if (round && scope->round > 0) return json_integer((json_int_t)scope->round);
        outside = outside || scope->is_file;
    }
    return NULL;
}

// The text that a value has within another; null: it has none.
static const char *text_of(const json_t *value, char number[NUMBER_TEXT_MAX])
{
    if (json_is_string(value)) return json_string_value(value);
    if (json_is_real(value)) return number_text(json_real_value(value), number);
    if (json_is_integer(value)) {
        snprintf(number, NUMBER_TEXT_MAX, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        return number;
    }
    if (json_is_boolean(value)) return json_is_true(value) ? "true" : "false";
    return json_is_null(value) ? "null" : NULL;
}

// ---- filling a text ------------------------------------------------------------------------------------------------

typedef enum { FILLED, UNKNOWN, NO_TEXT, TOO_LONG } outcome_t;

typedef struct {
    char *text;
    size_t length, room;
} growing_t;

static bool append(growing_t *self, const char *text, size_t length)
{
    if (self->length + length > TEXT_MAX) return false;
    while (self->length + length + 1 > self->room) {
        self->room = self->room ? 2 * self->room : 64;
        self->text = realloc(self->text, self->room);
        assert(self->text);
    }
    memcpy(self->text + self->length, text, length);
    self->length += length;
    self->text[self->length] = '\0';
    return true;
}

static outcome_t append_value(growing_t *self, const story_scope_t *scope, const reference_t *reference)
{
    char number[NUMBER_TEXT_MAX];
    json_t *value = find_value(scope, reference);
    if (!value) return UNKNOWN;
    const char *text = text_of(value, number);
    outcome_t outcome = !text ? NO_TEXT : append(self, text, strlen(text)) ? FILLED : TOO_LONG;
    json_decref(value);
    return outcome;
}

// Into a new text, at *filled. What cannot be filled is told in *reference.
static outcome_t fill_text(const story_scope_t *scope, const char *text, char **filled, reference_t *reference)
{
    growing_t growing = {.text = NULL};
    outcome_t outcome = FILLED;
    *filled = NULL;
    for (; outcome == FILLED && next_reference(text, reference); text = reference->end) {
        outcome = append(&growing, text, (size_t)(reference->begin - text)) ? FILLED : TOO_LONG;
        if (outcome == FILLED) outcome = append_value(&growing, scope, reference);
    }
    if (outcome == FILLED && !append(&growing, text, strlen(text))) outcome = TOO_LONG;
    if (outcome == FILLED)
        *filled = growing.text;
    else
        free(growing.text);
    return outcome;
}

char *story_fill_text(const story_scope_t *scope, const char *text)
{
    char *filled;
    reference_t reference = {0};
    fill_text(scope, text, &filled, &reference);
    return filled;
}

// ---- mistakes ------------------------------------------------------------------------------------------------------

typedef struct path { // from the reader's place to what is filled
    const struct path *outer;
    const char *name; // null: by its index
    size_t index;
} path_t;

static void enter(story_loader_t *self, const path_t *path)
{
    if (!path) return;
    enter(self, path->outer);
    if (path->name)
        json_reader_enter(&self->reader, path->name);
    else
        json_reader_enter_index(&self->reader, path->index);
}

static void list_bindings(const story_scope_t *scope, words_t *words)
{
    size_t count = 0;
    bool rounds = false, outside = false;
    for (; scope; scope = scope->outer) {
        for (size_t i = 0; !outside && i < scope->count; i++)
            words_add(words, "%s%s", count++ > 0 ? ", " : "", scope->bindings[i].name);
        if (scope->round > 0 && !rounds) words_add(words, "%s" ROUND, count++ > 0 ? ", " : "");
        rounds = rounds || scope->round > 0;
        outside = outside || scope->is_file;
    }
    if (count == 0) words_add(words, "there is none");
}

static void tell_unknown(story_loader_t *self, const reference_t *reference, bool name)
{
    char list[LIST_MAX];
    words_t words = words_make(list, sizeof list);
    list_bindings(self->scope, &words);
    int length = reference->name_length < LIST_MAX ? (int)reference->name_length : LIST_MAX;
    if (name)
        json_reader_mistake_of_name(&self->reader, "unknown parameter \"%.*s\" (%s)", length, reference->name, list);
    else
        json_reader_mistake(&self->reader, "unknown parameter \"%.*s\" (%s)", length, reference->name, list);
}

static void tell(story_loader_t *self, const path_t *path, outcome_t outcome, const reference_t *reference, bool name)
{
    size_t mark = self->reader.length;
    enter(self, path);
    self->is_unfilled = true;
    if (outcome == UNKNOWN)
        tell_unknown(self, reference, name);
    else if (outcome == NO_TEXT)
        json_reader_mistake(&self->reader, "\"%.*s\" stands for an object or array, which has no text",
                            (int)(reference->end - reference->begin), reference->begin);
    else
        json_reader_mistake(&self->reader, "becomes longer than %d bytes", TEXT_MAX);
    self->is_unfilled = false;
    json_reader_leave(&self->reader, mark);
}

bool story_works(story_loader_t *self, size_t values)
{
    story_mistakes_t *mistakes = self->mistakes;
    if (!mistakes) return true;
    mistakes->work += values;
    if (mistakes->work <= WORK_MAX) return true;
    if (!mistakes->is_too_much)
        json_reader_mistake(&self->reader, "is too much: the stories of a file may have %d values in all", WORK_MAX);
    mistakes->is_too_much = true;
    return false;
}

// ---- filling a value -----------------------------------------------------------------------------------------------

static json_t *fill(story_loader_t *self, const json_t *json, const path_t *path);

static json_t *fill_string(story_loader_t *self, const char *text, const path_t *path)
{
    reference_t reference = {0};
    if (!next_reference(text, &reference)) return json_string(text);
    bool alone = reference.begin == text && *reference.end == '\0';
    json_t *value = alone ? find_value(self->scope, &reference) : NULL;
    if (value) return value;
    char *filled;
    outcome_t outcome = fill_text(self->scope, text, &filled, &reference);
    if (outcome != FILLED) tell(self, path, outcome, &reference, false);
    value = json_string(filled ? filled : text);
    free(filled);
    return value;
}

static json_t *fill_array(story_loader_t *self, const json_t *json, const path_t *path)
{
    json_t *array = json_array();
    for (size_t i = 0; i < json_array_size(json); i++) {
        const path_t inner = {path, NULL, i};
        json_array_append_new(array, fill(self, json_array_get(json, i), &inner));
    }
    return array;
}

static void fill_member(story_loader_t *self, const char *name, const json_t *value, const path_t *path, json_t *object)
{
    const path_t inner = {path, name, 0};
    reference_t reference = {0};
    char *filled = NULL;
    if (text_refers(name)) {
        outcome_t outcome = fill_text(self->scope, name, &filled, &reference);
        if (outcome != FILLED) tell(self, &inner, outcome, &reference, true);
    }
    json_t *value_filled = fill(self, value, &inner);
    if (!json_object_get(object, filled ? filled : name)) {
        json_object_set_new(object, filled ? filled : name, value_filled);
    } else {
        size_t mark = self->reader.length;
        json_decref(value_filled);
        enter(self, &inner);
        json_reader_mistake_of_name(&self->reader, "\"%.60s\" is there twice", filled ? filled : name);
        json_reader_leave(&self->reader, mark);
    }
    free(filled);
}

static json_t *fill_object(story_loader_t *self, const json_t *json, const path_t *path)
{
    json_t *object = json_object();
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)json, name, value)
    {
        fill_member(self, name, value, path, object);
    }
    return object;
}

static json_t *fill(story_loader_t *self, const json_t *json, const path_t *path)
{
    story_works(self, 1);
    if (!story_refers(json)) return json_incref((json_t *)(uintptr_t)json);
    if (json_is_array(json)) return fill_array(self, json, path);
    if (json_is_object(json)) return fill_object(self, json, path);
    return fill_string(self, json_string_value(json), path);
}

json_t *story_fill(story_loader_t *self, const json_t *json)
{
    return fill(self, json, NULL);
}

// What has no text stands there as JSON.
static void add_binding(words_t *words, const story_binding_t *binding, int value_max)
{
    char number[NUMBER_TEXT_MAX];
    const char *text = text_of(binding->value, number);
    char *json = text ? NULL : json_dumps(binding->value, JSON_COMPACT);
    words_add(words, "%s=%.*s", binding->name, value_max, text ? text : json);
    free(json);
}

// Whether it stands in what is told of; null: all of it does.
static bool stands_in(const json_places_t *places, size_t node, const char *name)
{
    char reference[REFERENCE_MAX];
    snprintf(reference, sizeof reference, "${%s}", name);
    return !places || json_places_holds(places, node, reference);
}

void story_scope_add_words(const story_scope_t *self, int value_max, const json_places_t *places, size_t node,
                           words_t *words)
{
    size_t count = 0;
    bool rounds = false, outside = false;
    for (; self; self = self->outer) {
        for (size_t i = 0; !outside && i < self->count; i++) {
            if (!stands_in(places, node, self->bindings[i].name)) continue;
            words_add(words, count++ > 0 ? " " : " [");
            add_binding(words, &self->bindings[i], value_max);
        }
        if (self->round > 0 && !rounds && stands_in(places, node, ROUND))
            words_add(words, "%s" ROUND "=%zu", count++ > 0 ? " " : " [", self->round);
        rounds = rounds || self->round > 0;
        outside = outside || self->is_file;
    }
    if (count > 0) words_add(words, "]");
}
