// SPDX-License-Identifier: MIT
// What came of a story, from process to process and from file to file.
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "bus/base/time.h"
#include "scenarios/reports/record.h"
#include "tests/suite.h"

static record_t *record;
static char *text;
static error_t error;

static void set_up(void)
{
    record = record_new();
    text = NULL;
    error_clear(&error);
    record->number = 7;
    record->status = RECORD_FAILED;
    record->virtual_ns = 2 * TIME_S;
    record_set(&record->file, "a/b.json");
    record_set(&record->name, "b");
}

static void tear_down(void)
{
    record_destroy(&record);
    free(text);
}

// What it is once it was a line of JSON.
static void send(bool with_private)
{
    text = record_format(record, with_private);
    record_destroy(&record);
    record = record_parse(text, strlen(text), &error);
}

START_TEST(a_record_is_one_line_and_comes_back_as_it_was)
{
    record->step = 3;
    record->wall_ns = 5;
    record_set(&record->directory, "a");
    record_set(&record->seed, "18446744073709551615");
    record_set(&record->problem, "not met\nwithin 1 s");
    record_list_add(&record->covers, "R4");
    record_list_add(&record->covers, "R6");
    record_list_add(&record->frames, "(0.1) kcan-s 130#00");
    record_set(&record->timeline, "{\"steps\":[1.5,180.1]}");
    send(false);
    ck_assert_str_eq(
        text, "{\"number\":7,\"file\":\"a/b.json\",\"directory\":\"a\",\"name\":\"b\",\"covers\":[\"R4\",\"R6\"],"
              "\"status\":\"failed\",\"virtual_ns\":2000000000,\"wall_ns\":5,\"seed\":\"18446744073709551615\","
              "\"step\":3,\"problem\":\"not met\\nwithin 1 s\",\"frames\":[\"(0.1) kcan-s 130#00\"],"
              "\"timeline\":{\"steps\":[1.5,180.1]}}");
    char *again = record_format(record, false);
    ck_assert_str_eq(again, text);
    free(again);
    ck_assert_int_eq(record->status, RECORD_FAILED);
    ck_assert_uint_eq(record->covers.count, 2);
}
END_TEST

START_TEST(what_is_only_for_a_run_is_in_no_report)
{
    record_set(&record->told, "# a line\n");
    record->signal = 2;
    send(false);
    ck_assert_ptr_null(record->told);
    ck_assert_int_eq(record->signal, 0);
}
END_TEST

START_TEST(what_is_only_for_a_run_comes_to_it)
{
    record_set(&record->told, "# a line\n");
    record->signal = 2;
    send(true);
    ck_assert_str_eq(record->told, "# a line\n");
    ck_assert_int_eq(record->signal, 2);
}
END_TEST

START_TEST(bytes_that_are_no_character_are_told_as_such)
{
    record_set(&record->file, "a\xFFz.json");
    send(false);
    ck_assert_str_eq(record->file, "a\xEF\xBF\xBDz.json");
}
END_TEST

START_TEST(every_status_comes_back)
{
    for (int status = 0; status < RECORD_STATUS_COUNT; status++) {
        record->status = (record_status_t)status;
        send(false);
        ck_assert_int_eq(record->status, status);
        free(text);
        text = NULL;
    }
}
END_TEST

START_TEST(what_is_no_record_is_refused)
{
    static const char *const WRONG[] = {"",
                                        "[]",
                                        "{}",
                                        "{\"status\":\"good\"}",
                                        "{\"status\":\"passed\",\"step\":\"1\"}",
                                        "{\"status\":\"passed\",\"covers\":[1]}",
                                        "{\"status\":\"passed\",\"name\":1}",
                                        "{\"status\":\"passed\",\"timeline\":[]}"};
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        error_clear(&error);
        record_t *wrong = record_parse(WRONG[i], strlen(WRONG[i]), &error);
        ck_assert_msg(!wrong && error.count == 1, "%s", WRONG[i]);
    }
}
END_TEST

START_TEST(the_place_is_one_line)
{
    char line[256];
    words_t words = words_make(line, sizeof line);
    record_set(&record->pointer, "/steps/1/expect");
    record_set(&record->problem, "not met within 2 s");
    record_add_place(record, &words);
    ck_assert_str_eq(line, "a/b.json: /steps/1/expect at 2.000000 s: not met within 2 s");
}
END_TEST

int main(void)
{
    const TTest *const TESTS[] = {
        a_record_is_one_line_and_comes_back_as_it_was,
        what_is_only_for_a_run_is_in_no_report,
        what_is_only_for_a_run_comes_to_it,
        bytes_that_are_no_character_are_told_as_such,
        every_status_comes_back,
        what_is_no_record_is_refused,
        the_place_is_one_line,
    };
    TCase *tcase = tcase_create("record");
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    suite_add_tests(tcase, TESTS, sizeof TESTS / sizeof TESTS[0]);
    return suite_run("record", tcase);
}
