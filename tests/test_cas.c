// SPDX-License-Identifier: MIT
// The CAS's remote controls: what a press brings to the buses, and what brings nothing.
#include "cas/cas.h"

#include <check.h>
#include <string.h>

#include "tests/cas_fixture.h"
#include "tests/suite.h"
#include "bus/car/words.h"

static void expect_silence(int64_t since_ns)
{
    for (size_t i = 0; i < car->seen_count; i++) ck_assert_int_le(car->seen[i].at_ns, since_ns);
    ck_assert_int_eq(kernel_bus(car->kernel, KCAN_S)->wire.state, CAN_BUS_ASLEEP);
    ck_assert_int_eq(kernel_bus(car->kernel, KCAN_P)->wire.state, CAN_BUS_ASLEEP);
}

// ---- accepted ------------------------------------------------------------------------------------------------------

START_TEST(unlock_is_the_real_sample_on_both_buses_within_50_ms_from_sleep)
{
    cas_fixture_run_to(TIME_S);
    cas_fixture_press(3, KEY_BUTTON_UNLOCK);
    cas_fixture_run_to(TIME_S + 50 * TIME_MS);
    ck_assert_str_eq(cas_fixture_text(KCAN_S, KEY_STATUS, 0), "23A#22300162");
    ck_assert_str_eq(cas_fixture_text(KCAN_P, KEY_STATUS, 0), "23A#22300162");
    ck_assert_str_eq(cas_fixture_text(KCAN_P, LOCKING, 0), "2A0#1111010000000000");
    ck_assert_uint_ge(cas_fixture_count(KCAN_S, TERMINAL_STATUS, 0, 2 * TIME_S), 1); // all that is cyclic, at wake-up
    ck_assert_str_eq(cas_fixture_text(KCAN_S, DOORS, 0), "2FC#00000000000000");
}
END_TEST

START_TEST(each_key_tells_its_own_numbers_in_both_nibbles)
{
    static const char *const EXPECTED[] = {"23A#00300160", "23A#11300161", "23A#22300162", "23A#33300163"};
    for (int key = 1; key <= 4; key++) {
        int64_t at_ns = key * TIME_S;
        cas_fixture_run_to(at_ns);
        cas_fixture_press(key, KEY_BUTTON_UNLOCK);
        cas_fixture_run_to(at_ns + 50 * TIME_MS);
        ck_assert_str_eq(cas_fixture_text(KCAN_P, KEY_STATUS, at_ns), EXPECTED[key - 1]);
        cas_fixture_let_go(car->transmission);
    }
}
END_TEST

START_TEST(held_button_repeats_every_100_ms_and_ends_with_released)
{
    cas_fixture_run_to(TIME_S);
    cas_fixture_press(1, KEY_BUTTON_LOCK);
    cas_fixture_run_to(TIME_S + 350 * TIME_MS);
    cas_fixture_let_go(car->transmission);
    cas_fixture_run_to(5 * TIME_S);
    ck_assert_str_eq(cas_fixture_text(KCAN_S, KEY_STATUS, 0),
                     "23A#00300460 23A#00300460 23A#00300460 23A#00300460 23A#00300060");
    const cas_fixture_seen_t *first = cas_fixture_find(KCAN_S, KEY_STATUS, 0);
    for (int repeat = 0; repeat < 3; repeat++) {
        const cas_fixture_seen_t *next = cas_fixture_find(KCAN_S, KEY_STATUS, first->at_ns);
        ck_assert_int_ge(next->at_ns - first->at_ns, 97 * TIME_MS); // also the first, which waited for the bus
        ck_assert_int_le(next->at_ns - first->at_ns, 103 * TIME_MS);
        first = next;
    }
    ck_assert_int_le(cas_fixture_find(KCAN_S, KEY_STATUS, first->at_ns)->at_ns, TIME_S + 355 * TIME_MS);
    ck_assert_str_eq(cas_fixture_text(KCAN_S, LOCKING, TIME_S + 50 * TIME_MS), "");
}
END_TEST

START_TEST(press_shorter_than_the_store_still_acts_and_is_released)
{
    cas_fixture_run_to(TIME_S);
    cas_fixture_press(1, KEY_BUTTON_BOOT);
    cas_fixture_run_to(TIME_S + TIME_MS);
    cas_fixture_let_go(car->transmission);
    cas_fixture_run_to(2 * TIME_S);
    ck_assert_str_eq(cas_fixture_text(KCAN_P, KEY_STATUS, 0), "23A#00301060 23A#00300060");
    ck_assert_str_eq(cas_fixture_text(KCAN_P, LOCKING, 0), "2A0#8888010000000000"); // the doors stay as they are
}
END_TEST

START_TEST(new_press_ends_the_hold_of_the_one_before)
{
    cas_fixture_run_to(TIME_S);
    cas_fixture_press(1, KEY_BUTTON_UNLOCK);
    uint32_t first = car->transmission;
    cas_fixture_run_to(TIME_S + 50 * TIME_MS);
    cas_fixture_press(2, KEY_BUTTON_LOCK);
    cas_fixture_run_to(TIME_S + 100 * TIME_MS);
    cas_fixture_let_go(first); // is no longer on the buses
    cas_fixture_run_to(TIME_S + 140 * TIME_MS);
    cas_fixture_let_go(car->transmission);
    cas_fixture_run_to(2 * TIME_S);
    ck_assert_str_eq(cas_fixture_text(KCAN_S, KEY_STATUS, 0), "23A#00300160 23A#00300060 23A#11300461 23A#11300061");
    ck_assert_str_eq(cas_fixture_text(KCAN_S, LOCKING, 0), "2A0#1111010000000000 2A0#2222020000000000");
}
END_TEST

START_TEST(two_remotes_in_one_instant_both_act_in_their_order)
{
    cas_fixture_run_to(TIME_S);
    cas_fixture_press(2, KEY_BUTTON_LOCK);
    cas_fixture_press(1, KEY_BUTTON_UNLOCK);
    cas_fixture_run_to(TIME_S + 50 * TIME_MS);
    ck_assert_str_eq(cas_fixture_text(KCAN_S, KEY_STATUS, 0), "23A#11300461 23A#11300061 23A#00300160");
    ck_assert_str_eq(cas_fixture_text(KCAN_S, LOCKING, 0), "2A0#2222020000000000 2A0#1111010000000000");
}
END_TEST

static void learn_all_ten(image_t *image)
{
    for (int key = 5; key <= 10; key++) {
        key_derive_secret(1, key, car->fobs[key].secret);
        car->fobs[key].personalization = (key - 1) % 4 + 1;
        image_set_bytes(image, "key", key, "secret", car->fobs[key].secret, KEY_SECRET_SIZE);
        image_set(image, "key", key, "personalization", car->fobs[key].personalization);
        image_set(image, "key", key, "learned", 1);
    }
}

START_TEST(ten_remotes_in_one_instant_all_act)
{
    cas_fixture_tear_down();
    cas_fixture_set_up_with(learn_all_ten);
    cas_fixture_run_to(TIME_S);
    for (int key = 1; key <= 10; key++) cas_fixture_press(key, KEY_BUTTON_UNLOCK);
    cas_fixture_run_to(TIME_S + 90 * TIME_MS);
    ck_assert_uint_eq(cas_fixture_count(KCAN_S, KEY_STATUS, 0, TIME_MIN), 19); // each but the last is released
    ck_assert_uint_eq(cas_fixture_count(KCAN_P, KEY_STATUS, 0, TIME_MIN), 19);
    ck_assert_uint_eq(cas_fixture_count(KCAN_P, LOCKING, 0, TIME_MIN), 10);
    ck_assert_uint_eq(car->cas->remote.presses_lost, 0);
}
END_TEST

START_TEST(command_lasts_half_a_second_in_cyclic_frames_and_is_idle_then)
{
    cas_fixture_run_to(TIME_S);
    cas_fixture_press(1, KEY_BUTTON_UNLOCK);
    cas_fixture_run_to(TIME_S + 100 * TIME_MS);
    cas_fixture_let_go(car->transmission);
    cas_fixture_run_to(12 * TIME_S);
    const char *frames = cas_fixture_text(KCAN_P, LOCKING, TIME_S + 600 * TIME_MS);
    ck_assert_str_eq(frames, "2A0#8888080000000000 2A0#8888080000000000"); // every 5 s
}
END_TEST

START_TEST(low_battery_is_told_on_the_buses)
{
    cas_fixture_run_to(TIME_S);
    key_telegram_t telegram = {KEY_BUTTON_UNLOCK, true, 1, 1, 1};
    air_t air = key_telegram_encode(&telegram, car->fobs[1].secret);
    cas_fixture_send(&air);
    cas_fixture_run_to(TIME_S + 50 * TIME_MS);
    ck_assert_str_eq(cas_fixture_text(KCAN_P, KEY_STATUS, 0), "23A#003001E0");
}
END_TEST

static void forget_number_of_4(image_t *image)
{
    image_set(image, "key", 4, "personalization", 0);
}

START_TEST(key_without_a_number_is_told_as_invalid)
{
    cas_fixture_tear_down();
    cas_fixture_set_up_with(forget_number_of_4);
    cas_fixture_run_to(TIME_S);
    cas_fixture_press(4, KEY_BUTTON_UNLOCK);
    cas_fixture_run_to(TIME_S + 50 * TIME_MS);
    ck_assert_str_eq(cas_fixture_text(KCAN_P, KEY_STATUS, 0), "23A#FF300163");
}
END_TEST

// ---- ignored and counted -------------------------------------------------------------------------------------------

START_TEST(replayed_telegram_brings_nothing_to_any_bus)
{
    cas_fixture_run_to(TIME_S);
    cas_fixture_press(1, KEY_BUTTON_UNLOCK);
    cas_fixture_run_to(TIME_S + 100 * TIME_MS);
    cas_fixture_let_go(car->transmission);
    cas_fixture_run_to(TIME_MIN);
    cas_fixture_send(&car->last_telegram);
    cas_fixture_run_to(TIME_MIN + TIME_S);
    expect_silence(TIME_MIN);
    ck_assert_uint_eq(car->cas->remote.verdicts[KEYS_REPLAYED], 1);
    ck_assert_uint_eq(car->logs[LOG_KEY_REPLAYED], 1);
}
END_TEST

START_TEST(telegram_stays_a_replay_after_a_power_loss)
{
    cas_fixture_run_to(TIME_S);
    cas_fixture_press(1, KEY_BUTTON_UNLOCK);
    cas_fixture_run_to(TIME_S + 6 * TIME_MS); // it acts at this very instant
    cas_fixture_power(CAS_NODE, false);
    cas_fixture_run_to(2 * TIME_S);
    cas_fixture_power(CAS_NODE, true);
    cas_fixture_run_to(3 * TIME_S);
    cas_fixture_send(&car->last_telegram);
    cas_fixture_run_to(4 * TIME_S);
    ck_assert_uint_eq(car->cas->remote.verdicts[KEYS_REPLAYED], 1);
    ck_assert_str_eq(cas_fixture_text(KCAN_P, KEY_STATUS, 0), "");
}
END_TEST

START_TEST(press_whose_code_was_not_stored_before_the_power_loss_never_acted)
{
    cas_fixture_run_to(TIME_S);
    cas_fixture_press(1, KEY_BUTTON_UNLOCK);
    cas_fixture_run_to(TIME_S + 6 * TIME_MS - 1);
    cas_fixture_power(CAS_NODE, false);
    cas_fixture_run_to(2 * TIME_S);
    ck_assert_str_eq(cas_fixture_text(KCAN_P, KEY_STATUS, 0), "");
    cas_fixture_power(CAS_NODE, true);
    cas_fixture_run_to(3 * TIME_S);
    cas_fixture_press(1, KEY_BUTTON_UNLOCK);
    cas_fixture_run_to(3 * TIME_S + 50 * TIME_MS);
    ck_assert_str_eq(cas_fixture_text(KCAN_P, KEY_STATUS, 0), "23A#00300160");
}
END_TEST

START_TEST(presses_out_of_range_cost_a_second_press_from_the_17th_on)
{
    cas_fixture_run_to(TIME_S);
    car->fobs[1].code += 15;
    cas_fixture_press(1, KEY_BUTTON_UNLOCK);
    cas_fixture_run_to(2 * TIME_S);
    ck_assert_ptr_nonnull(cas_fixture_find(KCAN_P, KEY_STATUS, TIME_S));
    cas_fixture_let_go(car->transmission);
    cas_fixture_run_to(3 * TIME_S);
    car->fobs[1].code += 16;
    cas_fixture_press(1, KEY_BUTTON_UNLOCK);
    cas_fixture_run_to(4 * TIME_S);
    ck_assert_ptr_null(cas_fixture_find(KCAN_P, KEY_STATUS, 3 * TIME_S));
    cas_fixture_press(1, KEY_BUTTON_UNLOCK);
    cas_fixture_run_to(4 * TIME_S + 50 * TIME_MS);
    ck_assert_ptr_nonnull(cas_fixture_find(KCAN_P, KEY_STATUS, 4 * TIME_S));
}
END_TEST

START_TEST(forged_unknown_and_malformed_telegrams_bring_nothing_to_any_bus)
{
    cas_fixture_run_to(TIME_S);
    air_t forged = key_telegram_encode(&(key_telegram_t){KEY_BUTTON_UNLOCK, false, 1, 3, 1}, car->fobs[2].secret);
    air_t unknown = key_telegram_encode(&(key_telegram_t){KEY_BUTTON_UNLOCK, false, 10, 1, 1}, car->fobs[1].secret);
    air_t garbage = {.channel = AIR_RF, .size = AIR_BYTES_MAX};
    memset(garbage.bytes, 0xFF, sizeof garbage.bytes);
    cas_fixture_send(&forged);
    cas_fixture_send(&unknown);
    cas_fixture_send(&garbage);
    garbage.size = 0;
    cas_fixture_send(&garbage);
    cas_fixture_press(5, KEY_BUTTON_UNLOCK); // prepared, but never in the lock
    cas_fixture_run_to(2 * TIME_S);
    expect_silence(0);
    ck_assert_uint_eq(car->cas->remote.verdicts[KEYS_FORGED], 1);
    ck_assert_uint_eq(car->cas->remote.verdicts[KEYS_UNKNOWN], 2);
    ck_assert_uint_eq(car->cas->remote.verdicts[KEYS_MALFORMED], 2);
}
END_TEST

static void block_2(image_t *image)
{
    image_set(image, "key", 2, "blocked", 1);
}

START_TEST(blocked_key_unlocks_nothing_and_leaves_a_fault_that_lasts)
{
    cas_fixture_tear_down();
    cas_fixture_set_up_with(block_2);
    cas_fixture_run_to(TIME_S);
    cas_fixture_press(2, KEY_BUTTON_UNLOCK);
    cas_fixture_run_to(2 * TIME_S);
    expect_silence(0);
    ck_assert(cas_fixture_has_fault(FAULT_KEY_BLOCKED));
    cas_fixture_power(CAS_NODE, false);
    cas_fixture_run_to(3 * TIME_S);
    cas_fixture_power(CAS_NODE, true);
    cas_fixture_run_to(4 * TIME_S);
    ck_assert(cas_fixture_has_fault(FAULT_KEY_BLOCKED));
    cas_fixture_press(1, KEY_BUTTON_UNLOCK); // another key is not concerned
    cas_fixture_run_to(4 * TIME_S + 50 * TIME_MS);
    ck_assert_str_eq(cas_fixture_text(KCAN_P, KEY_STATUS, 0), "23A#00300160");
}
END_TEST

static void reassign_2_to_4(image_t *image)
{
    image_set(image, "key", 2, "personalization", 4);
}

START_TEST(table_decides_when_the_remote_says_another_number_and_the_lock_rewrites_it)
{
    cas_fixture_tear_down();
    cas_fixture_set_up_with(reassign_2_to_4);
    cas_fixture_run_to(TIME_S);
    cas_fixture_press(2, KEY_BUTTON_UNLOCK); // says 2
    cas_fixture_run_to(TIME_S + 50 * TIME_MS);
    ck_assert_str_eq(cas_fixture_text(KCAN_P, KEY_STATUS, 0), "23A#33300161");
    ck_assert(cas_fixture_has_fault(FAULT_KEY_DIFFERS));
    cas_fixture_let_go(car->transmission);
    cas_fixture_run_to(2 * TIME_S);
    cas_fixture_insert(2);
    cas_fixture_run_to(3 * TIME_S);
    ck_assert_int_eq(car->fobs[2].personalization, 4);
    ck_assert_uint_eq(car->logs[LOG_KEY_REWRITTEN], 1);
    cas_fixture_insert(0);
    cas_fixture_run_to(4 * TIME_S);
    cas_fixture_press(2, KEY_BUTTON_UNLOCK);
    cas_fixture_run_to(4 * TIME_S + 50 * TIME_MS);
    ck_assert_uint_eq(car->logs[LOG_KEY_DIFFERS], 1); // no second time
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("cas");
    tcase_add_checked_fixture(tests, cas_fixture_set_up, cas_fixture_tear_down);
    tcase_add_test(tests, unlock_is_the_real_sample_on_both_buses_within_50_ms_from_sleep);
    tcase_add_test(tests, each_key_tells_its_own_numbers_in_both_nibbles);
    tcase_add_test(tests, held_button_repeats_every_100_ms_and_ends_with_released);
    tcase_add_test(tests, press_shorter_than_the_store_still_acts_and_is_released);
    tcase_add_test(tests, new_press_ends_the_hold_of_the_one_before);
    tcase_add_test(tests, two_remotes_in_one_instant_both_act_in_their_order);
    tcase_add_test(tests, ten_remotes_in_one_instant_all_act);
    tcase_add_test(tests, command_lasts_half_a_second_in_cyclic_frames_and_is_idle_then);
    tcase_add_test(tests, low_battery_is_told_on_the_buses);
    tcase_add_test(tests, key_without_a_number_is_told_as_invalid);
    tcase_add_test(tests, replayed_telegram_brings_nothing_to_any_bus);
    tcase_add_test(tests, telegram_stays_a_replay_after_a_power_loss);
    tcase_add_test(tests, press_whose_code_was_not_stored_before_the_power_loss_never_acted);
    tcase_add_test(tests, presses_out_of_range_cost_a_second_press_from_the_17th_on);
    tcase_add_test(tests, forged_unknown_and_malformed_telegrams_bring_nothing_to_any_bus);
    tcase_add_test(tests, blocked_key_unlocks_nothing_and_leaves_a_fault_that_lasts);
    tcase_add_test(tests, table_decides_when_the_remote_says_another_number_and_the_lock_rewrites_it);
    return suite_run("cas", tests);
}
