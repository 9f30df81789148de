// SPDX-License-Identifier: MIT
// What a story means: when steps are taken, what they wait for, what makes them fail. The frames are the story's own
// (tests/story_fixture.h): one put on a sleeping bus is carried 5 ms later plus its length, about 1 ms.
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "tests/story_fixture.h"
#include "tests/suite.h"

#define UNLOCK "{'frame': {'bus': 'kcan-s', 'frame': '2A0#1111010000000000'}}"
#define LOCK "{'frame': {'bus': 'kcan-s', 'frame': '2A0#2222020000000000'}}"
#define IDLE "{'frame': {'bus': 'kcan-s', 'frame': '2A0#8888080000000000'}}"
#define PING "{'frame': {'bus': 'kcan-s', 'frame': '123#01'}}"
#define PING_P "{'frame': {'bus': 'kcan-p', 'frame': '123#01'}}"
#define SEAT_1 "{'frame': {'bus': 'kcan-p', 'frame': '232#19E204990C4B2C01'}}" // profile 1, coded, factory values
#define SEEN(within) "{'expect': {'frame': '123#01'}, 'within': '" within "'}"

// ---- time ----------------------------------------------------------------------------------------------------------

START_TEST(a_story_ends_when_its_last_step_is_done)
{
    story_fixture_t *fixture = story_fixture_play("{'wait': '1.5 s'}, {'after': '250 us', 'door': {'driver': 'open'}}");
    ck_assert_int_eq(fixture->verdict.state, PLAYER_PASSED);
    ck_assert_int_eq(fixture->verdict.time_ns, 1500 * TIME_MS + 250 * TIME_US);
    story_fixture_destroy(&fixture);
}
END_TEST

START_TEST(steps_without_a_time_happen_at_one_instant_in_their_order)
{
    story_fixture_t *fixture =
        story_fixture_play("{'at': '1 s', 'door': {'driver': 'open'}}, {'gear': 'd'}, {'wait': '1 s'}");
    ck_assert_uint_eq(fixture->heard_count, 2);
    ck_assert_str_eq(fixture->heard[0].line, "door/driver");
    ck_assert_str_eq(fixture->heard[1].line, "gear");
    ck_assert_int_eq(fixture->heard[0].at_ns, TIME_S + KERNEL_LINE_NS);
    ck_assert_int_eq(fixture->heard[1].at_ns, TIME_S + KERNEL_LINE_NS);
    story_fixture_destroy(&fixture);
}
END_TEST

START_TEST(after_counts_from_when_the_step_before_was_done)
{
    story_fixture_t *fixture = story_fixture_play("{'after': '1 s', 'wait': '2 s'}, {'after': '3 s', 'gear': 'r'}");
    ck_assert_int_eq(fixture->verdict.time_ns, 6 * TIME_S);
    story_fixture_destroy(&fixture);
}
END_TEST

START_TEST(a_time_that_has_passed_fails_the_step)
{
    story_fails("{'wait': '2 s'}, {'at': '1 s', 'gear': 'r'}", 1,
                "its time, 1.000000 s, has passed: an earlier step held the story up");
    story_passes("{'wait': '2 s'}, {'at': '2 s', 'gear': 'r'}");
}
END_TEST

// A frame that is never on the bus must not look like a car that did not react.
START_TEST(a_frame_of_a_stranger_that_is_bus_off_fails_the_step)
{
#define BROKEN "{'fault': {'kind': 'corrupt', 'bus': 'kcan-s', 'ecu': 'stranger'}}"
#define OFF "{'expect': {'bus': 'kcan-s', 'ecu': 'stranger', 'state': 'bus-off'}, 'within': '1 s'}"
    story_fails(BROKEN "," PING "," OFF "," PING, 3, "the stranger is bus-off on kcan-s and sends nothing");
    story_passes(BROKEN "," PING "," OFF "," PING_P);
}
END_TEST

// ---- expect --------------------------------------------------------------------------------------------------------

START_TEST(an_expectation_holds_the_story_until_the_frame_is_there)
{
    story_fixture_t *fixture = story_fixture_play(PING "," SEEN("10 ms"));
    ck_assert_int_eq(fixture->verdict.state, PLAYER_PASSED);
    ck_assert_int_gt(fixture->verdict.time_ns, 5 * TIME_MS);
    ck_assert_int_lt(fixture->verdict.time_ns, 6 * TIME_MS);
    story_fixture_destroy(&fixture);
}
END_TEST

START_TEST(what_comes_at_the_deadline_is_in_time_and_a_nanosecond_later_is_not)
{
    // 47 bits, 1 stuff bit at the least: measured first, then demanded to the nanosecond
    story_fixture_t *fixture = story_fixture_play(PING "," SEEN("10 ms"));
    int64_t carried_ns = fixture->verdict.time_ns;
    story_fixture_destroy(&fixture);
    char steps[512];
    snprintf(steps, sizeof steps, PING ", {'expect': {'frame': '123#01'}, 'within': '%lld.%03lld us'}",
             (long long)(carried_ns / 1000), (long long)(carried_ns % 1000));
    story_passes(steps);
    carried_ns--;
    snprintf(steps, sizeof steps, PING ", {'expect': {'frame': '123#01'}, 'within': '%lld.%03lld us'}",
             (long long)(carried_ns / 1000), (long long)(carried_ns % 1000));
    fixture = story_fixture_play(steps);
    ck_assert_int_eq(fixture->verdict.state, PLAYER_FAILED);
    ck_assert_int_eq(fixture->verdict.time_ns, carried_ns);
    story_fixture_destroy(&fixture);
}
END_TEST

START_TEST(an_expectation_that_is_not_met_fails_at_its_deadline_in_words)
{
    story_fixture_t *fixture = story_fixture_play(
        "{'at': '1 s', 'expect': {'ecu': 'seat', 'settings': {'longitudinal': 180}}, 'within': '2 s'}");
    ck_assert_int_eq(fixture->verdict.state, PLAYER_FAILED);
    ck_assert_int_eq(fixture->verdict.time_ns, 3 * TIME_S);
    ck_assert_str_eq(fixture->verdict.pointer, "/steps/0/expect");
    ck_assert_str_eq(fixture->verdict.problem, "not met within 2 s");
    ck_assert_str_eq(fixture->verdict.expected, "expect seat settings longitudinal=180.0 mm within 2 s");
    ck_assert_str_eq(fixture->verdict.seen, "no SeatStatus");
    story_fixture_destroy(&fixture);
}
END_TEST

START_TEST(a_failure_tells_what_was_seen_last)
{
    story_fixture_t *fixture =
        story_fixture_play(SEAT_1 ", {'expect': {'ecu': 'seat', 'settings': {'longitudinal': 180}}, 'within': '1 s'}");
    ck_assert_ptr_nonnull(strstr(fixture->verdict.seen, "SeatStatus at 0.006"));
    ck_assert_ptr_nonnull(strstr(fixture->verdict.seen, " s on kcan-p: Profile=1 Coded=yes"));
    ck_assert_ptr_nonnull(strstr(fixture->verdict.seen, "Longitudinal=125.0 mm"));
    story_fixture_destroy(&fixture);
}
END_TEST

START_TEST(a_failure_tells_what_was_asked_with_its_own_digits)
{
    story_fixture_t *fixture = story_fixture_play(
        "{'expect': {'ecu': 'seat', 'settings': {'longitudinal': {'min': 179.89, 'max': 180}, "
        "'height': {'max': 3}, 'cushion_tilt': {'not': {'min': 1}}, 'backrest_tilt': {'not': {'min': 5.05}}}}}");
    ck_assert_str_eq(fixture->verdict.expected,
                     "expect seat settings longitudinal=179.89 mm .. 180.0 mm height<=3.0 mm "
                     "not cushion_tilt>=1.0 deg not backrest_tilt>=5.05 deg");
    story_fixture_destroy(&fixture);
}
END_TEST

static void fails_having_seen(const char *steps, const char *seen)
{
    story_fixture_t *fixture = story_fixture_play(steps);
    ck_assert_int_eq(fixture->verdict.state, PLAYER_FAILED);
    ck_assert_str_eq(fixture->verdict.seen, seen);
    story_fixture_destroy(&fixture);
}

START_TEST(a_failure_tells_what_was_seen_on_the_bus_in_question)
{
    fails_having_seen(UNLOCK ", {'expect': {'message': 'CentralLocking', 'bus': 'kcan-p'}, 'within': '20 ms'}",
                      "no CentralLocking on kcan-p; CentralLocking at 0.006200 s on kcan-s: DriverDoor=unlock "
                      "PassengerDoor=unlock RearDriverSide=unlock RearPassengerSide=unlock Boot=unlock");
    fails_having_seen(UNLOCK ", {'expect': {'frame': '2A0#2*', 'bus': 'kcan-p'}, 'within': '20 ms'}",
                      "no frame of that identifier on kcan-p since the step was reached");
    fails_having_seen(UNLOCK ", {'expect': {'frame': '2A0#2*', 'bus': 'kcan-s'}, 'within': '20 ms'}",
                      "frame 2A0#1111010000000000 at 0.006200 s on kcan-s");
}
END_TEST

// 123 is no message of the vehicle's.
START_TEST(a_failure_tells_the_frame_that_came_instead_whoever_names_it)
{
    static const char NONE[] = "no frame of that identifier since the step was reached";
    fails_having_seen("{'expect': {'frame': '123#02'}, 'within': '1 s'}", NONE);
    fails_having_seen(PING ", {'expect': {'frame': '123#02'}, 'within': '1 s'}",
                      "frame 123#01 at 0.005550 s on kcan-s");
    fails_having_seen(PING "," PING_P ", {'expect': {'frame': '123#02', 'bus': 'kcan-s'}, 'within': '1 s'}",
                      "frame 123#01 at 0.005550 s on kcan-s");
    fails_having_seen(PING ", {'expect': {'all': [{'frame': '123#02'}, {'car': 'locked'}]}, 'within': '1 s'}",
                      "frame 123#01 at 0.005550 s on kcan-s; car locked, no CentralLocking");
    fails_having_seen(PING "," SEEN("1 s") ", {'expect': {'frame': '123#01'}}", "frame 123#01 at 0.005550 s on kcan-s");
    fails_having_seen(PING "," SEEN("1 s") ", {'after': '1 s', 'expect': {'frame': '123#01'}}", NONE);
}
END_TEST

START_TEST(a_failure_tells_the_message_on_the_bus_that_it_is_about)
{
    fails_having_seen(LOCK ", {'frame': {'bus': 'kcan-p', 'frame': '2A0#1111010000000000'}},"
                           "{'expect': {'message': 'CentralLocking', 'bus': 'kcan-s', 'signals': {'Boot': 'idle'}},"
                           " 'within': '100 ms'}",
                      "CentralLocking at 0.006210 s on kcan-s: DriverDoor=lock PassengerDoor=lock RearDriverSide=lock "
                      "RearPassengerSide=lock Boot=lock");
}
END_TEST

START_TEST(without_within_it_must_hold_now)
{
    story_fails("{'expect': {'car': 'unlocked'}}", 0, "does not hold now");
    story_passes("{'expect': {'car': 'locked'}}");
}
END_TEST

START_TEST(what_is_met_too_early_fails)
{
    story_fails(PING ", {'expect': {'frame': '123#01'}, 'within': '1 s', 'not_before': '6 ms'}", 1,
                "met too early, after 5.55 ms");
    story_passes(PING ", {'expect': {'frame': '123#01'}, 'within': '1 s', 'not_before': '5 ms'}");
    story_passes(PING ", {'expect': {'frame': '123#01'}, 'within': '1 s', 'not_before': '5.55 ms'}");
}
END_TEST

START_TEST(one_frame_meets_one_expectation_and_not_the_next_as_well)
{
    story_passes(PING "," SEEN("1 s"));
    story_fails(PING "," SEEN("1 s") "," SEEN("1 s"), 2, "not met within 1 s");
    story_passes(PING "," PING "," SEEN("1 s") "," SEEN("1 s"));
}
END_TEST

START_TEST(two_frames_of_one_instant_meet_two_expectations)
{
    story_fixture_t *fixture = story_fixture_play(PING "," PING_P "," SEEN("1 s") ", {'expect': {'frame': '123#01'}}");
    ck_assert_int_eq(fixture->verdict.state, PLAYER_PASSED);
    story_fixture_destroy(&fixture);
    story_fails(PING "," PING_P "," SEEN("1 s") "," SEEN("0 s") "," SEEN("1 s"), 4, "not met within 1 s");
}
END_TEST

START_TEST(frames_from_before_the_step_was_reached_do_not_count)
{
    story_fails(PING ", {'wait': '100 ms'}," SEEN("1 s"), 2, "not met within 1 s");
}
END_TEST

START_TEST(all_need_not_see_everything_at_once)
{
    const char *both = "{'expect': {'all': [{'frame': '123#01'}, {'message': 'CentralLocking'}]}, 'within': '1 s'}";
    char steps[512];
    snprintf(steps, sizeof steps, "%s, {'never': {'frame': '1#*'}, 'background': true}", both);
    snprintf(steps, sizeof steps, PING "," UNLOCK ",%s", both);
    story_passes(steps);
    snprintf(steps, sizeof steps, UNLOCK "," PING ",%s", both);
    story_passes(steps);
    snprintf(steps, sizeof steps, PING ",%s", both);
    story_fails(steps, 1, "not met within 1 s");
}
END_TEST

START_TEST(all_of_the_same_frame_need_as_many_frames)
{
    const char *twice = "{'expect': {'all': [{'frame': '123#01'}, {'frame': '123#*'}]}, 'within': '1 s'}";
    char steps[512];
    snprintf(steps, sizeof steps, PING ",%s", twice);
    story_fails(steps, 1, "not met within 1 s");
    snprintf(steps, sizeof steps, PING "," PING ",%s", twice);
    story_passes(steps);
}
END_TEST

START_TEST(states_of_all_must_hold_together)
{
    story_fails(UNLOCK ", {'expect': {'all': [{'car': 'locked'}, {'car': 'unlocked'}]}, 'within': '1 s'}", 1,
                "not met within 1 s");
    story_passes(UNLOCK "," PING ", {'expect': {'all': [{'frame': '123#01'}, {'car': 'unlocked'}]}, 'within': '1 s'}");
}
END_TEST

START_TEST(any_takes_one_frame_and_leaves_the_other)
{
    const char *steps = PING "," PING_P ", {'expect': {'any': [{'frame': '123#01', 'bus': 'kcan-s'}, "
                             "{'frame': '123#01', 'bus': 'kcan-p'}]}, 'within': '1 s'}";
    char more[1024];
    snprintf(more, sizeof more, "%s, {'expect': {'frame': '123#01', 'bus': 'kcan-p'}}", steps);
    story_passes(more);
    snprintf(more, sizeof more, "%s, {'expect': {'frame': '123#01', 'bus': 'kcan-s'}}", steps);
    story_fails(more, 3, "does not hold now");
}
END_TEST

START_TEST(signals_are_told_in_physical_units_and_by_name)
{
    story_passes(SEAT_1 ", {'expect': {'message': 'SeatStatus', 'bus': 'kcan-p', "
                        "'signals': {'Profile': 1, 'Coded': 'yes', 'Longitudinal': 125.0}}, 'within': '1 s'}");
    story_fails(SEAT_1 ", {'expect': {'message': 'SeatStatus', 'signals': {'Longitudinal': 125.1}}, 'within': '1 s'}",
                1, "not met within 1 s");
    story_fails(SEAT_1 ", {'expect': {'message': 'SeatStatus', 'bus': 'kcan-s'}, 'within': '1 s'}", 1,
                "not met within 1 s");
}
END_TEST

START_TEST(a_remote_frame_is_no_message)
{
    story_fails(
        "{'frame': {'bus': 'kcan-p', 'frame': '232#R'}}, {'expect': {'message': 'SeatStatus'}, 'within': '1 s'}", 1,
        "not met within 1 s");
}
END_TEST

// ---- states --------------------------------------------------------------------------------------------------------

// Of a seat that stands at 125.0 mm, steps of 0.1 mm.
static void expect_position(const char *asked, bool holds)
{
    char steps[512];
    snprintf(steps, sizeof steps,
             SEAT_1 ", {'expect': {'ecu': 'seat', 'settings': {'longitudinal': %s}}, 'within': '1 s'}", asked);
    if (holds)
        story_passes(steps);
    else
        story_fails(steps, 1, "not met within 1 s");
}

START_TEST(settings_hold_exactly)
{
    expect_position("125", true);
    expect_position("125.0000000001", true);
    expect_position("124.9", false);
    expect_position("125.1", false);
}
END_TEST

START_TEST(a_range_holds_with_both_of_its_ends)
{
    expect_position("{'min': 125, 'max': 125}", true);
    expect_position("{'min': 124.99}", true);
    expect_position("{'min': 125.01}", false);
    expect_position("{'max': 1000}", true);
    expect_position("{'max': 124.99}", false);
    expect_position("{'min': 124.91, 'max': 124.99}", false);
}
END_TEST

START_TEST(not_holds_for_whatever_is_not_that)
{
    expect_position("{'not': 124.9}", true);
    expect_position("{'not': 125}", false);
    expect_position("{'not': {'max': 124.9}}", true);
    expect_position("{'not': {'min': 124.9}}", false);
}
END_TEST

START_TEST(a_profile_holds_with_or_without_its_coded_flag)
{
    story_passes(SEAT_1 ", {'expect': {'ecu': 'seat', 'profile': 1}, 'within': '1 s'}");
    story_passes(SEAT_1 ", {'expect': {'ecu': 'seat', 'profile': 1, 'coded': true}, 'within': '1 s'}");
    story_fails(SEAT_1 ", {'expect': {'ecu': 'seat', 'profile': 1, 'coded': false}, 'within': '1 s'}", 1,
                "not met within 1 s");
    story_fails(SEAT_1 ", {'expect': {'ecu': 'seat', 'profile': 2}, 'within': '1 s'}", 1, "not met within 1 s");
}
END_TEST

START_TEST(a_unit_is_unknown_from_power_off_until_its_next_frame)
{
    const char *begin = SEAT_1
        ", {'expect': {'ecu': 'seat', 'profile': 1}, 'within': '1 s'}, {'power': {'ecu': 'seat', 'state': '%s'}}, "
        "{'expect': {'ecu': 'seat', 'profile': 1}}";
    char steps[1024];
    const char *states[] = {"off", "crash"};
    for (size_t i = 0; i < 2; i++) {
        snprintf(steps, sizeof steps, begin, states[i]);
        story_fails(steps, 3, "does not hold now");
    }
    snprintf(steps, sizeof steps, begin, "on");
    story_passes(steps);
    story_passes(SEAT_1 ", {'wait': '1 s'}, {'power': {'ecu': 'seat', 'state': 'off'}}, {'wait': '1 s'}, "
                        "{'never': {'ecu': 'seat', 'profile': 1}, 'for': '1 s'}," SEAT_1
                        ", {'expect': {'ecu': 'seat', 'profile': 1}, 'within': '10 ms'}");
}
END_TEST

START_TEST(the_car_is_what_the_last_command_other_than_idle_said)
{
    story_passes("{'expect': {'car': 'locked'}}," UNLOCK ", {'wait': '1 s'}, {'expect': {'car': 'unlocked'}}," IDLE
                 ", {'wait': '1 s'}, {'expect': {'car': 'unlocked'}}," LOCK
                 ", {'wait': '1 s'}, {'expect': {'car': 'locked'}}");
}
END_TEST

#define TERMINAL(byte) "{'frame': {'bus': 'kcan-s', 'frame': '130#" byte "00000000'}}, {'wait': '100 ms'}"

START_TEST(terminals_are_on_from_the_first_to_the_last)
{
    story_passes("{'expect': {'terminal': 'off'}}, {'expect': {'key_valid': false}}," TERMINAL(
        "41") ", {'expect': "
              "{'terminal': "
              "'r'}}, "
              "{'expect': "
              "{'key_valid': "
              "true}}," TERMINAL("45") ", {'expect': {'terminal': '15'}}," TERMINAL(
                  "55") ", "
                        "{'"
                        "expect'"
                        ": "
                        "{'"
                        "termina"
                        "l': "
                        "'50'}}"
                        "," TERMINAL("80") ", {'expect': {'terminal': 'off'}}, {'expect': {'key_valid': false}}");
    // terminal 15 without R is nothing that the table knows
    story_passes(TERMINAL("44") ", {'never': {'any': [{'terminal': 'off'}, {'terminal': 'r'}, {'terminal': '15'}, "
                                "{'terminal': '50'}]}, 'for': '1 s'}");
    // nor is anything known of the terminals while the CAS has no power
    story_fails(TERMINAL("41") ", {'power': {'ecu': 'cas', 'state': 'off'}}, {'expect': {'any': [{'key_valid': false}, "
                               "{'terminal': 'r'}]}}",
                3, "does not hold now");
}
END_TEST

// ---- the suite -----------------------------------------------------------------------------------------------------

int main(void)
{
    const TTest *const TESTS[] = {
        a_story_ends_when_its_last_step_is_done,
        steps_without_a_time_happen_at_one_instant_in_their_order,
        after_counts_from_when_the_step_before_was_done,
        a_time_that_has_passed_fails_the_step,
        a_frame_of_a_stranger_that_is_bus_off_fails_the_step,
        an_expectation_holds_the_story_until_the_frame_is_there,
        what_comes_at_the_deadline_is_in_time_and_a_nanosecond_later_is_not,
        an_expectation_that_is_not_met_fails_at_its_deadline_in_words,
        a_failure_tells_what_was_seen_last,
        a_failure_tells_what_was_asked_with_its_own_digits,
        a_failure_tells_what_was_seen_on_the_bus_in_question,
        a_failure_tells_the_frame_that_came_instead_whoever_names_it,
        a_failure_tells_the_message_on_the_bus_that_it_is_about,
        without_within_it_must_hold_now,
        what_is_met_too_early_fails,
        one_frame_meets_one_expectation_and_not_the_next_as_well,
        two_frames_of_one_instant_meet_two_expectations,
        frames_from_before_the_step_was_reached_do_not_count,
        all_need_not_see_everything_at_once,
        all_of_the_same_frame_need_as_many_frames,
        states_of_all_must_hold_together,
        any_takes_one_frame_and_leaves_the_other,
        signals_are_told_in_physical_units_and_by_name,
        a_remote_frame_is_no_message,
        settings_hold_exactly,
        a_range_holds_with_both_of_its_ends,
        not_holds_for_whatever_is_not_that,
        a_profile_holds_with_or_without_its_coded_flag,
        a_unit_is_unknown_from_power_off_until_its_next_frame,
        the_car_is_what_the_last_command_other_than_idle_said,
        terminals_are_on_from_the_first_to_the_last,
    };
    TCase *tcase = tcase_create("stories");
    suite_add_tests(tcase, TESTS, sizeof TESTS / sizeof TESTS[0]);
    return suite_run("player", tcase);
}
