// SPDX-License-Identifier: MIT
// What was seen last of a message, in words. Of the kinds of conditions.
#ifndef KMSIM_SCENARIOS_PLAY_CONDITIONS_SEEN_H
#define KMSIM_SCENARIOS_PLAY_CONDITIONS_SEEN_H

#include "bus/base/words.h"
#include "scenarios/play/conditions.h"

/// " at 2.104233 s on kcan-p"
void seen_add_place(words_t *words, const story_t *story, const car_view_last_t *last);

/// "SeatStatus at 2.104233 s on kcan-p: Profile=1 …"
void seen_add_carried(words_t *words, const story_t *story, const dbc_message_t *message, const car_view_last_t *last);

/// The latest of a message (null: the vehicle has none) on that bus; where there is none, on any.
void seen_add_latest(words_t *words, const story_t *story, const dbc_message_t *message, int bus,
                     const car_view_t *view);

/// The last one that the condition is about, on its bus, since its step was reached; without one, the latest from
/// before.
void seen_add_message(words_t *words, const story_t *story, const condition_t *condition,
                      const condition_context_t *context);

/// The latest of a unit's message on any bus, and whether that is from before it lost power.
void seen_add_known(words_t *words, const story_t *story, const dbc_message_t *message, const car_view_t *view);

/// The same of the status of the unit that the condition is about.
void seen_add_status(words_t *words, const story_t *story, const condition_t *condition,
                     const condition_context_t *context);

/// The latest status of the terminals and the key.
void seen_add_terminals(words_t *words, const story_t *story, const condition_t *condition,
                        const condition_context_t *context);

#endif
