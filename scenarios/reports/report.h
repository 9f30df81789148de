// SPDX-License-Identifier: MIT
// What came of the stories, as it comes: TAP 13 for a pipe, which every harness reads, a short coloured form for a
// terminal. What is written into files is report_files.h's.
#ifndef KMSIM_SCENARIOS_REPORTS_REPORT_H
#define KMSIM_SCENARIOS_REPORTS_REPORT_H

#include <stdio.h>

#include "scenarios/reports/record.h"

typedef struct {
    size_t counts[RECORD_STATUS_COUNT];
} report_counts_t;

typedef struct {
    FILE *out;
    bool terminal, colour, progress;
    size_t total;
    report_counts_t counts;
} report_t;

/// How many stories these are in all.
size_t report_counted(const report_counts_t *counts);

/// Begins a report on so many stories; terminal: for a person, with colour and progress; not if TERM says that the
/// terminal is dumb, and without colour if NO_COLOR is set.
void report_begin(report_t *self, FILE *out, bool terminal, size_t total);

/// Shows how far the run is, on one line that the next report clears (a terminal only): how many are done, of which
/// some failed, since when it runs, and what is being played.
typedef struct {
    size_t done, failed;
    int64_t wall_ns;
    const char *name;
} report_progress_t;
void report_progress(const report_t *self, const report_progress_t *progress);

/// A story is over.
void report_record(report_t *self, const record_t *record);

/// A line about what happens; in TAP a comment (printf format).
void report_line(const report_t *self, const char *format, ...) __attribute__((format(printf, 2, 3)));

/// What follows is not the report's: a line of progress is cleared.
void report_pause(const report_t *self);

/// The last line. reason: why it ends before all were told; null: they were.
void report_end(const report_t *self, const char *reason);

#endif
