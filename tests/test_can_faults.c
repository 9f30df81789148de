// SPDX-License-Identifier: MIT
// What a fault plan does to a bus, each instant and counter computed by hand (faults_fixture.h).
#include "tests/faults_fixture.h"

#include <check.h>

#include "tests/suite.h"

// ---- noise ---------------------------------------------------------------------------------------------------------

// Of the stream of seed 1 and bus 0, these draws are below 0.1: 13, 16, 20, 29. The first attempt fails at its 14th
// bit, the second, which draws on from 14, at its third, the next at its fourth, and the last, from 21 on, at its
// ninth.
START_TEST(noise_inverts_the_bits_that_the_stream_says)
{
    static const unsigned BELOW[] = {13, 16, 20, 29};
    random_t stream = random_derive(1, "noise", 0);
    fault_t noise = fault(FAULT_NOISE);
    noise.chance = UINT64_MAX / 10;
    for (unsigned draw = 0, next = 0; draw <= 29; draw++) {
        bool below = random_next(&stream) < noise.chance;
        ck_assert_int_eq(below, draw == BELOW[next]);
        next += below;
    }
    begin(noise);
    request(0, FRAME, 0);
    failed(FRAME, 14 + 14);
    failed(FRAME, 31 + 3 + 14);
    failed(FRAME, 51 + 4 + 14);
    failed(FRAME, 72 + 9 + 14);
    ck_assert_uint_eq(fault_plan_clear(&plan, &noise, now_ns), 1);
    carried(FRAME, 98 + FRAME_BITS);
    counters(0, 31, 0);
    counters(1, 0, 3);
}
END_TEST

// A stream in which no draw but the last of the frame is below the chance: its last bit is one like the others.
START_TEST(noise_at_the_last_bit_of_the_end_of_frame_fails_it)
{
    uint64_t least = UINT64_MAX, seed = 0;
    unsigned at = 0;
    while (at != FRAME_BITS - 1) {
        random_t stream = random_derive(++seed, "noise", 0);
        least = UINT64_MAX;
        for (unsigned draw = 0; draw < FRAME_BITS; draw++) {
            uint64_t drawn = random_next(&stream);
            if (drawn < least) least = drawn, at = draw;
        }
    }
    fault_plan_init(&plan, seed);
    fault_t noise = fault(FAULT_NOISE);
    noise.chance = least + 1;
    begin(noise);
    request(0, FRAME, 0);
    failed(FRAME, FRAME_BITS + 14);
    counters(0, 8, 0);
}
END_TEST

// ---- requests that vanish, wait, come again ------------------------------------------------------------------------

START_TEST(dropped_request_vanishes_and_the_next_takes_part_in_the_same_arbitration)
{
    begin_count(FAULT_DROP, 1);
    request(0, "100#01", CAN_BUS_REPORT);
    request(0, "130#45", 0);
    carried("130#45", FRAME_BITS);
    go_to(1000);
    ck_assert_uint_eq(bus.carried, 1);
    ck_assert_uint_eq(bus.nodes[0].used, 0);
}
END_TEST

START_TEST(whatever_replaces_a_dropped_request_is_the_same_request)
{
    begin_count(FAULT_DROP, 1);
    request(0, "130#01", CAN_BUS_REPLACE);
    ck_assert_int_eq(request(0, "130#02", CAN_BUS_REPLACE), CAN_BUS_REPLACED);
    go_to(100);
    ck_assert_uint_eq(bus.carried, 0);
    request(0, FRAME, CAN_BUS_REPLACE);
    carried(FRAME, 100 + FRAME_BITS);
}
END_TEST

// 31 failures, 248; the request that is to vanish waits behind, and goes with bus-off: no "not sent" of it.
START_TEST(dropped_request_that_goes_with_bus_off_is_not_told)
{
    uint8_t node;
    can_frame_t lost;
    begin_count(FAULT_CORRUPT, 32);
    request(0, FRAME, 0);
    go_to(20);
    begin_count(FAULT_DROP, 1);
    request(0, "700#", 0);
    go_to(2109);
    told(outcome.off, 1);
    ck_assert(can_bus_take_lost(&bus, &node, &lost));
    ck_assert_uint_eq(lost.id, 0x130);
    ck_assert(!can_bus_take_lost(&bus, &node, &lost));
}
END_TEST

START_TEST(frame_dropped_for_one_receiver_is_carried_to_the_others)
{
    fault_t drop = fault(FAULT_DROP);
    drop.to = 2;
    drop.count = 1;
    begin(drop);
    request(0, FRAME, CAN_BUS_REPORT);
    request(0, FRAME, 0);
    carried(FRAME, FRAME_BITS);
    ck_assert_uint_eq(outcome.deaf.low, 4);
    ck_assert_uint_eq(outcome.reports.low, 1);
    carried(FRAME, 57 + FRAME_BITS);
    ck_assert_uint_eq(outcome.deaf.low, 0);
}
END_TEST

START_TEST(frame_on_the_wire_is_hit_by_what_is_cleared_meanwhile_and_not_by_what_begins)
{
    fault_t drop = fault(FAULT_DROP);
    drop.to = 2;
    begin(drop);
    request(0, FRAME, 0);
    go_to(20);
    ck_assert_uint_eq(fault_plan_clear(&plan, &drop, now_ns), 1);
    drop.to = 3;
    begin(drop);
    carried(FRAME, FRAME_BITS);
    ck_assert_uint_eq(outcome.deaf.low, 4);
}
END_TEST

START_TEST(request_for_the_one_who_hears_nothing_is_no_hit)
{
    fault_t drop = fault(FAULT_DROP);
    drop.to = 2;
    drop.count = 1;
    begin(drop);
    request(2, FRAME, 0); // its own
    carried(FRAME, FRAME_BITS);
    request(0, FRAME, 0);
    carried(FRAME, 57 + FRAME_BITS);
    ck_assert_uint_eq(outcome.deaf.low, 4);
}
END_TEST

// By 2 ms, 200 bits: 130#01 waits until 300, and 130#02, which is not hit, behind it; 131#03 does not.
START_TEST(delayed_request_holds_up_its_identifier_alone)
{
    request(1, "7FF#", 0);
    go_to(100);
    fault_t delay = fault(FAULT_DELAY);
    delay.by_ns = 2 * TIME_MS;
    delay.count = 1;
    begin(delay);
    request(0, "130#01", 0);
    request(0, "130#02", 0);
    request(0, "131#03", 0);
    carried("131#03", 100 + bits_of("131#03"));
    carried("130#01", 300 + bits_of("130#01"));
    carried("130#02", 300 + bits_of("130#01") + 3 + bits_of("130#02"));
}
END_TEST

START_TEST(successor_takes_the_place_and_the_time_of_a_delayed_request)
{
    request(1, "7FF#", 0);
    go_to(100);
    fault_t delay = fault(FAULT_DELAY);
    delay.by_ns = 2 * TIME_MS;
    begin(delay);
    request(0, "130#01", CAN_BUS_REPLACE);
    go_to(200);
    ck_assert_int_eq(request(0, "130#02", CAN_BUS_REPLACE), CAN_BUS_REPLACED);
    carried("130#02", 300 + bits_of("130#02"));
}
END_TEST

START_TEST(two_delays_add)
{
    request(1, "7FF#", 0);
    go_to(100);
    fault_t delay = fault(FAULT_DELAY);
    delay.by_ns = 2 * TIME_MS;
    begin(delay);
    delay.by_ns = TIME_MS;
    begin(delay);
    request(0, FRAME, 0);
    carried(FRAME, 400 + FRAME_BITS);
}
END_TEST

START_TEST(duplicate_is_carried_twice_and_reported_once)
{
    fault_t duplicate = fault(FAULT_DUPLICATE);
    duplicate.sender = 0;
    begin(duplicate);
    request(0, FRAME, CAN_BUS_REPORT);
    carried(FRAME, FRAME_BITS);
    ck_assert_uint_eq(outcome.reports.low, 1);
    carried(FRAME, 57 + FRAME_BITS);
    ck_assert_uint_eq(outcome.reports.low, 0);
    go_to(1000);
    ck_assert_uint_eq(bus.carried, 2); // the copy is not hit again
}
END_TEST

START_TEST(copy_of_a_cyclic_frame_keeps_nothing_awake)
{
    request(1, "7FF#", 0);
    go_to(100);
    begin_count(FAULT_DUPLICATE, 1);
    request(0, FRAME, CAN_BUS_CYCLIC);
    carried(FRAME, 100 + FRAME_BITS);
    carried(FRAME, 157 + FRAME_BITS);
    go_to((CAN_BUS_LINGER_NS - A_NS) / BIT_NS); // since 7FF# was asked for
    ck_assert_int_eq(outcome.kind, CAN_BUS_SLEPT);
}
END_TEST

START_TEST(fault_ends_by_its_time_and_chooses_by_identifier_and_sender)
{
    fault_t corrupt = fault(FAULT_CORRUPT);
    corrupt.sender = 0;
    corrupt.selects = true;
    corrupt.id = 0x130;
    corrupt.for_ns = A_NS + 62 * BIT_NS;
    begin(corrupt);
    request(0, "100#", 0);
    request(1, FRAME, 0);
    carried("100#", bits_of("100#"));
    carried(FRAME, bits_of("100#") + 3 + FRAME_BITS);
    corrupt.for_ns = 62 * BIT_NS;
    begin(corrupt);
    int64_t start = bits_of("100#") + FRAME_BITS + 6;
    request(0, FRAME, 0);
    failed(FRAME, start + CORRUPTED_BITS); // 3 bits of the 62 were the intermission: the next starts at their end + 3
    carried(FRAME, start + 62 + FRAME_BITS);
}
END_TEST

// ---- babbling ------------------------------------------------------------------------------------------------------

// 000# has 50 bits: one each 53, from the first instant of the bus on; the others wait until it ends. At 120 the third
// is on the wire, since 106, and the fourth waits.
START_TEST(babbling_controller_asks_back_to_back)
{
    fault_t babble = fault(FAULT_BABBLE);
    babble.sender = 2;
    babble.frame = frame("000#");
    babble.for_ns = A_NS + 120 * BIT_NS;
    begin(babble);
    request(0, FRAME, 0);
    carried("000#", 50);
    ck_assert_uint_eq(outcome.senders.low, 4);
    ck_assert_uint_eq(outcome.reports.low, 0);
    carried("000#", 53 + 50);
    carried("000#", 106 + 50);
    carried("000#", 159 + 50);
    carried(FRAME, 212 + FRAME_BITS);
    go_to(1000);
    ck_assert_uint_eq(bus.carried, 5);
}
END_TEST

// ---- cuts ----------------------------------------------------------------------------------------------------------

START_TEST(node_that_is_cut_off_finds_nobody_and_is_not_heard)
{
    request(1, "7FF#", 0);
    go_to(100);
    begin_cut(0, TIME_NEVER);
    request(0, FRAME, CAN_BUS_REPORT);
    request(1, FRAME, 0);
    carried(FRAME, 100 + FRAME_BITS); // of the two, on their own wires
    ck_assert_uint_eq(outcome.senders.low, 2);
    ck_assert(index_set_has(outcome.deaf, 0));
    go_to(100 + UNHEARD_BITS);
    counters(0, 8, 0);
    go_to(100 + 1005);
    counters(0, 128, 0);
    told(outcome.passive, 1);
}
END_TEST

START_TEST(cut_waits_for_the_frame_on_the_wire)
{
    request(0, FRAME, CAN_BUS_REPORT);
    go_to(20);
    begin_cut(0, TIME_NEVER);
    carried(FRAME, FRAME_BITS);
    ck_assert_uint_eq(outcome.reports.low, 1);
    request(0, FRAME, 0);
    go_to(57 + UNHEARD_BITS);
    ck_assert_int_eq(outcome.kind, CAN_BUS_NOTHING);
    counters(0, 8, 0);
}
END_TEST

// The stub's frame ends at 100 + 60 first; then both are one, and the next attempt, at 163, is heard.
START_TEST(joined_node_goes_on_with_what_it_has)
{
    request(1, "7FF#", 0);
    go_to(100);
    begin_cut(0, 40 * BIT_NS);
    request(0, FRAME, CAN_BUS_REPORT);
    go_to(100 + UNHEARD_BITS + 1); // joined, it finds the bus idle
    carried(FRAME, 100 + UNHEARD_BITS + FRAME_BITS);
    ck_assert_uint_eq(outcome.reports.low, 1);
    counters(0, 7, 0);
}
END_TEST

START_TEST(sleeping_bus_is_woken_by_the_stub_alone_and_by_it_when_joined)
{
    begin_cut(0, TIME_NEVER);
    request(0, FRAME, 0); // at the instant of the cut
    go_to(0);
    ck_assert(can_bus_is_awake_for(&bus, 0));
    ck_assert(!can_bus_is_awake_for(&bus, 1));
    told(outcome.woke, 1);
    go_to(30);
    fault_t cut = fault(FAULT_CUT);
    cut.sender = 0;
    ck_assert_uint_eq(fault_plan_clear(&plan, &cut, now_ns), 1);
    go_to(UNHEARD_BITS + 499); // its frame ends at 60, and the bus is awake 5 ms later
    ck_assert(!can_bus_is_awake_for(&bus, 1));
    go_to(UNHEARD_BITS + 500);
    ck_assert(can_bus_is_awake_for(&bus, 0));
    ck_assert(can_bus_is_awake_for(&bus, 1));
    ck_assert_int_eq(outcome.kind, CAN_BUS_WOKE);
    carried(FRAME, UNHEARD_BITS + 500 + FRAME_BITS);
}
END_TEST

START_TEST(sleeping_stub_wakes_before_it_joins)
{
    begin_cut(0, A_NS + 100 * BIT_NS);
    request(1, FRAME, 0);
    carried(FRAME, FRAME_BITS);
    ck_assert(!can_bus_is_awake_for(&bus, 0));
    go_to(599);
    ck_assert(!can_bus_is_awake_for(&bus, 0));
    go_to(600);
    told(outcome.woke, 1);
    ck_assert(can_bus_is_awake_for(&bus, 0));
    request(1, FRAME, 0);
    carried(FRAME, 600 + FRAME_BITS);
    ck_assert(!index_set_has(outcome.deaf, 0));
}
END_TEST

START_TEST(what_the_other_side_held_awake_has_its_last_event_at_the_cut)
{
    can_bus_set_hold(&bus, 0, true, 0);
    request(1, FRAME, 0);
    go_to(5000000); // held for longer than it stays awake
    ck_assert(can_bus_is_awake_for(&bus, 1));
    begin_cut(0, TIME_NEVER);
    go_to(7999999);
    ck_assert(can_bus_is_awake_for(&bus, 1));
    go_to(8000000);
    ck_assert_int_eq(outcome.kind, CAN_BUS_SLEPT);
    ck_assert(can_bus_is_awake_for(&bus, 0));
}
END_TEST

// Bus-off at 2109, cut at 2200, joined at 2300: the wires were recessive on either side, since 2101.
START_TEST(recessive_run_goes_on_through_cut_and_join)
{
    begin_count(FAULT_CORRUPT, 32);
    request(0, FRAME, 0);
    go_to(2200);
    begin_cut(0, 100 * BIT_NS);
    go_to(3508);
    ck_assert_int_eq(can_bus_error_state(&bus, 0), CAN_BUS_OFF);
    go_to(3509);
    told(outcome.active, 1);
}
END_TEST

// A start of frame and an error frame, 15 bits: an attempt each 18, the 16th ends at 15 x 18 + 15 = 285; passive, each
// 26 from 296 on, the 32nd ends at 296 + 15 x 26 + 15 = 701.
START_TEST(every_start_of_frame_on_a_shorted_bus_is_a_bit_error)
{
    request(1, "7FF#", 0);
    go_to(100);
    begin_cut(FAULT_ANY, TIME_NEVER);
    request(0, FRAME, 0);
    go_to(100 + 15);
    counters(0, 8, 0);
    ck_assert_int_eq(outcome.kind, CAN_BUS_NOTHING);
    go_to(100 + 285);
    counters(0, 128, 0);
    told(outcome.passive, 1);
    go_to(100 + 700);
    counters(0, 248, 0);
    go_to(100 + 701);
    told(outcome.off, 1);
    counters(1, 0, 0); // nobody has heard any of it
    go_to(100 + 701 - 8 + 1408);
    told(outcome.active, 1);
}
END_TEST

START_TEST(shorted_sleeping_bus_is_not_woken_until_the_short_ends)
{
    begin_cut(FAULT_ANY, A_NS);
    request(0, FRAME, 0); // at the instant of the short
    go_to(499);
    ck_assert(!can_bus_is_awake_for(&bus, 0));
    go_to(500);
    ck_assert(can_bus_is_awake_for(&bus, 0));
    carried(FRAME, 500 + FRAME_BITS);
}
END_TEST

// Unacknowledged on its own stub, 46 + 14 bits, and no bit error at its start of frame.
START_TEST(stub_that_is_off_is_not_shorted)
{
    request(1, "7FF#", 0);
    go_to(100);
    begin_cut(0, TIME_NEVER);
    begin_cut(FAULT_ANY, TIME_NEVER);
    request(0, FRAME, 0);
    go_to(100 + UNHEARD_BITS - 1);
    counters(0, 0, 0);
    go_to(100 + UNHEARD_BITS);
    counters(0, 8, 0);
}
END_TEST

int main(void)
{
    const suite_group_t groups[] = {
        {"noise", {noise_inverts_the_bits_that_the_stream_says, noise_at_the_last_bit_of_the_end_of_frame_fails_it}},
        {"drop",
         {dropped_request_vanishes_and_the_next_takes_part_in_the_same_arbitration,
          whatever_replaces_a_dropped_request_is_the_same_request, dropped_request_that_goes_with_bus_off_is_not_told,
          frame_dropped_for_one_receiver_is_carried_to_the_others,
          frame_on_the_wire_is_hit_by_what_is_cleared_meanwhile_and_not_by_what_begins,
          request_for_the_one_who_hears_nothing_is_no_hit}},
        {"delay, duplicate, babble",
         {delayed_request_holds_up_its_identifier_alone, successor_takes_the_place_and_the_time_of_a_delayed_request,
          two_delays_add, duplicate_is_carried_twice_and_reported_once, copy_of_a_cyclic_frame_keeps_nothing_awake,
          fault_ends_by_its_time_and_chooses_by_identifier_and_sender, babbling_controller_asks_back_to_back}},
        {"cut",
         {node_that_is_cut_off_finds_nobody_and_is_not_heard, cut_waits_for_the_frame_on_the_wire,
          joined_node_goes_on_with_what_it_has, sleeping_bus_is_woken_by_the_stub_alone_and_by_it_when_joined,
          sleeping_stub_wakes_before_it_joins, what_the_other_side_held_awake_has_its_last_event_at_the_cut,
          recessive_run_goes_on_through_cut_and_join, every_start_of_frame_on_a_shorted_bus_is_a_bit_error,
          shorted_sleeping_bus_is_not_woken_until_the_short_ends, stub_that_is_off_is_not_shorted}},
    };
    return suite_run_groups("can faults", groups, sizeof groups / sizeof *groups, set_up, NULL);
}
