// SPDX-License-Identifier: MIT
// A page for a person: page.html as it stands beside this file, and in it the JSON report. What a story's own view
// needs beside the table, its frames and time line, is left out where the page would become too large with it.
//
//   page.html: … <script type="application/json" id="records">  {"stories": []}  </script> …
//                                                               └── the report ──┘
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/reports/report_kind.h"

#define DATA_BEGIN "id=\"records\">"
#define DATA_END "</script>"
#define DETAILS_MAX (8 << 20) // bytes of frames and time lines, of stories that passed, and of those that did not

// The assembler takes the file as it is, so that a program brings its page along wherever it is installed; the Makefile
// knows that this object depends on it.
__asm__(".pushsection .rodata\n"
        ".type report_html_page, %object\n"
        "report_html_page:\n"
        ".incbin \"scenarios/reports/page.html\"\n"
        ".byte 0\n"
        ".size report_html_page, . - report_html_page\n"
        ".popsection\n");
extern const char report_html_page[] __attribute__((visibility("hidden")));

typedef struct {
    FILE *out, *json; // what the JSON report writes waits in memory until it is copied
    char *text;
    size_t size;
    void *report;
    size_t passed_size, failed_size; // of the details that are in the page
} html_report_t;

// In JSON '<' can only stand in a string, where it may be written as a number: no text ends the element early.
static void copy(html_report_t *self)
{
    fflush(self->json);
    for (const char *text = self->text, *end = text + self->size; text < end;) {
        const char *less = memchr(text, '<', (size_t)(end - text));
        const char *stop = less ? less : end;
        fwrite(text, 1, (size_t)(stop - text), self->out);
        if (less) fputs("\\u003c", self->out);
        text = less ? less + 1 : end;
    }
    rewind(self->json);
}

static const char *data_begin(void)
{
    const char *begin = strstr(report_html_page, DATA_BEGIN);
    assert(begin);
    return begin + strlen(DATA_BEGIN);
}

static void *begin(FILE *out, const report_suite_t *suite, error_t *error)
{
    html_report_t *self = calloc(1, sizeof *self);
    assert(self);
    self->out = out;
    self->json = open_memstream(&self->text, &self->size);
    assert(self->json);
    fwrite(report_html_page, 1, (size_t)(data_begin() - report_html_page), out);
    self->report = report_json.begin(self->json, suite, error);
    copy(self);
    return self;
}

static size_t list_size(const record_list_t *list)
{
    size_t size = 0;
    for (size_t i = 0; i < list->count; i++) size += strlen(list->items[i]);
    return size;
}

static size_t details_size(const record_t *record)
{
    size_t timeline = record->timeline ? strlen(record->timeline) : 0;
    return timeline + list_size(&record->asked) + list_size(&record->frames);
}

// First come, first served: nobody knows how many more there will be, and to keep them all until then takes memory.
static void add(void *report, const record_t *record)
{
    html_report_t *self = report;
    size_t *used = record->status == RECORD_PASSED ? &self->passed_size : &self->failed_size;
    size_t size = details_size(record);
    record_t told = *record;
    if (size > DETAILS_MAX - *used) {
        told.asked = told.frames = (record_list_t){0};
        told.timeline = NULL;
    } else {
        *used += size;
    }
    report_json.add(self->report, &told);
    copy(self);
}

static bool end(void *report, const char *reason)
{
    html_report_t *self = report;
    bool good = report_json.end(self->report, reason);
    copy(self);
    fputs(strstr(data_begin(), DATA_END), self->out);
    fclose(self->json);
    free(self->text);
    free(self);
    return good;
}

const report_kind_t report_html = {"html", begin, add, end};
