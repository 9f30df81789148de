// SPDX-License-Identifier: MIT
// Power and stored images: what a node keeps, what it loses, what it is told when it comes back.
#include <check.h>
#include <string.h>

#include "bus/kernel/kernel.h"
#include "tests/kernel_fixture.h"
#include "tests/suite.h"
#include "bus/car/words.h"

static void store_7(outbox_t *outbox)
{
    image_clear(&outbox->image);
    image_set(&outbox->image, "value", -1, NULL, 7);
    outbox->store = true;
}

static void store_8(outbox_t *outbox)
{
    image_clear(&outbox->image);
    image_set(&outbox->image, "value", -1, NULL, 8);
    outbox->store = true;
}

static void a_off(outbox_t *outbox)
{
    (void)outbox;
    kernel_set_power(fixture.kernel, A, POWER_OFF);
}

static void a_crash(outbox_t *outbox)
{
    (void)outbox;
    kernel_set_power(fixture.kernel, A, POWER_CRASH);
}

static void a_on(outbox_t *outbox)
{
    (void)outbox;
    kernel_set_power(fixture.kernel, A, POWER_ON);
}

static void send_left(outbox_t *outbox)
{
    kernel_fixture_send(outbox, 0, "105#01", OUTBOX_REPORT);
}

static void set_x_and_y(outbox_t *outbox)
{
    (void)outbox;
    kernel_set_line(fixture.kernel, (uint16_t)kernel_find_line(fixture.kernel, "x"), 7, false);
    kernel_set_line(fixture.kernel, (uint16_t)kernel_find_line(fixture.kernel, "y"), 5, true);
}

static void set_x_to_9(outbox_t *outbox)
{
    (void)outbox;
    kernel_set_line(fixture.kernel, (uint16_t)kernel_find_line(fixture.kernel, "x"), 9, false);
}

// ---- the story's begin ---------------------------------------------------------------------------------------------

START_TEST(story_begins_without_the_frames_of_the_first_power_on)
{
    kernel_fixture_send(&fixture.power_on[A], 0, "105#01", 0);
    outbox_log(&fixture.power_on[A], LOG_FAULT_STORED, 1, 0, 0);
    kernel_fixture_run_to(TIME_S);
    ck_assert_uint_eq(kernel_bus(fixture.kernel, LEFT)->carried, 0);
    ck_assert_int_eq(kernel_bus(fixture.kernel, LEFT)->wire.state, CAN_BUS_ASLEEP);
    kernel_fixture_plan(2 * TIME_S, PLAYER, a_off);
    ck_assert(kernel_powered(fixture.kernel, A));
}
END_TEST

START_TEST(unit_that_gets_power_again_sends_at_once)
{
    kernel_fixture_send(&fixture.power_on[A], 0, "105#01", 0);
    kernel_fixture_plan(TIME_MS, PLAYER, a_off);
    kernel_fixture_plan(2 * TIME_MS, PLAYER, a_on);
    kernel_fixture_run_to(TIME_S);
    ck_assert_ptr_nonnull(strstr(fixture.heard, "7550 b frame 0 105#01\n"));
}
END_TEST

// ---- stored images -------------------------------------------------------------------------------------------------

START_TEST(image_is_durable_5_ms_after_it_was_asked_for)
{
    kernel_fixture_plan(TIME_MS, A, store_7);
    kernel_fixture_plan(6 * TIME_MS, PLAYER, a_off); // at the instant in which it became durable
    kernel_fixture_plan(7 * TIME_MS, PLAYER, a_on);
    kernel_fixture_run_to(TIME_S);
    ck_assert_str_eq(fixture.heard, "1000 a deadline\n6000 a stored\n");
    ck_assert_int_eq(fixture.image_value[A], 7);
    ck_assert_int_eq(image_get(kernel_image(fixture.kernel, A), "value", -1, NULL, -1), 7);
}
END_TEST

START_TEST(power_lost_before_leaves_the_old_image_whole)
{
    kernel_fixture_plan(TIME_MS, A, store_7);
    kernel_fixture_plan(10 * TIME_MS, A, store_8);
    kernel_fixture_plan(15 * TIME_MS - 1, PLAYER, a_off);
    kernel_fixture_plan(15 * TIME_MS, PLAYER, a_on);
    kernel_fixture_run_to(TIME_S);
    ck_assert_int_eq(fixture.image_value[A], 7);
    ck_assert_ptr_null(strstr(fixture.heard, "15000 a stored"));
}
END_TEST

START_TEST(host_is_told_of_each_durable_image_once)
{
    kernel_fixture_plan(TIME_MS, A, store_7);
    kernel_fixture_plan(TIME_MS, C, store_8);
    kernel_fixture_run_to(6 * TIME_MS - 1);
    ck_assert_int_eq(kernel_next_stored(fixture.kernel), -1);
    kernel_fixture_run_to(6 * TIME_MS);
    ck_assert_int_eq(kernel_next_stored(fixture.kernel), A);
    ck_assert_int_eq(kernel_next_stored(fixture.kernel), C);
    ck_assert_int_eq(kernel_next_stored(fixture.kernel), -1);
}
END_TEST

START_TEST(second_store_while_one_is_under_way_is_nonsense)
{
    kernel_fixture_plan(TIME_MS, A, store_7);
    kernel_fixture_plan(2 * TIME_MS, A, store_8);
    kernel_fixture_run_to(TIME_S);
    ck_assert_uint_eq(kernel_nonsense(fixture.kernel), 1);
    ck_assert_int_eq(image_get(kernel_image(fixture.kernel, A), "value", -1, NULL, -1), 7);
    ck_assert_str_eq(fixture.heard, "1000 a deadline\n2000 a deadline\n6000 a stored\n");
}
END_TEST

START_TEST(first_image_of_a_story_is_what_it_gave)
{
    static image_t image;
    image_clear(&image);
    image_set(&image, "value", -1, NULL, 42);
    node_ports_t none = {0};
    int node = kernel_add_node(fixture.kernel, "late", NULL, 0, &none, &image, IMAGE_DAMAGED);
    image_set(&image, "value", -1, NULL, 43); // it was copied
    kernel_power_on_t start = kernel_power_on(fixture.kernel, (uint8_t)node);
    ck_assert_int_eq(start.state, IMAGE_DAMAGED);
    ck_assert_int_eq(image_get(start.image, "value", -1, NULL, -1), 42);
    ck_assert_int_eq(kernel_power_on(fixture.kernel, A).state, IMAGE_NONE);
}
END_TEST

// ---- what power takes and what it tells ----------------------------------------------------------------------------

START_TEST(power_loss_breaks_the_frame_and_forgets_deadlines_and_mailboxes)
{
    kernel_fixture_plan(TIME_MS, A, send_left);
    kernel_fixture_plan(6300 * TIME_US, PLAYER, a_crash);
    kernel_fixture_plan(7 * TIME_MS, A, send_left);
    kernel_fixture_run_to(TIME_S);
    ck_assert_uint_eq(kernel_bus(fixture.kernel, LEFT)->carried, 0);
    ck_assert_str_eq(fixture.heard, "1000 a deadline\n6000 a awake 0\n6000 b awake 0\n");
    ck_assert(!kernel_powered(fixture.kernel, A));
}
END_TEST

START_TEST(node_without_power_is_told_of_nothing)
{
    kernel_fixture_plan(TIME_MS, PLAYER, a_off);
    kernel_fixture_plan(TIME_MS, PLAYER, set_x_and_y); // heard later
    kernel_fixture_run_to(TIME_S);
    ck_assert_ptr_null(strstr(fixture.heard, " a "));
    ck_assert_ptr_nonnull(strstr(fixture.heard, "1100 b line 0 is 7\n"));
}
END_TEST

START_TEST(node_acts_in_the_instant_in_which_it_loses_power)
{
    kernel_fixture_plan(TIME_MS, A, store_7);
    kernel_fixture_plan(TIME_MS, PLAYER, a_off);
    kernel_fixture_plan(TIME_MS, A, send_left);
    kernel_fixture_run_to(TIME_S);
    ck_assert_str_eq(fixture.heard, "1000 a deadline\n6000 b awake 0\n"); // the bus wakes, but the request is gone
    ck_assert_uint_eq(kernel_bus(fixture.kernel, LEFT)->carried, 0);
    ck_assert_int_eq(kernel_image(fixture.kernel, A)->count, 0);
}
END_TEST

START_TEST(node_that_gets_power_is_told_of_awake_buses_and_of_levels_but_not_of_what_was_said)
{
    kernel_fixture_plan(TIME_MS, B, send_left);
    kernel_fixture_plan(2 * TIME_MS, PLAYER, a_off);
    kernel_fixture_plan(3 * TIME_MS, PLAYER, set_x_and_y);
    kernel_fixture_plan(10 * TIME_MS, PLAYER, a_on);
    kernel_fixture_run_to(TIME_S);
    ck_assert_ptr_nonnull(strstr(fixture.heard, "10100 a awake 0\n10100 a line 0 is 7\n"));
    ck_assert_ptr_null(strstr(fixture.heard, "a line 1"));
    ck_assert_ptr_nonnull(
        strstr(fixture.heard, "a frame 0 105#01\n")); // and the frame finds somebody to acknowledge it
}
END_TEST

START_TEST(level_that_changes_while_a_node_starts_is_told_as_it_is_at_last)
{
    kernel_fixture_plan(TIME_MS, PLAYER, set_x_and_y);
    kernel_fixture_plan(2 * TIME_MS, PLAYER, a_off);
    kernel_fixture_plan(10 * TIME_MS - 50 * TIME_US, PLAYER, set_x_to_9);
    kernel_fixture_plan(10 * TIME_MS, PLAYER, a_on);
    kernel_fixture_plan(20 * TIME_MS, PLAYER, a_off);
    kernel_fixture_plan(30 * TIME_MS, PLAYER, a_on);
    kernel_fixture_run_to(9 * TIME_MS);
    kernel_fixture_forget();
    kernel_fixture_run_to(TIME_S);
    ck_assert_str_eq(fixture.heard, "10050 a line 0 is 9\n10050 b line 0 is 9\n10050 c line 1 is 9\n"
                                    "10100 a line 0 is 9\n"
                                    "30100 a line 0 is 9\n");
}
END_TEST

START_TEST(power_that_is_so_already_changes_nothing)
{
    kernel_fixture_plan(TIME_MS, PLAYER, a_on);
    kernel_fixture_plan(2 * TIME_MS, PLAYER, a_off);
    kernel_fixture_plan(3 * TIME_MS, PLAYER, a_crash);
    kernel_fixture_plan(4 * TIME_MS, PLAYER, a_on);
    kernel_fixture_plan(5 * TIME_MS, PLAYER, a_on);
    kernel_fixture_run_to(TIME_US);
    kernel_fixture_forget();
    kernel_fixture_run_to(TIME_S);
    ck_assert_str_eq(fixture.seen, "0 a power 1\n0 b power 1\n0 c power 1\n"
                                   "2000 a power 0\n4000 a power 1\n"); // seen later, told with their own time
}
END_TEST

START_TEST(each_power_on_has_a_random_stream_of_its_own)
{
    kernel_fixture_plan(TIME_MS, PLAYER, a_off);
    kernel_fixture_plan(2 * TIME_MS, PLAYER, a_on);
    kernel_fixture_run_to(TIME_US);
    random_t first_a = fixture.random[A], first_b = fixture.random[B];
    kernel_fixture_run_to(TIME_S);
    ck_assert_uint_ne(first_a.state, first_b.state);
    ck_assert_uint_ne(first_a.state, fixture.random[A].state);
    ck_assert_uint_eq(first_a.state, random_derive(1, "a", 1).state);
    ck_assert_uint_eq(fixture.random[A].state, random_derive(1, "a", 2).state);
}
END_TEST

START_TEST(player_sees_frames_lines_air_and_buses_as_they_are_heard)
{
    kernel_fixture_plan(TIME_MS, A, send_left);
    kernel_fixture_plan(2 * TIME_MS, PLAYER, set_x_and_y);
    kernel_fixture_run_to(TIME_US);
    kernel_fixture_forget();
    kernel_fixture_run_to(40 * TIME_S);
    ck_assert_str_eq(fixture.seen, "0 a power 1\n0 b power 1\n0 c power 1\n"
                                   "2100 stranger line x 7\n2100 stranger line y 5\n"
                                   "6000 stranger bus 0 2\n"
                                   "6550 a frame 0 105#01\n"
                                   "30001000 stranger bus 0 0\n");
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("kernel, power");
    tcase_add_checked_fixture(tests, kernel_fixture_set_up, kernel_fixture_tear_down);
    tcase_add_test(tests, story_begins_without_the_frames_of_the_first_power_on);
    tcase_add_test(tests, unit_that_gets_power_again_sends_at_once);
    tcase_add_test(tests, image_is_durable_5_ms_after_it_was_asked_for);
    tcase_add_test(tests, power_lost_before_leaves_the_old_image_whole);
    tcase_add_test(tests, host_is_told_of_each_durable_image_once);
    tcase_add_test(tests, second_store_while_one_is_under_way_is_nonsense);
    tcase_add_test(tests, first_image_of_a_story_is_what_it_gave);
    tcase_add_test(tests, power_loss_breaks_the_frame_and_forgets_deadlines_and_mailboxes);
    tcase_add_test(tests, node_without_power_is_told_of_nothing);
    tcase_add_test(tests, node_acts_in_the_instant_in_which_it_loses_power);
    tcase_add_test(tests, node_that_gets_power_is_told_of_awake_buses_and_of_levels_but_not_of_what_was_said);
    tcase_add_test(tests, level_that_changes_while_a_node_starts_is_told_as_it_is_at_last);
    tcase_add_test(tests, power_that_is_so_already_changes_nothing);
    tcase_add_test(tests, each_power_on_has_a_random_stream_of_its_own);
    tcase_add_test(tests, player_sees_frames_lines_air_and_buses_as_they_are_heard);
    return suite_run("kernel, power", tests);
}
