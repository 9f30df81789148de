// SPDX-License-Identifier: MIT
// What seat and mirrors share: every Key Memory setting is the position of a motor with a switch of its own. Pure.
//
//   lines switch/UNIT/SETTING ──> motors ──> positions ──> status messages (fast while moving), image (at rest)
//   key memory's call-up ───────────┘
//
// What a line's value says stands in bus/car/lines.h.
#ifndef KMSIM_ECUS_MOTOR_UNIT_H
#define KMSIM_ECUS_MOTOR_UNIT_H

#include "ecus/key_memory.h"
#include "ecus/motors.h"

typedef struct {
    const char *setting;
    int64_t speed; // raw units per second
} motor_speed_t;

/// What the kind of unit adds.
typedef struct {
    const motor_speed_t *speeds;
    uint8_t speed_count;
    uint8_t at_once; // motors that may move together
    uint8_t status;  // number of the status message in the unit's type
    uint8_t timer;   // the unit's timer that is ours
} motor_unit_type_t;

typedef struct {
    // bound once
    const motor_unit_type_t *type;
    ecu_t *ecu;
    key_memory_t *memory;
    uint8_t first_line;
    const dbc_signal_t *moving_signal;
    int64_t speeds[KEY_MEMORY_SETTINGS_MAX];
    // since power-on
    motors_t motors;
    uint8_t recalled; // profile whose recall is under way, 0: none
    uint16_t held;    // a bit per setting whose switch is held, also at the end stop or waiting its turn
    bool moving;      // what was told last
    uint32_t ignored; // line values that mean nothing
} motor_unit_t;

/// Binds a speed to every setting of the key memory (bound before), and the switches. False with *missing set.
bool motor_unit_bind(motor_unit_t *self, const motor_unit_type_t *type, ecu_t *ecu, key_memory_t *memory,
                     const node_setup_t *setup, node_ports_t *ports, const char **missing);

/// All motors stand where they stood when that was last stored (own: a motor that lost power on its way is there too).
void motor_unit_start(motor_unit_t *self, const image_t *image);
void motor_unit_save(const motor_unit_t *self, image_t *image);

/// Takes a line if it is one of the switches; *pressed tells whether a switch was pressed. Returns whether it was ours.
bool motor_unit_take_line(motor_unit_t *self, const node_line_t *line, bool *pressed);

/// A recall of the active profile begins: the caller then calls motor_unit_recall for settings, and at last settles.
/// False while a switch is held, which stops every recall at once: nothing is recalled then.
bool motor_unit_begin_recall(motor_unit_t *self);
void motor_unit_recall(motor_unit_t *self, uint8_t setting, int64_t goal);

/// Ends a recall under way; it is logged when a switch did it.
void motor_unit_stop_recall(motor_unit_t *self, bool by_switch);

/// Lets motors arrive and start, and follows it up: timer, hold, status, log, store. Call it at the end of every hook
/// that may have changed anything. Returns a bit per setting that a switch has set or keeps in motion: a change that
/// was stored while the switch is held goes on.
uint16_t motor_unit_settle(motor_unit_t *self);

/// Raw position now.
int64_t motor_unit_position(const motor_unit_t *self, uint8_t setting);

/// Puts the flag Moving into a status frame.
void motor_unit_compose(const motor_unit_t *self, can_frame_t *frame);

#endif
