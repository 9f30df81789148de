// SPDX-License-Identifier: MIT
// Who stands on which wires. The plan says whose stub is off and whether the bus is shorted; a frame on the wire goes
// on, so that nodes come and go between frames alone.
//
//                bus ═══╦═════════╦═════════╦═══          cut:    a stub begins as the bus is at that instant
//                       │         ╳         │             joined: what is awake wakes the other, then they are one
//                      cas       seat     mirror
//                               (alone)                   shorted: every node is alone, and each start of frame fails
#include "bus/can/can_bus_parts.h"

bool can_bus_is_awake_for(const can_bus_t *self, uint8_t node)
{
    return can_wire_seen_by(self, node)->state == CAN_BUS_AWAKE;
}

// ---- cutting and joining -------------------------------------------------------------------------------------------

static void cut_off(can_bus_t *self, uint8_t node, int64_t now_ns)
{
    can_wire_t *bus = &self->wire, *stub = &self->stubs[node];
    // What was kept awake by somebody on the other side has its last event now.
    if (!index_set_is_empty(index_set_both(self->held, bus->nodes))) bus->sleep_ns = now_ns + CAN_BUS_LINGER_NS;
    *stub = *bus;
    stub->nodes = index_set_of(node);
    stub->senders = stub->losers = stub->latecomers = (index_set_t){0};
    index_set_put(&bus->nodes, node, false);
    index_set_put(&self->cut, node, true);
}

// False: not yet. A frame on the stub ends first; one on the bus goes on, and who is joined does not hear it.
static bool join(can_bus_t *self, uint8_t node, int64_t now_ns)
{
    can_wire_t *bus = &self->wire, *stub = &self->stubs[node];
    if (stub->busy) return false;
    if (bus->state == CAN_BUS_AWAKE && stub->state != CAN_BUS_AWAKE) {
        can_wire_wake(stub, now_ns);
        return false;
    }
    if (stub->state != CAN_BUS_ASLEEP) can_wire_wake(bus, now_ns);
    if (bus->state == CAN_BUS_AWAKE && bus->sleep_ns < stub->sleep_ns) bus->sleep_ns = stub->sleep_ns;
    if (bus->state != CAN_BUS_AWAKE) bus->sleep_ns = stub->sleep_ns > bus->sleep_ns ? stub->sleep_ns : bus->sleep_ns;
    if (bus->busy) {
        index_set_put(&bus->latecomers, node, true);
        can_confinement_interrupt(self, index_set_of(node), now_ns);
    }
    index_set_put(&bus->nodes, node, true);
    index_set_put(&self->cut, node, false);
    return true;
}

// Wires of one who was waiting while they were shorted.
static void let_wake(can_bus_t *self, can_wire_t *wire, int64_t now_ns)
{
    if (!index_set_is_empty(index_set_both(self->asking, wire->nodes))) can_wire_wake(wire, now_ns);
}

static void settle(can_bus_t *self, int64_t now_ns)
{
    index_set_t to_be_cut = self->shorted ? self->wire.nodes : index_set_both(self->to_be_cut, self->wire.nodes);
    index_set_t rest = index_set_without(to_be_cut, self->cut);
    self->unsettled = self->wire.busy && !index_set_is_empty(rest);
    for (int node; !self->wire.busy && (node = index_set_take(&rest)) >= 0;) cut_off(self, (uint8_t)node, now_ns);
    rest = self->cut;
    for (int node; (node = index_set_take(&rest)) >= 0;) {
        can_wire_t *stub = &self->stubs[node];
        bool off = index_set_has(self->to_be_cut, (unsigned)node); // and then not on the pair that is shorted
        stub->shorted = self->shorted && !off;
        let_wake(self, stub, now_ns);
        if (self->shorted || off) continue;
        if (!join(self, (uint8_t)node, now_ns)) self->unsettled = true;
    }
    let_wake(self, &self->wire, now_ns);
}

// ---- the plan ------------------------------------------------------------------------------------------------------

void can_wires_settle(can_bus_t *self, int64_t now_ns)
{
    if (self->plan->changes != self->plan_seen || now_ns >= self->plan_ns) {
        fault_cuts_t cuts = fault_plan_cuts(self->plan, self->index, now_ns);
        self->plan_seen = self->plan->changes;
        self->plan_ns = cuts.until_ns;
        self->shorted = cuts.shorted;
        self->to_be_cut = cuts.off;
        self->babbling = cuts.babbling;
        self->unsettled = true;
    }
    if (self->unsettled) settle(self, now_ns);
    can_bus_note_odd(self);
}
