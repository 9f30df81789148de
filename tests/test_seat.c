// SPDX-License-Identifier: MIT
// The seat: recall, switches, storing. Its speeds are in tests/seat_sentences.h.
#include "tests/seat_sentences.h"

#include <check.h>

#include "tests/suite.h"
#include "bus/car/words.h"

// ---- recall --------------------------------------------------------------------------------------------------------

START_TEST(story_begins_at_factory_values_with_nothing_moving)
{
    ck_assert_int_eq(status("Longitudinal"), 1250);
    ck_assert_int_eq(status("BackrestTilt"), 300);
    ck_assert_int_eq(status("Moving"), 0);
    ck_assert_int_eq(status("Profile"), 0);
}
END_TEST

START_TEST(recall_moves_two_motors_at_a_time_and_ends_exactly)
{
    code_profile_2();
    at(100);
    node_fixture_remote(node, "unlock", 2);
    ck_assert_uint_eq(node->outbox.hold, 1);
    at(600);
    ck_assert_int_eq(status("Profile"), 2);
    ck_assert_int_eq(status("Moving"), 1);
    ck_assert_int_eq(status("Longitudinal"), 1350);
    ck_assert_int_eq(status("Height"), 450);
    ck_assert_int_eq(status("BackrestTilt"), 300);
    at(1600); // longitudinal ended at 1100: backrest tilt began at that instant
    ck_assert_int_eq(status("Longitudinal"), 1450);
    ck_assert_int_eq(status("Height"), 550);
    ck_assert_int_eq(status("BackrestTilt"), 330);
    node_fixture_run_to(node, 4100 * TIME_MS);
    ck_assert_int_eq(status("BackrestTilt"), 480);
    ck_assert_uint_eq(node_fixture_logged(node, LOG_RECALL_DONE), 1);
    ck_assert_int_eq(status("Moving"), 0);
    ck_assert_uint_eq(node->outbox.hold, 0);
}
END_TEST

START_TEST(status_is_told_at_start_and_end_and_fast_between)
{
    code_profile_2();
    at(50);
    node_fixture_set_awake(node, true);
    at(100);
    unsigned events = node->event_count, count = node->status_count;
    node_fixture_remote(node, "unlock", 2);
    ck_assert_uint_eq(node->event_count, events + 1); // profile and motion in one frame
    ck_assert_int_eq(dbc_get(dbc_signal(node->status_message, "Moving"), &node->status), 1);
    ck_assert_int_eq(dbc_get(dbc_signal(node->status_message, "Profile"), &node->status), 2);
    at(4100);
    ck_assert_uint_eq(node->status_count, count + 1 + 39); // 200, 300 … 4000
    node_fixture_run_to(node, 4100 * TIME_MS + 1);
    ck_assert_uint_eq(node->event_count, events + 2);
    ck_assert_int_eq(dbc_get(dbc_signal(node->status_message, "Moving"), &node->status), 0);
    count = node->status_count;
    at(9101);
    ck_assert_uint_eq(node->status_count, count + 5); // once a second again
}
END_TEST

START_TEST(car_setting_stays_where_the_driver_moved_it_whoever_comes)
{
    image_set(&node->image, "memory", -1, "longitudinal", 1);
    code_profile_2();
    at(100);
    press("longitudinal", INCREASE);
    at(600);
    press("longitudinal", RELEASED);
    at(1000);
    node_fixture_remote(node, "unlock", 2);
    at(10000);
    ck_assert_int_eq(status("Longitudinal"), 1350);
    ck_assert_int_eq(status("Height"), 600);
    node_fixture_remote(node, "lock", 2);
    at(11000);
    ck_assert_int_eq(image_get(&node->image, "car", -1, "longitudinal", 0), 1350);
    ck_assert_int_eq(image_get(&node->image, "profile", 2, "longitudinal", 0), 1450);
}
END_TEST

START_TEST(unlocking_again_lets_the_recall_go_on)
{
    code_profile_2();
    at(100);
    node_fixture_remote(node, "unlock", 2);
    node_fixture_run_to(node, 1033333333);
    node_fixture_remote(node, "unlock", 2);
    node_fixture_run_to(node, 4100 * TIME_MS);
    ck_assert_int_eq(node->outbox.deadline_ns, 4100 * TIME_MS); // not a nanosecond later for it
    ck_assert_int_eq(status("BackrestTilt"), 480);
}
END_TEST

START_TEST(another_profile_turns_the_seat_round_where_it_is)
{
    code_profile_2();
    at(100);
    node_fixture_remote(node, "unlock", 2);
    at(600);
    node_fixture_remote(node, "unlock", 1);
    at(1100);
    ck_assert_int_eq(status("Profile"), 1);
    ck_assert_int_eq(status("Longitudinal"), 1250);
    ck_assert_int_eq(status("Height"), 400);
    ck_assert_int_eq(status("Moving"), 0);
}
END_TEST

START_TEST(recall_to_where_it_stands_moves_nothing_and_is_done)
{
    at(100);
    node_fixture_remote(node, "unlock", 1);
    ck_assert_uint_eq(node->outbox.hold, 0);
    ck_assert_uint_eq(node_fixture_logged(node, LOG_RECALL_DONE), 1);
    ck_assert_int_eq(node->outbox.deadline_ns, TIME_NEVER);
}
END_TEST

START_TEST(car_setting_does_not_move_at_a_recall)
{
    image_set(&node->image, "memory", -1, "longitudinal", 1);
    code_profile_2();
    at(100);
    node_fixture_remote(node, "unlock", 2);
    at(10000);
    ck_assert_int_eq(status("Longitudinal"), 1250);
    ck_assert_int_eq(status("Height"), 600);
}
END_TEST

// ---- switches ------------------------------------------------------------------------------------------------------

START_TEST(switch_held_for_t_moves_speed_times_t)
{
    at(100);
    press("longitudinal", INCREASE);
    ck_assert_uint_eq(node->outbox.hold, 1);
    at(1600);
    press("longitudinal", RELEASED);
    ck_assert_int_eq(status("Longitudinal"), 1550);
    at(2000);
    press("backrest_tilt", DECREASE);
    at(2999);
    press("backrest_tilt", RELEASED);
    ck_assert_int_eq(status("BackrestTilt"), 300 - 59); // 59.94 raw units, cut
    ck_assert_uint_eq(node->outbox.hold, 0);
}
END_TEST

START_TEST(held_switch_ends_at_the_end_stop)
{
    at(100);
    press("longitudinal", INCREASE);
    at(20000);
    ck_assert_int_eq(status("Longitudinal"), 2500);
    ck_assert_int_eq(status("Moving"), 0);
    press("longitudinal", RELEASED);
    ck_assert_int_eq(status("Longitudinal"), 2500);
}
END_TEST

START_TEST(switch_held_until_a_value_stands_there)
{
    at(100);
    press("longitudinal", TO + 1650);
    at(2100);
    ck_assert_int_eq(status("Longitudinal"), 1650);
    at(2101);
    ck_assert_int_eq(status("Moving"), 0);
    at(3000);
    press("longitudinal", TO + 0xFFFF); // beyond its range: the end stop
    at(10000);
    ck_assert_int_eq(status("Longitudinal"), 2500);
    press("longitudinal", -5); // means nothing
    press("longitudinal", INT64_MAX);
    ck_assert_int_eq(status("Longitudinal"), 2500);
}
END_TEST

START_TEST(any_switch_stops_a_recall_at_once)
{
    code_profile_2();
    at(100);
    node_fixture_remote(node, "unlock", 2);
    at(600);
    press("head_restraint", INCREASE);
    at(1600);
    ck_assert_int_eq(status("Longitudinal"), 1350);
    ck_assert_int_eq(status("Height"), 450);
    ck_assert_int_eq(status("BackrestTilt"), 300);
    ck_assert_int_eq(status("HeadRestraint"), 500);
    ck_assert_uint_eq(node_fixture_logged(node, LOG_RECALL_STOPPED), 1);
    at(1700);
    press("head_restraint", RELEASED);
    at(5000);
    node_fixture_remote(node, "lock", 2); // only what the driver moved is his change
    at(6000);
    ck_assert_int_eq(image_get(&node->image, "profile", 2, "head_restraint", 0), 520);
    ck_assert_int_eq(image_get(&node->image, "profile", 2, "longitudinal", 0), 1450);
    ck_assert_int_eq(image_get(&node->image, "position", -1, "longitudinal", 0), 1350);
    ck_assert_uint_eq(node_fixture_logged(node, LOG_RECALL_DONE), 0);
}
END_TEST

START_TEST(third_switch_waits_for_its_turn)
{
    at(100);
    press("longitudinal", INCREASE);
    press("height", INCREASE);
    press("cushion_tilt", INCREASE);
    at(1100);
    ck_assert_int_eq(status("CushionTilt"), 50);
    press("height", RELEASED);
    at(2100);
    ck_assert_int_eq(status("Height"), 500);
    ck_assert_int_eq(status("CushionTilt"), 80);
    ck_assert_int_eq(status("Longitudinal"), 1650);
}
END_TEST

// ---- storing -------------------------------------------------------------------------------------------------------

START_TEST(lock_while_a_switch_is_held_stores_where_the_seat_is_then)
{
    at(100);
    node_fixture_remote(node, "unlock", 1);
    at(1000);
    press("longitudinal", INCREASE);
    at(2000);
    node_fixture_remote(node, "lock", 1);
    at(3000);
    press("longitudinal", RELEASED);
    at(4000);
    ck_assert_int_eq(image_get(&node->image, "profile", 1, "longitudinal", 0), 1450);
    ck_assert_int_eq(status("Longitudinal"), 1650);
}
END_TEST

START_TEST(change_after_a_lock_under_a_held_switch_is_kept_by_the_next_lock)
{
    code_profile_2();
    at(100);
    node_fixture_remote(node, "unlock", 1);
    at(200);
    press("longitudinal", INCREASE);
    at(700);
    node_fixture_remote(node, "lock", 1);
    at(1700);
    press("longitudinal", RELEASED);
    at(2000);
    node_fixture_remote(node, "lock", 2);
    at(2100);
    ck_assert_int_eq(image_get(&node->image, "profile", 1, "longitudinal", 0), 1550);
}
END_TEST

START_TEST(lock_during_a_recall_changes_no_profile_and_lets_it_go_on)
{
    code_profile_2();
    at(100);
    node_fixture_remote(node, "unlock", 2);
    at(600);
    node_fixture_remote(node, "lock", 2);
    at(10000);
    ck_assert_int_eq(image_get(&node->image, "profile", 2, "longitudinal", 0), 1450);
    ck_assert_int_eq(status("Longitudinal"), 1450);
    ck_assert_int_eq(status("BackrestTilt"), 480);
}
END_TEST

START_TEST(change_before_a_recall_is_lost)
{
    code_profile_2();
    at(100);
    node_fixture_remote(node, "unlock", 2);
    at(5000);
    press("longitudinal", DECREASE);
    at(6000);
    press("longitudinal", RELEASED);
    at(7000);
    node_fixture_remote(node, "unlock", 2);
    at(7100);
    node_fixture_remote(node, "lock", 2);
    at(20000);
    ck_assert_int_eq(status("Longitudinal"), 1450);
    ck_assert_int_eq(image_get(&node->image, "profile", 2, "longitudinal", 0), 1450);
}
END_TEST

START_TEST(held_switch_stops_a_recall_that_begins)
{
    code_profile_2();
    at(100);
    press("longitudinal", DECREASE);
    at(600);
    node_fixture_remote(node, "unlock", 2);
    ck_assert_int_eq(status("Profile"), 2);
    ck_assert_uint_eq(node_fixture_logged(node, LOG_RECALL_STOPPED), 1);
    at(1100);
    press("longitudinal", RELEASED); // has moved exactly as long as it was held
    at(10000);
    ck_assert_int_eq(status("Longitudinal"), 1050);
    ck_assert_int_eq(status("Height"), 400);
    node_fixture_remote(node, "lock", 2); // what it moved under profile 2 is a change of that
    at(11000);
    ck_assert_int_eq(image_get(&node->image, "profile", 2, "longitudinal", 0), 1050);
    node_fixture_remote(node, "unlock", 2);
    at(20000);
    ck_assert_int_eq(status("BackrestTilt"), 480);
}
END_TEST

START_TEST(switch_held_at_the_end_stop_stops_a_recall_too)
{
    code_profile_2();
    at(100);
    press("longitudinal", DECREASE);
    at(9000);
    node_fixture_remote(node, "unlock", 2);
    at(12000);
    ck_assert_int_eq(status("Longitudinal"), 0);
    press("longitudinal", RELEASED);
    at(13000);
    ck_assert_int_eq(status("Longitudinal"), 0); // and it is not taken up again
    node_fixture_remote(node, "unlock", 2);
    at(30000);
    ck_assert_int_eq(status("Longitudinal"), 1450);
}
END_TEST

START_TEST(seat_stands_after_a_power_loss_where_it_came_to_rest)
{
    at(100);
    node_fixture_remote(node, "unlock", 1);
    at(1000);
    press("longitudinal", INCREASE);
    at(2000);
    press("longitudinal", RELEASED);
    at(3000);
    press("longitudinal", INCREASE); // loses power on its way: stands where it was stored (own)
    at(3500);
    node_fixture_power_on(node, 3500 * TIME_MS, IMAGE_PRESENT);
    ck_assert_uint_eq(node->outbox.hold, 0);
    ck_assert_int_eq(status("Longitudinal"), 1450);
    ck_assert_int_eq(status("Profile"), 1);
    at(60000);
    ck_assert_int_eq(status("Longitudinal"), 1450); // and does not move by itself
}
END_TEST

START_TEST(stored_position_out_of_range_has_its_default)
{
    image_set(&node->image, "position", -1, "longitudinal", 2501);
    image_set(&node->image, "position", -1, "height", -1);
    node_fixture_power_on(node, 0, IMAGE_PRESENT);
    ck_assert_int_eq(status("Longitudinal"), 1250);
    ck_assert_int_eq(status("Height"), 400);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("seat");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, story_begins_at_factory_values_with_nothing_moving);
    tcase_add_test(tests, recall_moves_two_motors_at_a_time_and_ends_exactly);
    tcase_add_test(tests, status_is_told_at_start_and_end_and_fast_between);
    tcase_add_test(tests, car_setting_stays_where_the_driver_moved_it_whoever_comes);
    tcase_add_test(tests, unlocking_again_lets_the_recall_go_on);
    tcase_add_test(tests, another_profile_turns_the_seat_round_where_it_is);
    tcase_add_test(tests, recall_to_where_it_stands_moves_nothing_and_is_done);
    tcase_add_test(tests, car_setting_does_not_move_at_a_recall);
    tcase_add_test(tests, switch_held_for_t_moves_speed_times_t);
    tcase_add_test(tests, held_switch_ends_at_the_end_stop);
    tcase_add_test(tests, switch_held_until_a_value_stands_there);
    tcase_add_test(tests, any_switch_stops_a_recall_at_once);
    tcase_add_test(tests, third_switch_waits_for_its_turn);
    tcase_add_test(tests, lock_while_a_switch_is_held_stores_where_the_seat_is_then);
    tcase_add_test(tests, change_after_a_lock_under_a_held_switch_is_kept_by_the_next_lock);
    tcase_add_test(tests, lock_during_a_recall_changes_no_profile_and_lets_it_go_on);
    tcase_add_test(tests, change_before_a_recall_is_lost);
    tcase_add_test(tests, held_switch_stops_a_recall_that_begins);
    tcase_add_test(tests, switch_held_at_the_end_stop_stops_a_recall_too);
    tcase_add_test(tests, seat_stands_after_a_power_loss_where_it_came_to_rest);
    tcase_add_test(tests, stored_position_out_of_range_has_its_default);
    return suite_run("seat", tests);
}
