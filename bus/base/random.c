// SPDX-License-Identifier: MIT
#include "bus/base/random.h"

uint64_t random_next(random_t *self)
{
    self->state += UINT64_C(0x9E3779B97F4A7C15);
    uint64_t z = self->state;
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

random_t random_derive(uint64_t seed, const char *name, uint64_t count)
{
    random_t stream = {.state = seed};
    for (const char *c = name; *c; c++) stream.state = random_next(&stream) ^ (uint8_t)*c;
    stream.state = random_next(&stream) ^ count;
    stream.state = random_next(&stream);
    return stream;
}
