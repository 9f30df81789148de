// SPDX-License-Identifier: MIT
#include "bus/can/can_bus.h"

#include <check.h>
#include <stdio.h>

#include "tests/suite.h"

#define BIT_NS (10 * TIME_US) // at 100 kbit/s
#define A_NS (5 * TIME_MS)    // when a bus asked at time 0 is awake

static can_bus_t bus;
static can_bus_outcome_t outcome;

static void set_up(void)
{
    can_bus_init(&bus, 100000);
    for (uint8_t node = 0; node < 4; node++) can_bus_set_power(&bus, node, true, 0);
}

static can_frame_t frame(const char *text)
{
    can_frame_t parsed = {0};
    ck_assert_msg(frame_parse(text, &parsed), "%s", text);
    return parsed;
}

static can_bus_request_t ask(uint8_t node, const char *text, uint8_t flags, int64_t now_ns)
{
    can_frame_t asked = frame(text);
    return can_bus_request(&bus, node, &asked, flags, now_ns);
}

// Goes to the next instant of the bus, ends what ends and lets the next frame start. Returns the time.
static int64_t go(void)
{
    int64_t now_ns = can_bus_next(&bus);
    ck_assert_int_ne(now_ns, TIME_NEVER);
    outcome = (can_bus_outcome_t){0};
    can_bus_finish(&bus, now_ns, &outcome);
    can_bus_start(&bus, now_ns);
    return now_ns;
}

// The next frame that is carried; what comes before it must be intermissions alone.
static int64_t go_to_frame(const char *text)
{
    char seen[FRAME_TEXT_MAX];
    int64_t now_ns;
    do now_ns = go();
    while (outcome.kind == CAN_BUS_NOTHING || outcome.kind == CAN_BUS_WOKE);
    ck_assert_int_eq(outcome.kind, CAN_BUS_CARRIED);
    ck_assert_str_eq(frame_format(&outcome.frame, seen), text);
    return now_ns;
}

static int64_t length_ns(const char *text)
{
    can_frame_t parsed = frame(text);
    return frame_bits(&parsed) * BIT_NS;
}

// A bit per node of the set; none of these tests has 64.
static uint64_t bits(index_set_t nodes)
{
    ck_assert_uint_eq(nodes.high, 0);
    return nodes.low;
}

START_TEST(request_wakes_the_bus_and_is_carried_5_ms_later)
{
    ck_assert_int_eq(can_bus_next(&bus), TIME_NEVER);
    ck_assert_int_eq(ask(0, "130#45", 0, 7 * TIME_MS), CAN_BUS_ACCEPTED);
    ck_assert_int_eq(go(), 12 * TIME_MS);
    ck_assert_int_eq(outcome.kind, CAN_BUS_WOKE);
    ck_assert_int_eq(go_to_frame("130#45"), 12 * TIME_MS + length_ns("130#45"));
    ck_assert_uint_eq(bits(outcome.senders), 1);
    ck_assert_uint_eq(bus.carried, 1);
}
END_TEST

START_TEST(lowest_identifier_of_all_pending_requests_is_carried_first)
{
    ask(0, "3FF#00", 0, 0);
    ask(1, "100#01", 0, TIME_MS);
    ask(2, "0FF#02", 0, 4 * TIME_MS);
    ask(0, "101#03", 0, 4 * TIME_MS);
    go_to_frame("0FF#02");
    go_to_frame("100#01");
    ask(3, "102#04", 0, A_NS + length_ns("0FF#02") + 3 * BIT_NS + length_ns("100#01")); // in the intermission
    go_to_frame("101#03");
    go_to_frame("102#04");
    go_to_frame("3FF#00");
}
END_TEST

START_TEST(frame_on_the_wire_is_not_interrupted_by_a_lower_identifier)
{
    ask(0, "7FF#0011223344556677", 0, 0);
    go();
    ask(1, "000#", 0, A_NS + BIT_NS);
    int64_t end_ns = go_to_frame("7FF#0011223344556677");
    ck_assert_int_eq(end_ns, A_NS + length_ns("7FF#0011223344556677"));
    ck_assert_int_eq(go_to_frame("000#"), end_ns + 3 * BIT_NS + length_ns("000#")); // and 3 bits of intermission
}
END_TEST

START_TEST(data_frame_beats_remote_frame_and_base_format_beats_extended)
{
    ask(0, "04C00000#01", 0, 0); // base identifier 0x130
    ask(1, "130#R", 0, 0);
    ask(2, "130#02", 0, 0);
    go_to_frame("130#02");
    go_to_frame("130#R");
    go_to_frame("04C00000#01");
}
END_TEST

START_TEST(one_identifier_of_one_node_is_first_in_first_out)
{
    ask(0, "23A#01", 0, 0);
    ask(0, "100#FF", 0, 0);
    ask(0, "23A#02", 0, 0);
    ask(0, "23A#03", 0, 0);
    go_to_frame("100#FF");
    go_to_frame("23A#01"); // its mailbox is free now, and lower than those of 02 and 03
    ask(0, "23A#04", 0, 6 * TIME_MS);
    go_to_frame("23A#02");
    go_to_frame("23A#03");
    go_to_frame("23A#04");
}
END_TEST

START_TEST(replacing_request_takes_the_place_of_its_waiting_predecessor)
{
    ask(0, "23A#01", 0, 0);
    ck_assert_int_eq(ask(0, "130#01", CAN_BUS_REPLACE, 0), CAN_BUS_ACCEPTED);
    ck_assert_int_eq(ask(0, "130#02", CAN_BUS_REPLACE, TIME_MS), CAN_BUS_REPLACED);
    ck_assert_int_eq(ask(1, "130#02", CAN_BUS_REPLACE, TIME_MS), CAN_BUS_ACCEPTED); // another node's is not its own
    ck_assert_int_eq(ask(0, "00000130#03", CAN_BUS_REPLACE, TIME_MS), CAN_BUS_ACCEPTED); // nor is another format's
    go_to_frame("00000130#03");
    go_to_frame("130#02");
    ck_assert_uint_eq(bits(outcome.senders), 3);
    go_to_frame("23A#01");
}
END_TEST

START_TEST(replacing_request_leaves_the_frame_on_the_wire_alone)
{
    ask(0, "130#01", CAN_BUS_REPLACE, 0);
    go();
    ck_assert_int_eq(ask(0, "130#02", CAN_BUS_REPLACE, A_NS + BIT_NS), CAN_BUS_ACCEPTED);
    ck_assert_int_eq(ask(0, "130#03", CAN_BUS_REPLACE, A_NS + BIT_NS), CAN_BUS_REPLACED);
    go_to_frame("130#01");
    go_to_frame("130#03");
}
END_TEST

START_TEST(failed_frame_yields_to_the_one_that_replaces_it)
{
    for (uint8_t node = 1; node < 4; node++) can_bus_set_power(&bus, node, false, 0);
    ask(0, "130#01", CAN_BUS_REPLACE | CAN_BUS_REPORT, 0);
    go();
    ask(0, "130#02", CAN_BUS_REPLACE | CAN_BUS_REPORT, A_NS + BIT_NS); // while nobody acknowledges the first
    int64_t now_ns = go();
    ck_assert_int_eq(outcome.kind, CAN_BUS_FAILED);
    can_bus_set_power(&bus, 1, true, now_ns);
    go_to_frame("130#02");
    ck_assert_uint_eq(bits(outcome.reports), 1);
    ck_assert_uint_eq(bus.nodes[0].used, 0);
}
END_TEST

START_TEST(thirty_third_request_overflows)
{
    char text[FRAME_TEXT_MAX];
    for (unsigned i = 0; i < CAN_BUS_MAILBOXES; i++) {
        snprintf(text, sizeof text, "%03X#", 0x300 - i);
        ck_assert_int_eq(ask(0, text, CAN_BUS_REPLACE, 0), CAN_BUS_ACCEPTED);
    }
    ck_assert_int_eq(ask(0, "001#", 0, 0), CAN_BUS_REFUSED);
    ck_assert_int_eq(ask(0, "300#11", CAN_BUS_REPLACE, 0), CAN_BUS_REPLACED); // that needs no mailbox
    ck_assert_int_eq(ask(1, "001#", 0, 0), CAN_BUS_ACCEPTED);                 // others have their own
    go_to_frame("001#");
    for (unsigned i = CAN_BUS_MAILBOXES - 1; i > 0; i--) {
        snprintf(text, sizeof text, "%03X#", 0x300 - i);
        go_to_frame(text);
    }
    go_to_frame("300#11");
}
END_TEST

START_TEST(report_goes_to_those_who_asked)
{
    ask(0, "130#01", CAN_BUS_REPORT, 0);
    ask(1, "130#01", 0, 0);
    ask(2, "131#01", 0, 0);
    go_to_frame("130#01");
    ck_assert_uint_eq(bits(outcome.senders), 3);
    ck_assert_uint_eq(bits(outcome.reports), 1);
    go_to_frame("131#01");
    ck_assert_uint_eq(bits(outcome.reports), 0);
}
END_TEST

START_TEST(frame_that_nobody_acknowledges_is_tried_again_until_somebody_does)
{
    for (uint8_t node = 1; node < 4; node++) can_bus_set_power(&bus, node, false, 0);
    can_bus_set_listen_only(&bus, 3);
    can_bus_set_power(&bus, 3, true, 0); // an observer never acknowledges
    ask(0, "130#45", CAN_BUS_REPORT, 0);
    int64_t now_ns = go(), attempt_ns = length_ns("130#45") + (FRAME_ERROR_BITS - 8) * BIT_NS;
    for (int i = 0; i < 10; i++) {
        int64_t end_ns = go();
        ck_assert_int_eq(end_ns, now_ns + attempt_ns);
        ck_assert_int_eq(outcome.kind, CAN_BUS_FAILED);
        now_ns = go(); // 3 bits later it starts again
        ck_assert_int_eq(now_ns, end_ns + 3 * BIT_NS);
    }
    can_bus_set_power(&bus, 1, true, now_ns + BIT_NS); // too late to hear this attempt from its start
    ck_assert_int_eq(go(), now_ns + attempt_ns);
    ck_assert_int_eq(outcome.kind, CAN_BUS_FAILED);
    go_to_frame("130#45");
    ck_assert_uint_eq(bits(outcome.reports), 1);
}
END_TEST

START_TEST(receiver_that_loses_power_does_not_acknowledge)
{
    for (uint8_t node = 2; node < 4; node++) can_bus_set_power(&bus, node, false, 0);
    ask(0, "130#45", 0, 0);
    go();
    can_bus_set_power(&bus, 1, false, A_NS + 20 * BIT_NS);
    go();
    ck_assert_int_eq(outcome.kind, CAN_BUS_FAILED);
    ck_assert_uint_eq(bus.carried, 0);
}
END_TEST

START_TEST(unacknowledged_frame_is_dropped_when_the_bus_falls_asleep)
{
    for (uint8_t node = 1; node < 4; node++) can_bus_set_power(&bus, node, false, 0);
    ask(0, "130#45", CAN_BUS_REPORT, 0);
    int64_t now_ns;
    do now_ns = go();
    while (outcome.kind != CAN_BUS_SLEPT);
    ck_assert_int_ge(now_ns, CAN_BUS_LINGER_NS);
    ck_assert_int_lt(now_ns, CAN_BUS_LINGER_NS + 2 * TIME_MS); // as soon as the attempt under way has ended
    ck_assert_int_eq(can_bus_next(&bus), TIME_NEVER);
    can_bus_set_power(&bus, 1, true, now_ns);
    ask(1, "131#00", 0, now_ns + TIME_S);
    go_to_frame("131#00");
    ck_assert_int_eq(can_bus_next(&bus), now_ns + TIME_S + CAN_BUS_LINGER_NS); // nothing else was left
}
END_TEST

START_TEST(equal_identifiers_with_equal_bytes_are_one_frame)
{
    ask(0, "130#4500", CAN_BUS_REPORT, 0);
    ask(2, "130#4500", CAN_BUS_REPORT, 0);
    ck_assert_int_eq(go_to_frame("130#4500"), A_NS + length_ns("130#4500"));
    ck_assert_uint_eq(bits(outcome.senders), 5);
    ck_assert_uint_eq(bits(outcome.reports), 5);
    ck_assert_uint_eq(bus.carried, 1);
    ck_assert_int_eq(can_bus_next(&bus), CAN_BUS_LINGER_NS);
}
END_TEST

START_TEST(equal_frames_of_all_nodes_find_nobody_to_acknowledge)
{
    for (uint8_t node = 0; node < 4; node++) ask(node, "130#4500", 0, 0);
    go();
    go();
    ck_assert_int_eq(outcome.kind, CAN_BUS_FAILED);
    ck_assert_uint_eq(bits(outcome.senders), 15);
}
END_TEST

START_TEST(equal_identifiers_with_different_bytes_are_a_bit_error_and_both_try_again)
{
    ask(0, "130#4500", 0, 0);
    ask(1, "130#4501", 0, 0);
    go();
    // 19 bits of header and 16 of data, a stuff bit behind five zeros of the header and one behind five of the data.
    ck_assert_int_eq(go(), A_NS + (19 + 16 + 2 + FRAME_ERROR_BITS) * BIT_NS);
    ck_assert_int_eq(outcome.kind, CAN_BUS_FAILED);
    ck_assert_uint_eq(bits(outcome.senders), 3);
    int64_t now_ns = go();
    can_bus_set_power(&bus, 1, false, now_ns + BIT_NS);
    go();
    ck_assert_int_eq(outcome.kind, CAN_BUS_FAILED); // the attempt under way is broken all the same
    go_to_frame("130#4500");
}
END_TEST

START_TEST(first_difference_of_three_frames_breaks_them)
{
    ask(0, "130#000000", 0, 0);
    ask(1, "130#FF0000", 0, 0);
    ask(2, "130#0000FF", 0, 0);
    go();
    // The first bit of the data: behind 19 of header, and a stuff bit.
    ck_assert_int_eq(go(), A_NS + (19 + 1 + 1 + FRAME_ERROR_BITS) * BIT_NS);
    ck_assert_uint_eq(bits(outcome.senders), 7);
}
END_TEST

START_TEST(power_loss_breaks_the_frame_on_the_wire_and_empties_the_mailboxes)
{
    ask(0, "130#0011223344556677", CAN_BUS_REPORT, 0);
    ask(0, "131#", 0, 0);
    ask(1, "700#01", 0, 0);
    go();
    int64_t broken_ns = A_NS + 30 * BIT_NS;
    can_bus_set_power(&bus, 0, false, broken_ns);
    ck_assert_int_eq(go(), broken_ns + FRAME_ERROR_BITS * BIT_NS);
    ck_assert_int_eq(outcome.kind, CAN_BUS_FAILED);
    ck_assert_uint_eq(bits(outcome.senders), 0);
    ck_assert_uint_eq(bits(outcome.reports), 0);
    go_to_frame("700#01");
    ck_assert_int_eq(ask(0, "130#00", 0, A_NS), CAN_BUS_REFUSED);
    can_bus_set_power(&bus, 0, true, A_NS + 10 * TIME_MS);
    ck_assert_int_eq(can_bus_next(&bus), CAN_BUS_LINGER_NS);
}
END_TEST

START_TEST(frame_of_two_senders_goes_on_when_one_loses_power)
{
    ask(0, "130#4500", CAN_BUS_REPORT, 0);
    ask(1, "130#4500", CAN_BUS_REPORT, 0);
    go();
    can_bus_set_power(&bus, 0, false, A_NS + 30 * BIT_NS);
    ck_assert_int_eq(go_to_frame("130#4500"), A_NS + length_ns("130#4500"));
    ck_assert_uint_eq(bits(outcome.senders), 2);
}
END_TEST

START_TEST(bus_sleeps_30_s_after_the_last_event_and_cyclic_frames_are_none)
{
    ask(0, "23A#01", 0, 0);
    go_to_frame("23A#01");
    ask(1, "130#01", CAN_BUS_CYCLIC, 29 * TIME_S);
    go_to_frame("130#01");
    ck_assert_int_eq(go(), CAN_BUS_LINGER_NS);
    ck_assert_int_eq(outcome.kind, CAN_BUS_SLEPT);
    ck_assert_int_eq(ask(1, "130#01", CAN_BUS_CYCLIC, 31 * TIME_S), CAN_BUS_REFUSED);
    ck_assert_int_eq(can_bus_next(&bus), TIME_NEVER);
    ck_assert_int_eq(ask(1, "23A#02", 0, 40 * TIME_S), CAN_BUS_ACCEPTED);
    ck_assert_int_eq(ask(1, "130#01", CAN_BUS_CYCLIC, 40 * TIME_S), CAN_BUS_ACCEPTED); // it wakes already
    go_to_frame("130#01");
    go_to_frame("23A#02");
    ck_assert_int_eq(go(), 40 * TIME_S + CAN_BUS_LINGER_NS);
}
END_TEST

START_TEST(event_at_the_last_moment_keeps_the_bus_awake)
{
    ask(0, "23A#01", 0, 0);
    go_to_frame("23A#01");
    ask(0, "23A#02", 0, CAN_BUS_LINGER_NS - 1);
    go_to_frame("23A#02");
    ck_assert_int_eq(go(), 2 * CAN_BUS_LINGER_NS - 1);
    ck_assert_int_eq(outcome.kind, CAN_BUS_SLEPT);
}
END_TEST

START_TEST(hold_keeps_the_bus_awake_until_30_s_after_its_end)
{
    ask(0, "23A#01", 0, 0);
    can_bus_set_hold(&bus, 0, true, TIME_MS);
    can_bus_set_hold(&bus, 1, true, TIME_MS);
    go_to_frame("23A#01");
    ck_assert_int_eq(can_bus_next(&bus), TIME_NEVER); // a held quiet bus schedules nothing
    can_bus_set_hold(&bus, 0, false, 50 * TIME_S);
    ck_assert_int_eq(can_bus_next(&bus), TIME_NEVER);
    can_bus_set_power(&bus, 1, false, 100 * TIME_S); // a unit without power holds nothing
    ck_assert_int_eq(go(), 130 * TIME_S);
    ck_assert_int_eq(outcome.kind, CAN_BUS_SLEPT);
}
END_TEST

START_TEST(hold_alone_wakes_nothing)
{
    can_bus_set_hold(&bus, 0, true, 0);
    ck_assert_int_eq(can_bus_next(&bus), TIME_NEVER);
}
END_TEST

START_TEST(load_is_the_time_with_frames_and_intermissions)
{
    ask(0, "130#45", 0, 0);
    ask(0, "7FF#FFFFFFFFFFFFFFFF", 0, 0);
    int64_t end_ns = (go_to_frame("130#45"), go_to_frame("7FF#FFFFFFFFFFFFFFFF"));
    ck_assert_int_eq(bus.busy_total_ns, end_ns - A_NS + 3 * BIT_NS);
}
END_TEST

START_TEST(other_bit_rates_scale_everything)
{
    can_bus_init(&bus, 500000);
    can_bus_set_power(&bus, 0, true, 0);
    can_bus_set_power(&bus, 1, true, 0);
    ask(0, "130#45", 0, 0);
    ck_assert_int_eq(go_to_frame("130#45"), A_NS + length_ns("130#45") / 5);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("can bus");
    tcase_add_checked_fixture(tests, set_up, NULL);
    tcase_add_test(tests, request_wakes_the_bus_and_is_carried_5_ms_later);
    tcase_add_test(tests, lowest_identifier_of_all_pending_requests_is_carried_first);
    tcase_add_test(tests, frame_on_the_wire_is_not_interrupted_by_a_lower_identifier);
    tcase_add_test(tests, data_frame_beats_remote_frame_and_base_format_beats_extended);
    tcase_add_test(tests, one_identifier_of_one_node_is_first_in_first_out);
    tcase_add_test(tests, replacing_request_takes_the_place_of_its_waiting_predecessor);
    tcase_add_test(tests, replacing_request_leaves_the_frame_on_the_wire_alone);
    tcase_add_test(tests, failed_frame_yields_to_the_one_that_replaces_it);
    tcase_add_test(tests, thirty_third_request_overflows);
    tcase_add_test(tests, report_goes_to_those_who_asked);
    tcase_add_test(tests, frame_that_nobody_acknowledges_is_tried_again_until_somebody_does);
    tcase_add_test(tests, receiver_that_loses_power_does_not_acknowledge);
    tcase_add_test(tests, unacknowledged_frame_is_dropped_when_the_bus_falls_asleep);
    tcase_add_test(tests, equal_identifiers_with_equal_bytes_are_one_frame);
    tcase_add_test(tests, equal_frames_of_all_nodes_find_nobody_to_acknowledge);
    tcase_add_test(tests, equal_identifiers_with_different_bytes_are_a_bit_error_and_both_try_again);
    tcase_add_test(tests, first_difference_of_three_frames_breaks_them);
    tcase_add_test(tests, power_loss_breaks_the_frame_on_the_wire_and_empties_the_mailboxes);
    tcase_add_test(tests, frame_of_two_senders_goes_on_when_one_loses_power);
    tcase_add_test(tests, bus_sleeps_30_s_after_the_last_event_and_cyclic_frames_are_none);
    tcase_add_test(tests, event_at_the_last_moment_keeps_the_bus_awake);
    tcase_add_test(tests, hold_keeps_the_bus_awake_until_30_s_after_its_end);
    tcase_add_test(tests, hold_alone_wakes_nothing);
    tcase_add_test(tests, load_is_the_time_with_frames_and_intermissions);
    tcase_add_test(tests, other_bit_rates_scale_everything);
    return suite_run("can bus", tests);
}
