// SPDX-License-Identifier: MIT
// Command lines, good and bad.
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "bus/base/time.h"
#include "tests/suite.h"
#include "tools/options.h"

typedef struct {
    int verbose, fast;
    const char *file;
    option_list_t launches;
    option_number_t seed;
    int64_t patience_ns;
} told_t;

static const option_t OPTIONS[] = {
    {"verbose", 'v', NULL, OPTION_FLAG, offsetof(told_t, verbose), "tell"},
    {"fast", 0, NULL, OPTION_FLAG, offsetof(told_t, fast), "hurry"},
    {"file", 'f', "FILE", OPTION_TEXT, offsetof(told_t, file), "a file"},
    {"launch", 0, "UNIT=CM…", OPTION_LIST, offsetof(told_t, launches),
     "one line\nand another that goes on until it is too long for it\n  a list   stays\nthe…end"},
    {"seed", 0, "N", OPTION_NUMBER, offsetof(told_t, seed), "seed"},
    {"patience", 0, "TIME", OPTION_TIME, offsetof(told_t, patience_ns), "time"},
};

static const command_t COMMAND = {"test [OPTION…]", "It tests.", OPTIONS, sizeof OPTIONS / sizeof OPTIONS[0], "Notes."};

static told_t told;
static error_t error;
static char *arguments[16];
static int operand_count;

static options_outcome_t parse(const char *line)
{
    static char text[256];
    int count = 0;
    snprintf(text, sizeof text, "%s", line);
    for (char *rest, *word = strtok_r(text, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
        arguments[count++] = word;
    memset(&told, 0, sizeof told);
    error_clear(&error);
    return options_parse(&COMMAND, count, arguments, &told, &operand_count, &error);
}

START_TEST(options_and_operands_come_in_any_order)
{
    ck_assert_int_eq(parse("a -v --seed 18446744073709551615 b --file=x --launch u=1 c --launch=u=2 -v --patience 2s"),
                     OPTIONS_GO);
    ck_assert_int_eq(operand_count, 3);
    ck_assert_str_eq(arguments[0], "a");
    ck_assert_str_eq(arguments[1], "b");
    ck_assert_str_eq(arguments[2], "c");
    ck_assert_int_eq(told.verbose, 2);
    ck_assert(told.seed.told && told.seed.value == UINT64_MAX);
    ck_assert_str_eq(told.file, "x");
    ck_assert_uint_eq(told.launches.count, 2);
    ck_assert_str_eq(told.launches.items[1], "u=2");
    ck_assert_int_eq(told.patience_ns, 2 * TIME_S);
}
END_TEST

START_TEST(letters_may_stand_together)
{
    ck_assert_int_eq(parse("-vvfname x"), OPTIONS_GO);
    ck_assert_int_eq(told.verbose, 2);
    ck_assert_str_eq(told.file, "name");
    ck_assert_int_eq(parse("-vf name x"), OPTIONS_GO);
    ck_assert_str_eq(told.file, "name");
    ck_assert_int_eq(operand_count, 1);
}
END_TEST

START_TEST(two_dashes_end_the_options)
{
    ck_assert_int_eq(parse("-v -- -v --seed -"), OPTIONS_GO);
    ck_assert_int_eq(told.verbose, 1);
    ck_assert_int_eq(operand_count, 3);
    ck_assert_str_eq(arguments[0], "-v");
}
END_TEST

START_TEST(help_and_version_come_before_everything_behind_them)
{
    ck_assert_int_eq(parse("--help --nonsense"), OPTIONS_HELP);
    ck_assert_int_eq(parse("-h"), OPTIONS_HELP);
    ck_assert_int_eq(parse("--version"), OPTIONS_VERSION);
}
END_TEST

START_TEST(mistakes_are_told)
{
    static const struct {
        const char *line, *text;
    } ROWS[] = {
        {"--colour", "unknown option --colour"},
        {"--colour=red", "unknown option --colour"},
        {"--see 1", "unknown option --see"},
        {"-x", "unknown option -x"},
        {"--fast=yes", "--fast takes no value"},
        {"--file", "--file needs a value: FILE"},
        {"--seed -1", "--seed: must be a whole number, not \"-1\""},
        {"--seed 1x", "--seed: must be a whole number, not \"1x\""},
        {"--seed=", "--seed: must be a whole number, not \"\""},
        {"--seed 18446744073709551616", "--seed: must be a whole number, not \"18446744073709551616\""},
        {"--patience 3", "--patience: must be a time with its unit, like \"3 s\", not \"3\""},
        {"--patience=0s", "--patience: must be above 0, not \"0s\""},
        {"--file=", "--file: must not be empty, but FILE"},
        {"--seed x --fast=1", "--seed: must be a whole number, not \"x\"\n--fast takes no value"},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        ck_assert_int_eq(parse(ROWS[i].line), OPTIONS_WRONG);
        ck_assert_str_eq(error.text, ROWS[i].text);
    }
}
END_TEST

START_TEST(help_is_made_from_the_table)
{
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    options_print_help(&COMMAND, out);
    fclose(out);
    ck_assert_str_eq(text, "usage: test [OPTION…]\n"
                           "\n"
                           "It tests.\n"
                           "\n"
                           "  -v, --verbose             tell\n"
                           "      --fast                hurry\n"
                           "  -f, --file FILE           a file\n"
                           "      --launch UNIT=CM…     one line and another that goes on until it is too\n"
                           "                            long for it\n"
                           "                              a list   stays\n"
                           "                            the…end\n"
                           "      --seed N              seed\n"
                           "      --patience TIME       time\n"
                           "  -h, --help                this text\n"
                           "      --version             the version\n"
                           "\n"
                           "Notes.\n");
    free(text);
}
END_TEST

int main(void)
{
    const TTest *const TESTS[] = {
        options_and_operands_come_in_any_order,
        letters_may_stand_together,
        two_dashes_end_the_options,
        help_and_version_come_before_everything_behind_them,
        mistakes_are_told,
        help_is_made_from_the_table,
    };
    TCase *tcase = tcase_create("options");
    suite_add_tests(tcase, TESTS, sizeof TESTS / sizeof TESTS[0]);
    return suite_run("options", tcase);
}
