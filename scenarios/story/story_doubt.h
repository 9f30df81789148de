// SPDX-License-Identifier: MIT
// What a story does that a driver could not, and what it asks that cannot come out otherwise: valid all the same. Of
// the rows of the vocabulary, which tell what they know of their own steps.
#ifndef KMSIM_SCENARIOS_STORY_STORY_DOUBT_H
#define KMSIM_SCENARIOS_STORY_STORY_DOUBT_H

#include "scenarios/story/story.h"

// The car as its driver has left it, step by step: the order of the file is the order of time. Zeroed: when a story
// begins.
struct story_doubts {
    bool key_in_lock, door_open;
    index_set_t unpowered; // by unit
    int64_t telegrams;     // that were sent
    unsigned faults;       // kinds of which one has begun, 1 << fault_kind_t
    // for story_doubt_tell
    const story_step_t *step;
    error_t *error;
};

/// Tells a doubt about the step that is looked at, as `file:line:column: /json/pointer: warning: …` (printf format);
/// once, in however many rounds and stories it is.
void story_doubt_tell(story_doubts_t *self, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
