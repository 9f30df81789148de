// SPDX-License-Identifier: MIT
// What a car did instead of what a condition of the story names, in words.
#ifndef KMSIM_SCENARIOS_WORDS_SEEN_H
#define KMSIM_SCENARIOS_WORDS_SEEN_H

#include "scenarios/conditions.h"
#include "scenarios/words.h"

/// What was last seen of everything that the condition names: "SeatStatus at 2.104233 s on kcan-p: Profile=1 …"; of an
/// `all` only the parts that are not met yet.
void words_add_seen(words_t *self, const story_t *story, const condition_t *condition,
                    const condition_context_t *context);

#endif
