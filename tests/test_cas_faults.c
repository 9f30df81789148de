// SPDX-License-Identifier: MIT
// The Car Access System on buses that fail: a call-up that is lost, doubled or late, and a bus on which it goes
// bus-off. What a held button repeats comes again, and nothing else. The fixture checks every alive counter besides.
#include <check.h>

#include "bus/can/fault_plan.h"
#include "tests/cas_fixture.h"
#include "tests/suite.h"

#define MS TIME_MS
#define UNLOCK_1 "23A#00300160"
#define RELEASED_1 "23A#00300060"

static fault_plan_t plan;

static void set_up(void)
{
    cas_fixture_set_up();
    fault_plan_init(&plan, 1);
    kernel_set_plan(car->kernel, &plan);
    cas_fixture_run_to(TIME_S);
}

// Of the CAS's frames with that identifier on K-CAN PERIPHERY; 0: all of them.
static void begin(fault_kind_t kind, uint32_t id, uint32_t count, int64_t for_ns)
{
    fault_t fault = {.kind = (uint8_t)kind,
                     .bus = KCAN_P,
                     .sender = CAS_NODE,
                     .to = FAULT_ANY,
                     .selects = id != 0,
                     .id = id,
                     .count = count,
                     .for_ns = for_ns,
                     .by_ns = 300 * MS};
    ck_assert(fault_plan_begin(&plan, &fault, kernel_now(car->kernel)));
}

static void hold_unlock(int64_t span_ns)
{
    int64_t at_ns = kernel_now(car->kernel);
    cas_fixture_press(1, KEY_BUTTON_UNLOCK);
    cas_fixture_run_to(at_ns + span_ns);
    cas_fixture_let_go(car->transmission);
    cas_fixture_run_to(at_ns + 2 * TIME_S);
}

START_TEST(lost_call_up_comes_again_with_the_next_repetition)
{
    begin(FAULT_DROP, KEY_STATUS, 1, TIME_NEVER);
    hold_unlock(250 * MS);
    ck_assert_str_eq(cas_fixture_text(KCAN_S, KEY_STATUS, 0), UNLOCK_1 " " UNLOCK_1 " " UNLOCK_1 " " RELEASED_1);
    ck_assert_str_eq(cas_fixture_text(KCAN_P, KEY_STATUS, 0), UNLOCK_1 " " UNLOCK_1 " " RELEASED_1);
    int64_t first_ns = cas_fixture_find(KCAN_S, KEY_STATUS, 0)->at_ns;
    int64_t second_ns = cas_fixture_find(KCAN_S, KEY_STATUS, first_ns)->at_ns;
    int64_t apart_ns = cas_fixture_find(KCAN_P, KEY_STATUS, 0)->at_ns - second_ns;
    ck_assert(apart_ns > -5 * MS && apart_ns < 5 * MS);
}
END_TEST

START_TEST(end_of_a_press_whose_call_up_was_lost_is_told_in_time)
{
    begin(FAULT_DROP, KEY_STATUS, 1, TIME_NEVER);
    hold_unlock(90 * MS);
    ck_assert_str_eq(cas_fixture_text(KCAN_P, KEY_STATUS, 0), RELEASED_1);
    ck_assert_int_lt(cas_fixture_find(KCAN_P, KEY_STATUS, 0)->at_ns, TIME_S + 95 * MS);
}
END_TEST

START_TEST(lost_end_of_a_press_is_not_told_again)
{
    cas_fixture_press(1, KEY_BUTTON_UNLOCK);
    cas_fixture_run_to(TIME_S + 50 * MS);
    begin(FAULT_DROP, KEY_STATUS, 1, TIME_NEVER);
    cas_fixture_let_go(car->transmission);
    cas_fixture_run_to(3 * TIME_S);
    ck_assert_str_eq(cas_fixture_text(KCAN_P, KEY_STATUS, 0), UNLOCK_1);
    cas_fixture_press(2, KEY_BUTTON_LOCK); // and nothing waits for it
    cas_fixture_run_to(3 * TIME_S + 50 * MS);
    ck_assert_str_eq(cas_fixture_text(KCAN_P, KEY_STATUS, 3 * TIME_S), "23A#11300461");
}
END_TEST

START_TEST(repetitions_take_the_place_of_a_call_up_that_is_late)
{
    begin(FAULT_DELAY, KEY_STATUS, 1, TIME_NEVER);
    hold_unlock(250 * MS);
    ck_assert_str_eq(cas_fixture_text(KCAN_P, KEY_STATUS, 0), UNLOCK_1 " " RELEASED_1); // in their order
    int64_t first_ns = cas_fixture_find(KCAN_P, KEY_STATUS, 0)->at_ns;
    ck_assert(first_ns > TIME_S + 305 * MS && first_ns < TIME_S + 315 * MS);
}
END_TEST

START_TEST(doubled_call_up_is_no_further_one)
{
    begin(FAULT_DUPLICATE, KEY_STATUS, 1, TIME_NEVER);
    hold_unlock(150 * MS);
    ck_assert_str_eq(cas_fixture_text(KCAN_P, KEY_STATUS, 0),
                     UNLOCK_1 " " UNLOCK_1 " " UNLOCK_1 " " RELEASED_1); // the copy is the medium's
}
END_TEST

START_TEST(bus_off_loses_the_call_up_and_a_held_button_goes_on_after_it)
{
    begin(FAULT_CORRUPT, 0, 32, TIME_NEVER); // 32 times 8: bus-off
    hold_unlock(250 * MS);
    ck_assert(cas_fixture_has_fault(FAULT_BUS_OFF + KCAN_P));
    ck_assert(!cas_fixture_has_fault(FAULT_BUS_OFF + KCAN_S));
    ck_assert_uint_eq(car->logs[LOG_BUS_PASSIVE], 1);
    ck_assert_uint_eq(car->logs[LOG_BUS_OFF], 1);
    ck_assert_uint_eq(car->logs[LOG_BUS_ACTIVE], 1);
    ck_assert_str_eq(cas_fixture_text(KCAN_S, KEY_STATUS, 0), UNLOCK_1 " " UNLOCK_1 " " UNLOCK_1 " " RELEASED_1);
    ck_assert_str_eq(cas_fixture_text(KCAN_P, KEY_STATUS, 0), UNLOCK_1 " " UNLOCK_1 " " RELEASED_1);
    // Back before the first repetition, it has said its status at once: what it says at power-on.
    int64_t back_ns = cas_fixture_find(KCAN_P, TERMINAL_STATUS, 0)->at_ns;
    ck_assert_int_lt(back_ns, TIME_S + 80 * MS);
    ck_assert_uint_eq(cas_fixture_count(KCAN_P, DOORS, back_ns, back_ns + 5 * MS), 1);
    ck_assert_uint_eq(cas_fixture_count(KCAN_P, LOCKING, back_ns, back_ns + 5 * MS), 1);
    ck_assert_int_gt(cas_fixture_find(KCAN_P, KEY_STATUS, 0)->at_ns, TIME_S + 100 * MS);
    ck_assert_uint_gt(car->cas->ecu.not_sent, 0);
    ck_assert_uint_gt(car->cas->withdrawn, 0);
}
END_TEST

START_TEST(press_while_the_bus_is_off_is_not_told_there_afterwards)
{
    cas_fixture_press(2, KEY_BUTTON_UNLOCK); // both buses are awake
    cas_fixture_run_to(TIME_S + 50 * MS);
    cas_fixture_let_go(car->transmission);
    cas_fixture_run_to(2 * TIME_S);
    begin(FAULT_CORRUPT, 0, 32, TIME_NEVER);
    while (!ecu_is_off(&car->cas->ecu, KCAN_P)) cas_fixture_run_to(kernel_now(car->kernel) + MS);
    int64_t off_ns = kernel_now(car->kernel);
    cas_fixture_press(1, KEY_BUTTON_UNLOCK); // stored after 5 ms, off for 14 ms
    cas_fixture_run_to(off_ns + 8 * MS);
    cas_fixture_let_go(car->transmission);
    ck_assert(ecu_is_off(&car->cas->ecu, KCAN_P));
    cas_fixture_run_to(off_ns + TIME_S);
    ck_assert(!ecu_is_off(&car->cas->ecu, KCAN_P));
    ck_assert_str_eq(cas_fixture_text(KCAN_S, KEY_STATUS, off_ns), UNLOCK_1 " " RELEASED_1);
    ck_assert_str_eq(cas_fixture_text(KCAN_P, KEY_STATUS, off_ns), "");
}
END_TEST

START_TEST(everything_lost_for_a_while_stops_nothing_for_longer)
{
    begin(FAULT_DROP, 0, 0, 30 * MS);
    hold_unlock(250 * MS);
    ck_assert_str_eq(cas_fixture_text(KCAN_P, KEY_STATUS, 0), UNLOCK_1 " " UNLOCK_1 " " RELEASED_1);
}
END_TEST

int main(void)
{
    const suite_group_t groups[] = {
        {"call-ups",
         {lost_call_up_comes_again_with_the_next_repetition, end_of_a_press_whose_call_up_was_lost_is_told_in_time,
          lost_end_of_a_press_is_not_told_again, repetitions_take_the_place_of_a_call_up_that_is_late,
          doubled_call_up_is_no_further_one, everything_lost_for_a_while_stops_nothing_for_longer}},
        {"bus-off",
         {bus_off_loses_the_call_up_and_a_held_button_goes_on_after_it,
          press_while_the_bus_is_off_is_not_told_there_afterwards}},
    };
    return suite_run_groups("cas, faults", groups, 2, set_up, cas_fixture_tear_down);
}
