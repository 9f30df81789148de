// SPDX-License-Identifier: MIT
// A story told to a car that remembers: what the story says of keys, key_memory and coding against what is stored.
// Only what its file says in so many words counts; what is stored besides, the story may leave unsaid.
#ifndef KMSIM_SCENARIOS_STORY_STORY_STORED_H
#define KMSIM_SCENARIOS_STORY_STORY_STORED_H

#include "scenarios/story/story.h"

/// Compares with what a node of the vehicle (its index there) has stored. False with every contradiction told as
/// `file: /json/pointer: …`; place names where it is stored.
bool story_agrees(const story_t *self, uint8_t node, const image_t *stored, const char *place, error_t *error);

/// Likewise with what the key fobs have stored; a key of the story that is not among them is a contradiction, too.
bool story_fobs_agree(const story_t *self, const image_t *stored, const char *place, error_t *error);

#endif
