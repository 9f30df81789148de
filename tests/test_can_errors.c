// SPDX-License-Identifier: MIT
// What controllers count, and what follows: each instant and counter computed by hand (faults_fixture.h).
#include "tests/faults_fixture.h"

#include <check.h>

#include "tests/suite.h"

// ---- counters and error states -------------------------------------------------------------------------------------

// 45 bits and an error frame, 3 of intermission: an attempt each 62 bits, the 16th ends at 15 x 62 + 59 = 989.
START_TEST(sixteen_corrupted_frames_make_their_sender_passive)
{
    begin_count(FAULT_CORRUPT, 16);
    request(0, FRAME, 0);
    failed(FRAME, CORRUPTED_BITS);
    counters(0, 8, 0);
    counters(1, 0, 1);
    failed(FRAME, 62 + CORRUPTED_BITS);
    go_to(988);
    counters(0, 120, 0);
    ck_assert_int_eq(can_bus_error_state(&bus, 0), CAN_BUS_ERROR_ACTIVE);
    go_to(989);
    counters(0, 128, 0);
    counters(1, 0, 16);
    told(outcome.passive, 1);
    ck_assert_int_eq(can_bus_error_state(&bus, 0), CAN_BUS_ERROR_PASSIVE);
    carried(FRAME, 989 + 3 + 8 + FRAME_BITS); // the first passive attempt starts 11 bits later
    counters(0, 127, 0);
    counters(1, 0, 15);
    told(outcome.active, 1); // both are below 128
}
END_TEST

// 16 active attempts as above, the first passive one starts at 1000, and then one each 70 bits: the 31st ends at
// 1000 + 14 x 70 + 59 = 2039 with TEC 248, the 32nd at 2109 with 256.
START_TEST(thirty_two_corrupted_frames_make_their_sender_bus_off)
{
    uint8_t node;
    can_frame_t lost;
    begin_count(FAULT_CORRUPT, 32);
    request(0, FRAME, CAN_BUS_REPORT);
    request(0, "131#", CAN_BUS_CYCLIC);
    failed(FRAME, 2039);
    counters(0, 248, 0);
    ck_assert_int_eq(can_bus_error_state(&bus, 0), CAN_BUS_ERROR_PASSIVE);
    failed(FRAME, 2109);
    told(outcome.off, 1);
    counters(1, 0, 32);
    ck_assert_int_eq(can_bus_error_state(&bus, 0), CAN_BUS_OFF);
    ck_assert(can_bus_take_lost(&bus, &node, &lost));
    ck_assert_uint_eq(lost.id, 0x130);
    ck_assert(!can_bus_take_lost(&bus, &node, &lost)); // what is cyclic goes without a word
    ck_assert_int_eq(request(0, FRAME, 0), CAN_BUS_REFUSED);
}
END_TEST

START_TEST(thirty_one_corrupted_frames_do_not)
{
    begin_count(FAULT_CORRUPT, 31);
    request(0, FRAME, 0);
    failed(FRAME, 2039);
    carried(FRAME, 2039 + 3 + 8 + FRAME_BITS);
    counters(0, 247, 0);
    ck_assert_int_eq(can_bus_error_state(&bus, 0), CAN_BUS_ERROR_PASSIVE);
}
END_TEST

// The first run of 11 recessive bits begins with the delimiter of the error frame, at 2109 - 8; 128 end 1408 later.
START_TEST(bus_off_ends_after_128_runs_of_an_idle_bus)
{
    begin_count(FAULT_CORRUPT, 32);
    request(0, FRAME, 0);
    go_to(3508);
    ck_assert_int_eq(can_bus_error_state(&bus, 0), CAN_BUS_OFF);
    go_to(3509);
    told(outcome.active, 1);
    counters(0, 0, 0);
    ck_assert_int_eq(request(0, FRAME, 0), CAN_BUS_ACCEPTED);
    carried(FRAME, 3509 + FRAME_BITS);
}
END_TEST

// A frame starts at 2112: one run was over. It ends at 2166, 8 bits behind its last dominant one: 127 runs from 2158
// on.
START_TEST(frame_between_gives_one_run_at_its_end)
{
    begin_count(FAULT_CORRUPT, 32);
    request(0, FRAME, 0);
    go_to(2050);
    request(1, FRAME, 0);
    carried(FRAME, 2112 + FRAME_BITS);
    ck_assert(index_set_has(outcome.deaf, 0));
    go_to(2158 + 127 * 11 - 1);
    ck_assert_int_eq(can_bus_error_state(&bus, 0), CAN_BUS_OFF);
    go_to(2158 + 127 * 11);
    told(outcome.active, 1);
}
END_TEST

// 5 bits of the second run are lost when a frame starts at 2101 + 11 + 5 = 2117.
START_TEST(what_is_left_of_a_run_is_lost_when_a_frame_starts)
{
    begin_count(FAULT_CORRUPT, 32);
    request(0, FRAME, 0);
    go_to(2117);
    request(1, FRAME, 0);
    carried(FRAME, 2117 + FRAME_BITS);
    go_to(2117 + FRAME_BITS - 8 + 127 * 11 - 1);
    ck_assert_int_eq(can_bus_error_state(&bus, 0), CAN_BUS_OFF);
    go_to(2117 + FRAME_BITS - 8 + 127 * 11);
    ck_assert_int_eq(can_bus_error_state(&bus, 0), CAN_BUS_ERROR_ACTIVE);
}
END_TEST

START_TEST(who_is_bus_off_does_not_acknowledge)
{
    for (uint8_t node = 2; node < NODES; node++) can_bus_set_power(&bus, node, false, 0);
    begin_count(FAULT_CORRUPT, 32);
    request(0, FRAME, 0);
    go_to(2109);
    request(1, FRAME, 0);
    failed_unheard(FRAME, 2112 + UNHEARD_BITS);
    counters(1, 8, 32);
}
END_TEST

// 46 bits and an error frame: an attempt each 63 bits, the 16th ends at 15 x 63 + 60 = 1005; passive, each 71.
START_TEST(alone_a_sender_becomes_passive_and_never_bus_off)
{
    for (uint8_t node = 1; node < NODES; node++) can_bus_set_power(&bus, node, false, 0);
    request(0, FRAME, 0);
    failed_unheard(FRAME, UNHEARD_BITS);
    go_to(1004);
    counters(0, 120, 0);
    go_to(1005);
    told(outcome.passive, 1);
    counters(0, 128, 0);
    failed_unheard(FRAME, 1016 + UNHEARD_BITS);
    failed_unheard(FRAME, 1016 + 71 + UNHEARD_BITS);
    go_to(100000);
    counters(0, 128, 0);
}
END_TEST

// Four senders, one after the other, go bus-off with 32 failures each: whoever only hears counts 128.
START_TEST(receiver_becomes_passive_above_127_and_is_set_to_127)
{
    static const char *const FRAMES[] = {"", "101#", "102#", "103#", "104#"};
    begin_count(FAULT_CORRUPT, 128);
    for (uint8_t node = 1; node < 5; node++) request(node, FRAMES[node], 0);
    int64_t bits = 0;
    while (!(outcome.told && index_set_has(outcome.passive, 0)))
        go_to(++bits); // at the same instant: who has not sent yet has heard the same
    ck_assert_uint_eq(outcome.passive.low, 0x21);
    told(outcome.off, 0x10);
    counters(0, 0, 128);
    counters(5, 0, 128);
    request(5, "105#", 0);
    carried("105#", bits + 3 + bits_of("105#")); // nothing of its own is behind it: nothing is suspended
    counters(0, 0, 127);
    told(outcome.active, 1);
    counters(5, 0, 128);
    ck_assert_int_eq(can_bus_error_state(&bus, 5), CAN_BUS_ERROR_PASSIVE);
}
END_TEST

START_TEST(counters_stay_while_the_bus_sleeps_and_go_with_power)
{
    begin_count(FAULT_CORRUPT, 2);
    request(0, FRAME, 0);
    carried(FRAME, 2 * 62 + FRAME_BITS);
    counters(0, 15, 0);
    counters(1, 0, 1);
    go_to(4000000);
    ck_assert(!can_bus_is_awake_for(&bus, 0));
    counters(0, 15, 0);
    counters(1, 0, 1);
    can_bus_set_power(&bus, 0, false, now_ns);
    can_bus_set_power(&bus, 0, true, now_ns);
    counters(0, 0, 0);
}
END_TEST

// ---- two senders of one identifier ---------------------------------------------------------------------------------

// 19 bits of header with two stuff bits, behind five zeros of the identifier and RTR and behind five up to the length;
// the first of the data differs: the 22nd. An attempt each 22 + 14 + 3 = 39 bits, the 16th ends at 15 x 39 + 36 = 621.
START_TEST(two_senders_of_one_identifier_fail_until_one_is_passive)
{
    request(0, "130#00", 0);
    request(1, "130#FF", 0);
    failed("130#00", 36);
    ck_assert_uint_eq(outcome.senders.low, 3);
    counters(0, 8, 0);
    counters(1, 8, 0);
    counters(2, 0, 1);
    failed("130#00", 621);
    told(outcome.passive, 3);
    // The recessive flag of the one destroys nothing: it falls silent, and the other's frame is carried.
    int64_t first = 621 + 11 + bits_of("130#00"), second = first + 11 + bits_of("130#FF");
    carried("130#00", first);
    ck_assert_uint_eq(outcome.senders.low, 1);
    ck_assert(index_set_has(outcome.deaf, 1));
    counters(0, 127, 0);
    counters(1, 136, 0);
    counters(2, 0, 15);
    carried("130#FF", second);
    counters(1, 135, 0);
}
END_TEST

// Noise inverts the first bit, long before they differ: both send still.
START_TEST(noise_before_they_differ_meets_both_senders)
{
    begin_count(FAULT_CORRUPT, 16);
    request(1, "130#FF", 0);
    go_to(15 * 62 + CORRUPTED_BITS + 3);
    fault_t noise = fault(FAULT_NOISE);
    noise.chance = UINT64_MAX;
    begin(noise);
    request(0, "130#00", 0);
    go_to(15 * 62 + CORRUPTED_BITS + 11);
    while (!(bus.wire.busy && index_set_has(bus.wire.senders, 1))) go_to((now_ns - A_NS) / BIT_NS + 1);
    ck_assert(index_set_is_empty(bus.wire.losers));
}
END_TEST

int main(void)
{
    const suite_group_t groups[] = {
        {"counters",
         {sixteen_corrupted_frames_make_their_sender_passive, thirty_two_corrupted_frames_make_their_sender_bus_off,
          thirty_one_corrupted_frames_do_not, alone_a_sender_becomes_passive_and_never_bus_off,
          receiver_becomes_passive_above_127_and_is_set_to_127, counters_stay_while_the_bus_sleeps_and_go_with_power}},
        {"bus-off",
         {bus_off_ends_after_128_runs_of_an_idle_bus, frame_between_gives_one_run_at_its_end,
          what_is_left_of_a_run_is_lost_when_a_frame_starts, who_is_bus_off_does_not_acknowledge}},
        {"one identifier",
         {two_senders_of_one_identifier_fail_until_one_is_passive, noise_before_they_differ_meets_both_senders}},
    };
    return suite_run_groups("can errors", groups, sizeof groups / sizeof *groups, set_up, NULL);
}
