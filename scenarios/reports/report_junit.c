// SPDX-License-Identifier: MIT
// JUnit's XML as Jenkins, GitLab and others read it: a testsuite for each directory, in the order in which their first
// stories stand. What a testsuite counts comes before its stories, so these wait in a file without a name.
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "bus/base/text.h"
#include "bus/base/time.h"
#include "scenarios/reports/report_kind.h"

#define LINE_MAX 32768
#define LABEL_WIDTH 10

typedef struct {
    size_t tests, failures, errors;
    int64_t wall_ns;
} counts_t;

typedef struct {
    char *name; // the directory
    counts_t counts;
} suite_t;

typedef struct {
    size_t suite;
    long begin, end; // in the file that waits
} place_t;

typedef struct {
    FILE *out, *waiting;
    suite_t *suites;
    place_t *places; // of each story
    size_t suite_count, place_count;
    counts_t counts;
} junit_report_t;

// ---- XML -----------------------------------------------------------------------------------------------------------

// What XML cannot have at all becomes '?'; in text the ends of lines stay.
static void put_text(FILE *out, const char *text)
{
    for (size_t room = strlen(text), step; room > 0; text += step, room -= step) {
        uint32_t character;
        char bytes[TEXT_CHARACTER_MAX];
        step = text_character(text, room, &character);
        if (step == 0) step = 1, character = '?';
        size_t length = text_put_character(bytes, text_harmless(character));
        if (character == '<' || character == '>' || character == '&' || character == '"')
            fprintf(out, "&#%u;", (unsigned)character);
        else if (character == '\n')
            fputc('\n', out);
        else
            fwrite(bytes, 1, length, out);
    }
}

static void put_attribute(FILE *out, const char *name, const char *value)
{
    fprintf(out, " %s=\"", name);
    put_text(out, value);
    fputc('"', out);
}

// The schema takes no more than three decimals.
static void put_time(FILE *out, int64_t wall_ns)
{
    fprintf(out, " time=\"%" PRId64 ".%03" PRId64 "\"", wall_ns / TIME_S, wall_ns % TIME_S / TIME_MS);
}

static void put_counts(FILE *out, const counts_t *counts)
{
    fprintf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\"", counts->tests, counts->failures, counts->errors);
    put_time(out, counts->wall_ns);
}

// ---- a story -------------------------------------------------------------------------------------------------------

// Jenkins takes what stands before the last dot for a package: scenarios/welcome.json is scenarios.welcome.
static void put_class(FILE *out, const char *file)
{
    size_t length = strlen(file);
    if (length > 5 && strcmp(file + length - 5, ".json") == 0) length -= 5;
    while (length > 0 && (*file == '/' || *file == '.')) file++, length--;
    char *class = strndup(file, length);
    assert(class);
    for (char *c = class; *c; c++)
        if (*c == '/') *c = '.';
    put_attribute(out, "classname", class);
    free(class);
}

static void put_failure(FILE *out, const record_t *record)
{
    char line[LINE_MAX];
    const char *element = record->status == RECORD_FAILED || record->status == RECORD_TIMED_OUT ? "failure" : "error";
    const char *problem = record->problem ? record->problem : record_status_word(record->status);
    size_t first = strcspn(problem, "\n");
    words_t words = words_make(line, sizeof line);
    words_add(&words, "%.*s", (int)first, problem);
    fprintf(out, "      <%s", element);
    put_attribute(out, "type", record_status_word(record->status));
    put_attribute(out, "message", line);
    fputc('>', out);
    words = words_make(line, sizeof line);
    record_add_place(record, &words);
    put_text(out, line);
    put_text(out, problem + first);
    record_detail_t detail;
    for (size_t row = 0; record_next_detail(record, &row, &detail);) {
        fprintf(out, "\n%-*s ", LABEL_WIDTH, detail.label);
        put_text(out, detail.text);
    }
    fprintf(out, "</%s>\n", element);
}

static void put_lines(FILE *out, const record_list_t *lines)
{
    for (size_t i = 0; i < lines->count; i++) {
        put_text(out, lines->items[i]);
        fputc('\n', out);
    }
}

static void put_story(FILE *out, const record_t *record)
{
    bool passed = record->status == RECORD_PASSED;
    bool says = record->idle.count > 0 || (!passed && record->frames.count > 0);
    fputs("    <testcase", out);
    put_attribute(out, "name", record->name);
    put_class(out, record->file);
    put_time(out, record->wall_ns);
    if (passed && !says) {
        fputs("/>\n", out);
        return;
    }
    fputs(">\n", out);
    if (!passed) put_failure(out, record);
    if (says) fputs("      <system-out>", out);
    put_lines(out, &record->idle);
    if (!passed) put_lines(out, &record->frames);
    if (says) fputs("</system-out>\n", out);
    fputs("    </testcase>\n", out);
}

// ---- the report ----------------------------------------------------------------------------------------------------

static void *begin(FILE *out, const report_suite_t *suite, error_t *error)
{
    (void)suite;
    FILE *waiting = tmpfile();
    if (!waiting) {
        error_add(error, "--junit: a temporary file: %s", strerror(errno));
        return NULL;
    }
    junit_report_t *self = calloc(1, sizeof *self);
    assert(self);
    *self = (junit_report_t){.out = out, .waiting = waiting};
    return self;
}

// Mostly that of the story before.
static size_t find_suite(junit_report_t *self, const char *name)
{
    for (size_t i = self->suite_count; i-- > 0;)
        if (strcmp(self->suites[i].name, name) == 0) return i;
    self->suites = realloc(self->suites, (self->suite_count + 1) * sizeof *self->suites);
    assert(self->suites);
    self->suites[self->suite_count] = (suite_t){.name = strdup(name)};
    assert(self->suites[self->suite_count].name);
    return self->suite_count++;
}

static void count(counts_t *counts, const record_t *record)
{
    bool failed = record->status == RECORD_FAILED || record->status == RECORD_TIMED_OUT;
    counts->tests++;
    counts->failures += failed;
    counts->errors += !failed && record->status != RECORD_PASSED;
    counts->wall_ns += record->wall_ns;
}

static void add(void *report, const record_t *record)
{
    junit_report_t *self = report;
    place_t place = {.suite = find_suite(self, record->directory ? record->directory : "."),
                     .begin = ftell(self->waiting)};
    put_story(self->waiting, record);
    place.end = ftell(self->waiting);
    self->places = realloc(self->places, (self->place_count + 1) * sizeof *self->places);
    assert(self->places);
    self->places[self->place_count++] = place;
    count(&self->suites[place.suite].counts, record);
    count(&self->counts, record);
}

static void copy(junit_report_t *self, const place_t *place)
{
    char bytes[BUFSIZ];
    size_t left = (size_t)(place->end - place->begin);
    if (ftell(self->waiting) != place->begin) fseek(self->waiting, place->begin, SEEK_SET);
    while (left > 0) {
        size_t got = fread(bytes, 1, left < sizeof bytes ? left : sizeof bytes, self->waiting);
        if (got == 0) break;
        fwrite(bytes, 1, got, self->out);
        left -= got;
    }
}

static void put_suite(junit_report_t *self, size_t suite)
{
    fputs("  <testsuite", self->out);
    put_attribute(self->out, "name", self->suites[suite].name);
    put_counts(self->out, &self->suites[suite].counts);
    fputs(" skipped=\"0\">\n", self->out);
    for (size_t i = 0; i < self->place_count; i++)
        if (self->places[i].suite == suite) copy(self, &self->places[i]);
    fputs("  </testsuite>\n", self->out);
}

// Why it ends early is an error of a testsuite of its own: nobody is to take such a run for a good one.
static void put_reason(const junit_report_t *self, const char *reason)
{
    fputs("  <testsuite name=\"kmsim\" tests=\"1\" failures=\"0\" errors=\"1\" time=\"0.000\" skipped=\"0\">\n"
          "    <testcase name=\"the whole run\" classname=\"kmsim\" time=\"0.000\">\n      <error type=\"ended "
          "early\"",
          self->out);
    put_attribute(self->out, "message", reason);
    fputs("/>\n    </testcase>\n  </testsuite>\n", self->out);
}

static bool end(void *report, const char *reason)
{
    junit_report_t *self = report;
    if (reason) self->counts.tests++, self->counts.errors++;
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"kmsim\"", self->out);
    put_counts(self->out, &self->counts);
    fputs(">\n", self->out);
    fflush(self->waiting);
    rewind(self->waiting);
    for (size_t i = 0; i < self->suite_count; i++) put_suite(self, i);
    if (reason) put_reason(self, reason);
    fputs("</testsuites>\n", self->out);
    bool good = !ferror(self->waiting);
    if (!good) errno = EIO;
    fclose(self->waiting);
    for (size_t i = 0; i < self->suite_count; i++) free(self->suites[i].name);
    free(self->suites);
    free(self->places);
    free(self);
    return good;
}

const report_kind_t report_junit = {"junit", begin, add, end};
