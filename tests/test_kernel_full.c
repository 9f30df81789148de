// SPDX-License-Identifier: MIT
// What a kernel has no room for: nothing is lost silently. What ends a run, simulation.c tells in words
// (test_simulation).
#include <check.h>

#include "bus/kernel/kernel.h"
#include "tests/kernel_fixture.h"
#include "tests/suite.h"

static void set_power(kernel_power_t state)
{
    kernel_set_power(fixture.kernel, A, state);
}

static void switch_a_off_and_on(int times)
{
    for (int i = 0; i < times; i++) {
        set_power(POWER_OFF);
        set_power(POWER_ON);
    }
}

static void off_and_on_28_times(outbox_t *outbox)
{
    (void)outbox;
    switch_a_off_and_on(28);
}

static void off_and_on_28_times_and_off(outbox_t *outbox)
{
    off_and_on_28_times(outbox);
    set_power(POWER_OFF);
}

static void look(outbox_t *outbox)
{
    (void)outbox;
}

// And the player sees what was said at the first one, before it makes more.
static void say_16_things_at_power_on(void)
{
    kernel_fixture_plan(TIME_US, PLAYER, look);
    for (uint16_t code = 0; code < OUTBOX_LOGS_MAX; code++) outbox_log(&fixture.power_on[A], code, 0, 0, 0);
}

static size_t count_events(void)
{
    const kernel_event_t *events;
    return kernel_events(fixture.kernel, &events);
}

// Each time off, on and 16 log entries: 28 of them are 504 events.
START_TEST(as_many_events_as_there_is_room_for_are_all_there)
{
    say_16_things_at_power_on();
    kernel_fixture_plan(TIME_MS, PLAYER, off_and_on_28_times_and_off);
    kernel_fixture_run_to(TIME_MS);
    ck_assert_int_eq(kernel_overflow(fixture.kernel), KERNEL_FITS);
    ck_assert_uint_eq(count_events(), 28 * 18 + 1);
}
END_TEST

static void off_and_on_29_times(outbox_t *outbox)
{
    (void)outbox;
    switch_a_off_and_on(29);
}

START_TEST(one_event_too_many_ends_the_run_and_leaves_the_others_whole)
{
    say_16_things_at_power_on();
    kernel_fixture_plan(TIME_MS, PLAYER, off_and_on_29_times);
    kernel_fixture_run_to(TIME_MS);
    ck_assert_int_eq(kernel_overflow(fixture.kernel), KERNEL_EVENTS_OVERFLOW);
    ck_assert_uint_eq(count_events(), KERNEL_EVENTS_MAX);
    const kernel_event_t *events;
    kernel_events(fixture.kernel, &events);
    ck_assert_int_eq(events[KERNEL_EVENTS_MAX - 1].kind, EVENT_LOG);
    ck_assert_uint_eq(events[KERNEL_EVENTS_MAX - 1].log.code, 5); // off, on, and the first six of sixteen
}
END_TEST

static void flood(outbox_t *outbox)
{
    for (int i = 0; i < OUTBOX_LINES_MAX; i++) outbox_set_line(outbox, 0, i, true);
    for (int i = 0; i < OUTBOX_AIR_MAX; i++) outbox_transmit(outbox, AIR_RF_END, NULL, 0);
}

static void flood_64_times(int64_t from_ns)
{
    for (int64_t i = 0; i < KERNEL_QUEUE_MAX / (OUTBOX_LINES_MAX + OUTBOX_AIR_MAX); i++)
        kernel_fixture_plan(from_ns + i, A, flood);
}

static void set_one_line(outbox_t *outbox)
{
    outbox_set_line(outbox, 0, 1, true);
}

START_TEST(node_that_says_more_than_can_be_under_way_ends_the_run)
{
    flood_64_times(TIME_MS);
    kernel_fixture_plan(TIME_MS + TIME_US, A, set_one_line);
    kernel_fixture_run_to(TIME_MS + TIME_US - 1);
    ck_assert_int_eq(kernel_overflow(fixture.kernel), KERNEL_FITS);
    kernel_fixture_run_to(TIME_MS + TIME_US);
    ck_assert_int_eq(kernel_overflow(fixture.kernel), KERNEL_QUEUE_OVERFLOW);
    ck_assert_uint_eq(kernel_nonsense(fixture.kernel), 0);
}
END_TEST

static void act_from_outside(outbox_t *outbox)
{
    (void)outbox;
    air_t air = {.channel = AIR_RF};
    kernel_set_line(fixture.kernel, 0, 1, false);
    ck_assert_uint_eq(kernel_transmit(fixture.kernel, &air), 1);
}

START_TEST(player_who_finds_no_room_is_told_by_the_count_and_the_run_goes_on)
{
    flood_64_times(TIME_MS);
    kernel_fixture_plan(TIME_MS + TIME_US, PLAYER, act_from_outside);
    kernel_fixture_run_to(TIME_MS + TIME_US);
    ck_assert_int_eq(kernel_overflow(fixture.kernel), KERNEL_FITS);
    ck_assert_uint_eq(kernel_nonsense(fixture.kernel), 2);
}
END_TEST

static void ask_for_power_65_times(outbox_t *outbox)
{
    (void)outbox;
    for (int i = 0; i < KERNEL_POWER_MAX + 1; i++) set_power(POWER_ON);
}

START_TEST(power_request_that_finds_no_room_is_counted)
{
    kernel_fixture_plan(TIME_MS, PLAYER, ask_for_power_65_times);
    kernel_fixture_run_to(TIME_MS);
    ck_assert_uint_eq(kernel_nonsense(fixture.kernel), 1);
}
END_TEST

static void fill_mailboxes(outbox_t *outbox)
{
    for (int i = 0; i < CAN_BUS_MAILBOXES; i++) kernel_fixture_send(outbox, 0, "105#01", 0);
}

static void send_cyclic(outbox_t *outbox)
{
    kernel_fixture_send(outbox, 0, "107#01", OUTBOX_CYCLIC);
}

static void send_event(outbox_t *outbox)
{
    kernel_fixture_send(outbox, 0, "108#01", 0);
}

START_TEST(frame_that_finds_no_mailbox_is_counted_but_not_one_that_sleep_refuses)
{
    kernel_fixture_plan(TIME_MS, A, send_cyclic);
    kernel_fixture_plan(2 * TIME_MS, A, fill_mailboxes);
    kernel_fixture_plan(3 * TIME_MS, A, send_cyclic);
    kernel_fixture_plan(4 * TIME_MS, A, send_event);
    kernel_fixture_run_to(2 * TIME_MS);
    ck_assert_uint_eq(kernel_bus(fixture.kernel, LEFT)->refused, 0);
    kernel_fixture_run_to(3 * TIME_MS);
    ck_assert_uint_eq(kernel_bus(fixture.kernel, LEFT)->refused, 1);
    kernel_fixture_run_to(4 * TIME_MS);
    ck_assert_uint_eq(kernel_bus(fixture.kernel, LEFT)->refused, 2);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("kernel_full");
    tcase_add_checked_fixture(tests, kernel_fixture_set_up, kernel_fixture_tear_down);
    tcase_add_test(tests, as_many_events_as_there_is_room_for_are_all_there);
    tcase_add_test(tests, one_event_too_many_ends_the_run_and_leaves_the_others_whole);
    tcase_add_test(tests, node_that_says_more_than_can_be_under_way_ends_the_run);
    tcase_add_test(tests, player_who_finds_no_room_is_told_by_the_count_and_the_run_goes_on);
    tcase_add_test(tests, power_request_that_finds_no_room_is_counted);
    tcase_add_test(tests, frame_that_finds_no_mailbox_is_counted_but_not_one_that_sleep_refuses);
    return suite_run("kernel_full", tests);
}
