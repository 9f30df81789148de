// SPDX-License-Identifier: MIT
#include "scenarios/story/story_set.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "bus/base/words.h"
#include "scenarios/story/story_parts.h"

struct story_set {
    story_world_t world;
    story_sources_t sources;
    story_mistakes_t mistakes;
    const story_source_t *source;
    const json_t *requirements; // by identifier; null: none
    size_t requirement_count;
    const char **identifiers;
    // parameters
    story_scope_t scope;
    const json_t *rows; // null: none
    bool *is_bad;       // of each: it has mistakes
    bool has_no_scope, top_refers;
    size_t count;
    const story_t **stories;
};

static void *allocate(size_t count, size_t size)
{
    void *memory = calloc(count > 0 ? count : 1, size);
    assert(memory);
    return memory;
}

// ---- reading what stands beside stories ----------------------------------------------------------------------------

// Who tells the mistakes of what belongs to no single story.
static story_loader_t *begin_telling(story_set_t *self, const story_source_t *source)
{
    story_loader_t *loader = allocate(1, sizeof *loader);
    loader->sources = &self->sources;
    loader->mistakes = &self->mistakes;
    story_read_source(loader, source);
    return loader;
}

static bool is_one_line(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7F) return false;
    return true;
}

// ---- parameters ----------------------------------------------------------------------------------------------------

static void check_name(story_loader_t *loader, const char *name, const json_t *value)
{
    const char *text = json_string_value(value);
    size_t mark = json_reader_enter(&loader->reader, name);
    if (!*name || !is_one_line(name) || strchr(name, '}'))
        json_reader_mistake_of_name(&loader->reader, "cannot stand in \"${...}\"");
    if (text && !is_one_line(text))
        json_reader_mistake(&loader->reader, "must be one line of text: it stands in the story's name");
    json_reader_leave(&loader->reader, mark);
}

static bool check_shape(story_loader_t *loader, const json_t *first, const json_t *row)
{
    const char *name;
    json_t *value;
    size_t before = loader->reader.mistakes;
    json_object_foreach((json_t *)(uintptr_t)first, name, value)
    {
        if (!json_object_get(row, name))
            json_reader_mistake(&loader->reader, "has no \"%.60s\": all have the members of the first", name);
    }
    json_object_foreach((json_t *)(uintptr_t)row, name, value)
    {
        size_t mark = json_reader_enter(&loader->reader, name);
        if (!json_object_get(first, name))
            json_reader_mistake_of_name(&loader->reader, "is not in the first: all have the same members");
        json_reader_leave(&loader->reader, mark);
        check_name(loader, name, value);
    }
    return loader->reader.mistakes == before;
}

static bool check_row(story_loader_t *loader, const json_t *rows, size_t index)
{
    const json_t *row = json_array_get(rows, index), *first = json_array_get(rows, 0);
    size_t mark = json_reader_enter_index(&loader->reader, index);
    bool good = json_object_size(row) > 0;
    if (!good)
        json_reader_mistake(&loader->reader, "must be an object of parameters");
    else if (json_object_size(first) > 0)
        good = check_shape(loader, first, row);
    json_reader_leave(&loader->reader, mark);
    return good;
}

static void bind_first(story_set_t *self, const json_t *row)
{
    const char *name;
    json_t *value;
    self->scope.bindings = allocate(json_object_size(row), sizeof *self->scope.bindings);
    json_object_foreach((json_t *)(uintptr_t)row, name, value)
    {
        self->scope.bindings[self->scope.count++] = (story_binding_t){name, value, false};
    }
}

static void bind_row(story_set_t *self, size_t row)
{
    const json_t *values = json_array_get(self->rows, row);
    for (size_t i = 0; i < self->scope.count; i++)
        self->scope.bindings[i].value = json_object_get(values, self->scope.bindings[i].name);
}

static void load_parameters(story_set_t *self)
{
    static const field_t PARAMETERS = {.kind = FIELD_ARRAY, .minimum = 1, .maximum = STORY_SET_MAX};
    const json_t *json = json_object_get(self->source->json, "parameters");
    if (!json) return;
    story_loader_t *loader = begin_telling(self, self->source);
    size_t mark = json_reader_enter(&loader->reader, "parameters");
    bool good = json_reader_value(&loader->reader, json, &PARAMETERS, &self->rows);
    self->is_bad = allocate(json_array_size(json), sizeof *self->is_bad);
    for (size_t i = 0; good && i < json_array_size(json); i++) self->is_bad[i] = !check_row(loader, json, i);
    self->has_no_scope = !good || self->is_bad[0];
    json_reader_leave(&loader->reader, mark);
    free(loader);
    if (!self->has_no_scope) bind_first(self, json_array_get(json, 0));
}

static void tell_unused(story_set_t *self)
{
    if (self->mistakes.is_incomplete || self->mistakes.is_too_much) return;
    story_loader_t *loader = begin_telling(self, self->source);
    json_reader_enter(&loader->reader, "parameters");
    json_reader_enter_index(&loader->reader, 0);
    for (size_t i = 0; i < self->scope.count; i++) {
        if (self->scope.bindings[i].used) continue;
        size_t mark = json_reader_enter(&loader->reader, self->scope.bindings[i].name);
        json_reader_mistake_of_name(&loader->reader, "is not used: there is no \"${%.60s}\" in the story",
                                    self->scope.bindings[i].name);
        json_reader_leave(&loader->reader, mark);
    }
    free(loader);
}

// ---- requirements of the project's own -----------------------------------------------------------------------------

static void check_requirement(story_loader_t *loader, const char *identifier, const json_t *sentence)
{
    size_t mark = json_reader_enter(&loader->reader, identifier);
    const char *text = json_string_value(sentence);
    if (!*identifier || !is_one_line(identifier) || strchr(identifier, ','))
        json_reader_mistake_of_name(&loader->reader, "must be an identifier: one line of text without a comma");
    if (!text || !*text) json_reader_mistake(&loader->reader, "must be a sentence");
    json_reader_leave(&loader->reader, mark);
}

static void read_requirements(story_set_t *self, story_loader_t *loader, const story_source_t *source)
{
    const char *identifier;
    json_t *sentence;
    const story_place_t place = story_place_of_member(self->source, self->source->path, "/requirements");
    const story_within_t within = {.place = &place};
    story_read_source(loader, source);
    // cppcheck-suppress autoVariables
    loader->within = &within; // as long as we read: it is taken back
    if (!json_is_object(source->json)) json_reader_mistake(&loader->reader, "must be an object of sentences");
    self->identifiers = allocate(json_object_size(source->json), sizeof *self->identifiers);
    json_object_foreach(source->json, identifier, sentence)
    {
        if (strcmp(identifier, "$schema") == 0) continue;
        check_requirement(loader, identifier, sentence);
        self->identifiers[self->requirement_count++] = identifier;
    }
    self->requirements = source->json;
}

static void load_requirements(story_set_t *self)
{
    const char *path = json_string_value(json_object_get(self->source->json, "requirements"));
    if (!path || !*path) return; // told with the other members
    story_loader_t *loader = begin_telling(self, self->source);
    const story_source_t *source = story_source_beside(&self->sources, self->source, path);
    if (source->why)
        story_tell_reasons(loader, "requirements", source->why);
    else
        read_requirements(self, loader, source);
    free(loader);
}

// ---- stories -------------------------------------------------------------------------------------------------------

static const story_t *make(story_set_t *self, size_t row)
{
    if (self->scope.count > 0) bind_row(self, row);
    const story_order_t order = {
        .world = &self->world,
        .source = self->source,
        .sources = &self->sources,
        .mistakes = &self->mistakes,
        .requirements = self->requirements,
        .scope = self->scope.count > 0 ? &self->scope : NULL,
        .has_no_scope = self->has_no_scope,
        .top_refers = self->top_refers,
    };
    return story_make(&order);
}

// Whether anything but the steps has a reference.
static bool top_refers(const json_t *json)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)json, name, value)
    {
        bool steps = strcmp(name, "steps") == 0 && json_is_array(value);
        if (strcmp(name, "parameters") != 0 && !steps && story_refers(value)) return true;
        if (strstr(name, "${")) return true;
    }
    return false;
}

static void tell_namesake(story_set_t *self, size_t row, const char *name)
{
    story_loader_t *loader = begin_telling(self, self->source);
    json_reader_enter(&loader->reader, "parameters");
    json_reader_enter_index(&loader->reader, row);
    json_reader_mistake(&loader->reader, "is there already: two stories would be called \"%.200s\"", name);
    free(loader);
}

static void load_stories(story_set_t *self)
{
    size_t rows = self->scope.count > 0 ? json_array_size(self->rows) : 1;
    text_set_t names = {.count = 0};
    self->stories = allocate(rows, sizeof(const story_t *));
    for (size_t row = 0; row < rows && !self->mistakes.is_too_much; row++) {
        const story_t *story = self->scope.count > 0 && self->is_bad[row] ? NULL : make(self, row);
        if (!story) continue;
        self->stories[self->count++] = story;
        if (!text_set_add(&names, story->name)) tell_namesake(self, row, story->name);
    }
    text_set_destroy(&names);
    if (self->scope.count > 0) tell_unused(self);
}

// ---- the set -------------------------------------------------------------------------------------------------------

// Takes the set; null when there was a mistake. Without a source one was told already.
static story_set_t *load(story_set_t *self, const story_source_t *source, error_t *error)
{
    size_t before = error->count;
    if (!source) {
        story_set_destroy(&self);
        return NULL;
    }
    self->source = source;
    self->mistakes.error = error;
    load_parameters(self);
    load_requirements(self);
    self->top_refers = top_refers(source->json);
    load_stories(self);
    story_mistakes_destroy(&self->mistakes);
    if (error->count > before) story_set_destroy(&self);
    return self;
}

story_set_t *story_set_load(const char *path, const story_world_t *world, error_t *error)
{
    story_set_t *self = allocate(1, sizeof *self);
    self->world = *world;
    return load(self, story_source_load(&self->sources, path, error), error);
}

story_set_t *story_set_parse(const char *path, const char *text, size_t size, const story_world_t *world,
                             error_t *error)
{
    story_set_t *self = allocate(1, sizeof *self);
    self->world = *world;
    return load(self, story_source_parse(&self->sources, path, text, size, error), error);
}

void story_set_destroy(story_set_t **self_p)
{
    story_set_t *self = *self_p;
    if (!self) return;
    for (size_t i = 0; i < self->count; i++) story_destroy(&self->stories[i]);
    free(self->stories);
    free(self->identifiers);
    free(self->is_bad);
    free(self->scope.bindings);
    story_sources_destroy(&self->sources);
    free(self);
    *self_p = NULL;
}

size_t story_set_count(const story_set_t *self)
{
    return self->count;
}

const story_t *story_set_story(const story_set_t *self, size_t index)
{
    assert(index < self->count);
    return self->stories[index];
}

size_t story_set_requirement_count(const story_set_t *self)
{
    return self->requirement_count;
}

const char *story_set_requirement(const story_set_t *self, size_t index, const char **sentence)
{
    assert(index < self->requirement_count);
    *sentence = json_string_value(json_object_get(self->requirements, self->identifiers[index]));
    return self->identifiers[index];
}

bool story_set_reads(const story_set_t *self, const char *path)
{
    struct stat status;
    if (stat(path, &status) != 0) return false;
    for (const story_source_t *source = self->sources.first; source; source = source->next)
        if (source->inode == status.st_ino && source->device == status.st_dev) return true;
    return false;
}

// ---- one story -----------------------------------------------------------------------------------------------------

// Takes the set.
static const story_t *take_only(story_set_t *set, error_t *error)
{
    if (!set) return NULL;
    const story_t *story = NULL;
    if (set->count == 1) {
        story = set->stories[0];
        set->stories[0] = NULL;
    } else {
        error_add(error, "%s: has %zu stories, of which one is wanted here", set->source->path, set->count);
    }
    story_set_destroy(&set);
    return story;
}

const story_t *story_load(const char *path, const story_world_t *world, error_t *error)
{
    return take_only(story_set_load(path, world, error), error);
}

const story_t *story_parse(const char *path, const char *text, size_t size, const story_world_t *world, error_t *error)
{
    return take_only(story_set_parse(path, text, size, world, error), error);
}

// ---- files that are no stories -------------------------------------------------------------------------------------

static bool has_only_texts(const json_t *json)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)json, name, value) if (!json_is_string(value)) return false;
    return json_object_size(json) > 0;
}

static bool has_only_steps(const json_t *json)
{
    static const char *const MEMBERS[] = {"$schema", "note", "steps"};
    size_t count = 0;
    for (size_t i = 0; i < sizeof MEMBERS / sizeof MEMBERS[0]; i++) count += json_object_get(json, MEMBERS[i]) != NULL;
    return json_object_get(json, "steps") && count == json_object_size(json);
}

story_file_kind_t story_set_kind_of(const char *path)
{
    error_t error;
    error_clear(&error);
    json_t *json = json_reader_load(path, &error);
    story_file_kind_t kind = STORY_FILE_OF_STORIES;
    if (has_only_steps(json))
        kind = STORY_FILE_OF_STEPS;
    else if (has_only_texts(json) && !json_object_get(json, "name"))
        kind = STORY_FILE_OF_REQUIREMENTS;
    json_decref(json);
    return kind;
}
