// SPDX-License-Identifier: MIT
#include "scenarios/reports/report.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "bus/base/time.h"

#define RED "31"
#define GREEN "32"
#define CLEAR_LINE "\r\033[K"
#define WRAP_OFF "\033[?7l" // what is longer than the terminal's line would not be cleared with it
#define WRAP_ON "\033[?7h"
#define BAR_WIDTH 20
#define LABEL_WIDTH 10
#define LINE_MAX 32768

// ---- parts ---------------------------------------------------------------------------------------------------------

static void put_coloured(const report_t *self, const char *colour, const char *text)
{
    if (self->colour)
        fprintf(self->out, "\033[%sm%s\033[0m", colour, text);
    else
        fputs(text, self->out);
}

// In a TAP description '#' begins a directive and '\' escapes.
static void put_description(FILE *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '#' || *text == '\\') fputc('\\', out);
        fputc(*text, out);
    }
}

// A YAML scalar in double quotes; a path may have any byte but 0.
static void put_scalar(FILE *out, const char *text)
{
    fputc('"', out);
    for (; *text; text++) {
        unsigned char byte = (unsigned char)*text;
        if (byte == '"' || byte == '\\') fputc('\\', out);
        if (byte < ' ' || byte == 0x7F)
            fprintf(out, "\\x%02X", byte);
        else
            fputc(byte, out);
    }
    fputs("\"\n", out);
}

static void put_yaml(FILE *out, const char *name, const char *text)
{
    fprintf(out, "  %s: ", name);
    put_scalar(out, text);
}

static void put_list(FILE *out, const char *name, const record_list_t *list)
{
    if (list->count > 0) fprintf(out, "  %s:\n", name);
    for (size_t i = 0; i < list->count; i++) {
        fputs("    - ", out);
        put_scalar(out, list->items[i]);
    }
}

size_t report_counted(const report_counts_t *counts)
{
    size_t sum = 0;
    for (size_t i = 0; i < RECORD_STATUS_COUNT; i++) sum += counts->counts[i];
    return sum;
}

// ---- TAP -----------------------------------------------------------------------------------------------------------

static void put_diagnostics(const report_t *self, const record_t *record)
{
    char time[TIME_TEXT_MAX];
    bool judged = record->status == RECORD_FAILED;
    fputs("  ---\n", self->out);
    put_yaml(self->out, "message", record->problem ? record->problem : record_status_word(record->status));
    fprintf(self->out, "  severity: %s\n", judged ? "fail" : "error");
    put_yaml(self->out, "file", record->file);
    if (record->pointer) {
        fprintf(self->out, "  step: %" PRId64 "\n", record->step);
        put_yaml(self->out, "pointer", record->pointer);
        fprintf(self->out, "  time: \"%s s\"\n", time_format(record->virtual_ns, time));
    }
    record_detail_t detail;
    for (size_t row = 0; record_next_detail(record, &row, &detail);) put_yaml(self->out, detail.key, detail.text);
    put_list(self->out, "frames", &record->asked);
    fputs("  ...\n", self->out);
}

static void put_tap(const report_t *self, const record_t *record)
{
    bool passed = record->status == RECORD_PASSED;
    for (size_t i = 0; i < record->idle.count; i++) fprintf(self->out, "# %s\n", record->idle.items[i]);
    fprintf(self->out, "%s %zu - ", passed ? "ok" : "not ok", report_counted(&self->counts));
    put_description(self->out, record->name);
    fputc('\n', self->out);
    if (!passed) put_diagnostics(self, record);
}

// ---- terminal ------------------------------------------------------------------------------------------------------

static const char *const PERSON_WORDS[RECORD_STATUS_COUNT] = {
    [RECORD_PASSED] = "passed",   [RECORD_FAILED] = "FAILED", [RECORD_TIMED_OUT] = "TIMED OUT",
    [RECORD_INVALID] = "INVALID", [RECORD_BROKEN] = "BROKEN", [RECORD_INTERRUPTED] = "INTERRUPTED",
};

static void put_person(const report_t *self, const record_t *record)
{
    char time[TIME_TEXT_MAX], line[LINE_MAX];
    bool passed = record->status == RECORD_PASSED, judged = passed || record->status == RECORD_FAILED;
    report_pause(self);
    put_coloured(self, passed ? GREEN : RED, PERSON_WORDS[record->status]);
    fprintf(self->out, "  %s", record->name);
    if (judged) fprintf(self->out, "  (%s s of car)", time_format(record->virtual_ns, time));
    fputc('\n', self->out);
    for (size_t i = 0; i < record->idle.count; i++) fprintf(self->out, "        %s\n", record->idle.items[i]);
    if (passed) return;
    words_t words = words_make(line, sizeof line);
    record_add_place(record, &words);
    fprintf(self->out, "        %s\n", line);
    record_detail_t detail;
    for (size_t row = 0; record_next_detail(record, &row, &detail);)
        fprintf(self->out, "        %-*s %s\n", LABEL_WIDTH, detail.label, detail.text);
    for (size_t i = 0; i < record->asked.count; i++)
        fprintf(self->out, "        %-*s %s\n", LABEL_WIDTH, i == 0 ? "frames" : "", record->asked.items[i]);
}

static void put_counts(const report_t *self)
{
    const char *separator = "";
    for (int i = 0; i < RECORD_STATUS_COUNT; i++) {
        if (self->counts.counts[i] == 0 && i != RECORD_PASSED) continue;
        fprintf(self->out, "%s%zu %s", separator, self->counts.counts[i], record_status_word((record_status_t)i));
        separator = ", ";
    }
}

static void put_summary(const report_t *self, const char *reason)
{
    size_t told = report_counted(&self->counts);
    bool good = told == self->counts.counts[RECORD_PASSED] && !reason;
    report_pause(self);
    if (told != self->total) fprintf(self->out, "%zu of ", told);
    fprintf(self->out, "%zu %s: ", self->total, self->total == 1 ? "story" : "stories");
    put_coloured(self, good ? GREEN : RED, good ? "passed" : "FAILED");
    if (!good) {
        fputs(", ", self->out);
        put_counts(self);
    }
    fputc('\n', self->out);
}

// ---- progress ------------------------------------------------------------------------------------------------------

static void put_left(const report_t *self, const report_progress_t *progress)
{
    if (progress->done == 0) return;
    double left_s =
        (double)progress->wall_ns / TIME_S * (double)(self->total - progress->done) / (double)progress->done;
    if (left_s < 90)
        fprintf(self->out, ", %.0f s left", left_s);
    else
        fprintf(self->out, ", %.0f min left", left_s / 60);
}

void report_progress(const report_t *self, const report_progress_t *progress)
{
    if (!self->progress || self->total == 0) return;
    size_t filled = progress->done * BAR_WIDTH / self->total;
    fputs(CLEAR_LINE WRAP_OFF "[", self->out);
    for (size_t i = 0; i < BAR_WIDTH; i++) fputc(i < filled ? '#' : '-', self->out);
    fprintf(self->out, "] %zu of %zu", progress->done, self->total);
    if (progress->failed > 0) fprintf(self->out, ", %zu failed", progress->failed);
    put_left(self, progress);
    fprintf(self->out, ": %s" WRAP_ON, progress->name);
    fflush(self->out);
}

void report_pause(const report_t *self)
{
    fputs(self->progress ? CLEAR_LINE : "", self->out);
}

// ---- the report ----------------------------------------------------------------------------------------------------

void report_begin(report_t *self, FILE *out, bool terminal, size_t total)
{
    const char *no_colour = getenv("NO_COLOR"), *kind = getenv("TERM");
    *self = (report_t){.out = out, .terminal = terminal, .total = total};
    self->progress = terminal && kind && *kind && strcmp(kind, "dumb") != 0;
    self->colour = self->progress && !(no_colour && *no_colour);
    if (!terminal) fprintf(out, "TAP version 13\n1..%zu\n", total);
}

void report_record(report_t *self, const record_t *record)
{
    self->counts.counts[record->status]++;
    if (self->terminal)
        put_person(self, record);
    else
        put_tap(self, record);
    fflush(self->out);
}

void report_line(const report_t *self, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs(self->terminal ? "" : "# ", self->out);
    vfprintf(self->out, format, arguments);
    fputc('\n', self->out);
    va_end(arguments);
}

void report_end(const report_t *self, const char *reason)
{
    if (self->terminal)
        put_summary(self, reason);
    else if (reason)
        fprintf(self->out, "Bail out! %.*s\n", (int)strcspn(reason, "\n"), reason);
    fflush(self->out);
}
