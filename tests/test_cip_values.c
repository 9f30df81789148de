// SPDX-License-Identifier: MIT
// Settings as people tell them: by name, with units of measure, in files; and what is refused, with which words.
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/scratch.h"
#include "tests/suite.h"
#include "tools/cip_values.h"

static const dbc_value_t STYLES[] = {{0, "soft"}, {1, "normal"}, {2, "intensive"}};
static const dbc_value_t MODES[] = {{0, "off"}, {3, "on"}}; // with a gap

static const dbc_signal_t HEIGHT = {.length = 10, .factor = 0.1, .maximum = 80, .unit = "mm", .setting = "height"};
static const dbc_signal_t TILT = {
    .length = 10, .factor = 0.1, .offset = -10, .minimum = -10, .maximum = 60, .unit = "deg", .setting = "tilt"};
static const dbc_signal_t STYLE = {
    .length = 2, .factor = 1, .maximum = 2, .setting = "style", .value_count = 3, .values = STYLES};
static const dbc_signal_t MODE = {
    .length = 2, .factor = 1, .maximum = 3, .setting = "mode", .value_count = 2, .values = MODES};
static const workshop_settings_t SETTINGS = {.count = 4, .signals = {&HEIGHT, &TILT, &STYLE, &MODE}};

static cip_values_t values;
static error_t error;

static void begin(void)
{
    values = (cip_values_t){.settings = &SETTINGS, .unit = "chair"};
    error_clear(&error);
}

static void takes(const char *text, size_t setting, int raw)
{
    begin();
    ck_assert_msg(cip_values_take(&values, text, &error), "%s: %s", text, error.text);
    ck_assert_uint_eq(values.count, 1);
    ck_assert_uint_eq(values.changes[0].setting, setting);
    ck_assert_msg(values.changes[0].raw == raw, "%s: %d", text, values.changes[0].raw);
}

static void refuses(const char *text, const char *words)
{
    begin();
    ck_assert_msg(!cip_values_take(&values, text, &error), "%s is taken", text);
    ck_assert_str_eq(error.text, words);
    ck_assert_uint_eq(values.count, 0);
}

// ---- command line --------------------------------------------------------------------------------------------------

START_TEST(numbers_are_in_the_unit_of_measure)
{
    takes("height=55.5", 0, 555);
    takes("height=55.5mm", 0, 555);
    takes("height=55.5 mm", 0, 555);
    takes("tilt=-3.2", 1, 68);
    takes("height=80", 0, 800);
    takes("height=0", 0, 0);
}
END_TEST

START_TEST(values_with_names_are_told_by_name_or_number)
{
    takes("style=intensive", 2, 2);
    takes("style=0", 2, 0);
    takes("mode=on", 3, 3);
}
END_TEST

START_TEST(a_value_out_of_range_names_the_range)
{
    refuses("height=80.1", "height must be 0.0 to 80.0 mm");
    refuses("height=-0.1", "height must be 0.0 to 80.0 mm");
    refuses("tilt=-10.1", "tilt must be -10.0 to 60.0 deg");
    refuses("height=1e300", "height must be 0.0 to 80.0 mm");
    refuses("style=3", "style must be soft, normal or intensive");
    refuses("style=hard", "style must be soft, normal or intensive");
    refuses("mode=2", "mode must be off or on");
}
END_TEST

START_TEST(what_is_no_number_is_refused)
{
    static const char *const TEXTS[] = {"height=",      "height= ",   "height=x",   "height=5x",
                                        "height=5 deg", "height=nan", "height=inf", "height=5  mm",
                                        "height=--5",   "height=5=5", "height=soft"};
    for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++) refuses(TEXTS[i], "height must be 0.0 to 80.0 mm");
}
END_TEST

START_TEST(an_unknown_setting_is_refused_with_those_that_there_are)
{
    refuses("depth=3", "chair has no setting \"depth\": must be height, tilt, style or mode");
    refuses("=3", "chair has no setting \"\": must be height, tilt, style or mode");
    refuses("height", "\"height\": must be NAME=VALUE");
    char text[1000];
    memset(text, 'x', sizeof text - 1);
    memcpy(text + 900, "=1", 3);
    begin();
    ck_assert(!cip_values_take(&values, text, &error));
}
END_TEST

START_TEST(a_setting_told_twice_is_refused)
{
    begin();
    ck_assert(cip_values_take(&values, "height=1", &error));
    ck_assert(!cip_values_take(&values, "height=1", &error));
    ck_assert_str_eq(error.text, "height is told twice");
    ck_assert_uint_eq(values.count, 1);
}
END_TEST

START_TEST(unchecked_values_go_out_of_range_and_never_wrap_around)
{
    static const struct {
        const char *text;
        int raw;
    } CASES[] = {{"height=80.1", 801},         {"height=-0.1", -1},          {"height=1e300", INT16_MAX},
                 {"height=-1e300", INT16_MIN}, {"height=6553.6", INT16_MAX}, {"style=3", 3}};
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        begin();
        values.unchecked = true;
        ck_assert_msg(cip_values_take(&values, CASES[i].text, &error), "%s", CASES[i].text);
        ck_assert_int_eq(values.changes[0].raw, CASES[i].raw);
    }
    begin();
    values.unchecked = true;
    ck_assert(!cip_values_take(&values, "height=nan", &error));
    ck_assert(!cip_values_take(&values, "style=hard", &error));
}
END_TEST

// ---- files ---------------------------------------------------------------------------------------------------------

static char path[SCRATCH_PATH_MAX + 16];

static bool load(const char *text)
{
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    fclose(file);
    begin();
    return cip_values_load(&values, path, &error);
}

START_TEST(a_file_holds_settings_or_a_profile_that_was_read)
{
    ck_assert(load("{\"height\": 12.5, \"style\": \"soft\"}"));
    ck_assert_uint_eq(values.count, 2);
    ck_assert_int_eq(values.changes[0].raw, 125);
    ck_assert(load("{\"unit\": \"chair\", \"profile\": 2, \"coded\": true, \"settings\": {\"tilt\": 0, \"mode\": 3}}"));
    ck_assert_uint_eq(values.count, 2);
    ck_assert_int_eq(values.changes[0].raw, 100);
    ck_assert_int_eq(values.changes[1].raw, 3);
}
END_TEST

START_TEST(a_bad_file_is_refused_with_every_mistake)
{
    ck_assert(!load("{\"height\": 1000, \"depth\": 1, \"style\": [], \"mode\": true}"));
    ck_assert_uint_eq(error.count, 4);
    ck_assert_ptr_nonnull(strstr(error.text, ": height must be 0.0 to 80.0 mm"));
    static const char *const TEXTS[] = {"",
                                        "{",
                                        "[]",
                                        "{}",
                                        "3",
                                        "{\"settings\": {}}",
                                        "\xff\xfe",
                                        "{\"height\": 1, \"height\": 2}",
                                        "{\"height\": \"1\"}"};
    for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++)
        ck_assert_msg(!load(TEXTS[i]) && error.count > 0, "%s is taken", TEXTS[i]);
    ck_assert(!load("\xEF\xBB\xBF{\"height\": 1}")); // as editors on Windows begin a file
    ck_assert_ptr_nonnull(strstr(error.text, ":1:1: begins with a byte order mark"));
    begin();
    ck_assert(!cip_values_load(&values, "/no/such/file", &error));
    ck_assert_str_eq(error.text, "/no/such/file: No such file or directory");
}
END_TEST

int main(void)
{
    char directory[SCRATCH_PATH_MAX];
    scratch_make(directory);
    snprintf(path, sizeof path, "%s/values", directory);
    TCase *tests = tcase_create("CIP values");
    tcase_add_test(tests, numbers_are_in_the_unit_of_measure);
    tcase_add_test(tests, values_with_names_are_told_by_name_or_number);
    tcase_add_test(tests, a_value_out_of_range_names_the_range);
    tcase_add_test(tests, what_is_no_number_is_refused);
    tcase_add_test(tests, an_unknown_setting_is_refused_with_those_that_there_are);
    tcase_add_test(tests, a_setting_told_twice_is_refused);
    tcase_add_test(tests, unchecked_values_go_out_of_range_and_never_wrap_around);
    tcase_add_test(tests, a_file_holds_settings_or_a_profile_that_was_read);
    tcase_add_test(tests, a_bad_file_is_refused_with_every_mistake);
    int status = suite_run("CIP values", tests);
    scratch_remove_all(directory);
    return status;
}
