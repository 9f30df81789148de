// SPDX-License-Identifier: MIT
// A set of numbers below INDEX_SET_MAX (nodes on a bus, nodes that something concerns), a bit each. A value; {0} is the
// empty one.
#ifndef KMSIM_BUS_BASE_INDEX_SET_H
#define KMSIM_BUS_BASE_INDEX_SET_H

#include <stdbool.h>
#include <stdint.h>

#define INDEX_SET_MAX 128

typedef struct {
    uint64_t low, high; // below 64, and from there on
} index_set_t;

static inline index_set_t index_set_of(unsigned index)
{
    uint64_t bit = UINT64_C(1) << index % 64;
    bool low = index < 64;
    return (index_set_t){low ? bit : 0, low ? 0 : bit};
}

static inline index_set_t index_set_both(index_set_t a, index_set_t b)
{
    return (index_set_t){a.low & b.low, a.high & b.high};
}

static inline index_set_t index_set_either(index_set_t a, index_set_t b)
{
    return (index_set_t){a.low | b.low, a.high | b.high};
}

static inline index_set_t index_set_without(index_set_t a, index_set_t b)
{
    return (index_set_t){a.low & ~b.low, a.high & ~b.high};
}

static inline bool index_set_is_empty(index_set_t self)
{
    return (self.low | self.high) == 0;
}

static inline bool index_set_has(index_set_t self, unsigned index)
{
    return (index < 64 ? self.low >> index : self.high >> (index - 64)) & 1;
}

static inline void index_set_put(index_set_t *self, unsigned index, bool in)
{
    index_set_t one = index_set_of(index);
    *self = in ? index_set_either(*self, one) : index_set_without(*self, one);
}

/// The least number of the set, -1 when it is empty.
static inline int index_set_first(index_set_t self)
{
    if (self.low) return __builtin_ctzll(self.low);
    return self.high ? 64 + __builtin_ctzll(self.high) : -1;
}

/// The same, taken out: in a loop, all from the least to the greatest.
static inline int index_set_take(index_set_t *self)
{
    int first = index_set_first(*self);
    if (self->low)
        self->low &= self->low - 1;
    else
        self->high &= self->high - 1;
    return first;
}

#endif
