// SPDX-License-Identifier: MIT
// The workshop's verbs and the condition on fault memory, told to the real car (in-process): what passes, what fails,
// and in which words. Runs from the root of the tree.
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/story_fixture.h"
#include "tools/kmsim_run.h"

static player_verdict_t verdict;

static void play(const char *steps)
{
    kmsim_run_options_t options = {.in_process = true};
    report_t report = {.out = stdout};
    error_t error;
    error_clear(&error);
    garage_t *garage = garage_new();
    const story_t *story = story_fixture_parse(garage, "", steps);
    ck_assert_msg(kmsim_run_story(&options, story, &report, &verdict, &error), "%s", error.text);
    story_destroy(&story);
    garage_destroy(&garage);
}

static void passes(const char *steps)
{
    play(steps);
    ck_assert_msg(verdict.state == PLAYER_PASSED, "%s: %s, expected %s, seen %s", verdict.pointer, verdict.problem,
                  verdict.expected, verdict.seen);
}

static void fails(const char *steps, size_t step, const char *problem)
{
    play(steps);
    ck_assert_int_eq(verdict.state, PLAYER_FAILED);
    ck_assert_uint_eq(verdict.step, step);
    ck_assert_str_eq(verdict.problem, problem);
}

// ---- service and cip -----------------------------------------------------------------------------------------------

START_TEST(a_service_function_is_done_when_its_answer_has_come)
{
    passes("{'at': '1 s', 'service': {'function': 'block_key', 'key': 2}}");
    ck_assert_int_gt(verdict.time_ns, TIME_S + 10 * TIME_MS);
    ck_assert_int_lt(verdict.time_ns, TIME_S + 100 * TIME_MS);
}
END_TEST

START_TEST(a_step_of_the_first_instant_is_served_too)
{
    passes("{'service': {'function': 'block_key', 'key': 2}}");
}
END_TEST

START_TEST(the_session_is_closed_afterwards_so_that_the_buses_sleep)
{
    passes("{'at': '1 s', 'service': {'function': 'block_key', 'key': 2}},"
           "{'after': '31 s', 'never': {'frame': '???#*'}, 'for': '1 min'}");
    passes("{'at': '1 s', 'service': {'function': 'block_key', 'key': 9, 'refused': 'requestOutOfRange'}},"
           "{'after': '31 s', 'never': {'frame': '???#*'}, 'for': '1 min'}");
}
END_TEST

START_TEST(an_unexpected_refusal_fails_the_step_and_is_named)
{
    fails("{'wait': '1 s'}, {'service': {'function': 'block_key', 'key': 9}}", 1, "refused with requestOutOfRange");
    ck_assert_str_eq(verdict.pointer, "/steps/1/service");
    ck_assert_str_eq(verdict.expected, "service block_key key 9");
    ck_assert_str_eq(verdict.seen, "31 01 DC 73 08 01 was answered by 7F 31 31 (requestOutOfRange)");
}
END_TEST

START_TEST(another_refusal_than_the_expected_one_fails_the_step)
{
    fails("{'service': {'function': 'set_personalization', 'key': 1, 'personalization': 257, "
          "'refused': 'conditionsNotCorrect'}}",
          0, "refused with requestOutOfRange, not with conditionsNotCorrect");
    ck_assert_str_eq(verdict.expected,
                     "service set_personalization key 1 personalization 257, refused with conditionsNotCorrect");
}
END_TEST

START_TEST(what_should_be_refused_and_is_not_fails_the_step)
{
    fails("{'service': {'function': 'block_key', 'key': 1, 'refused': 'conditionsNotCorrect'}}", 0,
          "accepted, not refused with conditionsNotCorrect");
    fails("{'cip': {'ecu': 'mirror', 'profile': 1, 'settings': {}, 'refused': 'requestOutOfRange'}}", 0,
          "accepted, not refused with requestOutOfRange");
}
END_TEST

START_TEST(a_unit_without_power_gives_no_answer)
{
    fails("{'power': {'ecu': 'cas', 'state': 'off'}}, {'service': {'function': 'block_key', 'key': 1}}", 1,
          "no answer");
    ck_assert_str_eq(verdict.seen, "10 03 was not answered");
    fails("{'power': {'ecu': 'seat', 'state': 'crash'}},"
          "{'cip': {'ecu': 'seat', 'profile': 1, 'settings': {'height': 1}, 'refused': 'requestOutOfRange'}}",
          1, "no answer, not refused with requestOutOfRange");
}
END_TEST

START_TEST(numbers_that_do_not_fit_are_refused_by_the_unit_and_change_nothing)
{
    static const char *const NUMBERS[] = {"0", "5", "-1", "256", "257", "1.5", "4294967297", "1e30"};
    for (size_t i = 0; i < sizeof NUMBERS / sizeof NUMBERS[0]; i++) {
        char steps[1024];
        snprintf(steps, sizeof steps,
                 "{'service': {'function': 'set_personalization', 'key': 1, 'personalization': %s, "
                 "'refused': 'requestOutOfRange'}},"
                 "{'service': {'function': 'set_personalization', 'key': %s, 'personalization': 1, "
                 "'refused': 'requestOutOfRange'}},"
                 "{'cip': {'ecu': 'seat', 'profile': %s, 'settings': {}, 'refused': 'requestOutOfRange'}},"
                 "{'uds': {'ecu': 'cas', 'request': '22 AC 5A', 'response': '62 AC 5A 01 00 01 00 00 00 01 01 *'}}",
                 NUMBERS[i], NUMBERS[i], NUMBERS[i]);
        passes(steps);
    }
}
END_TEST

START_TEST(a_value_out_of_range_is_refused_by_the_unit_and_changes_nothing)
{
    static const char *const VALUES[] = {"80.01", "-0.01", "80.1", "6553.7", "-6553.6", "1e30", "-1e30"};
    for (size_t i = 0; i < sizeof VALUES / sizeof VALUES[0]; i++) {
        char steps[1024];
        snprintf(steps, sizeof steps,
                 "{'cip': {'ecu': 'seat', 'profile': 2, 'settings': {'longitudinal': 10, 'height': %s}, "
                 "'refused': 'requestOutOfRange'}},"
                 "{'uds': {'ecu': 'seat', 'request': '22 30 02', 'response': '62 30 02 01 04 E2 01 90 *'}}",
                 VALUES[i]);
        passes(steps);
    }
}
END_TEST

START_TEST(a_value_within_the_range_is_coded_as_the_nearest_one)
{
    passes("{'cip': {'ecu': 'climate', 'profile': 1, "
           "'settings': {'driver_temperature': 19.6, 'style': 'intensive', 'auto': 0}}},"
           "{'remote': {'key': 1, 'button': 'unlock'}},"
           "{'expect': {'ecu': 'climate', 'settings': {'driver_temperature': 19.5, 'style': 'intensive', "
           "'auto': 'off', 'passenger_temperature': 22}}, 'within': '1 s'}");
}
END_TEST

START_TEST(a_step_that_waits_for_its_time_tells_no_old_answer)
{
    fails("{'uds': {'ecu': 'cas', 'request': '22 F1 90', 'response': '*'}}, {'wait': '1 s'},"
          "{'at': '500 ms', 'uds': {'ecu': 'cas', 'request': '22 F1 90'}}",
          2, "its time, 0.500000 s, has passed: an earlier step held the story up");
    ck_assert_str_eq(verdict.seen, "");
}
END_TEST

// ---- uds -----------------------------------------------------------------------------------------------------------

START_TEST(a_response_is_compared_digit_by_digit)
{
    passes("{'uds': {'ecu': 'cas', 'request': '22 F1 86', 'response': '62 F1 86 01'}},"
           "{'uds': {'ecu': 'seat', 'request': '22f186', 'response': '62 f1 8? ??'}},"
           "{'uds': {'ecu': 'seat', 'request': '22 F1 86', 'response': '62 F1 8*'}},"
           "{'uds': {'ecu': 'seat', 'request': '22 F1 86', 'response': '62 F1 86 01 *'}}");
    static const char *const WRONG[] = {"62 F1 86",    "62 F1 86 01 00", "62 F1 86 02", "62 F1 86 01 ??",
                                        "72 F1 86 01", "62 F1 86 01 0*", "62 F1 86 ?2"};
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        char steps[256];
        snprintf(steps, sizeof steps, "{'uds': {'ecu': 'seat', 'request': '22 F1 86', 'response': '%s'}}", WRONG[i]);
        fails(steps, 0, "another answer came");
        ck_assert_str_eq(verdict.seen, "22 F1 86 was answered by 62 F1 86 01");
    }
}
END_TEST

START_TEST(a_negative_response_is_an_answer_like_any_other)
{
    passes("{'uds': {'ecu': 'cas', 'request': '31 01 DC 73 00 01', 'response': '7F 31 7F'}}");
    fails("{'uds': {'ecu': 'cas', 'request': '22 12 34', 'response': '62 12 34 *'}}", 0, "another answer came");
    ck_assert_str_eq(verdict.expected, "uds cas 22 12 34, response 62 12 34 *");
    ck_assert_str_eq(verdict.seen, "22 12 34 was answered by 7F 22 31 (requestOutOfRange)");
}
END_TEST

START_TEST(silence_is_expected_where_the_response_is_suppressed_or_empty)
{
    passes("{'uds': {'ecu': 'mirror', 'request': '3E 80'}}, {'uds': {'ecu': 'mirror', 'request': '3E 80', "
           "'response': ''}}");
    fails("{'uds': {'ecu': 'mirror', 'request': '3E 81'}}", 0, "answered, where silence was expected");
    fails("{'uds': {'ecu': 'mirror', 'request': '3E 00', 'response': ''}}", 0,
          "answered, where silence was expected");
    fails("{'uds': {'ecu': 'mirror', 'request': '3E 80', 'response': '*'}}", 0, "no answer");
    passes("{'power': {'ecu': 'mirror', 'state': 'off'}},"
           "{'uds': {'ecu': 'mirror', 'request': '3E 00', 'response': ''}},"
           "{'uds': {'ecu': 'mirror', 'request': '22 F1 90 F1 90 F1 90', 'response': ''}}");
}
END_TEST

START_TEST(without_a_response_any_answer_will_do)
{
    passes("{'uds': {'ecu': 'mirror', 'request': '3E 00'}}, {'uds': {'ecu': 'mirror', 'request': '00'}}");
}
END_TEST

START_TEST(four_kilobytes_go_through_the_gateway_and_back)
{
    enum { SIZE = 4092 };
    char *data = malloc(2 * SIZE + 1), *steps = malloc(5 * SIZE + 1024);
    for (size_t i = 0; i < SIZE; i++) snprintf(data + 2 * i, 3, "%02X", (unsigned)(i * 7 & 0xFF));
    snprintf(steps, 5 * SIZE + 1024,
             "{'service': {'function': 'block_key', 'key': 2}},"
             "{'uds': {'ecu': 'seat', 'request': '10 03', 'response': '50 03 *'}},"
             "{'uds': {'ecu': 'seat', 'request': '2E 3E 00 %s', 'response': '7F 2E 33'}}",
             data);
    passes(steps);
    fails(strcat(steps, ",{'uds': {'ecu': 'seat', 'request': '22 3E 00 F1 90', 'response': '7F*'}}"), 3,
          "another answer came");
    ck_assert_ptr_nonnull(strstr(verdict.seen, " … (25 bytes)"));
    free(steps);
    free(data);
}
END_TEST

// ---- fault memory --------------------------------------------------------------------------------------------------

#define WRONG_NUMBER "{'frame': {'bus': 'kcan-s', 'frame': '23A#44300162'}}"

START_TEST(a_fault_is_seen_as_soon_as_a_reading_tells_it)
{
    passes("{'at': '1 s', 'expect': {'ecu': 'climate', 'dtc': '0x9C05'}, 'within': '1 ms'}" + 0 * 1);
}
END_TEST

START_TEST(an_expectation_without_a_time_is_decided_by_one_reading)
{
    fails("{'expect': {'ecu': 'climate', 'dtc': '0x9907'}}", 0, "does not hold now");
    ck_assert_int_lt(verdict.time_ns, 50 * TIME_MS);
    ck_assert_str_eq(verdict.expected, "expect climate fault 0x9907");
    ck_assert_ptr_nonnull(strstr(verdict.seen, "climate's fault memory at 0.0"));
    ck_assert_ptr_nonnull(strstr(verdict.seen, "empty"));
    fails("{'power': {'ecu': 'climate', 'state': 'off'}}, {'expect': {'ecu': 'climate', 'dtc': '0x9907'}}", 1,
          "does not hold now");
    ck_assert_ptr_nonnull(strstr(verdict.seen, "no answer"));
}
END_TEST

int main(void)
{
    return 0;
}
