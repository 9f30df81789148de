// SPDX-License-Identifier: MIT
// The key fobs: changing codes, and the transponder in the lock's coil.
#include <check.h>
#include <string.h>

#include "scenarios/actors/fobs.h"
#include "tests/suite.h"

#define SEED 3

static fobs_t fobs;
static outbox_t outbox;
static image_t image;
static uint8_t secret[KEY_SECRET_SIZE];

// Keys 2 (number 2) and 7 (number 4, battery low) exist.
static void set_up(void)
{
    node_ports_t ports = {0};
    const char *missing;
    image_clear(&image);
    for (int key = 2; key <= 7; key += 5) {
        key_derive_secret(SEED, key, secret);
        image_set(&image, "key", key, "personalization", key == 2 ? 2 : 4);
        image_set(&image, "key", key, "counter", 40);
        image_set(&image, "key", key, "battery", key == 7);
        image_set_bytes(&image, "key", key, "secret", secret, KEY_SECRET_SIZE);
    }
    memset(&fobs, 0, sizeof fobs);
    node_setup_t setup = {0};
    ck_assert(fobs_class.bind(&fobs, &setup, &ports, &missing));
    ck_assert_uint_eq(ports.air, 1 << AIR_LF);
    ck_assert_uint_eq(ports.accept_count + ports.line_count, 0);
    outbox_clear(&outbox);
    fobs_class.power_on(&fobs, 0, &image, IMAGE_PRESENT, random_derive(SEED, "fobs", 1), &outbox);
    key_derive_secret(SEED, 2, secret);
}

static void tell(node_input_kind_t kind, const air_t *air)
{
    node_input_t input = {.kind = (uint8_t)kind};
    if (air) input.air = *air;
    outbox_clear(&outbox);
    fobs_class.activate(&fobs, 1, &input, 1, &outbox);
}

static void tell_air(air_t air)
{
    tell(INPUT_AIR, &air);
}

// ---- remote control ------------------------------------------------------------------------------------------------

START_TEST(each_press_is_one_ahead_of_the_last)
{
    key_telegram_t telegram;
    for (uint32_t press = 1; press <= 3; press++) {
        air_t air = fobs_press(&fobs, 2, KEY_BUTTON_UNLOCK);
        ck_assert(key_telegram_decode(&air, &telegram));
        ck_assert(key_telegram_authentic(&air, secret));
        ck_assert_uint_eq(telegram.code, 40 + press);
        ck_assert_int_eq(telegram.personalization, 2);
    }
    air_t air = fobs_press(&fobs, 7, KEY_BUTTON_BOOT);
    ck_assert(key_telegram_decode(&air, &telegram));
    ck_assert_uint_eq(telegram.code, 41);
    ck_assert(telegram.battery_low);
    ck_assert(!key_telegram_authentic(&air, secret));
}
END_TEST

START_TEST(what_is_stored_brings_the_fobs_back)
{
    fobs_press(&fobs, 2, KEY_BUTTON_LOCK);
    fobs_save(&fobs, &image);
    fobs_t other;
    memset(&other, 0, sizeof other);
    fobs_load(&other, &image);
    ck_assert_uint_eq(other.fobs[2].counter, 41);
    ck_assert_int_eq(other.fobs[7].personalization, 4);
    ck_assert(other.fobs[7].battery_low);
    ck_assert(!other.fobs[1].there);
    ck_assert_mem_eq(other.fobs[2].secret, secret, KEY_SECRET_SIZE);
}
END_TEST

// ---- transponder ---------------------------------------------------------------------------------------------------

START_TEST(the_key_in_the_lock_answers_a_challenge)
{
    air_t challenge = key_challenge_encode(123456789);
    key_answer_t answer;
    fobs_press(&fobs, 2, KEY_BUTTON_LOCK);
    fobs_insert(&fobs, 2);
    tell_air(challenge);
    ck_assert_uint_eq(outbox.air_count, 1);
    ck_assert(key_answer_decode(&outbox.air[0], &answer));
    ck_assert(key_answer_authentic(&outbox.air[0], &challenge, secret));
    ck_assert_int_eq(answer.key, 2);
    ck_assert_int_eq(answer.personalization, 2);
    ck_assert_uint_eq(answer.code, 41);
}
END_TEST

START_TEST(an_empty_lock_is_silent)
{
    tell_air(key_challenge_encode(1));
    ck_assert_uint_eq(outbox.air_count, 0);
    fobs_insert(&fobs, 2);
    fobs_insert(&fobs, FOBS_NONE);
    tell_air(key_challenge_encode(1));
    ck_assert_uint_eq(outbox.air_count, 0);
}
END_TEST

START_TEST(a_foreign_key_answers_well_formed_and_wrong)
{
    air_t challenge = key_challenge_encode(5);
    key_answer_t answer;
    fobs_insert(&fobs, FOBS_FOREIGN);
    tell_air(challenge);
    ck_assert_uint_eq(outbox.air_count, 1);
    ck_assert(key_answer_decode(&outbox.air[0], &answer));
    for (int key = 1; key <= KEY_COUNT_MAX; key++) {
        uint8_t other[KEY_SECRET_SIZE];
        key_derive_secret(SEED, key, other);
        ck_assert(!key_answer_authentic(&outbox.air[0], &challenge, other));
    }
    tell_air(key_write_encode(KEY_LF_WRITE, 3, &challenge, secret));
    ck_assert(!outbox.store);
}
END_TEST

START_TEST(a_new_number_is_receipted_when_it_is_stored)
{
    air_t challenge = key_challenge_encode(77);
    fobs_insert(&fobs, 2);
    tell_air(challenge);
    tell_air(key_write_encode(KEY_LF_WRITE, 3, &challenge, secret));
    ck_assert(outbox.store);
    ck_assert_int_eq(image_get(&outbox.image, "key", 2, "personalization", 0), 3);
    ck_assert_uint_eq(outbox.air_count, 0);
    tell(INPUT_STORED, NULL);
    ck_assert(!outbox.store);
    ck_assert_uint_eq(outbox.air_count, 1);
    ck_assert_int_eq(key_write_decode(KEY_LF_WRITTEN, &outbox.air[0], &challenge, secret), 3);
    air_t air = fobs_press(&fobs, 2, KEY_BUTTON_UNLOCK);
    key_telegram_t telegram;
    ck_assert(key_telegram_decode(&air, &telegram));
    ck_assert_int_eq(telegram.personalization, 3);
}
END_TEST

START_TEST(a_write_under_a_wrong_secret_or_challenge_changes_nothing)
{
    air_t challenge = key_challenge_encode(77), other = key_challenge_encode(78);
    uint8_t wrong[KEY_SECRET_SIZE] = {1};
    fobs_insert(&fobs, 2);
    tell_air(key_write_encode(KEY_LF_WRITE, 3, &challenge, secret)); // no challenge yet
    ck_assert(!outbox.store);
    tell_air(challenge);
    tell_air(key_write_encode(KEY_LF_WRITE, 3, &challenge, wrong));
    ck_assert(!outbox.store);
    tell_air(key_write_encode(KEY_LF_WRITE, 3, &other, secret));
    ck_assert(!outbox.store);
    tell_air(key_write_encode(KEY_LF_WRITTEN, 3, &challenge, secret));
    ck_assert(!outbox.store);
    air_t cut = key_write_encode(KEY_LF_WRITE, 3, &challenge, secret);
    cut.size--;
    tell_air(cut);
    ck_assert(!outbox.store);
    cut.size = 0;
    tell_air(cut);
    ck_assert_int_eq(fobs.fobs[2].personalization, 2);
}
END_TEST

START_TEST(a_key_taken_out_before_the_store_gives_no_receipt)
{
    air_t challenge = key_challenge_encode(77);
    fobs_insert(&fobs, 2);
    tell_air(challenge);
    tell_air(key_write_encode(KEY_LF_WRITE, 3, &challenge, secret));
    fobs_insert(&fobs, FOBS_NONE);
    tell(INPUT_STORED, NULL);
    ck_assert_uint_eq(outbox.air_count, 0);
}
END_TEST

START_TEST(only_one_store_is_under_way_and_none_is_forgotten)
{
    air_t challenge = key_challenge_encode(77);
    fobs_insert(&fobs, 2);
    tell_air(challenge);
    tell_air(key_write_encode(KEY_LF_WRITE, 3, &challenge, secret));
    fobs_press(&fobs, 7, KEY_BUTTON_LOCK);
    tell_air(key_write_encode(KEY_LF_WRITE, 4, &challenge, secret));
    ck_assert(!outbox.store);
    tell(INPUT_STORED, NULL);
    ck_assert(outbox.store);
    ck_assert_uint_eq(outbox.air_count, 0);
    ck_assert_int_eq(image_get(&outbox.image, "key", 7, "counter", 0), 41);
    tell(INPUT_STORED, NULL);
    ck_assert(!outbox.store);
    ck_assert_int_eq(key_write_decode(KEY_LF_WRITTEN, &outbox.air[0], &challenge, secret), 4);
}
END_TEST

// ---- the suite -----------------------------------------------------------------------------------------------------

int main(void)
{
    const TTest *const TESTS[] = {
        each_press_is_one_ahead_of_the_last,
        what_is_stored_brings_the_fobs_back,
        the_key_in_the_lock_answers_a_challenge,
        an_empty_lock_is_silent,
        a_foreign_key_answers_well_formed_and_wrong,
        a_new_number_is_receipted_when_it_is_stored,
        a_write_under_a_wrong_secret_or_challenge_changes_nothing,
        a_key_taken_out_before_the_store_gives_no_receipt,
        only_one_store_is_under_way_and_none_is_forgotten,
    };
    TCase *tcase = tcase_create("fobs");
    tcase_add_checked_fixture(tcase, set_up, NULL);
    suite_add_tests(tcase, TESTS, sizeof TESTS / sizeof TESTS[0]);
    return suite_run("fobs", tcase);
}
