// SPDX-License-Identifier: MIT
// Where a format writes to: an open file, and whose buses these are. The first failure is kept, nothing is written
// after it; trace.h tells it when the trace is closed.
#ifndef KMSIM_BUS_TRACE_TRACE_SINK_H
#define KMSIM_BUS_TRACE_TRACE_SINK_H

#include <stddef.h>
#include <stdio.h>

#include "bus/kernel/vehicle.h"

typedef struct {
    const vehicle_t *vehicle;
    FILE *file;
    int failure; // errno of the first failure, 0: none
} trace_sink_t;

/// Appends bytes, or a text without its 0.
void trace_sink_put(trace_sink_t *self, const void *bytes, size_t size);
void trace_sink_put_text(trace_sink_t *self, const char *text);

#endif
