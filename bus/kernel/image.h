// SPDX-License-Identifier: MIT
// What a node keeps without power: a list of (name, 64-bit integer or up to 16 bytes). Pure; nodes know nothing of JSON
// or files. The host owns the stored images; a story's keys, key_memory and coding reach a node only as its first
// image.
//
// A name that is missing has its default. The names that the units of this car use: bus/car/units.h.
#ifndef KMSIM_BUS_KERNEL_IMAGE_H
#define KMSIM_BUS_KERNEL_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IMAGE_ENTRIES_MAX 256
#define IMAGE_NAME_MAX 47
#define IMAGE_BYTES_MAX 16

typedef struct {
    char name[IMAGE_NAME_MAX + 1];
    uint8_t size; // 0: an integer; 1 .. 16: that many bytes
    int64_t value;
    uint8_t bytes[IMAGE_BYTES_MAX];
} image_entry_t;

typedef struct {
    uint32_t count;
    image_entry_t entries[IMAGE_ENTRIES_MAX];
} image_t;

typedef enum { IMAGE_NONE, IMAGE_PRESENT, IMAGE_DAMAGED, IMAGE_NEWER } image_state_t;
#define IMAGE_STATE_COUNT (IMAGE_NEWER + 1)

/// Empties the image without touching the unused entries.
void image_clear(image_t *self);

/// Copies only the entries in use.
void image_copy(image_t *self, const image_t *from);

/// Sets or replaces an entry. The name is PREFIX, or PREFIX/NUMBER, or PREFIX/NUMBER/SUFFIX (number -1 and suffix null
/// leave theirs out). False when the name is too long or the image is full; then nothing changed.
bool image_set(image_t *self, const char *prefix, int number, const char *suffix, int64_t value);
bool image_set_bytes(image_t *self, const char *prefix, int number, const char *suffix, const uint8_t *bytes,
                     uint8_t size);

/// The integer under that name, or the given one where there is none.
int64_t image_get(const image_t *self, const char *prefix, int number, const char *suffix, int64_t otherwise);

/// The entry under that name, or null.
const image_entry_t *image_find(const image_t *self, const char *prefix, int number, const char *suffix);

#endif
