// SPDX-License-Identifier: MIT
#include "tools/kmsim_merge.h"

#include <assert.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bus/zmq/process.h"
#include "scenarios/reports/report.h"
#include "scenarios/reports/report_files.h"
#include "scenarios/reports/report_part.h"
#include "tools/kmsim_command.h"

typedef struct {
    report_paths_t reports;
} told_t;

typedef struct {
    size_t part_count, count;
    report_part_t **parts;
    record_t **records; // the parts', in the order of the suite
    report_suite_t suite;
    error_t missing; // parts that there are not, or that ended early: a line each
} merge_t;

#define REPORT_OPTION(name, help) {#name, 0, "FILE", OPTION_TEXT, offsetof(told_t, reports.name), help},

static const option_t OPTIONS[] = {REPORT_KINDS(REPORT_OPTION)};

static const command_t MERGE = {
    "kmsim merge [OPTION...] REPORT...",
    "Joins reports that kmsim run --json has written, of the shards of a suite or of several runs, and reports all "
    "their\nstories as one run would have. A shard that is missing or was not played to its end is told by its number.",
    OPTIONS,
    sizeof OPTIONS / sizeof OPTIONS[0],
    "Exit status: that of the run; 2 also when the reports are of different suites, 3 also when a shard is missing.",
};

// ---- reading -------------------------------------------------------------------------------------------------------

// What has no end, or is not there, is missing like any other; what is no report at all is a mistake.
static void read_parts(merge_t *self, char **paths, int count)
{
    self->parts = calloc((size_t)count, sizeof(report_part_t *));
    assert(self->parts);
    for (int i = 0; i < count && !process_interrupted(); i++) {
        report_part_t *part = report_part_read(paths[i], &self->missing);
        if (part) self->parts[self->part_count++] = part;
    }
}

static bool is_of_one_suite(const report_suite_t *a, const report_suite_t *b)
{
    return a->count == b->count && a->digest == b->digest && a->shards == b->shards;
}

static bool check_parts(const merge_t *self, error_t *error)
{
    const report_part_t *first = self->parts[0];
    for (size_t i = 1; i < self->part_count; i++) {
        const report_part_t *part = self->parts[i];
        if (first->suite.shards == 0 && part->suite.shards == 0) continue; // runs of whatever one likes
        if (!is_of_one_suite(&first->suite, &part->suite))
            error_add(error, "%s and %s are not of the same suite", first->path, part->path);
        for (size_t j = 0; j < i; j++)
            if (self->parts[j]->suite.shard == part->suite.shard)
                error_add(error, "shard %d/%d is there twice: %s and %s", part->suite.shard, part->suite.shards,
                          self->parts[j]->path, part->path);
    }
    return error->count == 0;
}

// ---- joining -------------------------------------------------------------------------------------------------------

static bool has_shard(const merge_t *self, int shard)
{
    for (size_t i = 0; i < self->part_count; i++)
        if (self->parts[i]->suite.shard == shard) return true;
    return false;
}

static void find_missing(merge_t *self)
{
    const report_suite_t *suite = &self->parts[0]->suite;
    for (int shard = 1; shard <= suite->shards; shard++)
        if (!has_shard(self, shard)) error_add(&self->missing, "shard %d/%d is missing", shard, suite->shards);
    for (size_t i = 0; i < self->part_count; i++) {
        const report_part_t *part = self->parts[i];
        if (!part->reason) continue;
        if (suite->shards > 0)
            error_add(&self->missing, "shard %d/%d ended early: %s", part->suite.shard, suite->shards, part->reason);
        else
            error_add(&self->missing, "%s: ended early: %s", part->path, part->reason);
    }
}

static int by_number(const void *a, const void *b)
{
    const record_t *const *first = a, *const *second = b;
    return (*first)->number < (*second)->number ? -1 : (*first)->number > (*second)->number;
}

// Shards know where their stories stand; what several runs have played stands one behind the other.
static void join(merge_t *self)
{
    bool shards = self->parts[0]->suite.shards > 0;
    for (size_t i = 0; i < self->part_count; i++) self->count += self->parts[i]->count;
    self->records = calloc(self->count + 1, sizeof(record_t *));
    assert(self->records);
    for (size_t i = 0, next = 0; i < self->part_count; i++)
        for (size_t j = 0; j < self->parts[i]->count; j++) {
            self->records[next++] = self->parts[i]->records[j];
            if (!shards && self->part_count > 1) self->records[next - 1]->number = (int64_t)next;
        }
    qsort(self->records, self->count, sizeof(record_t *), by_number);
    self->suite = self->parts[0]->suite;
    self->suite.shard = self->suite.shards = 0;
    if (!shards && self->part_count > 1) self->suite = (report_suite_t){.count = self->count};
    self->suite.requirements = report_part_join_requirements(self->parts, self->part_count);
}

// ---- reporting -----------------------------------------------------------------------------------------------------

static int status_of(const merge_t *self, const report_t *report)
{
    const size_t *counts = report->counts.counts;
    if (process_interrupted()) return EXIT_SIGNAL + process_interrupted();
    if (self->missing.count > 0 || counts[RECORD_BROKEN] > 0) return EXIT_BROKEN;
    if (counts[RECORD_INVALID] > 0) return EXIT_WRONG;
    return counts[RECORD_FAILED] + counts[RECORD_TIMED_OUT] > 0 ? EXIT_FAILED : EXIT_PASSED;
}

static int report_all(merge_t *self, const report_paths_t *paths)
{
    error_t error;
    error_clear(&error);
    report_files_t *files = report_files_new(paths, &self->suite, &error);
    if (!files) return kmsim_wrong(error.text);
    report_t report;
    report_begin(&report, stdout, isatty(STDOUT_FILENO), self->suite.count);
    for (size_t i = 0; i < self->count && !process_interrupted(); i++) {
        kmsim_wait_for_reader(&report);
        report_record(&report, self->records[i]);
        report_files_add(files, self->records[i]);
    }
    if (process_interrupted()) error_add(&self->missing, "interrupted by signal %d", process_interrupted());
    const char *reason = self->missing.count > 0 ? self->missing.text : NULL;
    if (reason && process_interrupted() != SIGPIPE) fprintf(stderr, "kmsim: %s\n", reason);
    kmsim_wait_for_reader(&report);
    report_end(&report, reason);
    int status = status_of(self, &report);
    if (report_files_close(&files, reason, &error)) return status;
    fprintf(stderr, "kmsim: %s\n", error.text);
    return status < EXIT_BROKEN ? EXIT_BROKEN : status;
}

static int merge_parts(merge_t *self, const report_paths_t *paths)
{
    error_t error;
    error_clear(&error);
    if (process_interrupted()) { // before anything could be joined
        fprintf(stderr, "kmsim: interrupted by signal %d\n", process_interrupted());
        return EXIT_SIGNAL + process_interrupted();
    }
    if (self->part_count == 0) return kmsim_wrong(self->missing.text);
    if (!check_parts(self, &error)) return kmsim_wrong(error.text);
    find_missing(self);
    join(self);
    return report_all(self, paths);
}

int kmsim_merge(int count, char **arguments)
{
    told_t told = {0};
    int operand_count, status;
    if (!kmsim_take_arguments(&MERGE, count, arguments, &told, &operand_count, &status)) return status;
    if (operand_count == 0) return kmsim_wrong("merge: no report; see kmsim merge --help");
    process_catch_signals();
    merge_t self = {0};
    read_parts(&self, arguments, operand_count);
    status = merge_parts(&self, &told.reports);
    for (size_t i = 0; i < self.part_count; i++) report_part_destroy(&self.parts[i]);
    free(self.parts);
    free(self.records);
    free(self.suite.requirements);
    return status;
}
