// SPDX-License-Identifier: MIT
// What a format of a trace is: a file of its own that ends in its row, and a place in the list here.
//
//   trace.c ──> begin ──> write, once per frame; write_error, once per error frame ──> end
//                  └─────────┴── trace_sink_put ───────┴────────────────────────────────┘
#ifndef KMSIM_BUS_TRACE_TRACE_FORMAT_H
#define KMSIM_BUS_TRACE_TRACE_FORMAT_H

#include "bus/can/frame.h"
#include "bus/trace/trace_sink.h"

// An error frame has neither identifier nor data. Where a format has no form of its own it is written as SocketCAN
// gives it to programs: the bit for errors, "bus error", and eight bytes of particulars that are all not told.
#define TRACE_ERROR_ID 0x20000080u
#define TRACE_ERROR_LENGTH 8

typedef struct trace_format {
    const char *name, *extension;      // "candump", ".log"
    void (*begin)(trace_sink_t *sink); // begin and end: null where there is nothing to write
    void (*write)(trace_sink_t *sink, int64_t now_ns, uint8_t bus, const can_frame_t *frame);
    void (*write_error)(trace_sink_t *sink, int64_t now_ns, uint8_t bus);
    void (*end)(trace_sink_t *sink);
} trace_format_t;

// All that there are, in the order in which a mistake lists them.
#define TRACE_FORMATS(ROW)                                                                                             \
    ROW(candump)                                                                                                       \
    ROW(asc)                                                                                                           \
    ROW(pcapng)

#define TRACE_FORMAT(name) extern const trace_format_t trace_##name;
TRACE_FORMATS(TRACE_FORMAT)

#endif
