// SPDX-License-Identifier: MIT
// A unit for tests that does nothing but remember, under the climate control's name and settings. Its lines
// knob/climate/SETTING are the driver's hand.
#ifndef KMSIM_TESTS_MEMORY_UNIT_H
#define KMSIM_TESTS_MEMORY_UNIT_H

#include "ecus/key_memory.h"

// Numbers of two settings, and their raw factory values
#define TEMPERATURE 0
#define OFFSET 2
#define FACTORY_TEMPERATURE 12 // 22 degC in steps of 0.5 from 16
#define FACTORY_OFFSET 3       // 0 K from -3

typedef struct {
    ecu_t ecu;
    key_memory_t memory;
    int64_t values[KEY_MEMORY_SETTINGS_MAX];
    unsigned implemented, locked;
} memory_unit_t;

extern const node_class_t memory_unit_class;

#endif
