// SPDX-License-Identifier: MIT
// A group of motors of which only so many may move together: recall, switches, and moves of the unit's own. Pure.
//
//   recall ──> waits ──> moves ──> stands        waiting motors start in table order, at the instant in which one ends
//   switch ──> waits ──> moves ──> stands        a switch stops every recall, and nothing else
//   drive  ──> waits ──> moves ──> stands        the unit's own move: no switch but the motor's own ends it
//
// After every call that changes something call motors_advance, and again at motors_next_ns.
#ifndef KMSIM_ECUS_MOTORS_H
#define KMSIM_ECUS_MOTORS_H

#include "ecus/motor_axis.h"

#define MOTORS_MAX 16

typedef enum { MOTOR_STANDS, MOTOR_RECALL, MOTOR_SWITCH, MOTOR_DRIVE } motor_purpose_t;

typedef struct {
    motor_axis_t axis;
    motor_purpose_t purpose;
    bool moving; // else it waits its turn, or stands
    int64_t goal;
} motor_t;

typedef struct {
    uint8_t count, at_once;
    motor_t motors[MOTORS_MAX];
} motors_t;

/// An empty group of which at_once may move together.
void motors_init(motors_t *self, uint8_t at_once);

/// Adds a motor; asserts that there is room.
void motors_add(motors_t *self, const motor_axis_t *axis);

/// A recall or the unit's own move takes the motor to a goal, whatever it did before; towards the same goal it simply
/// goes on.
void motors_recall(motors_t *self, uint8_t motor, int64_t now_ns, int64_t goal);
void motors_drive(motors_t *self, uint8_t motor, int64_t now_ns, int64_t goal);

/// The driver holds a switch until the goal (the end stop, or the value he looks for). Ends every recall.
void motors_press(motors_t *self, uint8_t motor, int64_t now_ns, int64_t goal);

/// He lets it go; nothing happens to a motor that no switch moves.
void motors_release(motors_t *self, uint8_t motor, int64_t now_ns);

/// Every motor that recalls, or waits to, stands where it is now.
void motors_stop_recall(motors_t *self, int64_t now_ns);

/// Motors that have arrived stand, those that wait start as far as they may. Returns a bit per motor that a switch has
/// just set in motion.
uint16_t motors_advance(motors_t *self, int64_t now_ns);

/// A bit per motor that moves because its switch is held.
uint16_t motors_switched(const motors_t *self);

int64_t motors_position(const motors_t *self, uint8_t motor, int64_t now_ns);
bool motors_moving(const motors_t *self);

/// Whether a recall is under way or waits its turn.
bool motors_recalling(const motors_t *self);

/// When the next motor arrives, TIME_NEVER when all stand.
int64_t motors_next_ns(const motors_t *self);

#endif
