// SPDX-License-Identifier: MIT
#include <check.h>

#include "bus/kernel/pace.h"
#include "tests/suite.h"

#define BEGIN (77 * TIME_S) // where the clock happens to stand

static pace_t pace;

static void begin(void)
{
    pace_begin(&pace, BEGIN);
}

START_TEST(virtual_time_begins_at_zero_and_follows_the_clock)
{
    ck_assert_int_eq(pace_look(&pace, BEGIN), 0);
    ck_assert_int_eq(pace_look(&pace, BEGIN + 1), 1);
    ck_assert_int_eq(pace_look(&pace, BEGIN + 20 * TIME_MS), 20 * TIME_MS);
    ck_assert_int_eq(pace.left_out_ns, 0);
}
END_TEST

START_TEST(a_car_that_is_a_second_behind_catches_up)
{
    ck_assert_int_eq(pace_look(&pace, BEGIN + TIME_S), TIME_S);
    ck_assert_int_eq(pace.left_out_ns, 0);
}
END_TEST

START_TEST(what_is_more_than_a_second_is_left_out)
{
    pace_look(&pace, BEGIN + 100 * TIME_MS);
    ck_assert_int_eq(pace_look(&pace, BEGIN + 100 * TIME_MS + 3600 * TIME_S), 1100 * TIME_MS);
    ck_assert_int_eq(pace.left_out_ns, 3599 * TIME_S);
    ck_assert_int_eq(pace_look(&pace, BEGIN + 200 * TIME_MS + 3600 * TIME_S), 1200 * TIME_MS);
    ck_assert_int_eq(pace.left_out_ns, 3599 * TIME_S);
}
END_TEST

START_TEST(a_clock_that_goes_backwards_stops_time_until_it_is_there_again)
{
    ck_assert_int_eq(pace_look(&pace, BEGIN + 50), 50);
    ck_assert_int_eq(pace_look(&pace, BEGIN + 10), 50);
    ck_assert_int_eq(pace_look(&pace, BEGIN + 60), 60);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("pace");
    tcase_add_checked_fixture(tcase, begin, NULL);
    tcase_add_test(tcase, virtual_time_begins_at_zero_and_follows_the_clock);
    tcase_add_test(tcase, a_car_that_is_a_second_behind_catches_up);
    tcase_add_test(tcase, what_is_more_than_a_second_is_left_out);
    tcase_add_test(tcase, a_clock_that_goes_backwards_stops_time_until_it_is_there_again);
    return suite_run("pace", tcase);
}
