// SPDX-License-Identifier: MIT
#include "bus/kernel/kernel.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "tests/kernel_fixture.h"
#include "tests/suite.h"

// ---- what is said and when it is heard -----------------------------------------------------------------------------

static void set_x_to_7(outbox_t *outbox)
{
    outbox_set_line(outbox, 0, 7, false);
}

static void say_y(outbox_t *outbox)
{
    outbox_set_line(outbox, 1, 5, true);
}

START_TEST(line_is_heard_100_us_later_by_all_but_who_sets_it)
{
    kernel_fixture_plan(TIME_MS, A, set_x_to_7);
    kernel_fixture_plan(2 * TIME_MS, A, say_y);
    kernel_fixture_run_to(TIME_S);
    ck_assert_str_eq(fixture.heard, "1000 a deadline\n"
                                    "1100 b line 0 is 7\n"
                                    "1100 c line 1 is 7\n" // each by its own port
                                    "2000 a deadline\n"
                                    "2100 b line 1 says 5\n"
                                    "2100 c line 0 says 5\n");
}
END_TEST

static void set_x_from_outside(outbox_t *outbox)
{
    (void)outbox;
    int x = kernel_find_line(fixture.kernel, "x");
    ck_assert_int_ge(x, 0);
    for (int64_t value = 3; value > 0; value--) kernel_set_line(fixture.kernel, (uint16_t)x, value, false);
}

START_TEST(lines_of_one_instant_are_heard_in_the_order_of_nodes_and_the_player_last)
{
    kernel_fixture_plan(TIME_MS, PLAYER, set_x_from_outside);
    kernel_fixture_plan(TIME_MS, B, set_x_to_7);
    kernel_fixture_plan(TIME_MS, A, set_x_to_7);
    kernel_fixture_run_to(TIME_S);
    ck_assert_str_eq(strchr(strchr(fixture.heard, '\n') + 1, '\n') + 1, // after the two deadlines
                     "1100 a line 0 is 7\n"                             // b's
                     "1100 a line 0 is 3\n1100 a line 0 is 2\n1100 a line 0 is 1\n"
                     "1100 b line 0 is 7\n" // a's
                     "1100 b line 0 is 3\n1100 b line 0 is 2\n1100 b line 0 is 1\n"
                     "1100 c line 1 is 7\n1100 c line 1 is 7\n"
                     "1100 c line 1 is 3\n1100 c line 1 is 2\n1100 c line 1 is 1\n");
}
END_TEST

static void transmit_all(outbox_t *outbox)
{
    outbox_transmit(outbox, AIR_RF, (const uint8_t *)"one", 3);
    outbox_transmit(outbox, AIR_LF, (const uint8_t *)"two", 3);
    outbox_transmit(outbox, AIR_RF, (const uint8_t *)"", 0);
}

static void transmit_from_outside(outbox_t *outbox)
{
    (void)outbox;
    air_t air = {.channel = AIR_RF, .size = 3, .bytes = "rem"};
    ck_assert_uint_eq(kernel_transmit(fixture.kernel, &air), 3);
    air.channel = AIR_RF_END;
    air.size = 0;
    air.transmission = 3;
    ck_assert_uint_eq(kernel_transmit(fixture.kernel, &air), 3);
    air.channel = AIR_RF;
    ck_assert_uint_eq(kernel_transmit(fixture.kernel, &air), 4);
}

START_TEST(air_is_heard_1_ms_later_by_who_hears_the_channel_and_never_by_who_speaks)
{
    kernel_fixture_plan(TIME_MS, B, transmit_all);
    kernel_fixture_plan(10 * TIME_MS, PLAYER, transmit_from_outside);
    kernel_fixture_run_to(TIME_S);
    ck_assert_str_eq(fixture.heard, "1000 b deadline\n"
                                    "2000 a rf 1 one\n2000 a lf 0 two\n2000 a rf 2 \n"
                                    "2000 c lf 0 two\n"
                                    "11000 a rf 3 rem\n11000 a rf-end 3 \n11000 a rf 4 \n"
                                    "11000 b rf 3 rem\n11000 b rf 4 \n");
}
END_TEST

// ---- frames --------------------------------------------------------------------------------------------------------

static void send_left(outbox_t *outbox)
{
    kernel_fixture_send(outbox, 0, "105#01", OUTBOX_REPORT);
}

static void send_both(outbox_t *outbox)
{
    kernel_fixture_send(outbox, 0, "105#01", OUTBOX_REPORT);
    kernel_fixture_send(outbox, 1, "23A#02", 0);
    kernel_fixture_send(outbox, 1, "00000105#02", 0);
}

START_TEST(frame_is_heard_by_all_on_the_bus_that_accept_it_but_not_by_its_sender)
{
    kernel_fixture_plan(TIME_MS, B, send_left);
    kernel_fixture_plan(50 * TIME_MS, A, send_both);
    kernel_fixture_run_to(TIME_MS * 60);
    ck_assert_str_eq(fixture.heard, "1000 b deadline\n"
                                    "6000 a awake 0\n6000 b awake 0\n"
                                    "6550 a frame 0 105#01\n" // 55 bits at 10 us
                                    "6550 b sent 0 105#01\n"
                                    "50000 a deadline\n"
                                    "50550 a sent 0 105#01\n50550 b frame 0 105#01\n"
                                    "55000 a awake 1\n55000 c awake 0\n"
                                    "56380 c frame 0 23A#02\n");
    ck_assert_uint_eq(kernel_bus(fixture.kernel, RIGHT)->carried, 2); // nobody accepts the extended one
}
END_TEST

START_TEST(frame_of_two_senders_is_reported_to_both_and_heard_by_neither)
{
    kernel_fixture_plan(TIME_MS, A, send_left);
    kernel_fixture_plan(TIME_MS, B, send_left);
    kernel_fixture_run_to(TIME_MS * 60);
    ck_assert_ptr_null(strstr(fixture.heard, "frame")); // and nobody is left who could acknowledge it
    ck_assert_ptr_null(strstr(fixture.heard, "sent"));
}
END_TEST

static void inject(outbox_t *outbox)
{
    (void)outbox;
    can_frame_t frame = kernel_fixture_frame("10F#0102030405060708");
    kernel_inject(fixture.kernel, LEFT, &frame);
}

static void power_left_off(outbox_t *outbox)
{
    (void)outbox;
    kernel_set_power(fixture.kernel, A, POWER_OFF);
    kernel_set_power(fixture.kernel, B, POWER_OFF);
}

START_TEST(stranger_is_heard_by_all_and_acknowledges_nothing)
{
    kernel_fixture_plan(TIME_MS, PLAYER, inject);
    kernel_fixture_plan(100 * TIME_MS, PLAYER, power_left_off);
    kernel_fixture_plan(101 * TIME_MS, PLAYER, inject);
    kernel_fixture_run_to(200 * TIME_MS);
    ck_assert_str_eq(fixture.heard, "6000 a awake 0\n6000 b awake 0\n"
                                    "7160 a frame 0 10F#0102030405060708\n"
                                    "7160 b frame 0 10F#0102030405060708\n");
    ck_assert_ptr_nonnull(strstr(fixture.seen, "7160 stranger frame 0 10F#0102030405060708\n"));
    ck_assert_uint_eq(kernel_bus(fixture.kernel, LEFT)->carried, 1);
}
END_TEST

static void send_too_many(outbox_t *outbox)
{
    char text[FRAME_TEXT_MAX];
    for (unsigned i = 0; i < OUTBOX_FRAMES_MAX; i++) {
        snprintf(text, sizeof text, "%03X#", 0x300 + i);
        kernel_fixture_send(outbox, 0, text, 0);
    }
}

static void send_one_more(outbox_t *outbox)
{
    kernel_fixture_send(outbox, 0, "200#", OUTBOX_CYCLIC);
    kernel_fixture_send(outbox, 0, "201#55", 0);
}

START_TEST(event_that_finds_no_mailbox_is_told_so_and_a_cyclic_frame_is_not)
{
    kernel_fixture_plan(TIME_MS, B, send_too_many);
    kernel_fixture_plan(2 * TIME_MS, B, send_one_more);
    kernel_fixture_run_to(5 * TIME_MS);
    ck_assert_str_eq(fixture.heard, "1000 b deadline\n2000 b deadline\n2001 b not sent 0 201#55\n");
    ck_assert_uint_eq(kernel_nonsense(fixture.kernel), 0);
}
END_TEST

START_TEST(quiet_car_schedules_nothing)
{
    kernel_fixture_plan(TIME_MS, B, send_left);
    kernel_fixture_run_to(TIME_S * 40);
    ck_assert_ptr_nonnull(strstr(fixture.heard, "30001000 a asleep 0\n30001000 b asleep 0\n"));
    ck_assert(!kernel_begin(fixture.kernel, TIME_NEVER));
    ck_assert_int_eq(kernel_now(fixture.kernel), 30 * TIME_S + TIME_MS); // the bus woke no other and slept when due
}
END_TEST

static void keep_awake(outbox_t *outbox)
{
    outbox->hold = 1;
    kernel_fixture_send(outbox, 0, "105#01", 0);
}

static void let_go(outbox_t *outbox)
{
    outbox->hold = 0;
}

START_TEST(hold_is_what_the_last_activation_said)
{
    kernel_fixture_plan(TIME_MS, A, keep_awake);
    kernel_fixture_plan(6 * TIME_MS, A, keep_awake); // with the input that the bus is awake
    kernel_fixture_plan(100 * TIME_S, A, let_go);
    kernel_fixture_run_to(TIME_MIN * 5);
    ck_assert_ptr_nonnull(strstr(fixture.heard, "130000000 a asleep 0\n130000000 b asleep 0\n"));
}
END_TEST

// ---- the order of one node's inputs --------------------------------------------------------------------------------

#define T_NS (20 * TIME_MS) // when everything comes together

static void wake_left(outbox_t *outbox)
{
    kernel_fixture_send(outbox, 0, "7FF#", 0);
}

static void wake_right_at_t(outbox_t *outbox)
{
    kernel_fixture_send(outbox, 0, "101#55", 0);
}

static void say_all_for_a(outbox_t *outbox)
{
    outbox_set_line(outbox, 1, 9, false);
    outbox_set_line(outbox, 0, 8, true);
}

static void store_7(outbox_t *outbox)
{
    image_clear(&outbox->image);
    image_set(&outbox->image, "value", -1, NULL, 7);
    outbox->store = true;
}

static void send_right(outbox_t *outbox)
{
    kernel_fixture_send(outbox, 1, "106#01", OUTBOX_REPORT);
}

static void nothing(outbox_t *outbox)
{
    (void)outbox;
}

START_TEST(inputs_of_an_instant_come_in_the_contracts_order)
{
    kernel_fixture_plan(TIME_MS, B, wake_left);
    kernel_fixture_plan(T_NS - 550 * TIME_US, A, send_left); // 55 bits
    kernel_fixture_plan(T_NS - 5 * TIME_MS, C, wake_right_at_t);
    kernel_fixture_plan(T_NS - 5 * TIME_MS, A, store_7);
    kernel_fixture_plan(T_NS - TIME_MS, B, transmit_all);
    kernel_fixture_plan(T_NS - 100 * TIME_US, B, say_all_for_a);
    kernel_fixture_plan(T_NS, A, nothing);
    kernel_fixture_run_to(T_NS - 1);
    kernel_fixture_forget();
    kernel_fixture_run_to(T_NS);
    ck_assert_str_eq(fixture.heard, "20000 a awake 1\n"
                                    "20000 a sent 0 105#01\n"
                                    "20000 a line 1 is 9\n20000 a line 0 says 8\n"
                                    "20000 a rf 1 one\n20000 a lf 0 two\n20000 a rf 2 \n"
                                    "20000 a stored\n"
                                    "20000 a deadline\n"
                                    "20000 b frame 0 105#01\n"
                                    "20000 c awake 0\n20000 c line 0 is 9\n20000 c line 1 says 8\n20000 c lf 0 two\n");
}
END_TEST

START_TEST(sent_comes_before_frames_and_frames_in_bus_order)
{
    kernel_fixture_plan(TIME_MS, B, wake_left);
    kernel_fixture_plan(TIME_MS, C, wake_left);
    kernel_fixture_plan(T_NS, B, send_left);
    kernel_fixture_plan(T_NS, C, wake_right_at_t);
    kernel_fixture_plan(2 * T_NS, B, send_left);
    kernel_fixture_plan(2 * T_NS, A, send_right);
    kernel_fixture_run_to(T_NS + 549 * TIME_US);
    kernel_fixture_forget();
    kernel_fixture_run_to(T_NS + TIME_MS);
    ck_assert_str_eq(fixture.heard, "20550 a frame 0 105#01\n20550 a frame 1 101#55\n20550 b sent 0 105#01\n");
    kernel_fixture_run_to(2 * T_NS + 549 * TIME_US);
    kernel_fixture_forget();
    kernel_fixture_run_to(2 * T_NS + TIME_MS);
    ck_assert_str_eq(fixture.heard, "40550 a sent 1 106#01\n40550 a frame 0 105#01\n40550 b sent 0 105#01\n"
                                    "40550 c frame 0 106#01\n");
}
END_TEST

// ---- bounds --------------------------------------------------------------------------------------------------------

static void set_x_40_times(outbox_t *outbox)
{
    (void)outbox;
    for (int64_t value = 0; value < 40; value++) kernel_set_line(fixture.kernel, 0, value, true);
}

START_TEST(more_than_an_instant_holds_follows_a_nanosecond_later_in_order)
{
    kernel_fixture_plan(TIME_MS, PLAYER, set_x_40_times);
    kernel_fixture_run_to(TIME_MS + KERNEL_LINE_NS);
    ck_assert_ptr_nonnull(strstr(fixture.heard, "a line 0 says 31\n"));
    ck_assert_ptr_null(strstr(fixture.heard, "a line 0 says 32\n"));
    kernel_fixture_run_to(TIME_MS + KERNEL_LINE_NS + 1);
    const char *place = fixture.heard;
    char text[64];
    for (int value = 0; value < 40; value++) {
        snprintf(text, sizeof text, "1100 a line 0 says %d\n", value);
        place = strstr(place, text);
        ck_assert_msg(place, "%s is missing or out of order", text);
    }
    ck_assert(!kernel_begin(fixture.kernel, TIME_NEVER));
}
END_TEST

static void flood(outbox_t *outbox)
{
    (void)outbox;
    for (int i = 0; i < KERNEL_QUEUE_MAX + 3; i++) kernel_set_line(fixture.kernel, 0, i, true);
}

START_TEST(queue_that_is_full_counts_what_it_cannot_take)
{
    kernel_fixture_plan(TIME_MS, PLAYER, flood);
    kernel_fixture_run_to(TIME_MS);
    ck_assert_uint_eq(kernel_nonsense(fixture.kernel), 3);
    kernel_fixture_run_to(TIME_S);
    ck_assert_ptr_nonnull(strstr(fixture.heard, "a line 0 says 1023\n"));
}
END_TEST

static void talk_nonsense(outbox_t *outbox)
{
    kernel_fixture_send(outbox, 1, "105#01", 0); // b has no second bus
    kernel_fixture_send(outbox, 255, "105#01", 0);
    kernel_fixture_send(outbox, 0, "105#01", 0);
    outbox->frames[2].frame.length = 9;
    outbox_set_line(outbox, 3, 1, false); // nor a fourth line
    outbox_transmit(outbox, AIR_RF, NULL, 0);
    outbox->air[0].channel = AIR_LF + 1;
    outbox_transmit(outbox, AIR_RF, NULL, 0);
    outbox->air[1].size = AIR_BYTES_MAX + 1;
    outbox->deadline_ns = TIME_MS; // now
    outbox->dropped = 5;
    outbox->hold = 0xFE;
}

START_TEST(nonsense_in_an_outbox_is_ignored_and_counted)
{
    kernel_fixture_plan(TIME_MS, B, talk_nonsense);
    kernel_fixture_run_to(TIME_S);
    ck_assert_uint_eq(kernel_nonsense(fixture.kernel), 3 + 1 + 2 + 1 + 5);
    ck_assert_str_eq(fixture.heard, "1000 b deadline\n1000 b deadline\n"); // the second is a nanosecond later
    ck_assert(!kernel_begin(fixture.kernel, TIME_NEVER));
}
END_TEST

START_TEST(nodes_that_cannot_be_are_refused)
{
    static const uint8_t LEFT_ONLY[] = {LEFT}, THIRD[] = {2}, FIVE[] = {0, 1, 0, 1, 0};
    kernel_t *kernel = fixture.kernel;
    node_ports_t none = {0}, wrong_bus = {.accept_count = 1, .accepts = {{.bus = 1}}}, endless = {.line_count = 1};
    memset(endless.lines[0], 'x', sizeof endless.lines[0]);
    ck_assert_int_eq(kernel_add_node(kernel, "d", THIRD, 1, &none, NULL, IMAGE_NONE), -1);
    ck_assert_int_eq(kernel_add_node(kernel, "d", FIVE, 5, &none, NULL, IMAGE_NONE), -1);
    ck_assert_int_eq(kernel_add_node(kernel, "d", LEFT_ONLY, 1, &wrong_bus, NULL, IMAGE_NONE), -1);
    ck_assert_int_eq(kernel_add_node(kernel, "d", LEFT_ONLY, 1, &endless, NULL, IMAGE_NONE), -1);
    ck_assert_int_eq(
        kernel_add_node(kernel, "a name of more than thirty-one letters", NULL, 0, &none, NULL, IMAGE_NONE), -1);
    for (int node = 3; node < KERNEL_NODES_MAX; node++)
        ck_assert_int_eq(kernel_add_node(kernel, "actor", NULL, 0, &none, NULL, IMAGE_NONE), node);
    ck_assert_int_eq(kernel_add_node(kernel, "actor", NULL, 0, &none, NULL, IMAGE_NONE), -1);
    ck_assert_int_eq(kernel_find_node(kernel, "c"), C);
    ck_assert_int_eq(kernel_find_node(kernel, "d"), -1);
    ck_assert_int_eq(kernel_find_line(kernel, "w"), -1);
}
END_TEST

static void again_at_once(outbox_t *outbox)
{
    outbox->deadline_ns = kernel_now(fixture.kernel) + 1;
}

START_TEST(node_that_wants_every_nanosecond_is_found_out)
{
    kernel_fixture_plan(TIME_MS, A, again_at_once);
    kernel_fixture_run_to(TIME_MS);
    static outbox_t outbox;
    while (kernel_begin(fixture.kernel, 2 * TIME_MS) && !kernel_runs_wild(fixture.kernel)) {
        outbox_clear(&outbox);
        again_at_once(&outbox);
        kernel_merge(fixture.kernel, A, &outbox);
        kernel_end(fixture.kernel);
    }
    ck_assert(kernel_runs_wild(fixture.kernel));
    ck_assert_int_lt(kernel_now(fixture.kernel), 2 * TIME_MS);
}
END_TEST

START_TEST(limit_is_not_passed_and_the_time_stands_still_there)
{
    kernel_fixture_plan(TIME_MS, A, nothing);
    kernel_fixture_run_to(0);
    ck_assert(!kernel_begin(fixture.kernel, TIME_MS - 1));
    ck_assert_int_eq(kernel_now(fixture.kernel), 0);
    ck_assert(kernel_begin(fixture.kernel, TIME_MS));
    ck_assert_int_eq(kernel_now(fixture.kernel), TIME_MS);
}
END_TEST

static void send_two(outbox_t *outbox)
{
    kernel_fixture_send(outbox, 0, "105#01", 0);
    kernel_fixture_send(outbox, 0, "106#01", 0);
}

static void send_first(outbox_t *outbox)
{
    kernel_fixture_send(outbox, 0, "101#01", 0);
}

// 55 bits at 10 us and 3 between frames: the bus is idle at 6.58 ms.
START_TEST(bus_that_is_idle_again_is_no_instant_but_arbitrates)
{
    kernel_fixture_plan(TIME_MS, B, send_two);
    kernel_fixture_run_to(6550 * TIME_US);
    ck_assert(!kernel_bus(fixture.kernel, LEFT)->wire.busy);
    ck_assert_int_eq(kernel_next(fixture.kernel), 6580 * TIME_US);
    ck_assert(!kernel_begin(fixture.kernel, 7000 * TIME_US));
    ck_assert(kernel_bus(fixture.kernel, LEFT)->wire.busy);
    ck_assert(kernel_begin(fixture.kernel, TIME_NEVER));
    ck_assert_int_eq(kernel_now(fixture.kernel), 7130 * TIME_US);
}
END_TEST

START_TEST(who_acts_when_the_bus_becomes_idle_takes_part_in_the_arbitration)
{
    kernel_fixture_plan(TIME_MS, B, send_two);
    kernel_fixture_plan(6580 * TIME_US, A, send_first);
    kernel_fixture_run_to(8 * TIME_MS);
    const char *first = strstr(fixture.seen, "101#01"), *second = strstr(fixture.seen, "106#01");
    ck_assert(first && second && first < second);
}
END_TEST

static void power_c_off(outbox_t *outbox)
{
    (void)outbox;
    kernel_set_power(fixture.kernel, C, POWER_OFF);
}

// Time passes over the arbitration alone only when the player has seen all there is to see.
START_TEST(what_the_player_has_not_seen_makes_an_arbitration_an_instant)
{
    kernel_fixture_plan(TIME_MS, B, send_two);
    kernel_fixture_plan(6550 * TIME_US, PLAYER, power_c_off);
    kernel_fixture_run_to(6580 * TIME_US);
    ck_assert_ptr_nonnull(strstr(fixture.seen, "6550 c power 0\n"));
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("kernel");
    tcase_add_checked_fixture(tests, kernel_fixture_set_up, kernel_fixture_tear_down);
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, line_is_heard_100_us_later_by_all_but_who_sets_it);
    tcase_add_test(tests, lines_of_one_instant_are_heard_in_the_order_of_nodes_and_the_player_last);
    tcase_add_test(tests, air_is_heard_1_ms_later_by_who_hears_the_channel_and_never_by_who_speaks);
    tcase_add_test(tests, frame_is_heard_by_all_on_the_bus_that_accept_it_but_not_by_its_sender);
    tcase_add_test(tests, frame_of_two_senders_is_reported_to_both_and_heard_by_neither);
    tcase_add_test(tests, stranger_is_heard_by_all_and_acknowledges_nothing);
    tcase_add_test(tests, event_that_finds_no_mailbox_is_told_so_and_a_cyclic_frame_is_not);
    tcase_add_test(tests, quiet_car_schedules_nothing);
    tcase_add_test(tests, hold_is_what_the_last_activation_said);
    tcase_add_test(tests, inputs_of_an_instant_come_in_the_contracts_order);
    tcase_add_test(tests, sent_comes_before_frames_and_frames_in_bus_order);
    tcase_add_test(tests, more_than_an_instant_holds_follows_a_nanosecond_later_in_order);
    tcase_add_test(tests, queue_that_is_full_counts_what_it_cannot_take);
    tcase_add_test(tests, nonsense_in_an_outbox_is_ignored_and_counted);
    tcase_add_test(tests, nodes_that_cannot_be_are_refused);
    tcase_add_test(tests, node_that_wants_every_nanosecond_is_found_out);
    tcase_add_test(tests, limit_is_not_passed_and_the_time_stands_still_there);
    tcase_add_test(tests, bus_that_is_idle_again_is_no_instant_but_arbitrates);
    tcase_add_test(tests, what_the_player_has_not_seen_makes_an_arbitration_an_instant);
    tcase_add_test(tests, who_acts_when_the_bus_becomes_idle_takes_part_in_the_arbitration);
    return suite_run("kernel", tests);
}
