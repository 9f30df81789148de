// SPDX-License-Identifier: MIT
// What the verbs share that watch: never, always, whenever.
#ifndef KMSIM_SCENARIOS_PLAY_VERBS_WATCH_H
#define KMSIM_SCENARIOS_PLAY_VERBS_WATCH_H

#include "scenarios/play/instant.h"

/// Whether a fault memory that it is about cannot be read: such a watch would see nothing, and say that all is well.
bool watch_is_blind(const instant_t *instant, const story_step_t *step, words_t *problem);

/// Done at once in the background, else when its time is over.
verb_progress_t watch_progress(instant_t *instant, const story_step_t *step, words_t *problem);

#endif
