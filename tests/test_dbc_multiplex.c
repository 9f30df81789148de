// SPDX-License-Identifier: MIT
// Extended multiplexing: multiplexors behind and beside one another (SG_MUL_VAL_), read from a file and followed in
// frames.
#include <check.h>
#include <string.h>

#include "bus/files/dbc_file.h"
#include "tests/suite.h"

static dbc_file_t *file;
static const dbc_message_t *message;

static void load(const char *text)
{
    static error_t error;
    error_clear(&error);
    file = dbc_file_parse("a.dbc", text, strlen(text), &error);
    ck_assert_msg(file != NULL, "%s", error.text);
    message = dbc_message(dbc_file_dbc(file), "A");
}

static void unload(void)
{
    dbc_file_destroy(&file);
}

static bool is_there(const char *signal, const char *text)
{
    can_frame_t frame = {0};
    ck_assert(frame_parse(text, &frame));
    return dbc_present(message, dbc_signal(message, signal), &frame);
}

// As Vector's tool writes it, and with the blanks and line ends of others.
#define BEHIND                                                                                                         \
    "BO_ 1 A: 8 X\n"                                                                                                   \
    " SG_ Leaf m7 : 16|8@1+ (1,0) [0|0] \"\" Y\n"                                                                      \
    " SG_ Inner m3M : 8|8@1+ (1,0) [0|0] \"\" Y\n"                                                                     \
    " SG_ Outer M : 0|8@1+ (1,0) [0|0] \"\" Y\n"

START_TEST(multiplexor_behind_another_selects_only_while_it_is_there)
{
    load(BEHIND "SG_MUL_VAL_ 1 Leaf Inner 7-7;\n"
                "SG_MUL_VAL_ 1 Inner Outer 3-3, 5 - 9,\n 12-12 ;\n"
                "SG_MUL_VAL_ 1 Nobody Outer 1-1;\n"
                "SG_MUL_VAL_ 2 Leaf Outer 1-1;\n");
    static const struct {
        const char *frame;
        bool inner, leaf;
    } CASES[] = {{"001#0307FF", true, true},  {"001#0407FF", false, false}, {"001#0507FF", true, true},
                 {"001#0907FF", true, true},  {"001#0A07FF", false, false}, {"001#0C07FF", true, true},
                 {"001#0708FF", true, false}, {"001#0703FF", true, false},  {"001#0307", true, false},
                 {"001#03", false, false}};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        ck_assert_msg(is_there("Inner", CASES[i].frame) == CASES[i].inner, "Inner in %s", CASES[i].frame);
        ck_assert_msg(is_there("Leaf", CASES[i].frame) == CASES[i].leaf, "Leaf in %s", CASES[i].frame);
    }
    unload();
}
END_TEST

START_TEST(multiplexors_beside_one_another_have_their_own_signals)
{
    load("BO_ 1 A: 8 X\n"
         " SG_ OfB m1 : 24|8@1+ (1,0) [0|0] \"\" Y\n"
         " SG_ B M : 16|8@1+ (1,0) [0|0] \"\" Y\n"
         " SG_ OfA m1 : 8|8@1+ (1,0) [0|0] \"\" Y\n"
         " SG_ A M : 0|8@1+ (1,0) [0|0] \"\" Y\n"
         "SG_MUL_VAL_ 1 OfB B 1-1;\n"
         "SG_MUL_VAL_ 1 OfA A 1-1;\n");
    ck_assert(is_there("OfA", "001#01000000"));
    ck_assert(!is_there("OfB", "001#01000000"));
    ck_assert(!is_there("OfA", "001#00000100"));
    ck_assert(is_there("OfB", "001#00000100"));
    unload();
}
END_TEST

START_TEST(without_ranges_the_marks_of_the_signals_count)
{
    load(BEHIND);
    ck_assert(is_there("Inner", "001#030000"));
    ck_assert(is_there("Leaf", "001#070000")); // the only pure multiplexor selects
    ck_assert(!is_there("Leaf", "001#030700"));
    unload();
}
END_TEST

START_TEST(start_values_follow_the_multiplexors_downwards)
{
    load(BEHIND "SG_MUL_VAL_ 1 Leaf Inner 7-7;\n"
                "SG_MUL_VAL_ 1 Inner Outer 3-3;\n"
                "BA_ \"GenSigStartValue\" SG_ 1 Leaf 255;\n"
                "BA_ \"GenSigStartValue\" SG_ 1 Inner 7;\n"
                "BA_ \"GenSigStartValue\" SG_ 1 Outer 3;\n");
    can_frame_t frame = dbc_frame(message), expected;
    ck_assert(frame_parse("001#0307FF0000000000", &expected));
    ck_assert(frame_equal(&frame, &expected));
    unload();
}
END_TEST

START_TEST(what_selects_itself_or_has_no_multiplexor_is_never_there)
{
    load(BEHIND "SG_MUL_VAL_ 1 Leaf Inner 0-255;\n"
                "SG_MUL_VAL_ 1 Inner Leaf 0-255;\n");
    ck_assert(!is_there("Leaf", "001#030707"));
    ck_assert(!is_there("Inner", "001#030707"));
    ck_assert_uint_eq(dbc_frame(message).length, 8); // and nothing searches for ever
    unload();
    load(BEHIND "SG_MUL_VAL_ 1 Leaf Nobody 0-255;\n");
    ck_assert(!is_there("Leaf", "001#030707"));
    unload();
}
END_TEST

int main(void)
{
    TCase *all = tcase_create("all");
    tcase_add_test(all, multiplexor_behind_another_selects_only_while_it_is_there);
    tcase_add_test(all, multiplexors_beside_one_another_have_their_own_signals);
    tcase_add_test(all, without_ranges_the_marks_of_the_signals_count);
    tcase_add_test(all, start_values_follow_the_multiplexors_downwards);
    tcase_add_test(all, what_selects_itself_or_has_no_multiplexor_is_never_there);
    return suite_run("dbc_multiplex", all);
}
