// SPDX-License-Identifier: MIT
// Memory that is given back as a whole: what a loader makes lives as long as the thing that it loads.
#ifndef KMSIM_SCENARIOS_STORY_ARENA_H
#define KMSIM_SCENARIOS_STORY_ARENA_H

#include <stddef.h>

typedef struct arena_block arena_block_t;

typedef struct {
    arena_block_t *blocks;
} arena_t;

/// Returns zeroed memory for count elements, which lives until arena_destroy; never null.
void *arena_allocate(arena_t *self, size_t count, size_t size);

/// A copy of the text.
char *arena_text(arena_t *self, const char *text);

/// Gives everything back; the arena is empty then.
void arena_destroy(arena_t *self);

#endif
