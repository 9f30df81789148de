// SPDX-License-Identifier: MIT
// CIP coding by diagnosis of the units with Key Memory: profiles, description, car memory, options, status.
#include "tests/diagnosis_bench.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "ecus/climate.h"
#include "ecus/mirror.h"
#include "ecus/seat.h"
#include "tests/suite.h"

// Raw values of the seat: longitudinal, height, cushion tilt, backrest tilt, head restraint.
#define FACTORY "04 E2 01 90 00 32 01 2C 01 2C"
#define SEAT_STATUS 0x232
#define OTHER "07 08 01 00 00 64 01 54 03 E8"

static bench_t *seat, *mirror, *climate;

static void set_up(void)
{
    seat = bench_new(&seat_class, "seat");
    mirror = bench_new(&mirror_class, "mirror");
    climate = bench_new(&climate_class, "climate");
}

static void tear_down(void)
{
    bench_destroy(&seat);
    bench_destroy(&mirror);
    bench_destroy(&climate);
}

START_TEST(profiles_are_read_in_any_session)
{
    ck_assert_str_eq(ask(seat, "22 30 01"), "62 30 01 01 " FACTORY);
    ck_assert_str_eq(ask(seat, "22 30 04 30 01"), "62 30 04 01 " FACTORY " 30 01 01 " FACTORY);
    ck_assert_str_eq(ask(mirror, "22 30 03"), "62 30 03 01 00 50 00 50 00 50 00 50");
    ck_assert_str_eq(ask(climate, "22 30 02"), "62 30 02 01 00 0C 00 0C 00 03 00 01 00 01 00 01 00 00 00 01");
}
END_TEST

START_TEST(profile_0_and_5_do_not_exist)
{
    bench_unlock(seat);
    ck_assert_str_eq(ask(seat, "22 30 00"), "7F 22 31");
    ck_assert_str_eq(ask(seat, "22 30 05"), "7F 22 31");
    ck_assert_str_eq(ask(seat, "2E 30 00 01 " OTHER), "7F 2E 31");
    ck_assert_str_eq(ask(seat, "2E 30 05 01 " OTHER), "7F 2E 31");
    ck_assert_str_eq(ask(seat, "22 30 01 30 02 30 03 30 04"),
                     "62 30 01 01 " FACTORY " 30 02 01 " FACTORY " 30 03 01 " FACTORY " 30 04 01 " FACTORY);
}
END_TEST

START_TEST(profile_is_written_read_back_and_kept_without_power)
{
    bench_unlock(seat);
    ck_assert_str_eq(ask(seat, "2E 30 03 01 " OTHER), "6E 30 03");
    ck_assert_str_eq(ask(seat, "22 30 03"), "62 30 03 01 " OTHER);
    ck_assert_str_eq(ask(seat, "22 30 02"), "62 30 02 01 " FACTORY);
    bench_power_cycle(seat);
    ck_assert_str_eq(ask(seat, "22 30 03"), "62 30 03 01 " OTHER);
}
END_TEST

START_TEST(writing_needs_session_and_security)
{
    ck_assert_str_eq(ask(seat, "2E 30 03 01 " OTHER), "7F 2E 7F");
    bench_extend(seat);
    ck_assert_str_eq(ask(seat, "2E 30 03 01 " OTHER), "7F 2E 33");
    ck_assert_str_eq(ask(seat, "2E 30 20 00 00 00 00 00"), "7F 2E 33");
    ck_assert_str_eq(ask(seat, "22 30 03"), "62 30 03 01 " FACTORY);
}
END_TEST

START_TEST(wrong_lengths_and_values_change_nothing)
{
    static const char *const WRONG_LENGTH[] = {"2E 30 03 01", "2E 30 03 01 07 08 01 00 00 64 01 54 03",
                                               "2E 30 03 01 " OTHER " 00"};
    static const char *const OUT_OF_RANGE[] = {
        "2E 30 03 02 " OTHER,                        // coded
        "2E 30 03 FF " OTHER,                        //
        "2E 30 03 01 09 C5 01 00 00 64 01 54 03 E8", // longitudinal 250.1 mm
        "2E 30 03 01 FF FF 01 00 00 64 01 54 03 E8", // -0.1 mm
        "2E 30 03 01 07 08 01 00 00 64 01 54 03 E9", // head restraint 100.1 mm
        "2E 30 03 01 07 08 01 00 00 97 01 54 03 E8", // cushion tilt 15.1 deg
        "2E 30 03 00 07 08 01 00 00 97 01 54 03 E8", // also when it is not to be coded
    };
    bench_unlock(seat);
    for (size_t i = 0; i < sizeof WRONG_LENGTH / sizeof WRONG_LENGTH[0]; i++)
        ck_assert_str_eq(ask(seat, WRONG_LENGTH[i]), "7F 2E 31");
    for (size_t i = 0; i < sizeof OUT_OF_RANGE / sizeof OUT_OF_RANGE[0]; i++)
        ck_assert_str_eq(ask(seat, OUT_OF_RANGE[i]), "7F 2E 31");
    ck_assert_str_eq(ask(seat, "22 30 03"), "62 30 03 01 " FACTORY);
    ck_assert_str_eq(ask(seat, "2E 30 03 01 09 C4 03 20 00 96 02 BC 03 E8"), "6E 30 03"); // all at their ends
    ck_assert_str_eq(ask(seat, "2E 30 03 01 00 00 00 00 00 00 00 00 00 00"), "6E 30 03");
}
END_TEST

START_TEST(values_between_names_and_steps_are_refused)
{
    bench_unlock(climate);
    ck_assert_str_eq(ask(climate, "2E 30 01 01 00 18 00 00 00 06 00 02 00 02 00 00 00 03 00 02"), "6E 30 01");
    ck_assert_str_eq(ask(climate, "2E 30 01 01 00 19 00 00 00 06 00 02 00 02 00 00 00 03 00 02"), "7F 2E 31");
    ck_assert_str_eq(ask(climate, "2E 30 01 01 00 18 00 00 00 07 00 02 00 02 00 00 00 03 00 02"), "7F 2E 31");
    ck_assert_str_eq(ask(climate, "2E 30 01 01 00 18 00 00 00 06 00 03 00 02 00 00 00 03 00 02"), "7F 2E 31");
    ck_assert_str_eq(ask(climate, "2E 30 01 01 00 18 00 00 00 06 00 02 00 03 00 00 00 03 00 02"), "7F 2E 31");
    ck_assert_str_eq(ask(climate, "2E 30 01 01 00 18 00 00 00 06 00 02 00 02 00 02 00 03 00 02"), "7F 2E 31");
    ck_assert_str_eq(ask(climate, "2E 30 01 01 00 18 00 00 00 06 00 02 00 02 00 00 00 03 00 03"), "7F 2E 31");
}
END_TEST

START_TEST(profile_not_coded_has_factory_values)
{
    bench_unlock(seat);
    ck_assert_str_eq(ask(seat, "2E 30 02 00 " OTHER), "6E 30 02");
    ck_assert_str_eq(ask(seat, "22 30 02"), "62 30 02 00 " FACTORY);
    bench_hear(seat, "23A#11300162");
    ck_assert_str_eq(ask(seat, "22 30 30"), "62 30 30 02 00");
    ck_assert_str_eq(ask(seat, "19 02 01"), "59 02 2F 00 9C 02 2F");
    ck_assert_str_eq(ask(seat, "2E 30 02 01 " OTHER), "6E 30 02");
    ck_assert_str_eq(ask(seat, "22 30 30"), "62 30 30 02 01");
}
END_TEST

START_TEST(coding_the_active_profile_moves_nothing_until_it_is_called_up_again)
{
    bench_hear(seat, "23A#11300162");
    bench_hear(seat, "23A#11300062");
    bench_wait(seat, TIME_S);
    bench_unlock(seat);
    seat->normal = 0;
    ck_assert_str_eq(ask(seat, "2E 30 02 01 " OTHER), "6E 30 02");
    ck_assert_uint_eq(seat->normal, 2); // the two messages that tell whether the profile is coded
    ck_assert_str_eq(ask(seat, "3E 00"), "7E 00");
    bench_wait(seat, 3 * TIME_S);
    ck_assert_uint_eq(seat->normal, 2);
    ck_assert_uint_eq(bench_latest(seat, SEAT_STATUS)->data[0] & 0x10, 0);
    bench_hear(seat, "23A#11300162");
    ck_assert_uint_eq(bench_latest(seat, SEAT_STATUS)->data[0] & 0x10, 0x10); // it moves
}
END_TEST

START_TEST(unit_answers_while_its_motors_move)
{
    bench_input(seat, &(node_input_t){.kind = INPUT_BUS_AWAKE});
    bench_line(seat, "switch/seat/longitudinal", 1);
    bench_wait(seat, 100 * TIME_MS);
    ck_assert_uint_eq(bench_latest(seat, SEAT_STATUS)->data[0] & 0x10, 0x10);
    bench_unlock(seat);
    ck_assert_str_eq(ask(seat, "2E 30 03 01 " OTHER), "6E 30 03");
    ck_assert_str_eq(ask(seat, "22 30 03"), "62 30 03 01 " OTHER);
    bench_wait(seat, 100 * TIME_MS);
    ck_assert_uint_eq(bench_latest(seat, SEAT_STATUS)->data[0] & 0x10, 0x10);
}
END_TEST

START_TEST(description_tells_range_and_name_of_each_setting)
{
    uint8_t bytes[256];
    size_t size = bench_bytes(ask(mirror, "22 30 10"), bytes, sizeof bytes), at = 4;
    static const char *const NAMES[] = {"driver_horizontal", "driver_vertical", "passenger_horizontal",
                                        "passenger_vertical"};
    ck_assert_uint_eq(bytes[3], 4);
    for (size_t i = 0; i < 4; i++) {
        ck_assert_uint_eq(uds_number(bytes + at, 2), 0);
        ck_assert_uint_eq(uds_number(bytes + at + 2, 2), 160);
        ck_assert_uint_eq(bytes[at + 4], strlen(NAMES[i]));
        ck_assert_mem_eq(bytes + at + 5, NAMES[i], strlen(NAMES[i]));
        at += 5 + strlen(NAMES[i]);
    }
    ck_assert_uint_eq(at, size);
    bench_unlock(mirror);
    ck_assert_str_eq(ask(mirror, "2E 30 10 00"), "7F 2E 31");
    ck_assert_str_eq(ask(mirror, "2E 30 30 00"), "7F 2E 31");
}
END_TEST

START_TEST(car_memory_is_written_whole_or_not_at_all)
{
    bench_unlock(seat);
    ck_assert_str_eq(ask(seat, "2E 30 20 00 01 00 00 02"), "7F 2E 31");
    ck_assert_str_eq(ask(seat, "2E 30 20 00 01 00 00"), "7F 2E 31");
    ck_assert_str_eq(ask(seat, "2E 30 20 00 01 00 00 00 00"), "7F 2E 31");
    ck_assert_str_eq(ask(seat, "22 30 20"), "62 30 20 00 00 00 00 00");
    ck_assert_str_eq(ask(seat, "2E 30 20 00 01 00 00 01"), "6E 30 20");
    bench_power_cycle(seat);
    ck_assert_str_eq(ask(seat, "22 30 20"), "62 30 20 00 01 00 00 01");
}
END_TEST

START_TEST(unit_coded_to_ignore_personalization_does_so_at_once)
{
    bench_unlock(seat);
    ck_assert_str_eq(ask(seat, "2E 30 21 00 01"), "6E 30 21");
    bench_hear(seat, "23A#11300162");
    ck_assert_str_eq(ask(seat, "22 30 30"), "62 30 30 00 00");
}
END_TEST

START_TEST(power_lost_before_the_store_leaves_the_old_profile_whole)
{
    bench_unlock(seat);
    static uint8_t request[] = {0x2E, 0x30, 0x03, 1, 0x07, 0x08, 0x01, 0x00, 0x00, 0x64, 0x01, 0x54, 0x03, 0xE8};
    static const uds_step_t STEP = {.bytes = request, .size = sizeof request};
    ck_assert(uds_client_begin(&seat->client, seat->entry->address, &STEP, 1));
    while (seat->stored_ns == TIME_NEVER) bench_wait(seat, TIME_MS / 4);
    bench_wait(seat, seat->stored_ns - seat->now_ns - 1);
    bench_power_cycle(seat);
    ck_assert_str_eq(ask(seat, "22 30 03"), "62 30 03 01 " FACTORY);
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("coding");
    tcase_add_checked_fixture(cases, set_up, tear_down);
    tcase_add_test(cases, profiles_are_read_in_any_session);
    tcase_add_test(cases, profile_0_and_5_do_not_exist);
    tcase_add_test(cases, profile_is_written_read_back_and_kept_without_power);
    tcase_add_test(cases, writing_needs_session_and_security);
    tcase_add_test(cases, wrong_lengths_and_values_change_nothing);
    tcase_add_test(cases, values_between_names_and_steps_are_refused);
    tcase_add_test(cases, profile_not_coded_has_factory_values);
    tcase_add_test(cases, coding_the_active_profile_moves_nothing_until_it_is_called_up_again);
    tcase_add_test(cases, unit_answers_while_its_motors_move);
    tcase_add_test(cases, description_tells_range_and_name_of_each_setting);
    tcase_add_test(cases, car_memory_is_written_whole_or_not_at_all);
    tcase_add_test(cases, unit_coded_to_ignore_personalization_does_so_at_once);
    tcase_add_test(cases, power_lost_before_the_store_leaves_the_old_profile_whole);
    return suite_run("coding", cases);
}
