// SPDX-License-Identifier: MIT
// The page: its own text around the JSON report, whatever stories say, and never too large.
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/reports/report_kind.h"
#include "tests/suite.h"

#define DATA "id=\"records\">"
#define LARGE (3 << 20) // three of it are too many

static const report_suite_t SUITE = {.count = 3, .digest = 0xABC};
static record_t *record;
static FILE *out;
static char *text, *json;
static size_t size;

static void set_up(void)
{
    record = record_new();
    record_set(&record->file, "a.json");
    record_set(&record->name, "a");
    text = json = NULL;
}

static void tear_down(void)
{
    record_destroy(&record);
    free(text);
    free(json);
}

static void *begin(const report_kind_t *kind, char **told)
{
    error_t error;
    error_clear(&error);
    out = open_memstream(told, &size);
    void *report = kind->begin(out, &SUITE, &error);
    ck_assert_ptr_nonnull(report);
    return report;
}

static void end(const report_kind_t *kind, void *report, const char *reason)
{
    ck_assert(kind->end(report, reason));
    fclose(out);
}

// Between the tags, as what reads the page sees it.
static char *data_of(const char *page)
{
    const char *first = strstr(page, DATA);
    ck_assert_ptr_nonnull(first);
    first += strlen(DATA);
    return strndup(first, strcspn(first, "<"));
}

static void ck_assert_data_is_json(void)
{
    char *data = data_of(text), *out_of = data, *into = data;
    while (*out_of) {
        bool less = strncmp(out_of, "\\u003c", 6) == 0;
        *into++ = less ? '<' : *out_of;
        out_of += less ? 6 : 1;
    }
    *into = '\0';
    ck_assert_str_eq(data, json);
    free(data);
}

static void tell(const report_kind_t *kind, char **told, const char *reason)
{
    void *report = begin(kind, told);
    for (int i = 0; i < 3; i++) kind->add(report, record);
    end(kind, report, reason);
}

START_TEST(a_page_is_the_json_report_in_a_page)
{
    record_set(&record->timeline, "{\"steps\":[]}");
    tell(&report_html, &text, NULL);
    tell(&report_json, &json, NULL);
    ck_assert_int_eq(strncmp(text, "<!DOCTYPE html>", 15), 0);
    ck_assert_str_eq(text + strlen(text) - 8, "</html>\n");
    ck_assert_data_is_json();
}
END_TEST

START_TEST(why_it_ended_early_is_in_it)
{
    tell(&report_html, &text, "</script> came");
    tell(&report_json, &json, "</script> came");
    ck_assert_data_is_json();
}
END_TEST

START_TEST(no_text_of_a_story_ends_its_data)
{
    record_set(&record->name, "</script><script>f()</script><!--<script>");
    record_list_add(&record->frames, "<b>");
    tell(&report_html, &text, NULL);
    tell(&report_json, &json, NULL);
    ck_assert_data_is_json();
    ck_assert_ptr_null(strstr(text, "f()</script><!--"));
}
END_TEST

static size_t count_timelines(void)
{
    size_t count = 0;
    for (const char *found = text; (found = strstr(found, "\"large\"")); found++) count++;
    return count;
}

// Of three that passed and two that failed: two and two, so that one kind takes no room from the other.
START_TEST(time_lines_for_which_there_is_no_room_are_left_out)
{
    char *large = malloc(LARGE + 32);
    memset(large, ' ', LARGE + 32);
    memcpy(large, "{\"large\":\"", 10);
    memset(large + 10, 'x', LARGE);
    memcpy(large + 10 + LARGE, "\"}", 3);
    record_set(&record->timeline, large);
    void *report = begin(&report_html, &text);
    for (int i = 0; i < 3; i++) report_html.add(report, record);
    record->status = RECORD_FAILED;
    for (int i = 0; i < 2; i++) report_html.add(report, record);
    record_set(&record->timeline, "{\"steps\":[],\"large\":1}"); // for that there is room
    report_html.add(report, record);
    end(&report_html, report, NULL);
    free(large);
    ck_assert_uint_eq(count_timelines(), 5);
    ck_assert_ptr_nonnull(strstr(text, "\"passed\":3,\"failed\":3"));
    ck_assert_ptr_nonnull(record->timeline);
}
END_TEST

int main(void)
{
    const TTest *const TESTS[] = {
        a_page_is_the_json_report_in_a_page,
        why_it_ended_early_is_in_it,
        no_text_of_a_story_ends_its_data,
        time_lines_for_which_there_is_no_room_are_left_out,
    };
    TCase *tcase = tcase_create("report_html");
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    suite_add_tests(tcase, TESTS, sizeof TESTS / sizeof TESTS[0]);
    return suite_run("report_html", tcase);
}
