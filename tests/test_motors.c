// SPDX-License-Identifier: MIT
// The naive model at the end walks through every millisecond; the group computes. Speeds divide 1000, so that every raw
// step falls onto a whole millisecond and both must agree exactly.
#include "ecus/motors.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "bus/base/random.h"
#include "tests/suite.h"

#define MOTORS 5
#define RANGE 200

static const int64_t SPEEDS[MOTORS] = {200, 100, 50, 500, 250}; // 5, 10, 20, 2, 4 ms per step

static motors_t group_make(uint8_t at_once)
{
    motors_t group;
    motors_init(&group, at_once);
    for (size_t i = 0; i < MOTORS; i++) {
        motor_axis_t axis;
        motor_axis_init(&axis, 0, RANGE, SPEEDS[i], 100);
        motors_add(&group, &axis);
    }
    return group;
}

static void recall_all(motors_t *group, int64_t now_ns, int64_t goal)
{
    for (uint8_t i = 0; i < MOTORS; i++) motors_recall(group, i, now_ns, goal);
    motors_advance(group, now_ns);
}

static int64_t run_to_next(motors_t *group)
{
    int64_t now_ns = motors_next_ns(group);
    motors_advance(group, now_ns);
    return now_ns;
}

START_TEST(recall_moves_two_at_a_time_in_table_order)
{
    motors_t group = group_make(2);
    recall_all(&group, 0, 150);
    ck_assert(group.motors[0].moving && group.motors[1].moving && !group.motors[2].moving);
    ck_assert_int_eq(run_to_next(&group), 250 * TIME_MS); // motor 0 arrives, motor 2 starts at that instant
    ck_assert(!group.motors[0].moving && group.motors[1].moving && group.motors[2].moving);
    ck_assert_int_eq(run_to_next(&group), 500 * TIME_MS); // 1 arrives, 3 starts
    ck_assert_int_eq(run_to_next(&group), 600 * TIME_MS); // 3 arrives, 4 starts
    ck_assert_int_eq(run_to_next(&group), 800 * TIME_MS);
    ck_assert(motors_recalling(&group));
    ck_assert_int_eq(run_to_next(&group), 1250 * TIME_MS);
    ck_assert(!motors_moving(&group) && !motors_recalling(&group));
    ck_assert_int_eq(motors_next_ns(&group), TIME_NEVER);
    for (uint8_t i = 0; i < MOTORS; i++) ck_assert_int_eq(motors_position(&group, i, TIME_MIN), 150);
}
END_TEST

START_TEST(motor_at_its_goal_takes_no_turn)
{
    motors_t group = group_make(1);
    motors_recall(&group, 0, 0, 100);
    motors_recall(&group, 1, 0, 110);
    motors_advance(&group, 0);
    ck_assert(!group.motors[0].moving && group.motors[1].moving);
}
END_TEST

START_TEST(switch_stops_every_recall_where_it_is)
{
    motors_t group = group_make(2);
    recall_all(&group, 0, 150);
    motors_press(&group, 4, 100 * TIME_MS, 0);
    ck_assert_uint_eq(motors_advance(&group, 100 * TIME_MS), 1 << 4);
    ck_assert(!motors_recalling(&group));
    ck_assert_int_eq(motors_position(&group, 0, TIME_S), 120);
    ck_assert_int_eq(motors_position(&group, 1, TIME_S), 110);
    ck_assert_int_eq(motors_position(&group, 2, TIME_S), 100);
    motors_release(&group, 4, 200 * TIME_MS);
    ck_assert_int_eq(motors_position(&group, 4, TIME_S), 75);
}
END_TEST

START_TEST(recall_towards_the_same_goal_goes_on_without_losing_a_fraction)
{
    motors_t group = group_make(2);
    recall_all(&group, 0, 150);
    int64_t odd_ns = 123 * TIME_MS + 456789;
    recall_all(&group, odd_ns, 150);
    ck_assert_int_eq(motors_next_ns(&group), 250 * TIME_MS);
    ck_assert(group.motors[0].moving && group.motors[1].moving && !group.motors[2].moving);
}
END_TEST

START_TEST(third_switch_waits_its_turn)
{
    motors_t group = group_make(2);
    motors_press(&group, 0, 0, RANGE);
    motors_press(&group, 1, 0, RANGE);
    motors_press(&group, 2, 0, RANGE);
    ck_assert_uint_eq(motors_advance(&group, 0), 3);
    motors_release(&group, 0, 100 * TIME_MS);
    ck_assert_uint_eq(motors_advance(&group, 100 * TIME_MS), 4);
    motors_release(&group, 2, 200 * TIME_MS);
    ck_assert_int_eq(motors_position(&group, 2, TIME_S), 105);
}
END_TEST

START_TEST(switch_released_while_it_waits_moves_nothing)
{
    motors_t group = group_make(1);
    motors_press(&group, 0, 0, RANGE);
    motors_press(&group, 1, 0, RANGE);
    motors_advance(&group, 0);
    motors_release(&group, 1, 10 * TIME_MS);
    motors_release(&group, 0, 20 * TIME_MS);
    ck_assert_uint_eq(motors_advance(&group, 20 * TIME_MS), 0);
    ck_assert(!motors_moving(&group));
    ck_assert_int_eq(motors_position(&group, 1, TIME_S), 100);
}
END_TEST

START_TEST(end_stop_gives_the_turn_to_the_next)
{
    motors_t group = group_make(1);
    motors_press(&group, 0, 0, RANGE);
    motors_press(&group, 1, 0, RANGE);
    motors_advance(&group, 0);
    ck_assert_int_eq(motors_next_ns(&group), 500 * TIME_MS);
    ck_assert_uint_eq(motors_advance(&group, 500 * TIME_MS), 2);
    motors_release(&group, 0, 600 * TIME_MS); // stands at its stop since long
    ck_assert_int_eq(motors_position(&group, 0, TIME_S), RANGE);
}
END_TEST

START_TEST(own_move_is_stopped_by_no_other_switch)
{
    motors_t group = group_make(4);
    motors_drive(&group, 3, 0, 0);
    motors_press(&group, 0, 0, RANGE);
    motors_advance(&group, 0);
    ck_assert(group.motors[3].moving && group.motors[0].moving);
    motors_press(&group, 3, 100 * TIME_MS, RANGE);
    motors_advance(&group, 100 * TIME_MS);
    ck_assert_int_eq(motors_position(&group, 3, 100 * TIME_MS), 50);
    ck_assert_int_eq(motors_position(&group, 3, 120 * TIME_MS), 60);
}
END_TEST

START_TEST(switch_towards_the_goal_of_an_own_move_is_the_drivers_all_the_same)
{
    motors_t group = group_make(4);
    motors_drive(&group, 3, 0, RANGE);
    motors_advance(&group, 0);
    motors_press(&group, 3, 50 * TIME_MS, RANGE);
    ck_assert_uint_eq(motors_advance(&group, 50 * TIME_MS), 8);
    motors_release(&group, 3, 100 * TIME_MS);
    ck_assert_int_eq(motors_position(&group, 3, TIME_S), 150);
}
END_TEST

// ---- naive model ---------------------------------------------------------------------------------------------------

typedef struct {
    motor_purpose_t purpose;
    bool moving;
    int position, goal, since_ms; // since_ms: since the last whole step, or the start
} naive_motor_t;

static void naive_stop(naive_motor_t *motor)
{
    motor->purpose = MOTOR_STANDS;
    motor->moving = false;
}

static void naive_ask(naive_motor_t *motor, motor_purpose_t purpose, int goal)
{
    if (!(motor->moving && motor->goal == goal && purpose != MOTOR_SWITCH)) naive_stop(motor);
    motor->purpose = purpose;
    motor->goal = goal;
}

static void naive_stop_recalls(naive_motor_t *motors)
{
    for (int i = 0; i < MOTORS; i++)
        if (motors[i].purpose == MOTOR_RECALL) naive_stop(&motors[i]);
}

static void naive_millisecond(naive_motor_t *motors)
{
    for (int i = 0; i < MOTORS; i++) {
        naive_motor_t *motor = &motors[i];
        if (!motor->moving || ++motor->since_ms < 1000 / SPEEDS[i]) continue;
        motor->since_ms = 0;
        motor->position += motor->goal > motor->position ? 1 : -1;
    }
}

static void naive_turns(naive_motor_t *motors, int at_once)
{
    int moving = 0;
    for (int i = 0; i < MOTORS; i++) {
        if (motors[i].moving && motors[i].position == motors[i].goal) naive_stop(&motors[i]);
        moving += motors[i].moving;
    }
    for (int i = 0; i < MOTORS && moving < at_once; i++) {
        if (motors[i].moving || motors[i].purpose == MOTOR_STANDS) continue;
        if (motors[i].position == motors[i].goal) {
            naive_stop(&motors[i]);
            continue;
        }
        motors[i].moving = true;
        motors[i].since_ms = 0;
        moving++;
    }
}

static void act_on_both(random_t *random, motors_t *group, naive_motor_t *naive, int64_t now_ns)
{
    uint8_t motor = (uint8_t)(random_next(random) % MOTORS);
    int goal = (int)(random_next(random) % (RANGE + 1));
    switch (random_next(random) % 5) {
    case 0:
        for (uint8_t i = 0; i < MOTORS; i++) {
            motors_recall(group, i, now_ns, (goal + 37 * i) % (RANGE + 1));
            naive_ask(&naive[i], MOTOR_RECALL, (goal + 37 * i) % (RANGE + 1));
        }
        return;
    case 1:
    case 2:
        motors_press(group, motor, now_ns, goal);
        naive_stop_recalls(naive);
        naive_ask(&naive[motor], MOTOR_SWITCH, goal);
        return;
    case 3:
        motors_release(group, motor, now_ns);
        if (naive[motor].purpose == MOTOR_SWITCH) naive_stop(&naive[motor]);
        return;
    default:
        motors_drive(group, motor, now_ns, goal);
        naive_ask(&naive[motor], MOTOR_DRIVE, goal);
        return;
    }
}

static void compare_with_naive_model(uint64_t seed)
{
    random_t random = random_derive(seed, "motors", 0);
    uint8_t at_once = (uint8_t)(1 + random_next(&random) % 4);
    motors_t group = group_make(at_once);
    naive_motor_t naive[MOTORS] = {{0}};
    for (int i = 0; i < MOTORS; i++) naive[i].position = 100;
    int64_t next_act_ms = 0;
    for (int64_t ms = 0; ms < 20000; ms++) {
        int64_t now_ns = ms * TIME_MS;
        if (ms > 0) naive_millisecond(naive);
        bool acts = ms == next_act_ms;
        if (acts) {
            naive_turns(naive, at_once); // arrivals of this instant first, as the group's positions have them
            motors_advance(&group, now_ns);
            act_on_both(&random, &group, naive, now_ns);
            next_act_ms = ms + 1 + (int64_t)(random_next(&random) % 700);
        }
        naive_turns(naive, at_once);
        if (acts || motors_next_ns(&group) <= now_ns) motors_advance(&group, now_ns);
        ck_assert_msg(motors_next_ns(&group) > now_ns, "seed %llu", (unsigned long long)seed);
        for (uint8_t i = 0; i < MOTORS; i++) {
            ck_assert_msg(motors_position(&group, i, now_ns) == naive[i].position &&
                              group.motors[i].moving == naive[i].moving,
                          "seed %llu: motor %d at %lld ms: %lld, naive model %d; replay with TEST_SEED=%llu",
                          (unsigned long long)seed, i, (long long)ms, (long long)motors_position(&group, i, now_ns),
                          naive[i].position, (unsigned long long)seed);
        }
    }
}

START_TEST(random_stories_agree_with_the_naive_model)
{
    const char *text = getenv("TEST_SEED");
    uint64_t first = text != NULL ? strtoull(text, NULL, 10) : 1, count = text != NULL ? 1 : 60;
    printf("motors against the naive model, seeds %llu to %llu\n", (unsigned long long)first,
           (unsigned long long)(first + count - 1));
    for (uint64_t seed = first; seed < first + count; seed++) compare_with_naive_model(seed);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("motors");
    tcase_set_timeout(tests, 120); // wall clock on a busy machine
    tcase_add_test(tests, recall_moves_two_at_a_time_in_table_order);
    tcase_add_test(tests, motor_at_its_goal_takes_no_turn);
    tcase_add_test(tests, switch_stops_every_recall_where_it_is);
    tcase_add_test(tests, recall_towards_the_same_goal_goes_on_without_losing_a_fraction);
    tcase_add_test(tests, third_switch_waits_its_turn);
    tcase_add_test(tests, switch_released_while_it_waits_moves_nothing);
    tcase_add_test(tests, end_stop_gives_the_turn_to_the_next);
    tcase_add_test(tests, own_move_is_stopped_by_no_other_switch);
    tcase_add_test(tests, switch_towards_the_goal_of_an_own_move_is_the_drivers_all_the_same);
    tcase_add_test(tests, random_stories_agree_with_the_naive_model);
    return suite_run("motors", tests);
}
