// SPDX-License-Identifier: MIT
// How often something is seen, the contrary of a state, no profile, and watches that saw nothing
// (tests/story_fixture.h).
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "scenarios/play/car.h"
#include "tests/story_fixture.h"
#include "tests/suite.h"
#include "tools/units.h"

#define DOORS(bytes) "{'frame': {'bus': 'kcan-s', 'frame': '2A0#" bytes "0000000000'}}"
#define UNLOCK DOORS("111101")
#define LOCK DOORS("222202")
#define COUNT(least, most) "{'expect': {'message': 'CentralLocking', 'count': [" least ", " most "]}, 'for': '100 ms'}"
#define AWAKE UNLOCK ", {'wait': '50 ms'}" // from then on a frame takes its length only
#define SEAT(profile) "{'frame': {'bus': 'kcan-p', 'frame': '232#" profile "'}}"

// ---- counts --------------------------------------------------------------------------------------------------------

// How long a frame takes on an awake bus.
static int frame_us(void)
{
    story_fixture_t *fixture =
        story_fixture_play(AWAKE "," UNLOCK ", {'expect': {'message': 'CentralLocking'}, 'within': '50 ms'}");
    story_assert_passed(&fixture->verdict);
    int us = (int)((fixture->verdict.time_ns - 50 * TIME_MS) / TIME_US);
    story_fixture_destroy(&fixture);
    return us;
}

START_TEST(a_count_holds_the_story_for_its_time_and_is_judged_at_its_end)
{
    story_fixture_t *fixture = story_fixture_play(AWAKE "," COUNT("0", "0"));
    story_assert_passed(&fixture->verdict);
    int64_t end_ns = fixture->verdict.time_ns;
    ck_assert_int_eq(end_ns, 150 * TIME_MS);
    story_fixture_destroy(&fixture);
    fixture = story_fixture_play(AWAKE "," COUNT("1", "2"));
    story_assert_failed(&fixture->verdict, 2, "not so in 100 ms");
    ck_assert_int_eq(fixture->verdict.time_ns, end_ns);
    ck_assert_str_eq(fixture->verdict.expected, "expect CentralLocking 1 to 2 times for 100 ms");
    ck_assert_ptr_nonnull(strstr(fixture->verdict.seen, "0 of them, the last of its message: CentralLocking at "));
    story_fixture_destroy(&fixture);
}
END_TEST

START_TEST(as_many_as_told_are_counted_and_no_more)
{
    story_passes(AWAKE "," UNLOCK "," LOCK "," UNLOCK "," COUNT("3", "3"));
    story_passes(AWAKE "," UNLOCK "," LOCK "," UNLOCK "," COUNT("0", "3"));
    story_fails(AWAKE "," UNLOCK "," LOCK "," UNLOCK "," COUNT("4", "9"), 5, "not so in 100 ms");
    story_fails(AWAKE "," UNLOCK "," LOCK "," UNLOCK "," COUNT("0", "2"), 5, "not so in 100 ms");
}
END_TEST

START_TEST(only_frames_with_those_values_on_that_bus_are_counted)
{
    const char *frames = AWAKE "," UNLOCK "," LOCK "," UNLOCK;
    static const struct {
        const char *members, *count;
    } COUNTS[] = {{"'signals': {'DriverDoor': 'unlock'}", "2"},
                  {"'signals': {'DriverDoor': {'not': 'unlock'}}", "1"},
                  {"'bus': 'kcan-s'", "3"},
                  {"'bus': 'kcan-p'", "0"}};
    for (size_t i = 0; i < sizeof COUNTS / sizeof COUNTS[0]; i++) {
        char steps[1024];
        snprintf(steps, sizeof steps,
                 "%s, {'expect': {'message': 'CentralLocking', %s, 'count': [%s, %s]}, 'for': '100 ms'}", frames,
                 COUNTS[i].members, COUNTS[i].count, COUNTS[i].count);
        story_passes(steps);
    }
}
END_TEST

START_TEST(a_frame_that_met_an_expectation_is_not_counted_as_well_and_one_that_was_counted_meets_none)
{
    const char *seen = "{'expect': {'message': 'CentralLocking'}, 'within': '50 ms'}";
    char steps[1024];
    snprintf(steps, sizeof steps, "%s, %s, %s, %s", AWAKE, UNLOCK, seen, COUNT("0", "0"));
    story_passes(steps);
    snprintf(steps, sizeof steps,
             "%s, %s, {'expect': {'message': 'CentralLocking', 'count': [1, 1]}, 'for': '%d us'}, %s", AWAKE, UNLOCK,
             frame_us(), "{'expect': {'message': 'CentralLocking'}}");
    story_fails(steps, 4, "does not hold now");
}
END_TEST

START_TEST(the_instant_of_the_end_counts_and_the_one_after_it_not)
{
    char steps[1024];
    for (int count = 0; count <= 1; count++) {
        snprintf(steps, sizeof steps,
                 "%s, %s, {'expect': {'message': 'CentralLocking', 'count': [%d, %d]}, 'for': '%d us'}", AWAKE, UNLOCK,
                 count, count, frame_us() - 1 + count);
        story_passes(steps);
    }
}
END_TEST

START_TEST(counts_stand_beside_other_expectations)
{
    const char *all =
        "{'expect': {'all': [{'message': 'CentralLocking', 'count': [2, 2]}, {'message': 'CentralLocking', "
        "'signals': {'DriverDoor': 'lock'}, 'count': [1, 1]}, {'frame': '2A0#11*'}, {'car': '%s'}]}, "
        "'for': '100 ms'}";
    const char *any =
        "{'expect': {'any': [{'message': 'CentralLocking', 'count': [0, 1]}, {'message': 'CentralLocking', "
        "'signals': {'DriverDoor': 'lock'}, 'count': [1, 1]}]}, 'for': '100 ms'}";
    char steps[2048], last[1024];
    snprintf(last, sizeof last, all, "locked");
    snprintf(steps, sizeof steps, "%s, %s, %s, %s", AWAKE, UNLOCK, LOCK, last);
    story_passes(steps);
    snprintf(last, sizeof last, all, "unlocked");
    snprintf(steps, sizeof steps, "%s, %s, %s, %s", AWAKE, UNLOCK, LOCK, last);
    story_fails(steps, 4, "not so in 100 ms");
    // A frame that the second needs is seen while the first is so, too.
    story_passes(AWAKE "," LOCK "," UNLOCK
                       ", {'expect': {'any': [{'message': 'CentralLocking', 'count': [0, 1]}, {'frame': '2A0#22*'}]}, "
                       "'for': '100 ms'}");
    // The first is so for a while, and the second must be counted all the same.
    snprintf(steps, sizeof steps, "%s, %s, %s, %s", AWAKE, UNLOCK, LOCK, any);
    story_passes(steps);
}
END_TEST

// ---- the contrary --------------------------------------------------------------------------------------------------

START_TEST(not_is_the_contrary_of_a_state)
{
    story_passes("{'expect': {'not': {'car': 'unlocked'}}}");
    story_fails("{'expect': {'not': {'car': 'locked'}}}", 0, "does not hold now");
    story_passes(UNLOCK ", {'expect': {'not': {'car': 'locked'}}, 'within': '1 s'}");
    story_passes("{'expect': {'not': {'all': [{'car': 'locked'}, {'terminal': '15'}]}}}");
    story_fails("{'expect': {'not': {'any': [{'car': 'locked'}, {'terminal': '15'}]}}}", 0, "does not hold now");
    story_passes("{'expect': {'not': {'not': {'car': 'locked'}}}}");
}
END_TEST

START_TEST(not_is_watched_like_any_state)
{
    story_passes("{'always': {'not': {'car': 'unlocked'}}, 'for': '1 s'}");
    story_fails(UNLOCK ", {'always': {'not': {'car': 'unlocked'}}, 'for': '1 s'}", 1, "violated");
    story_fails(UNLOCK ", {'never': {'not': {'car': 'locked'}}, 'for': '1 s'}", 1, "seen");
}
END_TEST

START_TEST(no_profile_is_a_profile_that_can_be_asked_for)
{
    story_passes(SEAT("0000000000000000") ", {'expect': {'ecu': 'seat', 'profile': 'none'}, 'within': '100 ms'}");
    story_fails(SEAT("0100000000000000") ", {'expect': {'ecu': 'seat', 'profile': 'none'}, 'within': '100 ms'}", 1,
                "not met within 100 ms");
    story_fails(SEAT("0000000000000000") ", {'expect': {'ecu': 'seat', 'profile': 1}, 'within': '100 ms'}", 1,
                "not met within 100 ms");
    story_fails("{'expect': {'ecu': 'seat', 'profile': 'none'}}", 0, "does not hold now"); // nobody has said so
    story_passes("{'expect': {'not': {'ecu': 'seat', 'profile': 'none'}}}");
}
END_TEST

// ---- watches that saw nothing --------------------------------------------------------------------------------------

// The steps of the watches that saw nothing, as digits.
static void assert_idle(const char *steps, const char *expected)
{
    char idle[16] = "", *end = idle;
    error_t error;
    error_clear(&error);
    garage_t *garage = garage_new();
    const story_t *story = story_fixture_parse(garage, "", steps);
    car_plan_t plan = story_plan(story);
    car_t *car = car_new(&plan, &(car_host_t){.find = units_find}, &error);
    car_play(car, story);
    ck_assert_msg(car_run(car, &error), "%s", error.text);
    for (size_t i = 0; (i = player_idle_step(car->player, i)) < story->step_count;) *end++ = (char)('0' + i++);
    ck_assert_str_eq(idle, expected);
    bool passed = player_verdict(car->player)->state == PLAYER_PASSED;
    player_fail_idle(car->player);
    if (passed && *expected)
        story_assert_failed(player_verdict(car->player), (size_t)(*expected - '0'), "watched 0 frames");
    else
        ck_assert_int_eq(player_verdict(car->player)->state == PLAYER_PASSED, passed);
    car_destroy(&car);
    story_destroy(&story);
    garage_destroy(&garage);
}

#define PRESS "{'at': '100 ms', 'remote': {'key': 1, 'button': 'unlock'}}"
#define NEVER(condition) "{'never': " condition ", 'background': true}"

START_TEST(a_watch_whose_messages_never_came_is_idle)
{
    assert_idle(NEVER("{'message': 'DoorState', 'signals': {'DriverDoor': 1}}") "," PRESS ", {'wait': '1 s'}", "");
    assert_idle(NEVER("{'frame': '7FF#*'}") "," PRESS ", {'wait': '1 s'}", "0");
    assert_idle(NEVER("{'message': 'SeatStatus', 'bus': 'kcan-p', 'signals': {'Profile': 4}}") "," PRESS
                                                                                               ", {'wait': '1 s'}",
                "");
    assert_idle(NEVER("{'message': 'NetworkManagementCas', 'bus': 'kcan-s', 'signals': {}}") ", {'wait': '1 s'}", "0");
    assert_idle("{'always': {'message': 'SeatStatus', 'period': ['1 ms', '5 s']}, 'for': '1 s'}", "0");
}
END_TEST

START_TEST(frames_of_the_instant_in_which_a_watch_begins_are_none_that_it_saw)
{
    assert_idle(PRESS ", {'expect': {'frame': '23A#*', 'bus': 'kcan-p'}, 'within': '1 s'}, "
                      "{'never': {'frame': '23A#*', 'bus': 'kcan-p'}, 'for': '1 ms'}",
                "2");
}
END_TEST

START_TEST(of_whenever_the_first_counts_and_a_state_watches_no_frames)
{
    assert_idle("{'whenever': {'frame': '7FF#*'}, 'then': {'message': 'SeatStatus'}, 'within': '1 s', 'background': "
                "true}," PRESS ", {'wait': '1 s'}",
                "0");
    assert_idle(
        "{'whenever': {'car': 'unlocked'}, 'then': {'ecu': 'seat', 'profile': 1}, 'within': '1 s', 'background': "
        "true}, {'always': {'car': 'locked'}, 'for': '50 ms'}",
        "");
}
END_TEST

START_TEST(a_watch_of_several_rounds_is_idle_when_it_was_so_in_all_of_them)
{
    assert_idle(
        "{'repeat': 3, 'steps': [{'never': {'message': 'SeatStatus', 'signals': {'Profile': 4}}, 'for': '1 s'}]}", "0");
    assert_idle(
        "{'repeat': 3, 'steps': [{'never': {'message': 'SeatStatus', 'signals': {'Profile': 4}}, 'for': '1 s'}, "
        "{'remote': {'key': 1, 'button': 'unlock'}}]}",
        "");
    assert_idle("{'repeat': 3, 'steps': [{'never': {'message': 'SeatStatus', 'signals': {'Profile': '${round}'}}, "
                "'for': '1 s'}]}",
                "0");
}
END_TEST

START_TEST(a_watch_that_was_not_reached_and_a_story_that_failed_are_left_alone)
{
    assert_idle("{'expect': {'car': 'unlocked'}}, " NEVER("{'message': 'SeatStatus'}"), "");
    assert_idle(NEVER("{'message': 'SeatStatus'}") ", {'expect': {'car': 'unlocked'}, 'within': '1 s'}", "0");
}
END_TEST

int main(void)
{
    const TTest *const TESTS[] = {
        a_count_holds_the_story_for_its_time_and_is_judged_at_its_end,
        as_many_as_told_are_counted_and_no_more,
        only_frames_with_those_values_on_that_bus_are_counted,
        a_frame_that_met_an_expectation_is_not_counted_as_well_and_one_that_was_counted_meets_none,
        the_instant_of_the_end_counts_and_the_one_after_it_not,
        counts_stand_beside_other_expectations,
        not_is_the_contrary_of_a_state,
        not_is_watched_like_any_state,
        no_profile_is_a_profile_that_can_be_asked_for,
        a_watch_whose_messages_never_came_is_idle,
        frames_of_the_instant_in_which_a_watch_begins_are_none_that_it_saw,
        of_whenever_the_first_counts_and_a_state_watches_no_frames,
        a_watch_of_several_rounds_is_idle_when_it_was_so_in_all_of_them,
        a_watch_that_was_not_reached_and_a_story_that_failed_are_left_alone,
    };
    TCase *tests = tcase_create("counts");
    suite_add_tests(tests, TESTS, sizeof TESTS / sizeof TESTS[0]);
    return suite_run("counts", tests);
}
