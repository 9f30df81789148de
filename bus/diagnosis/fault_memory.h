// SPDX-License-Identifier: MIT
// The fault memory of a control unit: codes with their status (ISO 14229-1, annex D.2) and occurrence count. What a
// code means, the unit knows. Pure.
#ifndef KMSIM_BUS_DIAGNOSIS_FAULT_MEMORY_H
#define KMSIM_BUS_DIAGNOSIS_FAULT_MEMORY_H

#include "bus/kernel/image.h"

#define FAULT_MEMORY_MAX 16

typedef struct {
    uint16_t code;
    uint8_t status;   // DTC status byte
    uint8_t count;    // occurrences, stops at 255
    uint8_t context;  // what the unit was about at the first one (uds_server.h, uds_tables_t)
    int64_t first_ns; // of the run in which it was made
} stored_fault_t;

typedef struct {
    uint8_t count;
    stored_fault_t faults[FAULT_MEMORY_MAX]; // oldest first
} fault_memory_t;

/// Makes an entry or counts another occurrence; the oldest makes room when it is full. Returns whether it is a new one.
bool fault_memory_set(fault_memory_t *self, uint16_t code, int64_t now_ns);

/// The entry of that code, or null.
const stored_fault_t *fault_memory_find(const fault_memory_t *self, uint16_t code);

/// Notes what the unit was about when the entry was made; no entry: nothing happens.
void fault_memory_set_context(fault_memory_t *self, uint16_t code, uint8_t context);

/// Forgets one entry, if there is one.
void fault_memory_remove(fault_memory_t *self, uint16_t code);

/// Forgets everything.
void fault_memory_clear(fault_memory_t *self);

/// From and to a stored image, under fault/CODE (four hex digits). Loading begins a new operation cycle: its two bits
/// "failed" and "failed this cycle" are cleared. Entries that cannot be are left out; false when the image is full.
void fault_memory_load(fault_memory_t *self, const image_t *image);
bool fault_memory_save(const fault_memory_t *self, image_t *image);

#endif
