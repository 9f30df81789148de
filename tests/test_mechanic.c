// SPDX-License-Identifier: MIT
// The workshop's verbs and the condition on fault memory, told to the real car (in-process): what passes, what fails,
// and in which words. Runs from the root of the tree.
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/play/car.h"
#include "tests/story_fixture.h"
#include "tests/suite.h"
#include "tools/units.h"

static player_verdict_t verdict;

static void play(const char *steps)
{
    error_t error;
    error_clear(&error);
    garage_t *garage = garage_new();
    const story_t *story = story_fixture_parse(garage, "", steps);
    car_plan_t plan = story_plan(story);
    car_t *car = car_new(&plan, &(car_host_t){.find = units_find}, &error);
    ck_assert_msg(car, "%s", error.text);
    car_play(car, story);
    ck_assert_msg(car_run(car, &error), "%s", error.text);
    verdict = *player_verdict(car->player);
    car_destroy(&car);
    story_destroy(&story);
    garage_destroy(&garage);
}

static void passes(const char *steps)
{
    play(steps);
    story_assert_passed(&verdict);
}

static void fails(const char *steps, size_t step, const char *problem)
{
    play(steps);
    story_assert_failed(&verdict, step, problem);
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
           "{'uds': {'ecu': 'seat', 'request': '22f186', 'response': '62 f1 8? ?1'}},"
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
    fails("{'uds': {'ecu': 'mirror', 'request': '3E 00', 'response': ''}}", 0, "answered, where silence was expected");
    fails("{'uds': {'ecu': 'mirror', 'request': '3E 80', 'response': '*'}}", 0, "no answer");
    passes("{'power': {'ecu': 'mirror', 'state': 'off'}},"
           "{'uds': {'ecu': 'mirror', 'request': '3E 00', 'response': ''}},"
           "{'uds': {'ecu': 'mirror', 'request': '22 F1 90 F1 90 F1 90', 'response': ''}}");
}
END_TEST

START_TEST(without_a_response_any_answer_will_do)
{
    passes("{'uds': {'ecu': 'mirror', 'request': '3E 00'}}, {'uds': {'ecu': 'mirror', 'request': '00'}}");
    fails("{'power': {'ecu': 'mirror', 'state': 'off'}}, {'uds': {'ecu': 'mirror', 'request': '3E 00'}}", 1,
          "no answer");
    passes("{'power': {'ecu': 'mirror', 'state': 'off'}}, {'uds': {'ecu': 'mirror', 'request': '3E 80'}}");
}
END_TEST

START_TEST(four_kilobytes_go_through_the_gateway)
{
    enum { SIZE = 4092, ROOM = 3 * SIZE };
    char *data = malloc(2 * SIZE + 1), *steps = malloc(ROOM);
    for (size_t i = 0; i < SIZE; i++) snprintf(data + 2 * i, 3, "%02X", (unsigned)(i * 7 & 0xFF));
    snprintf(steps, ROOM,
             "{'uds': {'ecu': 'seat', 'request': '10 03', 'response': '50 03 *'}},"
             "{'uds': {'ecu': 'seat', 'request': '2E 3E 00 %s', 'response': '7F 2E 33'}}",
             data);
    passes(steps);
    free(steps);
    free(data);
}
END_TEST

START_TEST(of_a_long_message_its_beginning_is_told)
{
    fails("{'uds': {'ecu': 'seat', 'request': '22 F1 90 F1 90', 'response': '7F*'}}", 0, "another answer came");
    ck_assert_str_eq(verdict.seen,
                     "22 F1 90 F1 90 was answered by 62 F1 90 4B 4D 53 49 4D 45 36 35 30 30 30 30 30 30 30 "
                     "30 31 F1 90 4B 4D ... (39 bytes)");
}
END_TEST

// ---- fault memory --------------------------------------------------------------------------------------------------

#define WRONG_NUMBER "{'frame': {'bus': 'kcan-s', 'frame': '23A#44300162'}}"

START_TEST(a_fault_is_seen_when_a_reading_tells_it)
{
    passes("{'at': '1 s', 'frame': {'bus': 'kcan-s', 'frame': '23A#44300162'}},"
           "{'expect': {'ecu': 'climate', 'dtc': '0x9C05'}, 'within': '50 ms'},"
           "{'expect': {'ecu': 'climate', 'dtc': '0x9c05', 'active': true}},"
           "{'expect': {'any': [{'ecu': 'seat', 'dtc': '0x9C05'}, {'ecu': 'climate', 'dtc': '0x9C05'}]}}");
}
END_TEST

START_TEST(a_fault_that_comes_later_is_found_by_a_later_reading)
{
    passes("{'background': true, 'never': {'ecu': 'climate', 'dtc': '0x9C01'}},"
           "{'radio': {'hex': '00'}}, {'wait': '2 s'}, " WRONG_NUMBER ","
           "{'expect': {'ecu': 'climate', 'dtc': '0x9C05'}, 'within': '300 ms'}");
}
END_TEST

START_TEST(whether_it_is_active_is_asked_separately)
{
    fails(WRONG_NUMBER ", {'wait': '100 ms'},"
                       "{'expect': {'ecu': 'climate', 'dtc': '0x9C05', 'active': false}}",
          2, "does not hold now");
    ck_assert_str_eq(verdict.expected, "expect climate fault 0x9C05, not active");
    ck_assert_ptr_nonnull(strstr(verdict.seen, "0x9C05 active"));
    passes(WRONG_NUMBER ", {'wait': '100 ms'}, {'power': {'ecu': 'climate', 'state': 'off'}}, {'wait': '1 s'},"
                        "{'power': {'ecu': 'climate', 'state': 'on'}}, {'wait': '100 ms'},"
                        "{'expect': {'ecu': 'climate', 'dtc': '0x9C05', 'active': false}}");
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

START_TEST(an_expectation_with_a_time_fails_when_it_is_up)
{
    fails("{'at': '1 s', 'expect': {'ecu': 'seat', 'dtc': '0x9C05'}, 'within': '500 ms'}", 0, "not met within 500 ms");
    ck_assert_int_eq(verdict.time_ns, TIME_S + 500 * TIME_MS);
}
END_TEST

START_TEST(what_was_read_before_a_step_does_not_count_for_it)
{
    fails(WRONG_NUMBER ", {'expect': {'ecu': 'climate', 'dtc': '0x9C05'}, 'within': '1 s'},"
                       "{'uds': {'ecu': 'climate', 'request': '14 FF FF FF', 'response': '54'}},"
                       "{'expect': {'ecu': 'climate', 'dtc': '0x9C05'}}",
          3, "does not hold now");
    passes(WRONG_NUMBER ", {'expect': {'ecu': 'climate', 'dtc': '0x9C05'}, 'within': '1 s'},"
                        "{'uds': {'ecu': 'climate', 'request': '14 FF FF FF', 'response': '54'}},"
                        "{'never': {'ecu': 'climate', 'dtc': '0x9C05'}, 'for': '1 s'}");
}
END_TEST

START_TEST(never_and_always_are_judged_by_every_reading)
{
    fails("{'background': true, 'never': {'ecu': 'climate', 'dtc': '0x9C05'}}, {'wait': '1 s'}," WRONG_NUMBER
          ", {'wait': '1 s'}",
          0, "seen");
    ck_assert_int_lt(verdict.time_ns, TIME_S + 200 * TIME_MS);
    fails("{'always': {'ecu': 'climate', 'dtc': '0x9C05'}, 'for': '1 s'}", 0, "violated");
    ck_assert_int_gt(verdict.time_ns, 0); // before the first reading nothing is known
    passes("{'power': {'ecu': 'climate', 'state': 'off'}},"
           "{'always': {'ecu': 'climate', 'dtc': '0x9C05'}, 'for': '1 s'}");
}
END_TEST

START_TEST(watching_does_not_disturb_what_is_done_at_the_same_unit)
{
    passes("{'background': true, 'never': {'ecu': 'seat', 'dtc': '0x9C05'}},"
           "{'background': true, 'never': {'ecu': 'cas', 'dtc': '0x9907'}},"
           "{'wait': '103 ms'}, {'service': {'function': 'block_key', 'key': 2}},"
           "{'cip': {'ecu': 'seat', 'profile': 3, 'settings': {'height': 12.5}}},"
           "{'uds': {'ecu': 'seat', 'request': '22 30 03', 'response': '62 30 03 01 04 E2 00 7D *'}},"
           "{'uds': {'ecu': 'cas', 'request': '22 F1 90 F1 8C', 'response': '62 *'}},"
           "{'wait': '97 ms'}, {'service': {'function': 'release_key', 'key': 2}}");
}
END_TEST

START_TEST(a_story_without_diagnosis_has_no_tester)
{
    garage_t *garage = garage_new();
    const story_t *with = story_fixture_parse(garage, "",
                                              "{'never': {'any': [{'car': 'unlocked'}, "
                                              "{'ecu': 'cas', 'dtc': '0x9907'}]}, 'for': '1 s'}");
    const story_t *without = story_fixture_parse(garage, "", "{'wait': '1 s'}");
    ck_assert(with->diagnosis);
    ck_assert(!without->diagnosis);
    story_destroy(&with);
    story_destroy(&without);
    garage_destroy(&garage);
}
END_TEST

int main(void)
{
    const TTest *const TESTS[] = {
        a_service_function_is_done_when_its_answer_has_come,
        a_step_of_the_first_instant_is_served_too,
        the_session_is_closed_afterwards_so_that_the_buses_sleep,
        an_unexpected_refusal_fails_the_step_and_is_named,
        another_refusal_than_the_expected_one_fails_the_step,
        what_should_be_refused_and_is_not_fails_the_step,
        a_unit_without_power_gives_no_answer,
        numbers_that_do_not_fit_are_refused_by_the_unit_and_change_nothing,
        a_value_out_of_range_is_refused_by_the_unit_and_changes_nothing,
        a_value_within_the_range_is_coded_as_the_nearest_one,
        a_step_that_waits_for_its_time_tells_no_old_answer,
        a_response_is_compared_digit_by_digit,
        a_negative_response_is_an_answer_like_any_other,
        silence_is_expected_where_the_response_is_suppressed_or_empty,
        without_a_response_any_answer_will_do,
        four_kilobytes_go_through_the_gateway,
        of_a_long_message_its_beginning_is_told,
        a_fault_is_seen_when_a_reading_tells_it,
        a_fault_that_comes_later_is_found_by_a_later_reading,
        whether_it_is_active_is_asked_separately,
        an_expectation_without_a_time_is_decided_by_one_reading,
        an_expectation_with_a_time_fails_when_it_is_up,
        what_was_read_before_a_step_does_not_count_for_it,
        never_and_always_are_judged_by_every_reading,
        watching_does_not_disturb_what_is_done_at_the_same_unit,
        a_story_without_diagnosis_has_no_tester,
    };
    TCase *tests = tcase_create("mechanic");
    suite_add_tests(tests, TESTS, sizeof TESTS / sizeof TESTS[0]);
    return suite_run("mechanic", tests);
}
