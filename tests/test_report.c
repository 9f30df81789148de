// SPDX-License-Identifier: MIT
// What a pipe and a person get to read.
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "bus/base/time.h"
#include "scenarios/reports/report.h"
#include "tests/suite.h"

static record_t *passed, *failed;
static char *text;
static size_t size;
static report_t report;

static record_t *make(record_status_t status)
{
    record_t *record = record_new();
    record->status = status;
    record_set(&record->file, "test.json");
    record_set(&record->name, "test");
    return record;
}

static void set_up(void)
{
    passed = make(RECORD_PASSED);
    passed->virtual_ns = TIME_S;
    failed = make(RECORD_FAILED);
    failed->virtual_ns = 2104233 * TIME_US;
    failed->step = 3;
    record_set(&failed->pointer, "/steps/3/expect");
    record_set(&failed->expected, "expect car unlocked within 1 s");
    record_set(&failed->problem, "not met within 1 s");
    record_set(&failed->seen, "car \"locked\"");
    record_set(&failed->replay, "kmsim run --in-process --seed 42 test.json");
    text = NULL;
}

static void tear_down(void)
{
    free(text);
    record_destroy(&passed);
    record_destroy(&failed);
}

static void begin(bool terminal, size_t total)
{
    setenv("TERM", "dumb", 1);
    FILE *out = open_memstream(&text, &size);
    report_begin(&report, out, terminal, total);
}

static void begin_in(const char *kind, const char *no_colour)
{
    setenv("TERM", kind, 1);
    setenv("NO_COLOR", no_colour, 1);
    FILE *out = open_memstream(&text, &size);
    report_begin(&report, out, true, 40);
}

START_TEST(a_pipe_gets_tap_13)
{
    begin(false, 2);
    report_record(&report, passed);
    report_line(&report, "%d frames", 7);
    report_record(&report, failed);
    report_end(&report, NULL);
    fclose(report.out);
    ck_assert_str_eq(text, "TAP version 13\n"
                           "1..2\n"
                           "ok 1 - test\n"
                           "# 7 frames\n"
                           "not ok 2 - test\n"
                           "  ---\n"
                           "  message: \"not met within 1 s\"\n"
                           "  severity: fail\n"
                           "  file: \"test.json\"\n"
                           "  step: 3\n"
                           "  pointer: \"/steps/3/expect\"\n"
                           "  time: \"2.104233 s\"\n"
                           "  expected: \"expect car unlocked within 1 s\"\n"
                           "  last_seen: \"car \\\"locked\\\"\"\n"
                           "  replay: \"kmsim run --in-process --seed 42 test.json\"\n"
                           "  ...\n");
    ck_assert_uint_eq(report.counts.counts[RECORD_PASSED], 1);
    ck_assert_uint_eq(report.counts.counts[RECORD_FAILED], 1);
}
END_TEST

START_TEST(a_trace_that_was_kept_is_told_with_the_failure)
{
    begin(false, 1);
    record_set(&failed->trace, "a \"b\".log");
    report_record(&report, failed);
    fclose(report.out);
    ck_assert_ptr_nonnull(strstr(text, "  trace: \"a \\\"b\\\".log\"\n  replay: "));
}
END_TEST

START_TEST(a_trace_that_was_kept_is_told_on_a_terminal_too)
{
    begin(true, 1);
    record_set(&failed->trace, "a.log");
    report_record(&report, failed);
    fclose(report.out);
    ck_assert_ptr_nonnull(strstr(text, "        trace      a.log\n        replay     "));
}
END_TEST

static void finish(void)
{
    fclose(report.out);
}

START_TEST(a_watch_that_saw_nothing_is_told_with_its_story)
{
    static const char WATCH[] = "test.json:3:5: /steps/1/never: watched 0 frames";
    begin(false, 1);
    record_list_add(&passed->idle, WATCH);
    report_record(&report, passed);
    finish();
    ck_assert_str_eq(text, "TAP version 13\n1..1\n"
                           "# test.json:3:5: /steps/1/never: watched 0 frames\n"
                           "ok 1 - test\n");
    free(text);
    begin(true, 1);
    report_record(&report, passed);
    finish();
    ck_assert_str_eq(text, "passed  test  (1.000000 s of car)\n"
                           "        test.json:3:5: /steps/1/never: watched 0 frames\n");
}
END_TEST

START_TEST(the_line_that_failed_is_told_and_by_whom_it_is_used)
{
    begin(false, 1);
    record_set(&failed->place, "steps/a.json:1:12: /steps/0/expect, used in test.json:5:3: /steps/3/use");
    report_record(&report, failed);
    fclose(report.out);
    ck_assert_ptr_nonnull(
        strstr(text, "  place: \"steps/a.json:1:12: /steps/0/expect, used in test.json:5:3: /steps/3/use\"\n"));
}
END_TEST

START_TEST(a_broken_simulation_is_told_and_bails_out)
{
    begin(false, 2);
    record_t *broken = make(RECORD_BROKEN);
    record_set(&broken->problem, "seat: process was killed by signal 9\nsecond line");
    report_record(&report, broken);
    report_end(&report, broken->problem);
    record_destroy(&broken);
    fclose(report.out);
    ck_assert_str_eq(text, "TAP version 13\n1..2\n"
                           "not ok 1 - test\n"
                           "  ---\n"
                           "  message: \"seat: process was killed by signal 9\\x0Asecond line\"\n"
                           "  severity: error\n"
                           "  file: \"test.json\"\n"
                           "  ...\n"
                           "Bail out! seat: process was killed by signal 9\n");
}
END_TEST

START_TEST(a_run_that_ends_early_says_how_far_it_came)
{
    begin(true, 5);
    report_record(&report, passed);
    report_end(&report, "interrupted by signal 2");
    fclose(report.out);
    ck_assert_str_eq(text, "passed  test  (1.000000 s of car)\n1 of 5 stories: FAILED, 1 passed\n");
}
END_TEST

START_TEST(each_kind_of_end_is_counted_by_its_word)
{
    begin(true, 3);
    record_t *late = make(RECORD_TIMED_OUT), *invalid = make(RECORD_INVALID);
    record_set(&invalid->problem, "test.json: /steps: not there\ntest.json: /name: not there");
    report_record(&report, passed);
    report_record(&report, late);
    report_record(&report, invalid);
    report_end(&report, NULL);
    record_destroy(&late);
    record_destroy(&invalid);
    fclose(report.out);
    ck_assert_str_eq(text, "passed  test  (1.000000 s of car)\n"
                           "TIMED OUT  test\n        test.json: timed out\n"
                           "INVALID  test\n        test.json: /steps: not there\n"
                           "3 stories: FAILED, 1 passed, 1 timed out, 1 invalid\n");
}
END_TEST

START_TEST(a_person_gets_a_short_form)
{
    begin(true, 2);
    report_record(&report, passed);
    report_record(&report, failed);
    report_end(&report, NULL);
    fclose(report.out);
    ck_assert_str_eq(text, "passed  test  (1.000000 s of car)\n"
                           "FAILED  test  (2.104233 s of car)\n"
                           "        test.json: /steps/3/expect at 2.104233 s: not met within 1 s\n"
                           "        expected   expect car unlocked within 1 s\n"
                           "        last seen  car \"locked\"\n"
                           "        replay     kmsim run --in-process --seed 42 test.json\n"
                           "2 stories: FAILED, 1 passed, 1 failed\n");
}
END_TEST

START_TEST(a_terminal_gets_colour_and_one_line_of_progress)
{
    begin_in("xterm", "");
    report_progress(&report, &(report_progress_t){.name = "test"});
    report_progress(&report, &(report_progress_t){.done = 10, .failed = 2, .wall_ns = 5 * TIME_S, .name = "next"});
    report_record(&report, passed);
    fclose(report.out);
    ck_assert_str_eq(text, "\r\033[K\033[?7l[--------------------] 0 of 40: test\033[?7h"
                           "\r\033[K\033[?7l[#####---------------] 10 of 40, 2 failed, 15 s left: next\033[?7h"
                           "\r\033[K\033[32mpassed\033[0m  test  (1.000000 s of car)\n");
}
END_TEST

START_TEST(time_left_is_told_in_minutes_when_it_is_long)
{
    begin_in("xterm", "1");
    report_progress(&report, &(report_progress_t){.done = 20, .wall_ns = 600 * TIME_S, .name = "test"});
    fclose(report.out);
    ck_assert_str_eq(text, "\r\033[K\033[?7l[##########----------] 20 of 40, 10 min left: test\033[?7h");
}
END_TEST

START_TEST(who_wants_no_colour_keeps_the_progress)
{
    begin_in("xterm", "1");
    report_progress(&report, &(report_progress_t){.name = "test"});
    report_record(&report, passed);
    fclose(report.out);
    ck_assert_str_eq(text, "\r\033[K\033[?7l[--------------------] 0 of 40: test\033[?7h"
                           "\r\033[Kpassed  test  (1.000000 s of car)\n");
}
END_TEST

START_TEST(a_dumb_terminal_gets_plain_lines)
{
    begin_in("dumb", "");
    report_progress(&report, &(report_progress_t){.name = "test"});
    report_record(&report, passed);
    fclose(report.out);
    ck_assert_str_eq(text, "passed  test  (1.000000 s of car)\n");
}
END_TEST

START_TEST(names_do_not_become_tap_directives)
{
    record_set(&passed->name, "half # SKIP \\ done");
    begin(false, 1);
    report_record(&report, passed);
    fclose(report.out);
    ck_assert_ptr_nonnull(strstr(text, "ok 1 - half \\# SKIP \\\\ done\n"));
}
END_TEST

START_TEST(odd_paths_are_one_line_of_yaml)
{
    record_set(&failed->file, "it's\t\x01 \"odd\".json");
    begin(false, 1);
    report_record(&report, failed);
    fclose(report.out);
    ck_assert_ptr_nonnull(strstr(text, "  file: \"it's\\x09\\x01 \\\"odd\\\".json\"\n"));
}
END_TEST

int main(void)
{
    const TTest *const TESTS[] = {
        a_pipe_gets_tap_13,
        a_trace_that_was_kept_is_told_with_the_failure,
        a_trace_that_was_kept_is_told_on_a_terminal_too,
        a_watch_that_saw_nothing_is_told_with_its_story,
        the_line_that_failed_is_told_and_by_whom_it_is_used,
        a_broken_simulation_is_told_and_bails_out,
        a_run_that_ends_early_says_how_far_it_came,
        each_kind_of_end_is_counted_by_its_word,
        a_person_gets_a_short_form,
        a_terminal_gets_colour_and_one_line_of_progress,
        time_left_is_told_in_minutes_when_it_is_long,
        who_wants_no_colour_keeps_the_progress,
        a_dumb_terminal_gets_plain_lines,
        names_do_not_become_tap_directives,
        odd_paths_are_one_line_of_yaml,
    };
    TCase *tcase = tcase_create("report");
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    suite_add_tests(tcase, TESTS, sizeof TESTS / sizeof TESTS[0]);
    return suite_run("report", tcase);
}
