// SPDX-License-Identifier: MIT
// What a format of a trace is, and what its file may use of the trace that it writes into. The formats' own.
//
//   trace.c ──> begin ──> write, once per frame ──> end
//                  └─────────┴── trace_put ──────────┘
#ifndef KMSIM_BUS_TRACE_TRACE_FORMAT_H
#define KMSIM_BUS_TRACE_TRACE_FORMAT_H

#include "bus/trace/trace.h"

struct trace_format {
    const char *name, *extension;  // "candump", ".log"
    void (*begin)(trace_t *trace); // begin and end: null where there is nothing to write
    void (*write)(trace_t *trace, int64_t now_ns, uint8_t bus, const can_frame_t *frame);
    void (*end)(trace_t *trace);
};

extern const trace_format_t trace_candump, trace_asc, trace_pcapng;

/// Appends bytes, or a text without its 0; a failure is kept by the trace, and nothing is written after it.
void trace_put(trace_t *self, const void *bytes, size_t size);
void trace_put_text(trace_t *self, const char *text);

/// Whose buses these are.
const vehicle_t *trace_vehicle(const trace_t *self);

#endif
