// SPDX-License-Identifier: MIT
// The kernel's own state, for kernel.c (set-up, control, figures), kernel_instant.c (an instant's beginning)
// and kernel_outbox.c (what comes of it) alone.
#ifndef KMSIM_BUS_KERNEL_KERNEL_STATE_H
#define KMSIM_BUS_KERNEL_KERNEL_STATE_H

#include "bus/kernel/kernel.h"

#define KERNEL_EVERYBODY 255

typedef struct { // something under way that is heard at a time of its own
    int64_t at_ns;
    uint8_t kind;   // node_input_kind_t: line, air, bus awake, not sent
    uint8_t source; // node, or KERNEL_STRANGER
    uint8_t target; // node, or KERNEL_EVERYBODY
    uint8_t bus;    // vehicle's
    uint16_t line;
    bool momentary;
    int64_t value;
    union {
        air_t air;
        can_frame_t frame;
    };
} kernel_item_t;

typedef struct {
    char name[NODE_NAME_MAX + 1];
    node_ports_t ports;
    uint16_t lines[NODE_LINES_MAX]; // port index -> kernel line
    uint8_t bus_count;
    uint8_t buses[VEHICLE_BUSES_MAX];  // own index -> vehicle's
    int8_t own_bus[VEHICLE_BUSES_MAX]; // vehicle's index -> own, -1: not on it
    bool powered;
    bool keep; // its image became durable, the host has not been told
    uint64_t power_count;
    int64_t deadline_ns;
    int64_t stored_ns; // TIME_NEVER: no store under way
    image_state_t image_state;
    image_t image, next_image; // stored, and on its way to be stored
} kernel_node_t;

typedef struct {
    char name[NODE_LINE_NAME_MAX + 1];
    bool known; // a level was set
    int64_t value;
} kernel_line_t;

struct kernel {
    const vehicle_t *vehicle;
    uint64_t seed;
    int64_t now_ns;
    bool begun;
    bool seen; // the player has looked at the first seen_count events
    int64_t player_ns;
    size_t node_count, line_count, queue_count, event_count, seen_count, activation_count, power_count;
    uint64_t nonsense;
    kernel_overflow_t overflow;
    uint32_t transmissions;
    int64_t busy_ms; // the virtual millisecond that busy_count counts in
    uint64_t busy_count;
    kernel_power_request_t power[KERNEL_POWER_MAX];
    kernel_line_t lines[KERNEL_LINES_MAX];
    kernel_item_t queue[KERNEL_QUEUE_MAX];        // by time, first in first out within one
    kernel_event_t events[KERNEL_EVENTS_MAX + 1]; // and one to write to when there are too many
    can_bus_t buses[VEHICLE_BUSES_MAX];
    kernel_node_t nodes[KERNEL_NODES_MAX];
    kernel_activation_t activations[KERNEL_NODES_MAX];
};

/// Puts an item into the queue, behind those of the same time. A full queue ends the run (kernel_overflow).
void kernel_enqueue(kernel_t *self, kernel_item_t item);

/// kernel_set_line and kernel_transmit for a node: it does not hear what it says itself.
void kernel_set_line_from(kernel_t *self, uint8_t source, uint16_t line, int64_t value, bool momentary);
uint32_t kernel_transmit_from(kernel_t *self, uint8_t source, const air_t *air);

/// Appends an event of this instant, for the caller to fill. One too many ends the run (kernel_overflow) and is none of
/// kernel_events.
kernel_event_t *kernel_add_event(kernel_t *self, kernel_event_kind_t kind, uint8_t node);

#endif
