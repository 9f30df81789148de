// SPDX-License-Identifier: MIT
// A set of texts of which nothing is kept but a hash of 64 bits: whether a text is there already.
#ifndef KMSIM_SCENARIOS_STORY_TEXT_SET_H
#define KMSIM_SCENARIOS_STORY_TEXT_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct { // zeroed: empty
    size_t count, room;
    uint64_t *hashes;
} text_set_t;

/// Adds the text. False when it was there already.
bool text_set_add(text_set_t *self, const char *text);

bool text_set_has(const text_set_t *self, const char *text);

/// Gives the memory back; the set is empty then.
void text_set_destroy(text_set_t *self);

#endif
