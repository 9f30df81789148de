// SPDX-License-Identifier: MIT
// A story is played as a flat list of steps. What repeats is there once a round, what is used is there in its place:
//
//   [a, {repeat 2: [b, {use: f}]}, c]  with f: [d]     ──>     a b d b d c
//
// A step that says the same in every round is read once. Where a repeat or a use has a time or a note of its own, a
// wait of no length stands for it.
#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "bus/base/words.h"
#include "scenarios/story/story_parts.h"

#define STEPS_MAX 100000                               // that stand for others, of a story
#define USES_MAX 8                                     // within one another
#define STORY_LENGTH_MAX_NS (100 * TIME_PARSED_MAX_NS) // leaves room for what goes on being held at its end
#define WORK_OF_A_STEP 8                               // values that it has, more or less
#define FIRST_ROOM 16

typedef struct { // a step as it was read in an earlier round
    bool is_kept;
    bool is_bad; // it has mistakes, and would have the same again
    story_step_t step;
} kept_t;

typedef struct files { // that are read, from the inside out
    const struct files *outer;
    const story_source_t *source;
} files_t;

static void expand_list(story_loader_t *self, const json_t *json, size_t node, const files_t *files, kept_t *kept);

static bool has_ended(const story_loader_t *self)
{
    return self->is_full || self->mistakes->is_too_much;
}

static bool is_repeated(const story_loader_t *self)
{
    for (const story_within_t *within = self->within; within; within = within->outer)
        if (within->rounds > 0) return true;
    return false;
}

// ---- the flat list -------------------------------------------------------------------------------------------------

// When the step is over at the latest, as far as its times tell.
static int64_t latest_end_ns(const story_step_t *step, int64_t begin_ns)
{
    const int64_t spans_ns[] = {step->after_ns, step->within_ns, step->for_ns, step->lasts_ns};
    int64_t end_ns = begin_ns > step->at_ns ? begin_ns : step->at_ns;
    for (size_t i = 0; i < sizeof spans_ns / sizeof spans_ns[0]; i++)
        if (spans_ns[i] != STORY_NO_TIME) end_ns += spans_ns[i];
    return end_ns;
}

static void check_time(story_loader_t *self, const story_step_t *step)
{
    if (step->at_ns != STORY_NO_TIME && step->at_ns < self->last_at_ns)
        json_reader_mistake_at(&self->reader, "at", "goes backwards: an earlier step has a later time");
    if (step->at_ns > self->last_at_ns) self->last_at_ns = step->at_ns;
    if (self->end_ns > STORY_LENGTH_MAX_NS) return; // told already
    self->end_ns = latest_end_ns(step, self->end_ns);
    if (self->end_ns > STORY_LENGTH_MAX_NS)
        json_reader_mistake(&self->reader, "makes the story longer than %" PRId64 " min",
                            STORY_LENGTH_MAX_NS / TIME_MIN);
}

// What is told once, step by step, is as much as the file is.
static void count_work(story_loader_t *self, size_t values)
{
    if (self->within || self->scope) story_works(self, values);
}

// Of what stands within: a step, or what stands for steps. False, and told once, when they are too many.
static bool count_made(story_loader_t *self)
{
    if (!self->within || ++self->made_count <= STEPS_MAX) return true;
    if (!self->is_full) json_reader_mistake(&self->reader, "makes more than %d steps", STEPS_MAX);
    self->is_full = true;
    return false;
}

static void push(story_loader_t *self, const story_step_t *step)
{
    story_whole_t *whole = self->whole;
    size_t *count = &self->story->step_count;
    if (!count_made(self)) return;
    if (*count == whole->step_room) {
        whole->step_room = whole->step_room ? 2 * whole->step_room : FIRST_ROOM;
        whole->steps = realloc(whole->steps, whole->step_room * sizeof *whole->steps);
        assert(whole->steps);
    }
    check_time(self, step);
    whole->steps[*count] = *step;
    whole->steps[*count].within = self->within;
    ++*count;
    count_work(self, 1);
}

// Of the value at the reader's place; what came with a parameter has no place of its own.
static story_place_t *make_place(story_loader_t *self, const char *member, size_t node)
{
    story_place_t *place = story_allocate(self, 1, sizeof *place);
    *place = (story_place_t){self->file, story_keep_text(self, self->reader.pointer), member, 0, 0};
    if (node == JSON_PLACES_NONE) return place;
    json_position_t position = json_places_position(self->source->places, node, false);
    place->line = position.line;
    place->column = position.column;
    return place;
}

// ---- a step --------------------------------------------------------------------------------------------------------

static bool needs_filling(const story_loader_t *self, const json_t *json)
{
    return !self->is_literal && story_refers(json);
}

// A new reference.
static json_t *fill_if_needed(story_loader_t *self, const json_t *json)
{
    return needs_filling(self, json) ? story_fill(self, json) : json_incref((json_t *)(uintptr_t)json);
}

static void expand_plain(story_loader_t *self, const json_t *json, size_t node, kept_t *kept)
{
    json_t *filled = fill_if_needed(self, json);
    story_step_t step;
    count_work(self, WORK_OF_A_STEP);
    story_load_step(self, filled, &step);
    step.place = make_place(self, step.verb ? step.verb->name : "", node);
    if (step.at_ns != STORY_NO_TIME && is_repeated(self))
        json_reader_mistake_at(&self->reader, "at", "is not allowed in a repeat");
    // A watch that goes on in the background is another one each time.
    if (kept && filled == json && !step.background) *kept = (kept_t){.is_kept = true, .step = step};
    push(self, &step);
    json_decref(filled);
}

// ---- what repeats and uses have in common --------------------------------------------------------------------------

typedef struct {
    int64_t at_ns, after_ns;
    const json_t *note;
    // of a repeat
    int64_t rounds;
    const json_t *steps;
    // of a use
    const char *file;
    const json_t *with;
} group_t;

#define GROUP_FIELDS                                                                                                   \
    {"at", FIELD_TIME, false, offsetof(group_t, at_ns), 0, 0, {0}},                                                    \
        {"after", FIELD_TIME, false, offsetof(group_t, after_ns), 0, 0, {0}},                                          \
    {                                                                                                                  \
        "note", FIELD_ANY, false, offsetof(group_t, note), 0, 0,                                                       \
        {                                                                                                              \
            0                                                                                                          \
        }                                                                                                              \
    }

// Returns what goes around the steps within; a time that is told takes effect now.
static story_within_t *begin_group(story_loader_t *self, const json_t *json, const char *member, size_t node,
                                   const group_t *group)
{
    story_within_t *within = story_allocate(self, 1, sizeof *within);
    *within = (story_within_t){
        .outer = self->within, .place = make_place(self, member, node), .note = story_load_note(self, json)};
    story_check_begin(self, json);
    if (group->at_ns != STORY_NO_TIME && is_repeated(self))
        json_reader_mistake_at(&self->reader, "at", "is not allowed in a repeat");
    if (group->at_ns == STORY_NO_TIME && group->after_ns == STORY_NO_TIME && !within->note) return within;
    const vocabulary_t *vocabulary = self->story->vocabulary;
    size_t wait = 0;
    while (vocabulary->verbs[wait]->kind != VERB_WAITS) wait++;
    story_step_t step = {.verb = vocabulary->verbs[wait],
                         .at_ns = group->at_ns,
                         .after_ns = group->after_ns,
                         .within_ns = STORY_NO_TIME,
                         .not_before_ns = STORY_NO_TIME,
                         .for_ns = STORY_NO_TIME,
                         .lasts_ns = 0,
                         .note = within->note,
                         .place = within->place};
    push(self, &step);
    return within;
}

// The node of a member of the group; there is none when it stands in what came with a parameter.
static size_t find_node(const story_loader_t *self, size_t node, const char *member)
{
    if (node == JSON_PLACES_NONE || json_places_is_array(self->source->places, node)) return JSON_PLACES_NONE;
    return json_places_member(self->source->places, node, member);
}

// ---- repeat --------------------------------------------------------------------------------------------------------

// All of it filled but the steps, which each round fills anew; a new reference.
static json_t *fill_around(story_loader_t *self, const json_t *json)
{
    json_t *steps = json_object_get(json, "steps");
    if (!json_is_array(steps)) return fill_if_needed(self, json);
    json_t *around = json_copy((json_t *)(uintptr_t)json);
    json_object_del(around, "steps");
    json_t *filled = fill_if_needed(self, around);
    json_object_set(filled, "steps", steps);
    json_decref(around);
    return filled;
}

static void expand_rounds(story_loader_t *self, const group_t *group, size_t node, const story_within_t *around,
                          const files_t *files)
{
    const story_scope_t *scope = self->scope;
    const story_within_t *outer = self->within;
    kept_t *kept = calloc(json_array_size(group->steps), sizeof *kept);
    assert(kept);
    // Of what is too much each step is read once all the same: it may have mistakes of its own.
    for (int64_t round = 1; round <= group->rounds && (round == 1 || !has_ended(self)); round++) {
        story_within_t *within = story_allocate(self, 1, sizeof *within);
        *within = *around;
        within->round = (size_t)round;
        within->rounds = (size_t)group->rounds;
        const story_scope_t inner = {.outer = scope, .round = (size_t)round};
        self->within = within;
        self->scope = &inner;
        expand_list(self, group->steps, node, files, kept);
    }
    self->scope = scope;
    self->within = outer;
    free(kept);
}

static void expand_repeat(story_loader_t *self, const json_t *json, size_t node, const files_t *files)
{
    static const field_t FIELDS_OF_REPEAT[] = {
        {"repeat", FIELD_INTEGER, true, offsetof(group_t, rounds), 1, STEPS_MAX, {0}},
        {"steps", FIELD_ARRAY, true, offsetof(group_t, steps), 0, 0, {0}},
        GROUP_FIELDS,
    };
    group_t group = {.at_ns = STORY_NO_TIME, .after_ns = STORY_NO_TIME, .rounds = 1};
    count_made(self);
    count_work(self, WORK_OF_A_STEP);
    json_t *filled = fill_around(self, json);
    json_reader_object(&self->reader, filled, FIELDS(FIELDS_OF_REPEAT), &group);
    const story_within_t *within = begin_group(self, filled, "repeat", node, &group);
    size_t mark = json_reader_enter(&self->reader, "steps");
    bool outer_is_literal = self->is_literal;
    self->is_literal = self->is_literal || group.steps != json_object_get(json, "steps");
    if (group.steps) expand_rounds(self, &group, find_node(self, node, "steps"), within, files);
    self->is_literal = outer_is_literal;
    json_reader_leave(&self->reader, mark);
    json_decref(filled);
}

// ---- use -----------------------------------------------------------------------------------------------------------

// The file that is used; null, and told, when it cannot be.
static const story_source_t *find_file(story_loader_t *self, const char *path, const files_t *files)
{
    const story_source_t *source = story_source_beside(self->sources, self->source, path);
    size_t deep = 0;
    for (const files_t *file = files; file; file = file->outer, deep++) {
        if (file->source != source) continue;
        json_reader_mistake_at(&self->reader, "use", "goes in a circle: %s is being read", source->path);
        return NULL;
    }
    if (deep > USES_MAX) {
        json_reader_mistake_at(&self->reader, "use", "is more than %d deep", USES_MAX);
        return NULL;
    }
    if (!source->why) return source;
    story_tell_reasons(self, "use", source->why);
    self->mistakes->is_incomplete = true;
    return NULL;
}

static void expand_file(story_loader_t *self, const files_t *files)
{
    typedef struct {
        const char *schema;
        const json_t *note, *steps;
    } told_t;
    static const field_t FIELDS_OF_FILE[] = {
        {"$schema", FIELD_TEXT, false, offsetof(told_t, schema), 0, 0, {0}},
        {"note", FIELD_ANY, false, offsetof(told_t, note), 0, 0, {0}},
        {"steps", FIELD_ARRAY, true, offsetof(told_t, steps), 0, 0, {0}},
    };
    told_t told = {0};
    const story_source_t *source = files->source;
    story_read_source(self, source);
    self->file = story_keep_text(self, source->path);
    self->is_literal = self->has_no_scope = false;
    if (!json_reader_object(&self->reader, source->json, FIELDS(FIELDS_OF_FILE), &told))
        self->mistakes->is_incomplete = true;
    story_load_note(self, source->json);
    size_t mark = json_reader_enter(&self->reader, "steps");
    if (told.steps) expand_list(self, told.steps, find_node(self, 0, "steps"), files, NULL);
    json_reader_leave(&self->reader, mark);
}

static void tell_unused(story_loader_t *self, const story_scope_t *scope, const char *path)
{
    size_t mark = json_reader_enter(&self->reader, "with");
    for (size_t i = 0; i < scope->count && !self->mistakes->is_incomplete && !has_ended(self); i++) {
        if (scope->bindings[i].used) continue;
        size_t inner = json_reader_enter(&self->reader, scope->bindings[i].name);
        json_reader_mistake_of_name(&self->reader, "is not used: there is no \"${%.60s}\" in %s",
                                    scope->bindings[i].name, path);
        json_reader_leave(&self->reader, inner);
    }
    json_reader_leave(&self->reader, mark);
}

static story_binding_t *bind(const json_t *with)
{
    story_binding_t *bindings = calloc(json_object_size(with) + 1, sizeof *bindings);
    size_t count = 0;
    const char *name;
    json_t *value;
    assert(bindings);
    json_object_foreach((json_t *)(uintptr_t)with, name, value)
    {
        bindings[count++] = (story_binding_t){name, value, false};
    }
    return bindings;
}

static void expand_use_of(story_loader_t *self, const files_t *files, const json_t *with, const story_within_t *within)
{
    story_binding_t *bindings = bind(with);
    const story_scope_t scope = {
        .outer = self->scope, .is_file = true, .count = json_object_size(with), .bindings = bindings};
    story_loader_t *outer = malloc(sizeof *outer);
    assert(outer);
    *outer = *self;
    // cppcheck-suppress autoVariables
    self->scope = &scope; // until the file is read: *outer has the one before
    self->within = within;
    expand_file(self, files);
    // What is read goes on being counted; where it is read is as before.
    outer->reader.mistakes += self->reader.mistakes;
    outer->last_at_ns = self->last_at_ns;
    outer->end_ns = self->end_ns;
    outer->is_full = self->is_full;
    outer->made_count = self->made_count;
    *self = *outer;
    free(outer);
    tell_unused(self, &scope, files->source->path);
    free(bindings);
}

static void expand_use(story_loader_t *self, const json_t *json, size_t node, const files_t *files)
{
    static const field_t FIELDS_OF_USE[] = {
        {"use", FIELD_TEXT, true, offsetof(group_t, file), 0, 0, {0}},
        {"with", FIELD_OBJECT, false, offsetof(group_t, with), 0, 0, {0}},
        GROUP_FIELDS,
    };
    group_t group = {.at_ns = STORY_NO_TIME, .after_ns = STORY_NO_TIME};
    count_made(self);
    count_work(self, WORK_OF_A_STEP);
    json_t *filled = fill_if_needed(self, json);
    json_reader_object(&self->reader, filled, FIELDS(FIELDS_OF_USE), &group);
    const story_within_t *within = begin_group(self, filled, "use", node, &group);
    const story_source_t *source = group.file ? find_file(self, group.file, files) : NULL;
    const files_t inner = {files, source};
    if (source)
        expand_use_of(self, &inner, group.with, within);
    else
        self->mistakes->is_incomplete = true;
    json_decref(filled);
}

// ---- lists ---------------------------------------------------------------------------------------------------------

static void expand_step(story_loader_t *self, const json_t *json, size_t node, const files_t *files, kept_t *kept)
{
    bool one = story_count_verbs(self, json) == 1;
    if (one && json_object_get(json, "repeat"))
        expand_repeat(self, json, node, files);
    else if (one && json_object_get(json, "use"))
        expand_use(self, json, node, files);
    else
        expand_plain(self, json, node, kept);
}

// What stands for a reference is taken as it is.
static void expand_reference(story_loader_t *self, const json_t *json, size_t node, const files_t *files)
{
    json_t *filled = story_fill(self, json);
    self->is_literal = true;
    expand_step(self, filled, node, files, NULL);
    self->is_literal = false;
    json_decref(filled);
}

// kept: of each step, or null where nothing repeats them.
static void expand_list(story_loader_t *self, const json_t *json, size_t node, const files_t *files, kept_t *kept)
{
    const json_places_t *places = self->source->places;
    size_t inner = node != JSON_PLACES_NONE && json_places_is_array(places, node) ? json_places_first(places, node)
                                                                                  : JSON_PLACES_NONE;
    for (size_t i = 0; i < json_array_size(json) && !self->mistakes->is_too_much; i++) {
        const json_t *step = json_array_get(json, i);
        kept_t *own = kept ? &kept[i] : NULL;
        size_t mark = json_reader_enter_index(&self->reader, i), before = self->reader.mistakes;
        if (own && own->is_kept)
            push(self, &own->step);
        else if (json_is_string(step) && needs_filling(self, step))
            expand_reference(self, step, inner, files);
        else if (!own || !own->is_bad)
            expand_step(self, step, inner, files, own);
        if (own && self->reader.mistakes > before && !story_refers(step)) own->is_bad = true;
        json_reader_leave(&self->reader, mark);
        if (inner != JSON_PLACES_NONE) inner = json_places_next(places, inner);
    }
}

void story_load_steps(story_loader_t *self, const json_t *json, size_t node)
{
    const files_t file = {NULL, self->source};
    size_t mark = json_reader_enter(&self->reader, "steps");
    expand_list(self, json, node, &file, NULL);
    json_reader_leave(&self->reader, mark);
    self->story->steps = self->whole->steps;
}
