// SPDX-License-Identifier: MIT
// Texts put together, and the words of steps.
#include <check.h>

#include "scenarios/story/words_step.h"
#include "tests/story_fixture.h"
#include "tests/suite.h"

START_TEST(times_are_written_as_people_write_them)
{
    static const struct {
        int64_t time_ns;
        const char *words;
    } ROWS[] = {{15 * TIME_S, "15 s"},
                {1500 * TIME_MS, "1.5 s"},
                {20 * TIME_MS, "20 ms"},
                {TIME_MS + TIME_US, "1.001 ms"},
                {250 * TIME_US, "250 us"},
                {1500, "1.5 us"},
                {7, "7 ns"},
                {2 * TIME_MIN, "120 s"},
                {TIME_S + 1, "1.000000001 s"},
                {0, "0 s"}};
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        char written[64];
        words_t words = words_make(written, sizeof written);
        words_add_time(&words, ROWS[i].time_ns);
        ck_assert_str_eq(written, ROWS[i].words);
    }
}
END_TEST

START_TEST(words_that_do_not_fit_are_left_out_with_a_sign)
{
    char written[8];
    words_t words = words_make(written, sizeof written);
    for (int i = 0; i < 10; i++) words_add(&words, "%d, ", i);
    ck_assert_str_eq(written, "0, 1…");
    words = words_make(written, sizeof written);
    for (int i = 0; i < 10; i++) words_add(&words, "€");
    ck_assert_str_eq(written, "€…");
    words = words_make(written, sizeof written);
    words_add(&words, "%s", "1234567");
    ck_assert_str_eq(written, "1234567"); // it fits
}
END_TEST

START_TEST(a_list_of_choices_reads_as_a_sentence)
{
    static const char *const NAMES[] = {"off", "auto", "on"};
    static const char *const SENTENCES[] = {"", "off", "off or auto", "off, auto or on"};
    for (size_t count = 0; count <= 3; count++) {
        char written[64];
        words_t words = words_make(written, sizeof written);
        for (size_t i = 0; i < count; i++) words_add_choice(&words, NAMES[i], i, count);
        ck_assert_str_eq(written, SENTENCES[count]);
    }
}
END_TEST

START_TEST(every_step_has_words)
{
    static const char *const WORDS[] = {
        "remote key 2 unlock, held 300 ms, out of range",
        "radio replays telegram 1",
        "radio forges key 2 lock",
        "ignition a foreign key inserted",
        "door driver open",
        "switch seat longitudinal to 165.0 mm",
        "switch seat longitudinal decrease, held 1.5 s",
        "adjust climate temperature_offset=2 K style=soft",
        "frame 23A#1130 on kcan-s",
        "power seat crash",
        "expect RemoteKeyStatus on kcan-p with PersonalizationNumber=2 Button=unlock within 50 ms, not before 1 ms",
        "expect any of (seat profile 2, not coded or all of (car locked and terminal 15 and no valid key))",
        "always TerminalStatus every 95 ms to 105 ms for 1 s",
        "never frame 23A#1??1 on kcan-s to the story's end",
    };
    garage_t *garage = garage_new();
    const story_t *full = story_fixture_parse(
        garage, "",
        "{'remote': {'key': 2, 'button': 'unlock', 'hold': '300 ms', 'out_of_range': true}}, {'radio': {'replay': 1}},"
        "{'radio': {'forge': {'key': 2, 'button': 'lock'}}}, {'ignition': {'insert_foreign': true}}, {'door': "
        "{'driver': 'open'}},"
        "{'switch': {'ecu': 'seat', 'axis': 'longitudinal', 'to': 165}},"
        "{'switch': {'ecu': 'seat', 'axis': 'longitudinal', 'direction': 'decrease', 'hold': '1.5 s'}},"
        "{'adjust': {'ecu': 'climate', 'settings': {'temperature_offset': 2, 'style': 'soft'}}},"
        "{'frame': {'bus': 'kcan-s', 'frame': '23A#1130'}}, {'power': {'ecu': 'seat', 'state': 'crash'}},"
        "{'expect': {'message': 'RemoteKeyStatus', 'bus': 'kcan-p', 'signals': {'PersonalizationNumber': 2, 'Button': "
        "'unlock'}}, "
        "'within': '50 ms', 'not_before': '1 ms'},"
        "{'expect': {'any': [{'ecu': 'seat', 'profile': 2, 'coded': false}, {'all': [{'car': 'locked'}, {'terminal': "
        "'15'}, "
        "{'key_valid': false}]}]}},"
        "{'always': {'message': 'TerminalStatus', 'period': ['95 ms', '105 ms']}, 'for': '1 s'},"
        "{'never': {'frame': '23A#1??1', 'bus': 'kcan-s'}, 'background': true}");
    ck_assert_uint_eq(full->step_count, sizeof WORDS / sizeof WORDS[0]);
    for (size_t i = 0; i < full->step_count; i++) {
        char written[512];
        words_t words = words_make(written, sizeof written);
        words_add_step(&words, full, &full->steps[i]);
        ck_assert_str_eq(written, WORDS[i]);
    }
    story_destroy(&full);
    garage_destroy(&garage);
}
END_TEST

int main(void)
{
    const TTest *const TESTS[] = {
        times_are_written_as_people_write_them,
        words_that_do_not_fit_are_left_out_with_a_sign,
        a_list_of_choices_reads_as_a_sentence,
        every_step_has_words,
    };
    TCase *tcase = tcase_create("words");
    suite_add_tests(tcase, TESTS, sizeof TESTS / sizeof TESTS[0]);
    return suite_run("words", tcase);
}
