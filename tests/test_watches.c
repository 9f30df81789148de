// SPDX-License-Identifier: MIT
// What never and always mean: which frames count, which states, which gaps (tests/story_fixture.h).
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "tests/story_fixture.h"
#include "tests/suite.h"

#define UNLOCK "{'frame': {'bus': 'kcan-s', 'frame': '2A0#1111010000000000'}}"
#define LOCK "{'frame': {'bus': 'kcan-s', 'frame': '2A0#2222020000000000'}}"
#define IDLE "{'frame': {'bus': 'kcan-s', 'frame': '2A0#8888080000000000'}}"
#define PING "{'frame': {'bus': 'kcan-s', 'frame': '123#01'}}"
#define SEEN(within) "{'expect': {'frame': '123#01'}, 'within': '" within "'}"
#define AWAKE UNLOCK ", {'wait': '50 ms'}" // from then on a frame takes its length only

// ---- never and always ----------------------------------------------------------------------------------------------

START_TEST(never_holds_the_story_and_fails_at_the_first_violation)
{
    story_fixture_t *fixture = story_fixture_play("{'never': {'frame': '123#*'}, 'for': '3 s'}");
    ck_assert_int_eq(fixture->verdict.state, PLAYER_PASSED);
    ck_assert_int_eq(fixture->verdict.time_ns, 3 * TIME_S);
    story_fixture_destroy(&fixture);
    fixture = story_fixture_play(PING ", {'never': {'frame': '123#*'}, 'for': '3 s'}");
    ck_assert_int_eq(fixture->verdict.state, PLAYER_FAILED);
    ck_assert_int_lt(fixture->verdict.time_ns, 6 * TIME_MS);
    ck_assert_str_eq(fixture->verdict.problem, "seen");
    ck_assert_str_eq(fixture->verdict.expected, "never frame 123#* for 3 s");
    story_fixture_destroy(&fixture);
}
END_TEST

START_TEST(a_frame_that_met_the_expectation_before_is_over_for_the_never_behind_it)
{
    story_passes(PING "," SEEN("1 s") ", {'never': {'frame': '123#*'}, 'for': '1 s'}");
    story_fails(PING "," SEEN("1 s") "," PING ", {'never': {'frame': '123#*'}, 'for': '1 s'}", 3, "seen");
}
END_TEST

START_TEST(a_background_watch_sees_frames_that_meet_expectations)
{
    story_fails("{'never': {'frame': '123#*'}, 'background': true}," PING "," SEEN("1 s"), 0, "seen");
}
END_TEST

START_TEST(a_background_watch_lets_the_story_go_on_and_ends_with_it)
{
    story_fixture_t *fixture =
        story_fixture_play("{'never': {'car': 'unlocked'}, 'background': true}, {'wait': '1 s'}, " UNLOCK);
    ck_assert_int_eq(fixture->verdict.state, PLAYER_PASSED);
    ck_assert_int_eq(fixture->verdict.time_ns, TIME_S);
    story_fixture_destroy(&fixture);
    story_fails("{'never': {'car': 'unlocked'}, 'background': true}, {'wait': '1 s'}, " UNLOCK ", {'wait': '1 s'}", 0,
                "seen");
}
END_TEST

START_TEST(states_count_from_the_instant_in_which_a_watch_begins)
{
    story_fails("{'never': {'car': 'locked'}, 'for': '1 s'}", 0, "seen");
    story_fails("{'always': {'car': 'unlocked'}, 'for': '1 s'}", 0, "violated");
    story_fails("{'always': {'car': 'unlocked'}, 'background': true}, {'wait': '1 s'}", 0, "violated");
    story_passes("{'always': {'car': 'locked'}, 'for': '1 s'}");
    story_fails(UNLOCK ", {'always': {'car': 'locked'}, 'for': '1 s'}", 1, "violated");
}
END_TEST

START_TEST(always_a_message_means_every_frame_of_it)
{
    const char *always = "{'always': {'message': 'CentralLocking', 'bus': 'kcan-s', 'signals': {'DriverDoor': "
                         "'unlock'}}, 'background': true}";
    char steps[1024];
    snprintf(steps, sizeof steps, "%s," UNLOCK "," PING ", {'wait': '1 s'}", always);
    story_passes(steps);
    snprintf(steps, sizeof steps, "%s," UNLOCK "," IDLE ", {'wait': '1 s'}", always);
    story_fails(steps, 0, "violated");
    snprintf(steps, sizeof steps, "%s, {'frame': {'bus': 'kcan-p', 'frame': '2A0#2222020000000000'}}, {'wait': '1 s'}",
             always);
    story_passes(steps);
    story_fails("{'always': {'frame': '123#02'}, 'background': true}," PING ", {'wait': '1 s'}", 0, "violated");
    story_passes("{'always': {'frame': '124#02'}, 'background': true}," PING ", {'wait': '1 s'}");
}
END_TEST

START_TEST(always_any_needs_one_of_them_for_each_frame)
{
    const char *any = "{'always': {'any': [{'message': 'CentralLocking', 'signals': {'DriverDoor': 'unlock'}}, "
                      "{'message': 'CentralLocking', 'signals': {'DriverDoor': 'idle'}}]}, 'background': true}";
    char steps[1024];
    snprintf(steps, sizeof steps, "%s," UNLOCK "," IDLE ", {'wait': '1 s'}", any);
    story_passes(steps);
    snprintf(steps, sizeof steps, "%s," UNLOCK "," LOCK ", {'wait': '1 s'}", any);
    story_fails(steps, 0, "violated");
    // a state or a frame: nothing is wrong while no frame comes, and a wrong frame is while the state is wrong too
    const char *mixed = "{'always': {'any': [{'terminal': '15'}, {'frame': '123#02'}]}, 'background': true}";
    snprintf(steps, sizeof steps, "%s," UNLOCK ", {'wait': '1 s'}", mixed);
    story_passes(steps);
    snprintf(steps, sizeof steps, "%s," PING ", {'wait': '1 s'}", mixed);
    story_fails(steps, 0, "violated");
}
END_TEST

START_TEST(never_all_is_violated_when_everything_was_seen)
{
    const char *never = "{'never': {'all': [{'frame': '123#01'}, {'message': 'CentralLocking'}]}, 'background': true}";
    char steps[512];
    snprintf(steps, sizeof steps, "%s," PING ", {'wait': '1 s'}", never);
    story_passes(steps);
    snprintf(steps, sizeof steps, "%s," PING ", {'wait': '1 s'}," UNLOCK ", {'wait': '1 s'}", never);
    story_fails(steps, 0, "seen");
}
END_TEST

// ---- periods -------------------------------------------------------------------------------------------------------

#define GAPS(verb, low, high)                                                                                          \
    "{'" verb "': {'message': 'DoorState', 'period': ['" low "', '" high "']}, 'background': true}"
#define DOOR "{'frame': {'bus': 'kcan-s', 'frame': '2FC#00000000000000'}}"

START_TEST(every_gap_lies_in_the_period)
{
    const char *rest = AWAKE "," DOOR ", {'wait': '100 ms'}," DOOR ", {'wait': '100 ms'}," DOOR ", {'wait': '5 ms'}";
    char steps[2048];
    snprintf(steps, sizeof steps, GAPS("always", "99 ms", "101 ms") ",%s", rest);
    story_passes(steps);
    snprintf(steps, sizeof steps, GAPS("always", "101 ms", "102 ms") ",%s", rest);
    story_fails(steps, 0, "violated");
    snprintf(steps, sizeof steps, GAPS("never", "101 ms", "102 ms") ",%s", rest);
    story_passes(steps);
    snprintf(steps, sizeof steps, GAPS("never", "0 s", "100 ms") ",%s", rest);
    story_fails(steps, 0, "seen");
}
END_TEST

START_TEST(a_gap_out_of_its_period_is_told)
{
    const char *steps =
        GAPS("always", "101 ms", "102 ms") "," AWAKE "," DOOR ", {'wait': '100 ms'}," DOOR ", {'wait': '5 ms'}";
    story_fixture_t *fixture = story_fixture_play(steps);
    const char *seen = fixture->verdict.seen;
    ck_assert_msg(strncmp(seen, "100 ms after the one before, DoorState at 0.1", 45) == 0, "%s", seen);
    story_fixture_destroy(&fixture);
}
END_TEST

START_TEST(a_frame_that_is_overdue_violates_the_period_at_that_time)
{
    story_fixture_t *fixture =
        story_fixture_play(AWAKE "," DOOR ", {'expect': {'message': 'DoorState'}, 'within': '1 s'}");
    int64_t carried_ns = fixture->verdict.time_ns;
    story_fixture_destroy(&fixture);
    fixture = story_fixture_play(AWAKE "," GAPS("always", "0 s", "100 ms") "," DOOR ", {'wait': '10 s'}");
    ck_assert_int_eq(fixture->verdict.state, PLAYER_FAILED);
    ck_assert_int_eq(fixture->verdict.time_ns, carried_ns + 100 * TIME_MS + 1);
    story_fixture_destroy(&fixture);
}
END_TEST

START_TEST(gaps_are_counted_per_bus_and_from_the_frame_before_the_watch)
{
    story_passes(AWAKE "," GAPS("never", "0 s",
                                "90 ms") "," DOOR ", {'wait': '50 ms'}, {'frame': {'bus': 'kcan-p', 'frame': "
                                         "'2FC#00000000000000'}}, {'wait': '50 ms'}," DOOR ", {'wait': '10 ms'}");
    // the frame that met the expectation is the first of the period that follows, and then none comes
    story_fails(AWAKE "," DOOR ", {'expect': {'message': 'DoorState'}, 'within': '1 s'}, "
                      "{'always': {'message': 'DoorState', 'period': ['0 s', '100 ms']}, 'for': '1 s'}",
                4, "violated");
}
END_TEST

// ---- the suite -----------------------------------------------------------------------------------------------------

int main(void)
{
    const TTest *const TESTS[] = {
        never_holds_the_story_and_fails_at_the_first_violation,
        a_frame_that_met_the_expectation_before_is_over_for_the_never_behind_it,
        a_background_watch_sees_frames_that_meet_expectations,
        a_background_watch_lets_the_story_go_on_and_ends_with_it,
        states_count_from_the_instant_in_which_a_watch_begins,
        always_a_message_means_every_frame_of_it,
        always_any_needs_one_of_them_for_each_frame,
        never_all_is_violated_when_everything_was_seen,
        every_gap_lies_in_the_period,
        a_gap_out_of_its_period_is_told,
        a_frame_that_is_overdue_violates_the_period_at_that_time,
        gaps_are_counted_per_bus_and_from_the_frame_before_the_watch,
    };
    TCase *tcase = tcase_create("stories");
    suite_add_tests(tcase, TESTS, sizeof TESTS / sizeof TESTS[0]);
    return suite_run("watches", tcase);
}
