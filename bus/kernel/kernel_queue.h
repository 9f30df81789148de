// SPDX-License-Identifier: MIT
// What is under way in a kernel: lines and air that are heard at a time of their own, notices to single nodes. By time,
// first in first out within one. Pure; of the kernel alone.
//
// An item stays where it was put; only its place number moves, in a ring:
//
//   order  … 7 2 3 9 …        items  [0] [1] [2] [3] …
//            │     └ the last             │   └ the third to be heard
//            └ first: the next one        └ the second
#ifndef KMSIM_BUS_KERNEL_KERNEL_QUEUE_H
#define KMSIM_BUS_KERNEL_KERNEL_QUEUE_H

#include "bus/kernel/kernel.h"

#define KERNEL_EVERYBODY 255 // as a target

typedef struct {
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
    size_t count;
    size_t first; // in order
    uint16_t order[KERNEL_QUEUE_MAX];
    uint16_t taken;      // places that were ever in use
    uint16_t free_count; // of those, places that are free again
    uint16_t free[KERNEL_QUEUE_MAX];
    kernel_item_t items[KERNEL_QUEUE_MAX];
} kernel_queue_t;

void kernel_queue_init(kernel_queue_t *self);

/// A new item, behind those of the same time; the caller fills in the rest. Null: the queue is full.
kernel_item_t *kernel_queue_put(kernel_queue_t *self, int64_t at_ns);

/// When the next item is heard, TIME_NEVER: there is none.
static inline int64_t kernel_queue_next(const kernel_queue_t *self)
{
    return self->count > 0 ? self->items[self->order[self->first]].at_ns : TIME_NEVER;
}

/// The item that is heard after so many others, less than count.
static inline kernel_item_t *kernel_queue_at(kernel_queue_t *self, size_t index)
{
    return &self->items[self->order[(self->first + index) % KERNEL_QUEUE_MAX]];
}

/// The first items were heard.
void kernel_queue_drop(kernel_queue_t *self, size_t count);

#endif
