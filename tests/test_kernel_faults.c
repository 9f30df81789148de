// SPDX-License-Identifier: MIT
// What nodes and player are told of what goes wrong. Times follow from the bit of 10 us:
//
//   105#01   55 bits carried; corrupted 46 up to its CRC delimiter, error frame 14; intermission 3
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "tests/kernel_fixture.h"
#include "tests/suite.h"

static fault_plan_t plan;

static void set_up(void)
{
    kernel_fixture_set_up();
    fault_plan_init(&plan, 1);
    kernel_set_plan(fixture.kernel, &plan);
}

static void begin(fault_t fault)
{
    ck_assert(fault_plan_begin(&plan, &fault, kernel_now(fixture.kernel)));
}

// Everything that the sender sends, whatever it is and wherever, as often as told (0: for ever).
static fault_t fault_of(fault_kind_t kind, int8_t sender, uint32_t count)
{
    return (fault_t){.kind = (uint8_t)kind,
                     .bus = FAULT_ANY,
                     .sender = sender,
                     .to = FAULT_ANY,
                     .count = count,
                     .for_ns = TIME_NEVER};
}

static fault_t fault_on_air(fault_kind_t kind, fault_medium_t medium, int64_t by_ns)
{
    fault_t fault = fault_of(kind, FAULT_ANY, 1);
    fault.medium = (uint8_t)medium;
    fault.by_ns = by_ns;
    return fault;
}

static size_t count_of(const char *text, const char *part)
{
    size_t count = 0;
    for (; (text = strstr(text, part)); text += strlen(part)) count++;
    return count;
}

// ---- buses ---------------------------------------------------------------------------------------------------------

static void send_left(outbox_t *outbox)
{
    kernel_fixture_send(outbox, 0, "105#01", OUTBOX_REPORT);
}

START_TEST(error_frame_is_seen_from_outside_and_heard_by_nobody)
{
    begin(fault_of(FAULT_CORRUPT, B, 1));
    kernel_fixture_plan(TIME_MS, B, send_left);
    kernel_fixture_run_to(TIME_MS * 60);
    ck_assert_str_eq(fixture.heard, "1000 b deadline\n"
                                    "6000 a awake 0\n6000 b awake 0\n"
                                    "7180 a frame 0 105#01\n7180 b sent 0 105#01\n"); // 6000 + 600 + 30 + 550
    ck_assert_ptr_nonnull(strstr(fixture.seen, "6600 b error 0 105#01\n7180 b frame 0 105#01\n"));
}
END_TEST

START_TEST(frame_that_nobody_acknowledges_is_no_event)
{
    kernel_set_power(fixture.kernel, A, POWER_OFF);
    kernel_fixture_plan(TIME_MS, B, send_left);
    kernel_fixture_run_to(TIME_MS * 60);
    ck_assert_ptr_null(strstr(fixture.seen, "error"));
}
END_TEST

static void send_two_and_a_cyclic_one(outbox_t *outbox)
{
    kernel_fixture_send(outbox, 0, "105#01", OUTBOX_REPORT);
    kernel_fixture_send(outbox, 0, "106#01", 0);
    kernel_fixture_send(outbox, 0, "107#01", OUTBOX_CYCLIC);
}

// 16 times 8 are more than 127, 32 times 8 more than 255. Up to the 16th each takes 63 bits, then 71, with those for
// which a passive sender waits. Back after 128 times 11 bits, counted from the last error delimiter's first one.
START_TEST(node_that_is_bus_off_is_told_what_went_with_its_mailboxes)
{
    begin(fault_of(FAULT_CORRUPT, B, 0));
    kernel_fixture_plan(TIME_MS, B, send_left);
    kernel_fixture_plan(5500 * TIME_US, B, send_two_and_a_cyclic_one);
    kernel_fixture_run_to(TIME_MS * 60);
    ck_assert_str_eq(fixture.heard, "1000 b deadline\n5500 b deadline\n"
                                    "6000 a awake 0\n6000 b awake 0\n"
                                    "16050 b passive 0\n" // 6600 + 15 * 630
                                    "27410 b off 0\n"     // + 16 * 710
                                    "27411 b not sent 0 105#01\n27411 b not sent 0 105#01\n"
                                    "27411 b not sent 0 106#01\n"
                                    "41410 b active 0\n"); // 27410 - 80 + 14080
    ck_assert_uint_eq(count_of(fixture.seen, "b error 0 105#01\n"), 32);
    ck_assert_ptr_nonnull(strstr(fixture.seen, "16050 b error 0 105#01\n16050 b state 0 1\n"));
    ck_assert_ptr_nonnull(strstr(fixture.seen, "27410 b error 0 105#01\n27410 b state 0 2\n"));
    ck_assert_ptr_nonnull(strstr(fixture.seen, "41410 b state 0 0\n"));
}
END_TEST

START_TEST(node_that_is_not_to_be_told_does_not_hear_a_frame_that_was_carried)
{
    fault_t fault = fault_of(FAULT_DROP, FAULT_ANY, 0);
    fault.to = A;
    begin(fault);
    kernel_fixture_plan(TIME_MS, B, send_left);
    kernel_fixture_run_to(TIME_MS * 60);
    ck_assert_str_eq(fixture.heard, "1000 b deadline\n6000 a awake 0\n6000 b awake 0\n6550 b sent 0 105#01\n");
    ck_assert_ptr_nonnull(strstr(fixture.seen, "6550 b frame 0 105#01\n"));
}
END_TEST

static void cycle_power(outbox_t *outbox)
{
    (void)outbox;
    for (uint8_t node = A; node <= B; node++) {
        kernel_set_power(fixture.kernel, node, POWER_OFF);
        kernel_set_power(fixture.kernel, node, POWER_ON);
    }
}

// Whether a bus is awake is another thing on a stub than for everybody else.
START_TEST(node_that_is_cut_off_wakes_and_finds_awake_its_stub_alone)
{
    begin(fault_of(FAULT_CUT, A, 0));
    kernel_fixture_plan(TIME_MS, A, send_left);
    kernel_fixture_plan(20 * TIME_MS, PLAYER, cycle_power);
    kernel_fixture_run_to(TIME_MS * 60);
    ck_assert_str_eq(fixture.heard, "1000 a deadline\n6000 a awake 0\n"
                                    "16210 a passive 0\n" // the 16th: 6000 + 55 - 8 + 14 bits, + 15 times 64
                                    "20100 a awake 0\n");
    ck_assert_ptr_null(strstr(fixture.seen, "bus 0"));
}
END_TEST

static void inject(outbox_t *outbox)
{
    (void)outbox;
    can_frame_t frame = kernel_fixture_frame("105#01");
    kernel_inject(fixture.kernel, LEFT, &frame);
}

START_TEST(stranger_that_is_bus_off_is_told_by_the_count)
{
    begin(fault_of(FAULT_CORRUPT, KERNEL_STRANGER, 0));
    kernel_fixture_plan(TIME_MS, PLAYER, inject);
    kernel_fixture_plan(31 * TIME_MS, PLAYER, inject);
    kernel_fixture_run_to(TIME_MS * 30);
    ck_assert_ptr_nonnull(strstr(fixture.seen, "27410 stranger state 0 2\n"));
    ck_assert_uint_eq(kernel_nonsense(fixture.kernel), 0);
    kernel_fixture_run_to(TIME_MS * 35);
    ck_assert_uint_eq(kernel_nonsense(fixture.kernel), 1);
}
END_TEST

// ---- more than can be under way ------------------------------------------------------------------------------------

static size_t not_sent;

static void hear_all(kernel_t *kernel, bool send)
{
    static outbox_t outbox;
    const kernel_activation_t *activations;
    size_t count = kernel_activations(kernel, &activations);
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < activations[i].count; j++) not_sent += activations[i].inputs[j].kind == INPUT_NOT_SENT;
        outbox_clear(&outbox);
        for (unsigned n = 0; send && n < OUTBOX_FRAMES_MAX; n++)
            kernel_fixture_send(&outbox, 0, n % 2 ? "105#01" : "106#01", 0);
        kernel_merge(kernel, activations[i].node, &outbox);
    }
}

// All send the same: one frame of many senders, which count alike, and are bus-off at one instant.
START_TEST(every_request_that_is_gone_is_told_however_many_there_are)
{
    kernel_t *kernel = fixture.kernel;
    const uint8_t left = LEFT;
    const node_ports_t ports = {0};
    kernel_init(kernel, &fixture.vehicle, 1);
    kernel_set_plan(kernel, &plan);
    begin(fault_of(FAULT_CORRUPT, FAULT_ANY, 0));
    for (int i = 0; i < KERNEL_NODES_MAX; i++)
        ck_assert_int_ge(kernel_add_node(kernel, "n", &left, 1, &ports, NULL, IMAGE_NONE), 0);
    kernel_start(kernel);
    not_sent = 0;
    bool sent = false;
    while (kernel_begin(kernel, 35 * TIME_MS)) {
        hear_all(kernel, !sent && kernel_now(kernel) > 0);
        sent = kernel_now(kernel) > 0;
        kernel_power_request_t request;
        static outbox_t outbox;
        while (kernel_next_power(kernel, &request)) {
            outbox_clear(&outbox);
            outbox.deadline_ns = TIME_MS;
            kernel_merge(kernel, request.node, &outbox);
        }
        kernel_end(kernel);
    }
    ck_assert_uint_eq(not_sent, KERNEL_NODES_MAX * CAN_BUS_MAILBOXES);
    ck_assert_uint_gt(not_sent, KERNEL_QUEUE_MAX);
    ck_assert_int_eq(kernel_overflow(kernel), KERNEL_FITS);
}
END_TEST

// ---- air -----------------------------------------------------------------------------------------------------------

static uint32_t transmission;

static void say(air_channel_t channel, const char *text)
{
    air_t air = {.channel = (uint8_t)channel, .size = (uint8_t)strlen(text), .transmission = transmission};
    memcpy(air.bytes, text, air.size);
    transmission = kernel_transmit(fixture.kernel, &air);
}

static void press(outbox_t *outbox)
{
    (void)outbox;
    say(AIR_RF, "rem");
}

static void let_go(outbox_t *outbox)
{
    (void)outbox;
    say(AIR_RF_END, "");
}

// b hears the beginnings, a the ends as well.
static void press_twice_from(int64_t at_ns)
{
    kernel_fixture_plan(at_ns, PLAYER, press);
    kernel_fixture_plan(at_ns + 10 * TIME_MS, PLAYER, let_go);
    kernel_fixture_plan(at_ns + 50 * TIME_MS, PLAYER, press);
    kernel_fixture_plan(at_ns + 60 * TIME_MS, PLAYER, let_go);
    kernel_fixture_run_to(TIME_MS * 100);
}

START_TEST(telegram_that_is_lost_has_its_number_all_the_same)
{
    begin(fault_on_air(FAULT_DROP, FAULT_OF_RF, 0));
    press_twice_from(TIME_MS);
    ck_assert_str_eq(fixture.heard, "12000 a rf-end 1 \n"
                                    "52000 a rf 2 rem\n52000 b rf 2 rem\n62000 a rf-end 2 \n");
}
END_TEST

START_TEST(telegram_that_is_corrupted_differs_in_the_last_bit)
{
    begin(fault_on_air(FAULT_CORRUPT, FAULT_OF_RF, 0));
    press_twice_from(TIME_MS);
    ck_assert_str_eq(fixture.heard, "2000 a rf 1 rel\n2000 b rf 1 rel\n12000 a rf-end 1 \n"
                                    "52000 a rf 2 rem\n52000 b rf 2 rem\n62000 a rf-end 2 \n");
}
END_TEST

START_TEST(telegram_that_comes_late_ends_late_by_the_same)
{
    begin(fault_on_air(FAULT_DELAY, FAULT_OF_RF, 25 * TIME_MS));
    press_twice_from(TIME_MS);
    ck_assert_str_eq(fixture.heard, "27000 a rf 1 rem\n27000 b rf 1 rem\n37000 a rf-end 1 \n"
                                    "52000 a rf 2 rem\n52000 b rf 2 rem\n62000 a rf-end 2 \n");
}
END_TEST

START_TEST(telegram_that_is_doubled_is_heard_twice_at_once_and_ends_once)
{
    begin(fault_on_air(FAULT_DUPLICATE, FAULT_OF_RF, 0));
    press_twice_from(TIME_MS);
    ck_assert_str_eq(fixture.heard, "2000 a rf 1 rem\n2000 a rf 1 rem\n2000 b rf 1 rem\n2000 b rf 1 rem\n"
                                    "12000 a rf-end 1 \n"
                                    "52000 a rf 2 rem\n52000 b rf 2 rem\n62000 a rf-end 2 \n");
}
END_TEST

static void ask(outbox_t *outbox)
{
    outbox_transmit(outbox, AIR_LF, (const uint8_t *)"ask", 3);
}

static void answer(outbox_t *outbox)
{
    outbox_transmit(outbox, AIR_LF, (const uint8_t *)"answer", 6);
}

// a is a unit; c has no place in the vehicle, as key fobs have none.
START_TEST(transponder_alone_is_lost_at_the_coil)
{
    fixture.vehicle.node_count = 2;
    begin(fault_on_air(FAULT_DROP, FAULT_OF_LF, 0));
    kernel_fixture_plan(TIME_MS, A, ask);
    kernel_fixture_plan(10 * TIME_MS, C, answer);
    kernel_fixture_plan(20 * TIME_MS, PLAYER, press);
    kernel_fixture_plan(30 * TIME_MS, C, answer);
    kernel_fixture_run_to(TIME_MS * 50);
    ck_assert_str_eq(fixture.heard, "1000 a deadline\n2000 c lf 0 ask\n10000 c deadline\n"
                                    "21000 a rf 1 rem\n21000 b rf 1 rem\n"
                                    "30000 c deadline\n31000 a lf 0 answer\n");
}
END_TEST

// Nothing is asked of a plan in which nothing goes wrong.
START_TEST(without_faults_a_plan_changes_nothing)
{
    press_twice_from(TIME_MS);
    ck_assert_str_eq(fixture.heard, "2000 a rf 1 rem\n2000 b rf 1 rem\n12000 a rf-end 1 \n"
                                    "52000 a rf 2 rem\n52000 b rf 2 rem\n62000 a rf-end 2 \n");
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("kernel_faults");
    tcase_add_checked_fixture(tests, set_up, kernel_fixture_tear_down);
    tcase_add_test(tests, error_frame_is_seen_from_outside_and_heard_by_nobody);
    tcase_add_test(tests, frame_that_nobody_acknowledges_is_no_event);
    tcase_add_test(tests, node_that_is_bus_off_is_told_what_went_with_its_mailboxes);
    tcase_add_test(tests, node_that_is_not_to_be_told_does_not_hear_a_frame_that_was_carried);
    tcase_add_test(tests, node_that_is_cut_off_wakes_and_finds_awake_its_stub_alone);
    tcase_add_test(tests, stranger_that_is_bus_off_is_told_by_the_count);
    tcase_add_test(tests, every_request_that_is_gone_is_told_however_many_there_are);
    tcase_add_test(tests, telegram_that_is_lost_has_its_number_all_the_same);
    tcase_add_test(tests, telegram_that_is_corrupted_differs_in_the_last_bit);
    tcase_add_test(tests, telegram_that_comes_late_ends_late_by_the_same);
    tcase_add_test(tests, telegram_that_is_doubled_is_heard_twice_at_once_and_ends_once);
    tcase_add_test(tests, transponder_alone_is_lost_at_the_coil);
    tcase_add_test(tests, without_faults_a_plan_changes_nothing);
    return suite_run("kernel_faults", tests);
}
