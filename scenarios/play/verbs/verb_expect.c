// SPDX-License-Identifier: MIT
// expect: a condition must hold now, or within a time.
#include "scenarios/play/instant.h"
#include "scenarios/play/play_vocabulary.h"
#include "scenarios/story/story_parts.h"
#include "scenarios/story/story_write.h"
#include "scenarios/story/words_step.h"

static bool act(instant_t *instant, const story_step_t *step, words_t *problem)
{
    (void)problem;
    condition_reset(step->condition, &instant->context);
    mechanic_read(instant->mechanic, instant->kernel, step->condition->read);
    return true;
}

static verb_progress_t fail_after(words_t *problem, const char *what, int64_t time_ns)
{
    words_add(problem, "%s", what);
    words_add_time(problem, time_ns);
    return VERB_FAILED;
}

// What lasts for a time is judged at its end.
static verb_progress_t count_on(instant_t *instant, const story_step_t *step, words_t *problem)
{
    condition_tally(step->condition, &instant->context);
    bool met = condition_expected(step->condition, &instant->context);
    condition_take_counted(step->condition, &instant->context);
    if (!instant_wait_until(instant, instant->reached_ns + step->for_ns)) return VERB_NOT_YET;
    return met ? VERB_DONE : fail_after(problem, "not so in ", step->for_ns);
}

static verb_progress_t progress(instant_t *instant, const story_step_t *step, words_t *problem)
{
    bool now = step->within_ns == STORY_NO_TIME;
    int64_t elapsed_ns = instant->now_ns - instant->reached_ns;
    condition_look(step->condition, &instant->context);
    if (step->for_ns != STORY_NO_TIME) return count_on(instant, step, problem);
    if (condition_expected(step->condition, &instant->context)) {
        if (step->not_before_ns == STORY_NO_TIME || elapsed_ns >= step->not_before_ns) return VERB_DONE;
        return fail_after(problem, "met too early, after ", elapsed_ns);
    }
    // "Now" is when the fault memories have answered.
    if (now && !condition_has_read(step->condition, &instant->context)) return VERB_NOT_YET;
    if (!instant_wait_until(instant, instant->reached_ns + (now ? 0 : step->within_ns))) return VERB_NOT_YET;
    if (!now) return fail_after(problem, "not met within ", step->within_ns);
    words_add(problem, "does not hold now");
    return VERB_FAILED;
}

const verb_t verb_expect = {.name = "expect",
                            .kind = VERB_EXPECTS,
                            .load = story_load_conditional,
                            .write = story_write_conditional,
                            .words = words_add_conditional,
                            .act = act,
                            .progress = progress};
