// SPDX-License-Identifier: MIT
// What a frame is, its rank in arbitration, its text and patterns of it. Its length on the wire: test_frame_length.c.
#include "bus/can/frame.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/suite.h"

static can_frame_t parsed(const char *text)
{
    can_frame_t frame = {0};
    ck_assert_msg(frame_parse(text, &frame), "%s", text);
    return frame;
}

// ---- arbitration ---------------------------------------------------------------------------------------------------

START_TEST(smaller_identifier_wins_then_data_then_base_format)
{
    // in the order of ISO 11898-1: what wins stands first
    static const char *const ORDER[] = {"000#",  "000#R",     "00000000#", "00000000#R", "00000001#", "0003FFFF#R",
                                        "001#",  "130#45",    "130#R",     "04C00000#",  "131#",      "7FF#",
                                        "7FF#R", "1FFC0000#", "1FFFFFFF#", "1FFFFFFF#R"};
    for (size_t i = 1; i < sizeof ORDER / sizeof *ORDER; i++) {
        can_frame_t first = parsed(ORDER[i - 1]);
        can_frame_t second = parsed(ORDER[i]);
        ck_assert_msg(frame_priority(&first) < frame_priority(&second), "%s before %s", ORDER[i - 1], ORDER[i]);
    }
}
END_TEST

START_TEST(content_does_not_change_the_rank)
{
    can_frame_t a = parsed("130#00");
    can_frame_t b = parsed("130#FFFF");
    ck_assert_uint_eq(frame_priority(&a), frame_priority(&b));
}
END_TEST

// ---- text ----------------------------------------------------------------------------------------------------------

START_TEST(text_of_candump_is_read_and_written)
{
    static const struct {
        const char *text, *again;
    } CASES[] = {
        {"130#4500", "130#4500"},       {"7ff#", "7FF#"},           {"000#0123456789abCDef", "000#0123456789ABCDEF"},
        {"1FFFFFFF#00", "1FFFFFFF#00"}, {"00000130#", "00000130#"}, {"321#R", "321#R"},
        {"321#r8", "321#R8"},           {"321#R0", "321#R"},        {"00000321#R4", "00000321#R4"}};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        can_frame_t frame = parsed(CASES[i].text);
        char text[FRAME_TEXT_MAX];
        ck_assert_str_eq(frame_format(&frame, text), CASES[i].again);
        can_frame_t again = parsed(text);
        ck_assert(frame_equal(&frame, &again));
        ck_assert_mem_eq(&frame.data, &again.data, FRAME_DATA_MAX);
    }
}
END_TEST

START_TEST(text_of_anything_else_is_refused_and_changes_nothing)
{
    static const char *const TEXTS[] = {"",
                                        "#",
                                        "1",
                                        "130",
                                        "13#00",
                                        "1300#00",
                                        "800#00",
                                        "FFF#",
                                        "20000000#00",
                                        "130#0",
                                        "130#000",
                                        "130#0G",
                                        "130#G0",
                                        "130# 00",
                                        " 130#00",
                                        "130#00 ",
                                        "130##00",
                                        "13G#00",
                                        "123456789#00",
                                        "130#0011223344556677 ",
                                        "130#001122334455667788",
                                        "130#R9",
                                        "130#R44",
                                        "130#RR",
                                        "130#00R",
                                        "0x130#00",
                                        "-13#00",
                                        "130#00.11",
                                        "130#00\n",
                                        "130#*",
                                        "1?0#"};
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) {
        can_frame_t frame;
        can_frame_t before;
        memset(&frame, 0x5A, sizeof frame);
        memset(&before, 0x5A, sizeof before);
        ck_assert_msg(!frame_parse(TEXTS[i], &frame), "\"%s\"", TEXTS[i]);
        ck_assert_mem_eq(&frame, &before, sizeof frame);
    }
}
END_TEST

START_TEST(frames_are_equal_when_the_wire_cannot_tell_them_apart)
{
    can_frame_t a = parsed("130#4500");
    can_frame_t b = parsed("130#4500");
    b.data[7] = 0xFF; // behind the length
    ck_assert(frame_equal(&a, &b));
    static const char *const OTHERS[] = {"131#4500", "130#45", "130#4501", "00000130#4500", "130#R2"};
    for (size_t i = 0; i < sizeof OTHERS / sizeof *OTHERS; i++) {
        b = parsed(OTHERS[i]);
        ck_assert_msg(!frame_equal(&a, &b), "%s", OTHERS[i]);
    }
}
END_TEST

START_TEST(made_frame_holds_copies_and_zeros)
{
    const uint8_t bytes[] = {1, 2, 3};
    const uint8_t expected[FRAME_DATA_MAX] = {1, 2, 3};
    can_frame_t frame = frame_make(0x130, bytes, 3);
    ck_assert_uint_eq(frame.length, 3);
    ck_assert_mem_eq(frame.data, expected, FRAME_DATA_MAX);
    frame = frame_make(0x130, NULL, 0);
    ck_assert_uint_eq(frame.length, 0);
}
END_TEST

// ---- patterns ------------------------------------------------------------------------------------------------------

START_TEST(pattern_is_recognized)
{
    static const char *const GOOD[] = {"130#",
                                       "23A#11??",
                                       "640#F1*",
                                       "640#*",
                                       "640#F*",
                                       "640#F?*",
                                       "???#*",
                                       "????????#",
                                       "1??????F#??",
                                       "23a#ab",
                                       "321#R",
                                       "321#r4",
                                       "321#R*",
                                       "130#0011223344556677*",
                                       "130#00112233445566*",
                                       "7?F#*"};
    static const char *const BAD[] = {"",
                                      "*",
                                      "#",
                                      "130",
                                      "130*",
                                      "13#00",
                                      "8??#00",
                                      "130#0",
                                      "130#?",
                                      "130#**",
                                      "130#*0",
                                      "130#0*1",
                                      "130#00112233445566778",
                                      "130#001122334455667788",
                                      "130#001122334455667788*",
                                      "130#00112233445566778*",
                                      "130#G*",
                                      "130 #00",
                                      "130#????????????????????????????????????????",
                                      "130#R9",
                                      "130#RR",
                                      "130##*",
                                      "2???????#"};
    for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++) ck_assert_msg(frame_pattern_valid(GOOD[i]), "%s", GOOD[i]);
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) ck_assert_msg(!frame_pattern_valid(BAD[i]), "%s", BAD[i]);
}
END_TEST

START_TEST(pattern_matches_what_it_says_and_nothing_else)
{
    static const struct {
        const char *frame, *pattern;
        bool matches;
    } CASES[] = {
        {"23A#11300101", "23A#11??????", true},
        {"23A#11300101", "23A#11??", false},
        {"23A#11300101", "23A#11*", true},
        {"23A#11300101", "23a#1130010?", true},
        {"23A#11300101", "23A#113001011*", false},
        {"23A#11300101", "23A#11300101*", true},
        {"23A#11300101", "23A#", false},
        {"23A#11300101", "23A#*", true},
        {"23A#11300101", "23B#*", false},
        {"23A#11300101", "2?A#?1*", true},
        {"23A#", "23A#", true},
        {"23A#", "23A#*", true},
        {"23A#", "23A#??", false},
        {"23A#", "23A#?*", false},
        {"23A#AB", "23A#aB", true},
        {"23A#AB", "23A#a*", true},
        {"0000023A#11", "23A#11", false},
        {"0000023A#11", "????????#11", true},
        {"23A#11", "????????#11", false},
        {"321#R", "321#R", true},
        {"321#R", "321#r", true},
        {"321#R", "321#?*", false},
        {"321#R", "321#*", true},
        {"321#R4", "321#R", false},
        {"321#R4", "321#R*", true},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        can_frame_t frame = parsed(CASES[i].frame);
        ck_assert_msg(frame_pattern_valid(CASES[i].pattern), "%s", CASES[i].pattern);
        ck_assert_msg(frame_matches(&frame, CASES[i].pattern) == CASES[i].matches, "%s, %s", CASES[i].frame,
                      CASES[i].pattern);
    }
}
END_TEST

int main(void)
{
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 120);
    tcase_add_test(all, smaller_identifier_wins_then_data_then_base_format);
    tcase_add_test(all, content_does_not_change_the_rank);
    tcase_add_test(all, text_of_candump_is_read_and_written);
    tcase_add_test(all, text_of_anything_else_is_refused_and_changes_nothing);
    tcase_add_test(all, frames_are_equal_when_the_wire_cannot_tell_them_apart);
    tcase_add_test(all, made_frame_holds_copies_and_zeros);
    tcase_add_test(all, pattern_is_recognized);
    tcase_add_test(all, pattern_matches_what_it_says_and_nothing_else);
    return suite_run("frame", all);
}
