// SPDX-License-Identifier: MIT
// The rest of an instant: what nodes said, who gets and loses power, and last the media.
#include <assert.h>
#include <string.h>

#include "bus/kernel/kernel_state.h"

#define NOT_SENT_NS (1 * TIME_US) // until a node is told that a request of its is gone

// A node's flags are handed to the medium as they are; nodes know the contract, not the medium.
static_assert((int)OUTBOX_CYCLIC == CAN_BUS_CYCLIC && (int)OUTBOX_REPLACE == CAN_BUS_REPLACE &&
                  (int)OUTBOX_REPORT == CAN_BUS_REPORT,
              "the contract's request flags are the medium's");

void kernel_tell_not_sent(kernel_t *self, uint8_t node, uint8_t bus, const can_frame_t *frame)
{
    kernel_item_t *item = kernel_enqueue(self, INPUT_NOT_SENT, self->now_ns + NOT_SENT_NS);
    item->target = node;
    item->bus = bus;
    item->frame = *frame;
}

// ---- outboxes ------------------------------------------------------------------------------------------------------

static void send_frames(kernel_t *self, uint8_t index, const outbox_t *outbox)
{
    const kernel_node_t *node = &self->nodes[index];
    for (size_t i = 0; i < outbox->frame_count; i++) {
        const outbox_frame_t *out = &outbox->frames[i];
        if (out->bus >= node->bus_count || out->frame.length > FRAME_DATA_MAX) {
            self->nonsense++;
            continue;
        }
        uint8_t bus = node->buses[out->bus];
        can_bus_request_t answer = can_bus_request(&self->buses[bus], index, &out->frame, out->flags, self->now_ns);
        // Of a status that comes round anyway nobody need know; the medium counts it.
        if (answer == CAN_BUS_REFUSED && !(out->flags & OUTBOX_CYCLIC))
            kernel_tell_not_sent(self, index, bus, &out->frame);
    }
}

static void set_lines(kernel_t *self, uint8_t index, const outbox_t *outbox)
{
    const kernel_node_t *node = &self->nodes[index];
    for (size_t i = 0; i < outbox->line_count; i++) {
        const node_line_t *line = &outbox->lines[i];
        if (line->line < node->line_count)
            kernel_set_line_from(self, index, node->lines[line->line], line->value, line->momentary);
        else
            self->nonsense++;
    }
}

static void transmit(kernel_t *self, uint8_t index, const outbox_t *outbox)
{
    for (size_t i = 0; i < outbox->air_count; i++) {
        const air_t *air = &outbox->air[i];
        if (air->channel <= AIR_LF && air->size <= AIR_BYTES_MAX)
            kernel_transmit_from(self, index, air);
        else
            self->nonsense++;
    }
}

static void note_logs(kernel_t *self, uint8_t index, const outbox_t *outbox)
{
    for (size_t i = 0; i < outbox->log_count; i++) {
        kernel_event_t *event = kernel_add_event(self, EVENT_LOG, index);
        event->log = outbox->logs[i];
    }
}

static void begin_store(kernel_t *self, uint8_t index, const outbox_t *outbox)
{
    kernel_node_t *node = &self->nodes[index];
    if (index_set_has(self->storing, index)) {
        self->nonsense++; // one at a time, says the contract
        return;
    }
    image_copy(&node->next_image, &outbox->image);
    index_set_put(&self->storing, index, true);
    node->stored_ns = self->now_ns + KERNEL_STORE_NS;
}

// Nothing of this reaches anybody now: frames wait for kernel_end, everything else for its latency. Only log entries
// are events at once; nobody but people reads them.
void kernel_merge(kernel_t *self, uint8_t node, const outbox_t *outbox)
{
    kernel_node_t *n = &self->nodes[node];
    bool story_begins = self->now_ns == 0 && n->power_count == 1; // with units that have long had power
    self->nonsense += outbox->dropped;
    for (uint8_t own = 0; own < n->bus_count; own++)
        can_bus_set_hold(&self->buses[n->buses[own]], node, outbox->hold >> own & 1, self->now_ns);
    if (!story_begins) send_frames(self, node, outbox);
    note_logs(self, node, outbox);
    set_lines(self, node, outbox);
    transmit(self, node, outbox);
    if (outbox->store) begin_store(self, node, outbox);
    int64_t deadline_ns = outbox->deadline_ns;
    if (deadline_ns <= self->now_ns) { // time would stand still
        self->nonsense++;
        deadline_ns = self->now_ns + 1;
    }
    minima_set(&self->deadlines, node, deadline_ns);
}

// ---- power ---------------------------------------------------------------------------------------------------------

// The mailboxes are emptied, and the frame on the wire breaks; a store under way is lost, the old image stays whole.
static void take_power(kernel_t *self, kernel_node_t *node, uint8_t index)
{
    index_set_put(&self->powered, index, false);
    index_set_put(&self->storing, index, false);
    minima_set(&self->deadlines, index, TIME_NEVER);
    for (uint8_t own = 0; own < node->bus_count; own++)
        can_bus_set_power(&self->buses[node->buses[own]], index, false, self->now_ns);
}

// Tells a node that gets power what it finds: buses that are awake, levels of its lines. Not now but after the latency
// of a line, because power_on has no inputs; what has changed by then is told as it is then.
static void tell_surroundings(kernel_t *self, const kernel_node_t *node, uint8_t index)
{
    int64_t at_ns = self->now_ns + KERNEL_LINE_NS;
    for (uint8_t own = 0; own < node->bus_count; own++) {
        uint8_t bus = node->buses[own];
        if (!can_bus_is_awake_for(&self->buses[bus], index)) continue;
        kernel_item_t *item = kernel_enqueue(self, INPUT_BUS_AWAKE, at_ns);
        item->target = index;
        item->bus = bus;
    }
    for (uint8_t port = 0; port < node->line_count; port++) {
        uint16_t line = node->lines[port];
        if (!self->lines[line].known) continue;
        kernel_item_t *item = kernel_enqueue(self, INPUT_LINE, at_ns);
        item->target = index;
        item->line = line;
        item->value = self->lines[line].value;
    }
}

static void give_power(kernel_t *self, kernel_node_t *node, uint8_t index)
{
    index_set_put(&self->powered, index, true);
    node->power_count++;
    for (uint8_t own = 0; own < node->bus_count; own++)
        can_bus_set_power(&self->buses[node->buses[own]], index, true, self->now_ns);
    tell_surroundings(self, node, index);
}

bool kernel_next_power(kernel_t *self, kernel_power_request_t *request)
{
    // What the player has seen ends here; what follows (power, log entries at power-on) it sees at the next instant.
    if (!self->seen) self->seen_count = self->event_count;
    self->seen = true;
    while (self->power_count > 0) {
        *request = self->power[0];
        memmove(self->power, self->power + 1, --self->power_count * sizeof self->power[0]);
        kernel_node_t *node = &self->nodes[request->node];
        bool on = request->state == POWER_ON;
        if (index_set_has(self->powered, request->node) == on) continue;
        kernel_event_t *event = kernel_add_event(self, EVENT_POWER, request->node);
        event->value = request->state;
        if (on)
            give_power(self, node, request->node);
        else
            take_power(self, node, request->node);
        return true;
    }
    return false;
}

kernel_power_on_t kernel_power_on(kernel_t *self, uint8_t node)
{
    const kernel_node_t *n = &self->nodes[node];
    return (kernel_power_on_t){
        .image = &n->image,
        .state = n->image_state,
        .random = random_derive(self->seed, n->name, n->power_count),
    };
}

// Last, and not as soon as somebody asks: several nodes often act at one instant, and the identifier shall decide who
// sends, not the order of nodes. After power: who has just lost it takes part no more, and who has just got it can
// acknowledge what begins now.
void kernel_end(kernel_t *self)
{
    for (size_t i = 0; i < self->vehicle->bus_count; i++) can_bus_start(&self->buses[i], self->now_ns);
}
