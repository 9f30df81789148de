// SPDX-License-Identifier: MIT
// Virtual time that follows a clock. Pure: the caller reads the clock, which only goes forward.
//
// A car that is behind catches up, as far as PACE_STEP_NS. A longer gap between two looks (Ctrl-Z, a debugger, a unit
// that takes its time to start) is left out: the car stood still meanwhile, and does not flood its buses with what it
// has missed.
#ifndef KMSIM_BUS_KERNEL_PACE_H
#define KMSIM_BUS_KERNEL_PACE_H

#include "bus/base/time.h"

#define PACE_STEP_NS (1 * TIME_S)

typedef struct {
    int64_t clock_ns;    // at the last look
    int64_t now_ns;      // virtual time then
    int64_t left_out_ns; // in all
} pace_t;

/// Virtual time begins at 0 now.
void pace_begin(pace_t *self, int64_t clock_ns);

/// Looks at the clock; returns the virtual time that it is.
int64_t pace_look(pace_t *self, int64_t clock_ns);

#endif
