// SPDX-License-Identifier: MIT
// never and always: a condition that must not be seen, or must hold, for a time or to the story's end.
#include "scenarios/play/instant.h"
#include "scenarios/play/play_vocabulary.h"
#include "scenarios/play/verbs/watch.h"
#include "scenarios/story/story_parts.h"
#include "scenarios/story/story_write.h"
#include "scenarios/story/words_step.h"

// The instant in which the step is reached: what stood on the buses then is over, states count.
static bool begin(instant_t *instant, const story_step_t *step, words_t *problem)
{
    condition_context_t *context = &instant->context;
    condition_reset(step->condition, context);
    mechanic_read(instant->mechanic, instant->kernel, step->condition->read);
    condition_look(step->condition, context);
    condition_begin(step->condition, context);
    size_t event_count = context->event_count;
    context->event_count = 0;
    bool kept = step->verb->watch(instant, step, problem);
    context->event_count = event_count;
    return kept;
}

static bool watch_never(instant_t *instant, const story_step_t *step, words_t *problem)
{
    condition_watch(step->condition, &instant->context);
    if (watch_is_blind(instant, step, problem)) return false;
    if (!condition_met(step->condition, &instant->context)) return true;
    words_add(problem, "seen");
    return false;
}

static bool watch_always(instant_t *instant, const story_step_t *step, words_t *problem)
{
    condition_watch(step->condition, &instant->context);
    if (watch_is_blind(instant, step, problem)) return false;
    if (condition_violated(step->condition, &instant->context)) {
        words_add(problem, "violated");
        return false;
    }
    instant_wake_at(instant, condition_overdue_ns(step->condition, instant->context.memories));
    return true;
}

const verb_t verb_never = {.name = "never",
                           .kind = VERB_WATCHES,
                           .load = story_load_conditional,
                           .write = story_write_conditional,
                           .words = words_add_conditional,
                           .act = begin,
                           .progress = watch_progress,
                           .watch = watch_never};

const verb_t verb_always = {.name = "always",
                            .kind = VERB_WATCHES,
                            .load = story_load_conditional,
                            .write = story_write_conditional,
                            .words = words_add_conditional,
                            .act = begin,
                            .progress = watch_progress,
                            .watch = watch_always};
