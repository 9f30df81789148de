// SPDX-License-Identifier: MIT
// A naive CAN medium beside bus/can/can_bus, faults and error states included: one list of requests in the order of
// asking and one list of faults in the order of their beginning, both looked through from the start each time; frames
// as arrays of the bits on the wire; for each node a pair of wires that it may come to stand on alone.
#ifndef KMSIM_TESTS_CAN_BUS_MODEL_H
#define KMSIM_TESTS_CAN_BUS_MODEL_H

#include "bus/can/can_bus.h"

#define CAN_BUS_MODEL_NODES 6
#define CAN_BUS_MODEL_WIRES (1 + CAN_BUS_MODEL_NODES) // what all stand on, and each node's stub
#define CAN_BUS_MODEL_REQUESTS 512
#define CAN_BUS_MODEL_FAULTS 512 // of a run
#define CAN_BUS_MODEL_BUS 1      // its index in the plan

typedef struct {
    unsigned node;
    uint8_t flags;
    can_frame_t frame;
    int64_t asked_ns;
    size_t faults; // that had begun before it
    int64_t not_before_ns;
    bool dropped; // it is to vanish
    bool copy;    // of a frame that was carried
    bool babble;
    bool on_wire, done;
} can_bus_model_request_t;

typedef struct {
    fault_t fault;
    int64_t end_ns;
    uint32_t hits;
    bool over;
} can_bus_model_fault_t;

typedef struct {
    can_bus_state_t state;
    bool shorted, busy;
    bool heard;                       // since the start of the frame by somebody who acknowledges
    bool error;                       // the frame is known to fail by an error that all see
    bool broken;                      // nobody sends it any longer
    bool later[CAN_BUS_MODEL_FAULTS]; // fitted when it started, and act when it is carried
    int64_t ready_ns, sleep_ns, end_ns;
    can_frame_t frame;
} can_bus_model_wire_t;

typedef struct {
    bool powered, listen_only, hold, off;
    bool silent; // fell silent in the frame on its wires
    bool late;   // was joined in the middle of the frame on its wires
    unsigned wire;
    unsigned tec, rec, runs;
    int64_t recessive_ns; // the wires are, since then
    int64_t suspended_ns;
    int64_t babble_ns; // does not babble on until then
} can_bus_model_node_t;

typedef struct {
    unsigned node;
    can_frame_t frame;
} can_bus_model_lost_t;

typedef struct {
    int64_t bit_ns;
    random_t noise;
    can_bus_model_node_t nodes[CAN_BUS_MODEL_NODES];
    can_bus_model_wire_t wires[CAN_BUS_MODEL_WIRES];
    size_t count, fault_count, lost_count;
    can_bus_model_request_t requests[CAN_BUS_MODEL_REQUESTS]; // in the order of asking
    can_bus_model_fault_t faults[CAN_BUS_MODEL_FAULTS];       // in the order of their beginning
    can_bus_model_lost_t lost[CAN_BUS_MODEL_REQUESTS];        // of nodes that became bus-off in the last finish
} can_bus_model_t;

/// Which node of the medium each of the model's is.
extern const uint8_t can_bus_model_place[CAN_BUS_MODEL_NODES];

/// As their namesakes in bus/can/can_bus.h; the seed is that of the plan.
void can_bus_model_init(can_bus_model_t *self, uint32_t bit_rate, uint64_t seed);
void can_bus_model_set_power(can_bus_model_t *self, unsigned node, bool powered, int64_t now_ns);
void can_bus_model_set_hold(can_bus_model_t *self, unsigned node, bool hold, int64_t now_ns);
can_bus_request_t can_bus_model_request(can_bus_model_t *self, unsigned node, const can_frame_t *frame, uint8_t flags,
                                        int64_t now_ns);
int64_t can_bus_model_next(const can_bus_model_t *self, int64_t now_ns);
can_bus_outcome_t can_bus_model_finish(can_bus_model_t *self, int64_t now_ns);
void can_bus_model_start(can_bus_model_t *self, int64_t now_ns);
can_bus_error_state_t can_bus_model_error_state(const can_bus_model_t *self, unsigned node);

/// As theirs in bus/can/fault_plan.h; senders and receivers are the model's nodes.
void can_bus_model_begin_fault(can_bus_model_t *self, const fault_t *fault, int64_t now_ns);
unsigned can_bus_model_clear_faults(can_bus_model_t *self, const fault_t *like, int64_t now_ns);

// ---- a frame on the wire, bit by bit (frame_bits_model.c) -----------------------------------------------------------

#define FRAME_BITS_MODEL_MAX 192

typedef struct {
    unsigned count;                  // from the start of frame to the end of frame
    unsigned delimiter;              // index of the CRC delimiter, behind the last stuff bit
    bool bits[FRAME_BITS_MODEL_MAX]; // recessive: true; the acknowledgement is as its sender has it
} frame_bits_model_t;

/// All bits of a frame with its CRC and stuff bits (ISO 11898-1, 10.4 and 10.5).
void frame_bits_model(const can_frame_t *frame, frame_bits_model_t *made);

#endif
