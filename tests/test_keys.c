// SPDX-License-Identifier: MIT
#include "cas/keys.h"

#include <check.h>
#include <string.h>

#include "tests/suite.h"

#define START 1000u // the last code accepted before each test

static keys_t keys;
static uint8_t secrets[KEY_COUNT_MAX + 1][KEY_SECRET_SIZE];
static key_telegram_t telegram;
static uint32_t ahead;

static void set_up(void)
{
    memset(&keys, 0, sizeof keys);
    for (int key = 1; key <= KEY_COUNT_MAX; key++) {
        key_derive_secret(1, key, secrets[key]);
        key_slot_t *slot = &keys.slots[key - 1];
        *slot = (key_slot_t){.prepared = true, .learned = true, .personalization = (key - 1) % 4 + 1, .code = START};
        memcpy(slot->secret, secrets[key], KEY_SECRET_SIZE);
    }
}

static keys_verdict_t press(int key, uint32_t code)
{
    air_t air = key_telegram_encode(&(key_telegram_t){KEY_BUTTON_UNLOCK, false, key, 1, code}, secrets[key]);
    return keys_judge_telegram(&keys, &air, &telegram, &ahead);
}

static keys_verdict_t insert(int key, uint32_t code)
{
    air_t challenge = key_challenge_encode(77);
    air_t air = key_answer_encode(&(key_answer_t){key, 1, code}, &challenge, secrets[key]);
    key_answer_t answer;
    return keys_judge_answer(&keys, &air, &challenge, &answer);
}

START_TEST(code_1_to_16_ahead_is_accepted_at_once)
{
    uint32_t last = START;
    for (uint32_t steps = 1; steps <= 16; steps++) {
        ck_assert_int_eq(press(1, last + steps), KEYS_ACCEPTED);
        ck_assert_uint_eq(ahead, steps);
        last += steps;
    }
    ck_assert_uint_eq(keys.slots[0].code, last);
    ck_assert_uint_eq(keys.slots[1].code, START); // another key's code is its own
}
END_TEST

START_TEST(code_17_to_1000_ahead_is_accepted_at_the_second_consecutive_press)
{
    static const uint32_t STEPS[] = {17, 18, 500, 999};
    for (size_t i = 0; i < 4; i++) {
        set_up();
        ck_assert_int_eq(press(1, START + STEPS[i]), KEYS_AHEAD);
        ck_assert_uint_eq(keys.slots[0].code, START);
        ck_assert_int_eq(press(1, START + STEPS[i] + 1), KEYS_ACCEPTED);
        ck_assert_int_eq(press(1, START + STEPS[i] + 1), KEYS_REPLAYED);
        ck_assert_int_eq(press(1, START + STEPS[i] + 2), KEYS_ACCEPTED);
    }
}
END_TEST

START_TEST(two_presses_that_do_not_follow_each_other_do_not_count)
{
    ck_assert_int_eq(press(1, START + 20), KEYS_AHEAD);
    ck_assert_int_eq(press(1, START + 20), KEYS_REPLAYED); // the same telegram twice is no second press
    ck_assert_int_eq(press(1, START + 22), KEYS_AHEAD);    // one press in between was not heard
    ck_assert_int_eq(press(1, START + 21), KEYS_REPLAYED);
    ck_assert_int_eq(press(1, START + 30), KEYS_AHEAD);
    ck_assert_int_eq(press(1, START + 31), KEYS_ACCEPTED);
}
END_TEST

START_TEST(code_of_1000_ahead_is_the_last_that_counts)
{
    ck_assert_int_eq(press(1, START + 1000), KEYS_AHEAD);
    ck_assert_int_eq(press(1, START + 1001), KEYS_TOO_FAR); // its successor lies beyond the window
    ck_assert_int_eq(press(2, START + 1001), KEYS_TOO_FAR);
    ck_assert_int_eq(press(2, START + 1002), KEYS_TOO_FAR);
    ck_assert_int_eq(press(2, START + 5000), KEYS_TOO_FAR);
    ck_assert_uint_eq(keys.slots[1].code, START);
}
END_TEST

START_TEST(key_too_far_ahead_works_again_after_the_lock)
{
    ck_assert_int_eq(press(1, START + 2001), KEYS_TOO_FAR);
    ck_assert_int_eq(insert(1, START + 2001), KEYS_ACCEPTED);
    ck_assert_int_eq(press(1, START + 2001), KEYS_REPLAYED);
    ck_assert_int_eq(press(1, START + 2002), KEYS_ACCEPTED);
}
END_TEST

START_TEST(code_not_ahead_is_a_replay)
{
    static const uint32_t BEHIND[] = {0, 1, 15, 16, 17, 1000, 0x7FFFFFFF, 0x80000000};
    for (size_t i = 0; i < 8; i++) {
        ck_assert_int_eq(press(1, START - BEHIND[i]), KEYS_REPLAYED);
        ck_assert_uint_eq(keys.slots[0].code, START);
    }
}
END_TEST

START_TEST(code_runs_on_over_its_32_bits)
{
    keys.slots[0].code = 0xFFFFFFFEu;
    ck_assert_int_eq(press(1, 0xFFFFFFFFu), KEYS_ACCEPTED);
    ck_assert_int_eq(press(1, 0), KEYS_ACCEPTED);
    ck_assert_int_eq(press(1, 0xFFFFFFFFu), KEYS_REPLAYED);
    keys.slots[1].code = 0xFFFFFFF0u;
    ck_assert_int_eq(press(2, 100), KEYS_AHEAD);
    ck_assert_int_eq(press(2, 101), KEYS_ACCEPTED);
}
END_TEST

START_TEST(accepted_press_ends_a_resynchronisation)
{
    ck_assert_int_eq(press(1, START + 100), KEYS_AHEAD);
    ck_assert_int_eq(press(1, START + 10), KEYS_ACCEPTED);
    ck_assert_int_eq(press(1, START + 101), KEYS_AHEAD);
    ck_assert_int_eq(insert(1, START + 101), KEYS_ACCEPTED);
    ck_assert_int_eq(press(1, START + 150), KEYS_AHEAD);
    ck_assert_int_eq(press(1, START + 102), KEYS_ACCEPTED);
    ck_assert_int_eq(press(1, START + 151), KEYS_AHEAD); // the press before it was accepted away
}
END_TEST

START_TEST(telegram_under_a_wrong_secret_is_forged_and_leaves_nothing)
{
    air_t air = key_telegram_encode(&(key_telegram_t){KEY_BUTTON_UNLOCK, true, 1, 1, START + 1}, secrets[2]);
    ck_assert_int_eq(keys_judge_telegram(&keys, &air, &telegram, &ahead), KEYS_FORGED);
    ck_assert_uint_eq(keys.slots[0].code, START);
    ck_assert(!keys.slots[0].battery_low);
    ck_assert_int_eq(press(1, START + 1), KEYS_ACCEPTED);
}
END_TEST

START_TEST(number_without_a_learned_key_is_unknown)
{
    keys.slots[2].learned = false;
    keys.slots[3].prepared = false;
    ck_assert_int_eq(press(3, START + 1), KEYS_UNKNOWN);
    ck_assert_int_eq(press(4, START + 1), KEYS_UNKNOWN);
    for (int key = 11; key <= 16; key++) {
        air_t air = key_telegram_encode(&(key_telegram_t){KEY_BUTTON_UNLOCK, false, key, 1, START + 1}, secrets[1]);
        ck_assert_int_eq(keys_judge_telegram(&keys, &air, &telegram, &ahead), KEYS_UNKNOWN);
    }
}
END_TEST

START_TEST(malformed_telegram_is_told_apart)
{
    air_t air = {.channel = AIR_RF, .size = 3, .bytes = {1, 2, 3}};
    ck_assert_int_eq(keys_judge_telegram(&keys, &air, &telegram, &ahead), KEYS_MALFORMED);
    air.size = 0;
    ck_assert_int_eq(keys_judge_telegram(&keys, &air, &telegram, &ahead), KEYS_MALFORMED);
}
END_TEST

START_TEST(blocked_key_is_refused_and_its_telegrams_stay_replays_after_release)
{
    keys.slots[0].blocked = true;
    ck_assert_int_eq(press(1, START + 1), KEYS_BLOCKED);
    ck_assert_int_eq(press(1, START + 500), KEYS_BLOCKED);
    ck_assert_int_eq(insert(1, START + 2), KEYS_BLOCKED);
    keys.slots[0].blocked = false;
    ck_assert_int_eq(press(1, START + 1), KEYS_REPLAYED);
    ck_assert_int_eq(press(1, START + 3), KEYS_ACCEPTED);
}
END_TEST

START_TEST(spare_key_is_learned_in_the_lock_and_only_there)
{
    keys.slots[4].learned = false;
    keys.slots[5].learned = false;
    keys.slots[5].blocked = true;
    ck_assert_int_eq(insert(5, 3), KEYS_ACCEPTED);
    ck_assert(keys.slots[4].learned);
    ck_assert_int_eq(press(5, 4), KEYS_ACCEPTED);
    ck_assert_int_eq(insert(6, 3), KEYS_BLOCKED);
    ck_assert(!keys.slots[5].learned);
}
END_TEST

START_TEST(foreign_answer_changes_nothing)
{
    air_t challenge = key_challenge_encode(77), other = key_challenge_encode(78);
    key_answer_t answer;
    air_t wrong_secret = key_answer_encode(&(key_answer_t){1, 1, 5}, &challenge, secrets[2]);
    air_t wrong_challenge = key_answer_encode(&(key_answer_t){1, 1, 5}, &other, secrets[1]);
    air_t wrong_number = key_answer_encode(&(key_answer_t){11, 1, 5}, &challenge, secrets[1]);
    ck_assert_int_eq(keys_judge_answer(&keys, &wrong_secret, &challenge, &answer), KEYS_FORGED);
    ck_assert_int_eq(keys_judge_answer(&keys, &wrong_challenge, &challenge, &answer), KEYS_FORGED);
    ck_assert_int_eq(keys_judge_answer(&keys, &wrong_number, &challenge, &answer), KEYS_FORGED);
    wrong_secret.size--;
    ck_assert_int_eq(keys_judge_answer(&keys, &wrong_secret, &challenge, &answer), KEYS_MALFORMED);
    ck_assert_uint_eq(keys.slots[0].code, START);
}
END_TEST

START_TEST(slot_numbers_are_1_to_10)
{
    for (int key = -1; key <= 17; key++) ck_assert_int_eq(keys_find(&keys, key) != NULL, key >= 1 && key <= 10);
    ck_assert_ptr_eq(keys_find(&keys, 10), &keys.slots[9]);
}
END_TEST

START_TEST(table_survives_its_image_but_for_a_resynchronisation)
{
    static image_t image;
    keys.slots[1].blocked = true;
    keys.slots[2].learned = false;
    keys.slots[3].battery_low = true;
    keys.slots[4].personalization = 0;
    keys.slots[5].prepared = false;
    keys.slots[6].code = 0xFFFFFFFFu;
    ck_assert_int_eq(press(1, START + 100), KEYS_AHEAD);
    ck_assert(keys_save(&keys, &image));
    keys_t read;
    memset(&read, 0xA5, sizeof read);
    keys_load(&read, &image);
    for (int i = 0; i < KEY_COUNT_MAX; i++) {
        const key_slot_t *a = &keys.slots[i], *b = &read.slots[i];
        ck_assert_int_eq(a->prepared, b->prepared);
        if (!a->prepared) continue;
        ck_assert_int_eq(a->learned, b->learned);
        ck_assert_int_eq(a->blocked, b->blocked);
        ck_assert_int_eq(a->battery_low, b->battery_low);
        ck_assert_int_eq(a->personalization, b->personalization);
        ck_assert_uint_eq(a->code, b->code);
        ck_assert_mem_eq(a->secret, b->secret, KEY_SECRET_SIZE);
        ck_assert(!b->resync);
    }
}
END_TEST

START_TEST(image_entries_that_cannot_be_are_left_at_their_defaults)
{
    static image_t image;
    image_clear(&image);
    image_set(&image, "key", 1, "secret", 5); // an integer is no secret
    image_set_bytes(&image, "key", 2, "secret", secrets[2], 15);
    image_set_bytes(&image, "key", 3, "secret", secrets[3], 16);
    image_set(&image, "key", 3, "personalization", 5);
    image_set(&image, "key", 3, "learned", 2);
    image_set(&image, "key", 3, "blocked", -1);
    image_set_bytes(&image, "key", 11, "secret", secrets[3], 16);
    keys_load(&keys, &image);
    ck_assert_ptr_null(keys_find(&keys, 1));
    ck_assert_ptr_null(keys_find(&keys, 2));
    ck_assert_ptr_nonnull(keys_find(&keys, 3));
    ck_assert_int_eq(keys.slots[2].personalization, 0);
    ck_assert(!keys.slots[2].learned);
    ck_assert(!keys.slots[2].blocked);
    ck_assert_ptr_null(keys_find(&keys, 11));
}
END_TEST

START_TEST(battery_is_ok_again_when_a_telegram_says_so_and_stays_low_for_a_replay)
{
    air_t low = key_telegram_encode(&(key_telegram_t){KEY_BUTTON_UNLOCK, true, 1, 1, START + 1}, secrets[1]);
    ck_assert_int_eq(keys_judge_telegram(&keys, &low, &telegram, &ahead), KEYS_ACCEPTED);
    ck_assert(keys.slots[0].battery_low);
    ck_assert(!keys.slots[1].battery_low);
    ck_assert_int_eq(press(1, START + 2), KEYS_ACCEPTED);
    ck_assert(!keys.slots[0].battery_low);
    ck_assert_int_eq(keys_judge_telegram(&keys, &low, &telegram, &ahead), KEYS_REPLAYED);
    ck_assert(!keys.slots[0].battery_low);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("keys");
    tcase_add_checked_fixture(tests, set_up, NULL);
    tcase_add_test(tests, code_1_to_16_ahead_is_accepted_at_once);
    tcase_add_test(tests, code_17_to_1000_ahead_is_accepted_at_the_second_consecutive_press);
    tcase_add_test(tests, two_presses_that_do_not_follow_each_other_do_not_count);
    tcase_add_test(tests, code_of_1000_ahead_is_the_last_that_counts);
    tcase_add_test(tests, key_too_far_ahead_works_again_after_the_lock);
    tcase_add_test(tests, code_not_ahead_is_a_replay);
    tcase_add_test(tests, code_runs_on_over_its_32_bits);
    tcase_add_test(tests, accepted_press_ends_a_resynchronisation);
    tcase_add_test(tests, telegram_under_a_wrong_secret_is_forged_and_leaves_nothing);
    tcase_add_test(tests, number_without_a_learned_key_is_unknown);
    tcase_add_test(tests, malformed_telegram_is_told_apart);
    tcase_add_test(tests, blocked_key_is_refused_and_its_telegrams_stay_replays_after_release);
    tcase_add_test(tests, spare_key_is_learned_in_the_lock_and_only_there);
    tcase_add_test(tests, foreign_answer_changes_nothing);
    tcase_add_test(tests, slot_numbers_are_1_to_10);
    tcase_add_test(tests, table_survives_its_image_but_for_a_resynchronisation);
    tcase_add_test(tests, battery_is_ok_again_when_a_telegram_says_so_and_stays_low_for_a_replay);
    tcase_add_test(tests, image_entries_that_cannot_be_are_left_at_their_defaults);
    return suite_run("keys", tests);
}
