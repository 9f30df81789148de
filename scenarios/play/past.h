// SPDX-License-Identifier: MIT
// The last frames of each message, for what is told of a failure: what came, when, from whom. Pure; feed it every
// event.
#ifndef KMSIM_SCENARIOS_PLAY_PAST_H
#define KMSIM_SCENARIOS_PLAY_PAST_H

#include "bus/base/words.h"
#include "bus/kernel/kernel.h"

#define PAST_MAX 16 // frames of a message that are remembered

typedef struct {
    int64_t time_ns;
    uint8_t bus, node; // the vehicle's bus; the sender, or KERNEL_STRANGER
    can_frame_t frame;
} past_frame_t;

typedef struct {
    size_t count; // so far
    past_frame_t frames[PAST_MAX];
} past_message_t;

typedef struct {
    const vehicle_t *vehicle;
    const dbc_t *dbc;
    past_message_t *messages; // one per message of the DBC: the caller's storage
} past_t;

/// Forgets everything.
void past_reset(past_t *self);

/// Takes note of a frame that the DBC knows; of nothing else.
void past_look(past_t *self, const kernel_event_t *event, int64_t now_ns);

/// Of a message, counted from the latest, which is 0; null: so many are not remembered.
const past_frame_t *past_frame(const past_t *self, const dbc_message_t *message, size_t from_latest);

/// "(0.112740) kcan-s 23A#11300161  cas      RemoteKeyStatus …"
void past_add_frame(words_t *words, const vehicle_t *vehicle, const dbc_t *dbc, const past_frame_t *frame);

#endif
