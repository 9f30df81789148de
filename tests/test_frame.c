// SPDX-License-Identifier: MIT
// Lengths on the wire are checked three ways: against the bounds that follow from the standard, against five frames
// whose stuff bits stand in a drawing, and against a naive model that writes bits as characters.
#include "bus/can/frame.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bus/base/random.h"
#include "tests/suite.h"

#define MODEL_BITS_MAX 256
#define RANDOM_FRAMES 20000

static can_frame_t parsed(const char *text)
{
    can_frame_t frame = {0};
    ck_assert_msg(frame_parse(text, &frame), "%s", text);
    return frame;
}

// ---- the naive model: the whole frame as a string of '0' and '1' ---------------------------------------------------

static void model_append(char *bits, uint32_t value, unsigned count)
{
    size_t at = strlen(bits);
    for (unsigned i = 0; i < count; i++) bits[at + i] = value >> (count - 1 - i) & 1u ? '1' : '0';
    bits[at + count] = '\0';
}

// The remainder of the polynomial division as on paper: the divisor is laid under each leading one in turn.
static uint32_t model_crc(const char *bits)
{
    static const char DIVISOR[] = "1100010110011001"; // x^15 + x^14 + x^10 + x^8 + x^7 + x^4 + x^3 + 1
    char work[MODEL_BITS_MAX];
    size_t count = strlen(bits);
    snprintf(work, sizeof work, "%s000000000000000", bits);
    for (size_t i = 0; i < count; i++) {
        if (work[i] == '0') continue;
        for (size_t j = 0; j < 16; j++) work[i + j] = work[i + j] == DIVISOR[j] ? '0' : '1';
    }
    uint32_t crc = 0;
    for (size_t i = 0; i < 15; i++) crc = crc << 1 | (work[count + i] == '1');
    return crc;
}

static void model_stuff(const char *bits, char *stuffed)
{
    size_t used = 0;
    for (; *bits; bits++) {
        stuffed[used++] = *bits;
        stuffed[used] = '\0';
        bool ones = used >= 5 && memcmp(stuffed + used - 5, "11111", 5) == 0;
        bool zeros = used >= 5 && memcmp(stuffed + used - 5, "00000", 5) == 0;
        if (ones || zeros) stuffed[used++] = ones ? '0' : '1';
        stuffed[used] = '\0';
    }
}

static unsigned model_bits(const can_frame_t *frame)
{
    char bits[MODEL_BITS_MAX] = "0";
    if (frame->extended) {
        model_append(bits, frame->id >> 18, 11);
        model_append(bits, 3, 2);
        model_append(bits, frame->id & 0x3FFFF, 18);
        model_append(bits, frame->remote ? 4 : 0, 3);
    } else {
        model_append(bits, frame->id, 11);
        model_append(bits, frame->remote ? 4 : 0, 3);
    }
    model_append(bits, frame->length, 4);
    for (unsigned i = 0; i < frame->length && !frame->remote; i++) model_append(bits, frame->data[i], 8);
    model_append(bits, model_crc(bits), 15);
    char stuffed[MODEL_BITS_MAX] = "";
    model_stuff(bits, stuffed);
    return (unsigned)strlen(stuffed) + 1 + 2 + 7; // CRC delimiter, acknowledgement, end of frame
}

START_TEST(model_has_the_crc_of_the_catalogue)
{
    char bits[MODEL_BITS_MAX] = "";
    for (const char *c = "123456789"; *c; c++) model_append(bits, (uint32_t)*c, 8);
    ck_assert_uint_eq(model_crc(bits), 0x059E); // CRC-15/CAN, check value
}
END_TEST

START_TEST(length_agrees_with_the_naive_model)
{
    random_t random = random_derive(1, "frames", 0);
    for (int i = 0; i < RANDOM_FRAMES; i++) {
        uint64_t draw = random_next(&random);
        uint64_t data = random_next(&random);
        can_frame_t frame = {
            .extended = draw & 1, .remote = (draw >> 1 & 7) == 0, .length = (uint8_t)((draw >> 8) % 9)};
        frame.id = (uint32_t)(draw >> 32) & (frame.extended ? 0x1FFFFFFFu : 0x7FFu);
        if (draw >> 4 & 1) data &= (data >> 7) & random_next(&random); // long runs
        for (unsigned j = 0; j < frame.length && !frame.remote; j++) frame.data[j] = (uint8_t)(data >> (8 * j));
        if ((draw >> 5 & 7) == 0) memset(frame.data, draw >> 6 & 1 ? 0xFF : 0, frame.remote ? 0 : frame.length);
        char text[FRAME_TEXT_MAX];
        ck_assert_msg(frame_bits(&frame) == model_bits(&frame), "%s: %u, model %u", frame_format(&frame, text),
                      frame_bits(&frame), model_bits(&frame));
    }
}
END_TEST

// ---- bounds --------------------------------------------------------------------------------------------------------

// 44 + 8 n bits without stuffing; of these 34 + 8 n can be stuffed, the first after five bits, then one every four:
// (33 + 8 n) / 4. For eight bytes 108 + 24 = 132, and 135 with the intermission.
START_TEST(length_of_every_frame_lies_within_the_standards_bounds)
{
    random_t random = random_derive(2, "bounds", 0);
    for (int i = 0; i < RANDOM_FRAMES; i++) {
        uint64_t draw = random_next(&random);
        uint8_t length = (uint8_t)(draw % 9);
        uint8_t bytes[FRAME_DATA_MAX];
        for (int j = 0; j < FRAME_DATA_MAX; j++)
            bytes[j] = (draw >> (8 + j) & 1) ? 0x00 : (uint8_t)random_next(&random);
        can_frame_t frame = frame_make((uint32_t)(draw >> 20) & 0x7FF, bytes, length);
        ck_assert_uint_ge(frame_bits(&frame), 44u + 8u * length);
        ck_assert_uint_le(frame_bits(&frame), 44u + 8u * length + (33u + 8u * length) / 4u);
    }
    ck_assert_uint_eq(44 + 64 + (33 + 64) / 4 + FRAME_INTERMISSION_BITS, 135);
}
END_TEST

// Of all data frames with an 11-bit identifier and eight bytes these two are the extremes, found by dynamic programming
// over (level, run, CRC). The bound's 24 stuff bits are reached by none: RTR, IDE and r0 are 000 and the DLC 1000,
// where the worst bit string has four ones after four zeros.
START_TEST(best_and_worst_frame_have_no_and_22_stuff_bits)
{
    can_frame_t best = parsed("619#92AAAAAAAAAAAAAA");
    can_frame_t worst = parsed("078#01E1E1E1E1E1E00F");
    ck_assert_uint_eq(frame_bits(&best), 108);
    ck_assert_uint_eq(frame_bits(&best) + FRAME_INTERMISSION_BITS, 111);
    ck_assert_uint_eq(frame_bits(&worst), 130);
    ck_assert_uint_eq(model_bits(&best), 108);
    ck_assert_uint_eq(model_bits(&worst), 130);
}
END_TEST

// ---- five real frames, drawn ---------------------------------------------------------------------------------------

// SOF, identifier, RTR IDE r0, DLC, data, CRC; a stuff bit in parentheses stands behind five equal bits, and is itself
// the first of the next run. The total is plain bits + stuff bits + 10 (delimiters, acknowledgement, end of frame).
START_TEST(five_real_frames_have_the_length_of_their_drawing)
{
    static const struct {
        const char *text;
        unsigned plain, stuffed;
    } FRAMES[] = {
        // 0 01000111010 000 0(1)100 00100010 00110000 0(1)00000(1)01 01100010 010101011100011
        //   RTR IDE r0 and the DLC's first 0 make four zeros after the identifier's last: five. CRC 0x2AE3.
        {"23A#22300162", 66, 3},
        // 0 01000111010 000 0(1)100 000(1)00000(1) 0011111(0)1 1111(0)1111 00100000(1) 1111(0)11110100101
        //   the DLC's 00 and the data's 000 make five, then the data goes on with five more. CRC 0x7FA5.
        {"23A#003FFF20", 66, 7},
        // 0 00100110000 0(1)00 0101 01000101 0100000(1)0 0000(1)1001 0100000(1)0 01110111 010110011000100
        //   the identifier ends with 0000, RTR is the fifth. CRC 0x2CC4.
        {"130#4540094077", 74, 4},
        // 0 01010100000(1) 000 1000 00(1)010001 00010001 00010001 00000(1)000 00(1)00000(1)0 0000(1)0000
        //   0(1)00000(1)00 000(1)00000(1) 0010000100000(1)11
        //   after the five zeros of the data's fourth byte a stuff bit follows every five zeros. CRC 0x1083.
        {"2A0#1111110000000000", 98, 11},
        // 0 11011110001 000 0101 0100000(1)0 0000(1)0011 00100010 11110001 10010000 100111001100100
        //   four ones in the identifier are one too few. CRC 0x4E64.
        {"6F1#400322F190", 74, 2},
    };
    for (size_t i = 0; i < sizeof FRAMES / sizeof *FRAMES; i++) {
        can_frame_t frame = parsed(FRAMES[i].text);
        ck_assert_uint_eq(FRAMES[i].plain, 34u + 8u * frame.length);
        ck_assert_msg(frame_bits(&frame) == FRAMES[i].plain + FRAMES[i].stuffed + 10, "%s: %u bits", FRAMES[i].text,
                      frame_bits(&frame));
    }
}
END_TEST

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
    tcase_add_test(all, model_has_the_crc_of_the_catalogue);
    tcase_add_test(all, length_agrees_with_the_naive_model);
    tcase_add_test(all, length_of_every_frame_lies_within_the_standards_bounds);
    tcase_add_test(all, best_and_worst_frame_have_no_and_22_stuff_bits);
    tcase_add_test(all, five_real_frames_have_the_length_of_their_drawing);
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
