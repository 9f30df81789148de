// SPDX-License-Identifier: MIT
// Random streams that are a function of a seed (splitmix64). Pure; not for secrets of a real car.
#ifndef KMSIM_BUS_BASE_RANDOM_H
#define KMSIM_BUS_BASE_RANDOM_H

#include <stdint.h>

typedef struct {
    uint64_t state;
} random_t;

/// The next 64 bits of the stream.
uint64_t random_next(random_t *self);

/// A stream of its own for (seed, name, count): the same three give the same stream, any other three an unrelated one.
random_t random_derive(uint64_t seed, const char *name, uint64_t count);

#endif
