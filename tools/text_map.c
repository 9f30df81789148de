// SPDX-License-Identifier: MIT
#include "tools/text_map.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define HASH_FACTOR UINT64_C(0x100000001B3)
#define ROOM_MIN 64 // a power of two

typedef struct {
    char *text; // null: free
    int64_t number;
} entry_t;

struct text_map {
    size_t count, room; // at most half of it is taken
    entry_t *entries;
};

static entry_t *allocate(size_t room)
{
    entry_t *entries = calloc(room, sizeof *entries);
    assert(entries);
    return entries;
}

text_map_t *text_map_new(void)
{
    text_map_t *self = calloc(1, sizeof *self);
    assert(self);
    self->room = ROOM_MIN;
    self->entries = allocate(self->room);
    return self;
}

void text_map_destroy(text_map_t **self_p)
{
    text_map_t *self = *self_p;
    if (!self) return;
    for (size_t i = 0; i < self->room; i++) free(self->entries[i].text);
    free(self->entries);
    free(self);
    *self_p = NULL;
}

uint64_t text_map_hash(uint64_t hash, const char *text)
{
    for (; *text; text++) hash = (hash ^ (unsigned char)*text) * HASH_FACTOR;
    return hash;
}

// Where the text is, or would be.
static entry_t *place_of(const text_map_t *self, const char *text)
{
    size_t index = (size_t)text_map_hash(TEXT_MAP_HASH_BEGIN, text) & (self->room - 1);
    while (self->entries[index].text && strcmp(self->entries[index].text, text) != 0)
        index = (index + 1) & (self->room - 1);
    return &self->entries[index];
}

static void grow(text_map_t *self)
{
    text_map_t larger = {.room = 2 * self->room, .entries = allocate(2 * self->room)};
    for (size_t i = 0; i < self->room; i++)
        if (self->entries[i].text) *place_of(&larger, self->entries[i].text) = self->entries[i];
    free(self->entries);
    self->room = larger.room;
    self->entries = larger.entries;
}

int64_t *text_map_find(const text_map_t *self, const char *text)
{
    entry_t *entry = place_of(self, text);
    return entry->text ? &entry->number : NULL;
}

int64_t *text_map_add(text_map_t *self, const char *text)
{
    if (2 * self->count >= self->room) grow(self);
    entry_t *entry = place_of(self, text);
    if (!entry->text) {
        entry->text = strdup(text);
        assert(entry->text);
        self->count++;
    }
    return &entry->number;
}
