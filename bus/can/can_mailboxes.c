// SPDX-License-Identifier: MIT
// The mailboxes of the controllers: what nodes have asked for, and which of it takes part in arbitration.
#include "bus/can/can_bus_parts.h"

static bool same_identifier(const can_frame_t *a, const can_frame_t *b)
{
    return a->id == b->id && a->extended == b->extended && a->remote == b->remote;
}

// The newest frame with this identifier that still waits in a mailbox, or null.
static can_mailbox_t *find_waiting(can_bus_node_t *node, const can_frame_t *frame)
{
    can_mailbox_t *newest = NULL;
    for (int i = can_node_next_used(node, 0); i >= 0; i = can_node_next_used(node, i + 1)) {
        can_mailbox_t *box = &node->mailboxes[i];
        if (i == node->sending || !same_identifier(&box->frame, frame)) continue;
        if (!newest || box->order > newest->order) newest = box;
    }
    return newest;
}

static inline can_mailbox_t *take_mailbox(can_bus_t *self, uint8_t node, const can_frame_t *frame, uint8_t flags)
{
    can_bus_node_t *n = &self->nodes[node];
    if (n->used == UINT32_MAX) {
        self->refused++;
        return NULL;
    }
    int free_box = __builtin_ctz(~n->used);
    n->used |= UINT32_C(1) << free_box;
    can_mailbox_t *box = &n->mailboxes[free_box];
    box->flags = flags;
    box->begun = self->plan ? (uint32_t)self->plan->begun : 0;
    box->order = self->order++;
    box->not_before_ns = 0;
    box->frame = *frame;
    index_set_t one = index_set_of(node);
    self->asking = index_set_either(self->asking, one);
    self->changed = index_set_either(self->changed, one);
    return box;
}

static void ask_plan(can_bus_t *self, uint8_t node, can_mailbox_t *box, uint64_t since, int64_t now_ns)
{
    bool dropped = false;
    int64_t late_ns = fault_plan_request(self->plan, self->index, node, &box->frame, since, now_ns, &dropped);
    if (dropped) box->flags |= CAN_BUS_DROPPED;
    if (late_ns > 0) box->not_before_ns = (box->not_before_ns > now_ns ? box->not_before_ns : now_ns) + late_ns;
    if (dropped || late_ns > 0) index_set_put(&self->special, node, true);
    can_bus_note_odd(self);
}

// The oldest request from that place in the order on, or null.
static can_mailbox_t *find_request(can_bus_t *self, uint64_t from, uint8_t *node)
{
    can_mailbox_t *oldest = NULL;
    index_set_t rest = self->asking;
    for (int i; (i = index_set_take(&rest)) >= 0;) {
        can_bus_node_t *n = &self->nodes[i];
        for (int place = can_node_next_used(n, 0); place >= 0; place = can_node_next_used(n, place + 1)) {
            can_mailbox_t *box = &n->mailboxes[place];
            if (box->order < from || (oldest && box->order > oldest->order)) continue;
            oldest = box;
            *node = (uint8_t)i;
        }
    }
    return oldest;
}

// A fault begins at its instant, for requests that begin then: also for those that were there before it was told.
void can_mailboxes_settle(can_bus_t *self, int64_t now_ns)
{
    uint8_t node = 0;
    if (self->plan->begun == self->plan_begun) return;
    self->plan_begun = self->plan->begun;
    uint64_t from = self->order_before;
    for (can_mailbox_t *box; (box = find_request(self, from, &node)); from = box->order + 1) {
        if ((box->flags & CAN_BUS_COPY) == 0) ask_plan(self, node, box, box->begun, now_ns);
        box->begun = (uint32_t)self->plan->begun;
    }
}

can_bus_request_t can_bus_request(can_bus_t *self, uint8_t node, const can_frame_t *frame, uint8_t flags,
                                  int64_t now_ns)
{
    can_bus_follow_plan(self, now_ns);
    can_wire_t *wire = can_wire_of(self, node);
    bool cyclic = (flags & CAN_BUS_CYCLIC) != 0;
    // A sleeping bus takes nothing cyclic: a status that comes round anyway would keep every car awake for ever.
    if (!index_set_has(self->powered, node) || (cyclic && wire->state == CAN_BUS_ASLEEP)) return CAN_BUS_REFUSED;
    if (index_set_has(self->off, node)) return CAN_BUS_REFUSED;
    if (!cyclic) can_wire_note_event(wire, now_ns);
    can_mailbox_t *box = (flags & CAN_BUS_REPLACE) ? find_waiting(&self->nodes[node], frame) : NULL;
    if (box) { // still the same request: what became of the first is to become of this one
        box->frame = *frame;
        box->flags = (uint8_t)(flags | (box->flags & CAN_BUS_DROPPED));
        return CAN_BUS_REPLACED;
    }
    // Only now: what replaces needs no mailbox, and is heard even from a node whose mailboxes are all in use.
    box = take_mailbox(self, node, frame, flags);
    if (!box) return CAN_BUS_REFUSED;
    if (!fault_plan_is_empty(self->plan)) ask_plan(self, node, box, 0, now_ns);
    can_wire_wake(wire, now_ns);
    return CAN_BUS_ACCEPTED;
}

bool can_mailboxes_request_itself(can_bus_t *self, uint8_t node, const can_frame_t *frame, uint8_t notes,
                                  int64_t now_ns)
{
    can_wire_t *wire = can_wire_of(self, node);
    can_mailbox_t *box = take_mailbox(self, node, frame, notes);
    if (!box) return false;
    if ((notes & CAN_BUS_CYCLIC) == 0) can_wire_note_event(wire, now_ns);
    if ((notes & CAN_BUS_COPY) == 0) ask_plan(self, node, box, 0, now_ns);
    can_wire_wake(wire, now_ns);
    return true;
}

bool can_bus_take_lost(can_bus_t *self, uint8_t *node, can_frame_t *frame)
{
    for (int i; (i = index_set_first(self->lost)) >= 0; index_set_put(&self->lost, (unsigned)i, false)) {
        can_bus_node_t *n = &self->nodes[i];
        for (int box; (box = can_node_next_used(n, 0)) >= 0;) {
            n->used &= ~(UINT32_C(1) << box);
            if ((n->mailboxes[box].flags & (CAN_BUS_CYCLIC | CAN_BUS_NOTES)) != 0) continue;
            *node = (uint8_t)i;
            *frame = n->mailboxes[box].frame;
            return true;
        }
    }
    return false;
}

// When the mailbox may take part: behind what the same node has asked for under the same identifier before it.
int64_t can_node_mailbox_ready_ns(const can_bus_node_t *self, int mailbox)
{
    const can_mailbox_t *box = &self->mailboxes[mailbox];
    int64_t ready_ns = box->not_before_ns;
    for (int i = can_node_next_used(self, 0); i >= 0; i = can_node_next_used(self, i + 1)) {
        const can_mailbox_t *other = &self->mailboxes[i];
        if (other->order < box->order && other->not_before_ns > ready_ns && same_identifier(&other->frame, &box->frame))
            ready_ns = other->not_before_ns;
    }
    return ready_ns;
}

int64_t can_node_ready_ns(const can_bus_node_t *self)
{
    int64_t first_ns = TIME_NEVER;
    for (int i = can_node_next_used(self, 0); i >= 0; i = can_node_next_used(self, i + 1))
        first_ns = time_earlier(first_ns, can_node_mailbox_ready_ns(self, i));
    return first_ns > self->suspended_ns ? first_ns : self->suspended_ns;
}

bool can_node_is_special(const can_bus_node_t *self, int64_t now_ns)
{
    bool special = self->suspended_ns > now_ns;
    for (int i = can_node_next_used(self, 0); i >= 0; i = can_node_next_used(self, i + 1)) {
        const can_mailbox_t *box = &self->mailboxes[i];
        special = special || box->not_before_ns > now_ns || (box->flags & CAN_BUS_DROPPED) != 0;
    }
    return special;
}

// A frame that failed waits again: a newer one that was to replace it while it waited does so now, in its place.
void can_mailboxes_yield(can_bus_t *self, int node, int mailbox)
{
    can_bus_node_t *n = &self->nodes[node];
    can_mailbox_t *failed = &n->mailboxes[mailbox];
    can_mailbox_t *newest = find_waiting(n, &failed->frame);
    if (!newest || newest->order < failed->order || !(newest->flags & CAN_BUS_REPLACE)) return;
    newest->order = failed->order;
    can_mailboxes_empty(self, node, mailbox);
}
