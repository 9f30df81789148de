// SPDX-License-Identifier: MIT
// Vector's ASC: one line per frame, buses are channels counted from 1, "   0.104233 1  23A             Rx   d 4 11 30
// 01 01".
#include <inttypes.h>
#include <stdio.h>

#include "bus/base/time.h"
#include "bus/trace/trace_format.h"

#define LINE_MAX_SIZE 160
#define DATE "Thu Jan 1 00:00:00.000 1970" // the epoch, as in every format

static void begin(trace_sink_t *sink)
{
    trace_sink_put_text(sink, "date " DATE "\n"
                              "base hex  timestamps absolute\n"
                              "no internal events logged\n"
                              "Begin Triggerblock " DATE "\n"
                              "   0.000000 Start of measurement\n");
}

static void write_frame(trace_sink_t *sink, int64_t now_ns, uint8_t bus, const can_frame_t *frame)
{
    char line[LINE_MAX_SIZE];
    char time[TIME_TEXT_MAX];
    char id[16];
    snprintf(id, sizeof id, "%" PRIX32 "%s", frame->id, frame->extended ? "x" : "");
    int length = snprintf(line, sizeof line, "%11s %u  %-15s Rx   %c %u", time_format(now_ns, time), bus + 1u, id,
                          frame->remote ? 'r' : 'd', (unsigned)frame->length);
    size_t used = (size_t)length;
    for (uint8_t i = 0; i < frame->length && !frame->remote; i++) {
        used += (size_t)snprintf(line + used, sizeof line - used, " %02X", (unsigned)frame->data[i]);
    }
    line[used++] = '\n';
    trace_sink_put(sink, line, used);
}

static void write_error(trace_sink_t *sink, int64_t now_ns, uint8_t bus)
{
    char line[LINE_MAX_SIZE];
    char time[TIME_TEXT_MAX];
    snprintf(line, sizeof line, "%11s %u  ErrorFrame\n", time_format(now_ns, time), bus + 1u);
    trace_sink_put_text(sink, line);
}

static void end(trace_sink_t *sink)
{
    trace_sink_put_text(sink, "End TriggerBlock\n");
}

const trace_format_t trace_asc = {"asc", ".asc", begin, write_frame, write_error, end};
