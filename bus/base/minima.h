// SPDX-License-Identifier: MIT
// The least of up to 128 numbers, known while they change: of the deadlines of all nodes the next one. A tree, in which
// each place holds the lesser of the two below it; a change goes up only as far as it changes anything. Pure.
//
//                 1: 20             INT64_MAX stands for none
//            2: 20     3: 35
//          4: 20 5: 90 6: none 7: 35 …
#ifndef KMSIM_BUS_BASE_MINIMA_H
#define KMSIM_BUS_BASE_MINIMA_H

#include "bus/base/index_set.h"

typedef struct {
    int64_t least[2 * INDEX_SET_MAX]; // place 1 is the top; the numbers themselves begin at INDEX_SET_MAX
} minima_t;

/// Every number is none.
void minima_init(minima_t *self);

void minima_set(minima_t *self, unsigned index, int64_t value);

static inline int64_t minima_get(const minima_t *self, unsigned index)
{
    return self->least[INDEX_SET_MAX + index];
}

/// The least of all, INT64_MAX: there is none.
static inline int64_t minima_least(const minima_t *self)
{
    return self->least[1];
}

/// The indices of all numbers up to the limit, which is less than INT64_MAX.
index_set_t minima_up_to(const minima_t *self, int64_t limit);

#endif
