// SPDX-License-Identifier: MIT
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bus/base/words.h"
#include "scenarios/story/story_parts.h"

typedef struct {
    const char *schema, *name, *vehicle;
    const json_t *description, *covers, *keys, *key_memory, *coding, *steps;
    int64_t seed;
} top_t;

// ---- what rows share -----------------------------------------------------------------------------------------------

void *story_allocate(story_loader_t *self, size_t count, size_t size)
{
    return arena_allocate(&self->whole->arena, count, size);
}

const char *story_keep_text(story_loader_t *self, const char *text)
{
    return arena_text(&self->whole->arena, text);
}

void story_refuse(story_loader_t *self, const char *what)
{
    json_reader_mistake(&self->reader, "%s is part of the format, but this version cannot play it yet", what);
}

// ---- covers, keys --------------------------------------------------------------------------------------------------

static bool is_requirement(const char *text)
{
    if (!text || (*text != 'R' && *text != 'S') || text[1] < '1' || text[1] > '9') return false;
    size_t length = strlen(text);
    if (length != strspn(text + 1, "0123456789") + 1 || length > 3) return false;
    return atoi(text + 1) <= (*text == 'R' ? STORY_CAR_REQUIREMENTS : STORY_SIMULATOR_REQUIREMENTS);
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
        if (is_requirement(text))
            covers[self->story->cover_count++] = arena_text(&self->whole->arena, text);
        else
            json_reader_mistake(&self->reader, "must be a requirement, \"R1\" to \"R%d\" or \"S1\" to \"S%d\"",
                                STORY_CAR_REQUIREMENTS, STORY_SIMULATOR_REQUIREMENTS);
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
            json_reader_mistake(&self->reader, "unknown profile (1, 2, 3, 4)");
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
    for (const char *line = why.text; *line; line += strspn(line, "\n")) {
        size_t line_length = strcspn(line, "\n");
        json_reader_mistake_at(&self->reader, "vehicle", "%.*s", (int)line_length, line);
        line += line_length;
    }
}

#define TOLD(member) offsetof(top_t, member)

static const field_t TOP_FIELDS[] = {
    {"$schema", FIELD_TEXT, false, TOLD(schema), 0, 0, {0}},
    {"name", FIELD_TEXT, true, TOLD(name), 0, 0, {0}},
    {"description", FIELD_ANY, false, TOLD(description), 0, 0, {0}},
    {"covers", FIELD_ANY, false, TOLD(covers), 0, 0, {0}},
    {"vehicle", FIELD_TEXT, false, TOLD(vehicle), 0, 0, {0}},
    {"seed", FIELD_INTEGER, false, TOLD(seed), 0, INT64_MAX, {0}},
    {"keys", FIELD_ANY, false, TOLD(keys), 0, 0, {0}},
    {"key_memory", FIELD_OBJECT, false, TOLD(key_memory), 0, 0, {0}},
    {"coding", FIELD_OBJECT, false, TOLD(coding), 0, 0, {0}},
    {"steps", FIELD_ARRAY, true, TOLD(steps), 0, 0, {0}},
};

static void load_texts(story_loader_t *self, const top_t *told)
{
    story_t *story = self->story;
    const char *description = json_string_value(told->description);
    if (told->name) story->name = arena_text(&self->whole->arena, told->name);
    story->description = arena_text(&self->whole->arena, description ? description : "");
    if (told->description && !description) json_reader_mistake_at(&self->reader, "description", "must be a text");
}

static void load_top(story_loader_t *self, const json_t *json, garage_t *garage)
{
    top_t told = {.vehicle = CAR_PLAN_VEHICLE, .seed = CAR_PLAN_SEED};
    json_reader_object(&self->reader, json, FIELDS(TOP_FIELDS), &told);
    if (!json_is_object(json)) return;
    load_texts(self, &told);
    self->story->seed = (uint64_t)told.seed;
    self->whole->vehicle = story_keep_text(self, told.vehicle);
    load_car(self, told.vehicle, garage);
    if (told.covers) load_covers(self, told.covers);
    load_keys(self, told.keys);
    load_units(self, "key_memory", told.key_memory, load_unit_memory);
    load_units(self, "coding", told.coding, load_unit_coding);
    if (told.steps) story_load_steps(self, told.steps);
}

static story_loader_t begin(const char *path, const vocabulary_t *vocabulary, error_t *error)
{
    story_whole_t *whole = calloc(1, sizeof *whole);
    assert(whole);
    story_loader_t loader = {.whole = whole, .story = &whole->story};
    whole->story.path = arena_text(&whole->arena, path);
    whole->story.vocabulary = vocabulary;
    json_reader_init(&loader.reader, whole->story.path, error);
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
    story_loader_t loader = begin(PATH, vocabulary, error);
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

// Null stays null: what is wrong was told.
static const story_t *load_story(const char *path, json_t *json, const story_world_t *world, error_t *error)
{
    if (!json) return NULL;
    story_loader_t loader = begin(path, world->vocabulary, error);
    load_top(&loader, json, world->garage);
    json_decref(json);
    return finish(&loader);
}

const story_t *story_parse(const char *path, const char *text, size_t size, const story_world_t *world, error_t *error)
{
    return load_story(path, json_reader_parse(path, text, size, error), world, error);
}

const story_t *story_load(const char *path, const story_world_t *world, error_t *error)
{
    return load_story(path, json_reader_load(path, error), world, error);
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
    free(whole);
    *self_p = NULL;
}
