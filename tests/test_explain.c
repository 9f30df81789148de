// SPDX-License-Identifier: MIT
// What is told of a failure beside what was expected and seen: parts, frames, a hint (tests/story_fixture.h).
#include <check.h>
#include <string.h>

#include "tests/story_fixture.h"
#include "tests/suite.h"

#define UNLOCK "{'frame': {'bus': 'kcan-s', 'frame': '2A0#1111010000000000'}}"
#define LOCK "{'frame': {'bus': 'kcan-s', 'frame': '2A0#2222020000000000'}}"
#define AWAKE UNLOCK ", {'wait': '50 ms'}" // from then on a frame takes its length only
#define OPENS "{'message': 'CentralLocking', 'signals': {'DriverDoor': 'unlock'}}"
#define CLOSES "{'message': 'CentralLocking', 'signals': {'DriverDoor': 'lock'}}"

static story_fixture_t *fixture;

static const player_verdict_t *fails(const char *steps)
{
    fixture = story_fixture_play(steps);
    ck_assert_int_eq(fixture->verdict.state, PLAYER_FAILED);
    return &fixture->verdict;
}

static void end(void)
{
    story_fixture_destroy(&fixture);
}

START_TEST(of_an_expectation_of_several_it_is_told_which_are_met)
{
    const player_verdict_t *verdict = fails(AWAKE ", {'expect': {'all': [{'car': 'unlocked'}, {'ecu': 'seat', "
                                                  "'profile': 2}, {'all': [{'not': {'car': 'locked'}}]}]}, 'within': "
                                                  "'1 s'}");
    ck_assert_str_eq(verdict->parts, "not met: seat profile 2; met: car unlocked, not (car locked)");
}
END_TEST

START_TEST(of_one_condition_alone_there_are_no_parts)
{
    ck_assert_str_eq(fails("{'expect': {'car': 'unlocked'}, 'within': '1 s'}")->parts, "");
}
END_TEST

START_TEST(of_what_always_holds_it_is_told_what_was_violated)
{
    const player_verdict_t *verdict =
        fails(AWAKE ", {'always': {'all': [{'car': 'unlocked'}, " OPENS
                    "]}, 'background': true}, {'wait': '20 ms'}, " LOCK ", {'wait': '1 s'}");
    ck_assert_str_eq(verdict->problem, "violated");
    ck_assert_str_eq(verdict->parts, "violated: car unlocked, CentralLocking with DriverDoor=unlock");
}
END_TEST

START_TEST(the_last_frames_of_the_messages_in_question_are_told_with_their_senders)
{
    const player_verdict_t *verdict =
        fails(AWAKE "," LOCK ", {'wait': '5 ms'}, {'expect': {'message': 'CentralLocking', 'signals': {'DriverDoor': "
                    "'idle'}}, 'within': '1 s'}");
    const char *second = strchr(verdict->frames, '\n');
    ck_assert_ptr_nonnull(
        strstr(verdict->frames, ") kcan-s 2A0#1111010000000000  stranger CentralLocking DriverDoor="));
    ck_assert_ptr_nonnull(second);
    ck_assert_ptr_nonnull(strstr(second, ") kcan-s 2A0#2222020000000000  stranger CentralLocking DriverDoor=lock"));
    ck_assert_ptr_null(strchr(second + 1, '\n'));
}
END_TEST

START_TEST(frames_of_another_bus_than_is_asked_about_are_left_out)
{
    const player_verdict_t *verdict =
        fails(AWAKE ", {'frame': {'bus': 'kcan-p', 'frame': '2A0#2222020000000000'}}, {'wait': '50 ms'}, {'expect': "
                    "{'message': 'CentralLocking', 'bus': 'kcan-s', 'signals': {'DriverDoor': 'lock'}}, 'within': "
                    "'100 ms'}");
    ck_assert_ptr_nonnull(strstr(verdict->frames, " kcan-s 2A0#"));
    ck_assert_ptr_null(strstr(verdict->frames, " kcan-p "));
}
END_TEST

START_TEST(a_frame_that_came_before_its_step_is_hinted_at)
{
    const player_verdict_t *verdict =
        fails(AWAKE "," LOCK ", {'wait': '10 ms'}, {'expect': " OPENS ", 'within': '100 ms'}");
    ck_assert_ptr_nonnull(strstr(verdict->hint, "such a CentralLocking came before this step, which began at 0.06"));
}
END_TEST

START_TEST(what_never_came_has_no_such_hint)
{
    const player_verdict_t *verdict = fails(AWAKE ", {'expect': " CLOSES ", 'within': '100 ms'}");
    ck_assert_ptr_null(strstr(verdict->hint, "before this step"));
}
END_TEST

START_TEST(a_unit_without_power_is_hinted_at)
{
    const player_verdict_t *verdict = fails("{'power': {'ecu': 'seat', 'state': 'off'}}, {'wait': '10 ms'}, "
                                            "{'expect': {'ecu': 'seat', 'profile': 2}, 'within': '100 ms'}");
    ck_assert_str_eq(verdict->hint, "seat has no power");
}
END_TEST

START_TEST(a_sleeping_bus_is_hinted_at)
{
    const player_verdict_t *verdict = fails("{'expect': {'ecu': 'seat', 'profile': 2}, 'within': '100 ms'}");
    ck_assert_str_eq(verdict->hint, "every bus of seat is asleep");
}
END_TEST

START_TEST(a_period_that_became_too_long_is_told_as_what_it_is)
{
    const player_verdict_t *verdict =
        fails(AWAKE ", {'always': {'message': 'CentralLocking', 'period': ['10 ms', '20 ms']}, 'background': true}, "
                    "{'wait': '10 ms'}, " UNLOCK ", {'wait': '1 s'}");
    ck_assert_ptr_nonnull(strstr(verdict->hint, "no CentralLocking came on kcan-s for 20 ms"));
}
END_TEST

START_TEST(a_period_that_was_too_short_is_told_as_what_it_is)
{
    const player_verdict_t *verdict =
        fails(AWAKE ", {'always': {'message': 'CentralLocking', 'period': ['15 ms', '1 s']}, 'background': true}, "
                    "{'wait': '10 ms'}, " UNLOCK ", {'wait': '12 ms'}, " UNLOCK ", {'wait': '1 s'}");
    ck_assert_ptr_nonnull(strstr(verdict->hint, "CentralLocking came on kcan-s 12 ms after the one before"));
}
END_TEST

int main(void)
{
    TCase *all = tcase_create("all");
    tcase_add_checked_fixture(all, NULL, end);
    tcase_add_test(all, of_an_expectation_of_several_it_is_told_which_are_met);
    tcase_add_test(all, of_one_condition_alone_there_are_no_parts);
    tcase_add_test(all, of_what_always_holds_it_is_told_what_was_violated);
    tcase_add_test(all, the_last_frames_of_the_messages_in_question_are_told_with_their_senders);
    tcase_add_test(all, frames_of_another_bus_than_is_asked_about_are_left_out);
    tcase_add_test(all, a_frame_that_came_before_its_step_is_hinted_at);
    tcase_add_test(all, what_never_came_has_no_such_hint);
    tcase_add_test(all, a_unit_without_power_is_hinted_at);
    tcase_add_test(all, a_sleeping_bus_is_hinted_at);
    tcase_add_test(all, a_period_that_became_too_long_is_told_as_what_it_is);
    tcase_add_test(all, a_period_that_was_too_short_is_told_as_what_it_is);
    return suite_run("explain", all);
}
