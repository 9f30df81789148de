// SPDX-License-Identifier: MIT
// What a pipe and a person get to read.
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/play/report.h"
#include "tests/story_fixture.h"
#include "tests/suite.h"

static garage_t *garage;
static const story_t *story;
static player_verdict_t passed, failed;
static char *text;
static size_t size;
static report_t report;

static void set_up(void)
{
    garage = garage_new();
    story = story_fixture_parse(garage, "", "{'wait': '1 s'}");
    passed = (player_verdict_t){.state = PLAYER_PASSED, .time_ns = TIME_S};
    failed = (player_verdict_t){.state = PLAYER_FAILED,
                                .time_ns = 2104233 * TIME_US,
                                .step = 3,
                                .pointer = "/steps/3/expect",
                                .expected = "expect car unlocked within 1 s",
                                .problem = "not met within 1 s",
                                .seen = "car \"locked\""};
    text = NULL;
}

static void tear_down(void)
{
    free(text);
    story_destroy(&story);
    garage_destroy(&garage);
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
    report_begin(&report, out, true, 2);
}

START_TEST(a_pipe_gets_tap_13)
{
    begin(false, 2);
    report_story(&report, story, 1, NULL, &passed);
    report_line(&report, "%d frames", 7);
    report_story(&report, story, 42, NULL, &failed);
    report_end(&report);
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
    ck_assert_uint_eq(report.passed, 1);
    ck_assert_uint_eq(report.failed, 1);
}
END_TEST

START_TEST(a_trace_that_was_kept_is_told_with_the_failure)
{
    begin(false, 1);
    report_story(&report, story, 1, "a \"b\".log", &failed);
    fclose(report.out);
    ck_assert_ptr_nonnull(strstr(text, "  trace: \"a \\\"b\\\".log\"\n  replay: "));
}
END_TEST

START_TEST(a_trace_that_was_kept_is_told_on_a_terminal_too)
{
    begin(true, 1);
    report_story(&report, story, 1, "a.log", &failed);
    fclose(report.out);
    ck_assert_ptr_nonnull(strstr(text, "        trace      a.log\n        replay     "));
}
END_TEST

START_TEST(a_broken_simulation_bails_out)
{
    begin(false, 1);
    report_broken(&report, story, "seat: process was killed by signal 9\nsecond line");
    fclose(report.out);
    ck_assert_str_eq(text, "TAP version 13\n1..1\nBail out! seat: process was killed by signal 9\n");
}
END_TEST

START_TEST(a_person_gets_a_short_form)
{
    begin(true, 2);
    report_story(&report, story, 1, NULL, &passed);
    report_story(&report, story, 1, NULL, &failed);
    report_end(&report);
    fclose(report.out);
    ck_assert_str_eq(text, "passed  test  (1.000000 s of car)\n"
                           "FAILED  test  (2.104233 s of car)\n"
                           "        test.json: /steps/3/expect at 2.104233 s: not met within 1 s\n"
                           "        expected   expect car unlocked within 1 s\n"
                           "        last seen  car \"locked\"\n"
                           "        replay     kmsim run --in-process --seed 1 test.json\n"
                           "2 stories: FAILED, 1 passed, 1 failed\n");
}
END_TEST

START_TEST(a_terminal_gets_colour_and_one_line_of_progress)
{
    begin_in("xterm", "");
    report_progress(&report, story);
    report_story(&report, story, 1, NULL, &passed);
    fclose(report.out);
    ck_assert_str_eq(text, "\r\033[K\033[?7l1 of 2: test\033[?7h"
                           "\r\033[K\033[32mpassed\033[0m  test  (1.000000 s of car)\n");
}
END_TEST

START_TEST(who_wants_no_colour_keeps_the_progress)
{
    begin_in("xterm", "1");
    report_progress(&report, story);
    report_story(&report, story, 1, NULL, &passed);
    fclose(report.out);
    ck_assert_str_eq(text, "\r\033[K\033[?7l1 of 2: test\033[?7h\r\033[Kpassed  test  (1.000000 s of car)\n");
}
END_TEST

START_TEST(a_dumb_terminal_gets_plain_lines)
{
    begin_in("dumb", "");
    report_progress(&report, story);
    report_story(&report, story, 1, NULL, &passed);
    fclose(report.out);
    ck_assert_str_eq(text, "passed  test  (1.000000 s of car)\n");
}
END_TEST

START_TEST(names_do_not_become_tap_directives)
{
    story_t odd = *story;
    odd.name = "half # SKIP \\ done";
    begin(false, 1);
    report_story(&report, &odd, 1, NULL, &passed);
    fclose(report.out);
    ck_assert_ptr_nonnull(strstr(text, "ok 1 - half \\# SKIP \\\\ done\n"));
}
END_TEST

START_TEST(odd_paths_are_one_word_of_a_shell_and_one_line_of_yaml)
{
    story_t odd = *story;
    odd.path = "it's\t\x01 \"odd\".json";
    begin(false, 1);
    report_story(&report, &odd, 1, NULL, &failed);
    fclose(report.out);
    ck_assert_ptr_nonnull(strstr(text, "  file: \"it's\\x09\\x01 \\\"odd\\\".json\"\n"));
    ck_assert_ptr_nonnull(strstr(text, "--seed 1 'it'\\\\''s\\x09\\x01 \\\"odd\\\".json'\"\n"));
}
END_TEST

int main(void)
{
    const TTest *const TESTS[] = {
        a_pipe_gets_tap_13,
        a_trace_that_was_kept_is_told_with_the_failure,
        a_trace_that_was_kept_is_told_on_a_terminal_too,
        a_broken_simulation_bails_out,
        a_person_gets_a_short_form,
        a_terminal_gets_colour_and_one_line_of_progress,
        who_wants_no_colour_keeps_the_progress,
        a_dumb_terminal_gets_plain_lines,
        names_do_not_become_tap_directives,
        odd_paths_are_one_word_of_a_shell_and_one_line_of_yaml,
    };
    TCase *tcase = tcase_create("report");
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    suite_add_tests(tcase, TESTS, sizeof TESTS / sizeof TESTS[0]);
    return suite_run("report", tcase);
}
