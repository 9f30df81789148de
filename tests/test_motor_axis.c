// SPDX-License-Identifier: MIT
#include "ecus/motor_axis.h"

#include <check.h>

#include "tests/suite.h"

static motor_axis_t axis_make(int64_t speed, int64_t position)
{
    motor_axis_t axis;
    motor_axis_init(&axis, 0, 2500, speed, position);
    return axis;
}

START_TEST(standing_axis_needs_no_time)
{
    motor_axis_t axis = axis_make(200, 1250);
    ck_assert_int_eq(motor_axis_position(&axis, 0), 1250);
    ck_assert_int_eq(motor_axis_position(&axis, INT64_MAX - 1), 1250);
    ck_assert_int_eq(motor_axis_end_ns(&axis), TIME_NEVER);
}
END_TEST

START_TEST(held_for_t_it_moves_exactly_speed_times_t)
{
    motor_axis_t axis = axis_make(200, 1250);
    motor_axis_move(&axis, 7 * TIME_MS, 2500);
    ck_assert_int_eq(motor_axis_position(&axis, 7 * TIME_MS), 1250);
    ck_assert_int_eq(motor_axis_position(&axis, 12 * TIME_MS - 1), 1250);
    ck_assert_int_eq(motor_axis_position(&axis, 12 * TIME_MS), 1251);
    motor_axis_stop(&axis, 1507 * TIME_MS);
    ck_assert_int_eq(motor_axis_position(&axis, 1507 * TIME_MS), 1550);
    ck_assert_int_eq(motor_axis_position(&axis, 99 * TIME_S), 1550);
    ck_assert_int_eq(motor_axis_end_ns(&axis), TIME_NEVER);
}
END_TEST

START_TEST(downwards_it_is_the_same)
{
    motor_axis_t axis = axis_make(200, 1250);
    motor_axis_move(&axis, 0, 0);
    ck_assert_int_eq(motor_axis_position(&axis, 1 * TIME_S), 1050);
    ck_assert_int_eq(motor_axis_position(&axis, 1 * TIME_S + 4999999), 1050);
    ck_assert_int_eq(motor_axis_position(&axis, 1 * TIME_S + 5 * TIME_MS), 1049);
}
END_TEST

START_TEST(arrival_is_the_first_nanosecond_at_the_target)
{
    for (int64_t speed = 1; speed < 400; speed += 7) {
        for (int64_t target = 0; target <= 2500; target += 113) {
            motor_axis_t axis = axis_make(speed, 1250);
            motor_axis_move(&axis, 3, target);
            if (target == 1250) continue;
            int64_t end_ns = motor_axis_end_ns(&axis);
            ck_assert_int_eq(motor_axis_position(&axis, end_ns), target);
            ck_assert_int_ne(motor_axis_position(&axis, end_ns - 1), target);
            int64_t travel = target > 1250 ? target - 1250 : 1250 - target;
            ck_assert_int_ge(speed * (end_ns - 3), travel * TIME_S);
            ck_assert_int_lt(speed * (end_ns - 1 - 3), travel * TIME_S);
        }
    }
}
END_TEST

START_TEST(end_stops_limit_every_target_and_start)
{
    motor_axis_t axis = axis_make(200, 99999);
    ck_assert_int_eq(motor_axis_position(&axis, 0), 2500);
    motor_axis_move(&axis, 0, INT64_MAX);
    ck_assert_int_eq(motor_axis_end_ns(&axis), TIME_NEVER);
    motor_axis_move(&axis, 0, INT64_MIN);
    ck_assert_int_eq(motor_axis_end_ns(&axis), 12500 * TIME_MS);
    ck_assert_int_eq(motor_axis_position(&axis, TIME_MIN), 0);
}
END_TEST

START_TEST(turning_round_starts_where_it_is)
{
    motor_axis_t axis = axis_make(30, 100);
    motor_axis_move(&axis, 0, 150);
    motor_axis_move(&axis, 1 * TIME_S, 100);
    ck_assert_int_eq(motor_axis_position(&axis, 1 * TIME_S), 130);
    ck_assert_int_eq(motor_axis_end_ns(&axis), 2 * TIME_S);
    ck_assert_int_eq(motor_axis_position(&axis, 1500 * TIME_MS), 115);
}
END_TEST

START_TEST(widest_range_at_a_late_hour_does_not_overflow)
{
    motor_axis_t axis;
    int64_t limit = INT64_C(1) << 32, now_ns = INT64_C(1000000) * TIME_MIN;
    motor_axis_init(&axis, -limit, limit, 1000, -limit);
    motor_axis_move(&axis, now_ns, limit);
    ck_assert_int_eq(motor_axis_end_ns(&axis), now_ns + 2 * limit * TIME_MS);
    ck_assert_int_eq(motor_axis_position(&axis, now_ns + limit * TIME_MS), 0);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("motor axis");
    tcase_add_test(tests, standing_axis_needs_no_time);
    tcase_add_test(tests, held_for_t_it_moves_exactly_speed_times_t);
    tcase_add_test(tests, downwards_it_is_the_same);
    tcase_add_test(tests, arrival_is_the_first_nanosecond_at_the_target);
    tcase_add_test(tests, end_stops_limit_every_target_and_start);
    tcase_add_test(tests, turning_round_starts_where_it_is);
    tcase_add_test(tests, widest_range_at_a_late_hour_does_not_overflow);
    return suite_run("motor_axis", tests);
}
