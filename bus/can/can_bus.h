// SPDX-License-Identifier: MIT
// One CAN medium (ISO 11898-1): arbitration among all requests pending when the bus is idle, exact frame lengths,
// intermission, acknowledgement by any other powered node, sleep and wake-up, bus load. Pure.
//
//   request ──> mailboxes of the node ──arbitrate──> on the wire ──(frame_bits)──> carried ──(3 bits)──> idle ──> …
//               32 a node; lowest identifier first,       ├─ nobody acknowledges: error frame, tried again
//               first-in first-out within one             └─ equal identifiers, other bytes: bit error, both try again
//
// Who calls: the kernel. At an instant it first takes what has ended (can_bus_finish), lets everybody act, and last
// lets the medium arbitrate (can_bus_start).
#ifndef KMSIM_BUS_CAN_CAN_BUS_H
#define KMSIM_BUS_CAN_CAN_BUS_H

#include "bus/base/index_set.h"
#include "bus/base/time.h"
#include "bus/can/frame.h"

#define CAN_BUS_NODES_MAX 72
#define CAN_BUS_MAILBOXES 32
#define CAN_BUS_WAKE_NS (5 * TIME_MS)   // from the first request on a sleeping bus to the first bit (own)
#define CAN_BUS_LINGER_NS (30 * TIME_S) // awake after the last event (own)
#define CAN_BUS_CONFLICTS_MAX 32 // bit errors in a row after which ISO 11898's counters would have both nodes bus-off

typedef enum { CAN_BUS_ASLEEP, CAN_BUS_WAKING, CAN_BUS_AWAKE } can_bus_state_t;
#define CAN_BUS_STATE_COUNT (CAN_BUS_AWAKE + 1)

enum {                   // flags of a request
    CAN_BUS_CYCLIC = 1,  // no event: neither wakes the bus nor keeps it awake; refused while it sleeps
    CAN_BUS_REPLACE = 2, // takes the place of a predecessor with the same identifier that still waits
    CAN_BUS_REPORT = 4,  // the outcome names the node as one that wants to know that it was carried
};

typedef struct {
    uint8_t flags;     // CAN_BUS_CYCLIC …
    uint8_t conflicts; // bit errors in a row
    uint64_t order;    // of all requests on this bus: first in, first out
    can_frame_t frame;
} can_mailbox_t;

typedef struct {    // of a node that has had power
    int8_t sending; // mailbox whose frame is on the wire, -1: none
    int8_t best;    // mailbox that takes part in arbitration
    uint32_t used;  // bit per mailbox
    can_mailbox_t mailboxes[CAN_BUS_MAILBOXES];
} can_bus_node_t;

typedef enum { CAN_BUS_NOTHING, CAN_BUS_WOKE, CAN_BUS_CARRIED, CAN_BUS_FAILED, CAN_BUS_SLEPT } can_bus_outcome_kind_t;

typedef struct {
    can_bus_outcome_kind_t kind;
    can_frame_t frame;    // carried, or failed
    index_set_t senders;  // nodes whose request it was
    index_set_t reports;  // senders that asked for CAN_BUS_REPORT
    index_set_t given_up; // failed: nodes whose frame was dropped for a standing conflict
} can_bus_outcome_t;

typedef struct {
    int64_t bit_ns;
    can_bus_state_t state;
    int64_t ready_ns; // waking: awake then; awake: the bus is idle from then on
    int64_t sleep_ns; // awake with nobody holding: sleeps then
    bool busy;        // a frame is on the wire until ready_ns - 3 bits
    int64_t end_ns;   // of the frame on the wire (or of its error frame)
    bool conflict;    // of several frames with one identifier
    bool broken;      // nobody sends it any more
    bool heard;       // since its start by somebody who can acknowledge it
    index_set_t powered;
    index_set_t listen_only; // never acknowledge
    index_set_t held;        // want the bus awake
    index_set_t asking;      // have something in a mailbox
    index_set_t changed;     // of those, whose best mailbox is not known
    index_set_t senders;
    can_frame_t frame;
    uint64_t order;                    // of the last request
    int64_t busy_total_ns;             // for the bus load: time with a frame, error frame or intermission on the wire
    uint64_t carried;                  // frames
    uint64_t refused;                  // requests that found no mailbox
    uint64_t ranks[CAN_BUS_NODES_MAX]; // of each node's best mailbox
    can_bus_node_t nodes[CAN_BUS_NODES_MAX];
} can_bus_t;

/// An empty, sleeping bus without nodes, whatever its storage held before; bit rate in bit/s, 10,000 .. 1,000,000.
void can_bus_init(can_bus_t *self, uint32_t bit_rate);

/// That node only listens from now on: it never acknowledges.
void can_bus_set_listen_only(can_bus_t *self, uint8_t node);

/// A node appears (its mailboxes are empty) or disappears: its requests are gone, and its frame on the wire breaks.
void can_bus_set_power(can_bus_t *self, uint8_t node, bool powered, int64_t now_ns);

/// A powered node wants the bus awake, or no longer.
void can_bus_set_hold(can_bus_t *self, uint8_t node, bool hold, int64_t now_ns);

typedef enum { CAN_BUS_ACCEPTED, CAN_BUS_REPLACED, CAN_BUS_REFUSED } can_bus_request_t;

/// A node asks to send; flags: CAN_BUS_CYCLIC … or 0. Refused: all mailboxes are in use, the node has no power, or a
/// cyclic frame meets a bus that sleeps.
can_bus_request_t can_bus_request(can_bus_t *self, uint8_t node, const can_frame_t *frame, uint8_t flags,
                                  int64_t now_ns);

/// When something next ends (can_bus_finish); when the medium next arbitrates, with what was asked for so far
/// (can_bus_start); and the earlier of the two. TIME_NEVER: by itself nothing will.
static inline int64_t can_bus_next_end(const can_bus_t *self)
{
    if (self->state == CAN_BUS_ASLEEP) return TIME_NEVER;
    if (self->state == CAN_BUS_WAKING) return self->ready_ns;
    if (self->busy) return self->end_ns;
    if (!index_set_is_empty(self->held)) return TIME_NEVER;
    return self->sleep_ns > self->ready_ns ? self->sleep_ns : self->ready_ns;
}

static inline int64_t can_bus_next_start(const can_bus_t *self)
{
    bool idle = self->state == CAN_BUS_AWAKE && !self->busy;
    return idle && !index_set_is_empty(self->asking) ? self->ready_ns : TIME_NEVER;
}

static inline int64_t can_bus_next(const can_bus_t *self)
{
    return time_earlier(can_bus_next_end(self), can_bus_next_start(self));
}

/// What ends at this instant; call it once, before anybody acts. Only a frame's outcome has more than its kind.
void can_bus_finish(can_bus_t *self, int64_t now_ns, can_bus_outcome_t *outcome);

/// Lets the medium arbitrate when it is idle and awake; call it once, after everybody has acted.
void can_bus_start(can_bus_t *self, int64_t now_ns);

#endif
