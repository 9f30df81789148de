// SPDX-License-Identifier: MIT
#include "ecus/motor_axis.h"

#include <assert.h>

#define RANGE_MAX (INT64_C(1) << 33) // times 10^9 still fits into 63 bits

static int64_t limit(const motor_axis_t *self, int64_t position)
{
    if (position < self->minimum) return self->minimum;
    return position > self->maximum ? self->maximum : position;
}

void motor_axis_init(motor_axis_t *self, int64_t minimum, int64_t maximum, int64_t speed, int64_t position)
{
    assert(speed > 0 && minimum <= maximum && maximum - minimum <= RANGE_MAX);
    *self = (motor_axis_t){.minimum = minimum, .maximum = maximum, .speed = speed};
    self->start = self->target = limit(self, position);
}

void motor_axis_move(motor_axis_t *self, int64_t now_ns, int64_t target)
{
    self->start = motor_axis_position(self, now_ns);
    self->target = limit(self, target);
    self->start_ns = now_ns;
}

void motor_axis_stop(motor_axis_t *self, int64_t now_ns)
{
    self->start = self->target = motor_axis_position(self, now_ns);
}

static int64_t travel(const motor_axis_t *self)
{
    return self->target < self->start ? self->start - self->target : self->target - self->start;
}

static int64_t duration_ns(const motor_axis_t *self)
{
    return (travel(self) * TIME_S + self->speed - 1) / self->speed;
}

int64_t motor_axis_position(const motor_axis_t *self, int64_t now_ns)
{
    int64_t elapsed_ns = now_ns - self->start_ns;
    if (self->start == self->target || elapsed_ns >= duration_ns(self)) return self->target;
    int64_t covered = self->speed * elapsed_ns / TIME_S;
    return self->target < self->start ? self->start - covered : self->start + covered;
}

int64_t motor_axis_end_ns(const motor_axis_t *self)
{
    return self->start == self->target ? TIME_NEVER : self->start_ns + duration_ns(self);
}
