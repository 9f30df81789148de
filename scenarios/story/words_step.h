// SPDX-License-Identifier: MIT
// What a story says, in words: conditions, steps.
#ifndef KMSIM_SCENARIOS_STORY_WORDS_STEP_H
#define KMSIM_SCENARIOS_STORY_WORDS_STEP_H

#include "bus/base/words.h"
#include "scenarios/story/story.h"

/// "remote key 2 unlock", "expect seat settings longitudinal=180.0 mm within 15 s"
void words_add_step(words_t *self, const story_t *story, const story_step_t *step);

// ---- for the rows of the vocabulary --------------------------------------------------------------------------------

/// The condition of a verb that expects or watches, and how long.
void words_add_conditional(words_t *self, const story_t *story, const story_step_t *step);

/// The bus that a condition names, if it names one: " on kcan-p".
void words_add_condition_bus(words_t *self, const story_t *story, const condition_t *condition);

#endif
