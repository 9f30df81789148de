// SPDX-License-Identifier: MIT
// Numbers by text: names that are taken, durations of stories.
#ifndef KMSIM_TOOLS_TEXT_MAP_H
#define KMSIM_TOOLS_TEXT_MAP_H

#include <stddef.h>
#include <stdint.h>

#define TEXT_MAP_HASH_BEGIN UINT64_C(0xCBF29CE484222325)

typedef struct text_map text_map_t;

/// Returns a new map that the caller destroys.
text_map_t *text_map_new(void);
void text_map_destroy(text_map_t **self_p);

/// The number of a text, to be read and written until the next one is added; null: the text is not there.
int64_t *text_map_find(const text_map_t *self, const char *text);

/// The same; a text that is not there is added, with 0.
int64_t *text_map_add(text_map_t *self, const char *text);

/// A hash over the bytes of texts, one after the other: begin with TEXT_MAP_HASH_BEGIN (FNV-1a).
uint64_t text_map_hash(uint64_t hash, const char *text);

#endif
