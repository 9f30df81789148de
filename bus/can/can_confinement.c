// SPDX-License-Identifier: MIT
// Fault confinement (ISO 11898-1): what a controller counts of the frames that it has sent and heard, and what follows.
//
//   error-active ──(either above 127)──> error-passive ──(transmit errors above 255)──> bus-off
//        ^ <──(both below 128)──────────────┘                                              │
//        └────────────────────(128 times 11 recessive bits; by itself: own)────────────────┘
//
// All errors are seen by all at once, so that no receiver is ever the first to tell of one: the 8 that it would count
// then do not occur.
#include "bus/can/can_bus_parts.h"

#define ERROR_STEP 8
#define RECESSIVE_AT_THE_END_BITS 8 // acknowledge delimiter and end of frame, or an error delimiter: before end_ns

static can_bus_error_state_t state_of(const can_bus_t *self, int node)
{
    const can_bus_node_t *n = &self->nodes[node];
    if (index_set_has(self->off, (unsigned)node)) return CAN_BUS_OFF;
    bool passive = n->tec > CAN_BUS_PASSIVE_ABOVE || n->rec > CAN_BUS_PASSIVE_ABOVE;
    return passive ? CAN_BUS_ERROR_PASSIVE : CAN_BUS_ERROR_ACTIVE;
}

can_bus_error_state_t can_bus_error_state(const can_bus_t *self, uint8_t node)
{
    return state_of(self, node);
}

unsigned can_bus_transmit_errors(const can_bus_t *self, uint8_t node)
{
    return self->nodes[node].tec;
}

unsigned can_bus_receive_errors(const can_bus_t *self, uint8_t node)
{
    return self->nodes[node].rec;
}

// ---- bus-off and back ----------------------------------------------------------------------------------------------

// What waited is taken by can_bus_take_lost.
static void go_off(can_bus_t *self, unsigned node)
{
    self->nodes[node].runs = 0;
    index_set_put(&self->off, node, true);
    if (index_set_has(self->babbling, node)) can_wires_follow_again(self);
    index_set_put(&self->lost, node, self->nodes[node].used != 0);
    index_set_put(&self->asking, node, false);
    index_set_put(&self->changed, node, false);
    index_set_put(&self->special, node, false);
}

static int64_t run_ns(const can_bus_t *self)
{
    return CAN_BUS_RECOVERY_BITS * self->bit_ns;
}

// Of eleven recessive bits at the end of a frame, eight are its own or its error frame's, three the intermission.
static int64_t back_ns(const can_bus_t *self, int node)
{
    const can_bus_node_t *n = &self->nodes[node];
    if (can_wire_seen_by(self, (unsigned)node)->busy) return TIME_NEVER;
    return n->recessive_ns + (CAN_BUS_RECOVERY_RUNS - n->runs) * run_ns(self);
}

void can_confinement_interrupt(can_bus_t *self, index_set_t nodes, int64_t now_ns)
{
    index_set_t rest = index_set_both(self->off, nodes);
    for (int i; (i = index_set_take(&rest)) >= 0;) {
        can_bus_node_t *node = &self->nodes[i];
        node->runs += (uint16_t)((now_ns - node->recessive_ns) / run_ns(self));
    }
}

int64_t can_confinement_next_ns(const can_bus_t *self)
{
    int64_t next_ns = TIME_NEVER;
    index_set_t rest = self->off;
    for (int node; (node = index_set_take(&rest)) >= 0;) next_ns = time_earlier(next_ns, back_ns(self, node));
    return next_ns;
}

void can_confinement_recover(can_bus_t *self, int64_t now_ns, can_bus_outcome_t *outcome)
{
    index_set_t rest = self->off;
    for (int node; (node = index_set_take(&rest)) >= 0;) {
        if (back_ns(self, node) > now_ns) continue;
        self->nodes[node].tec = self->nodes[node].rec = 0;
        index_set_put(&self->off, (unsigned)node, false);
        index_set_put(&self->counting, (unsigned)node, false);
        can_outcome_tell(outcome, &outcome->active, index_set_of((unsigned)node));
    }
    can_bus_note_odd(self);
}

// ---- counting ------------------------------------------------------------------------------------------------------

static void count_sender(can_bus_node_t *self, can_fate_t fate, bool passive)
{
    if (fate == CAN_FATE_CARRIED)
        self->tec = (uint16_t)(self->tec - (self->tec > 0));
    else if (fate != CAN_FATE_UNHEARD || !passive) // alone, a passive node's flag has no dominant bit that it would see
        self->tec += ERROR_STEP;
}

static void count_receiver(can_bus_node_t *self, can_fate_t fate)
{
    if (fate != CAN_FATE_CARRIED)
        self->rec = (uint16_t)(self->rec + (self->rec < UINT16_MAX));
    else if (self->rec > CAN_BUS_PASSIVE_ABOVE)
        self->rec = CAN_BUS_PASSIVE_ABOVE;
    else
        self->rec = (uint16_t)(self->rec - (self->rec > 0));
}

static void tell_state(can_bus_t *self, int node, can_bus_error_state_t before, can_bus_outcome_t *outcome)
{
    index_set_t one = index_set_of((unsigned)node);
    if (self->nodes[node].tec > CAN_BUS_OFF_ABOVE) {
        go_off(self, (unsigned)node);
        can_outcome_tell(outcome, &outcome->off, one);
        return;
    }
    can_bus_error_state_t now = state_of(self, node);
    if (now == before) return;
    can_outcome_tell(outcome, now == CAN_BUS_ERROR_PASSIVE ? &outcome->passive : &outcome->active, one);
}

// A passive sender lets the others go first.
static void suspend(can_bus_t *self, const can_wire_t *wire, int node)
{
    if (state_of(self, node) != CAN_BUS_ERROR_PASSIVE) return;
    self->nodes[node].suspended_ns = wire->ready_ns + CAN_BUS_SUSPEND_BITS * self->bit_ns;
    index_set_put(&self->special, (unsigned)node, true);
}

void can_confinement_count(can_bus_t *self, const can_wire_t *wire, can_fate_t fate, index_set_t receivers,
                           can_bus_outcome_t *outcome)
{
    index_set_t sent = index_set_either(wire->senders, wire->losers), rest = index_set_either(sent, receivers);
    for (int i; (i = index_set_take(&rest)) >= 0;) {
        can_bus_node_t *node = &self->nodes[i];
        can_bus_error_state_t before = state_of(self, i);
        if (index_set_has(wire->losers, (unsigned)i))
            node->tec += ERROR_STEP;
        else if (index_set_has(wire->senders, (unsigned)i))
            count_sender(node, fate, before == CAN_BUS_ERROR_PASSIVE);
        else
            count_receiver(node, fate);
        index_set_put(&self->counting, (unsigned)i, node->tec > 0 || node->rec > 0);
        tell_state(self, i, before, outcome);
        if (index_set_has(sent, (unsigned)i)) suspend(self, wire, i);
    }
    rest = index_set_both(self->off, wire->nodes);
    for (int i; (i = index_set_take(&rest)) >= 0;)
        self->nodes[i].recessive_ns = wire->end_ns - RECESSIVE_AT_THE_END_BITS * self->bit_ns;
    can_bus_note_odd(self);
}
