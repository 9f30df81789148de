// SPDX-License-Identifier: MIT
// The CAS's ignition lock: TerminalStatus byte for byte, and the measured timings.
#include <check.h>
#include <string.h>

#include "tests/cas_fixture.h"
#include "tests/suite.h"
#include "bus/car/words.h"

#define INSERTED_NS TIME_S

// The first TerminalStatus on K-CAN SYSTEM after a time whose first byte is this; null when there is none.
static const cas_fixture_seen_t *find_status(uint8_t first_byte, int64_t after_ns)
{
    const cas_fixture_seen_t *seen = cas_fixture_find(KCAN_S, TERMINAL_STATUS, after_ns);
    while (seen && seen->frame.data[0] != first_byte) seen = cas_fixture_find(KCAN_S, TERMINAL_STATUS, seen->at_ns);
    return seen;
}

static void insert(int key)
{
    cas_fixture_run_to(INSERTED_NS);
    cas_fixture_insert(key);
}

static void expect_between(int64_t time_ns, int64_t at_least_ms, int64_t at_most_ms)
{
    ck_assert_int_ge(time_ns, at_least_ms * TIME_MS);
    ck_assert_int_le(time_ns, at_most_ms * TIME_MS);
}

// ---- what is said --------------------------------------------------------------------------------------------------

START_TEST(locked_car_that_wakes_says_no_key)
{
    cas_fixture_run_to(TIME_S);
    cas_fixture_door(true);
    cas_fixture_run_to(TIME_S + 20 * TIME_MS);
    char text[FRAME_TEXT_MAX]; // 0x31 + 0x0F + 0x04 = 0x44: 4 + 4
    ck_assert_str_eq(frame_format(&cas_fixture_find(KCAN_S, TERMINAL_STATUS, 0)->frame, text), "130#000F040080");
    ck_assert_str_eq(frame_format(&cas_fixture_find(KCAN_P, TERMINAL_STATUS, 0)->frame, text), "130#000F040080");
    ck_assert_str_eq(cas_fixture_text(KCAN_P, DOORS, 0), "2FC#00010000000000");
}
END_TEST

START_TEST(first_bytes_tell_the_keys_way_from_the_lock_to_the_starter)
{
    insert(2);
    cas_fixture_turn(TERMINAL_50);
    cas_fixture_run_to(INSERTED_NS + 200 * TIME_MS);
    const cas_fixture_seen_t *seen = cas_fixture_find(KCAN_S, TERMINAL_STATUS, INSERTED_NS);
    ck_assert_mem_eq(seen->frame.data, ((const uint8_t[]){0x00, 0xEF, 0x05, 0x00}), 4); // plugged, not identified yet
    cas_fixture_run_to(INSERTED_NS + 400 * TIME_MS);
    ck_assert_mem_eq(find_status(0x40, INSERTED_NS)->frame.data, ((const uint8_t[]){0x40, 0x41, 0x09, 0x00}), 4);
    cas_fixture_run_to(2 * TIME_S);
    ck_assert_mem_eq(find_status(0x55, INSERTED_NS)->frame.data, ((const uint8_t[]){0x55, 0x41, 0x09, 0x40}), 4);
    cas_fixture_turn(TERMINAL_15);
    cas_fixture_run_to(3 * TIME_S);
    ck_assert_mem_eq(find_status(0x45, 2 * TIME_S)->frame.data, ((const uint8_t[]){0x45, 0x41, 0x09, 0x40}), 4);
    cas_fixture_turn(TERMINAL_R);
    cas_fixture_run_to(4 * TIME_S);
    ck_assert_mem_eq(find_status(0x41, 3 * TIME_S)->frame.data, ((const uint8_t[]){0x41, 0x41, 0x09, 0x00}), 4);
    cas_fixture_turn(TERMINAL_OFF);
    cas_fixture_run_to(5 * TIME_S);
    cas_fixture_insert(0);
    cas_fixture_run_to(6 * TIME_S);
    ck_assert_mem_eq(find_status(0x00, 5 * TIME_S)->frame.data, ((const uint8_t[]){0x00, 0x0F, 0x04, 0x00}), 4);
}
END_TEST

START_TEST(inserted_key_is_the_real_sample)
{
    insert(1);
    cas_fixture_run_to(2 * TIME_S);
    ck_assert_str_eq(cas_fixture_text(KCAN_S, KEY_STATUS, 0), "23A#003FFF20 23A#003FFF20 23A#003FFF20");
    ck_assert_str_eq(cas_fixture_text(KCAN_P, KEY_STATUS, 0), "23A#003FFF20 23A#003FFF20 23A#003FFF20");
}
END_TEST

START_TEST(status_is_cyclic_every_100_ms_and_at_once_on_change)
{
    insert(1);
    cas_fixture_run_to(3 * TIME_S);
    int64_t before_ns = INSERTED_NS;
    for (const cas_fixture_seen_t *seen = cas_fixture_find(KCAN_P, TERMINAL_STATUS, before_ns); seen;
         seen = cas_fixture_find(KCAN_P, TERMINAL_STATUS, before_ns)) {
        ck_assert_int_le(seen->at_ns - before_ns, 102 * TIME_MS);
        before_ns = seen->at_ns;
    }
    cas_fixture_turn(TERMINAL_R);
    cas_fixture_run_to(3 * TIME_S + 5 * TIME_MS);
    ck_assert_ptr_nonnull(find_status(0x41, 3 * TIME_S));
}
END_TEST

// ---- when ----------------------------------------------------------------------------------------------------------

START_TEST(key_is_valid_and_terminal_r_on_when_real_cars_have_them)
{
    insert(1);
    cas_fixture_turn(TERMINAL_R);
    cas_fixture_run_to(4 * TIME_S);
    int64_t start_ns = cas_fixture_find(KCAN_S, TERMINAL_STATUS, 0)->at_ns;
    ck_assert_int_le(start_ns, INSERTED_NS + 10 * TIME_MS);
    expect_between(find_status(0x40, 0)->at_ns - start_ns, 302, 325);
    expect_between(find_status(0x41, 0)->at_ns - start_ns, 462, 485);
}
END_TEST

START_TEST(terminal_r_calls_up_three_times_and_again_after_1100_ms)
{
    insert(1);
    cas_fixture_run_to(3 * TIME_S);
    cas_fixture_turn(TERMINAL_R);
    cas_fixture_run_to(6 * TIME_S);
    int64_t r_ns = find_status(0x41, 0)->at_ns, at_ns = r_ns;
    static const int64_t GAPS_MS[] = {140, 100, 100, 900, 100, 100};
    for (size_t i = 0; i < 6; i++) {
        const cas_fixture_seen_t *seen = cas_fixture_find(KCAN_S, KEY_STATUS, at_ns);
        ck_assert_ptr_nonnull(seen);
        expect_between(seen->at_ns - at_ns, GAPS_MS[i] - 3, GAPS_MS[i] + 3);
        at_ns = seen->at_ns;
    }
    expect_between(cas_fixture_find(KCAN_S, KEY_STATUS, r_ns)->at_ns - r_ns, 124, 160);
    ck_assert_ptr_null(cas_fixture_find(KCAN_S, KEY_STATUS, at_ns));
}
END_TEST

START_TEST(terminal_15_calls_up_140_to_145_ms_later)
{
    insert(1);
    cas_fixture_run_to(3 * TIME_S);
    cas_fixture_turn(TERMINAL_R);
    cas_fixture_run_to(10 * TIME_S);
    cas_fixture_turn(TERMINAL_15);
    cas_fixture_run_to(15 * TIME_S);
    int64_t on_ns = find_status(0x45, 0)->at_ns;
    expect_between(cas_fixture_find(KCAN_S, KEY_STATUS, on_ns)->at_ns - on_ns, 140, 145);
    ck_assert_uint_eq(cas_fixture_count(KCAN_S, KEY_STATUS, on_ns, 15 * TIME_S), 3);
}
END_TEST

static void expect_three_frames_after(int64_t on_ns, int64_t delay_ms)
{
    int64_t at_ns = on_ns;
    for (int i = 0; i < 3; i++) {
        const cas_fixture_seen_t *seen = cas_fixture_find(KCAN_S, KEY_STATUS, at_ns);
        ck_assert_ptr_nonnull(seen);
        int64_t gap_ms = i == 0 ? delay_ms : 100;
        expect_between(seen->at_ns - at_ns, gap_ms - 2, gap_ms + 3);
        at_ns = seen->at_ns;
    }
}

START_TEST(terminal_that_comes_on_ends_the_call_up_of_the_key)
{
    insert(1);
    cas_fixture_turn(TERMINAL_R); // 474 ms; the key calls up at 464 ms
    cas_fixture_run_to(4 * TIME_S);
    int64_t on_ns = find_status(0x41, 0)->at_ns;
    ck_assert_uint_eq(cas_fixture_count(KCAN_S, KEY_STATUS, 0, on_ns), 1);
    expect_three_frames_after(on_ns, 140);
}
END_TEST

// 15 ends what R began, be it before, among or after its three frames, or at the repetition 1.24 s later.
START_TEST(terminal_15_soon_after_r_calls_up_at_its_own_time)
{
    static const int64_t WAITS_MS[] = {0, 1, 50, 139, 200, 1000, 1100, 1239, 1300};
    int64_t wait_ns = WAITS_MS[_i] * TIME_MS;
    insert(1);
    cas_fixture_run_to(3 * TIME_S);
    cas_fixture_turn(TERMINAL_R);
    if (wait_ns > 0) cas_fixture_run_to(3 * TIME_S + wait_ns);
    cas_fixture_turn(TERMINAL_15);
    cas_fixture_run_to(6 * TIME_S);
    expect_three_frames_after(find_status(0x45, 0)->at_ns, 142);
}
END_TEST

START_TEST(key_valid_calls_up_within_200_ms_with_the_terminals_off)
{
    insert(1);
    cas_fixture_run_to(5 * TIME_S);
    int64_t valid_ns = find_status(0x40, 0)->at_ns;
    expect_between(cas_fixture_find(KCAN_P, KEY_STATUS, 0)->at_ns - valid_ns, 1, 200);
    ck_assert_uint_eq(cas_fixture_count(KCAN_P, KEY_STATUS, 0, 5 * TIME_S), 3);
    ck_assert_ptr_null(find_status(0x41, 0)); // inserting switches no terminal
    ck_assert_str_eq(cas_fixture_text(KCAN_P, LOCKING, valid_ns), "");
}
END_TEST

// ---- keys that are refused -----------------------------------------------------------------------------------------

static void expect_refused(uint16_t fault)
{
    cas_fixture_turn(TERMINAL_15);
    cas_fixture_run_to(10 * TIME_S);
    ck_assert_mem_eq(find_status(0x80, 0)->frame.data, ((const uint8_t[]){0x80, 0xEF, 0x05, 0x00}), 4);
    ck_assert_str_eq(cas_fixture_text(KCAN_S, KEY_STATUS, 0), "");
    ck_assert_ptr_null(find_status(0x45, 0));
    ck_assert_ptr_null(find_status(0x40, 0));
    ck_assert(cas_fixture_has_fault(fault));
}

START_TEST(foreign_key_starts_nothing_and_leaves_a_fault)
{
    insert(CAS_FIXTURE_FOREIGN);
    expect_refused(FAULT_KEY_FOREIGN);
    ck_assert_uint_eq(car->cas->ignition.foreign_keys, 1);
}
END_TEST

START_TEST(silent_key_starts_nothing_and_leaves_a_fault)
{
    insert(CAS_FIXTURE_SILENT);
    expect_refused(FAULT_KEY_SILENT);
    ck_assert_uint_eq(car->cas->ignition.silent_keys, 1);
}
END_TEST

static void block_1(image_t *image)
{
    image_set(image, "key", 1, "blocked", 1);
}

START_TEST(blocked_key_starts_nothing_and_leaves_a_fault)
{
    cas_fixture_tear_down();
    cas_fixture_set_up_with(block_1);
    insert(1);
    expect_refused(FAULT_KEY_BLOCKED);
    ck_assert_uint_eq(car->cas->ignition.blocked_keys, 1);
    ck_assert(ignition_holds(&car->cas->ignition, 1));
}
END_TEST

START_TEST(answer_to_an_old_challenge_is_foreign)
{
    insert(1);
    cas_fixture_run_to(2 * TIME_S);
    air_t old = key_answer_encode(&(key_answer_t){1, 1, 0}, &car->challenge, car->fobs[1].secret);
    cas_fixture_insert(0);
    cas_fixture_run_to(3 * TIME_S);
    cas_fixture_insert(CAS_FIXTURE_SILENT);
    cas_fixture_run_to(3 * TIME_S + 10 * TIME_MS);
    cas_fixture_send(&old);
    cas_fixture_run_to(4 * TIME_S);
    ck_assert(cas_fixture_has_fault(FAULT_KEY_FOREIGN));
    ck_assert_ptr_nonnull(find_status(0x80, 3 * TIME_S));
    ck_assert_ptr_null(find_status(0x40, 3 * TIME_S));
}
END_TEST

// ---- keys that are learned, taken out, kept ------------------------------------------------------------------------

START_TEST(spare_key_is_learned_at_its_first_insertion)
{
    insert(5);
    cas_fixture_run_to(2 * TIME_S);
    ck_assert_uint_eq(car->logs[LOG_KEY_LEARNED], 1);
    ck_assert_str_eq(cas_fixture_text(KCAN_P, KEY_STATUS, 0), "23A#223FFF24 23A#223FFF24 23A#223FFF24");
    cas_fixture_insert(0);
    cas_fixture_power(CAS_NODE, false);
    cas_fixture_run_to(3 * TIME_S);
    cas_fixture_power(CAS_NODE, true);
    cas_fixture_run_to(4 * TIME_S);
    cas_fixture_press(5, KEY_BUTTON_UNLOCK);
    cas_fixture_run_to(4 * TIME_S + 50 * TIME_MS);
    ck_assert_str_eq(cas_fixture_text(KCAN_P, KEY_STATUS, 3 * TIME_S), "23A#22300164");
}
END_TEST

START_TEST(remote_far_out_of_range_works_again_after_the_lock)
{
    cas_fixture_run_to(10 * TIME_MS);
    car->fobs[1].code += 2000;
    cas_fixture_press(1, KEY_BUTTON_UNLOCK);
    cas_fixture_press(1, KEY_BUTTON_UNLOCK);
    insert(1);
    ck_assert_uint_eq(car->cas->remote.verdicts[KEYS_TOO_FAR], 2);
    cas_fixture_run_to(2 * TIME_S);
    cas_fixture_press(1, KEY_BUTTON_UNLOCK);
    cas_fixture_run_to(2 * TIME_S + 20 * TIME_MS);
    ck_assert_str_eq(cas_fixture_text(KCAN_P, KEY_STATUS, 2 * TIME_S), "23A#00300160");
}
END_TEST

START_TEST(key_taken_out_early_is_never_valid)
{
    insert(1);
    cas_fixture_run_to(INSERTED_NS + 200 * TIME_MS);
    cas_fixture_insert(0);
    cas_fixture_run_to(3 * TIME_S);
    ck_assert_ptr_null(find_status(0x40, 0));
    ck_assert_str_eq(cas_fixture_text(KCAN_S, KEY_STATUS, 0), "");
}
END_TEST

START_TEST(key_taken_out_ends_its_call_ups_and_switches_the_terminals_off)
{
    insert(1);
    cas_fixture_turn(TERMINAL_15);
    cas_fixture_run_to(INSERTED_NS + 520 * TIME_MS);
    ck_assert_uint_eq(cas_fixture_count(KCAN_S, KEY_STATUS, 0, TIME_MIN), 1);
    cas_fixture_insert(0);
    cas_fixture_run_to(5 * TIME_S);
    ck_assert_uint_eq(cas_fixture_count(KCAN_S, KEY_STATUS, 0, TIME_MIN), 1);
    ck_assert_ptr_nonnull(find_status(0x00, INSERTED_NS + 520 * TIME_MS));
    ck_assert_uint_eq(car->logs[LOG_TERMINAL], 2); // on, and off
    ck_assert(!ignition_holds(&car->cas->ignition, 1));
    cas_fixture_insert(2); // and the next key finds them off
    cas_fixture_run_to(7 * TIME_S);
    ck_assert_str_eq(cas_fixture_text(KCAN_S, KEY_STATUS, 5 * TIME_S), "23A#113FFF21 23A#113FFF21 23A#113FFF21");
    ck_assert_ptr_null(find_status(0x45, 5 * TIME_S));
}
END_TEST

START_TEST(buses_stay_awake_with_a_key_in_the_lock_and_sleep_30_s_after_it)
{
    insert(1);
    cas_fixture_run_to(2 * TIME_MIN);
    ck_assert_int_eq(kernel_bus(car->kernel, KCAN_S)->wire.state, CAN_BUS_AWAKE);
    ck_assert_int_eq(kernel_bus(car->kernel, KCAN_P)->wire.state, CAN_BUS_AWAKE);
    cas_fixture_insert(0);
    cas_fixture_run_to(2 * TIME_MIN + 29 * TIME_S);
    ck_assert_int_eq(kernel_bus(car->kernel, KCAN_S)->wire.state, CAN_BUS_AWAKE);
    cas_fixture_run_to(2 * TIME_MIN + 31 * TIME_S);
    ck_assert_int_eq(kernel_bus(car->kernel, KCAN_S)->wire.state, CAN_BUS_ASLEEP);
    ck_assert_int_eq(kernel_bus(car->kernel, KCAN_P)->wire.state, CAN_BUS_ASLEEP);
}
END_TEST

START_TEST(cas_that_gets_power_finds_the_key_and_its_position)
{
    insert(1);
    cas_fixture_turn(TERMINAL_15);
    cas_fixture_run_to(3 * TIME_S);
    cas_fixture_power(CAS_NODE, false);
    cas_fixture_run_to(4 * TIME_S);
    cas_fixture_power(CAS_NODE, true);
    cas_fixture_run_to(6 * TIME_S);
    ck_assert_ptr_nonnull(find_status(0x40, 4 * TIME_S));
    ck_assert_ptr_nonnull(find_status(0x45, 4 * TIME_S));
}
END_TEST

// ---- the alive counter (checked for each frame when a test ends) ---------------------------------------------------

START_TEST(alive_counter_runs_on_through_sleep_and_a_minute_of_changes)
{
    for (int round = 0; round < 3; round++) {
        int64_t begin_ns = (1 + round) * 2 * TIME_MIN;
        cas_fixture_run_to(begin_ns);
        cas_fixture_insert(1 + round);
        for (int64_t step = 1; step < 400; step++) {
            cas_fixture_run_to(begin_ns + step * 97 * TIME_MS + step * 131 * TIME_US);
            cas_fixture_turn((terminal_t)(step % 4));
        }
        cas_fixture_turn(TERMINAL_OFF);
        cas_fixture_run_to(begin_ns + TIME_MIN);
        cas_fixture_insert(0);
    }
    cas_fixture_run_to(10 * TIME_MIN);
    ck_assert_uint_gt(cas_fixture_count(KCAN_S, TERMINAL_STATUS, 0, TIME_NEVER), 1500);
}
END_TEST

START_TEST(change_while_a_status_is_on_the_wire_counts_on)
{
    insert(1);
    cas_fixture_run_to(2 * TIME_S);
    for (int64_t offset = 0; offset < 100; offset++) { // a status lasts about 0.9 ms: all places in it are met
        cas_fixture_run_to(3 * TIME_S + offset * 200 * TIME_MS + offset * 20 * TIME_US);
        cas_fixture_turn(TERMINAL_R);
        cas_fixture_run_to(kernel_now(car->kernel) + 300 * TIME_US);
        cas_fixture_turn(TERMINAL_OFF);
        cas_fixture_run_to(kernel_now(car->kernel) + 100 * TIME_US);
        cas_fixture_turn(TERMINAL_15);
    }
    ck_assert_uint_gt(cas_fixture_count(KCAN_P, TERMINAL_STATUS, 0, TIME_NEVER), 300);
}
END_TEST

START_TEST(alive_counter_is_not_repeated_when_a_bus_finds_its_listener_again)
{
    cas_fixture_power(LISTENER_P, false);
    insert(1);
    cas_fixture_run_to(3 * TIME_S);
    for (int64_t step = 0; step < 20; step++) { // nobody acknowledges on K-CAN PERIPHERY meanwhile
        cas_fixture_run_to(3 * TIME_S + step * 330 * TIME_US + TIME_US);
        cas_fixture_turn(step % 2 ? TERMINAL_R : TERMINAL_15);
    }
    ck_assert_uint_eq(cas_fixture_count(KCAN_P, TERMINAL_STATUS, 0, TIME_NEVER), 0);
    cas_fixture_power(LISTENER_P, true);
    cas_fixture_run_to(5 * TIME_S);
    ck_assert_uint_gt(cas_fixture_count(KCAN_P, TERMINAL_STATUS, 0, TIME_NEVER), 10);
    ck_assert_uint_gt(cas_fixture_count(KCAN_S, TERMINAL_STATUS, 0, TIME_NEVER),
                      cas_fixture_count(KCAN_P, TERMINAL_STATUS, 0, TIME_NEVER)); // each bus has its own count
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("cas, ignition");
    tcase_add_checked_fixture(tests, cas_fixture_set_up, cas_fixture_tear_down);
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, locked_car_that_wakes_says_no_key);
    tcase_add_test(tests, first_bytes_tell_the_keys_way_from_the_lock_to_the_starter);
    tcase_add_test(tests, inserted_key_is_the_real_sample);
    tcase_add_test(tests, status_is_cyclic_every_100_ms_and_at_once_on_change);
    tcase_add_test(tests, key_is_valid_and_terminal_r_on_when_real_cars_have_them);
    tcase_add_test(tests, terminal_r_calls_up_three_times_and_again_after_1100_ms);
    tcase_add_test(tests, terminal_that_comes_on_ends_the_call_up_of_the_key);
    tcase_add_loop_test(tests, terminal_15_soon_after_r_calls_up_at_its_own_time, 0, 9);
    tcase_add_test(tests, terminal_15_calls_up_140_to_145_ms_later);
    tcase_add_test(tests, key_valid_calls_up_within_200_ms_with_the_terminals_off);
    tcase_add_test(tests, foreign_key_starts_nothing_and_leaves_a_fault);
    tcase_add_test(tests, silent_key_starts_nothing_and_leaves_a_fault);
    tcase_add_test(tests, blocked_key_starts_nothing_and_leaves_a_fault);
    tcase_add_test(tests, answer_to_an_old_challenge_is_foreign);
    tcase_add_test(tests, spare_key_is_learned_at_its_first_insertion);
    tcase_add_test(tests, remote_far_out_of_range_works_again_after_the_lock);
    tcase_add_test(tests, key_taken_out_early_is_never_valid);
    tcase_add_test(tests, key_taken_out_ends_its_call_ups_and_switches_the_terminals_off);
    tcase_add_test(tests, buses_stay_awake_with_a_key_in_the_lock_and_sleep_30_s_after_it);
    tcase_add_test(tests, cas_that_gets_power_finds_the_key_and_its_position);
    tcase_add_test(tests, alive_counter_runs_on_through_sleep_and_a_minute_of_changes);
    tcase_add_test(tests, change_while_a_status_is_on_the_wire_counts_on);
    tcase_add_test(tests, alive_counter_is_not_repeated_when_a_bus_finds_its_listener_again);
    return suite_run("cas, ignition", tests);
}
