// SPDX-License-Identifier: MIT
// One motor and its position counter: position is a function of where and when the motion began. Pure, integer.
#ifndef KMSIM_ECUS_MOTOR_AXIS_H
#define KMSIM_ECUS_MOTOR_AXIS_H

#include "bus/base/time.h"

typedef struct {
    int64_t minimum, maximum; // end stops, raw
    int64_t speed;            // raw units per second, above 0
    int64_t start_ns;
    int64_t start, target; // equal: it stands
} motor_axis_t;

/// Stands at that position, limited to the end stops. The range is at most 2^33 raw units.
void motor_axis_init(motor_axis_t *self, int64_t minimum, int64_t maximum, int64_t speed, int64_t position);

/// Moves from where it is now to the target (limited to the end stops) at its speed.
void motor_axis_move(motor_axis_t *self, int64_t now_ns, int64_t target);

/// Stands where it is now.
void motor_axis_stop(motor_axis_t *self, int64_t now_ns);

/// Raw units covered since the start, fractions cut: after T exactly speed x T, never past the target.
int64_t motor_axis_position(const motor_axis_t *self, int64_t now_ns);

/// The first nanosecond at which the position is the target; TIME_NEVER when it stands.
int64_t motor_axis_end_ns(const motor_axis_t *self);

#endif
