// SPDX-License-Identifier: MIT
// Plays a suite by as many workers as it may, and reports its stories in their order, whichever is done first.
//
//   suite ──next index──> workers ──records──> in order ──> report (terminal, TAP), report files
//
// What is reported does not depend on the number of workers: what ends a run early does so where its story stands, not
// when it was played.
#ifndef KMSIM_TOOLS_SUITE_PLAY_H
#define KMSIM_TOOLS_SUITE_PLAY_H

#include "scenarios/reports/report_files.h"
#include "tools/worker.h"

typedef struct {
    work_t work;
    int workers;        // at most, at least 1
    int64_t timeout_ns; // of a story, by the clock; 0: as long as it takes
    bool fail_fast;     // the first story that fails ends the run
    bool keep_going;    // one whose simulation broke does not
} suite_play_options_t;

/// Returns the exit status of the run. The files take the records, and stay the caller's; *reason is null, or why the
/// run ended early, a text that the caller frees.
int suite_play(const suite_play_options_t *options, report_t *report, report_files_t *files, char **reason);

#endif
