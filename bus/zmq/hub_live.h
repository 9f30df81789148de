// SPDX-License-Identifier: MIT
// A live car between its instants: waits in real time, and takes in what strangers send, in bounded queues.
#ifndef KMSIM_BUS_ZMQ_HUB_LIVE_H
#define KMSIM_BUS_ZMQ_HUB_LIVE_H

#include "bus/zmq/hub_state.h"

/// Takes in the message just received when it is a stranger's to a live car; false: it is something else.
bool hub_live_note_stranger(hub_t *self);

/// As hub.h says of hub_has_stranger, hub_take_stranger and hub_wait.
bool hub_live_has_stranger(const hub_t *self, uint8_t bus);
bool hub_live_take_stranger(hub_t *self, uint8_t bus, can_frame_t *frame);
bool hub_live_wait(hub_t *self, void *socket, int64_t wait_ns, error_t *error);

#endif
