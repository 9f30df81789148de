// SPDX-License-Identifier: MIT
// What reports tell of a story (scenarios/reports/record.h): what was known before it was played, and what came of it.
#ifndef KMSIM_TOOLS_STORY_RECORD_H
#define KMSIM_TOOLS_STORY_RECORD_H

#include "scenarios/reports/record.h"
#include "tools/kmsim_run.h"
#include "tools/suite.h"

/// Which story it is, and how it is played again.
void story_record_describe(record_t *self, const suite_item_t *item, const kmsim_run_options_t *options);

/// Plays the story so many times, as long as it passes; two rounds that differ are a failure. The watch is that of the
/// run's options; the verdict is room to work in.
void story_record_play(record_t *self, kmsim_run_t *run, const kmsim_run_options_t *options, const suite_item_t *item,
                       size_t rounds, const report_t *report, player_verdict_t *verdict);

#endif
