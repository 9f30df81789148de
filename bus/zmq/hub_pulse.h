// SPDX-License-Identifier: MIT
// The pulse of a live car's units: on quiet buses nobody asks a unit for anything for a long time, and one that hangs
// would not be noticed. So each is asked now and then whether it is there; that it is not is told, once, and is no end.
#ifndef KMSIM_BUS_ZMQ_HUB_PULSE_H
#define KMSIM_BUS_ZMQ_HUB_PULSE_H

#include "bus/zmq/hub_state.h"

/// Between instants: asks whoever has answered before, when it is time, and tells who has not for the patience.
void hub_pulse_beat(hub_t *self);

/// Takes the message just received when it is a unit's answer; false: it is something else.
bool hub_pulse_note(hub_t *self);

/// The same for a message that came on the lane of that unit.
bool hub_pulse_note_by_lane(hub_t *self, uint8_t node);

/// Between instants: takes what answers wait on lanes.
void hub_pulse_take_by_lane(hub_t *self);

#endif
