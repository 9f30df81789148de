// SPDX-License-Identifier: MIT
// The reports of a run that are written into files, as its options tell.
#ifndef KMSIM_SCENARIOS_REPORTS_REPORT_FILES_H
#define KMSIM_SCENARIOS_REPORTS_REPORT_FILES_H

#include "scenarios/reports/report_kind.h"

typedef struct { // by kind; null: not wanted
#define REPORT_PATH_ROW(name, help) const char *name;
    REPORT_KINDS(REPORT_PATH_ROW)
#undef REPORT_PATH_ROW
} report_paths_t;

typedef struct report_files report_files_t;

/// Opens the files, whose old content is gone, and returns new reports that the caller closes; null with the error told
/// when one cannot be written. The paths are borrowed.
report_files_t *report_files_new(const report_paths_t *paths, const report_suite_t *suite, error_t *error);

/// The next record, in the order of the stories.
void report_files_add(report_files_t *self, const record_t *record);

/// Completes and destroys the reports; reason: why they end before all stories were told, null: they do not. False with
/// the error told for each that could not be written.
bool report_files_close(report_files_t **self_p, const char *reason, error_t *error);

#endif
