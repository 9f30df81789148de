// SPDX-License-Identifier: MIT
// What a story says, in words: conditions, steps.
#ifndef KMSIM_SCENARIOS_WORDS_STEP_H
#define KMSIM_SCENARIOS_WORDS_STEP_H

#include "scenarios/story.h"
#include "scenarios/words.h"

/// "seat settings longitudinal=180.0 mm", "any of (… or …)"
void words_add_condition(words_t *self, const story_t *story, const condition_t *condition);

/// "remote key 2 unlock", "expect seat settings longitudinal=180.0 mm within 15 s"
void words_add_step(words_t *self, const story_t *story, const story_step_t *step);

#endif
