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

/// "remote key 2 unlock", "expect seat settings longitudinal=180.0 mm within 15 s"
void words_add_step(words_t *self, const story_t *story, const story_step_t *step);

/// "seat settings longitudinal=180.0 mm", "any of (… or …)"
void words_add_condition(words_t *self, const story_t *story, const condition_t *condition);

/// What was last seen of everything that the condition names: "SeatStatus at 2.104233 s on kcan-p: Profile=1 …"; of an
/// `all` only the parts that are not met yet.
void words_add_seen(words_t *self, const story_t *story, const condition_t *condition, const car_view_t *view,
                    const condition_memory_t *memories);

#endif
