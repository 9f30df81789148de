// SPDX-License-Identifier: MIT
#include <inttypes.h>
#include <string.h>

#include "scenarios/story_parts.h"
#include "scenarios/words.h"

#define STORY_LENGTH_MAX_NS (100 * TIME_PARSED_MAX_NS) // leaves room for what goes on being held at its end

typedef enum { ACTS, EXPECTS, WATCHES } step_sort_t;

typedef struct {
    const char *name;
    story_verb_t verb;
    step_sort_t sort;
    void (*load)(story_loader_t *self, const json_t *json, story_step_t *step);
} verb_row_t;

static void load_condition(story_loader_t *self, const json_t *json, story_step_t *step)
{
    condition_t *condition = arena_allocate(&self->whole->arena, 1, sizeof *condition);
    step->condition = condition;
    story_load_condition(self, json, step->verb == VERB_EXPECT, condition);
}

static const verb_row_t VERBS[] = {
    {"remote", VERB_REMOTE, ACTS, story_load_remote},
    {"radio", VERB_RADIO, ACTS, story_load_radio},
    {"ignition", VERB_IGNITION, ACTS, story_load_ignition},
    {"door", VERB_DOOR, ACTS, story_load_door},
    {"gear", VERB_GEAR, ACTS, story_load_gear},
    {"switch", VERB_SWITCH, ACTS, story_load_switch},
    {"adjust", VERB_ADJUST, ACTS, story_load_adjust},
    {"frame", VERB_FRAME, ACTS, story_load_frame},
    {"power", VERB_POWER, ACTS, story_load_power},
    {"wait", VERB_WAIT, ACTS, story_load_wait},
    {"expect", VERB_EXPECT, EXPECTS, load_condition},
    {"never", VERB_NEVER, WATCHES, load_condition},
    {"always", VERB_ALWAYS, WATCHES, load_condition},
    {"service", VERB_SERVICE, ACTS, story_load_service},
    {"cip", VERB_CIP, ACTS, story_load_cip},
    {"uds", VERB_UDS, ACTS, story_load_uds},
    {"fault", VERB_WAIT, ACTS, story_load_fault}, // not of this version: refused by name, the verb stands for nothing
};

#define VERB_ROWS (sizeof VERBS / sizeof VERBS[0])

const char *story_verb_name(story_verb_t verb)
{
    for (size_t i = 0; i < VERB_ROWS; i++)
        if (VERBS[i].verb == verb) return VERBS[i].name;
    return "?";
}

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

static void check_timing(story_loader_t *self, const json_t *json, const verb_row_t *row, const story_step_t *step)
{
    static const struct {
        const char *name;
        step_sort_t sort;
        const char *what;
    } KEYS[] = {
        {"within", EXPECTS, "goes with expect only"},
        {"not_before", EXPECTS, "goes with expect only"},
        {"for", WATCHES, "goes with never and always only"},
        {"background", WATCHES, "goes with never and always only"},
    };
    if (json_object_get(json, "at") && json_object_get(json, "after"))
        json_reader_mistake(&self->reader, "has both at and after: one of them");
    for (size_t i = 0; i < sizeof KEYS / sizeof KEYS[0]; i++)
        if (row->sort != KEYS[i].sort && json_object_get(json, KEYS[i].name))
            json_reader_mistake_at(&self->reader, KEYS[i].name, "%s", KEYS[i].what);
    if (row->sort == EXPECTS) check_expectation(self, step);
    if (row->sort == WATCHES) check_watch(self, step);
}

// ---- a step --------------------------------------------------------------------------------------------------------

// The verb of the step; null, and told, when there is not exactly one.
static const verb_row_t *find_verb(story_loader_t *self, const json_t *json)
{
    const verb_row_t *found = NULL;
    char list[256];
    words_t words = words_make(list, sizeof list);
    size_t count = 0;
    for (size_t i = 0; i < VERB_ROWS; i++) {
        if (!json_object_get(json, VERBS[i].name)) continue;
        found = &VERBS[i];
        words_add(&words, "%s%s", count++ > 0 ? ", " : "", found->name);
    }
    if (count == 1) return found;
    if (count == 0)
        json_reader_mistake(&self->reader, "has no verb (remote, door, expect, …)");
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

static void load_step(story_loader_t *self, const json_t *json, story_step_t *step)
{
    told_t told = {.step = {.at_ns = STORY_NO_TIME,
                            .after_ns = STORY_NO_TIME,
                            .within_ns = STORY_NO_TIME,
                            .not_before_ns = STORY_NO_TIME,
                            .for_ns = STORY_NO_TIME}};
    *step = told.step;
    if (!json_is_object(json)) {
        json_reader_mistake(&self->reader, "must be an object");
        return;
    }
    field_t fields[TIMING_ROWS + VERB_ROWS];
    memcpy(fields, TIMING_FIELDS, sizeof TIMING_FIELDS);
    for (size_t i = 0; i < VERB_ROWS; i++)
        fields[TIMING_ROWS + i] =
            (field_t){.name = VERBS[i].name, .kind = FIELD_ANY, .offset = offsetof(told_t, value)};
    json_reader_object(&self->reader, json, FIELDS(fields), &told);
    const verb_row_t *row = find_verb(self, json);
    *step = told.step;
    if (!row) return;
    step->verb = row->verb;
    check_timing(self, json, row, step);
    size_t mark = json_reader_enter(&self->reader, row->name);
    row->load(self, told.value, step);
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
    static const char *const PASSIVE[] = {"wait", "expect", "never", "always"};
    for (size_t i = 0; i < sizeof PASSIVE / sizeof PASSIVE[0]; i++)
        refuse_member(self, json, PASSIVE[i], "is no verb that acts");
    self->story->steps = step;
    self->story->step_count = 1;
}

// When the step is over at the latest, as far as its times tell.
static int64_t latest_end_ns(const story_step_t *step, int64_t begin_ns)
{
    const int64_t spans_ns[] = {step->after_ns, step->within_ns, step->for_ns,
                                step->verb == VERB_WAIT ? step->wait_ns : STORY_NO_TIME};
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
