// SPDX-License-Identifier: MIT
#include "ecus/motors.h"

#include <assert.h>
#include <string.h>

void motors_init(motors_t *self, uint8_t at_once)
{
    assert(at_once > 0);
    memset(self, 0, sizeof *self);
    self->at_once = at_once;
}

void motors_add(motors_t *self, const motor_axis_t *axis)
{
    assert(self->count < MOTORS_MAX);
    self->motors[self->count++] = (motor_t){.axis = *axis, .purpose = MOTOR_STANDS};
}

static void stand(motor_t *motor, int64_t now_ns)
{
    motor_axis_stop(&motor->axis, now_ns);
    motor->purpose = MOTOR_STANDS;
    motor->moving = false;
}

static void pursue(motors_t *self, uint8_t index, int64_t now_ns, motor_purpose_t purpose, int64_t goal)
{
    assert(index < self->count);
    motor_t *motor = &self->motors[index];
    // Asked again for what it does already: its motion goes on from its own start, without losing a fraction.
    bool goes_on = motor->moving && motor->goal == goal && purpose != MOTOR_SWITCH;
    if (!goes_on) stand(motor, now_ns);
    motor->purpose = purpose;
    motor->goal = goal;
}

void motors_recall(motors_t *self, uint8_t motor, int64_t now_ns, int64_t goal)
{
    pursue(self, motor, now_ns, MOTOR_RECALL, goal);
}

void motors_drive(motors_t *self, uint8_t motor, int64_t now_ns, int64_t goal)
{
    pursue(self, motor, now_ns, MOTOR_DRIVE, goal);
}

void motors_press(motors_t *self, uint8_t motor, int64_t now_ns, int64_t goal)
{
    motors_stop_recall(self, now_ns);
    pursue(self, motor, now_ns, MOTOR_SWITCH, goal);
}

void motors_release(motors_t *self, uint8_t motor, int64_t now_ns)
{
    assert(motor < self->count);
    if (self->motors[motor].purpose == MOTOR_SWITCH) stand(&self->motors[motor], now_ns);
}

void motors_stop_recall(motors_t *self, int64_t now_ns)
{
    for (size_t i = 0; i < self->count; i++) {
        if (self->motors[i].purpose == MOTOR_RECALL) stand(&self->motors[i], now_ns);
    }
}

static unsigned stand_where_arrived(motors_t *self, int64_t now_ns)
{
    unsigned moving = 0;
    for (size_t i = 0; i < self->count; i++) {
        motor_t *motor = &self->motors[i];
        if (motor->moving && motor_axis_end_ns(&motor->axis) <= now_ns) stand(motor, now_ns);
        moving += motor->moving;
    }
    return moving;
}

// With two that may move at once, of three that were asked for together:
//
//   longitudinal   |======|
//   height         |==========|          the next one starts in the instant in which one arrives, not a tick later:
//   backrest_tilt         |=======|      that is why arrivals come first
//
// One that is there already takes no turn, and the one behind it may start.
uint16_t motors_advance(motors_t *self, int64_t now_ns)
{
    unsigned moving = stand_where_arrived(self, now_ns), switched = 0;
    for (size_t i = 0; i < self->count && moving < self->at_once; i++) {
        motor_t *motor = &self->motors[i];
        if (motor->moving || motor->purpose == MOTOR_STANDS) continue;
        if (motor->purpose == MOTOR_SWITCH) switched |= 1U << i;
        motor_axis_move(&motor->axis, now_ns, motor->goal);
        motor->moving = motor_axis_end_ns(&motor->axis) != TIME_NEVER;
        if (motor->moving)
            moving++;
        else
            stand(motor, now_ns); // there already, or at the end stop: takes no turn
    }
    return (uint16_t)switched;
}

uint16_t motors_switched(const motors_t *self)
{
    unsigned switched = 0;
    for (size_t i = 0; i < self->count; i++) {
        const motor_t *motor = &self->motors[i];
        if (motor->moving && motor->purpose == MOTOR_SWITCH) switched |= 1U << i;
    }
    return (uint16_t)switched;
}

int64_t motors_position(const motors_t *self, uint8_t motor, int64_t now_ns)
{
    assert(motor < self->count);
    return motor_axis_position(&self->motors[motor].axis, now_ns);
}

bool motors_moving(const motors_t *self)
{
    for (size_t i = 0; i < self->count; i++) {
        if (self->motors[i].moving) return true;
    }
    return false;
}

bool motors_recalling(const motors_t *self)
{
    for (size_t i = 0; i < self->count; i++) {
        if (self->motors[i].purpose == MOTOR_RECALL) return true;
    }
    return false;
}

int64_t motors_next_ns(const motors_t *self)
{
    int64_t next_ns = TIME_NEVER;
    for (size_t i = 0; i < self->count; i++) {
        if (self->motors[i].moving) next_ns = time_earlier(next_ns, motor_axis_end_ns(&self->motors[i].axis));
    }
    return next_ns;
}
