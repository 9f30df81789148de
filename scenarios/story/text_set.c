// SPDX-License-Identifier: MIT
#include "scenarios/story/text_set.h"

#include <assert.h>
#include <stdlib.h>

#define FIRST_ROOM 64 // a power of two, like every room
#define FNV_OFFSET UINT64_C(0xCBF29CE484222325)
#define FNV_PRIME UINT64_C(0x100000001B3)

// FNV-1a; 0 marks an empty place.
static uint64_t hash(const char *text)
{
    uint64_t value = FNV_OFFSET;
    for (; *text; text++) value = (value ^ (unsigned char)*text) * FNV_PRIME;
    return value ? value : 1;
}

// Where it is, or would be.
static uint64_t *find(const text_set_t *self, uint64_t value)
{
    size_t index = (size_t)(value ^ value >> 32) & (self->room - 1);
    while (self->hashes[index] && self->hashes[index] != value) index = (index + 1) & (self->room - 1);
    return &self->hashes[index];
}

static void grow(text_set_t *self)
{
    text_set_t larger = {.count = self->count, .room = self->room ? 2 * self->room : FIRST_ROOM};
    larger.hashes = calloc(larger.room, sizeof *larger.hashes);
    assert(larger.hashes);
    for (size_t i = 0; i < self->room; i++)
        if (self->hashes[i]) *find(&larger, self->hashes[i]) = self->hashes[i];
    free(self->hashes);
    *self = larger;
}

bool text_set_add(text_set_t *self, const char *text)
{
    if (2 * self->count >= self->room) grow(self);
    uint64_t value = hash(text), *place = find(self, value);
    if (*place) return false;
    *place = value;
    self->count++;
    return true;
}

bool text_set_has(const text_set_t *self, const char *text)
{
    return self->room > 0 && *find(self, hash(text));
}

void text_set_destroy(text_set_t *self)
{
    free(self->hashes);
    *self = (text_set_t){.count = 0};
}
