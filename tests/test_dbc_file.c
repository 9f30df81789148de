// SPDX-License-Identifier: MIT
#include "bus/files/dbc_file.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bus/base/random.h"
#include "tests/suite.h"

#define MUTATIONS 4000
#define TEXT_MAX 65536

static error_t error;

static dbc_file_t *parse(const char *text)
{
    error_clear(&error);
    return dbc_file_parse("a.dbc", text, strlen(text), &error);
}

static const dbc_t *parse_good(dbc_file_t **file, const char *text)
{
    *file = parse(text);
    ck_assert_msg(*file != NULL, "%s", error.text);
    ck_assert_uint_eq(error.count, 0);
    return dbc_file_dbc(*file);
}

// ---- a file with all that is found in the world --------------------------------------------------------------------

static const char WORLD[] = "\xEF\xBB\xBFVERSION \"HIPBNYYY/4/%%%\" // a comment\r\n\r\n"
                            "NS_ : \r\n\tNS_DESC_\r\n\tCM_\r\n\tBA_DEF_\r\n\tBA_\r\n\tVAL_\r\n\tSG_MUL_VAL_\r\n\r\n"
                            "BS_: 500:1,2\r\n\r\n"
                            "BU_: Engine Gateway + 0\r\n"
                            "    Door\r\n"
                            "VAL_TABLE_ OnOff 1 \"on\" 0 \"off\" ;\r\n\r\n"
                            "BO_ 3221225472 VECTOR__INDEPENDENT_SIG_MSG: 0 Vector__XXX\r\n"
                            " SG_ Orphan : 0|8@1+ (1,0) [0|0] \"\" Vector__XXX\r\n\r\n"
                            "BO_ 2566834942 EEC1: 8 Engine\r\n"
                            " SG_ Speed : 24|16@1+ (0.125,0) [0|8031.875] \"rpm\"  Gateway,Door\r\n"
                            " SG_ Temp : 7|12@0- (1E-01,-4.0e1) [-40|+215] \"\xB0"
                            "C\" Gateway\r\n"
                            " SG_ Whole:0|64@1-(1,0)[0|0]\"\"Vector__XXX\r\n"
                            "BO_ 291 Multi : 8 Gateway\r\n"
                            " SG_ Page M : 0|4@1+ (1,0) [0|15] \"\" Door\r\n"
                            " SG_ Zero m0 : 8|8@1+ (1,0) [0|0] \"\" Door\r\n"
                            " SG_ Deep m3M : 8|8@1+ (1,0) [0|0] \"\" Door\r\n"
                            " SG_ 4WD_Active : 16|1@1+ (1,0) [0|0] \"\"\r\n"
                            " SG_ Float32 : 32|32@1- (1,0) [0|0] \"\" Door\r\n"
                            "BO_ 2147483648 Long: 1785 Vector__XXX\r\n"
                            " SG_ Vin : 0|136@1+ (1,0) [0|0] \"\" Door\r\n"
                            " SG_ Late : 1000|8@1+ (1,0) [0|0] \"\" Door\r\n"
                            "BO_ 5 Silent: 0\r\n\r\n"
                            "BO_TX_BU_ 291 : Gateway,Engine;\r\n"
                            "EV_ EnvVar: 0 [0|1] \"\" 0 1 DUMMY_NODE_VECTOR0 Door;\r\n"
                            "ENVVAR_DATA_ EnvVar: 10;\r\n"
                            "CM_ \"the bus\";\r\n"
                            "CM_ BU_ Engine \"a node\";\r\n"
                            "CM_ EV_ EnvVar \"a variable\";\r\n"
                            "CM_ BO_ 291 \"says \\\"page\\\"\r\nBO_ on two lines; with\\slash\";\r\n"
                            "CM_ SG_ 2566834942 Temp \"a signal\";\r\n"
                            "CM_ SG_ 999 Nobody \"of no message\";\r\n"
                            "BA_DEF_  \"BusType\" STRING ;\r\n"
                            "BA_DEF_ BU_  \"NmNode\" ENUM  \"no\",\"yes\";\r\n"
                            "BA_DEF_ BU_  \"Big\" INT -9.22337203685478E+018 1.84467440737096E+019;\r\n"
                            "BA_DEF_ BO_  \"GenMsgCycleTime\" INT 0 65535;\r\n"
                            "BA_DEF_ SG_  \"GenSigStartValue\" FLOAT 0 100000000000;\r\n"
                            "BA_DEF_REL_ BU_SG_REL_  \"Timeout\" INT 0 65535;\r\n"
                            "BA_DEF_DEF_  \"GenMsgCycleTime\" 20;\r\n"
                            "BA_DEF_DEF_  \"GenSigStartValue\" 1;\r\n"
                            "BA_DEF_DEF_REL_ \"Timeout\" 0;\r\n"
                            "BA_ \"BusType\" \"CAN\";\r\n"
                            "BA_ \"NmNode\" BU_ Engine 1;\r\n"
                            "BA_ \"GenMsgCycleTime\" BO_ 291 100;\r\n"
                            "BA_ \"GenMsgCycleTimeFast\" BO_ 291 10.0;\r\n"
                            "BA_ \"GenSigStartValue\" SG_ 291 Zero 2E2;\r\n"
                            "BA_ \"GenSigStartValue\" SG_ 3221225472 Orphan 3;\r\n"
                            "BA_ \"SystemSignalLongSymbol\" SG_ 291 Zero \"ZeroWithALongName\";\r\n"
                            "BA_REL_ \"Timeout\" BU_SG_REL_ Gateway SG_ 291 Zero 200;\r\n"
                            "VAL_ 291 Page 15 \"last\" 0 \"first\" -1 \"never\" ;\r\n"
                            "VAL_ 2566834942 Speed ;\r\n"
                            "VAL_ 291 Zero OnOff ;\r\n"
                            "VAL_ EnvVar 0 \"a\" 1 \"b\" ;\r\n"
                            "SIG_GROUP_ 291 Group 1 : Zero Page;\r\n"
                            "SIG_VALTYPE_ 291 Float32 : 1;\r\n"
                            "SIG_VALTYPE_ 291 Page : 0;\r\n"
                            "SG_MUL_VAL_ 291 Deep Page 3-3, 5-10;\r\n";

START_TEST(messages_of_a_file_of_the_world_are_read)
{
    dbc_file_t *file;
    const dbc_t *dbc = parse_good(&file, WORLD);
    ck_assert_uint_eq(dbc->message_count, 4);
    const dbc_message_t *engine = dbc_message(dbc, "EEC1");
    ck_assert_ptr_nonnull(engine);
    ck_assert(engine->extended);
    ck_assert_uint_eq(engine->id, 2566834942u & 0x1FFFFFFFu);
    ck_assert_str_eq(engine->sender, "Engine");
    ck_assert_int_eq(engine->cycle_ms, 20); // the default
    const dbc_message_t *multi = dbc_message(dbc, "Multi");
    ck_assert(!multi->extended);
    ck_assert_int_eq(multi->cycle_ms, 100);
    ck_assert_int_eq(multi->cycle_fast_ms, 10);
    ck_assert_str_eq(multi->comment, "says \"page\" BO_ on two lines; with\\slash");
    ck_assert_ptr_null(engine->comment);
    ck_assert_str_eq(dbc_message(dbc, "Silent")->sender, "Vector__XXX");
    ck_assert_uint_eq(dbc_message(dbc, "Long")->length, 255); // longer than any frame
    ck_assert_ptr_null(dbc_message(dbc, "VECTOR__INDEPENDENT_SIG_MSG"));
    dbc_file_destroy(&file);
    ck_assert_ptr_null(file);
    dbc_file_destroy(&file);
}
END_TEST

START_TEST(signals_of_a_file_of_the_world_are_read)
{
    dbc_file_t *file;
    const dbc_t *dbc = parse_good(&file, WORLD);
    const dbc_message_t *engine = dbc_message(dbc, "EEC1");
    ck_assert_uint_eq(engine->signal_count, 3);
    const dbc_signal_t *temp = dbc_signal(engine, "Temp");
    ck_assert_uint_eq(temp->start_bit, 7);
    ck_assert_uint_eq(temp->length, 12);
    ck_assert(temp->big_endian && temp->is_signed);
    ck_assert_double_eq(temp->factor, 0.1);
    ck_assert_double_eq(temp->offset, -40);
    ck_assert_double_eq(temp->minimum, -40);
    ck_assert_double_eq(temp->maximum, 215);
    ck_assert_str_eq(temp->unit, "\xC2\xB0"
                                 "C"); // code page 1252 became UTF-8
    ck_assert_str_eq(temp->comment, "a signal");
    ck_assert_int_eq(temp->start_raw, 1);
    ck_assert_ptr_null(temp->setting);
    const dbc_signal_t *whole = dbc_signal(engine, "Whole");
    ck_assert_uint_eq(whole->length, 64);
    ck_assert(whole->is_signed && !whole->big_endian);

    const dbc_message_t *multi = dbc_message(dbc, "Multi");
    ck_assert_int_eq(dbc_signal(multi, "Page")->multiplex, DBC_SELECTOR);
    ck_assert_int_eq(dbc_signal(multi, "ZeroWithALongName")->multiplex, 0);
    ck_assert_int_eq(dbc_signal(multi, "Deep")->multiplex, 3);
    ck_assert_int_eq(dbc_signal(multi, "4WD_Active")->multiplex, DBC_PLAIN);
    ck_assert_int_eq(dbc_signal(multi, "ZeroWithALongName")->start_raw, 200);
    ck_assert_int_eq(dbc_signal(multi, "Float32")->kind, DBC_FLOAT);
    ck_assert_int_eq(dbc_signal(multi, "Page")->kind, DBC_INTEGER);        // told to be one
    ck_assert_int_eq(dbc_signal(multi, "Float32")->start_raw, 0x3F800000); // the default 1, as a number
    ck_assert_uint_eq(multi->signal_count, 5);

    const dbc_message_t *longer = dbc_message(dbc, "Long");
    ck_assert_ptr_null(dbc_signal(longer, "Vin"));
    ck_assert_ptr_nonnull(dbc_signal(longer, "Late"));
    dbc_file_destroy(&file);
}
END_TEST

START_TEST(value_names_stand_in_the_files_order)
{
    dbc_file_t *file;
    const dbc_t *dbc = parse_good(&file, WORLD);
    const dbc_signal_t *page = dbc_signal(dbc_message(dbc, "Multi"), "Page");
    ck_assert_uint_eq(page->value_count, 3);
    ck_assert_int_eq(page->values[0].raw, 15);
    ck_assert_str_eq(page->values[1].name, "first");
    ck_assert_int_eq(page->values[2].raw, -1);
    ck_assert_uint_eq(dbc_signal(dbc_message(dbc, "Multi"), "ZeroWithALongName")->value_count, 0);
    dbc_file_destroy(&file);
}
END_TEST

START_TEST(file_needs_neither_order_nor_line_ends)
{
    dbc_file_t *file;
    const dbc_t *dbc = parse_good(&file, "BO_ 1 A: 8 X SG_ S : 0|8@1+ (1,0) [0|0] \"\" Y"
                                         "\nBO_ 2 A: 8 X\nSG_ T : 0|8@1+ (1,0) [0|0] \"\" ");
    ck_assert_uint_eq(dbc->message_count, 2); // equal names occur; the first is found
    ck_assert_ptr_eq(dbc_message(dbc, "A"), &dbc->messages[0]);
    dbc_file_destroy(&file);
    parse_good(&file, "NS_:\n\nBS_:\n\nBU_:\n");
    dbc_file_destroy(&file);
    parse_good(&file, "BO_ 1 A: 1 X\n\n\nCM_ BO_ 1 \"c\";"); // no line end at the end
    dbc_file_destroy(&file);
}
END_TEST

START_TEST(controls_in_a_string_do_not_reach_a_terminal)
{
    dbc_file_t *file;
    const dbc_t *dbc = parse_good(&file, "BO_ 1 A: 1 X\nCM_ BO_ 1 \"a\x1B[2J\tb\nc\x7F\";");
    ck_assert_str_eq(dbc->messages[0].comment, "a?[2J b c?");
    dbc_file_destroy(&file);
}
END_TEST

START_TEST(long_unit_is_cut_between_characters)
{
    dbc_file_t *file;
    const dbc_t *dbc =
        parse_good(&file, "BO_ 1 A: 1 X\n SG_ S : 0|8@1+ (1,0) [0|0] \"123456789012345678901234567890\xC2\xB0\" Y");
    ck_assert_str_eq(dbc->messages[0].signals[0].unit, "1234567890123456789012345678…");
    dbc_file_destroy(&file);
}
END_TEST

START_TEST(key_memory_attributes_are_read)
{
    dbc_file_t *file;
    const dbc_t *dbc = parse_good(&file, "BO_ 1 A: 8 X\n"
                                         " SG_ S : 0|8@1+ (1,0) [0|0] \"\" Y\n"
                                         " SG_ T : 8|8@1+ (1,0) [0|0] \"\" Y\n"
                                         " SG_ U : 16|8@1+ (1,0) [0|0] \"\" Y\n"
                                         "BA_DEF_ SG_ \"KeyMemorySetting\" STRING ;\n"
                                         "BA_DEF_ SG_ \"KeyMemoryControl\" ENUM \"knob\",\"switch\";\n"
                                         "BA_DEF_DEF_ \"KeyMemorySetting\" \"\";\n"
                                         "BA_DEF_DEF_ \"KeyMemoryControl\" \"knob\";\n"
                                         "BA_ \"KeyMemorySetting\" SG_ 1 S \"height\";\n"
                                         "BA_ \"KeyMemoryControl\" SG_ 1 S 1;\n"
                                         "BA_ \"KeyMemoryControl\" SG_ 1 T \"switch\";\n");
    const dbc_signal_t *signals = dbc->messages[0].signals;
    ck_assert_str_eq(signals[0].setting, "height");
    ck_assert_int_eq(signals[0].control, DBC_CONTROL_SWITCH); // the file's own order counts
    ck_assert_int_eq(signals[1].control, DBC_CONTROL_SWITCH);
    ck_assert_ptr_null(signals[1].setting);
    ck_assert_int_eq(signals[2].control, DBC_CONTROL_KNOB);
    dbc_file_destroy(&file);
}
END_TEST

// ---- mistakes ------------------------------------------------------------------------------------------------------

typedef struct {
    const char *text;
    size_t count;
    const char *first_line; // how the first mistake begins
} mistake_case_t;

#define MESSAGE "BO_ 1 A: 2 X\n"

static const mistake_case_t MISTAKES[] = {
    {"", 1, "a.dbc:1: expected a statement, not the end of the file"},
    {"\n\n", 1, "a.dbc:3: expected a statement"},
    {"hello world\n", 1, "a.dbc:1: expected a statement, not \"hello\""},
    {"\x01\x02\x03", 1, "a.dbc:1: expected a statement, not \"?\""},
    {"BO_ x A: 8 X\n", 1, "a.dbc:1: expected the identifier, not \"x\""},
    {"BO_ 1 : 8 X\n", 1, "a.dbc:1: expected the name of a message, not \":\""},
    {"BO_ 1 A 8 X\n", 1, "a.dbc:1: expected \":\", not \"8\""},
    {"BO_ 1 A: X\n", 1, "a.dbc:1: expected the length, not \"X\""},
    {"BO_ 1 A: -1 X\n", 1, "a.dbc:1: the length must be 0 to 65535"},
    {"BO_ 1 A: 8 \"X\"\n", 1, "a.dbc:1: expected the sender"},
    {"BO_ 2048 A: 8 X\n", 1, "a.dbc:1: identifier 0x800 has more than 11 bits"},
    {"BO_ 3758096384 A: 8 X\n", 1, "a.dbc:1: identifier 0x60000000 has more than 29 bits"},
    {"BO_ 4294967296 A: 8 X\n", 1, "a.dbc:1: the identifier must be 0 to 4294967295"},
    {"BO_ 1.5 A: 8 X\n", 1, "a.dbc:1: the identifier must be"},
    {MESSAGE "\nBO_ 1 B: 8 X\n", 1, "a.dbc:3: another message has the identifier 0x1 of B"},
    {"SG_ S : 0|8@1+ (1,0) [0|0] \"\" X\n", 1, "a.dbc:1: a signal (SG_) without a message (BO_)"},
    {MESSAGE "SG_ : 0|8@1+ (1,0) [0|0] \"\" X\n", 1, "a.dbc:2: expected the name of a signal, not \":\""},
    {MESSAGE "SG_ S Q : 0|8@1+ (1,0) [0|0] \"\" X\n", 1, "a.dbc:2: expected M, m and a number, or \":\", not \"Q\""},
    {MESSAGE "SG_ S m : 0|8@1+ (1,0) [0|0] \"\" X\n", 1, "a.dbc:2: expected M, m and a number"},
    {MESSAGE "SG_ S mM : 0|8@1+ (1,0) [0|0] \"\" X\n", 1, "a.dbc:2: expected M, m and a number"},
    {MESSAGE "SG_ S : 70000|8@1+ (1,0) [0|0] \"\" X\n", 1, "a.dbc:2: the start bit must be 0 to 65535"},
    {MESSAGE "SG_ S : 0|0@1+ (1,0) [0|0] \"\" X\n", 1, "a.dbc:2: the length must be 1 to"},
    {MESSAGE "SG_ S : 0|8@2+ (1,0) [0|0] \"\" X\n", 1, "a.dbc:2: the byte order must be 0 to 1"},
    {MESSAGE "SG_ S : 0|8@1 (1,0) [0|0] \"\" X\n", 1, "a.dbc:2: expected \"+\" or \"-\", not \"(\""},
    {MESSAGE "SG_ S : 0|8@1+ (1) [0|0] \"\" X\n", 1, "a.dbc:2: expected \",\", not \")\""},
    {MESSAGE "SG_ S : 0|8@1+ (1,0) [0|0 \"\" X\n", 1, "a.dbc:2: expected \"]\""},
    {MESSAGE "SG_ S : 0|8@1+ (1e999,0) [0|0] \"\" X\n", 1, "a.dbc:2: the factor is too large"},
    {MESSAGE "SG_ S : 0|8@1+ (1,0) [0|0] mm X\n", 1, "a.dbc:2: expected the unit, not \"mm\""},
    {MESSAGE "SG_ S : 0|8@1+ (1,0) [0|0] \"\" X;\n", 1, "a.dbc:2: expected a receiver, not \";\""},
    {MESSAGE "SG_ S : 9|8@1+ (1,0) [0|0] \"\" X\n", 1,
     "a.dbc:2: signal S does not fit into the 2 bytes of its message"},
    {MESSAGE "SG_ S : 8|2@0+ (1,0) [0|0] \"\" X\n", 1, "a.dbc:2: signal S does not fit"},
    {MESSAGE "SG_ S : 0|8@1+ (1,0) [0|0] \"\" X\nSG_ S : 8|8@1+ (1,0) [0|0] \"\" X\n", 1,
     "a.dbc:3: signal S is there twice"},
    {MESSAGE "SG_ S : 0|8@1+ (1,0) [0|0] \"never ends\n\n", 1,
     "a.dbc:2: expected the unit, not a string without an end"},
    {MESSAGE "CM_ BO_ 1 \"never ends\n\n\n", 1, "a.dbc:2: expected a comment, not a string without an end"},
    {MESSAGE "CM_ BO_ 1 comment;\n", 1, "a.dbc:2: expected a comment, not \"comment\""},
    {MESSAGE "CM_ BO_ 1 \"c\"\nVERSION \"\"", 1, "a.dbc:3: expected \";\", not \"VERSION\""},
    {MESSAGE "VAL_ 1 S 0 zero ;\n", 1, "a.dbc:2: expected the name of a value, not \"zero\""},
    {MESSAGE "VAL_ 1 S 0.5 \"zero\" ;\n", 1, "a.dbc:2: a value must be"},
    {MESSAGE "VAL_ 1 S 0 \"zero\" \n", 1, "a.dbc:3: expected a value, not the end of the file"},
    {MESSAGE "BA_DEF_ BO_ GenMsgCycleTime INT 0 1;\n", 1, "a.dbc:2: expected the name of an attribute"},
    {MESSAGE "BA_DEF_ BO_ \"x\" ;\n", 1, "a.dbc:2: expected INT, HEX, FLOAT, STRING or ENUM"},
    {MESSAGE "BA_DEF_DEF_ \"x\" y;\n", 1, "a.dbc:2: expected a number or a string"},
    {MESSAGE "BA_ \"GenMsgCycleTime\" BO_ 1 -1;\n", 1, "a.dbc:2: a cycle time must be"},
    {MESSAGE "BA_ \"GenMsgCycleTime\" BO_ 1 \"1\";\n", 1, "a.dbc:2: a cycle time must be"},
    {MESSAGE "BA_ \"GenMsgCycleTime\" BO_ 1;\n", 1, "a.dbc:2: expected a number or a string, not \";\""},
    {MESSAGE "BA_ \"KeyMemorySetting\" SG_ 1 Nobody \"height\";\n", 1,
     "a.dbc:2: KeyMemorySetting for a signal that is not there"},
    {MESSAGE "BA_ \"KeyMemorySetting\" SG_ 0 Nobody \"height\";\n", 1,
     "a.dbc:2: KeyMemorySetting for a signal that is not there"},
    {MESSAGE "BA_ \"KeyMemorySetting\" BO_ 1 \"height\";\n", 1, "a.dbc:2: KeyMemorySetting belongs to a signal"},
    {MESSAGE "SG_ S : 0|8@1+ (1,0) [0|0] \"\" X\nBA_ \"KeyMemorySetting\" SG_ 1 S \"Head Rest\";\n", 1,
     "a.dbc:3: KeyMemorySetting must be"},
    {MESSAGE "SG_ S : 0|8@1+ (1,0) [0|0] \"\" X\nBA_ \"KeyMemoryControl\" SG_ 1 S 0;\n", 1,
     "a.dbc:3: KeyMemoryControl must be one of its choices"},
    {MESSAGE "BA_DEF_ SG_ \"KeyMemoryControl\" ENUM \"lever\";\n", 1,
     "a.dbc:2: the choices of KeyMemoryControl are switch and knob"},
    {MESSAGE "SG_ S : 0|8@1+ (1,0) [0|0] \"\" X\nBA_DEF_DEF_ \"KeyMemorySetting\" \"height\";\n", 1,
     "a.dbc:3: the default of KeyMemorySetting must be"},
    {MESSAGE "SIG_VALTYPE_ 1 S : 9;\n", 1, "a.dbc:2: the kind of value must be 0 to 3"},
    {MESSAGE "SG_MUL_VAL_ 1 S M ;\n", 1, "a.dbc:2: expected a multiplexor's value, not \";\""},
    {MESSAGE "SG_MUL_VAL_ 1 S M 3;\n", 1, "a.dbc:2: expected the end of a range, not \";\""},
    {MESSAGE "SG_MUL_VAL_ 1 S M 3-3, ;\n", 1, "a.dbc:2: expected a multiplexor's value"},
    {MESSAGE "NS_\nBO_ 2 B: 8 X\n", 1, "a.dbc:3: expected \":\""},
};

START_TEST(mistake_is_told_with_its_line)
{
    for (size_t i = 0; i < sizeof MISTAKES / sizeof *MISTAKES; i++) {
        const mistake_case_t *c = &MISTAKES[i];
        ck_assert_msg(parse(c->text) == NULL, "accepted: %s", c->text);
        ck_assert_msg(error.count == c->count, "%zu mistakes: %s", error.count, error.text);
        ck_assert_msg(strncmp(error.text, c->first_line, strlen(c->first_line)) == 0, "%s\nbut expected\n%s",
                      error.text, c->first_line);
    }
}
END_TEST

START_TEST(all_mistakes_of_a_file_are_told)
{
    ck_assert_ptr_null(parse("BO_ 1 A: 8 X\n"
                             " SG_ S : 0|8@1+ (1,0 [0|0] \"\" Y\n"
                             " SG_ Good : 0|8@1+ (1,0) [0|0] \"\" Y\n"
                             " SG_ T : 60|8@1+ (1,0) [0|0] \"\" Y\n"
                             "BO_ 1 B: 8 X\n"
                             " SG_ U : 99|8@1+ (1,0) [0|0] \"\" Y\n"
                             "CM_ BO_ 1 nothing;\n"
                             "garbage 1 2 3\n"
                             "VAL_ 1 Good 0 \"a\" ;\n"));
    ck_assert_str_eq(error.text, "a.dbc:2: expected \")\", not \"[\"\n"
                                 "a.dbc:4: signal T does not fit into the 8 bytes of its message\n"
                                 "a.dbc:5: another message has the identifier 0x1 of B\n"
                                 "a.dbc:7: expected a comment, not \"nothing\"");
    // "garbage" was passed over with what was wrong before it: the next keyword that begins a line is VAL_
    ck_assert_uint_eq(error.count, 4);
}
END_TEST

START_TEST(garbage_ends_after_so_many_mistakes)
{
    static char text[TEXT_MAX];
    size_t used = 0;
    while (used < sizeof text - 16) used += (size_t)snprintf(text + used, sizeof text - used, "BO_ x\n");
    ck_assert_ptr_null(parse(text));
    ck_assert_uint_eq(error.count, 101);
}
END_TEST

START_TEST(message_with_too_many_signals_is_refused)
{
    static char text[2 * TEXT_MAX];
    size_t used = (size_t)snprintf(text, sizeof text, "BO_ 1 A: 8 X\n");
    for (int i = 0; i < 1025; i++) {
        used += (size_t)snprintf(text + used, sizeof text - used, " SG_ S%d : 0|8@1+ (1,0) [0|0] \"\" Y\n", i);
    }
    ck_assert_ptr_null(parse(text));
    ck_assert_uint_eq(error.count, 1);
}
END_TEST

START_TEST(many_messages_are_found_by_their_identifier)
{
    static char text[2 * TEXT_MAX];
    size_t used = 0;
    for (unsigned i = 0; i < 2048; i++) {
        used += (size_t)snprintf(text + used, sizeof text - used, "BO_ %u A%u: 1 X\n", i * 7 % 2048, i);
    }
    for (unsigned i = 0; i < 2048; i += 5) {
        used += (size_t)snprintf(text + used, sizeof text - used, "CM_ BO_ %u \"A%u\";\n", i * 7 % 2048, i);
    }
    dbc_file_t *file;
    const dbc_t *dbc = parse_good(&file, text);
    ck_assert_uint_eq(dbc->message_count, 2048);
    for (size_t i = 0; i < 2048; i += 5) ck_assert_str_eq(dbc->messages[i].comment, dbc->messages[i].name);
    dbc_file_destroy(&file);
}
END_TEST

START_TEST(text_need_not_be_terminated)
{
    // each beginning of the file, in memory of exactly that size: reading past it is seen by the sanitizer
    for (size_t size = 0; size < sizeof WORLD; size += 1 + size / 200) {
        char *copy = malloc(size ? size : 1);
        memcpy(copy, WORLD, size);
        error_clear(&error);
        dbc_file_t *file = dbc_file_parse("a.dbc", copy, size, &error);
        ck_assert((file != NULL) == (error.count == 0));
        dbc_file_destroy(&file);
        free(copy);
    }
}
END_TEST

// Turns, drops, repeats and swaps bytes. Whatever comes out is either read or refused with a mistake; a file that is
// read must be usable.
START_TEST(mutated_files_are_read_or_refused_but_harm_nothing)
{
    static char text[2 * sizeof WORLD];
    random_t random = random_derive(1, "mutations", 0);
    for (int i = 0; i < MUTATIONS; i++) {
        size_t size = sizeof WORLD - 1;
        memcpy(text, WORLD, size);
        for (uint64_t edits = 1 + random_next(&random) % 6; edits > 0; edits--) {
            uint64_t draw = random_next(&random);
            size_t at = (size_t)(draw >> 8) % size;
            size_t length = 1 + (size_t)(draw >> 40) % 12;
            if (at + length > size) length = size - at;
            static const char SPICE[] = "\"\n;:|@+-(),[]0189 eEM_\\/\xFF\x00";
            switch (draw % 4) {
            case 0:
                text[at] = SPICE[(draw >> 52) % (sizeof SPICE - 1)];
                break;
            case 1:
                memmove(text + at, text + at + length, size - at - length), size -= length;
                break;
            case 2:
                memmove(text + at + length, text + at, size - at), size += length;
                break;
            default:
                text[at] = (char)(text[at] ^ (1 << (draw >> 60) % 8));
                break;
            }
            if (size > sizeof WORLD + 200) size = sizeof WORLD + 200;
        }
        error_clear(&error);
        dbc_file_t *file = dbc_file_parse("a.dbc", text, size, &error);
        ck_assert_msg((file != NULL) == (error.count == 0), "mutation %d", i);
        const dbc_t *dbc = file ? dbc_file_dbc(file) : NULL;
        for (size_t m = 0; dbc && m < dbc->message_count; m++) {
            can_frame_t frame = dbc_frame(&dbc->messages[m]);
            for (size_t s = 0; s < dbc->messages[m].signal_count; s++) {
                const dbc_signal_t *signal = &dbc->messages[m].signals[s];
                ck_assert_uint_le(signal->length, 64);
                ck_assert_uint_ge(signal->length, 1);
                int64_t raw = dbc_get(signal, &frame);
                dbc_value_name(signal, raw);
                ck_assert_int_le(dbc_raw_minimum(signal), INT64_MAX);
                dbc_raw(signal, dbc_physical(signal, raw), &raw);
            }
        }
        dbc_file_destroy(&file);
    }
}
END_TEST

START_TEST(file_that_cannot_be_read_says_why)
{
    error_clear(&error);
    ck_assert_ptr_null(dbc_file_new("/nowhere/at/all.dbc", &error));
    ck_assert_str_eq(error.text, "/nowhere/at/all.dbc: No such file or directory");
    error_clear(&error);
    ck_assert_ptr_null(dbc_file_new("/", &error));
    ck_assert_uint_eq(error.count, 1);
    error_clear(&error);
    ck_assert_ptr_null(dbc_file_new("/dev/zero", &error));
    ck_assert_str_eq(error.text, "/dev/zero: larger than 32 MiB");
}
END_TEST

int main(void)
{
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 120);
    tcase_add_test(all, messages_of_a_file_of_the_world_are_read);
    tcase_add_test(all, signals_of_a_file_of_the_world_are_read);
    tcase_add_test(all, value_names_stand_in_the_files_order);
    tcase_add_test(all, file_needs_neither_order_nor_line_ends);
    tcase_add_test(all, controls_in_a_string_do_not_reach_a_terminal);
    tcase_add_test(all, long_unit_is_cut_between_characters);
    tcase_add_test(all, key_memory_attributes_are_read);
    tcase_add_test(all, mistake_is_told_with_its_line);
    tcase_add_test(all, all_mistakes_of_a_file_are_told);
    tcase_add_test(all, garbage_ends_after_so_many_mistakes);
    tcase_add_test(all, message_with_too_many_signals_is_refused);
    tcase_add_test(all, many_messages_are_found_by_their_identifier);
    tcase_add_test(all, text_need_not_be_terminated);
    tcase_add_test(all, mutated_files_are_read_or_refused_but_harm_nothing);
    tcase_add_test(all, file_that_cannot_be_read_says_why);
    return suite_run("dbc_file", all);
}
