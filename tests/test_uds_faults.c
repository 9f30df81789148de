// SPDX-License-Identifier: MIT
// The fault memory as diagnosis reads, clears and switches it: services 0x14, 0x19, 0x85.
#include "tests/seat_and_cas.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "tests/suite.h"

#define WRONG_NUMBER "23A#55300162" // personalization number 6: fault 0x9C05
#define UNLOCK_2 "23A#11300162"

static void hear_wrong_number(void)
{
    bench_hear(seat, WRONG_NUMBER);
    bench_hear(seat, "23A#55300062");
}

START_TEST(empty_memory_says_so)
{
    ck_assert_str_eq(ask(seat, "19 01 FF"), "59 01 2F 01 00 00");
    ck_assert_str_eq(ask(seat, "19 02 FF"), "59 02 2F");
    ck_assert_str_eq(ask(cas, "19 02 FF"), "59 02 2F");
}
END_TEST

START_TEST(fault_is_active_until_the_next_power_on_and_confirmed_beyond)
{
    hear_wrong_number();
    ck_assert_str_eq(ask(seat, "19 02 01"), "59 02 2F 00 9C 05 2F");
    ck_assert_str_eq(ask(seat, "19 01 08"), "59 01 2F 01 00 01");
    bench_wait(seat, TIME_S);
    bench_power_cycle(seat);
    ck_assert_str_eq(ask(seat, "19 02 01"), "59 02 2F");
    ck_assert_str_eq(ask(seat, "19 02 03"), "59 02 2F");
    ck_assert_str_eq(ask(seat, "19 02 08"), "59 02 2F 00 9C 05 2C");
    ck_assert_str_eq(ask(seat, "19 02 FF"), "59 02 2F 00 9C 05 2C");
    ck_assert_str_eq(ask(seat, "19 02 D0"), "59 02 2F"); // bits that nothing here has
    ck_assert_str_eq(ask(seat, "19 01 00"), "59 01 2F 01 00 00");
}
END_TEST

START_TEST(snapshot_tells_first_time_and_active_profile)
{
    bench_wait(seat, 70001 * TIME_MS);
    bench_hear(seat, UNLOCK_2);
    hear_wrong_number();
    bench_wait(seat, TIME_S);
    hear_wrong_number();
    ck_assert_str_eq(ask(seat, "19 04 00 9C 05 01"), "59 04 00 9C 05 2F 01 02 D0 00 00 01 11 71 D0 01 02");
    ck_assert_str_eq(ask(seat, "19 04 00 9C 05 FF"), "59 04 00 9C 05 2F 01 02 D0 00 00 01 11 71 D0 01 02");
    ck_assert_str_eq(ask(seat, "19 06 00 9C 05 01"), "59 06 00 9C 05 2F 01 02");
    bench_power_cycle(seat);
    ck_assert_str_eq(ask(seat, "19 04 00 9C 05 01"), "59 04 00 9C 05 2C 01 02 D0 00 00 01 11 71 D0 01 02");
    ck_assert_str_eq(ask(seat, "19 06 00 9C 05 FF"), "59 06 00 9C 05 2C 01 02");
}
END_TEST

START_TEST(time_of_a_fault_stops_at_the_end_of_its_four_bytes)
{
    bench_wait(seat, (UINT32_MAX + INT64_C(1)) * TIME_MS);
    hear_wrong_number();
    ck_assert_str_eq(ask(seat, "19 04 00 9C 05 01"), "59 04 00 9C 05 2F 01 02 D0 00 FF FF FF FF D0 01 00");
}
END_TEST

START_TEST(records_and_codes_that_there_are_not_are_out_of_range)
{
    hear_wrong_number();
    ck_assert_str_eq(ask(seat, "19 04 00 9C 05 02"), "7F 19 31");
    ck_assert_str_eq(ask(seat, "19 06 00 9C 05 00"), "7F 19 31");
    ck_assert_str_eq(ask(seat, "19 04 00 99 07 01"), "7F 19 31"); // the CAS's
    ck_assert_str_eq(ask(seat, "19 06 01 9C 05 01"), "7F 19 31");
    ck_assert_str_eq(ask(seat, "19 04 00 9C 01 01"), "59 04 00 9C 01 00"); // possible, not stored
    ck_assert_str_eq(ask(seat, "19 06 00 9C 01 FF"), "59 06 00 9C 01 00");
}
END_TEST

START_TEST(supported_codes_are_told_with_their_status)
{
    hear_wrong_number();
    ck_assert_str_eq(ask(seat, "19 0A"),
                     "59 0A 2F 00 9C 20 00 00 9C 01 00 00 9C 02 00 00 9C 03 00 00 9C 04 00 00 9C 05 2F 00 9C 10 00");
    ck_assert_str_eq(
        ask(cas, "19 0A"),
        "59 0A 2F 00 9C 20 00 00 9C 21 00 00 99 07 00 00 99 08 00 00 99 09 00 00 99 0A 00 00 99 0B 00 00 9C 10 00");
}
END_TEST

START_TEST(clearing_is_durable_before_it_is_acknowledged)
{
    hear_wrong_number();
    bench_wait(seat, TIME_S);
    bench_hear(seat, "6F1#6D0414FFFFFF");
    bench_wait(seat, BENCH_STORE_NS - 1);
    ck_assert_uint_eq(seat->responses, 0);
    bench_power_cycle(seat);
    ck_assert_str_eq(ask(seat, "19 02 08"), "59 02 2F 00 9C 05 2C");
    ck_assert_str_eq(ask(seat, "14 FF FF FF"), "54");
    bench_power_cycle(seat);
    ck_assert_str_eq(ask(seat, "19 02 08"), "59 02 2F");
}
END_TEST

START_TEST(one_code_is_cleared_and_the_others_stay)
{
    hear_wrong_number();
    image_set(&seat->image, "profile", 2, "coded", 0);
    bench_wait(seat, TIME_S);
    image_set(&seat->image, "profile", 2, "coded", 0);
    bench_power_cycle(seat);
    bench_hear(seat, UNLOCK_2);
    ck_assert_str_eq(ask(seat, "19 02 08"), "59 02 2F 00 9C 05 2C 00 9C 02 2F");
    ck_assert_str_eq(ask(seat, "14 00 9C 05"), "54");
    ck_assert_str_eq(ask(seat, "19 02 08"), "59 02 2F 00 9C 02 2F");
    ck_assert_str_eq(ask(seat, "14 00 9C 05"), "54"); // possible, not stored
    ck_assert_str_eq(ask(seat, "14 00 99 07"), "7F 14 31");
    ck_assert_str_eq(ask(seat, "14 01 9C 02"), "7F 14 31");
    ck_assert_str_eq(ask(seat, "19 02 08"), "59 02 2F 00 9C 02 2F");
}
END_TEST

START_TEST(switched_off_nothing_is_entered_and_the_session_switches_it_on)
{
    bench_extend(seat);
    ck_assert_str_eq(ask(seat, "85 02"), "C5 02");
    hear_wrong_number();
    ck_assert_str_eq(ask(seat, "19 02 FF"), "59 02 2F");
    ck_assert_str_eq(ask(seat, "85 01"), "C5 01");
    bench_wait(seat, TIME_S);
    hear_wrong_number();
    ck_assert_str_eq(ask(seat, "19 06 00 9C 05 01"), "59 06 00 9C 05 2F 01 01");
    ck_assert_str_eq(ask(seat, "85 02"), "C5 02");
    bench_wait(seat, 6 * TIME_S);
    hear_wrong_number();
    ck_assert_str_eq(ask(seat, "19 06 00 9C 05 01"), "59 06 00 9C 05 2F 01 02");
}
END_TEST

START_TEST(damaged_image_leaves_an_entry)
{
    bench_lose_image(seat);
    ck_assert_str_eq(ask(seat, "19 02 FF"), "59 02 2F 00 9C 10 2F");
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("faults");
    tcase_add_checked_fixture(cases, set_up, tear_down);
    tcase_add_test(cases, empty_memory_says_so);
    tcase_add_test(cases, fault_is_active_until_the_next_power_on_and_confirmed_beyond);
    tcase_add_test(cases, snapshot_tells_first_time_and_active_profile);
    tcase_add_test(cases, time_of_a_fault_stops_at_the_end_of_its_four_bytes);
    tcase_add_test(cases, records_and_codes_that_there_are_not_are_out_of_range);
    tcase_add_test(cases, supported_codes_are_told_with_their_status);
    tcase_add_test(cases, clearing_is_durable_before_it_is_acknowledged);
    tcase_add_test(cases, one_code_is_cleared_and_the_others_stay);
    tcase_add_test(cases, switched_off_nothing_is_entered_and_the_session_switches_it_on);
    tcase_add_test(cases, damaged_image_leaves_an_entry);
    return suite_run("uds faults", cases);
}
