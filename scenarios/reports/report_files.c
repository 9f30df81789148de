// SPDX-License-Identifier: MIT
#include "scenarios/reports/report_files.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const report_kind_t *kind;
    const char *path;
    FILE *file; // null: not wanted
    void *report;
} report_file_t;

#define KIND_ROW(name, help) &report_##name,
static const report_kind_t *const KINDS[] = {REPORT_KINDS(KIND_ROW)};
#define KIND_COUNT (sizeof KINDS / sizeof KINDS[0])

struct report_files {
    report_file_t files[KIND_COUNT];
};

static bool open_file(report_file_t *self, const report_suite_t *suite, error_t *error)
{
    self->file = fopen(self->path, "we");
    if (!self->file) return error_add(error, "--%s: %s: %s", self->kind->name, self->path, strerror(errno));
    self->report = self->kind->begin(self->file, suite, error);
    return self->report;
}

static bool close_file(report_file_t *self, const char *reason, error_t *error)
{
    if (!self->file) return true;
    errno = 0;
    bool good = !self->report || self->kind->end(self->report, reason);
    good = fflush(self->file) == 0 && !ferror(self->file) && good;
    int why = errno ? errno : EIO;
    if (fclose(self->file) != 0 && good) good = false, why = errno;
    self->file = NULL;
    return good || error_add(error, "--%s: %s: %s", self->kind->name, self->path, strerror(why));
}

report_files_t *report_files_new(const report_paths_t *paths, const report_suite_t *suite, error_t *error)
{
#define PATH_ROW(name, help) paths->name,
    const char *const told[] = {REPORT_KINDS(PATH_ROW)};
#undef PATH_ROW
    report_files_t *self = calloc(1, sizeof *self);
    assert(self);
    bool good = true;
    for (size_t i = 0; i < KIND_COUNT; i++) {
        self->files[i] = (report_file_t){.kind = KINDS[i], .path = told[i]};
        if (told[i]) good = open_file(&self->files[i], suite, error) && good;
    }
    if (!good) report_files_close(&self, "it did not begin", NULL);
    return self;
}

void report_files_add(report_files_t *self, const record_t *record)
{
    for (size_t i = 0; i < KIND_COUNT; i++)
        if (self->files[i].report) self->files[i].kind->add(self->files[i].report, record);
}

bool report_files_close(report_files_t **self_p, const char *reason, error_t *error)
{
    report_files_t *self = *self_p;
    if (!self) return true;
    bool good = true;
    for (size_t i = 0; i < KIND_COUNT; i++) good = close_file(&self->files[i], reason, error) && good;
    free(self);
    *self_p = NULL;
    return good;
}
