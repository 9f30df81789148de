// SPDX-License-Identifier: MIT
// A naive CAN medium beside bus/can_bus: one list of requests in the order of asking, looked through from the start
// each time. No mailboxes, no state but what a sentence of the standard or of the design needs.
#ifndef KMSIM_TESTS_CAN_BUS_MODEL_H
#define KMSIM_TESTS_CAN_BUS_MODEL_H

#include "bus/can/can_bus.h"

#define CAN_BUS_MODEL_NODES 6
#define CAN_BUS_MODEL_REQUESTS 512

typedef struct {
    unsigned node;
    uint8_t flags;
    can_frame_t frame;
    unsigned conflicts;
    bool on_wire, done;
} can_bus_model_request_t;

typedef struct {
    int64_t bit_ns, ready_ns, sleep_ns, end_ns;
    bool awake, waking, busy, conflict, heard;
    bool powered[CAN_BUS_MODEL_NODES], deaf[CAN_BUS_MODEL_NODES], hold[CAN_BUS_MODEL_NODES];
    can_frame_t frame;
    size_t count;
    can_bus_model_request_t requests[CAN_BUS_MODEL_REQUESTS]; // in the order of asking
} can_bus_model_t;

/// Which node of the medium each of the model's is.
extern const uint8_t can_bus_model_place[CAN_BUS_MODEL_NODES];

/// As their namesakes in bus/can/can_bus.h.
void can_bus_model_init(can_bus_model_t *self, uint32_t bit_rate);
void can_bus_model_set_power(can_bus_model_t *self, unsigned node, bool powered, int64_t now_ns);
void can_bus_model_set_hold(can_bus_model_t *self, unsigned node, bool hold, int64_t now_ns);
can_bus_request_t can_bus_model_request(can_bus_model_t *self, unsigned node, const can_frame_t *frame, uint8_t flags,
                                        int64_t now_ns);
int64_t can_bus_model_next(const can_bus_model_t *self);
can_bus_outcome_t can_bus_model_finish(can_bus_model_t *self, int64_t now_ns);
void can_bus_model_start(can_bus_model_t *self, int64_t now_ns);

#endif
