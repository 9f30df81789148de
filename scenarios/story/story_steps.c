// SPDX-License-Identifier: MIT
#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "bus/base/words.h"
#include "scenarios/story/story_parts.h"

#define STORY_LENGTH_MAX_NS (100 * TIME_PARSED_MAX_NS) // leaves room for what goes on being held at its end

#define VERBS_MAX 64 // of a vocabulary

// ---- timing --------------------------------------------------------------------------------------------------------

static void check_expectation(story_loader_t *self, const story_step_t *step)
{
    if (step->not_before_ns == STORY_NO_TIME) return;
    if (step->within_ns == STORY_NO_TIME)
        json_reader_mistake_at(&self->reader, "not_before", "needs within beside it");
    else if (step->not_before_ns > step->within_ns)
        json_reader_mistake_at(&self->reader, "not_before", "is later than within");
}

static void check_watch(story_loader_t *self, const story_step_t *step)
{
    bool timed = step->for_ns != STORY_NO_TIME;
    if (timed && step->background)
        json_reader_mistake_at(&self->reader, "background", "stands instead of for, not beside it");
    if (!timed && !step->background) json_reader_mistake(&self->reader, "needs for, or background: true");
}

static void check_timing(story_loader_t *self, const json_t *json, const verb_t *verb, const story_step_t *step)
{
    static const struct {
        const char *name;
        verb_kind_t kind;
        const char *what;
    } KEYS[] = {
        {"within", VERB_EXPECTS, "goes with expect only"},
        {"not_before", VERB_EXPECTS, "goes with expect only"},
        {"for", VERB_WATCHES, "goes with never and always only"},
        {"background", VERB_WATCHES, "goes with never and always only"},
    };
    if (json_object_get(json, "at") && json_object_get(json, "after"))
        json_reader_mistake(&self->reader, "has both at and after: one of them");
    for (size_t i = 0; i < sizeof KEYS / sizeof KEYS[0]; i++)
        if (verb->kind != KEYS[i].kind && json_object_get(json, KEYS[i].name))
            json_reader_mistake_at(&self->reader, KEYS[i].name, "%s", KEYS[i].what);
    if (verb->kind == VERB_EXPECTS) check_expectation(self, step);
    if (verb->kind == VERB_WATCHES) check_watch(self, step);
}

// ---- a step --------------------------------------------------------------------------------------------------------

// The verb of the step; null, and told, when there is not exactly one.
static const verb_t *find_verb(story_loader_t *self, const json_t *json)
{
    const vocabulary_t *vocabulary = self->story->vocabulary;
    const verb_t *found = NULL;
    char list[256];
    words_t words = words_make(list, sizeof list);
    size_t count = 0;
    for (size_t i = 0; i < vocabulary->verb_count; i++) {
        if (!json_object_get(json, vocabulary->verbs[i]->name)) continue;
        found = vocabulary->verbs[i];
        words_add(&words, "%s%s", count++ > 0 ? ", " : "", found->name);
    }
    if (count == 1) return found;
    if (count == 0)
        json_reader_mistake(&self->reader, "has no verb (remote, door, expect, ...)");
    else
        json_reader_mistake(&self->reader, "has %zu verbs (%s): exactly one", count, list);
    return NULL;
}

typedef struct {
    story_step_t step;
    const json_t *value; // of the verb
} told_t;

#define TIMING(name, member) name, FIELD_TIME, false, offsetof(told_t, step.member), 0, 0

static const field_t TIMING_FIELDS[] = {
    {TIMING("at", at_ns), {0}},
    {TIMING("after", after_ns), {0}},
    {TIMING("within", within_ns), {0}},
    {TIMING("not_before", not_before_ns), {0}},
    {TIMING("for", for_ns), {0}},
    {"background", FIELD_BOOLEAN, false, offsetof(told_t, step.background), 0, 0, {0}},
};

#define TIMING_ROWS (sizeof TIMING_FIELDS / sizeof TIMING_FIELDS[0])

// Times of the step, and every verb as a member that may be there: what is neither is unknown.
static void read_members(story_loader_t *self, const json_t *json, told_t *told)
{
    const vocabulary_t *vocabulary = self->story->vocabulary;
    field_t fields[TIMING_ROWS + VERBS_MAX];
    assert(vocabulary->verb_count <= VERBS_MAX);
    memcpy(fields, TIMING_FIELDS, sizeof TIMING_FIELDS);
    for (size_t i = 0; i < vocabulary->verb_count; i++)
        fields[TIMING_ROWS + i] =
            (field_t){.name = vocabulary->verbs[i]->name, .kind = FIELD_ANY, .offset = offsetof(told_t, value)};
    json_reader_object(&self->reader, json, fields, TIMING_ROWS + vocabulary->verb_count, told);
}

static void load_step(story_loader_t *self, const json_t *json, story_step_t *step)
{
    told_t told = {.step = {.at_ns = STORY_NO_TIME,
                            .after_ns = STORY_NO_TIME,
                            .within_ns = STORY_NO_TIME,
                            .not_before_ns = STORY_NO_TIME,
                            .for_ns = STORY_NO_TIME,
                            .lasts_ns = STORY_NO_TIME}};
    *step = told.step;
    if (!json_is_object(json)) {
        json_reader_mistake(&self->reader, "must be an object");
        return;
    }
    read_members(self, json, &told);
    const verb_t *verb = find_verb(self, json);
    *step = told.step;
    if (!verb) return;
    step->verb = verb;
    check_timing(self, json, verb, step);
    size_t mark = json_reader_enter(&self->reader, verb->name);
    verb->load(self, told.value, step);
    json_reader_leave(&self->reader, mark);
}

static void refuse_member(story_loader_t *self, const json_t *json, const char *member, const char *what)
{
    if (json_object_get(json, member)) json_reader_mistake_at(&self->reader, member, "%s", what);
}

void story_load_act(story_loader_t *self, const json_t *json)
{
    story_step_t *step = arena_allocate(&self->whole->arena, 1, sizeof *step);
    load_step(self, json, step);
    refuse_member(self, json, "at", "a live car acts at once");
    refuse_member(self, json, "after", "a live car acts at once");
    for (size_t i = 0; i < self->story->vocabulary->verb_count; i++) {
        const verb_t *verb = self->story->vocabulary->verbs[i];
        if (verb->kind != VERB_ACTS && verb->kind != VERB_WORKSHOP)
            refuse_member(self, json, verb->name, "is no verb that acts");
    }
    self->story->steps = step;
    self->story->step_count = 1;
}

// When the step is over at the latest, as far as its times tell.
static int64_t latest_end_ns(const story_step_t *step, int64_t begin_ns)
{
    const int64_t spans_ns[] = {step->after_ns, step->within_ns, step->for_ns, step->lasts_ns};
    int64_t end_ns = begin_ns > step->at_ns ? begin_ns : step->at_ns;
    for (size_t i = 0; i < sizeof spans_ns / sizeof spans_ns[0]; i++)
        if (spans_ns[i] != STORY_NO_TIME) end_ns += spans_ns[i];
    return end_ns;
}

static void check_length(story_loader_t *self, const story_step_t *step, int64_t *end_ns)
{
    if (*end_ns > STORY_LENGTH_MAX_NS) return; // told already
    *end_ns = latest_end_ns(step, *end_ns);
    if (*end_ns > STORY_LENGTH_MAX_NS)
        json_reader_mistake(&self->reader, "makes the story longer than %" PRId64 " min",
                            STORY_LENGTH_MAX_NS / TIME_MIN);
}

void story_load_steps(story_loader_t *self, const json_t *json)
{
    story_t *story = self->story;
    size_t count = json_array_size(json);
    story_step_t *steps = arena_allocate(&self->whole->arena, count, sizeof *steps);
    int64_t last_at_ns = 0, end_ns = 0;
    size_t mark = json_reader_enter(&self->reader, "steps");
    for (size_t i = 0; i < count; i++) {
        size_t inner = json_reader_enter_index(&self->reader, i);
        load_step(self, json_array_get(json, i), &steps[i]);
        if (steps[i].at_ns != STORY_NO_TIME && steps[i].at_ns < last_at_ns)
            json_reader_mistake_at(&self->reader, "at", "goes backwards: an earlier step has a later time");
        if (steps[i].at_ns > last_at_ns) last_at_ns = steps[i].at_ns;
        check_length(self, &steps[i], &end_ns);
        json_reader_leave(&self->reader, inner);
    }
    json_reader_leave(&self->reader, mark);
    story->steps = steps;
    story->step_count = count;
}
