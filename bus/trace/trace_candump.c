// SPDX-License-Identifier: MIT
// The log of candump -L (can-utils): one line per frame, "(0.104233) kcan-s 23A#11300101"; an error frame
// is "(0.104233) kcan-s 20000080#0000000000000000".
#include <stdio.h>

#include "bus/base/time.h"
#include "bus/trace/trace_format.h"

#define LINE_MAX_SIZE 160

static void write_frame(trace_sink_t *sink, int64_t now_ns, uint8_t bus, const can_frame_t *frame)
{
    char line[LINE_MAX_SIZE];
    char time[TIME_TEXT_MAX];
    char text[FRAME_TEXT_MAX];
    snprintf(line, sizeof line, "(%s) %s %s\n", time_format(now_ns, time), sink->vehicle->buses[bus].name,
             frame_format(frame, text));
    trace_sink_put_text(sink, line);
}

static void write_error(trace_sink_t *sink, int64_t now_ns, uint8_t bus)
{
    can_frame_t frame = {.id = TRACE_ERROR_ID, .extended = true, .length = TRACE_ERROR_LENGTH};
    write_frame(sink, now_ns, bus, &frame);
}

const trace_format_t trace_candump = {"candump", ".log", NULL, write_frame, write_error, NULL};
