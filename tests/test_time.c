// SPDX-License-Identifier: MIT
#include "bus/base/time.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "tests/suite.h"

typedef struct {
    const char *text;
    int64_t time_ns;
} time_case_t;

START_TEST(time_is_read_exactly_with_its_unit)
{
    static const time_case_t CASES[] = {
        {"0 us", 0},
        {"250 us", 250 * TIME_US},
        {"20 ms", 20 * TIME_MS},
        {"20ms", 20 * TIME_MS},
        {"1.5 s", 1500 * TIME_MS},
        {"2 min", 120 * TIME_S},
        {"0.1 s", 100 * TIME_MS},
        {"0.5 us", 500},
        {"0.001 us", 1},
        {"0.0010000000000000000000000000 us", 1},
        {"007 s", 7 * TIME_S},
        {"0.000000001 s", 1},
        {"0.25 min", 15 * TIME_S},
        {"0.00000000005 min", 3}, // 5e-11 of 6e10 ns
        {"1000000 min", 1000000 * TIME_MIN},
        {"60000000000000000.000 us", INT64_C(-1)},
        {"999999.99999999995 min", 1000000 * TIME_MIN - 3},
        {"59999999999.999999 ms", INT64_C(59999999999999999)},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        int64_t time_ns = -1;
        bool good = time_parse(CASES[i].text, &time_ns);
        ck_assert_msg(good == (CASES[i].time_ns >= 0), "%s", CASES[i].text);
        ck_assert_msg(time_ns == CASES[i].time_ns, "%s gave %lld", CASES[i].text, (long long)time_ns);
    }
}
END_TEST

START_TEST(time_is_written_so_that_it_is_read_as_the_same)
{
    static const time_case_t CASES[] = {
        {"0 us", 0},
        {"0.007 us", 7},
        {"1.5 us", 1500},
        {"250 us", 250 * TIME_US},
        {"1.000001 ms", TIME_MS + 1},
        {"999.999999 ms", TIME_S - 1},
        {"1.5 s", 1500 * TIME_MS},
        {"120 s", 2 * TIME_MIN},
        {"59999999.999999999 s", TIME_PARSED_MAX_NS - 1},
        {"60000000 s", TIME_PARSED_MAX_NS},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char text[TIME_TEXT_MAX];
        int64_t time_ns = -1;
        ck_assert_str_eq(time_write(CASES[i].time_ns, text), CASES[i].text);
        ck_assert(time_parse(text, &time_ns));
        ck_assert_int_eq(time_ns, CASES[i].time_ns);
    }
}
END_TEST

START_TEST(anything_else_is_refused_and_changes_nothing)
{
    static const char *const TEXTS[] = {"",
                                        " ",
                                        "20",
                                        "ms",
                                        "-1 s",
                                        "+1 s",
                                        " 1 s",
                                        "1 s ",
                                        "1  s",
                                        "1\ts",
                                        "1. s",
                                        ".5 s",
                                        "1.5.5 s",
                                        "1,5 s",
                                        "1e3 s",
                                        "0x10 s",
                                        "1 S",
                                        "1 sec",
                                        "1 ns",
                                        "1 h",
                                        "1 m",
                                        "1 mins",
                                        "nan s",
                                        "inf s",
                                        "1 s\n",
                                        "1000001 min",
                                        "1 s 1 s",
                                        "0.0001 us",
                                        "1..5 s",
                                        "0.3333333333 s",
                                        "1000000.0000000001 min",
                                        "99999999999999999999999999999 s",
                                        "18446744073709551617 us",
                                        "0.00000000000000000001 min",
                                        "1.1111111111111111111111111111111 s"};
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) {
        int64_t time_ns = 4711;
        ck_assert_msg(!time_parse(TEXTS[i], &time_ns), "\"%s\"", TEXTS[i]);
        ck_assert_int_eq(time_ns, 4711);
    }
}
END_TEST

START_TEST(too_much_and_too_fine_is_told_from_what_is_no_time)
{
    static const char *const WRITTEN[] = {"1000001 min", "0.0001 us", "99999999999999999999s", "2 min", "0.5ms"};
    static const char *const NOT[] = {"",     "5",    "ms",    "5  ms", "5 ms ", ".5 s",
                                      "5. s", "-5 s", "1e3 s", "5 h",   "5 .5 s"};
    for (size_t i = 0; i < sizeof WRITTEN / sizeof WRITTEN[0]; i++) ck_assert(time_is_written(WRITTEN[i]));
    for (size_t i = 0; i < sizeof NOT / sizeof NOT[0]; i++) ck_assert_msg(!time_is_written(NOT[i]), "%s", NOT[i]);
}
END_TEST

START_TEST(time_is_written_in_seconds_with_microseconds_cut)
{
    static const time_case_t CASES[] = {
        {"0.000000", 0},
        {"0.000000", 999},
        {"0.000001", 1000},
        {"0.000001", 1999},
        {"0.999999", 999999999},
        {"1.000000", TIME_S},
        {"12.345678", INT64_C(12345678999)},
        {"60000000.000000", 1000000 * TIME_MIN},
        {"9223372036.854775", INT64_MAX - 1},
        {"never", TIME_NEVER},
        {"-0.000001", -1000},
        {"-9223372036.854775", INT64_MIN},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char text[TIME_TEXT_MAX];
        ck_assert_ptr_eq(time_format(CASES[i].time_ns, text), text);
        ck_assert_str_eq(text, CASES[i].text);
    }
}
END_TEST

START_TEST(what_is_written_is_read_again)
{
    for (int64_t us = 1; us < INT64_C(60000000000000); us = us * 3 + 1) {
        char text[TIME_TEXT_MAX];
        int64_t time_ns;
        size_t length = strlen(time_format(us * TIME_US, text));
        memcpy(text + length, " s", sizeof " s");
        ck_assert(time_parse(text, &time_ns));
        ck_assert_int_eq(time_ns, us * TIME_US);
    }
}
END_TEST

START_TEST(earlier_of_two_times)
{
    ck_assert_int_eq(time_earlier(1, 2), 1);
    ck_assert_int_eq(time_earlier(TIME_NEVER, 2), 2);
}
END_TEST

int main(void)
{
    TCase *all = tcase_create("all");
    tcase_add_test(all, time_is_read_exactly_with_its_unit);
    tcase_add_test(all, time_is_written_so_that_it_is_read_as_the_same);
    tcase_add_test(all, anything_else_is_refused_and_changes_nothing);
    tcase_add_test(all, too_much_and_too_fine_is_told_from_what_is_no_time);
    tcase_add_test(all, time_is_written_in_seconds_with_microseconds_cut);
    tcase_add_test(all, what_is_written_is_read_again);
    tcase_add_test(all, earlier_of_two_times);
    return suite_run("time", all);
}
