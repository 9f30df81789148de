// SPDX-License-Identifier: MIT
#include "scenarios/story/arena.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_SIZE 16384
#define ALIGNMENT _Alignof(max_align_t)

struct arena_block {
    arena_block_t *next;
    size_t used, size;
    _Alignas(max_align_t) unsigned char bytes[];
};

void *arena_allocate(arena_t *self, size_t count, size_t size)
{
    size_t wanted = (count * size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (!self->blocks || self->blocks->size - self->blocks->used < wanted) {
        size_t block_size = wanted > BLOCK_SIZE ? wanted : BLOCK_SIZE;
        arena_block_t *block = calloc(1, sizeof *block + block_size);
        assert(block);
        block->size = block_size;
        block->next = self->blocks;
        self->blocks = block;
    }
    void *memory = self->blocks->bytes + self->blocks->used;
    self->blocks->used += wanted;
    return memory;
}

char *arena_text(arena_t *self, const char *text)
{
    size_t size = strlen(text) + 1;
    return memcpy(arena_allocate(self, size, 1), text, size);
}

void arena_destroy(arena_t *self)
{
    while (self->blocks) {
        arena_block_t *block = self->blocks;
        self->blocks = block->next;
        free(block);
    }
}
