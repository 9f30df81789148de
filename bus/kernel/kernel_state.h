// SPDX-License-Identifier: MIT
// The kernel's own state, for kernel.c (set-up, control, figures), kernel_instant.c (an instant's beginning),
// kernel_outbox.c (what comes of it) and kernel_air.c alone.
#ifndef KMSIM_BUS_KERNEL_KERNEL_STATE_H
#define KMSIM_BUS_KERNEL_KERNEL_STATE_H

#include "bus/base/index_set.h"
#include "bus/base/minima.h"
#include "bus/kernel/acceptance.h"
#include "bus/kernel/kernel.h"
#include "bus/kernel/kernel_queue.h"

#define KERNEL_LINE_BUCKETS 256
#define KERNEL_LATE_MAX 64

typedef struct {
    char name[NODE_NAME_MAX + 1];
    uint8_t line_count;
    uint16_t lines[NODE_LINES_MAX]; // port index -> kernel line
    uint8_t bus_count;
    uint8_t buses[VEHICLE_BUSES_MAX];  // own index -> vehicle's
    int8_t own_bus[VEHICLE_BUSES_MAX]; // vehicle's index -> own, -1: not on it
    uint64_t power_count;
    int64_t stored_ns; // of one whose store is under way
    image_state_t image_state;
    image_t image, next_image; // stored, and on its way to be stored
} kernel_node_t;

typedef struct {
    char name[NODE_LINE_NAME_MAX + 1];
    uint16_t next; // of the same bucket, the next line + 1; 0: the last
    bool known;    // a level was set
    int64_t value;
    index_set_t hearers;
} kernel_line_t;

typedef struct { // a transmission that is heard late, until it ends
    uint32_t transmission;
    int64_t late_ns;
} kernel_late_t;

struct kernel {
    const vehicle_t *vehicle;
    uint64_t seed;
    fault_plan_t *plan; // null: nothing goes wrong
    int64_t now_ns;
    bool begun;
    bool seen; // the player has looked at the first seen_count events
    int64_t player_ns;
    size_t node_count, line_count, event_count, seen_count, activation_count, power_count;
    uint64_t nonsense;
    kernel_overflow_t overflow;
    uint32_t transmissions;
    size_t late_count;
    kernel_late_t late[KERNEL_LATE_MAX];
    int64_t busy_ms; // the virtual millisecond that busy_count counts in
    uint64_t busy_count;
    index_set_t powered;
    index_set_t storing; // a store is under way
    index_set_t kept;    // an image became durable, the host has not been told
    index_set_t air_hearers[AIR_CHANNEL_COUNT];
    minima_t deadlines; // of nodes with power
    kernel_power_request_t power[KERNEL_POWER_MAX];
    uint16_t line_buckets[KERNEL_LINE_BUCKETS]; // by name, the first line + 1; 0: none
    kernel_line_t lines[KERNEL_LINES_MAX];
    kernel_queue_t queue;
    kernel_item_t lost;                           // what found no room
    kernel_event_t events[KERNEL_EVENTS_MAX + 1]; // and one to write to when there are too many
    can_bus_t buses[VEHICLE_BUSES_MAX];
    kernel_node_t nodes[KERNEL_NODES_MAX];
    kernel_activation_t activations[KERNEL_NODES_MAX];
    acceptance_t acceptance;
};

/// A new item under way, from the stranger to everybody about nothing, for the caller to fill. One too many ends the
/// run (kernel_overflow) and is heard by nobody.
static inline kernel_item_t *kernel_enqueue(kernel_t *self, node_input_kind_t kind, int64_t at_ns)
{
    kernel_item_t *item = kernel_queue_put(&self->queue, at_ns);
    if (!item) {
        self->overflow = KERNEL_QUEUE_OVERFLOW;
        item = &self->lost;
    }
    item->kind = (uint8_t)kind;
    item->source = KERNEL_STRANGER;
    item->target = KERNEL_EVERYBODY;
    item->bus = 0;
    item->line = 0;
    item->momentary = false;
    item->value = 0;
    return item;
}

/// Whether one item more finds room; if not, that is counted as nonsense and does not end the run.
static inline bool kernel_has_room(kernel_t *self)
{
    bool room = self->queue.count < KERNEL_QUEUE_MAX;
    self->nonsense += !room;
    return room;
}

/// kernel_set_line and kernel_transmit for a node: it does not hear what it says itself.
void kernel_set_line_from(kernel_t *self, uint8_t source, uint16_t line, int64_t value, bool momentary);
uint32_t kernel_transmit_from(kernel_t *self, uint8_t source, const air_t *air);

/// Tells a node in a moment that a request of its is gone.
void kernel_tell_not_sent(kernel_t *self, uint8_t node, uint8_t bus, const can_frame_t *frame);

/// Appends an event of this instant, for the caller to fill. One too many ends the run (kernel_overflow) and is none of
/// kernel_events.
kernel_event_t *kernel_add_event(kernel_t *self, kernel_event_kind_t kind, uint8_t node);

#endif
