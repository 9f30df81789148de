// SPDX-License-Identifier: MIT
// What a story says, in words: conditions, steps.
#ifndef KMSIM_SCENARIOS_STORY_WORDS_STEP_H
#define KMSIM_SCENARIOS_STORY_WORDS_STEP_H

#include "bus/base/words.h"
#include "scenarios/story/story.h"

/// "remote key 2 unlock", "expect seat settings longitudinal=180.0 mm within 15 s", behind it the rounds and the note:
/// "wait 1 s, round 2 of 3 (note: …)".
void words_add_step(words_t *self, const story_t *story, const story_step_t *step);

/// The notes of the repeats and uses around the step, from the inside out.
void words_add_outer_notes(words_t *self, const story_step_t *step);

/// The step's line, and by whom its file is used: "steps/unlock.json:3:5: /steps/0/wait, used in my.json:12:5:
/// /steps/4". Nothing of a step that is from no file.
void words_add_place(words_t *self, const story_step_t *step);

// ---- for the rows of the vocabulary --------------------------------------------------------------------------------

/// The condition of a verb that expects or watches, and how long.
void words_add_conditional(words_t *self, const story_t *story, const story_step_t *step);

/// The bus that a condition names, if it names one: " on kcan-p".
void words_add_condition_bus(words_t *self, const story_t *story, const condition_t *condition);

#endif
