// SPDX-License-Identifier: MIT
// Which stories a run plays: all that the command line names, or those of them that a filter leaves, or a shard of
// these. Everything here follows from the list alone, so that shards on many machines agree without a word.
//
//   files, directories ──story_list──> all ──filter, covers──> the suite ──shard K/N──> what this run plays
//                                       └ names of traces        └ numbers, digest
#ifndef KMSIM_TOOLS_SUITE_H
#define KMSIM_TOOLS_SUITE_H

#include "scenarios/reports/report_kind.h"
#include "tools/options.h"
#include "tools/story_list.h"

typedef struct {
    int64_t number;       // in the suite, from 1
    const story_t *story; // null: the file is no valid story
    const char *path, *name;
    const char *mistakes; // of an invalid one
    bool shares;          // its file has other stories
    char *trace;          // where its frames go when it fails; null: nowhere
} suite_item_t;

typedef struct {
    report_suite_t whole; // that these are a shard of, or all
    size_t count;
    suite_item_t *items;
} suite_t;

typedef struct {
    const option_list_t *filters; // names or paths that have one of these in them; none: all
    const char *covers;           // that cover one of these, "R6,R7"; null: all
    const char *shard;            // "2/3"; null: no shards
    const char *durations;        // JSON report of an earlier run, by which shards are balanced; null: by number
    const char *failures_path;    // directory of traces; null: none
} suite_choice_t;

/// Chooses from the list, which is borrowed. False with the error told: a text that is no shard, a requirement that no
/// story covers, durations that cannot be read, or nothing is left (but for a shard, which may be empty). The caller
/// destroys it whatever the outcome.
bool suite_choose(suite_t *self, const story_list_t *list, const suite_choice_t *choice, error_t *error);
void suite_destroy(suite_t *self);

#endif
