// SPDX-License-Identifier: MIT
// whenever: each time that a condition is seen or becomes so, another must follow within a time.
#include "scenarios/play/follow.h"
#include "scenarios/play/instant.h"
#include "scenarios/play/play_vocabulary.h"
#include "scenarios/play/verbs/watch.h"
#include "scenarios/story/story_parts.h"
#include "scenarios/story/story_write.h"
#include "scenarios/story/words_step.h"

enum { FIRST, SECOND, PARTS };

typedef struct {
    condition_t condition; // first: what the step has
    condition_t parts[PARTS];
} both_t;

// ---- both of them as one condition ---------------------------------------------------------------------------------

static void add_condition_words(words_t *words, const story_t *story, const condition_t *condition)
{
    const condition_t *parts = condition->parts;
    parts[FIRST].kind->words(words, story, &parts[FIRST]);
    words_add(words, " then ");
    parts[SECOND].kind->words(words, story, &parts[SECOND]);
}

static void add_seen(words_t *words, const story_t *story, const condition_t *condition,
                     const condition_context_t *context)
{
    const condition_t *second = &condition->parts[SECOND];
    second->kind->seen(words, story, second, context);
}

static const condition_kind_t BOTH = {
    .mark = "whenever", .family = CONDITION_ALL, .words = add_condition_words, .seen = add_seen};

// ---- what the file says --------------------------------------------------------------------------------------------

static void load(story_loader_t *loader, const json_t *json, story_step_t *step)
{
    both_t *both = story_allocate(loader, 1, sizeof *both);
    both->condition = (condition_t){.kind = &BOTH, .bus = STORY_ANY_BUS, .part_count = PARTS, .parts = both->parts};
    both->condition.slot = (uint32_t)loader->story->condition_count++;
    step->condition = &both->condition;
    story_load_condition(loader, json, CONDITION_FOLLOWED, &both->parts[FIRST]);
}

static void load_second(story_loader_t *loader, const json_t *json, story_step_t *step)
{
    both_t *both = (both_t *)(uintptr_t)step->condition; // as load has made it
    story_load_condition(loader, json, CONDITION_FOLLOWED, &both->parts[SECOND]);
    story_join_parts(&both->condition);
}

static json_t *write(const story_t *story, const story_step_t *step)
{
    return story_write_condition(story, &step->condition->parts[FIRST]);
}

static json_t *write_second(const story_t *story, const story_step_t *step)
{
    return story_write_condition(story, &step->condition->parts[SECOND]);
}

// ---- what happens --------------------------------------------------------------------------------------------------

static bool act(instant_t *instant, const story_step_t *step, words_t *problem)
{
    (void)problem;
    condition_reset(step->condition, &instant->context);
    mechanic_read(instant->mechanic, instant->kernel, step->condition->read);
    condition_look(step->condition, &instant->context);
    follow_begin(step->condition, &instant->context);
    return true;
}

static bool watch(instant_t *instant, const story_step_t *step, words_t *problem)
{
    const condition_t *condition = step->condition;
    condition_watch(&condition->parts[FIRST], &instant->context); // without these it has nothing to watch
    condition_look(&condition->parts[SECOND], &instant->context);
    if (watch_is_blind(instant, step, problem)) return false;
    follow_look(condition, &instant->context);
    int64_t open_ns = follow_open_ns(condition, instant->context.memories);
    if (open_ns < 0 || !instant_wait_until(instant, open_ns + step->within_ns)) return true;
    char first[TIME_TEXT_MAX], second[TIME_TEXT_MAX];
    words_add(problem, "the first at %s s, the second not by %s s", time_format(open_ns, first),
              time_format(open_ns + step->within_ns, second));
    return false;
}

const verb_t verb_whenever = {.name = "whenever",
                              .kind = VERB_WATCHES,
                              .second = "then",
                              .load = load,
                              .load_second = load_second,
                              .write = write,
                              .write_second = write_second,
                              .words = words_add_conditional,
                              .act = act,
                              .progress = watch_progress,
                              .watch = watch};
