// SPDX-License-Identifier: MIT
// The negative response that a step of the workshop may expect, and what came instead. Of the verbs service and cip.
#ifndef KMSIM_SCENARIOS_PLAY_VERBS_REFUSAL_H
#define KMSIM_SCENARIOS_PLAY_VERBS_REFUSAL_H

#include "scenarios/play/instant.h"
#include "scenarios/story/story_parts.h"

/// The code of that name (null: UDS_ACCEPTED, none is expected); told at the member "refused" when there is none.
void refusal_load(story_loader_t *loader, const char *name, uint8_t *refused);

/// Puts the member, unless nothing is to be refused; the same in words: ", refused with requestOutOfRange".
void refusal_write(uint8_t refused, json_t *object);
void refusal_add_words(words_t *words, uint8_t refused);

/// Whether the mechanic's job is over and ended so: what is to be refused must be refused like that, and nothing else.
verb_progress_t refusal_judge(const instant_t *instant, uint8_t refused, words_t *problem);

#endif
