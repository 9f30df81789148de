// SPDX-License-Identifier: MIT
// Between the files of the medium alone: can_mailboxes.c has what is asked for, can_bus.c carries it, can_confinement.c
// counts errors, can_wires.c cuts and joins, can_odd.c looks after a bus on which any of that goes on.
#ifndef KMSIM_BUS_CAN_CAN_BUS_PARTS_H
#define KMSIM_BUS_CAN_CAN_BUS_PARTS_H

#include "bus/can/can_bus.h"

enum {                     // of a mailbox, beside CAN_BUS_CYCLIC …
    CAN_BUS_DROPPED = 32,  // it vanishes before it takes part in arbitration
    CAN_BUS_COPY = 64,     // of a frame that was carried; the plan does not hit it, its node does not know of it
    CAN_BUS_BABBLED = 128, // the node does not know of it either
    CAN_BUS_NOTES = CAN_BUS_DROPPED | CAN_BUS_COPY | CAN_BUS_BABBLED,
};

/// The first mailbox in use from `from` on, -1: none. Of 32 few are: asking each would be most of the work.
static inline int can_node_next_used(const can_bus_node_t *self, int from)
{
    uint32_t rest = from < CAN_BUS_MAILBOXES ? self->used >> from << from : 0;
    return rest ? __builtin_ctz(rest) : -1;
}

/// Whether somebody is cut off, bus-off, has counted errors, must wait or is to vanish, or the plan has something that
/// time ends: only then is there more to do than to carry frames. Call it when one of these may have changed.
static inline void can_bus_note_odd(can_bus_t *self)
{
    index_set_t odd =
        index_set_either(index_set_either(self->cut, self->off), index_set_either(self->counting, self->special));
    self->odd =
        !index_set_is_empty(index_set_either(odd, self->babbling)) || self->plan_ns != TIME_NEVER || self->unsettled;
}

/// The wires that the node stands on; the same for whoever only looks.
static inline const can_wire_t *can_wire_seen_by(const can_bus_t *self, unsigned node)
{
    return index_set_has(self->cut, node) ? &self->stubs[node] : &self->wire;
}

static inline can_wire_t *can_wire_of(can_bus_t *self, unsigned node)
{
    return index_set_has(self->cut, node) ? &self->stubs[node] : &self->wire;
}

/// Wakes wires that sleep; shorted ones cannot be woken.
static inline void can_wire_wake(can_wire_t *self, int64_t now_ns)
{
    if (self->state != CAN_BUS_ASLEEP || self->shorted) return;
    self->state = CAN_BUS_WAKING;
    self->ready_ns = now_ns + CAN_BUS_WAKE_NS;
}

/// Adds nodes to one of the outcome's sets of who is told something.
static inline void can_outcome_tell(can_bus_outcome_t *self, index_set_t *set, index_set_t nodes)
{
    if (!self->told) self->woke = self->slept = self->passive = self->off = self->active = (index_set_t){0};
    self->told = true;
    *set = index_set_either(*set, nodes);
}

/// What is no cyclic frame keeps wires awake.
static inline void can_wire_note_event(can_wire_t *self, int64_t now_ns)
{
    self->sleep_ns = now_ns + CAN_BUS_LINGER_NS;
}

/// The next time the plan is followed although it has not changed: nobody waits for what that node babbles any more.
static inline void can_wires_follow_again(can_bus_t *self)
{
    if (self->plan) self->plan_seen = self->plan->changes - 1;
}

// ---- can_mailboxes.c -----------------------------------------------------------------------------------------------

/// Faults that have begun act on the requests of this instant, too. There is a plan.
void can_mailboxes_settle(can_bus_t *self, int64_t now_ns);

/// A mailbox of the node becomes free.
static inline void can_mailboxes_empty(can_bus_t *self, int node, int mailbox)
{
    can_bus_node_t *n = &self->nodes[node];
    index_set_t one = index_set_of((unsigned)node);
    n->used &= ~(UINT32_C(1) << mailbox);
    if (n->used) {
        self->changed = index_set_either(self->changed, one);
    } else {
        self->asking = index_set_without(self->asking, one);
        self->changed = index_set_without(self->changed, one);
    }
}

/// A frame that failed waits again in its mailbox: a newer one that was to replace it while it waited does so now.
void can_mailboxes_yield(can_bus_t *self, int node, int mailbox);

/// A request of the controller's own, which its node does not know of; false: there is no mailbox.
bool can_mailboxes_request_itself(can_bus_t *self, uint8_t node, const can_frame_t *frame, uint8_t notes,
                                  int64_t now_ns);

/// When that request of the node may take part in arbitration: behind what the node has asked for under the same
/// identifier before it. When the first of all may; TIME_NEVER: it has none.
int64_t can_node_mailbox_ready_ns(const can_bus_node_t *self, int mailbox);
int64_t can_node_ready_ns(const can_bus_node_t *self);

/// Whether the node must wait although it has asked, or has something that is to vanish.
bool can_node_is_special(const can_bus_node_t *self, int64_t now_ns);

// ---- can_confinement.c ---------------------------------------------------------------------------------------------

/// What a frame that has ended does to the counters: of those who sent it, of those who fell silent in the middle of
/// it, and of those who heard it. Fills in whose error state has become another one.
void can_confinement_count(can_bus_t *self, const can_wire_t *wire, can_fate_t fate, index_set_t receivers,
                           can_bus_outcome_t *outcome);

/// A frame begins, or is met: those of these nodes that are bus-off have had so many runs of recessive bits.
void can_confinement_interrupt(can_bus_t *self, index_set_t nodes, int64_t now_ns);

/// Who has had enough of them is back.
void can_confinement_recover(can_bus_t *self, int64_t now_ns, can_bus_outcome_t *outcome);

/// When the first is back if nothing is sent until then; TIME_NEVER: nobody is off.
int64_t can_confinement_next_ns(const can_bus_t *self);

// ---- can_wires.c ---------------------------------------------------------------------------------------------------

/// Cuts off and joins. There is a plan.
void can_wires_settle(can_bus_t *self, int64_t now_ns);

/// Follows the plan where it has something new for this bus: before whatever a node does, and before arbitration.
static inline void can_bus_follow_plan(can_bus_t *self, int64_t now_ns)
{
    if (!self->plan || (!self->odd && self->plan->changes == self->plan_seen)) return;
    can_wires_settle(self, now_ns);
    can_mailboxes_settle(self, now_ns);
}

#endif
