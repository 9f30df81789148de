// SPDX-License-Identifier: MIT
// The kinds of reports that are written into files, a file of ours and a row each.
#ifndef KMSIM_SCENARIOS_REPORTS_REPORT_KIND_H
#define KMSIM_SCENARIOS_REPORTS_REPORT_KIND_H

#include <stdio.h>

#include "scenarios/reports/record.h"

// name, which is also the option's; what the option's help says
#define REPORT_KINDS(ROW)                                                                                              \
    ROW(junit, "write what CI servers read: a testsuite for each directory")                                           \
    ROW(json, "write everything that is known of each story, for scripts, kmsim\nmerge and --durations")               \
    ROW(html, "write a page for a person: the stories, the requirements, and of each\nstory what happened when")

typedef struct {        // the stories of a report, as a shard of the suite or all of it
    size_t count;       // of the whole suite
    uint64_t digest;    // over its stories' names
    int shard, shards;  // 1 .. shards; 0: no shards
    char *requirements; // that its stories could cover: an object of JSON, by identifier the sentence; null: unknown.
                        // Its owner frees it
} report_suite_t;

typedef struct {
    const char *name;
    /// Begins a report in the file (both borrowed), and returns what makes it; null with the error told.
    void *(*begin)(FILE *out, const report_suite_t *suite, error_t *error);
    /// Takes the next record, in the order of the stories.
    void (*add)(void *self, const record_t *record);
    /// Completes the report and destroys what makes it; reason: why it ends before all stories were told, else null.
    /// False, with errno set, when it is not whole; what fails at the file itself its owner sees.
    bool (*end)(void *self, const char *reason);
} report_kind_t;

#define REPORT_KIND_ROW(name, help) extern const report_kind_t report_##name;
REPORT_KINDS(REPORT_KIND_ROW)
#undef REPORT_KIND_ROW

#endif
