// SPDX-License-Identifier: MIT
// Files as they are found in the world, read leniently: what is kept, shown by a frame, and what is told.
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bus/files/dbc_file.h"
#include "bus/base/random.h"
#include "bus/can/frame_text.h"
#include "tests/suite.h"

#define TOLD_MAX 4096
#define MUTATIONS 4000

static error_t error;

static dbc_file_t *parse(const char *text)
{
    error_clear(&error);
    return dbc_file_parse_lenient("a.dbc", text, strlen(text), &error);
}

static const char *told_of(const dbc_file_t *file)
{
    static char told[TOLD_MAX];
    size_t length = 0;
    told[0] = '\0';
    for (size_t i = 0; i < dbc_file_warning_count(file) && length < sizeof told; i++)
        length += (size_t)snprintf(told + length, sizeof told - length, "%s\n", dbc_file_warning(file, i));
    return told;
}

static const char *decoded(const dbc_file_t *file, const char *frame_text)
{
    static char text[FRAME_TEXT_LINE_MAX];
    can_frame_t frame;
    ck_assert(frame_parse(frame_text, &frame));
    return frame_text_format(dbc_file_dbc(file), &frame, text, sizeof text);
}

#define PUMP "BO_ 1 Pump: 2 Unit\n SG_ Speed : 0|8@1+ (1,0) [0|0] \"rpm\" Panel\n"
#define SPEED " SG_ Speed : 0|8@1+ (1,0) [0|0] \"rpm\" Panel\n"
#define FRAME "001#0507"
#define GOOD "Pump Speed=5 rpm"

typedef struct {
    const char *text, *frame, *decoded, *told;
} found_t;

static const found_t FOUND[] = {
    // messages
    {PUMP "BO_ 1 Other: 2 Unit\n SG_ Noise : 0|8@1+ (1,0) [0|0] \"\" Panel\n", FRAME, GOOD,
     "a.dbc:3: another message has the identifier 0x1 of Other: the message is passed over, and its signals\n"},
    {PUMP "BO_ 74564 Far: 1 Unit\n SG_ Far : 0|8@1+ (1,0) [0|0] \"\" Panel\nVAL_ 74564 Far 5 \"five\" ;\n",
     "00012344#05", "Far Far=five",
     "a.dbc:3: identifier 0x12344 has more than 11 bits and no mark of an extended one (bit 31): taken for an extended "
     "one\n"},
    {PUMP "BO_ 1073741824 Nowhere: 8 Unit\n SG_ S : 0|8@1+ (1,0) [0|0] \"\" Panel\nVAL_ 1073741824 S 1 \"x\";\n", FRAME,
     GOOD, "a.dbc:3: identifier 0x40000000 has more than 29 bits: the message is passed over, and its signals\n"},
    {"BO_ 64 Vector__Independent_Sig_Msg: 0 X\n SG_ Lost : 0|8@1+ (1,0) [0|0] \"\" X\n" PUMP
     "BA_ \"GenSigStartValue\" SG_ 64 Lost 3;\n",
     FRAME, GOOD, ""},
    {"BO_ 1 Pump:\n2\nUnit\n" SPEED, FRAME, GOOD, ""},
    {"BO_ 1 Pump: 2 \"Unit\"\n" SPEED, FRAME, GOOD, "a.dbc:1: expected the sender, not \"Unit\": read without one\n"},
    {"BO_ 1 Pump: 2\n" SPEED, FRAME, GOOD, ""},
    {"BO_ x Bad: 2 Unit\n SG_ Lost : 0|8@1+ (1,0) [0|0] \"\" X\n" PUMP, FRAME, GOOD,
     "a.dbc:1: expected the identifier, not \"x\": the message is passed over, and its signals\n"},
    // signals
    {PUMP SPEED, FRAME, GOOD, "a.dbc:3: signal Speed is there twice: the signal is passed over\n"},
    {PUMP " SG_ Past : 16|8@1+ (1,0) [0|0] \"\" X\n SG_ Far : 60|8@1+ (1,0) [0|0] \"\" X\n", "001#050709",
     GOOD " Past=9",
     "a.dbc:3: signal Past does not fit into the 2 bytes of its message: there in longer frames only\n"
     "a.dbc:4: signal Far does not fit into the 2 bytes of its message: the signal is passed over\n"},
    {PUMP " SG_ Past : 16|8@1+ (1,0) [0|0] \"\" X\n", FRAME, GOOD,
     "a.dbc:3: signal Past does not fit into the 2 bytes of its message: there in longer frames only\n"},
    {PUMP " SG_ Wide : 8|8@1+ (1,0) [0|1E999] \"\" X\n", FRAME, GOOD " Wide=7",
     "a.dbc:3: the maximum is too large: read without a range\n"},
    {PUMP " SG_ Wide : 8|8@1+ (1,0) [-inf|nan] \"V\" X\n", FRAME, GOOD " Wide=7 V",
     "a.dbc:3: expected the minimum, not \"-\": read without a range\n"},
    {PUMP " SG_ Wide : 8|8@1+ (1,0) \"V\" X\n", FRAME, GOOD " Wide=7 V",
     "a.dbc:3: expected \"[\", not \"V\": read without a range\n"},
    {PUMP " SG_ Big : 8|8@1+ (1E999,0) [0|0] \"\" X\n", FRAME, GOOD,
     "a.dbc:3: the factor is too large: the signal is passed over\n"},
    {PUMP " SG_ Bare : 8|8@1+ (1,0) [0|0] mm X\n", FRAME, GOOD " Bare=7",
     "a.dbc:3: expected the unit, not \"mm\": read without one\n"},
    {PUMP " SG_ Tail : 8|8@1+ (1,0) [0|0] \"\" X;\n", FRAME, GOOD " Tail=7",
     "a.dbc:3: expected a receiver, not \";\": the receivers are passed over\n"},
    {PUMP " SG_ Mode m : 8|8@1+ (1,0) [0|0] \"\" X\n", FRAME, GOOD " Mode=7",
     "a.dbc:3: expected M, m and a number, or \":\", not \"m\": read as always there\n"},
    {PUMP " SG_ Mode mM : 8|8@1+ (1,0) [0|0] \"\" X\n", FRAME, GOOD,
     "a.dbc:3: expected M, m and a number, or \":\", not \"mM\": the signal is passed over\n"},
    {PUMP " SG_ Ümlaut : 8|8@1+ (1,0) [0|0] \"\" X\n SG_ Next : 8|8@1+ (1,0) [0|0] \"\" X\n", FRAME, GOOD " Next=7",
     "a.dbc:3: expected the name of a signal, not \"?\": the signal is passed over\n"},
    {" SG_ Stray : 0|8@1+ (1,0) [0|0] \"\" X\n" PUMP, FRAME, GOOD,
     "a.dbc:1: a signal (SG_) without a message (BO_): the signal is passed over\n"},
    {"BO_ 1 Pump: 2 Unit\n SG_ Speed\n  : 0|8@1+\n  (1,0)\n  [0|0]\n  \"rpm\"\n  Panel,\n  Other\n", FRAME, GOOD, ""},
    {"BO_ 1 Pump: 2 Unit\n SG_ Speed : 0|8@1+ (1,0) [0|0] \"rpm\"\n  Panel\n  ,Other\n", FRAME, GOOD, ""},
    // a closing quote that is missing costs its statement, not what comes behind
    {PUMP " SG_ Open : 8|8@1+ (1,0) [0|0] \"mm X\n SG_ Next : 8|8@1+ (1,0) [0|0] \"%\" X\n", FRAME, GOOD " Next=7 %",
     "a.dbc:3: the unit has no end on its line: the signal is passed over\n"},
    {PUMP "CM_ SG_ 1 Speed \"open;\nVAL_ 1 Speed 5 \"five\" ;\n", FRAME, "Pump Speed=five",
     "a.dbc:4: expected \";\", not \"five\": the statement is passed over\n"},
    {PUMP "VAL_ 1 Speed 5 \"five\" ;\nCM_ \"open", FRAME, "Pump Speed=five",
     "a.dbc:4: expected a comment, not a string without an end: the statement is passed over\n"},
    // semicolons
    {PUMP "VAL_ 1 Speed 5 \"five\" 6 \"six\"\nCM_ SG_ 1 Speed \"c\"\nVAL_ 1 Nobody 1 \"x\";\n", FRAME,
     "Pump Speed=five",
     "a.dbc:3: expected \";\", not \"CM_\": read as if it were there\n"
     "a.dbc:4: expected \";\", not \"VAL_\": read as if it were there\n"},
    {PUMP "VAL_ 1 Speed 5 \"five\"", FRAME, "Pump Speed=five",
     "a.dbc:3: expected \";\", not the end of the file: read as if it were there\n"},
    {PUMP "BA_DEF_ BO_ \"x\" INT 0 9\nBA_DEF_DEF_ \"x\" 1\nBA_ \"x\" BO_ 1 2\n", FRAME, GOOD,
     "a.dbc:3: expected \";\", not \"BA_DEF_DEF_\": read as if it were there\n"
     "a.dbc:4: expected \";\", not \"BA_\": read as if it were there\n"
     "a.dbc:5: expected \";\", not the end of the file: read as if it were there\n"},
    // value names
    {PUMP "VAL_ 1 Speed 4 \"four\" 5.5 \"half\" 0x6 \"six\" 5 \"five\" ;\n", FRAME, "Pump Speed=five",
     "a.dbc:3: expected a whole number, not \"5.5\": the value's name is passed over\n"
     "a.dbc:3: expected a whole number, not \"0x6\": the value's name is passed over\n"},
    {PUMP "VAL_ 1 Speed 5 \"five\" 6 six 7 \"seven\" ;\nVAL_ 1 Other 1 \"x\";\n", FRAME, "Pump Speed=five",
     "a.dbc:3: expected the name of a value, not \"six\": the names before it are kept\n"},
    {PUMP "VAL_\n1\nSpeed\n5\n\"five\"\n;\n", FRAME, "Pump Speed=five", ""},
    // attributes
    {PUMP "BA_DEF_ SG_ \"GenSigStartValue\" STRING ;\nBA_DEF_DEF_ \"GenSigStartValue\" \"\";\n", FRAME, GOOD,
     "a.dbc:4: a start value must be a number: there is no default\n"},
    {PUMP "BA_ \"GenMsgCycleTime\" BO_ 1 \"often\";\nBA_ \"GenMsgCycleTime\" SG_ 1 Speed 5;\n", FRAME, GOOD,
     "a.dbc:3: a cycle time must be 0 to 1000000000 ms: the statement is passed over\n"},
    {PUMP "BA_DEF_ BO_ \"Sent\" BOOL False True;\nBA_ \"Sent\" BO_ 1 True;\n", FRAME, GOOD,
     "a.dbc:3: expected \";\", not \"False\": the statement is passed over\n"
     "a.dbc:4: expected a number or a string, not \"True\": the statement is passed over\n"},
    {PUMP "BA_ \"KeyMemorySetting\" SG_ 1 Speed \"Not One\";\n", FRAME, GOOD,
     "a.dbc:3: KeyMemorySetting must be at most 32 of a-z, 0-9 and \"_\": the statement is passed over\n"},
    {PUMP "BA_DEF_REL_\n BU_SG_REL_ \"Timeout\" INT 0 9;\nBA_REL_ \"Timeout\"\n BU_SG_REL_ Panel\n SG_ 1 Speed 5;\n"
          "CM_\n SG_ 1\n Speed\n \"c\"\n ;\n",
     FRAME, GOOD, ""},
    // what is no statement
    {"hello world\n" PUMP "trailing garbage\n", FRAME, GOOD,
     "a.dbc:1: expected a statement, not \"hello\": the statement is passed over\n"
     "a.dbc:4: expected a statement, not \"trailing\": the statement is passed over\n"},
    {PUMP "SIG_VALTYPE_ 1 Speed : 1;\n", FRAME, "Pump",
     "a.dbc:3: no floating-point number of kind 1 has 8 bits: the signal is passed over\n"},
    {PUMP "SIG_VALTYPE_ 1 Speed : 3;\n SG_ Late : 8|8@1+ (1,0) [0|0] \"\" X\n", FRAME, "Pump Late=7",
     "a.dbc:3: no floating-point number of kind 3 has 8 bits: the signal is passed over\n"},
    // long symbols
    {PUMP
     "BA_ \"SystemSignalLongSymbol\" SG_ 1 Speed \"a b\";\nBA_ \"SystemMessageLongSymbol\" BO_ 1 \"PumpOfTheHouse\";\n",
     FRAME, "PumpOfTheHouse Speed=5 rpm",
     "a.dbc:3: a long symbol must be at most 127 of A-Z, a-z, 0-9 and \"_\": the short name stays\n"},
    {PUMP " SG_ Rate : 8|8@1+ (1,0) [0|0] \"\" X\nBA_ \"SystemSignalLongSymbol\" SG_ 1 Rate \"Speed\";\n", FRAME,
     GOOD " Rate=7", "a.dbc:4: another signal of Pump is called Speed: the short name stays\n"},
};

START_TEST(what_is_doubtful_is_told_and_the_rest_is_kept)
{
    const found_t *found = &FOUND[_i];
    dbc_file_t *file = parse(found->text);
    ck_assert_msg(file != NULL, "%s", error.text);
    ck_assert_str_eq(decoded(file, found->frame), found->decoded);
    ck_assert_str_eq(told_of(file), found->told);
    dbc_file_destroy(&file);
}
END_TEST

START_TEST(a_strict_reader_refuses_what_a_lenient_one_tells)
{
    const found_t *found = &FOUND[_i];
    error_clear(&error);
    dbc_file_t *file = dbc_file_parse("a.dbc", found->text, strlen(found->text), &error);
    bool bears = strstr(found->told, "short name stays") || strstr(found->told, "no floating-point number");
    ck_assert_msg((file != NULL) == (found->told[0] == '\0' || bears), "%s", found->text);
    ck_assert(!file || dbc_file_warning_count(file) == 0);
    dbc_file_destroy(&file);
}
END_TEST

START_TEST(what_is_no_dbc_file_is_refused)
{
    static const char *const OTHERS[] = {"{\"name\": \"welcome\"}", "\177ELF\2\1\1", "hello", "", "BO_ no message\n"};
    for (size_t i = 0; i < sizeof OTHERS / sizeof OTHERS[0]; i++) {
        ck_assert_ptr_null(parse(OTHERS[i]));
        ck_assert_msg(strncmp(error.text, "a.dbc: no DBC file: no message can be read\na.dbc:1: ", 51) == 0, "%s",
                      error.text);
    }
    dbc_file_t *file = parse("VERSION \"\"\nBU_: A B\n"); // empty, but nothing is doubtful
    ck_assert_ptr_nonnull(file);
    dbc_file_destroy(&file);
    error_clear(&error);
    ck_assert_ptr_null(dbc_file_new_lenient("/nowhere/at/all.dbc", &error));
    ck_assert_str_eq(error.text, "/nowhere/at/all.dbc: No such file or directory");
}
END_TEST

START_TEST(lines_may_end_with_a_carriage_return_alone)
{
    static const char TEXT[] = "VERSION \"\"\rNS_ :\r\tCM_\r\tBA_\rBU_: A // a comment\rBO_ 1 Pump: 2 Unit\r"
                               " SG_ Speed : 0|8@1+ (1,0) [0|0] \"rpm\" Panel\r\rCM_ BO_ 1 \"two\rlines\";\rBA_ x;\r";
    dbc_file_t *file = parse(TEXT);
    ck_assert_ptr_nonnull(file);
    ck_assert_str_eq(decoded(file, FRAME), GOOD);
    ck_assert_str_eq(dbc_file_dbc(file)->messages[0].comment, "two lines");
    ck_assert_str_eq(told_of(file),
                     "a.dbc:11: expected the name of an attribute, not \"x\": the statement is passed over\n");
    dbc_file_destroy(&file);
    file = parse("BO_ 1 Pump: 2 Unit\r \n SG_ Speed : 0|8@1+ (1,0) [0|0] \"rpm\" Panel\r\nBA_ x;\r\n"); // CR blank LF
    ck_assert_str_eq(decoded(file, FRAME), GOOD);
    ck_assert_int_eq(strncmp(told_of(file), "a.dbc:3: ", 9), 0);
    dbc_file_destroy(&file);
}
END_TEST

START_TEST(more_warnings_than_there_is_room_for_are_counted)
{
    enum { LINES = 20001 };
    char *text = malloc(sizeof PUMP + LINES * 7u);
    ck_assert_ptr_nonnull(text);
    size_t used = (size_t)sprintf(text, "%s", PUMP);
    for (int i = 0; i < LINES; i++) used += (size_t)sprintf(text + used, "CM_ x;\n");
    dbc_file_t *file = parse(text);
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(dbc_file_warning_count(file), LINES);
    ck_assert_str_eq(dbc_file_warning(file, 9999),
                     "a.dbc:10002: expected a comment, not \"x\": the statement is passed over");
    ck_assert_ptr_null(dbc_file_warning(file, 10000));
    dbc_file_destroy(&file);
    free(text);
}
END_TEST

// ---- long symbols --------------------------------------------------------------------------------------------------

START_TEST(long_symbols_are_the_names_and_short_ones_the_files_own)
{
    dbc_file_t *file = parse("BO_ 1 Cut_0000: 8 Unit\n"
                             " SG_ Page_0000 M : 0|8@1+ (1,0) [0|0] \"\" X\n"
                             " SG_ Deep_0000 m3M : 8|8@1+ (1,0) [0|0] \"\" X\n"
                             " SG_ Leaf m1 : 16|8@1+ (1,0) [0|0] \"\" X\n"
                             "BA_DEF_DEF_ \"SystemSignalLongSymbol\" \"\";\n"
                             "BA_ \"SystemMessageLongSymbol\" BO_ 1 \"CutNoMore\";\n"
                             "BA_ \"SystemSignalLongSymbol\" SG_ 1 Page_0000 \"PageThatIsCutNoMore\";\n"
                             "BA_ \"SystemSignalLongSymbol\" SG_ 1 Deep_0000 \"DeepThatIsCutNoMore\";\n"
                             "VAL_ 1 Deep_0000 7 \"seven\" ;\n"
                             "SG_MUL_VAL_ 1 Deep_0000 Page_0000 3-4;\n"
                             "SG_MUL_VAL_ 1 Leaf Deep_0000 7-7;\n");
    ck_assert_str_eq(told_of(file), "");
    ck_assert_str_eq(decoded(file, "001#0407090000000000"),
                     "CutNoMore PageThatIsCutNoMore=4 DeepThatIsCutNoMore=seven Leaf=9");
    ck_assert_ptr_nonnull(dbc_message(dbc_file_dbc(file), "CutNoMore"));
    ck_assert_ptr_null(dbc_message(dbc_file_dbc(file), "Cut_0000"));
    dbc_file_destroy(&file);
}
END_TEST

// ---- text ----------------------------------------------------------------------------------------------------------

START_TEST(text_that_is_no_utf8_is_code_page_1252)
{
    dbc_file_t *file = parse("BO_ 1 Pump: 2 Unit\n SG_ Speed : 0|8@1+ (1,0) [0|0] \"\xB0\x80\x99\" X\n"
                             "VAL_ 1 Speed 5 \"on \x96 off \x81\xE9\" 6 \"\xC3\xA9 is UTF-8\" ;\n");
    ck_assert_str_eq(decoded(file, "001#0407"), "Pump Speed=4 °€™");
    ck_assert_str_eq(decoded(file, "001#0507"), "Pump Speed=on – off ?é"); // 0x81 is none
    ck_assert_str_eq(decoded(file, "001#0607"), "Pump Speed=é is UTF-8");
    dbc_file_destroy(&file);
}
END_TEST

START_TEST(text_neither_breaks_a_line_nor_reaches_a_terminal_as_a_control)
{
    dbc_file_t *file = parse("BO_ 1 Pump: 2 Unit\n SG_ Speed : 0|8@1+ (1,0) [0|0] \"a\r\nb\nc\rd\te\" X\n"
                             "VAL_ 1 Speed 5 \"\x1B[2J\x7F\x07|\xC2\x9B"
                             "31m|\xC2\x85|\xE2\x80\xA8|\xE2\x80\xAE\" 6 \"\x9B\x85\xFF\" ;\n");
    ck_assert_str_eq(decoded(file, "001#0407"), "Pump Speed=4 a b c d e");
    ck_assert_str_eq(decoded(file, "001#0507"), "Pump Speed=?[2J??|?31m| | |?");
    ck_assert_str_eq(decoded(file, "001#0607"), "Pump Speed=›…ÿ"); // no UTF-8: letters of the code page
    dbc_file_destroy(&file);
}
END_TEST

// ---- harm ----------------------------------------------------------------------------------------------------------

START_TEST(attribute_of_a_missing_signal_in_a_file_without_signals_is_passed_over)
{
    dbc_file_t *file = parse("BO_ 1 A: 8 x\nBA_ \"GenSigStartValue\" SG_ 1 Nobody 5;\nVAL_ 1 Nobody 1 \"x\";\n");
    ck_assert_ptr_nonnull(file);
    ck_assert_str_eq(told_of(file), "");
    dbc_file_destroy(&file);
}
END_TEST

// All files of the table in one, cut, turned and mixed: the reader comes to the end, and what it keeps is usable.
START_TEST(mutated_files_harm_nothing)
{
    static char whole[65536], text[sizeof whole];
    size_t length = 0;
    for (size_t i = 0; i < sizeof FOUND / sizeof FOUND[0]; i++)
        length += (size_t)snprintf(whole + length, sizeof whole - length, "%s", FOUND[i].text);
    ck_assert_uint_lt(length, sizeof whole);
    random_t random = random_derive(1, "lenient", 0);
    for (int i = 0; i < MUTATIONS; i++) {
        size_t size = random_next(&random) % length + 1, from = random_next(&random) % length;
        if (size > length - from) size = length - from;
        memcpy(text, whole + from, size);
        for (uint64_t edits = random_next(&random) % 8; edits > 0; edits--) {
            static const char SPICE[] = "\"\n\r;:|@+-(),[]0189 eEM_\\/\xFF\x00";
            uint64_t draw = random_next(&random);
            text[(draw >> 8) % size] = SPICE[(draw >> 52) % (sizeof SPICE - 1)];
        }
        error_clear(&error);
        dbc_file_t *file = dbc_file_parse_lenient("a.dbc", text, size, &error);
        ck_assert_msg((file != NULL) == (error.count == 0), "mutation %d", i);
        const dbc_t *dbc = file ? dbc_file_dbc(file) : NULL;
        for (size_t m = 0; dbc && m < dbc->message_count; m++) {
            static char line[FRAME_TEXT_LINE_MAX];
            can_frame_t frame = dbc_frame(&dbc->messages[m]);
            frame_text_format(dbc, &frame, line, sizeof line);
            ck_assert_ptr_null(strpbrk(line, "\n\r\x1B"));
        }
        dbc_file_destroy(&file);
    }
}
END_TEST

int main(void)
{
    TCase *all = tcase_create("all");
    int count = sizeof FOUND / sizeof FOUND[0];
    tcase_add_loop_test(all, what_is_doubtful_is_told_and_the_rest_is_kept, 0, count);
    tcase_add_loop_test(all, a_strict_reader_refuses_what_a_lenient_one_tells, 0, count);
    tcase_add_test(all, what_is_no_dbc_file_is_refused);
    tcase_add_test(all, lines_may_end_with_a_carriage_return_alone);
    tcase_add_test(all, more_warnings_than_there_is_room_for_are_counted);
    tcase_add_test(all, long_symbols_are_the_names_and_short_ones_the_files_own);
    tcase_add_test(all, text_that_is_no_utf8_is_code_page_1252);
    tcase_add_test(all, text_neither_breaks_a_line_nor_reaches_a_terminal_as_a_control);
    tcase_add_test(all, attribute_of_a_missing_signal_in_a_file_without_signals_is_passed_over);
    tcase_add_test(all, mutated_files_harm_nothing);
    return suite_run("dbc_lenient", all);
}
