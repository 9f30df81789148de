// SPDX-License-Identifier: MIT
// Faults and error states as stories speak of them, played on units that say nothing of themselves
// (tests/story_fixture.h): what is on the buses is what a stranger puts there, and frames 10 us a bit.
//
//   at 0 a stranger asks ─ 5 ms ─ awake, first bit ─ bits ─ carried      an inverted CRC delimiter, the tenth bit from
//                                              └ bits + 5 ─ error frame   the end: flag 6 and delimiter 8 behind it
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "bus/base/words.h"
#include "bus/can/frame.h"
#include "scenarios/story/vocabulary.h"
#include "tests/story_fixture.h"
#include "tests/suite.h"

#define BIT_US 10
#define AWAKE_US 5000
#define ERROR_BITS 5 // that a frame with an inverted CRC delimiter and its error frame take longer
#define TEXT_MAX 8192

#define DOORS "2A0#1111010000000000"
#define UNLOCK "{'frame': {'bus': 'kcan-s', 'frame': '" DOORS "'}}"
#define UNLOCK_P "{'frame': {'bus': 'kcan-p', 'frame': '" DOORS "'}}"
#define FAULT(members) "{'fault': {" members "}}"
#define CARRIED "{'expect': {'message': 'CentralLocking', 'bus': 'kcan-s'}, 'within': '1 s'}"
#define ERROR(time) "{'expect': {'bus': 'kcan-s', 'error': true}, " time "}"
#define COUNTERS(ecu, counters) "{'expect': {'bus': 'kcan-s', 'ecu': '" ecu "', " counters "}}"
#define STATE(ecu, state) "{'bus': 'kcan-s', 'ecu': '" ecu "', 'state': '" state "'}"

static int doors_bits(void)
{
    can_frame_t frame;
    ck_assert(frame_parse(DOORS, &frame));
    return (int)frame_bits(&frame);
}

// A story with that time in it, twice.
static const char *at_time(const char *story, int time_us)
{
    static char text[TEXT_MAX];
    ck_assert_int_lt(snprintf(text, sizeof text, story, time_us, time_us), TEXT_MAX);
    return text;
}

// ---- conditions ----------------------------------------------------------------------------------------------------

START_TEST(an_error_frame_is_seen_at_its_end_and_the_repetition_three_bits_behind_it_is_carried)
{
    int error_us = AWAKE_US + BIT_US * (doors_bits() + ERROR_BITS);
    int carried_us = error_us + BIT_US * (FRAME_INTERMISSION_BITS + doors_bits());
    static const char STORY[] = FAULT(
        "'kind': 'corrupt', 'count': 1") "," UNLOCK ",{'expect': {'bus': 'kcan-s', 'error': true, 'ecu': 'stranger'}, "
                                         "'within': '%d us', 'not_before': '%d us'}"
                                         "," COUNTERS("stranger", "'tec': 8, 'rec': 0") "," COUNTERS(
                                             "cas",
                                             "'tec': 0, 'rec': 1") "," CARRIED
                                                                   "," COUNTERS("stranger", "'tec': 7") "," COUNTERS(
                                                                       "cas", "'rec': 0");
    story_fixture_t *fixture = story_fixture_play(at_time(STORY, error_us));
    story_assert_passed(&fixture->verdict);
    ck_assert_int_eq(fixture->verdict.time_ns, carried_us * TIME_US);
    story_fixture_destroy(&fixture);
}
END_TEST

START_TEST(one_error_frame_meets_one_expectation_of_its_bus_and_sender)
{
    const char *twice = FAULT("'kind': 'corrupt', 'count': 2") "," UNLOCK "," ERROR("'within': '1 s'") "," ERROR(
        "'within': '1 s'") "," ERROR("'within': '1 s'");
    story_fails(twice, 4, "not met within 1 s");
    story_fails(
        FAULT("'kind': 'corrupt', 'count': 1") "," UNLOCK
                                               ", {'expect': {'bus': 'kcan-p', 'error': true}, 'within': '1 s'}",
        2, "not met within 1 s");
    story_fails(FAULT("'kind': 'corrupt', 'count': 1") "," UNLOCK ", {'expect': {'bus': 'kcan-s', 'error': true, "
                                                       "'ecu': 'cas'}, 'within': '1 s'}",
                2, "not met within 1 s");
    story_passes(FAULT("'kind': 'corrupt', 'count': 1") "," UNLOCK
                                                        ", {'expect': {'all': [{'bus': 'kcan-s', 'error': true}, "
                                                        "{'message': 'CentralLocking'}]}, 'within': '1 s'}");
}
END_TEST

START_TEST(error_frames_can_be_watched_for)
{
    const char *watched = FAULT("'kind': 'corrupt', 'count': 1") "," UNLOCK ", {'never': {'bus': 'kcan-s', 'error': "
                                                                 "true}, 'for': '1 s'}";
    story_fails(watched, 2, "seen");
    story_passes(UNLOCK ", {'never': {'bus': 'kcan-s', 'error': true}, 'for': '1 s'}");
    story_passes(FAULT("'kind': 'corrupt', 'count': 1") "," UNLOCK ", {'always': {'bus': 'kcan-s', 'error': true, "
                                                        "'ecu': 'stranger'}, 'for': '1 s'}");
    story_fails(FAULT("'kind': 'corrupt', 'count': 1") "," UNLOCK ", {'always': {'bus': 'kcan-s', 'error': true, "
                                                       "'ecu': 'cas'}, 'for': '1 s'}",
                2, "violated");
    story_passes(
        "{'whenever': {'bus': 'kcan-s', 'error': true}, 'then': {'message': 'CentralLocking'}, 'within': '2 ms', "
        "'background': true}," FAULT("'kind': 'corrupt', 'count': 1") "," UNLOCK ", {'wait': '1 s'}");
}
END_TEST

START_TEST(sixteen_errors_make_passive_and_thirty_two_bus_off_until_the_bus_was_idle_long_enough)
{
    const char *passive = FAULT("'kind': 'corrupt', 'count': 16") "," UNLOCK ", {'expect': " STATE(
        "stranger",
        "error-passive") ", 'within': '1 s'}," COUNTERS("stranger",
                                                        "'tec': 128") "," CARRIED
                                                                      "," COUNTERS("stranger",
                                                                                   "'tec': 127") ", "
                                                                                                 "{'expect'"
                                                                                                 ": " STATE("stran"
                                                                                                            "ger",
                                                                                                            "error"
                                                                                                            "-acti"
                                                                                                            "ve") "}";
    story_passes(passive);
    const char *off = FAULT(
        "'kind': 'corrupt', 'count': 32") "," UNLOCK
                                          ", {'expect': " STATE("stranger", "bus-off") ", 'within': '1 s'}," COUNTERS(
                                              "stranger",
                                              "'tec': 256") ", {'expect': " STATE("stranger",
                                                                                  "error-active") ", 'within': '14080 "
                                                                                                  "us'}," COUNTERS("str"
                                                                                                                   "ang"
                                                                                                                   "er",
                                                                                                                   "'te"
                                                                                                                   "c':"
                                                                                                                   " 0,"
                                                                                                                   " '"
                                                                                                                   "rec"
                                                                                                                   "': "
                                                                                                                   "0");
    story_passes(off);
}
END_TEST

START_TEST(error_states_stand_in_any_all_not_and_watches)
{
    const char *begin = FAULT("'kind': 'corrupt', 'count': 16") "," UNLOCK ",";
    char text[TEXT_MAX];
    static const char *const STORIES[] = {
        "%s {'never': " STATE("stranger", "bus-off") ", 'for': '1 s'}",
        "%s {'expect': {'not': " STATE("stranger", "error-active") "}, 'within': '1 s'}",
        "%s {'expect': {'any': [{'car': 'unlocked'}, " STATE("stranger", "error-passive") "]}, 'within': '1 s'}",
        "%s {'expect': {'all': [{'car': 'locked'}, " STATE("stranger", "error-passive") "]}, 'within': '1 s'}",
        "%s {'always': {'bus': 'kcan-s', 'ecu': 'stranger', 'tec': {'max': 128}}, 'for': '1 s'}",
        "{'whenever': " STATE("stranger", "error-passive") ", 'then': " STATE(
            "stranger", "error-active") ", 'within': '3 ms', 'background': true}, %s {'wait': '1 s'}",
    };
    for (size_t i = 0; i < sizeof STORIES / sizeof STORIES[0]; i++) {
        snprintf(text, sizeof text, STORIES[i], begin);
        story_passes(text);
    }
    snprintf(text, sizeof text, "%s {'always': " STATE("stranger", "error-active") ", 'for': '1 s'}", begin);
    story_fails(text, 2, "violated");
    snprintf(text, sizeof text, "%s {'never': {'bus': 'kcan-s', 'ecu': 'stranger', 'tec': {'min': 128}}, 'for': '1 s'}",
             begin);
    story_fails(text, 2, "seen");
}
END_TEST

START_TEST(a_unit_has_a_state_as_long_as_a_story_gives_it_power)
{
    story_passes("{'expect': {'bus': 'kcan-s', 'ecu': 'cas', 'tec': 0, 'rec': 0}}, {'expect': " STATE(
        "cas", "error-active") "}");
    story_passes("{'power': {'ecu': 'cas', 'state': 'off'}}, {'expect': {'not': " STATE(
        "cas",
        "error-active") "}}, {'never': {'any': [" STATE("cas",
                                                        "error-active") "," STATE("cas",
                                                                                  "error-passive") "," STATE("cas",
                                                                                                             "bus-off") ", {'bus': 'kcan-s', 'ecu': 'cas', 'tec': {'min': 0}}]}, 'for': '10 ms'}, "
                                                                                                                        "{'power': {'ecu': 'cas', 'state': 'on'}}, {'expect': " STATE(
                                                                                                                            "cas",
                                                                                                                            "error-active") "}");
    story_fails(
        "{'wait': '1 s'}, {'power': {'ecu': 'cas', 'state': 'crash'}}, {'expect': {'bus': 'kcan-s', 'ecu': 'cas', "
        "'rec': 0}}",
        2, "does not hold now");
}
END_TEST

// ---- faults --------------------------------------------------------------------------------------------------------

START_TEST(a_dropped_request_is_neither_seen_nor_an_error)
{
    story_fails(FAULT("'kind': 'drop', 'message': 'CentralLocking', 'count': 1") "," UNLOCK "," CARRIED, 2,
                "not met within 1 s");
    story_passes(FAULT(
        "'kind': 'drop', 'message': 'CentralLocking', 'ecu': 'stranger', 'bus': 'kcan-s', 'count': 1") "," UNLOCK
                                                                                                       "," UNLOCK
                                                                                                       ", {'expect': "
                                                                                                       "{'message': "
                                                                                                       "'CentralLocking"
                                                                                                       "', 'count': "
                                                                                                       "[1, 1]}, "
                                                                                                       "'for': '1 "
                                                                                                       "s'}," COUNTERS(
                                                                                                           "stranger",
                                                                                                           "'tec': 0"));
    story_passes(FAULT("'kind': 'drop', 'bus': 'kcan-p'") "," UNLOCK "," CARRIED);
    story_passes(FAULT("'kind': 'drop', 'ecu': 'cas'") "," UNLOCK "," CARRIED);
    story_passes(FAULT("'kind': 'drop', 'message': 'SeatStatus'") "," UNLOCK "," CARRIED);
}
END_TEST

START_TEST(a_count_is_of_all_buses_together_and_a_time_ends_a_fault)
{
    story_passes(
        FAULT("'kind': 'drop', 'count': 2") "," UNLOCK "," UNLOCK_P "," UNLOCK ", {'expect': {'message': "
                                            "'CentralLocking', 'bus': 'kcan-s', 'count': [1, 1]}, 'for': '1 s'}");
    story_passes(
        FAULT("'kind': 'drop', 'for': '1 s'") "," UNLOCK ", {'after': '999999 us', 'frame': {'bus': 'kcan-s', "
                                              "'frame': '" DOORS
                                              "'}}, {'after': '1 us', 'frame': {'bus': 'kcan-s', 'frame': '" DOORS
                                              "'}}, {'expect': "
                                              "{'message': 'CentralLocking', 'count': [1, 1]}, 'for': '1 s'}");
}
END_TEST

START_TEST(a_fault_is_for_requests_of_its_instant_too_in_their_order)
{
    static const char COUNTED[] = ", {'expect': {'message': 'CentralLocking', 'count': [1, 1]}, 'for': '1 s'}";
    char text[TEXT_MAX];
    snprintf(text, sizeof text, "%s,%s,%s%s", UNLOCK, FAULT("'kind': 'drop', 'count': 1"), UNLOCK, COUNTED);
    story_passes(text);
    snprintf(text, sizeof text, "%s, {'wait': '1 us'}, %s%s", UNLOCK, FAULT("'kind': 'drop'"), COUNTED);
    story_passes(text);
    snprintf(text, sizeof text, "%s,%s,%s%s", UNLOCK, FAULT("'kind': 'drop'"), FAULT("'kind': 'drop', 'clear': true"),
             COUNTED);
    story_passes(text);
    int carried_us = 30000 + BIT_US * doors_bits();
    story_passes(at_time(FAULT("'kind': 'delay', 'by': '20 ms'") "," UNLOCK "," FAULT(
                             "'kind': 'delay', 'by': '10 ms'") ", {'expect': {'message': 'CentralLocking'}, 'within': "
                                                               "'%d us', 'not_before': '%d us'}",
                         carried_us));
}
END_TEST

START_TEST(a_delayed_request_waits_and_one_that_is_duplicated_is_carried_twice)
{
    int carried_us = 20000 + BIT_US * doors_bits();
    story_passes(at_time(
        FAULT("'kind': 'delay', 'by': '20 ms', 'count': 1") "," UNLOCK ", {'expect': {'message': 'CentralLocking'}, "
                                                            "'within': '%d us', 'not_before': '%d us'}",
        carried_us));
    story_passes(FAULT(
        "'kind': 'duplicate'") "," UNLOCK ", {'expect': {'message': 'CentralLocking', 'count': [2, 2]}, 'for': '1 s'}");
}
END_TEST

START_TEST(what_is_cleared_has_ended_and_what_is_another_selection_has_not)
{
    story_passes(FAULT("'kind': 'drop', 'message': 'CentralLocking'") "," FAULT(
        "'kind': 'drop', 'message': 'CentralLocking', 'clear': true") "," UNLOCK "," CARRIED);
    story_fails(FAULT("'kind': 'drop', 'message': 'CentralLocking'") "," FAULT(
                    "'kind': 'drop', 'clear': true") "," UNLOCK "," CARRIED,
                3, "not met within 1 s");
    story_passes(FAULT("'kind': 'delay', 'by': '1 min'") "," FAULT(
        "'kind': 'delay', 'by': '1 s', 'clear': true") "," UNLOCK "," CARRIED);
}
END_TEST

START_TEST(a_shorted_bus_cannot_be_woken_before_it_is_whole_again)
{
    int carried_us = 1000000 - 1000 + AWAKE_US + BIT_US * doors_bits();
    static const char STORY[] = FAULT(
        "'kind': 'cut', 'bus': 'kcan-s', 'for': '1 s'") ", {'wait': '1 ms'}," UNLOCK "," UNLOCK_P
                                                        ", {'expect': {'message': 'CentralLocking', 'bus': 'kcan-s'}, "
                                                        "'within': '%d us', 'not_before': '%d us'}";
    story_passes(at_time(STORY, carried_us));
}
END_TEST

START_TEST(who_is_cut_off_hears_nothing_and_joined_again_acknowledges_as_before)
{
    story_passes(FAULT("'kind': 'corrupt', 'count': 1") "," FAULT(
        "'kind': 'cut', 'ecu': 'cas', 'for': '100 ms'") "," UNLOCK "," CARRIED
                                                        "," COUNTERS(
                                                            "cas",
                                                            "'rec': 0") ", {'after': '100 ms', 'fault': {'kind': "
                                                                        "'corrupt', 'count': "
                                                                        "1}}," UNLOCK
                                                                        "," ERROR("'within': '1 s'") "," COUNTERS(
                                                                            "cas", "'rec': 1"));
}
END_TEST

START_TEST(who_babbles_is_heard_all_the_time)
{
    story_passes(
        "{'after': '1 ms', 'fault': {'kind': 'babble', 'ecu': 'seat', 'frame': '7FF#', 'for': '10 ms'}}, {'expect': "
        "{'frame': '7FF#', 'bus': 'kcan-p'}, 'within': '10 ms'}, {'never': {'frame': '7FF#', 'bus': 'kcan-s'}, "
        "'for': '5 ms'}, {'expect': {'frame': '7FF#'}, 'within': '1 ms'}");
}
END_TEST

// ---- words ---------------------------------------------------------------------------------------------------------

static void assert_told(const char *steps, const char *expected, const char *seen, const char *hint)
{
    story_fixture_t *fixture = story_fixture_play(steps);
    ck_assert_int_eq(fixture->verdict.state, PLAYER_FAILED);
    ck_assert_str_eq(fixture->verdict.expected, expected);
    ck_assert_str_eq(fixture->verdict.seen, seen);
    ck_assert_str_eq(fixture->verdict.hint, hint);
    story_fixture_destroy(&fixture);
}

START_TEST(a_failure_tells_state_and_counters_the_last_error_frame_and_faults_that_last)
{
    assert_told("{'expect': {'bus': 'kcan-s', 'ecu': 'cas', 'state': 'bus-off'}}", "expect cas bus-off on kcan-s",
                "cas on kcan-s: error-active, TEC 0, REC 0", "");
    assert_told("{'expect': {'bus': 'kcan-s', 'ecu': 'cas', 'tec': {'min': 1, 'max': 2.5}, 'rec': {'min': 8}}}",
                "expect cas TEC=1 .. 2.5 REC>=8 on kcan-s", "cas on kcan-s: error-active, TEC 0, REC 0", "");
    assert_told("{'power': {'ecu': 'cas', 'state': 'off'}}, {'expect': {'bus': 'kcan-s', 'ecu': 'cas', 'tec': 0}}",
                "expect cas TEC=0 on kcan-s", "cas on kcan-s: no power", "");
    assert_told("{'expect': {'bus': 'kcan-s', 'error': true}}", "expect error frame on kcan-s",
                "no error frame on kcan-s since the step was reached", "");
    char seen[128];
    snprintf(seen, sizeof seen, "error frame of " DOORS " of stranger at 0.%06d s on kcan-s",
             AWAKE_US + BIT_US * (doors_bits() + ERROR_BITS));
    assert_told(FAULT("'kind': 'corrupt', 'count': 1") "," UNLOCK
                                                       ", {'expect': {'bus': 'kcan-s', 'error': true, 'ecu': "
                                                       "'cas'}, 'within': '1 s'}",
                "expect error frame of a frame of cas on kcan-s within 1 s", seen, "");
    assert_told(FAULT("'kind': 'drop', 'message': 'CentralLocking'") "," UNLOCK "," CARRIED,
                "expect CentralLocking on kcan-s within 1 s", "no CentralLocking on kcan-s",
                "a fault lasts: drop CentralLocking");
}
END_TEST

START_TEST(a_failure_tells_that_a_sender_is_bus_off)
{
    assert_told(
        FAULT("'kind': 'babble', 'ecu': 'cas', 'bus': 'kcan-s', 'for': '1 s'") "," FAULT(
            "'kind': 'corrupt', 'ecu': 'cas', 'count': 32") ", {'expect': " STATE("cas",
                                                                                  "bus-off") ", 'within': '1 s'}"
                                                                                             ", {'expect': {'message': "
                                                                                             "'TerminalStatus'}, "
                                                                                             "'within': '1 ms'}",
        "expect TerminalStatus within 1 ms", "no TerminalStatus",
        "cas is bus-off on kcan-s; a fault lasts: babble of cas on kcan-s");
}
END_TEST

static void assert_words(const char *step, const char *expected)
{
    garage_t *garage = garage_new();
    char text[256];
    words_t words = words_make(text, sizeof text);
    const story_t *story = story_fixture_parse(garage, "", step);
    story->steps[0].verb->words(&words, story, &story->steps[0]);
    ck_assert_str_eq(text, expected);
    story_destroy(&story);
    garage_destroy(&garage);
}

START_TEST(a_fault_is_told_in_words)
{
    assert_words(
        FAULT("'kind': 'drop', 'message': 'RemoteKeyStatus', 'bus': 'kcan-p', 'ecu': 'cas', 'to': 'seat', 'count': 1"),
        "drop RemoteKeyStatus of cas on kcan-p to seat, 1 time");
    assert_words(FAULT("'kind': 'delay', 'ecu': 'stranger', 'by': '20 ms', 'for': '1.5 s'"),
                 "delay of stranger by 20 ms for 1.5 s");
    assert_words(FAULT("'kind': 'noise', 'bus': 'kcan-s'"), "noise on kcan-s at 0.001");
    assert_words(FAULT("'kind': 'babble', 'ecu': 'tester', 'for': '1 s'"), "babble of tester with 000# for 1 s");
    assert_words(FAULT("'kind': 'corrupt', 'air': 'lf', 'count': 3"), "corrupt on the air, lf, 3 times");
    assert_words(FAULT("'kind': 'cut', 'bus': 'kcan-p', 'clear': true"), "end of cut on kcan-p");
}
END_TEST

int main(void)
{
    const TTest *const TESTS[] = {
        an_error_frame_is_seen_at_its_end_and_the_repetition_three_bits_behind_it_is_carried,
        one_error_frame_meets_one_expectation_of_its_bus_and_sender,
        error_frames_can_be_watched_for,
        sixteen_errors_make_passive_and_thirty_two_bus_off_until_the_bus_was_idle_long_enough,
        error_states_stand_in_any_all_not_and_watches,
        a_unit_has_a_state_as_long_as_a_story_gives_it_power,
        a_dropped_request_is_neither_seen_nor_an_error,
        a_count_is_of_all_buses_together_and_a_time_ends_a_fault,
        a_fault_is_for_requests_of_its_instant_too_in_their_order,
        a_delayed_request_waits_and_one_that_is_duplicated_is_carried_twice,
        what_is_cleared_has_ended_and_what_is_another_selection_has_not,
        a_shorted_bus_cannot_be_woken_before_it_is_whole_again,
        who_is_cut_off_hears_nothing_and_joined_again_acknowledges_as_before,
        who_babbles_is_heard_all_the_time,
        a_failure_tells_state_and_counters_the_last_error_frame_and_faults_that_last,
        a_failure_tells_that_a_sender_is_bus_off,
        a_fault_is_told_in_words,
    };
    TCase *tests = tcase_create("story faults");
    suite_add_tests(tests, TESTS, sizeof TESTS / sizeof TESTS[0]);
    return suite_run("story faults", tests);
}
