// SPDX-License-Identifier: MIT
// A bus on which something is odd: somebody is cut off, bus-off or has counted errors, must wait, babbles or is to
// vanish. Then every pair of wires is looked after, and every instant that one of these asks for is one.
#include "bus/can/can_bus_parts.h"

// ---- babbling ------------------------------------------------------------------------------------------------------

static bool babble_waits(const can_bus_node_t *node)
{
    for (int i = can_node_next_used(node, 0); i >= 0; i = can_node_next_used(node, i + 1))
        if ((node->mailboxes[i].flags & CAN_BUS_BABBLED) != 0 && i != node->sending) return true;
    return false;
}

static void babble(can_bus_t *self, int64_t now_ns)
{
    index_set_t rest = index_set_without(index_set_both(self->babbling, self->powered), self->off);
    for (int i; (i = index_set_take(&rest)) >= 0;) {
        can_bus_node_t *node = &self->nodes[i];
        if (node->babble_ns > now_ns) self->plan_ns = time_earlier(self->plan_ns, node->babble_ns);
        if (node->babble_ns > now_ns || babble_waits(node)) continue;
        const can_frame_t *frame = fault_plan_babble(self->plan, self->index, (uint8_t)i, now_ns);
        if (!frame || !can_mailboxes_request_itself(self, (uint8_t)i, frame, CAN_BUS_BABBLED, now_ns)) continue;
        fault_plan_babbled(self->plan, self->index, (uint8_t)i, now_ns);
    }
    can_bus_note_odd(self);
}

// ---- when ----------------------------------------------------------------------------------------------------------

int64_t can_bus_odd_end(const can_bus_t *self)
{
    int64_t next_ns = can_wire_next_end(&self->wire, index_set_both(self->held, self->wire.nodes));
    next_ns = time_earlier(next_ns, time_earlier(self->plan_ns, can_confinement_next_ns(self)));
    index_set_t rest = self->cut;
    for (int node; (node = index_set_take(&rest)) >= 0;)
        next_ns = time_earlier(
            next_ns, can_wire_next_end(&self->stubs[node], index_set_both(self->held, self->stubs[node].nodes)));
    return next_ns;
}

static int64_t wire_start(const can_bus_t *self, const can_wire_t *wire)
{
    int64_t next_ns = TIME_NEVER;
    if (wire->state != CAN_BUS_AWAKE || wire->busy) return next_ns;
    index_set_t rest = index_set_both(self->asking, wire->nodes);
    for (int node; (node = index_set_take(&rest)) >= 0;) {
        bool special = index_set_has(self->special, (unsigned)node);
        next_ns = time_earlier(next_ns, special ? can_node_ready_ns(&self->nodes[node]) : wire->ready_ns);
    }
    return next_ns < wire->ready_ns ? wire->ready_ns : next_ns;
}

int64_t can_bus_odd_start(const can_bus_t *self)
{
    int64_t next_ns = wire_start(self, &self->wire);
    index_set_t rest = self->cut;
    for (int node; (node = index_set_take(&rest)) >= 0;)
        next_ns = time_earlier(next_ns, wire_start(self, &self->stubs[node]));
    return next_ns;
}

// ---- what ends, what begins ----------------------------------------------------------------------------------------

static void finish_if_due(can_bus_t *self, can_wire_t *wire, int64_t now_ns, can_bus_outcome_t *outcome)
{
    bool due = can_wire_next_end(wire, index_set_both(self->held, wire->nodes)) <= now_ns;
    if (due) can_bus_finish_wire(self, wire, now_ns, outcome);
}

void can_bus_finish_odd(can_bus_t *self, int64_t now_ns, can_bus_outcome_t *outcome)
{
    finish_if_due(self, &self->wire, now_ns, outcome);
    index_set_t rest = self->cut;
    for (int i; (i = index_set_take(&rest)) >= 0;) finish_if_due(self, &self->stubs[i], now_ns, outcome);
    can_confinement_recover(self, now_ns, outcome);
}

void can_bus_start_odd(can_bus_t *self, int64_t now_ns)
{
    can_bus_follow_plan(self, now_ns);
    if (self->plan) babble(self, now_ns);
    can_bus_arbitrate(self, &self->wire, now_ns);
    index_set_t rest = self->cut;
    for (int i; (i = index_set_take(&rest)) >= 0;) can_bus_arbitrate(self, &self->stubs[i], now_ns);
    // What is on the wire waits no longer: whether its successor is asked for is not left to whoever acts meanwhile.
    if (self->plan) babble(self, now_ns);
}
