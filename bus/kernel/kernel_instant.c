// SPDX-License-Identifier: MIT
// The beginning of an instant: what ends now, who is concerned by it, and in which order each is told.
#include <assert.h>
#include <string.h>

#include "bus/kernel/kernel_state.h"

#define ITEMS_MAX 32                    // heard at one instant; what is more, a nanosecond later
#define LOST_MAX (KERNEL_QUEUE_MAX / 2) // under way, while more is told of what went with mailboxes

// Of each bus: asleep and awake, the node's three error states, a frame sent and one heard.
static_assert(ITEMS_MAX + 7 * VEHICLE_BUSES_MAX + 2 <= NODE_INPUTS_MAX, "an activation holds an instant");

typedef struct {           // what ended at this instant
    index_set_t concerned; // nodes, with power or without
    bool bus_changed;      // for some node a bus woke or slept, or how it stands there
    bool bus_told;         // some bus has a frame to tell of
    can_bus_outcome_t outcomes[VEHICLE_BUSES_MAX];
    index_set_t hearers[VEHICLE_BUSES_MAX]; // of the frame that was carried
    int16_t outcome_events[VEHICLE_BUSES_MAX];
    size_t item_count;
    int16_t item_events[ITEMS_MAX];
    index_set_t stored, elapsed; // nodes whose store, whose deadline is now
} happenings_t;

static void concern(happenings_t *self, index_set_t nodes)
{
    self->concerned = index_set_either(self->concerned, nodes);
}

// ---- the next instant ----------------------------------------------------------------------------------------------

// When something happens that concerns anybody; and when a medium arbitrates, which by itself concerns nobody.
static int64_t next_happening(const kernel_t *self, int64_t *arbitration_ns)
{
    int64_t next_ns = time_earlier(self->player_ns, minima_least(&self->deadlines));
    next_ns = time_earlier(next_ns, kernel_queue_next(&self->queue));
    *arbitration_ns = TIME_NEVER;
    for (size_t i = 0; i < self->vehicle->bus_count; i++) {
        next_ns = time_earlier(next_ns, can_bus_next_end(&self->buses[i]));
        *arbitration_ns = time_earlier(*arbitration_ns, can_bus_next_start(&self->buses[i]));
    }
    index_set_t rest = self->storing;
    for (int node; (node = index_set_take(&rest)) >= 0;) next_ns = time_earlier(next_ns, self->nodes[node].stored_ns);
    return next_ns;
}

static int64_t not_before(int64_t at_ns, int64_t earliest_ns)
{
    return at_ns < earliest_ns ? earliest_ns : at_ns;
}

int64_t kernel_next(const kernel_t *self)
{
    if (!self->begun) return 0;
    int64_t arbitration_ns, happening_ns = next_happening(self, &arbitration_ns);
    return not_before(time_earlier(happening_ns, arbitration_ns), self->now_ns + 1);
}

static int16_t event_index(const kernel_t *self, const kernel_event_t *event)
{
    return event ? (int16_t)(event - self->events) : -1;
}

// Events of the end of the instant before (power, and what was said at power-on) stay: the player has not seen them.
static void keep_late_events(kernel_t *self)
{
    size_t late = self->seen ? self->event_count - self->seen_count : 0;
    if (late > 0) memmove(self->events, self->events + self->seen_count, late * sizeof self->events[0]);
    self->event_count = late;
    self->seen = false;
}

static kernel_event_t *announce_state(kernel_t *self, uint8_t bus, can_bus_state_t state)
{
    kernel_event_t *event = kernel_add_event(self, EVENT_BUS, KERNEL_STRANGER);
    event->value = state;
    event->bus = bus;
    return event;
}

static kernel_event_t *announce_frame(kernel_t *self, kernel_event_kind_t kind, uint8_t bus,
                                      const can_bus_outcome_t *outcome)
{
    kernel_event_t *event = kernel_add_event(self, kind, (uint8_t)index_set_first(outcome->senders));
    event->frame = outcome->frame;
    event->bus = bus;
    return event;
}

static void announce_error_states(kernel_t *self, uint8_t bus, index_set_t nodes, can_bus_error_state_t state)
{
    for (int node; (node = index_set_take(&nodes)) >= 0;) {
        kernel_event_t *event = kernel_add_event(self, EVENT_STATE, (uint8_t)node);
        event->value = state;
        event->bus = bus;
    }
}

// Who is told of a bus itself: nodes for which it woke or slept, or whose error state has changed.
static void find_told(kernel_t *self, uint8_t bus, const can_bus_outcome_t *outcome, happenings_t *happenings)
{
    happenings->bus_changed = true;
    concern(happenings, index_set_either(outcome->woke, outcome->slept));
    concern(happenings, index_set_either(outcome->passive, index_set_either(outcome->off, outcome->active)));
    announce_error_states(self, bus, outcome->passive, CAN_BUS_ERROR_PASSIVE);
    announce_error_states(self, bus, outcome->off, CAN_BUS_OFF);
    announce_error_states(self, bus, outcome->active, CAN_BUS_ERROR_ACTIVE);
}

// A node that is bus-off is told what went with its mailboxes, as one whose mailboxes were full is of what found none.
// Not more at once than the queue can bear: the rest is told as soon as these were heard.
static void tell_lost(kernel_t *self, uint8_t bus)
{
    uint8_t node;
    can_frame_t frame;
    while (self->queue.count < LOST_MAX && can_bus_take_lost(&self->buses[bus], &node, &frame))
        if (node != KERNEL_STRANGER) kernel_tell_not_sent(self, node, bus, &frame);
}

static void finish_bus(kernel_t *self, uint8_t bus, happenings_t *happenings)
{
    can_bus_outcome_t *outcome = &happenings->outcomes[bus];
    const kernel_event_t *event = NULL;
    index_set_t deaf;
    can_bus_finish(&self->buses[bus], self->now_ns, outcome);
    switch (outcome->kind) {
    case CAN_BUS_NOTHING:
        break;
    case CAN_BUS_WOKE:
        event = announce_state(self, bus, CAN_BUS_AWAKE);
        break;
    case CAN_BUS_SLEPT:
        event = announce_state(self, bus, CAN_BUS_ASLEEP);
        break;
    case CAN_BUS_CARRIED:
        happenings->bus_told = true;
        acceptance_find(&self->acceptance, bus, &outcome->frame, &happenings->hearers[bus]);
        deaf = index_set_either(outcome->senders, outcome->deaf);
        happenings->hearers[bus] = index_set_without(happenings->hearers[bus], deaf);
        concern(happenings, index_set_either(happenings->hearers[bus], outcome->reports));
        event = announce_frame(self, EVENT_FRAME, bus, outcome);
        break;
    case CAN_BUS_FAILED:
        if (outcome->error_frame) announce_frame(self, EVENT_ERROR, bus, outcome)->senders = outcome->senders;
        break;
    }
    happenings->outcome_events[bus] = event_index(self, event);
    if (outcome->told) find_told(self, bus, outcome, happenings);
}

static kernel_event_t *announce_item(kernel_t *self, const kernel_item_t *item)
{
    if (item->target != KERNEL_EVERYBODY) return NULL;
    kernel_event_t *event = kernel_add_event(self, item->kind == INPUT_LINE ? EVENT_LINE : EVENT_AIR, item->source);
    event->line = item->line;
    event->value = item->value;
    if (item->kind == INPUT_AIR) event->air = item->air;
    return event;
}

// A level holds from the moment at which it is heard, not from that at which it was set. A level that a node is told at
// power-on is the one that the line has when it hears of it, not when it got power.
static void take_level(kernel_t *self, kernel_item_t *item)
{
    kernel_line_t *line = &self->lines[item->line];
    if (item->target != KERNEL_EVERYBODY) {
        item->value = line->value;
        return;
    }
    line->known = true;
    line->value = item->value;
}

static index_set_t hearers_of(const kernel_t *self, const kernel_item_t *item)
{
    if (item->target != KERNEL_EVERYBODY) return index_set_of(item->target);
    return item->kind == INPUT_LINE ? self->lines[item->line].hearers : self->air_hearers[item->air.channel];
}

// Everything under way whose time has come, but no more than an activation has room for: the rest stays in the queue,
// and kernel_next makes the next instant one nanosecond later.
static void hear_items(kernel_t *self, happenings_t *happenings)
{
    size_t count = 0;
    while (count < ITEMS_MAX && count < self->queue.count) {
        kernel_item_t *item = kernel_queue_at(&self->queue, count);
        if (item->at_ns > self->now_ns) break;
        if (item->kind == INPUT_LINE && !item->momentary) take_level(self, item);
        concern(happenings, hearers_of(self, item));
        happenings->item_events[count++] = event_index(self, announce_item(self, item));
    }
    happenings->item_count = count;
}

static void find_elapsed(kernel_t *self, happenings_t *happenings)
{
    if (minima_least(&self->deadlines) <= self->now_ns) {
        happenings->elapsed = minima_up_to(&self->deadlines, self->now_ns);
        concern(happenings, happenings->elapsed);
    }
    index_set_t rest = self->storing;
    for (int node; (node = index_set_take(&rest)) >= 0;)
        if (self->nodes[node].stored_ns <= self->now_ns) index_set_put(&happenings->stored, (unsigned)node, true);
    concern(happenings, happenings->stored);
}

// ---- one node's inputs, in the contract's order --------------------------------------------------------------------

static node_input_t *add_input(kernel_activation_t *activation, node_input_kind_t kind, uint8_t bus, int16_t event)
{
    assert(activation->count < NODE_INPUTS_MAX);
    activation->event[activation->count] = event;
    node_input_t *input = &activation->inputs[activation->count++];
    input->kind = (uint8_t)kind;
    input->bus = bus;
    return input;
}

// What everybody sees of a bus is its common pair of wires: that a stub woke or slept is its node's alone.
static void add_bus_states(const kernel_node_t *node, uint8_t index, const happenings_t *happenings,
                           kernel_activation_t *activation)
{
    for (uint8_t own = 0; own < node->bus_count; own++) {
        uint8_t bus = node->buses[own];
        const can_bus_outcome_t *outcome = &happenings->outcomes[bus];
        if (!outcome->told) continue;
        int16_t event = happenings->outcome_events[bus];
        if (index_set_has(outcome->slept, index))
            add_input(activation, INPUT_BUS_ASLEEP, own, outcome->kind == CAN_BUS_SLEPT ? event : -1);
        if (index_set_has(outcome->woke, index))
            add_input(activation, INPUT_BUS_AWAKE, own, outcome->kind == CAN_BUS_WOKE ? event : -1);
        if (index_set_has(outcome->passive, index)) add_input(activation, INPUT_BUS_PASSIVE, own, -1);
        if (index_set_has(outcome->off, index)) add_input(activation, INPUT_BUS_OFF, own, -1);
        if (index_set_has(outcome->active, index)) add_input(activation, INPUT_BUS_ACTIVE, own, -1);
    }
}

static void add_reports(const kernel_node_t *node, uint8_t index, const happenings_t *happenings,
                        kernel_activation_t *activation)
{
    for (uint8_t own = 0; own < node->bus_count; own++) {
        const can_bus_outcome_t *outcome = &happenings->outcomes[node->buses[own]];
        if (outcome->kind != CAN_BUS_CARRIED || !index_set_has(outcome->reports, index)) continue;
        add_input(activation, INPUT_SENT, own, -1)->frame = outcome->frame;
    }
}

static void add_frames(const kernel_node_t *node, uint8_t index, const happenings_t *happenings,
                       kernel_activation_t *activation)
{
    for (uint8_t own = 0; own < node->bus_count; own++) {
        uint8_t bus = node->buses[own];
        const can_bus_outcome_t *outcome = &happenings->outcomes[bus];
        if (outcome->kind != CAN_BUS_CARRIED || !index_set_has(happenings->hearers[bus], index)) continue;
        add_input(activation, INPUT_FRAME, own, happenings->outcome_events[bus])->frame = outcome->frame;
    }
}

static void add_line(const kernel_node_t *node, const kernel_item_t *item, int16_t event,
                     kernel_activation_t *activation)
{
    for (uint8_t port = 0; port < node->line_count; port++) {
        if (node->lines[port] != item->line) continue;
        add_input(activation, INPUT_LINE, 0, event)->line =
            (node_line_t){.line = port, .momentary = item->momentary, .value = item->value};
    }
}

static void add_items(kernel_t *self, uint8_t index, node_input_kind_t kind, const happenings_t *happenings,
                      kernel_activation_t *activation)
{
    const kernel_node_t *node = &self->nodes[index];
    for (size_t i = 0; i < happenings->item_count; i++) {
        const kernel_item_t *item = kernel_queue_at(&self->queue, i);
        if (item->kind != kind || item->source == index || !index_set_has(hearers_of(self, item), index)) continue;
        int16_t event = happenings->item_events[i];
        if (kind == INPUT_LINE)
            add_line(node, item, event, activation);
        else if (kind == INPUT_AIR)
            add_input(activation, kind, 0, event)->air = item->air;
        else if (kind == INPUT_NOT_SENT)
            add_input(activation, kind, (uint8_t)node->own_bus[item->bus], -1)->frame = item->frame;
        else if (kind == INPUT_BUS_AWAKE && can_bus_is_awake_for(&self->buses[item->bus], index))
            add_input(activation, kind, (uint8_t)node->own_bus[item->bus], -1);
    }
}

// The order of the contract (bus/kernel/node.h). Buses come first: who is told of a frame knows that its bus is awake.
// The deadline comes last: whatever else happens now may have stopped the timer that it stands for.
static void collect_inputs(kernel_t *self, uint8_t index, const happenings_t *happenings)
{
    kernel_node_t *node = &self->nodes[index];
    kernel_activation_t *activation = &self->activations[self->activation_count];
    activation->node = index;
    activation->count = 0;
    bool items = happenings->item_count > 0;
    if (happenings->bus_changed) add_bus_states(node, index, happenings, activation);
    if (items) add_items(self, index, INPUT_BUS_AWAKE, happenings, activation);
    if (happenings->bus_told) add_reports(node, index, happenings, activation);
    if (items) add_items(self, index, INPUT_NOT_SENT, happenings, activation);
    if (happenings->bus_told) add_frames(node, index, happenings, activation);
    if (items) add_items(self, index, INPUT_LINE, happenings, activation);
    if (items) add_items(self, index, INPUT_AIR, happenings, activation);
    if (index_set_has(happenings->stored, index)) {
        index_set_put(&self->storing, index, false);
        kernel_store(self, index, &node->next_image);
        add_input(activation, INPUT_STORED, 0, -1);
    }
    if (index_set_has(happenings->elapsed, index)) {
        minima_set(&self->deadlines, index, TIME_NEVER);
        add_input(activation, INPUT_DEADLINE, 0, -1);
    }
    if (activation->count > 0) self->activation_count++;
}

static void count_activations(kernel_t *self, size_t count)
{
    int64_t millisecond = self->now_ns / TIME_MS;
    if (millisecond != self->busy_ms) self->busy_count = 0;
    self->busy_ms = millisecond;
    self->busy_count += count + 1;
}

// Lets the media arbitrate at instants at which nothing else happens: a bus that is idle again, behind every frame,
// concerns nobody, and nobody can do anything then. Returns when the next instant is that does.
static int64_t arbitrate_between(kernel_t *self, int64_t limit_ns)
{
    if (!self->begun) return 0;
    bool seen_all = !self->seen || self->event_count == self->seen_count; // else the player sees the rest now
    for (;;) {
        int64_t arbitration_ns, happening_ns = next_happening(self, &arbitration_ns);
        happening_ns = not_before(happening_ns, self->now_ns + 1);
        arbitration_ns = not_before(arbitration_ns, self->now_ns + 1);
        if (arbitration_ns >= happening_ns) return happening_ns;
        if (!seen_all || arbitration_ns > limit_ns) return arbitration_ns;
        self->now_ns = arbitration_ns;
        count_activations(self, 0);
        kernel_end(self);
    }
}

// The fixed order of an instant. Whatever is said at it is heard later (every latency is above zero, a frame needs its
// bits), so that nodes may run in any order, or at once in processes of their own; what must not depend on chance is
// the order in which they are told, and in which their outboxes are merged.
//
//   kernel_begin ┌ late events     power changes at the very end of the instant before: the player has not seen them
//                ├ media           frames end, buses wake and fall asleep: events begin with the wire
//                ├ queue           lines and air that are heard now, in the order in which they were said
//                ├ deadlines       and stores that are done
//                ├ inputs          node by node, in the contract's order; whom nothing concerns is not looked at
//                └ queue moves up  only now: the inputs were copied from it
//   the host     ─ activations     from here on the instant fills with what nodes say
//   kernel_merge ─ outboxes        in the order of nodes
//   the player   ─ looks and acts  last of all who act: it sees everything of the instant
//   power        ─ off and on      who loses power at an instant has still said what it said
//   kernel_end   ─ arbitration     among everything that was asked for
//
// What is nothing but arbitration is no instant (arbitrate_between).
bool kernel_begin(kernel_t *self, int64_t limit_ns)
{
    int64_t next_ns = arbitrate_between(self, limit_ns);
    if (next_ns == TIME_NEVER || next_ns > limit_ns) return false;
    self->begun = true;
    self->now_ns = next_ns;
    if (self->player_ns <= self->now_ns) self->player_ns = TIME_NEVER;
    keep_late_events(self);
    happenings_t happenings; // of which most stays as it is
    happenings.concerned = happenings.stored = happenings.elapsed = (index_set_t){0};
    happenings.bus_changed = happenings.bus_told = false;
    for (uint8_t bus = 0; bus < self->vehicle->bus_count; bus++) {
        finish_bus(self, bus, &happenings);
        if (!index_set_is_empty(self->buses[bus].lost)) tell_lost(self, bus);
    }
    hear_items(self, &happenings);
    find_elapsed(self, &happenings);
    self->activation_count = 0;
    index_set_t rest = index_set_both(happenings.concerned, self->powered);
    for (int node; (node = index_set_take(&rest)) >= 0;) collect_inputs(self, (uint8_t)node, &happenings);
    if (happenings.item_count > 0) kernel_queue_drop(&self->queue, happenings.item_count);
    count_activations(self, self->activation_count);
    return true;
}
