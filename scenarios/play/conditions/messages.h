// SPDX-License-Identifier: MIT
// What message and period share: both are about the frames of a message.
#ifndef KMSIM_SCENARIOS_PLAY_CONDITIONS_MESSAGES_H
#define KMSIM_SCENARIOS_PLAY_CONDITIONS_MESSAGES_H

#include "scenarios/story/vocabulary.h"

bool messages_concerns(const condition_t *condition, const can_frame_t *frame);

/// Message, bus and signals.
void messages_write(const story_t *story, const condition_t *condition, json_t *object);

/// "RemoteKeyStatus on kcan-p with Button=unlock"
void messages_add_words(words_t *words, const story_t *story, const condition_t *condition);

/// Whether the frame has all the values that the condition names.
bool messages_agrees(const condition_t *condition, const can_frame_t *frame);

#endif
