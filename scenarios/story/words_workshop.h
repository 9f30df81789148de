// SPDX-License-Identifier: MIT
// The workshop in words: how a job ended, what a fault memory held.
#ifndef KMSIM_SCENARIOS_STORY_WORDS_WORKSHOP_H
#define KMSIM_SCENARIOS_STORY_WORDS_WORKSHOP_H

#include "bus/base/words.h"
#include "scenarios/actors/tester.h"

#define WORDS_BYTES_TOLD_MAX 24 // of a message: what tells one from another

/// A negative response by its name.
void words_add_refusal(words_t *self, uint8_t nrc);

/// "22 F1 90", a long message cut.
void words_add_bytes(words_t *self, const uint8_t *bytes, size_t size);

/// "the answer cannot be read: 71 01".
void words_add_unreadable(words_t *self, const uint8_t *bytes, size_t size);

/// How a job ended: "accepted", "refused with conditionsNotCorrect", "no answer"; and at which of its requests, when
/// that was not the one that does what was wanted: "done, but closing the session: no answer".
void words_add_end(words_t *self, const workshop_job_t *job);

/// The request that decided it and its answer: "31 01 DC 73 02 01 was answered by 7F 31 31 (requestOutOfRange)".
void words_add_answer(words_t *self, const workshop_job_t *job);

/// What a unit's fault memory held at its last reading (null: there was none): "seat's fault memory at 2.1 s: empty".
void words_add_faults(words_t *self, const char *unit, const tester_faults_t *faults);

#endif
