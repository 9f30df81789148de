// SPDX-License-Identifier: MIT
// Writes what the buses carried, for other people's tools: candump log (.log), Vector ASC (.asc), pcapng (.pcapng).
// Time 0 of a story is the epoch in every format, so that equal runs give equal files. One file per format:
// trace_format.h. A file appears under its name only when it is complete: until then it is written beside it under
// another one.
#ifndef KMSIM_BUS_TRACE_TRACE_H
#define KMSIM_BUS_TRACE_TRACE_H

#include <stdio.h>

#include "bus/base/error.h"
#include "bus/can/frame.h"
#include "bus/kernel/vehicle.h"

typedef struct trace trace_t;
typedef struct trace_format trace_format_t; // a row of trace_format.h

/// The format that the path's extension asks for. Null, with the error told, when there is none of that extension.
const trace_format_t *trace_format_of(const char *path, error_t *error);

/// Returns a new trace that the caller closes or discards, or null with the error told: the extension says no format,
/// or the file cannot be made. Borrows the vehicle for the names of its buses. What is there and is no regular file (a
/// pipe, a device) is written directly.
trace_t *trace_new(const char *path, const vehicle_t *vehicle, error_t *error);

/// The same into an open file, which is borrowed; it is flushed at close.
trace_t *trace_new_stream(FILE *file, const trace_format_t *format, const vehicle_t *vehicle);

/// One frame that this bus of the vehicle carried; times never decrease. A failure is kept and told at close.
void trace_write(trace_t *self, int64_t now_ns, uint8_t bus, const can_frame_t *frame);

/// Completes the file and gives it its name. False, with the error told and no file left, when anything of it could not
/// be written; what stood there under that name before is then untouched.
bool trace_close(trace_t **self_p, error_t *error);

/// Leaves no file.
void trace_discard(trace_t **self_p);

#endif
