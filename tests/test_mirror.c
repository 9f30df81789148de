// SPDX-License-Identifier: MIT
// Raw values are tenths of a degree above -8: 80 is straight. Every motor moves 40 a second; the kerb is 50 below.
#include "ecus/mirror.h"

#include <check.h>

#include "tests/node_sentences.h"
#include "tests/suite.h"
#include "bus/car/words.h"

enum { GEAR_P, GEAR_R, GEAR_N, GEAR_D };

static void set_up(void)
{
    node = node_fixture_new(&mirror_class, "mirror");
    image_set(&node->image, "profile", 2, "passenger_vertical", 100);
    image_set(&node->image, "profile", 2, "driver_horizontal", 40);
    node_fixture_power_on(node, 0, IMAGE_PRESENT);
}

static void gear(int64_t value)
{
    node_fixture_line(node, "gear", value, false);
}

// Terminal 15 at 100 ms, reverse at 1 s: at the kerb from 2.25 s on.
static void tilt(void)
{
    at(100);
    node_fixture_terminal(node, 2);
    at(1000);
    gear(GEAR_R);
}

START_TEST(recall_moves_all_four_together)
{
    for (int i = 0; i < 4; i++) {
        const char *names[] = {"driver_horizontal", "driver_vertical", "passenger_horizontal", "passenger_vertical"};
        image_set(&node->image, "profile", 3, names[i], 120);
    }
    node_fixture_power_on(node, 0, IMAGE_PRESENT);
    at(100);
    node_fixture_remote(node, "unlock", 3);
    at(600);
    ck_assert_int_eq(status("DriverHorizontal"), 100);
    ck_assert_int_eq(status("DriverVertical"), 100);
    ck_assert_int_eq(status("PassengerHorizontal"), 100);
    ck_assert_int_eq(status("PassengerVertical"), 100);
    at(1101);
    ck_assert_int_eq(status("Moving"), 0);
    ck_assert_uint_eq(node_fixture_logged(node, LOG_RECALL_DONE), 1);
}
END_TEST

START_TEST(car_setting_is_not_recalled)
{
    image_set(&node->image, "memory", -1, "passenger_vertical", 1);
    node_fixture_power_on(node, 0, IMAGE_PRESENT);
    at(100);
    press("passenger_vertical", DECREASE);
    at(350);
    press("passenger_vertical", RELEASED);
    at(1000);
    node_fixture_remote(node, "unlock", 2);
    at(5000);
    ck_assert_int_eq(status("PassengerVertical"), 70);
    ck_assert_int_eq(status("DriverHorizontal"), 40);
}
END_TEST

START_TEST(switch_stops_a_recall)
{
    at(100);
    node_fixture_remote(node, "unlock", 2);
    at(350);
    press("driver_vertical", INCREASE);
    at(600);
    press("driver_vertical", RELEASED);
    at(5000);
    ck_assert_int_eq(status("DriverHorizontal"), 70);
    ck_assert_int_eq(status("PassengerVertical"), 90);
    ck_assert_int_eq(status("DriverVertical"), 90);
    ck_assert_uint_eq(node_fixture_logged(node, LOG_RECALL_STOPPED), 1);
}
END_TEST

// The passenger's mirror stays where it is as well: that is what it returns to from the kerb.
START_TEST(held_switch_stops_a_recall_that_begins)
{
    at(100);
    press("driver_vertical", INCREASE);
    at(350);
    node_fixture_remote(node, "unlock", 2);
    at(600);
    press("driver_vertical", RELEASED);
    ck_assert_int_eq(status("Profile"), 2);
    ck_assert_int_eq(status("DriverVertical"), 100);
    node_fixture_terminal(node, 2);
    gear(GEAR_R);
    at(5000);
    gear(GEAR_D);
    at(9000);
    ck_assert_int_eq(status("DriverHorizontal"), 80);
    ck_assert_int_eq(status("PassengerVertical"), 80);
    ck_assert_uint_eq(node_fixture_logged(node, LOG_RECALL_STOPPED), 1);
}
END_TEST

START_TEST(passenger_mirror_tilts_in_reverse_and_returns)
{
    tilt();
    ck_assert_int_eq(status("KerbTilt"), 1);
    at(1500);
    ck_assert_int_eq(status("PassengerVertical"), 60);
    at(3000);
    ck_assert_int_eq(status("PassengerVertical"), 30);
    ck_assert_int_eq(status("Moving"), 0);
    gear(GEAR_D);
    ck_assert_int_eq(status("KerbTilt"), 0);
    at(5000);
    ck_assert_int_eq(status("PassengerVertical"), 80);
    ck_assert_uint_eq(node_fixture_logged(node, LOG_KERB_TILT), 2);
}
END_TEST

START_TEST(tilt_needs_terminal_15_and_ends_with_it)
{
    at(100);
    gear(GEAR_R);
    ck_assert_int_eq(status("KerbTilt"), 0);
    at(200);
    node_fixture_terminal(node, 1); // R alone
    ck_assert_int_eq(status("KerbTilt"), 0);
    at(300);
    node_fixture_terminal(node, 2);
    ck_assert_int_eq(status("KerbTilt"), 1);
    at(3000);
    node_fixture_terminal(node, 1);
    ck_assert_int_eq(status("KerbTilt"), 0);
    at(5000);
    ck_assert_int_eq(status("PassengerVertical"), 80);
}
END_TEST

START_TEST(tilt_coded_off_does_nothing)
{
    node_fixture_code(node, "kerb_tilt", "off");
    node_fixture_power_on(node, 0, IMAGE_PRESENT);
    tilt();
    ck_assert_int_eq(status("KerbTilt"), 0);
    at(5000);
    ck_assert_int_eq(status("PassengerVertical"), 80);
}
END_TEST

START_TEST(tilt_ends_at_the_end_stop_and_comes_back_from_there)
{
    at(10);
    press("passenger_vertical", TO + 20);
    at(3000);
    node_fixture_terminal(node, 2);
    at(3100);
    gear(GEAR_R);
    at(6000);
    ck_assert_int_eq(status("PassengerVertical"), 0);
    gear(GEAR_P);
    at(8000);
    ck_assert_int_eq(status("PassengerVertical"), 20);
}
END_TEST

START_TEST(tilt_is_never_stored)
{
    at(10);
    node_fixture_remote(node, "unlock", 2);
    at(2000);
    press("passenger_vertical", DECREASE);
    at(2500);
    press("passenger_vertical", RELEASED); // 80 is the driver's wish now
    node_fixture_terminal(node, 2);
    at(3000);
    gear(GEAR_R);
    at(6000);
    ck_assert_int_eq(status("PassengerVertical"), 30);
    node_fixture_remote(node, "lock", 2);
    at(7000);
    ck_assert_int_eq(image_get(&node->image, "profile", 2, "passenger_vertical", 0), 80);
    ck_assert_int_eq(image_get(&node->image, "position", -1, "passenger_vertical", 0), 80);
}
END_TEST

START_TEST(terminals_off_while_tilted_store_the_set_value)
{
    at(10);
    node_fixture_remote(node, "unlock", 2);
    at(2000);
    press("passenger_vertical", TO + 90);
    at(3000);
    node_fixture_terminal(node, 2);
    at(3100);
    gear(GEAR_R);
    at(3600);
    node_fixture_terminal(node, 0); // on its way down
    at(9000);
    ck_assert_int_eq(image_get(&node->image, "profile", 2, "passenger_vertical", 0), 90);
    ck_assert_int_eq(status("PassengerVertical"), 90);
}
END_TEST

START_TEST(recall_while_tilted_moves_the_kerb_position_with_the_set_value)
{
    tilt();
    at(4000);
    node_fixture_remote(node, "unlock", 2); // set value 100
    at(6000);
    ck_assert_int_eq(status("PassengerVertical"), 50);
    ck_assert_int_eq(status("KerbTilt"), 1);
    gear(GEAR_N);
    at(9000);
    ck_assert_int_eq(status("PassengerVertical"), 100);
}
END_TEST

START_TEST(reverse_during_a_recall_keeps_the_recalled_set_value)
{
    at(100);
    node_fixture_terminal(node, 2);
    at(200);
    node_fixture_remote(node, "unlock", 2);
    at(400);
    gear(GEAR_R);
    at(5000);
    ck_assert_int_eq(status("PassengerVertical"), 50);
    ck_assert_int_eq(status("DriverHorizontal"), 40); // that recall was not disturbed
    gear(GEAR_D);
    at(9000);
    ck_assert_int_eq(status("PassengerVertical"), 100);
}
END_TEST

START_TEST(switch_while_tilted_moves_the_mirror_for_now_only)
{
    at(10);
    node_fixture_remote(node, "unlock", 1);
    at(20);
    node_fixture_terminal(node, 2);
    at(1000);
    gear(GEAR_R);
    at(4000);
    press("passenger_vertical", INCREASE);
    at(4250);
    press("passenger_vertical", RELEASED);
    at(5000);
    ck_assert_int_eq(status("PassengerVertical"), 40);
    node_fixture_remote(node, "lock", 1);
    at(5100);
    gear(GEAR_D);
    at(9000);
    ck_assert_int_eq(status("PassengerVertical"), 80);
    ck_assert_int_eq(image_get(&node->image, "profile", 1, "passenger_vertical", 80), 80);
}
END_TEST

START_TEST(other_switch_while_tilted_leaves_the_tilt)
{
    tilt();
    at(1500);
    press("driver_vertical", INCREASE);
    at(1750);
    press("driver_vertical", RELEASED);
    at(5000);
    ck_assert_int_eq(status("PassengerVertical"), 30);
    ck_assert_int_eq(status("DriverVertical"), 90);
    ck_assert_uint_eq(node_fixture_logged(node, LOG_RECALL_STOPPED), 0);
}
END_TEST

START_TEST(switch_during_the_return_is_the_drivers_wish)
{
    at(10);
    node_fixture_remote(node, "unlock", 1);
    at(20);
    node_fixture_terminal(node, 2);
    at(1000);
    gear(GEAR_R);
    at(4000);
    gear(GEAR_D); // from 30 up
    at(4500);
    press("passenger_vertical", DECREASE); // at 50
    at(4750);
    press("passenger_vertical", RELEASED);
    at(9000);
    ck_assert_int_eq(status("PassengerVertical"), 40);
    node_fixture_remote(node, "lock", 1);
    at(9100);
    ck_assert_int_eq(image_get(&node->image, "profile", 1, "passenger_vertical", 0), 40);
}
END_TEST

START_TEST(reverse_while_the_switch_is_held_keeps_what_was_reached)
{
    at(100);
    node_fixture_terminal(node, 2);
    at(1000);
    press("passenger_vertical", INCREASE);
    at(1500);
    gear(GEAR_R); // at 100
    at(1600);
    press("passenger_vertical", RELEASED);
    at(6000);
    ck_assert_int_eq(status("PassengerVertical"), 50);
    gear(GEAR_D);
    at(9000);
    ck_assert_int_eq(status("PassengerVertical"), 100);
}
END_TEST

START_TEST(stopped_recall_is_where_the_mirror_returns_to)
{
    at(100);
    node_fixture_terminal(node, 2);
    at(200);
    node_fixture_remote(node, "unlock", 2);
    at(450);
    press("driver_vertical", INCREASE); // passenger's at 90
    at(500);
    press("driver_vertical", RELEASED);
    at(1000);
    gear(GEAR_R);
    at(5000);
    ck_assert_int_eq(status("PassengerVertical"), 40);
    gear(GEAR_D);
    at(9000);
    ck_assert_int_eq(status("PassengerVertical"), 90);
}
END_TEST

START_TEST(switch_while_tilted_is_no_change_of_a_profile_whose_recall_was_stopped)
{
    at(100);
    node_fixture_terminal(node, 2);
    at(200);
    node_fixture_remote(node, "unlock", 2);
    at(450);
    press("driver_vertical", INCREASE); // passenger's at 90, the profile says 100
    at(500);
    press("driver_vertical", RELEASED);
    at(1000);
    gear(GEAR_R);
    at(4000);
    press("passenger_vertical", INCREASE);
    at(4100);
    press("passenger_vertical", RELEASED);
    node_fixture_remote(node, "lock", 2);
    at(5000);
    ck_assert_int_eq(image_get(&node->image, "profile", 2, "passenger_vertical", 0), 100);
    ck_assert_int_eq(image_get(&node->image, "profile", 2, "driver_vertical", 0), 82);
}
END_TEST

START_TEST(set_value_survives_a_power_loss_while_tilted)
{
    at(10);
    node_fixture_remote(node, "unlock", 2);
    at(2000);
    node_fixture_terminal(node, 2);
    at(3000);
    gear(GEAR_R);
    at(6000);
    ck_assert_int_eq(status("PassengerVertical"), 50);
    node_fixture_power_on(node, 6000 * TIME_MS, IMAGE_PRESENT);
    ck_assert_int_eq(status("PassengerVertical"), 100);
    ck_assert_int_eq(status("KerbTilt"), 0);
    at(6100);
    gear(GEAR_R); // as the host tells a unit that gets power
    node_fixture_terminal(node, 2);
    at(9000);
    ck_assert_int_eq(status("PassengerVertical"), 50);
}
END_TEST

START_TEST(vertical_in_car_memory_is_not_recalled_and_tilts_all_the_same)
{
    image_set(&node->image, "memory", -1, "passenger_vertical", 1);
    node_fixture_power_on(node, 0, IMAGE_PRESENT);
    tilt();
    at(4000);
    node_fixture_remote(node, "unlock", 2);
    at(6000);
    ck_assert_int_eq(status("PassengerVertical"), 30);
    gear(GEAR_D);
    at(9000);
    ck_assert_int_eq(status("PassengerVertical"), 80);
}
END_TEST

START_TEST(quiet_mirror_needs_no_call)
{
    tilt();
    at(10000);
    unsigned activations = node->activation_count;
    at(100000);
    ck_assert_uint_eq(node->activation_count, activations);
    ck_assert_uint_eq(node->outbox.hold, 0);
}
END_TEST

START_TEST(other_switch_during_the_return_keeps_the_set_value)
{
    at(10);
    node_fixture_remote(node, "unlock", 2); // 100
    at(20);
    node_fixture_terminal(node, 2);
    at(1000);
    gear(GEAR_R);
    at(4000);
    gear(GEAR_D); // from 50 up
    at(4500);
    press("driver_horizontal", INCREASE);
    at(4600);
    press("driver_horizontal", RELEASED);
    at(9000);
    ck_assert_int_eq(status("PassengerVertical"), 100);
    node_fixture_remote(node, "lock", 1);
    at(9100);
    ck_assert_int_eq(image_get(&node->image, "profile", 2, "passenger_vertical", 0), 100);
    ck_assert_int_eq(image_get(&node->image, "position", -1, "passenger_vertical", 0), 100);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("mirror");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, recall_moves_all_four_together);
    tcase_add_test(tests, car_setting_is_not_recalled);
    tcase_add_test(tests, switch_stops_a_recall);
    tcase_add_test(tests, held_switch_stops_a_recall_that_begins);
    tcase_add_test(tests, passenger_mirror_tilts_in_reverse_and_returns);
    tcase_add_test(tests, tilt_needs_terminal_15_and_ends_with_it);
    tcase_add_test(tests, tilt_coded_off_does_nothing);
    tcase_add_test(tests, tilt_ends_at_the_end_stop_and_comes_back_from_there);
    tcase_add_test(tests, tilt_is_never_stored);
    tcase_add_test(tests, terminals_off_while_tilted_store_the_set_value);
    tcase_add_test(tests, recall_while_tilted_moves_the_kerb_position_with_the_set_value);
    tcase_add_test(tests, reverse_during_a_recall_keeps_the_recalled_set_value);
    tcase_add_test(tests, switch_while_tilted_moves_the_mirror_for_now_only);
    tcase_add_test(tests, other_switch_while_tilted_leaves_the_tilt);
    tcase_add_test(tests, switch_during_the_return_is_the_drivers_wish);
    tcase_add_test(tests, other_switch_during_the_return_keeps_the_set_value);
    tcase_add_test(tests, reverse_while_the_switch_is_held_keeps_what_was_reached);
    tcase_add_test(tests, stopped_recall_is_where_the_mirror_returns_to);
    tcase_add_test(tests, switch_while_tilted_is_no_change_of_a_profile_whose_recall_was_stopped);
    tcase_add_test(tests, set_value_survives_a_power_loss_while_tilted);
    tcase_add_test(tests, vertical_in_car_memory_is_not_recalled_and_tilts_all_the_same);
    tcase_add_test(tests, quiet_mirror_needs_no_call);
    return suite_run("mirror", tests);
}
