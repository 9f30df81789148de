// SPDX-License-Identifier: MIT
// What a node keeps without power: a list of (name, 64-bit integer or up to 16 bytes). Pure; nodes know nothing of JSON
// or files. The host owns the stored images; a story's keys, key_memory and coding reach a node only as its first
// image.
//
// Names in use (N counts from 1, SETTING as the DBC's KeyMemorySetting attribute names it, values raw as on the wire):
//
//   units with Key Memory          profile/N/coded 0|1 · profile/N/SETTING · active 0 (none) .. 4
//                                  car/SETTING (the value common to all keys) · position/SETTING (where a motor stands)
//   every unit                     coding/OPTION (index of the value in the vehicle file) · memory/SETTING 0 key, 1 car
//                                  fault/CODE (fault memory, bus/diagnosis/fault_memory.h)
//                                  security/attempts (wrong keys to security access in a row, 1 .. 3)
//   cas                            key/N/personalization 1..4 (0 unknown) · key/N/secret (16 bytes) · key/N/counter
//                                  key/N/learned · key/N/blocked · key/N/battery 0 ok, 1 low
//   fobs (the key fobs' own)       key/N/personalization · key/N/secret · key/N/counter · key/N/battery
//
// A name that is missing has its default: a profile never named is coded with factory values, a key never named is
// none.
#ifndef KMSIM_BUS_IMAGE_H
#define KMSIM_BUS_IMAGE_H

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
