// SPDX-License-Identifier: MIT
// What came of the stories: TAP 13 for a pipe, which every harness reads, a short coloured form for a terminal.
#ifndef KMSIM_SCENARIOS_PLAY_REPORT_H
#define KMSIM_SCENARIOS_PLAY_REPORT_H

#include <stdio.h>

#include "scenarios/play/player.h"
#include "scenarios/story/story.h"

typedef struct {
    FILE *out;
    bool terminal, colour, progress;
    bool stored; // the runs begin with a stored memory, which will have gone on by the next: a replay's line says so
    size_t total, passed, failed;
} report_t;

/// Begins a report on so many stories; terminal: for a person, with colour and progress; not if TERM says that the
/// terminal is dumb, and without colour if NO_COLOR is set.
void report_begin(report_t *self, FILE *out, bool terminal, size_t total);

/// Shows which story is being played, on one line that the next report clears (a terminal only).
void report_progress(const report_t *self, const story_t *story);

/// A story is over. trace: the file with its frames, null for none.
void report_story(report_t *self, const story_t *story, uint64_t seed, const char *trace,
                  const player_verdict_t *verdict);

/// A line about what happens; in TAP a comment (printf format).
void report_line(const report_t *self, const char *format, ...) __attribute__((format(printf, 2, 3)));

/// The simulation itself broke in this story: nothing follows but the end.
void report_broken(const report_t *self, const story_t *story, const char *reason);

/// The last line of the terminal form.
void report_end(const report_t *self);

#endif
