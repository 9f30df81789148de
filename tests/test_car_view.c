// SPDX-License-Identifier: MIT
// Frames folded into what the car is, as a tester sees it.
#include <check.h>
#include <stdlib.h>

#include "scenarios/play/car_view.h"
#include "bus/files/garage.h"
#include "tests/suite.h"

#define UNLOCK "2A0#1111010000000000"
#define LOCK "2A0#2222020000000000"

static garage_t *garage;
static garage_car_t car;
static car_view_t view;

static void set_up(void)
{
    error_t error;
    error_clear(&error);
    garage = garage_new();
    ck_assert_msg(garage_fetch(garage, "e65", NULL, &car, &error), "%s", error.text);
    car_view_init(&view, car.vehicle, car.dbc,
                  calloc(car_view_last_count(car.vehicle, car.dbc), sizeof(car_view_last_t)));
}

static void tear_down(void)
{
    free(view.last);
    garage_destroy(&garage);
}

static void see_on(uint8_t bus, int64_t now_ns, const char *text)
{
    kernel_event_t event = {.kind = EVENT_FRAME, .bus = bus};
    ck_assert(frame_parse(text, &event.frame));
    car_view_look(&view, &event, now_ns);
}

static void see(int64_t now_ns, const char *text)
{
    see_on(1, now_ns, text);
}

static void fall_asleep(uint8_t bus)
{
    kernel_event_t event = {.kind = EVENT_BUS, .bus = bus, .value = CAN_BUS_ASLEEP};
    car_view_look(&view, &event, 0);
}

static void lose_power(const char *unit, kernel_power_t state)
{
    kernel_event_t event = {.kind = EVENT_POWER, .node = (uint8_t)vehicle_find_node(car.vehicle, unit), .value = state};
    car_view_look(&view, &event, 0);
}

static const car_view_last_t *status(const char *unit)
{
    const dbc_message_t *message = dbc_status_message(car.dbc, unit);
    return message ? car_view_known(&view, message) : NULL;
}

START_TEST(before_any_frame_the_car_is_locked_and_off_and_units_are_unknown)
{
    int terminal = 9;
    bool valid = true;
    ck_assert(!car_view_unlocked(&view));
    ck_assert(car_view_terminal(&view, &terminal));
    ck_assert_int_eq(terminal, 0);
    ck_assert(car_view_key_valid(&view, &valid));
    ck_assert(!valid);
    ck_assert_ptr_null(status("seat"));
    ck_assert_ptr_null(status("cas"));
}
END_TEST

START_TEST(the_last_frame_of_a_message_is_kept_with_time_and_bus)
{
    see(5, "232#19E204990C4B2C01");
    see(9, "232#1AE204990C4B2C01");
    see(11, "2F2#0A50505050000000");
    ck_assert_int_eq(status("seat")->at_ns, 9);
    ck_assert_uint_eq(status("seat")->bus, 1);
    ck_assert_uint_eq(status("seat")->frame.data[0], 0x1A);
    ck_assert_int_eq(status("mirror")->at_ns, 11);
    ck_assert_ptr_eq(car_view_last(&view, dbc_message(car.dbc, "SeatStatus"), -1), status("seat"));
    ck_assert_ptr_null(car_view_last(&view, dbc_message(car.dbc, "ClimateStatus"), -1));
}
END_TEST

START_TEST(each_bus_keeps_its_own_last_frame)
{
    const dbc_message_t *locking = dbc_message(car.dbc, "CentralLocking");
    see_on(0, 5, UNLOCK);
    ck_assert_ptr_null(car_view_last(&view, locking, 1));
    see_on(1, 9, LOCK);
    ck_assert_int_eq(car_view_last(&view, locking, 0)->at_ns, 5);
    ck_assert_int_eq(car_view_last(&view, locking, 1)->at_ns, 9);
    ck_assert_int_eq(car_view_last(&view, locking, -1)->at_ns, 9);
}
END_TEST

START_TEST(a_unit_without_power_is_unknown_until_its_next_frame)
{
    see(5, "232#19E204990C4B2C01");
    lose_power("mirror", POWER_OFF);
    lose_power("seat", POWER_ON);
    ck_assert_ptr_nonnull(status("seat"));
    lose_power("seat", POWER_CRASH);
    ck_assert_ptr_null(status("seat"));
    ck_assert_ptr_nonnull(car_view_last(&view, dbc_message(car.dbc, "SeatStatus"), -1));
    see(7, "232#1AE204990C4B2C01");
    ck_assert_int_eq(status("seat")->at_ns, 7);
}
END_TEST

START_TEST(each_message_of_a_unit_without_power_is_unknown_until_it_comes_again)
{
    const dbc_message_t *positioning = dbc_message(car.dbc, "MemoryPositioning");
    ck_assert_ptr_null(car_view_known(&view, positioning));
    see(5, "20B#0200");
    see(6, "232#19E204990C4B2C01");
    ck_assert_int_eq(car_view_known(&view, positioning)->at_ns, 5);
    lose_power("seat", POWER_OFF);
    see(7, "232#1AE204990C4B2C01");
    ck_assert_ptr_nonnull(status("seat"));
    ck_assert_ptr_null(car_view_known(&view, positioning));
    ck_assert_ptr_nonnull(car_view_last(&view, positioning, -1));
    see(8, "20B#0200");
    ck_assert_int_eq(car_view_known(&view, positioning)->at_ns, 8);
}
END_TEST

START_TEST(idle_and_unknown_commands_leave_the_doors_as_they_are)
{
    see(1, "2A0#1111010000000000");
    ck_assert(car_view_unlocked(&view));
    see(2, "2A0#8888080000000000");
    see(3, "2A0#FFFFFF0000000000");
    see(4, "2A0#R");
    see(5, "2A0#");
    ck_assert(car_view_unlocked(&view));
    see(6, "2A0#2222020000000000");
    ck_assert(!car_view_unlocked(&view));
    lose_power("cas", POWER_OFF); // a command is no status: it was given
    see(7, "2A0#1111010000000000");
    lose_power("cas", POWER_OFF);
    ck_assert(car_view_unlocked(&view));
}
END_TEST

// Two remotes in one millisecond: the slower bus tells the first command when the faster has told the second.
START_TEST(command_that_a_slower_bus_repeats_is_no_new_one)
{
    see_on(0, 1, UNLOCK);
    see_on(0, 2, LOCK);
    see_on(1, 3, UNLOCK);
    ck_assert(!car_view_unlocked(&view));
    see_on(1, 4, LOCK);
    see_on(1, 5, UNLOCK); // now it is the faster
    ck_assert(car_view_unlocked(&view));
    see_on(1, 6, LOCK);
    see_on(0, 7, UNLOCK);
    ck_assert(!car_view_unlocked(&view));
}
END_TEST

// Nobody acknowledges on one bus: what it never carried is not waited for.
START_TEST(command_that_a_bus_has_dropped_is_not_repeated)
{
    see_on(1, 1, UNLOCK);
    see_on(1, 2, LOCK);
    fall_asleep(0);
    see_on(0, 3, UNLOCK);
    ck_assert(car_view_unlocked(&view));
    see_on(0, 4, LOCK);
    lose_power("cas", POWER_OFF);
    see_on(1, 5, UNLOCK);
    ck_assert(car_view_unlocked(&view));
}
END_TEST

START_TEST(bus_that_skips_commands_tells_new_ones_again)
{
    for (int i = 0; i < 3 * CAR_VIEW_COMMANDS_MAX; i++) {
        see_on(1, i, i % 2 ? LOCK : UNLOCK);
        ck_assert_int_eq(car_view_unlocked(&view), i % 2 == 0);
    }
    for (int i = 0; i < CAR_VIEW_COMMANDS_MAX; i++) see_on(0, 100, i % 2 ? LOCK : UNLOCK);
    ck_assert(!car_view_unlocked(&view));
    see_on(0, 101, UNLOCK);
    ck_assert(car_view_unlocked(&view));
}
END_TEST

START_TEST(terminals_count_from_R_to_50)
{
    static const struct {
        const char *frame;
        int terminal; // -1: in no order that there is
        bool valid;
    } ROWS[] = {{"130#00000000F0", 0, false}, {"130#41000000F0", 1, true},   {"130#45000000F0", 2, true},
                {"130#55000000F0", 3, true},  {"130#44000000F0", -1, true},  {"130#80000000F0", 0, false},
                {"130#50000000F0", -1, true}, {"130#11000000F0", -1, false}, {"130#02000000F0", 0, false}};
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        int terminal = -1;
        bool valid;
        see((int64_t)i, ROWS[i].frame);
        ck_assert_int_eq(car_view_terminal(&view, &terminal), ROWS[i].terminal >= 0);
        ck_assert_int_eq(terminal, ROWS[i].terminal);
        ck_assert(car_view_key_valid(&view, &valid));
        ck_assert_int_eq(valid, ROWS[i].valid);
    }
}
END_TEST

START_TEST(terminals_are_unknown_while_the_cas_has_no_power)
{
    int terminal;
    bool valid;
    see(1, "130#41000000F0");
    lose_power("cas", POWER_OFF);
    ck_assert(!car_view_terminal(&view, &terminal));
    ck_assert(!car_view_key_valid(&view, &valid));
    see(2, "130#00000000F0");
    ck_assert(car_view_terminal(&view, &terminal));
    ck_assert_int_eq(terminal, 0);
}
END_TEST

START_TEST(frames_of_no_message_and_nodes_of_no_unit_are_ignored)
{
    see(1, "7FF#00");
    see(2, "00000232#19E204990C4B2C01");
    kernel_event_t event = {.kind = EVENT_POWER, .node = KERNEL_STRANGER, .value = POWER_OFF};
    car_view_look(&view, &event, 3);
    ck_assert_ptr_null(status("seat"));
}
END_TEST

int main(void)
{
    const TTest *const TESTS[] = {
        before_any_frame_the_car_is_locked_and_off_and_units_are_unknown,
        the_last_frame_of_a_message_is_kept_with_time_and_bus,
        each_bus_keeps_its_own_last_frame,
        a_unit_without_power_is_unknown_until_its_next_frame,
        each_message_of_a_unit_without_power_is_unknown_until_it_comes_again,
        idle_and_unknown_commands_leave_the_doors_as_they_are,
        command_that_a_slower_bus_repeats_is_no_new_one,
        command_that_a_bus_has_dropped_is_not_repeated,
        bus_that_skips_commands_tells_new_ones_again,
        terminals_count_from_R_to_50,
        terminals_are_unknown_while_the_cas_has_no_power,
        frames_of_no_message_and_nodes_of_no_unit_are_ignored,
    };
    TCase *tcase = tcase_create("view");
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    suite_add_tests(tcase, TESTS, sizeof TESTS / sizeof TESTS[0]);
    return suite_run("car_view", tcase);
}
