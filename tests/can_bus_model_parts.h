// SPDX-License-Identifier: MIT
// Between the files of the naive medium alone: can_bus_model.c asks, cuts and starts frames, can_bus_model_finish.c
// ends them.
#ifndef KMSIM_TESTS_CAN_BUS_MODEL_PARTS_H
#define KMSIM_TESTS_CAN_BUS_MODEL_PARTS_H

#include "tests/can_bus_model.h"

/// The request whose frame the node has on the wire, or null; whether it sends it still.
can_bus_model_request_t *can_bus_model_sent_by(can_bus_model_t *self, unsigned node);
bool can_bus_model_sends(can_bus_model_t *self, unsigned node);

/// The newest request of the node with that identifier that waits, or null.
can_bus_model_request_t *can_bus_model_waiting_of(can_bus_model_t *self, unsigned node, const can_frame_t *like);

/// A mailbox more, or null when all are in use.
can_bus_model_request_t *can_bus_model_add(can_bus_model_t *self, unsigned node, const can_frame_t *frame,
                                           uint8_t flags);

/// The wires that the node stands on; whether somebody on such wires holds them awake.
can_bus_model_wire_t *can_bus_model_wire_of(can_bus_model_t *self, unsigned node);
bool can_bus_model_held(const can_bus_model_t *self, unsigned wire);

/// Whether a fault chooses a frame of that node; it has hit one.
bool can_bus_model_fits(const fault_t *fault, unsigned node, const can_frame_t *frame);
void can_bus_model_hit(can_bus_model_fault_t *fault);

/// When a node is back from bus-off if nothing is sent until then.
int64_t can_bus_model_back_ns(const can_bus_model_t *self, unsigned node);

/// Whether somebody is there to acknowledge what is sent on these wires.
bool can_bus_model_acknowledged(can_bus_model_t *self, unsigned wire);

#endif
