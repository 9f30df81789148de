// SPDX-License-Identifier: MIT
// Writes what the buses carried, and the error frames that were seen on them, for other people's tools: candump log
// (.log), Vector ASC (.asc), pcapng (.pcapng). Time 0 of a story is the epoch in every format, so that equal runs give
// equal files. One file per format: trace_format.h. A file is written under its own name as the run goes on, so that it
// can be watched (tail -f) and a run that is killed leaves what it had seen, and nothing else.
//
//   trace_new ──> trace_begin ──> trace_write …, trace_flush ──> trace_close     what stood there is gone with the
//   begin
//       └──────> trace_discard                                                  a run that never began: it stays
#ifndef KMSIM_BUS_TRACE_TRACE_H
#define KMSIM_BUS_TRACE_TRACE_H

#include <stdio.h>

#include "bus/base/error.h"
#include "bus/can/frame.h"
#include "bus/kernel/vehicle.h"

typedef struct trace trace_t;
typedef struct trace_format trace_format_t; // a row of trace_format.h

/// The format that the path's extension asks for, in capitals or not. Null, with the error told, when there is none of
/// that extension.
const trace_format_t *trace_format_of(const char *path, error_t *error);

/// Returns a new trace that the caller closes or discards, or null with the error told: the extension says no format,
/// or the file cannot be written. What is there is touched only when the trace begins. Borrows the vehicle for the
/// names of its buses.
trace_t *trace_new(const char *path, const vehicle_t *vehicle, error_t *error);

/// The same, but nothing appears under that name before the trace is closed: it may yet turn out not to be wanted.
trace_t *trace_new_late(const char *path, const vehicle_t *vehicle, error_t *error);

/// The same into an open file, which is borrowed; it is flushed at close.
trace_t *trace_new_stream(FILE *file, const trace_format_t *format, const vehicle_t *vehicle);

/// The run begins: the file is emptied. A trace that is written to or closed before has begun, too.
void trace_begin(trace_t *self);

/// One frame that this bus of the vehicle carried; times never decrease. A failure is kept and told at close.
void trace_write(trace_t *self, int64_t now_ns, uint8_t bus, const can_frame_t *frame);

/// An error frame that was seen on this bus: it ended then.
void trace_write_error(trace_t *self, int64_t now_ns, uint8_t bus);

/// Whoever watches the file sees all that was written so far.
void trace_flush(trace_t *self);

/// Completes the file. False, with the error told, when anything of it could not be written: it has what could.
bool trace_close(trace_t **self_p, error_t *error);

/// Leaves no file that was not there before; of a trace that has begun, what was written.
void trace_discard(trace_t **self_p);

#endif
