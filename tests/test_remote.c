// SPDX-License-Identifier: MIT
// The remote part of the CAS as a value: no ecu, no DBC, no bus; exact instants.
#include "cas/remote.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "tests/effects_text.h"
#include "tests/suite.h"

#define START 1000u      // the last code accepted before each test
#define AT (10 * TIME_S) // when things happen
#define MS TIME_MS

static keys_t keys;
static remote_t remote;
static uint32_t codes[KEY_COUNT_MAX + 1];
static uint32_t transmission, ticket;

static void set_up(void)
{
    memset(&keys, 0, sizeof keys);
    for (int key = 1; key <= KEY_COUNT_MAX; key++) {
        key_slot_t *slot = &keys.slots[key - 1];
        *slot = (key_slot_t){.prepared = true, .learned = true, .personalization = (key - 1) % 4 + 1, .code = START};
        key_derive_secret(1, key, slot->secret);
        codes[key] = START;
    }
    remote_start(&remote);
    transmission = ticket = 0;
}

// What it wants done, all of it; each store gets the next ticket.
static const char *wanted(void)
{
    effect_t effect;
    effects_text_clear();
    while (remote_pull(&remote, &effect)) {
        effects_text_add(&effect);
        if (effect.kind == EFFECT_STORE) remote_store_asked(&remote, ++ticket);
    }
    return effects_text();
}

static air_t make(int key, int number, key_button_t button, uint32_t code)
{
    key_telegram_t telegram = {.button = button, .key = key, .personalization = number, .code = code};
    air_t air = key_telegram_encode(&telegram, keys.slots[key - 1].secret);
    air.transmission = ++transmission;
    return air;
}

static const char *hear(const air_t *air)
{
    remote_hear(&remote, &keys, air);
    return wanted();
}

static const char *hear_code(int key, uint32_t code)
{
    air_t air = make(key, (key - 1) % 4 + 1, KEY_BUTTON_UNLOCK, code);
    return hear(&air);
}

static const char *press(int key, key_button_t button)
{
    air_t air = make(key, (key - 1) % 4 + 1, button, ++codes[key]);
    return hear(&air);
}

static const char *let_go(uint32_t number)
{
    return hear(&(air_t){.channel = AIR_RF_END, .transmission = number});
}

static const char *stored(int64_t now_ns, uint32_t up_to)
{
    remote_stored(&remote, now_ns, up_to);
    return wanted();
}

static const char *elapse(int64_t now_ns)
{
    remote_elapse(&remote, now_ns);
    return wanted();
}

// ---- a press -------------------------------------------------------------------------------------------------------

START_TEST(press_acts_when_its_code_is_durable_and_not_before)
{
    ck_assert_str_eq(press(3, KEY_BUTTON_UNLOCK), "store");
    ck_assert_int_eq(remote_next(&remote), TIME_NEVER);
    ck_assert_str_eq(stored(AT, 0), ""); // another's
    ck_assert_str_eq(stored(AT, 1), "key 3 number 3 unlock, doors unlock, log accepted 3 1 3");
    ck_assert_str_eq(stored(AT + 1, 2), ""); // once
}
END_TEST

START_TEST(each_button_has_its_status_and_its_command)
{
    press(1, KEY_BUTTON_LOCK);
    ck_assert_str_eq(stored(AT, 1), "key 1 number 1 lock, doors lock, log accepted 1 2 1");
    press(1, KEY_BUTTON_BOOT);
    ck_assert_str_eq(stored(AT + MS, 2),
                     "key 1 number 1 released, key 1 number 1 boot, doors boot, log accepted 1 3 1");
}
END_TEST

START_TEST(held_button_repeats_at_every_100_ms_until_it_is_let_go)
{
    press(1, KEY_BUTTON_UNLOCK);
    stored(AT, 1);
    for (int64_t repeat = 1; repeat <= 5; repeat++) {
        ck_assert_int_eq(remote_next(&remote), AT + repeat * 100 * MS);
        ck_assert_str_eq(elapse(AT + repeat * 100 * MS - 1), "");
        ck_assert_str_eq(elapse(AT + repeat * 100 * MS), "key 1 number 1 unlock");
    }
    ck_assert_str_eq(let_go(transmission), "key 1 number 1 released");
    ck_assert_int_eq(remote_next(&remote), TIME_NEVER);
    ck_assert_str_eq(let_go(transmission), "");
    ck_assert_str_eq(elapse(AT + TIME_S), "");
}
END_TEST

START_TEST(bus_that_wakes_lets_the_repetitions_count_from_now)
{
    remote_wake(&remote, AT); // nothing is held
    ck_assert_int_eq(remote_next(&remote), TIME_NEVER);
    press(1, KEY_BUTTON_UNLOCK);
    stored(AT, 1);
    remote_wake(&remote, AT + 7 * MS);
    ck_assert_str_eq(wanted(), "");
    ck_assert_int_eq(remote_next(&remote), AT + 107 * MS);
}
END_TEST

START_TEST(press_let_go_before_it_is_durable_acts_and_is_released)
{
    press(2, KEY_BUTTON_LOCK);
    ck_assert_str_eq(let_go(transmission), "");
    ck_assert_str_eq(stored(AT, 1), "key 2 number 2 lock, doors lock, log accepted 2 2 2, key 2 number 2 released");
    ck_assert_int_eq(remote_next(&remote), TIME_NEVER);
}
END_TEST

START_TEST(new_press_ends_the_hold_before_it_and_the_old_end_ends_nothing)
{
    press(1, KEY_BUTTON_UNLOCK);
    stored(AT, 1);
    press(2, KEY_BUTTON_LOCK);
    ck_assert_str_eq(stored(AT + 50 * MS, 2),
                     "key 1 number 1 released, key 2 number 2 lock, doors lock, log accepted 2 2 2");
    ck_assert_int_eq(remote_next(&remote), AT + 150 * MS);
    ck_assert_str_eq(let_go(1), "");
    ck_assert_str_eq(let_go(2), "key 2 number 2 released");
}
END_TEST

// ---- several at once -----------------------------------------------------------------------------------------------

START_TEST(at_most_four_act_in_one_instant_and_the_others_100_us_later)
{
    for (int key = 1; key <= 10; key++) ck_assert_str_eq(press(key, KEY_BUTTON_UNLOCK), "store");
    const char *first = stored(AT, 10);
    ck_assert_ptr_nonnull(strstr(first, "log accepted 4 1 4"));
    ck_assert_ptr_null(strstr(first, "key 5"));
    ck_assert_int_eq(remote_next(&remote), AT + 100 * TIME_US);
    ck_assert_str_eq(elapse(AT + 100 * TIME_US - 1), "");
    const char *second = elapse(AT + 100 * TIME_US);
    ck_assert_ptr_nonnull(strstr(second, "key 4 number 4 released, key 5 number 1 unlock"));
    ck_assert_ptr_nonnull(strstr(second, "log accepted 8 1 4"));
    ck_assert_str_eq(elapse(AT + 200 * TIME_US),
                     "key 8 number 4 released, key 9 number 1 unlock, doors unlock, log accepted 9 1 1, "
                     "key 9 number 1 released, key 10 number 2 unlock, doors unlock, log accepted 10 1 2");
    ck_assert_int_eq(remote_next(&remote), AT + 200 * TIME_US + 100 * MS);
}
END_TEST

START_TEST(sixty_four_presses_wait_and_act_in_their_order)
{
    for (int i = 0; i < 64; i++) press(1 + i % 10, i % 2 ? KEY_BUTTON_LOCK : KEY_BUTTON_UNLOCK);
    ck_assert_str_eq(stored(AT, 0), "");
    unsigned acted = 0;
    const char *text = stored(AT, 64);
    for (int64_t now_ns = AT; now_ns < AT + 2 * MS; now_ns = remote_next(&remote), text = elapse(now_ns)) {
        for (const char *next = text; (next = strstr(next, "log accepted ")) != NULL; next++, acted++) {
            char wanted_text[64];
            snprintf(wanted_text, sizeof wanted_text, "log accepted %u %u ", 1U + (unsigned)acted % 10U,
                     acted % 2 ? 2U : 1U);
            ck_assert_int_eq(strncmp(next, wanted_text, strlen(wanted_text)), 0);
        }
    }
    ck_assert_uint_eq(acted, 64);
    ck_assert_uint_eq(remote.presses_lost, 0);
}
END_TEST

START_TEST(press_beyond_those_that_wait_is_counted_told_and_a_fault_and_its_code_is_stored)
{
    for (int i = 0; i < REMOTE_PENDING_MAX; i++) press(1 + i % 10, KEY_BUTTON_UNLOCK);
    ck_assert_uint_eq(remote.presses_lost, 0);
    ck_assert_str_eq(press(10, KEY_BUTTON_LOCK), "store, log lost 10 64, fault 990B");
    ck_assert_uint_eq(remote.presses_lost, 1);
    ck_assert_uint_eq(keys.slots[9].code, codes[10]);
}
END_TEST

START_TEST(tickets_count_on_past_their_32_bits)
{
    ticket = UINT32_MAX - 1;
    press(1, KEY_BUTTON_UNLOCK); // UINT32_MAX
    press(2, KEY_BUTTON_UNLOCK); // 0
    ck_assert_str_eq(stored(AT, UINT32_MAX), "key 1 number 1 unlock, doors unlock, log accepted 1 1 1");
    ck_assert_ptr_nonnull(strstr(stored(AT + MS, 0), "key 2 number 2 unlock"));
}
END_TEST

// ---- numbers -------------------------------------------------------------------------------------------------------

START_TEST(table_decides_about_the_number_and_a_difference_leaves_a_fault)
{
    keys.slots[1].personalization = 4;
    ck_assert_str_eq(press(2, KEY_BUTTON_UNLOCK), "log differs 2 2 4, fault 990A, store");
    ck_assert_str_eq(stored(AT, 1), "key 2 number 4 unlock, doors unlock, log accepted 2 1 4");
}
END_TEST

START_TEST(key_without_a_number_is_told_as_invalid)
{
    keys.slots[3].personalization = 0;
    air_t air = make(4, KEY_NUMBER_INVALID, KEY_BUTTON_UNLOCK, START + 1);
    ck_assert_str_eq(hear(&air), "store"); // it says so itself
    ck_assert_str_eq(stored(AT, 1), "key 4 number 16 unlock, doors unlock, log accepted 4 1 16");
}
END_TEST

START_TEST(low_battery_is_told)
{
    key_telegram_t telegram = {KEY_BUTTON_UNLOCK, true, 1, 1, START + 1};
    air_t air = key_telegram_encode(&telegram, keys.slots[0].secret);
    hear(&air);
    ck_assert_str_eq(stored(AT, 1), "key 1 number 1 unlock low, doors unlock, log accepted 1 1 1");
}
END_TEST

// ---- what is refused -----------------------------------------------------------------------------------------------

START_TEST(windows_of_the_changing_code_are_exact)
{
    static const struct {
        uint32_t ahead;
        const char *first, *second; // what the code brings, and its successor
    } CASES[] = {
        {0, "log replayed 1 1000 1000", "store"},
        {1, "store", "store"},
        {16, "store", "store"},
        {17, "log ahead 1 17", "store"},
        {18, "log ahead 1 18", "store"},
        {999, "log ahead 1 999", "store"},
        {1000, "log ahead 1 1000", "log too_far 1 1001"},
        {1001, "log too_far 1 1001", "log too_far 1 1002"},
        {5000, "log too_far 1 5000", "log too_far 1 5001"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        set_up();
        ck_assert_str_eq(hear_code(1, START + CASES[i].ahead), CASES[i].first);
        ck_assert_str_eq(hear_code(1, START + CASES[i].ahead + 1), CASES[i].second);
    }
}
END_TEST

START_TEST(second_of_two_presses_counts_only_if_they_are_consecutive)
{
    ck_assert_str_eq(hear_code(1, START + 20), "log ahead 1 20");
    ck_assert_str_eq(hear_code(1, START + 22), "log ahead 1 22");
    ck_assert_str_eq(hear_code(1, START + 21), "log replayed 1 1021 1000");
    ck_assert_str_eq(hear_code(1, START + 23), "store");
}
END_TEST

START_TEST(blocked_key_leaves_a_fault_and_its_code_is_stored)
{
    keys.slots[4].blocked = true;
    ck_assert_str_eq(press(5, KEY_BUTTON_UNLOCK), "log blocked 5 1, fault 9907, store");
    ck_assert_str_eq(stored(AT, 1), ""); // and nothing else ever
    ck_assert_uint_eq(remote.verdicts[KEYS_BLOCKED], 1);
}
END_TEST

START_TEST(forged_unknown_and_malformed_telegrams_are_logged_and_counted_and_nothing_else)
{
    air_t forged = make(1, 1, KEY_BUTTON_UNLOCK, START + 1);
    forged.bytes[KEY_TELEGRAM_SIZE - 1] ^= 1;
    ck_assert_str_eq(hear(&forged), "log forged 1");
    keys.slots[1].learned = false;
    ck_assert_str_eq(press(2, KEY_BUTTON_UNLOCK), "log unknown 2");
    ck_assert_str_eq(hear(&(air_t){.channel = AIR_RF, .size = 3}), "log malformed 3");
    ck_assert_uint_eq(remote.verdicts[KEYS_FORGED], 1);
    ck_assert_uint_eq(remote.verdicts[KEYS_UNKNOWN], 1);
    ck_assert_uint_eq(remote.verdicts[KEYS_MALFORMED], 1);
    ck_assert_int_eq(remote_next(&remote), TIME_NEVER);
}
END_TEST

START_TEST(telegram_heard_twice_is_a_replay_and_the_held_press_goes_on)
{
    air_t air = make(1, 1, KEY_BUTTON_UNLOCK, ++codes[1]);
    ck_assert_str_eq(hear(&air), "store");
    ck_assert_str_eq(hear(&air), "log replayed 1 1001 1001");
    stored(AT, 1);
    ck_assert(remote.held);
    ck_assert_str_eq(hear(&air), "log replayed 1 1001 1001"); // also while it acts
    ck_assert_uint_eq(remote.verdicts[KEYS_REPLAYED], 2);
    ck_assert_uint_eq(remote.pending_count, 0);
    ck_assert_str_ne(elapse(AT + 100 * MS), "");
    ck_assert_str_ne(let_go(air.transmission), "");
    ck_assert_str_eq(let_go(air.transmission), ""); // its end is heard twice as well
    ck_assert(!remote.held);
}
END_TEST

START_TEST(late_telegram_acts_when_it_comes_unless_a_later_code_was_heard)
{
    air_t late = make(1, 1, KEY_BUTTON_UNLOCK, START + 1), next = make(1, 1, KEY_BUTTON_LOCK, START + 2);
    hear(&next);
    stored(AT, 1);
    ck_assert_str_eq(hear(&late), "log replayed 1 1001 1002");
    ck_assert_str_eq(let_go(late.transmission), ""); // it ends as late, and nothing of the other
    ck_assert(remote.held);
    ck_assert_uint_eq(remote.verdicts[KEYS_REPLAYED], 1);
}
END_TEST

START_TEST(telegram_with_any_bit_inverted_is_ignored_and_counted)
{
    air_t right = make(1, 1, KEY_BUTTON_UNLOCK, ++codes[1]);
    keys_t before = keys;
    for (unsigned bit = 0; bit < 8u * right.size; bit++) {
        air_t inverted = right;
        inverted.bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
        hear(&inverted);
        ck_assert_uint_eq(remote.pending_count, 0);
        ck_assert_mem_eq(&keys, &before, sizeof keys);
    }
    const uint32_t *verdicts = remote.verdicts;
    ck_assert_uint_eq(verdicts[KEYS_ACCEPTED], 0);
    ck_assert_uint_eq(verdicts[KEYS_FORGED] + verdicts[KEYS_UNKNOWN] + verdicts[KEYS_MALFORMED], 8u * right.size);
    ck_assert_str_eq(hear(&right), "store"); // nothing of it was taken for the code
}
END_TEST

START_TEST(blocking_a_key_ends_its_press_with_one_released)
{
    press(1, KEY_BUTTON_UNLOCK);
    stored(AT, 1);
    remote_block(&remote, 2); // another one
    ck_assert_str_eq(wanted(), "");
    remote_block(&remote, 1);
    ck_assert_str_eq(wanted(), "key 1 number 1 released");
    ck_assert_int_eq(remote_next(&remote), TIME_NEVER);
    ck_assert_str_eq(let_go(transmission), "");
    remote_block(&remote, 1);
    ck_assert_str_eq(wanted(), "");
}
END_TEST

START_TEST(blocking_a_key_withdraws_its_presses_that_wait_and_no_others)
{
    press(1, KEY_BUTTON_UNLOCK);
    press(2, KEY_BUTTON_LOCK);
    press(1, KEY_BUTTON_BOOT);
    remote_block(&remote, 1);
    ck_assert_str_eq(wanted(), "log blocked 1");
    ck_assert_uint_eq(remote.verdicts[KEYS_BLOCKED], 2);
    ck_assert_str_eq(stored(AT, 3), "key 2 number 2 lock, doors lock, log accepted 2 2 2");
}
END_TEST

START_TEST(start_forgets_what_was_pressed_and_counted)
{
    press(1, KEY_BUTTON_UNLOCK);
    stored(AT, 1);
    press(2, KEY_BUTTON_UNLOCK);
    remote_start(&remote);
    ck_assert_int_eq(remote_next(&remote), TIME_NEVER);
    ck_assert_str_eq(stored(AT + MS, 2), "");
    ck_assert_str_eq(let_go(1), "");
    ck_assert_uint_eq(remote.verdicts[KEYS_ACCEPTED], 0);
}
END_TEST

int main(void)
{
    const suite_group_t groups[] = {
        {"a press",
         {press_acts_when_its_code_is_durable_and_not_before, each_button_has_its_status_and_its_command,
          held_button_repeats_at_every_100_ms_until_it_is_let_go, bus_that_wakes_lets_the_repetitions_count_from_now,
          press_let_go_before_it_is_durable_acts_and_is_released,
          new_press_ends_the_hold_before_it_and_the_old_end_ends_nothing}},
        {"several at once",
         {at_most_four_act_in_one_instant_and_the_others_100_us_later, sixty_four_presses_wait_and_act_in_their_order,
          press_beyond_those_that_wait_is_counted_told_and_a_fault_and_its_code_is_stored,
          tickets_count_on_past_their_32_bits}},
        {"numbers",
         {table_decides_about_the_number_and_a_difference_leaves_a_fault, key_without_a_number_is_told_as_invalid,
          low_battery_is_told}},
        {"what is refused",
         {windows_of_the_changing_code_are_exact, second_of_two_presses_counts_only_if_they_are_consecutive,
          blocked_key_leaves_a_fault_and_its_code_is_stored, blocking_a_key_ends_its_press_with_one_released,
          blocking_a_key_withdraws_its_presses_that_wait_and_no_others,
          forged_unknown_and_malformed_telegrams_are_logged_and_counted_and_nothing_else,
          telegram_heard_twice_is_a_replay_and_the_held_press_goes_on,
          late_telegram_acts_when_it_comes_unless_a_later_code_was_heard,
          telegram_with_any_bit_inverted_is_ignored_and_counted, start_forgets_what_was_pressed_and_counted}},
    };
    return suite_run_groups("remote", groups, sizeof groups / sizeof groups[0], set_up, NULL);
}
