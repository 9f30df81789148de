// SPDX-License-Identifier: MIT
#include "bus/kernel/kernel_queue.h"

#include <assert.h>

static_assert((KERNEL_QUEUE_MAX & (KERNEL_QUEUE_MAX - 1)) == 0 && KERNEL_QUEUE_MAX <= UINT16_MAX, "a ring of places");

void kernel_queue_init(kernel_queue_t *self)
{
    self->count = self->first = 0;
    self->taken = self->free_count = 0;
}

static uint16_t *order_at(kernel_queue_t *self, size_t index)
{
    return &self->order[(self->first + index) % KERNEL_QUEUE_MAX];
}

kernel_item_t *kernel_queue_put(kernel_queue_t *self, int64_t at_ns)
{
    if (self->count == KERNEL_QUEUE_MAX) return NULL;
    uint16_t place = self->free_count > 0 ? self->free[--self->free_count] : self->taken++;
    // From the back, because latencies are few and short: little is later than what comes now. Not past what has the
    // same time: who spoke first is heard first.
    size_t index = self->count++;
    for (; index > 0 && kernel_queue_at(self, index - 1)->at_ns > at_ns; index--)
        *order_at(self, index) = *order_at(self, index - 1);
    *order_at(self, index) = place;
    kernel_item_t *item = &self->items[place];
    item->at_ns = at_ns;
    return item;
}

void kernel_queue_drop(kernel_queue_t *self, size_t count)
{
    assert(count <= self->count);
    for (size_t i = 0; i < count; i++) self->free[self->free_count++] = *order_at(self, i);
    self->first = (self->first + count) % KERNEL_QUEUE_MAX;
    self->count -= count;
}
