// SPDX-License-Identifier: MIT
#include "scenarios/story/arena.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_SIZE_FIRST 1024 // ten thousand stories may be there at a time, most of them short …
#define BLOCK_SIZE_MAX 16384  // … and one with very many steps
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
        size_t usual = self->blocks ? 2 * self->blocks->size : BLOCK_SIZE_FIRST;
        if (usual > BLOCK_SIZE_MAX) usual = BLOCK_SIZE_MAX;
        size_t block_size = wanted > usual ? wanted : usual;
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
