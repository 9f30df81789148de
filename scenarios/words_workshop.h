// SPDX-License-Identifier: MIT
// The workshop in words: what a story asks of it, how that ended, what a fault memory held.
#ifndef KMSIM_SCENARIOS_WORDS_WORKSHOP_H
#define KMSIM_SCENARIOS_WORDS_WORKSHOP_H

#include "scenarios/story.h"
#include "scenarios/tester.h"
#include "scenarios/words.h"

/// A step of service, cip or uds after its verb: "block_key key 3, refused with requestOutOfRange".
void words_add_workshop(words_t *self, const story_t *story, const story_step_t *step);

/// How a job ended: "accepted", "refused with conditionsNotCorrect", "no answer".
void words_add_end(words_t *self, const workshop_job_t *job);

/// The request that decided it and its answer: "31 01 DC 73 02 01 was answered by 7F 31 31 (requestOutOfRange)".
void words_add_answer(words_t *self, const workshop_job_t *job);

/// What a unit's fault memory held at its last reading (null: there was none): "seat's fault memory at 2.1 s: empty".
void words_add_faults(words_t *self, const char *unit, const tester_faults_t *faults);

#endif
