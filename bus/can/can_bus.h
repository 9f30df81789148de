// SPDX-License-Identifier: MIT
// One CAN medium (ISO 11898-1): arbitration among all requests pending when the bus is idle, exact frame lengths,
// intermission, acknowledgement by any other powered node, sleep and wake-up, bus load, fault confinement. Pure.
//
//   request ──> mailboxes of the node ──arbitrate──> on the wire ──(frame_bits)──> carried ──(3 bits)──> idle ──> …
//               32 a node; lowest identifier first,       ├─ nobody acknowledges: error frame, tried again
//               first-in first-out within one             ├─ equal identifiers, other bytes: bit error, both try again
//                                                         └─ what the fault plan inverts: error frame, tried again
//
// The nodes stand on one pair of wires. A node whose stub comes off has a pair of its own until it is joined again, and
// of a shorted bus every node has: nobody hears anybody. Mailboxes and error counters are the controllers' and stay.
//
// Who calls: the kernel. At an instant it first takes what has ended (can_bus_finish), lets everybody act, and last
// lets the medium arbitrate (can_bus_start). can_bus.c carries frames, can_confinement.c counts errors, can_wires.c
// cuts and joins; can_bus_parts.h is between them.
#ifndef KMSIM_BUS_CAN_CAN_BUS_H
#define KMSIM_BUS_CAN_CAN_BUS_H

#include "bus/base/index_set.h"
#include "bus/base/time.h"
#include "bus/can/fault_plan.h"
#include "bus/can/frame.h"

#define CAN_BUS_NODES_MAX 72
#define CAN_BUS_MAILBOXES 32
#define CAN_BUS_WAKE_NS (5 * TIME_MS)   // from the first request on a sleeping bus to the first bit (own)
#define CAN_BUS_LINGER_NS (30 * TIME_S) // awake after the last event (own)
#define CAN_BUS_PASSIVE_ABOVE 127       // of either error counter (ISO 11898-1, fault confinement)
#define CAN_BUS_OFF_ABOVE 255           // of the transmit error counter
#define CAN_BUS_RECOVERY_RUNS 128       // runs of …
#define CAN_BUS_RECOVERY_BITS 11        // … recessive bits, until a node that is bus-off is back
#define CAN_BUS_SUSPEND_BITS 8          // that an error-passive node waits longer behind a frame of its own

typedef enum { CAN_BUS_ASLEEP, CAN_BUS_WAKING, CAN_BUS_AWAKE } can_bus_state_t;
#define CAN_BUS_STATE_COUNT (CAN_BUS_AWAKE + 1)

enum {                   // flags of a request
    CAN_BUS_CYCLIC = 1,  // no event: neither wakes the bus nor keeps it awake; refused while it sleeps
    CAN_BUS_REPLACE = 2, // takes the place of a predecessor with the same identifier that still waits
    CAN_BUS_REPORT = 4,  // the outcome names the node as one that wants to know that it was carried
};

typedef struct {
    uint8_t flags;         // CAN_BUS_CYCLIC …, and what the medium notes of it
    uint32_t begun;        // of the plan's faults, before it was asked for
    uint64_t order;        // of all requests on this bus: first in, first out
    int64_t not_before_ns; // it takes no part in arbitration until then
    can_frame_t frame;
} can_mailbox_t;

typedef struct {          // of a node that has had power
    int8_t sending;       // mailbox whose frame is on the wire, -1: none
    int8_t best;          // mailbox that takes part in arbitration, -1: none now
    uint16_t tec, rec;    // transmit and receive error counter
    uint16_t runs;        // bus-off: of recessive bits, so far
    uint32_t used;        // bit per mailbox
    int64_t recessive_ns; // bus-off: its wires are, since then
    int64_t suspended_ns; // error-passive, behind a frame of its own: sends nothing until then
    int64_t babble_ns;    // does not babble on until then
    can_mailbox_t mailboxes[CAN_BUS_MAILBOXES];
} can_bus_node_t;

typedef enum { CAN_BUS_NOTHING, CAN_BUS_WOKE, CAN_BUS_CARRIED, CAN_BUS_FAILED, CAN_BUS_SLEPT } can_bus_outcome_kind_t;

typedef struct { // of a frame: carried or failed; what nodes are told of besides stands for itself
    can_bus_outcome_kind_t kind;
    can_frame_t frame;
    index_set_t senders;              // nodes whose request it was
    index_set_t reports;              // senders that asked for CAN_BUS_REPORT
    index_set_t deaf;                 // carried: nodes that did not hear it
    bool error_frame;                 // failed: in everybody's sight, and not because nobody acknowledged it
    bool told;                        // one of these is not empty
    index_set_t woke, slept;          // nodes whose bus did, each on its side of a cut
    index_set_t passive, off, active; // nodes whose error state has become that
} can_bus_outcome_t;

typedef enum { CAN_BUS_ERROR_ACTIVE, CAN_BUS_ERROR_PASSIVE, CAN_BUS_OFF } can_bus_error_state_t;

typedef enum { CAN_FATE_CARRIED, CAN_FATE_UNHEARD, CAN_FATE_ERROR, CAN_FATE_BROKEN } can_fate_t;

typedef struct { // a pair of wires with the nodes on it
    can_bus_state_t state;
    bool shorted;           // and stays recessive
    bool busy;              // a frame is on it until ready_ns - 3 bits
    can_fate_t fate;        // that is known of it so far
    int64_t ready_ns;       // waking: awake then; awake: idle from then on
    int64_t sleep_ns;       // awake with nobody holding: sleeps then
    int64_t end_ns;         // of the frame on it (or of its error frame)
    fault_later_t later;    // what the plan has for when the frame is carried
    index_set_t nodes;      // that stand on it
    index_set_t senders;    // of the frame
    index_set_t losers;     // error-passive ones that fell silent in the middle of it
    index_set_t latecomers; // that were joined in the middle of it
    can_frame_t frame;
} can_wire_t;

typedef struct {
    int64_t bit_ns;
    fault_plan_t *plan;              // null: nothing goes wrong
    uint8_t index;                   // of this bus, in the plan
    uint64_t plan_seen;              // changes of the plan that were followed
    uint64_t plan_begun;             // faults of the plan that the requests of this instant were asked for
    uint64_t order_before;           // of the last request before this instant
    int64_t plan_ns;                 // when it may change by time
    bool odd;                        // something of it is to be looked after: can_bus_parts.h, can_bus_note_odd
    bool unsettled;                  // somebody is to be cut off or joined as soon as a frame has ended
    bool shorted;                    // as the plan has it
    index_set_t to_be_cut, babbling; // likewise
    index_set_t powered;
    index_set_t listen_only; // never acknowledge
    index_set_t held;        // want the bus awake
    index_set_t asking;      // have something in a mailbox
    index_set_t changed;     // of those, whose best mailbox is not known
    index_set_t special;     // of those, who may have to wait, or have something that is to vanish
    index_set_t counting;    // have an error counter above 0
    index_set_t off;         // bus-off
    index_set_t lost;        // whose mailboxes were emptied, and who was not told yet
    index_set_t cut;         // stand on their stubs
    uint64_t order;          // of the last request
    int64_t busy_total_ns;   // for the bus load: time with a frame, error frame or intermission on the wire
    uint64_t carried;        // frames
    uint64_t refused;        // requests that found no mailbox
    can_wire_t wire;
    uint64_t ranks[CAN_BUS_NODES_MAX]; // of each node's best mailbox
    can_wire_t stubs[CAN_BUS_NODES_MAX];
    can_bus_node_t nodes[CAN_BUS_NODES_MAX];
} can_bus_t;

/// An empty, sleeping bus without nodes, whatever its storage held before; bit rate in bit/s, 10,000 .. 1,000,000.
void can_bus_init(can_bus_t *self, uint32_t bit_rate);

/// The plan that the medium asks (borrowed; null: none), in which this bus has that index.
void can_bus_set_plan(can_bus_t *self, fault_plan_t *plan, uint8_t index);

/// That node only listens from now on: it never acknowledges.
void can_bus_set_listen_only(can_bus_t *self, uint8_t node);

/// A node appears (its mailboxes are empty, its error counters 0) or disappears: its requests are gone, and its frame
/// on the wire breaks.
void can_bus_set_power(can_bus_t *self, uint8_t node, bool powered, int64_t now_ns);

/// A powered node wants the bus awake, or no longer.
void can_bus_change_hold(can_bus_t *self, uint8_t node, bool hold, int64_t now_ns);
static inline void can_bus_set_hold(can_bus_t *self, uint8_t node, bool hold, int64_t now_ns)
{
    if (hold != index_set_has(self->held, node)) can_bus_change_hold(self, node, hold, now_ns);
}

typedef enum { CAN_BUS_ACCEPTED, CAN_BUS_REPLACED, CAN_BUS_REFUSED } can_bus_request_t;

/// A node asks to send; flags: CAN_BUS_CYCLIC … or 0. Refused: all mailboxes are in use, the node has no power or is
/// bus-off, or a cyclic frame meets a bus that sleeps.
can_bus_request_t can_bus_request(can_bus_t *self, uint8_t node, const can_frame_t *frame, uint8_t flags,
                                  int64_t now_ns);

// Of a bus on which nothing is odd; the rest of these questions is can_odd.c's.
static inline int64_t can_wire_next_end(const can_wire_t *self, index_set_t held)
{
    if (self->busy) return self->end_ns; // which most of the time it is, when it matters
    if (self->state == CAN_BUS_ASLEEP) return TIME_NEVER;
    if (self->state == CAN_BUS_WAKING) return self->ready_ns;
    if (!index_set_is_empty(held)) return TIME_NEVER;
    return self->sleep_ns > self->ready_ns ? self->sleep_ns : self->ready_ns;
}
int64_t can_bus_odd_end(const can_bus_t *self);
int64_t can_bus_odd_start(const can_bus_t *self);

/// When something next ends (can_bus_finish); when the medium next arbitrates, with what was asked for so far
/// (can_bus_start); and the earlier of the two. TIME_NEVER: by itself nothing will.
static inline int64_t can_bus_next_end(const can_bus_t *self)
{
    return self->odd ? can_bus_odd_end(self) : can_wire_next_end(&self->wire, self->held);
}

static inline int64_t can_bus_next_start(const can_bus_t *self)
{
    if (self->odd) return can_bus_odd_start(self);
    bool idle = !self->wire.busy && self->wire.state == CAN_BUS_AWAKE;
    return idle && !index_set_is_empty(self->asking) ? self->wire.ready_ns : TIME_NEVER;
}

static inline int64_t can_bus_next(const can_bus_t *self)
{
    return time_earlier(can_bus_next_end(self), can_bus_next_start(self));
}

// What a bus on which nothing is odd comes to, and one on which something is.
void can_bus_finish_wire(can_bus_t *self, can_wire_t *wire, int64_t now_ns, can_bus_outcome_t *outcome);
void can_bus_finish_odd(can_bus_t *self, int64_t now_ns, can_bus_outcome_t *outcome);
void can_bus_arbitrate(can_bus_t *self, can_wire_t *wire, int64_t now_ns);
void can_bus_start_odd(can_bus_t *self, int64_t now_ns);

/// What ends at this instant; call it once, before anybody acts. Only a frame's outcome has more than its kind, and
/// what nodes are told only when it is `told`.
static inline void can_bus_finish(can_bus_t *self, int64_t now_ns, can_bus_outcome_t *outcome)
{
    outcome->kind = CAN_BUS_NOTHING;
    outcome->told = false;
    if (self->odd)
        can_bus_finish_odd(self, now_ns, outcome);
    else if (can_wire_next_end(&self->wire, self->held) <= now_ns)
        can_bus_finish_wire(self, &self->wire, now_ns, outcome);
}

/// Lets the medium arbitrate when it is idle and awake; call it once, after everybody has acted.
static inline void can_bus_start(can_bus_t *self, int64_t now_ns)
{
    if (self->odd || (self->plan && self->plan->changes != self->plan_seen))
        can_bus_start_odd(self, now_ns);
    else if (!self->wire.busy && !index_set_is_empty(self->asking))
        can_bus_arbitrate(self, &self->wire, now_ns);
    self->order_before = self->order;
}

/// A request that went with its mailbox when its node became bus-off in can_bus_finish, one after the other; false:
/// there is no more. Cyclic ones are gone without a word.
bool can_bus_take_lost(can_bus_t *self, uint8_t *node, can_frame_t *frame);

/// Whether the bus is awake for a node, which may stand on its stub.
bool can_bus_is_awake_for(const can_bus_t *self, uint8_t node);

// ---- error states --------------------------------------------------------------------------------------------------

/// Of a node that has power.
can_bus_error_state_t can_bus_error_state(const can_bus_t *self, uint8_t node);
unsigned can_bus_transmit_errors(const can_bus_t *self, uint8_t node);
unsigned can_bus_receive_errors(const can_bus_t *self, uint8_t node);

#endif
