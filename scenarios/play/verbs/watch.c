// SPDX-License-Identifier: MIT
#include "scenarios/play/verbs/watch.h"

bool watch_is_blind(const instant_t *instant, const story_step_t *step, words_t *problem)
{
    if (!condition_is_unreadable(step->condition, &instant->context)) return false;
    words_add(problem, "cannot be told");
    return true;
}

verb_progress_t watch_progress(instant_t *instant, const story_step_t *step, words_t *problem)
{
    (void)problem;
    if (step->background) return VERB_DONE;
    return instant_wait_until(instant, instant->reached_ns + step->for_ns) ? VERB_DONE : VERB_NOT_YET;
}
