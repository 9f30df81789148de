// SPDX-License-Identifier: MIT
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bus/base/words.h"
#include "scenarios/story/requirements.h"
#include "scenarios/story/story_parts.h"

#define NAME_MAX_OF_STORY 4095 // with its parameters

typedef struct {
    const char *schema, *name, *vehicle, *requirements;
    const json_t *description, *note, *covers, *keys, *key_memory, *coding, *parameters, *steps;
    int64_t seed;
} top_t;

// ---- covers, keys --------------------------------------------------------------------------------------------------

static bool is_requirement(const story_loader_t *self, const char *text)
{
    if (text && json_object_get(self->requirements, text)) return true;
    return text && requirement_find(text);
}

static void load_covers(story_loader_t *self, const json_t *json)
{
    size_t count = json_array_size(json);
    const char **covers = arena_allocate(&self->whole->arena, count, sizeof *covers);
    size_t mark = json_reader_enter(&self->reader, "covers");
    if (!json_is_array(json)) json_reader_mistake(&self->reader, "must be an array");
    for (size_t i = 0; i < count; i++) {
        const char *text = json_string_value(json_array_get(json, i));
        size_t inner = json_reader_enter_index(&self->reader, i);
        if (is_requirement(self, text))
            covers[self->story->cover_count++] = arena_text(&self->whole->arena, text);
        else
            json_reader_mistake(&self->reader, "must be a requirement, \"R1\" to \"R%d\" or \"S1\" to \"S%d\"%s",
                                REQUIREMENTS_OF_THE_CAR, REQUIREMENTS_OF_THE_SIMULATOR,
                                self->requirements ? ", or one of the project's own" : "");
        json_reader_leave(&self->reader, inner);
    }
    json_reader_leave(&self->reader, mark);
    self->story->covers = covers;
}

static void load_key(story_loader_t *self, const json_t *json, size_t index)
{
    typedef struct {
        int64_t number, personalization, battery;
        bool blocked, learned;
    } told_t;
    static const field_t FIELDS_OF_KEY[] = {
        {"number", FIELD_INTEGER, true, offsetof(told_t, number), 1, KEY_COUNT_MAX, {0}},
        {"personalization", FIELD_INTEGER, true, offsetof(told_t, personalization), 1, KEY_PERSONALIZATION_MAX, {0}},
        {"blocked", FIELD_BOOLEAN, false, offsetof(told_t, blocked), 0, 0, {0}},
        {"learned", FIELD_BOOLEAN, false, offsetof(told_t, learned), 0, 0, {0}},
        {"battery", FIELD_CHOICE, false, offsetof(told_t, battery), 0, 0, {"ok", "low"}},
    };
    told_t told = {.learned = true};
    json_reader_object(&self->reader, json, FIELDS(FIELDS_OF_KEY), &told);
    if (told.number == 0) return;
    car_plan_key_t *key = &self->story->keys[told.number];
    if (key->personalization > 0)
        json_reader_mistake_at(&self->reader, "number", "key %d is there already: a key number is present only once",
                               (int)told.number);
    // A key whose personalization number is a mistake exists all the same: its users are no further mistakes.
    *key = (car_plan_key_t){told.personalization ? (int)told.personalization : 1, told.blocked, told.learned,
                            told.battery == 1};
    self->whole->told_keys[told.number] =
        (story_told_key_t){true, json_object_get(json, "blocked") != NULL, json_object_get(json, "learned") != NULL,
                           json_object_get(json, "battery") != NULL, index};
}

static void load_keys(story_loader_t *self, const json_t *json)
{
    if (!json) {
        car_plan_t standard = car_plan_standard(self->story->vehicle, self->story->dbc);
        memcpy(self->story->keys, standard.keys, sizeof standard.keys);
        return;
    }
    size_t mark = json_reader_enter(&self->reader, "keys");
    if (!json_is_array(json)) json_reader_mistake(&self->reader, "must be an array");
    for (size_t i = 0; i < json_array_size(json); i++) {
        size_t inner = json_reader_enter_index(&self->reader, i);
        load_key(self, json_array_get(json, i), i);
        json_reader_leave(&self->reader, inner);
    }
    json_reader_leave(&self->reader, mark);
}

// ---- what units have stored ----------------------------------------------------------------------------------------

static void put(story_loader_t *self, uint8_t node, const char *prefix, int number, const char *suffix, int64_t value)
{
    image_t **image = &self->whole->images[node];
    if (!*image) *image = arena_allocate(&self->whole->arena, 1, sizeof **image);
    if (!image_set(*image, prefix, number, suffix, value))
        json_reader_mistake(&self->reader, "is more than the unit can store");
}

static void load_profile(story_loader_t *self, uint8_t node, int profile, const json_t *json)
{
    put(self, node, "profile", profile, "coded", json_is_object(json));
    if (!json_is_object(json) && !json_is_null(json))
        json_reader_mistake(&self->reader, "must be an object, or null: not coded");
    const char *name;
    json_t *json_value;
    json_object_foreach((json_t *)(uintptr_t)json, name, json_value)
    {
        size_t mark = json_reader_enter(&self->reader, name);
        dbc_setting_t setting;
        story_value_t value = {.message = NULL};
        if (story_find_setting(self, node, name, &setting) &&
            story_load_value(self, setting.signal, json_value, VALUE_SETTING, &value))
            put(self, node, "profile", profile, name, value.raw);
        json_reader_leave(&self->reader, mark);
    }
}

static void load_unit_memory(story_loader_t *self, const char *unit, const json_t *json)
{
    uint8_t node;
    if (!story_find_node(self, NULL, unit, &node)) return;
    bool remembers = story_find_status(self, NULL, node);
    if (!json_is_object(json)) json_reader_mistake(&self->reader, "must be an object of profiles");
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)json, name, value)
    {
        size_t mark = json_reader_enter(&self->reader, name);
        bool profile = strlen(name) == 1 && *name >= '1' && *name <= '0' + KEY_PERSONALIZATION_MAX;
        if (!profile)
            json_reader_mistake_of_name(&self->reader, "unknown profile (1, 2, 3, 4)");
        else if (remembers)
            load_profile(self, node, *name - '0', value);
        json_reader_leave(&self->reader, mark);
    }
}

static void load_option(story_loader_t *self, uint8_t node, const char *name, const json_t *json)
{
    const vehicle_option_t *option = story_find_option(self, node, name);
    if (!option) return;
    int index = json_is_string(json) ? vehicle_find_value(option, json_string_value(json)) : -1;
    if (index >= 0) {
        put(self, node, "coding", -1, name, index);
        return;
    }
    char list[VEHICLE_OPTION_VALUES_MAX * (VEHICLE_NAME_MAX + 5) + 1];
    words_t words = words_make(list, sizeof list);
    for (size_t i = 0; i < option->value_count; i++)
        words_add(&words, "%s\"%s\"", i > 0 ? ", " : "", option->values[i]);
    json_reader_mistake(&self->reader, "must be one of %s", list);
}

static void load_memory_choice(story_loader_t *self, uint8_t node, const json_t *json)
{
    static const field_t CHOICE = {.kind = FIELD_CHOICE, .choices = {"key", "car"}};
    bool remembers = story_find_status(self, NULL, node);
    if (!json_is_object(json)) json_reader_mistake(&self->reader, "must be an object of settings");
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)json, name, value)
    {
        if (!remembers) break;
        size_t mark = json_reader_enter(&self->reader, name);
        dbc_setting_t setting;
        int64_t choice;
        if (story_find_setting(self, node, name, &setting) && json_reader_value(&self->reader, value, &CHOICE, &choice))
            put(self, node, "memory", -1, name, choice);
        json_reader_leave(&self->reader, mark);
    }
}

static void load_unit_coding(story_loader_t *self, const char *unit, const json_t *json)
{
    uint8_t node;
    if (!story_find_node(self, NULL, unit, &node)) return;
    if (!json_is_object(json)) json_reader_mistake(&self->reader, "must be an object of coding options");
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)json, name, value)
    {
        size_t mark = json_reader_enter(&self->reader, name);
        if (strcmp(name, "memory") == 0)
            load_memory_choice(self, node, value);
        else
            load_option(self, node, name, value);
        json_reader_leave(&self->reader, mark);
    }
}

static void load_units(story_loader_t *self, const char *member, const json_t *json,
                       void (*load)(story_loader_t *self, const char *unit, const json_t *json))
{
    if (!json) return;
    size_t mark = json_reader_enter(&self->reader, member);
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)json, name, value)
    {
        size_t inner = json_reader_enter(&self->reader, name);
        load(self, name, value);
        json_reader_leave(&self->reader, inner);
    }
    json_reader_leave(&self->reader, mark);
}

// ---- the top level -------------------------------------------------------------------------------------------------

static void load_car(story_loader_t *self, const char *vehicle, garage_t *garage)
{
    char directory[VEHICLE_PATH_MAX + 1] = ".";
    const char *slash = strrchr(self->story->path, '/');
    size_t length = slash ? (size_t)(slash - self->story->path) : 0;
    if (slash && length == 0)
        strcpy(directory, "/");
    else if (slash)
        snprintf(directory, sizeof directory, "%.*s", (int)length, self->story->path);
    error_t why;
    error_clear(&why);
    garage_car_t car;
    if (garage_fetch(garage, vehicle, directory, &car, &why)) {
        self->story->vehicle = car.vehicle;
        self->story->dbc = car.dbc;
        return;
    }
    story_tell_reasons(self, "vehicle", why.text);
}

#define TOLD(member) offsetof(top_t, member)

static const field_t TOP_FIELDS[] = {
    {"$schema", FIELD_TEXT, false, TOLD(schema), 0, 0, {0}},
    {"name", FIELD_TEXT, true, TOLD(name), 0, 0, {0}},
    {"description", FIELD_ANY, false, TOLD(description), 0, 0, {0}},
    {"note", FIELD_ANY, false, TOLD(note), 0, 0, {0}},
    {"requirements", FIELD_TEXT, false, TOLD(requirements), 0, 0, {0}},
    {"covers", FIELD_ANY, false, TOLD(covers), 0, 0, {0}},
    {"vehicle", FIELD_TEXT, false, TOLD(vehicle), 0, 0, {0}},
    {"seed", FIELD_INTEGER, false, TOLD(seed), 0, INT64_MAX, {0}},
    {"keys", FIELD_ANY, false, TOLD(keys), 0, 0, {0}},
    {"key_memory", FIELD_OBJECT, false, TOLD(key_memory), 0, 0, {0}},
    {"coding", FIELD_OBJECT, false, TOLD(coding), 0, 0, {0}},
    {"parameters", FIELD_ANY, false, TOLD(parameters), 0, 0, {0}},
    {"steps", FIELD_ARRAY, true, TOLD(steps), 0, 0, {0}},
};

// "NAME [key=2]"
static void load_name(story_loader_t *self, const char *told)
{
    char name[NAME_MAX_OF_STORY + 1];
    words_t words = words_make(name, sizeof name);
    words_add(&words, "%s", told);
    story_scope_add_words(self->scope, NAME_MAX_OF_STORY, NULL, 0, &words);
    self->story->name = story_keep_text(self, name);
    self->story->name_place = story_place_of_member(self->source, self->file, "/name");
    if (words.length == words.size)
        json_reader_mistake_at(&self->reader, "name", "is longer than %d bytes with its parameters", NAME_MAX_OF_STORY);
}

static void load_texts(story_loader_t *self, const top_t *told, const json_t *json)
{
    story_t *story = self->story;
    const char *description = json_string_value(told->description);
    if (told->name) load_name(self, told->name);
    story->description = story_keep_text(self, description ? description : "");
    if (told->description && !description) json_reader_mistake_at(&self->reader, "description", "must be a text");
    story->note = story_load_note(self, json);
    story->requirements = told->requirements ? story_keep_text(self, told->requirements) : NULL;
}

static void load_steps(story_loader_t *self, const json_t *json)
{
    story_load_steps(self, json, json_places_member(self->source->places, 0, "steps"));
}

static void load_top(story_loader_t *self, const json_t *json, garage_t *garage)
{
    top_t told = {.vehicle = CAR_PLAN_VEHICLE, .seed = CAR_PLAN_SEED};
    json_reader_object(&self->reader, json, FIELDS(TOP_FIELDS), &told);
    if (!json_is_object(json)) return;
    load_texts(self, &told, json);
    self->story->seed = (uint64_t)told.seed;
    self->whole->vehicle = story_keep_text(self, told.vehicle);
    load_car(self, told.vehicle, garage);
    if (told.covers) load_covers(self, told.covers);
    load_keys(self, told.keys);
    load_units(self, "key_memory", told.key_memory, load_unit_memory);
    load_units(self, "coding", told.coding, load_unit_coding);
    if (told.steps) load_steps(self, told.steps);
}

// ---- a story -------------------------------------------------------------------------------------------------------

static story_loader_t begin(const char *path, const vocabulary_t *vocabulary)
{
    story_whole_t *whole = calloc(1, sizeof *whole);
    assert(whole);
    story_loader_t loader = {.whole = whole, .story = &whole->story};
    whole->story.path = loader.file = arena_text(&whole->arena, path);
    whole->story.vocabulary = vocabulary;
    return loader;
}

// The story, unless a mistake was told.
static const story_t *finish(const story_loader_t *self)
{
    const story_t *story = self->story;
    if (self->reader.mistakes > 0) story_destroy(&story);
    return story;
}

const story_t *story_parse_act(const car_plan_t *car, const vocabulary_t *vocabulary, const char *text, size_t size,
                               error_t *error)
{
    static const char PATH[] = "step";
    json_t *json = json_reader_parse(PATH, text, size, error);
    if (!json) return NULL;
    story_loader_t loader = begin(PATH, vocabulary);
    json_reader_init(&loader.reader, loader.file, error);
    story_t *story = loader.story;
    story->name = PATH;
    story->description = "";
    story->seed = car->seed;
    story->vehicle = car->vehicle;
    story->dbc = car->dbc;
    memcpy(story->keys, car->keys, sizeof story->keys);
    story_load_act(&loader, json);
    json_decref(json);
    return finish(&loader);
}

// The file's object with its references filled in but for its steps, which are filled one by one; a new reference.
static json_t *fill_top(story_loader_t *self, const story_order_t *order)
{
    json_t *json = order->source->json;
    if (!order->top_refers) return json_incref(json);
    json_t *top = json_copy(json), *steps = json_object_get(json, "steps");
    json_object_del(top, "parameters");
    if (json_is_array(steps)) json_object_del(top, "steps");
    json_t *filled = story_fill(self, top);
    if (json_is_array(steps)) json_object_set(filled, "steps", steps);
    json_decref(top);
    return filled;
}

const story_t *story_make(const story_order_t *order)
{
    story_loader_t loader = begin(order->source->path, order->world->vocabulary);
    loader.sources = order->sources;
    loader.mistakes = order->mistakes;
    loader.requirements = order->requirements;
    loader.scope = order->scope;
    loader.has_no_scope = order->has_no_scope;
    story_read_source(&loader, order->source);
    json_t *json = fill_top(&loader, order);
    loader.is_literal = order->top_refers && !json_is_array(json_object_get(order->source->json, "steps"));
    load_top(&loader, json, order->world->garage);
    json_decref(json);
    return finish(&loader);
}

car_plan_t story_plan(const story_t *self)
{
    const story_whole_t *whole = (const story_whole_t *)self;
    car_plan_t plan = {.vehicle = self->vehicle, .dbc = self->dbc, .seed = self->seed, .tester = self->diagnosis};
    memcpy(plan.keys, self->keys, sizeof plan.keys);
    for (size_t i = 0; i < VEHICLE_NODES_MAX; i++) plan.told[i] = whole->images[i];
    return plan;
}

void story_destroy(const story_t **self_p)
{
    if (!*self_p) return;
    story_whole_t *whole = (story_whole_t *)(uintptr_t)*self_p;
    arena_destroy(&whole->arena);
    free(whole->steps);
    free(whole);
    *self_p = NULL;
}
