// SPDX-License-Identifier: MIT
#include <assert.h>
#include <string.h>

#include "bus/base/words.h"
#include "scenarios/story/story_parts.h"

#define VERBS_MAX 40 // of a vocabulary
#define VERB_LIST_MAX 256

// ---- timing --------------------------------------------------------------------------------------------------------

// Once its condition is read: how long it is expected depends on that.
static void check_expectation(story_loader_t *self, const json_t *json, const story_step_t *step)
{
    bool counts = step->condition->counts, within = json_object_get(json, "within");
    if (counts && !json_object_get(json, "for")) json_reader_mistake(&self->reader, "needs for beside a count");
    if (counts && within)
        json_reader_mistake_at(&self->reader, "within", "has no place beside a count, which needs for");
    if (!counts && json_object_get(json, "for"))
        json_reader_mistake_at(&self->reader, "for",
                               "goes with never, always and whenever, and with expect of a count");
    if (step->not_before_ns == STORY_NO_TIME) return;
    if (!within)
        json_reader_mistake_at(&self->reader, "not_before", "needs within beside it");
    else if (step->within_ns != STORY_NO_TIME && step->not_before_ns > step->within_ns)
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
    bool expects = verb->kind == VERB_EXPECTS, watches = verb->kind == VERB_WATCHES;
    const struct {
        const char *name;
        bool goes;
        const char *what;
    } KEYS[] = {
        {"within", expects || verb->second, "goes with expect and whenever only"},
        {"not_before", expects, "goes with expect only"},
        {"for", expects || watches, "goes with never, always and whenever, and with expect of a count"},
        {"background", watches, "goes with never, always and whenever only"},
    };
    story_check_begin(self, json);
    for (size_t i = 0; i < sizeof KEYS / sizeof KEYS[0]; i++)
        if (!KEYS[i].goes && json_object_get(json, KEYS[i].name))
            json_reader_mistake_at(&self->reader, KEYS[i].name, "%s", KEYS[i].what);
    if (watches) check_watch(self, step);
    if (verb->second && !json_object_get(json, "within")) json_reader_mistake(&self->reader, "needs within");
}

// The condition that stands beside the verb's; of another verb there is none.
static void load_second(story_loader_t *self, const json_t *json, story_step_t *step)
{
    size_t mark = json_reader_enter(&self->reader, step->verb->second);
    const json_t *second = json_object_get(json, step->verb->second);
    if (second)
        step->verb->load_second(self, second, step);
    else
        json_reader_mistake(&self->reader, "is missing");
    json_reader_leave(&self->reader, mark);
}

static void refuse_seconds(story_loader_t *self, const json_t *json, const verb_t *verb)
{
    const vocabulary_t *vocabulary = self->story->vocabulary;
    for (size_t i = 0; i < vocabulary->verb_count; i++) {
        const verb_t *other = vocabulary->verbs[i];
        if (other->second && other != verb && json_object_get(json, other->second))
            json_reader_mistake_at(&self->reader, other->second, "goes with %s only", other->name);
    }
}

// What stands for other steps, beside the verbs of the vocabulary.
static const char *const GROUPS[] = {"repeat", "use"};

#define GROUP_COUNT (sizeof GROUPS / sizeof GROUPS[0])

static const verb_t *find_own(const vocabulary_t *vocabulary, const char *name)
{
    for (size_t i = 0; i < vocabulary->verb_count; i++)
        if (strcmp(vocabulary->verbs[i]->name, name) == 0) return vocabulary->verbs[i];
    return NULL;
}

static bool is_group(const char *name)
{
    for (size_t i = 0; i < GROUP_COUNT; i++)
        if (strcmp(GROUPS[i], name) == 0) return true;
    return false;
}

// How many verbs the step has; the last one of the vocabulary at *verb, else that stays as it is.
static size_t count_verbs(const story_loader_t *self, const json_t *json, const verb_t **verb)
{
    size_t count = 0;
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)json, name, value)
    {
        const verb_t *own = find_own(self->story->vocabulary, name);
        if (own) *verb = own;
        if (own || is_group(name)) count++;
    }
    return count;
}

size_t story_count_verbs(const story_loader_t *self, const json_t *json)
{
    const verb_t *verb;
    return count_verbs(self, json, &verb);
}

// In the order of the vocabulary.
static void list_verbs(const story_loader_t *self, const json_t *json, words_t *words)
{
    const vocabulary_t *vocabulary = self->story->vocabulary;
    for (size_t i = 0, count = 0; i < vocabulary->verb_count + GROUP_COUNT; i++) {
        const char *name = i < vocabulary->verb_count ? vocabulary->verbs[i]->name : GROUPS[i - vocabulary->verb_count];
        if (json_object_get(json, name)) words_add(words, "%s%s", count++ > 0 ? ", " : "", name);
    }
}

// The verb of the step; null, and told, when there is not exactly one.
static const verb_t *find_verb(story_loader_t *self, const json_t *json)
{
    const verb_t *verb = NULL;
    size_t count = count_verbs(self, json, &verb);
    if (count == 1 && verb) return verb;
    if (count == 0) {
        json_reader_mistake(&self->reader, "has no verb (remote, door, expect, ...)");
        return NULL;
    }
    char list[VERB_LIST_MAX];
    words_t words = words_make(list, sizeof list);
    list_verbs(self, json, &words);
    json_reader_mistake(&self->reader, "has %zu verbs (%s): exactly one", count, list);
    return NULL;
}

typedef struct {
    story_step_t step;
    const json_t *note;
    const json_t *value, *other; // of the verb; of what is none
} told_t;

#define TIMING(name, member) name, FIELD_TIME, false, offsetof(told_t, step.member), 0, 0

static const field_t TIMING_FIELDS[] = {
    {TIMING("at", at_ns), {0}},
    {TIMING("after", after_ns), {0}},
    {TIMING("within", within_ns), {0}},
    {TIMING("not_before", not_before_ns), {0}},
    {TIMING("for", for_ns), {0}},
    {"background", FIELD_BOOLEAN, false, offsetof(told_t, step.background), 0, 0, {0}},
    {"note", FIELD_ANY, false, offsetof(told_t, note), 0, 0, {0}},
};

#define TIMING_ROWS (sizeof TIMING_FIELDS / sizeof TIMING_FIELDS[0])

// Times of the step, and every verb as a member that may be there: what is neither is unknown.
static void read_members(story_loader_t *self, const json_t *json, told_t *told)
{
    const vocabulary_t *vocabulary = self->story->vocabulary;
    field_t fields[TIMING_ROWS + 2 * VERBS_MAX + GROUP_COUNT];
    assert(vocabulary->verb_count <= VERBS_MAX);
    memcpy(fields, TIMING_FIELDS, sizeof TIMING_FIELDS);
    size_t count = TIMING_ROWS;
    for (size_t i = 0; i < vocabulary->verb_count; i++)
        fields[count++] =
            (field_t){.name = vocabulary->verbs[i]->name, .kind = FIELD_ANY, .offset = offsetof(told_t, value)};
    for (size_t i = 0; i < vocabulary->verb_count; i++)
        if (vocabulary->verbs[i]->second)
            fields[count++] =
                (field_t){.name = vocabulary->verbs[i]->second, .kind = FIELD_ANY, .offset = offsetof(told_t, other)};
    for (size_t i = 0; i < GROUP_COUNT; i++)
        fields[count++] = (field_t){.name = GROUPS[i], .kind = FIELD_ANY, .offset = offsetof(told_t, other)};
    json_reader_object(&self->reader, json, fields, count, told);
}

void story_load_step(story_loader_t *self, const json_t *json, story_step_t *step)
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
    step->note = story_load_note(self, json);
    check_timing(self, json, verb, step);
    refuse_seconds(self, json, verb);
    size_t mark = json_reader_enter(&self->reader, verb->name);
    verb->load(self, told.value, step);
    json_reader_leave(&self->reader, mark);
    if (verb->second) load_second(self, json, step);
    if (verb->kind == VERB_EXPECTS) check_expectation(self, json, step);
}

static void refuse_member(story_loader_t *self, const json_t *json, const char *member, const char *what)
{
    if (json_object_get(json, member)) json_reader_mistake_at(&self->reader, member, "%s", what);
}

void story_load_act(story_loader_t *self, const json_t *json)
{
    static const story_place_t PLACE = {.file = "step", .pointer = "/steps/0", .member = ""};
    story_step_t *step = story_allocate(self, 1, sizeof *step);
    story_load_step(self, json, step);
    step->place = &PLACE;
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
