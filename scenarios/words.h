// SPDX-License-Identifier: MIT
// What a story says, in words: steps, conditions, and what was seen of them last. Pure but for vsnprintf.
#ifndef KMSIM_SCENARIOS_WORDS_H
#define KMSIM_SCENARIOS_WORDS_H

#include "scenarios/conditions.h"

typedef struct {
    char *text; // always terminated
    size_t size, length;
} words_t;

/// Empty words in the caller's text; what does not fit is left out.
words_t words_make(char *text, size_t size);

/// Appends (printf format).
void words_add(words_t *self, const char *format, ...) __attribute__((format(printf, 2, 3)));

/// A time as people write it: "15 s", "1.5 s", "200 ms", "250 us".
void words_add_time(words_t *self, int64_t time_ns);

/// The choice of that index among so many, with what stands before it: "off", ", auto", " or on".
void words_add_choice(words_t *self, const char *name, size_t index, size_t count);

/// A value as a story tells it: by name, "intensive", or with its unit of measure, "180.0 mm".
void words_add_value(words_t *self, const story_value_t *value);

/// "remote key 2 unlock", "expect seat settings longitudinal=180.0 mm within 15 s"
void words_add_step(words_t *self, const story_t *story, const story_step_t *step);

/// "seat settings longitudinal=180.0 mm", "any of (… or …)"
void words_add_condition(words_t *self, const story_t *story, const condition_t *condition);

/// What was last seen of everything that the condition names: "SeatStatus at 2.104233 s on kcan-p: Profile=1 …"; of an
/// `all` only the parts that are not met yet.
void words_add_seen(words_t *self, const story_t *story, const condition_t *condition,
                    const condition_context_t *context);

// ---- the workshop (words_workshop.c) -------------------------------------------------------------------------------

/// A step of service, cip or uds after its verb: "block_key key 3, refused with requestOutOfRange".
void words_add_workshop(words_t *self, const story_t *story, const story_step_t *step);

/// How a job ended: "accepted", "refused with conditionsNotCorrect", "no answer".
void words_add_end(words_t *self, const workshop_job_t *job);

/// The request that decided it and its answer: "31 01 DC 73 02 01 was answered by 7F 31 31 (requestOutOfRange)".
void words_add_answer(words_t *self, const workshop_job_t *job);

/// What a unit's fault memory held at its last reading (null: there was none): "seat's fault memory at 2.1 s: empty".
void words_add_faults(words_t *self, const char *unit, const tester_faults_t *faults);

#endif
