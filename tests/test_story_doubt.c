// SPDX-License-Identifier: MIT
// What a story does that nobody could, and what of it cannot fail: told as warnings, each once.
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "bus/base/words.h"
#include "tests/story_fixture.h"
#include "tests/suite.h"

static garage_t *garage;

static void open_garage(void)
{
    garage = garage_new();
}

static void close_garage(void)
{
    garage_destroy(&garage);
}

// The warnings, without their places and the word itself, each behind "; ".
static void assert_doubts(const char *steps, const char *expected)
{
    char told[4096], *rest;
    words_t words = words_make(told, sizeof told);
    error_t doubts;
    error_clear(&doubts);
    const story_t *story = story_fixture_parse(garage, "", steps);
    story_doubt(story, &doubts);
    for (char *line = strtok_r(doubts.text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        const char *what = strstr(line, ": warning: ");
        ck_assert_msg(strncmp(line, "test.json:1:", strlen("test.json:1:")) == 0 && what, "%s", line);
        words_add(&words, "%s%s", words.length > 0 ? "; " : "", what + strlen(": warning: "));
    }
    ck_assert_str_eq(told, expected);
    story_destroy(&story);
}

START_TEST(the_lock_has_one_key_and_needs_one)
{
    assert_doubts("{'ignition': {'insert': 1}}, {'ignition': {'terminal': '15'}}, {'ignition': {'terminal': 'off'}}, "
                  "{'ignition': {'remove': true}}, {'ignition': {'insert_foreign': true}}",
                  "");
    assert_doubts("{'ignition': {'insert': 1}}, {'ignition': {'insert_foreign': true}}",
                  "another key is in the lock, which keeps it");
    assert_doubts("{'ignition': {'remove': true}}", "there is no key in the lock to remove");
    assert_doubts("{'ignition': {'insert': 1}}, {'ignition': {'remove': true}}, {'ignition': {'terminal': 'off'}}",
                  "there is no key in the lock to turn");
}
END_TEST

START_TEST(doors_supplies_and_telegrams_are_as_they_were_left)
{
    assert_doubts("{'door': {'driver': 'open'}}, {'door': {'driver': 'closed'}}", "");
    assert_doubts("{'door': {'driver': 'closed'}}", "the door is closed already");
    assert_doubts("{'door': {'driver': 'open'}}, {'door': {'driver': 'open'}}", "the door is open already");
    assert_doubts("{'power': {'ecu': 'seat', 'state': 'crash'}}, {'power': {'ecu': 'mirror', 'state': 'off'}}, "
                  "{'power': {'ecu': 'seat', 'state': 'on'}}",
                  "");
    assert_doubts("{'power': {'ecu': 'seat', 'state': 'on'}}", "it has power already");
    assert_doubts("{'power': {'ecu': 'seat', 'state': 'off'}}, {'power': {'ecu': 'seat', 'state': 'crash'}}",
                  "it has no power");
    assert_doubts("{'remote': {'key': 1, 'button': 'unlock', 'out_of_range': true}}, {'radio': {'hex': '00'}}, "
                  "{'radio': {'replay': 2}}, {'radio': {'replay': 3}}",
                  "");
    assert_doubts("{'remote': {'key': 1, 'button': 'unlock'}}, {'radio': {'replay': 2}}",
                  "no such telegram: only 1 were sent so far");
}
END_TEST

START_TEST(a_time_that_will_have_passed_is_told)
{
    assert_doubts(
        "{'wait': '1 s'}, {'after': '500 ms', 'never': {'frame': '123#'}, 'for': '500 ms'}, {'at': '2 s', 'gear': 'n'}",
        "");
    assert_doubts(
        "{'wait': '1 s'}, {'after': '501 ms', 'never': {'frame': '123#'}, 'for': '500 ms'}, {'at': '2 s', 'gear': 'n'}",
        "its time will have passed: the steps before it end at 2.001000 s, or later");
    assert_doubts("{'expect': {'car': 'locked'}, 'within': '10 s'}, {'at': '1 s', 'gear': 'n'}", "");
    assert_doubts("{'expect': {'car': 'locked'}, 'not_before': '2 s', 'within': '10 s'}, {'at': '1 s', 'gear': 'n'}",
                  "its time will have passed: the steps before it end at 2.000000 s, or later");
}
END_TEST

START_TEST(a_range_that_leaves_all_or_nothing_is_told)
{
#define SEAT(settings) "{'expect': {'ecu': 'seat', 'settings': {" settings "}}}"
    assert_doubts(
        SEAT("'longitudinal': {'min': 0.1}, 'height': {'max': 79.9}, 'backrest_tilt': {'min': -9.95, 'max': 60}"), "");
    assert_doubts(SEAT("'longitudinal': {'min': 0}"), "every value of longitudinal lies in that range");
    assert_doubts(SEAT("'height': {'not': {'max': 80}}"), "every value of height lies in that range");
    assert_doubts(SEAT("'height': {'min': 3.01, 'max': 3.09}"), "no value of height lies in that range");
    assert_doubts(SEAT("'height': {'min': 80.01}"), "no value of height lies in that range");
    assert_doubts(SEAT("'height': {'min': 3.01, 'max': 3.1}"), "");
    assert_doubts(
        "{'expect': {'message': 'RemoteKeyStatus', 'signals': {'PersonalizationNumber': {'min': 1, 'max': 4}}}}", "");
}
END_TEST

START_TEST(a_watch_that_cannot_fail_is_told)
{
    assert_doubts("{'never': {'frame': '123#'}, 'for': '1 us'}", "");
    assert_doubts("{'never': {'frame': '123#'}, 'for': '0 s'}", "cannot fail: it lasts no time");
    assert_doubts("{'never': {'car': 'unlocked'}, 'for': '0 s'}", ""); // as it is then
    assert_doubts("{'never': {'frame': '123#'}, 'background': true}, {'gear': 'n'}",
                  "cannot fail: no time passes behind it");
    assert_doubts("{'never': {'frame': '123#'}, 'background': true}, {'wait': '1 ms'}", "");
    assert_doubts("{'always': {'message': 'SeatStatus', 'period': ['0 s', '1 s']}, 'for': '1 s'}",
                  "cannot fail: no gap in its time is longer");
    assert_doubts("{'always': {'message': 'SeatStatus', 'period': ['0 s', '1 s']}, 'for': '1001 ms'}", "");
    assert_doubts("{'whenever': {'frame': '123#'}, 'then': {'car': 'locked'}, 'within': '1 s', 'for': '1 s'}",
                  "cannot fail: its time is over before what must follow is late");
    assert_doubts("{'whenever': {'frame': '123#'}, 'then': {'car': 'locked'}, 'within': '1 s', 'for': '1001 ms'}", "");
}
END_TEST

START_TEST(a_fault_that_lasts_no_time_or_ends_before_one_of_its_kind_began_is_told)
{
    assert_doubts("{'fault': {'kind': 'drop', 'for': '1 us'}}, {'fault': {'kind': 'drop', 'clear': true}}", "");
    assert_doubts("{'fault': {'kind': 'drop', 'for': '0 s'}}", "cannot hit: it lasts no time");
    assert_doubts("{'fault': {'kind': 'drop', 'clear': true}}, {'fault': {'kind': 'drop'}}",
                  "no drop has begun before it");
    assert_doubts("{'fault': {'kind': 'drop'}}, {'fault': {'kind': 'noise', 'clear': true}}",
                  "no noise has begun before it");
}
END_TEST

START_TEST(what_many_rounds_do_is_told_once)
{
    assert_doubts("{'repeat': 9, 'steps': [{'door': {'driver': 'open'}}, {'remote': {'key': 1, 'button': 'unlock'}}]}",
                  "the door is open already");
}
END_TEST

int main(void)
{
    const TTest *const TESTS[] = {
        the_lock_has_one_key_and_needs_one,
        doors_supplies_and_telegrams_are_as_they_were_left,
        a_time_that_will_have_passed_is_told,
        a_range_that_leaves_all_or_nothing_is_told,
        a_watch_that_cannot_fail_is_told,
        what_many_rounds_do_is_told_once,
        a_fault_that_lasts_no_time_or_ends_before_one_of_its_kind_began_is_told,
    };
    TCase *tests = tcase_create("doubts");
    tcase_add_checked_fixture(tests, open_garage, close_garage);
    suite_add_tests(tests, TESTS, sizeof TESTS / sizeof TESTS[0]);
    return suite_run("story doubt", tests);
}
