// SPDX-License-Identifier: MIT
// A JSON report read again: of a whole run, or of a shard.
#ifndef KMSIM_SCENARIOS_REPORTS_REPORT_PART_H
#define KMSIM_SCENARIOS_REPORTS_REPORT_PART_H

#include "scenarios/reports/report_kind.h"

typedef struct {
    char *path;
    report_suite_t suite;
    size_t count;
    record_t **records;
    char *reason; // why it ended early, null: it did not
} report_part_t;

/// Returns a new part that the caller destroys; null with the error told when the file is no report. One that ends in
/// the middle is told with its shard, which stands at its begin.
report_part_t *report_part_read(const char *path, error_t *error);
void report_part_destroy(report_part_t **self_p);

/// Returns the requirements of all of them, that the caller frees; null when no part tells any.
char *report_part_join_requirements(report_part_t *const *parts, size_t count);

#endif
