// SPDX-License-Identifier: MIT
#include "bus/car/key_radio.h"

#include <check.h>
#include <string.h>

#include "tests/suite.h"

// The key and messages of SipHash's reference vectors: key 00 01 .. 0F, message 00 01 02 …
static const uint8_t COUNTING[KEY_SECRET_SIZE] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
static const uint8_t OTHER[KEY_SECRET_SIZE] = {1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
static const key_telegram_t TELEGRAM = {KEY_BUTTON_LOCK, true, 10, 4, 0x12345678};

START_TEST(telegram_tag_is_siphash_2_4)
{
    air_t air = {.channel = AIR_RF,
                 .size = KEY_TELEGRAM_SIZE,
                 .bytes = {0, 1, 2, 3, 4, 5, 0xCE, 0xE3, 0xFE, 0x58, 0x6E, 0x46, 0xC9, 0xCB}};
    ck_assert(key_telegram_authentic(&air, COUNTING));
    ck_assert(!key_telegram_authentic(&air, OTHER));
}
END_TEST

START_TEST(answer_tag_is_siphash_2_4_over_challenge_and_fields)
{
    air_t challenge = {.channel = AIR_LF, .size = KEY_CHALLENGE_SIZE, .bytes = {1, 0, 1, 2, 3, 4, 5, 6, 7}};
    air_t air = {.channel = AIR_LF,
                 .size = KEY_ANSWER_SIZE,
                 .bytes = {8, 9, 10, 11, 12, 13, 0xEE, 0xF2, 0x7A, 0x8E, 0x90, 0xCA, 0x23, 0xF7}};
    ck_assert(key_answer_authentic(&air, &challenge, COUNTING));
    challenge.bytes[8] = 8;
    ck_assert(!key_answer_authentic(&air, &challenge, COUNTING));
}
END_TEST

START_TEST(telegram_has_the_documented_bytes)
{
    air_t air = key_telegram_encode(&TELEGRAM, COUNTING);
    static const uint8_t FIELDS[] = {0x82, 0x39, 0x78, 0x56, 0x34, 0x12};
    ck_assert_uint_eq(air.channel, AIR_RF);
    ck_assert_uint_eq(air.size, KEY_TELEGRAM_SIZE);
    ck_assert_mem_eq(air.bytes, FIELDS, sizeof FIELDS);
}
END_TEST

START_TEST(telegram_reads_back_for_every_key_number_and_button)
{
    for (int key = 1; key <= 16; key++)
        for (int number = 1; number <= 16; number++)
            for (int button = KEY_BUTTON_UNLOCK; button <= KEY_BUTTON_BOOT; button++) {
                key_telegram_t sent = {(key_button_t)button, key % 2 == 0, key, number, 0xFFFFFFFFu - (uint32_t)key};
                air_t air = key_telegram_encode(&sent, COUNTING);
                key_telegram_t read = {0};
                ck_assert(key_telegram_decode(&air, &read));
                ck_assert_int_eq(read.button, sent.button);
                ck_assert_int_eq(read.battery_low, sent.battery_low);
                ck_assert_int_eq(read.key, key);
                ck_assert_int_eq(read.personalization, number);
                ck_assert_uint_eq(read.code, sent.code);
                ck_assert(key_telegram_authentic(&air, COUNTING));
            }
}
END_TEST

START_TEST(every_flipped_bit_breaks_the_telegrams_tag)
{
    const air_t good = key_telegram_encode(&TELEGRAM, COUNTING);
    for (unsigned bit = 0; bit < 8 * KEY_TELEGRAM_SIZE; bit++) {
        air_t air = good;
        air.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        ck_assert_msg(!key_telegram_authentic(&air, COUNTING), "bit %u", bit);
    }
}
END_TEST

START_TEST(telegram_of_another_size_channel_or_button_is_none)
{
    key_telegram_t read;
    for (unsigned size = 0; size <= AIR_BYTES_MAX; size++) {
        air_t air = key_telegram_encode(&TELEGRAM, COUNTING);
        air.size = (uint8_t)size;
        ck_assert_int_eq(key_telegram_decode(&air, &read), size == KEY_TELEGRAM_SIZE);
        ck_assert_int_eq(key_telegram_authentic(&air, COUNTING), size == KEY_TELEGRAM_SIZE);
    }
    air_t air = key_telegram_encode(&TELEGRAM, COUNTING);
    air.channel = AIR_LF;
    ck_assert(!key_telegram_decode(&air, &read));
    air.channel = AIR_RF;
    for (unsigned button = 0; button < 0x80; button++) {
        air.bytes[0] = (uint8_t)button;
        ck_assert_int_eq(key_telegram_decode(&air, &read), button >= 1 && button <= 3);
    }
}
END_TEST

START_TEST(answer_reads_back_and_counts_only_for_its_challenge_and_secret)
{
    air_t challenge = key_challenge_encode(UINT64_C(0x0123456789ABCDEF)), other = key_challenge_encode(1);
    static const uint8_t BYTES[] = {0x01, 0xEF, 0xCD, 0xAB, 0x89, 0x67, 0x45, 0x23, 0x01};
    ck_assert_uint_eq(challenge.size, sizeof BYTES);
    ck_assert_mem_eq(challenge.bytes, BYTES, sizeof BYTES);
    key_answer_t answer = {7, 3, 42}, read = {0};
    air_t air = key_answer_encode(&answer, &challenge, COUNTING);
    ck_assert(key_answer_decode(&air, &read));
    ck_assert_int_eq(read.key, 7);
    ck_assert_int_eq(read.personalization, 3);
    ck_assert_uint_eq(read.code, 42);
    ck_assert(key_answer_authentic(&air, &challenge, COUNTING));
    ck_assert(!key_answer_authentic(&air, &other, COUNTING));
    ck_assert(!key_answer_authentic(&air, &challenge, OTHER));
    for (unsigned size = 0; size <= AIR_BYTES_MAX; size++) {
        air.size = (uint8_t)size;
        ck_assert_int_eq(key_answer_decode(&air, &read), size == KEY_ANSWER_SIZE);
    }
    air.size = KEY_ANSWER_SIZE;
    air.bytes[0] = KEY_LF_WRITTEN;
    ck_assert(!key_answer_decode(&air, &read));
}
END_TEST

START_TEST(write_and_receipt_cannot_stand_for_each_other)
{
    air_t challenge = key_challenge_encode(99), other = key_challenge_encode(98);
    for (int number = 1; number <= 16; number++) {
        air_t write = key_write_encode(KEY_LF_WRITE, number, &challenge, COUNTING);
        ck_assert_int_eq(key_write_decode(KEY_LF_WRITE, &write, &challenge, COUNTING), number);
        ck_assert_int_eq(key_write_decode(KEY_LF_WRITTEN, &write, &challenge, COUNTING), 0);
        ck_assert_int_eq(key_write_decode(KEY_LF_WRITE, &write, &other, COUNTING), 0);
        ck_assert_int_eq(key_write_decode(KEY_LF_WRITE, &write, &challenge, OTHER), 0);
        write.bytes[0] = KEY_LF_WRITTEN; // the kind is part of what the tag covers
        ck_assert_int_eq(key_write_decode(KEY_LF_WRITTEN, &write, &challenge, COUNTING), 0);
    }
    air_t write = key_write_encode(KEY_LF_WRITE, 2, &challenge, COUNTING);
    for (unsigned size = 0; size <= AIR_BYTES_MAX; size++) {
        write.size = (uint8_t)size;
        ck_assert_int_eq(key_write_decode(KEY_LF_WRITE, &write, &challenge, COUNTING), size == KEY_WRITE_SIZE ? 2 : 0);
    }
    write.size = KEY_WRITE_SIZE;
    write.bytes[1] = 0x12; // no nibble
    ck_assert_int_eq(key_write_decode(KEY_LF_WRITE, &write, &challenge, COUNTING), 0);
}
END_TEST

START_TEST(secrets_differ_by_seed_and_key_and_come_back)
{
    uint8_t secrets[20][KEY_SECRET_SIZE], again[KEY_SECRET_SIZE];
    for (int i = 0; i < 20; i++) key_derive_secret(1 + (uint64_t)i / 10, i % 10 + 1, secrets[i]);
    for (int i = 0; i < 20; i++)
        for (int j = i + 1; j < 20; j++) ck_assert_mem_ne(secrets[i], secrets[j], KEY_SECRET_SIZE);
    key_derive_secret(2, 10, again);
    ck_assert_mem_eq(again, secrets[19], KEY_SECRET_SIZE);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("key radio");
    tcase_add_test(tests, telegram_tag_is_siphash_2_4);
    tcase_add_test(tests, answer_tag_is_siphash_2_4_over_challenge_and_fields);
    tcase_add_test(tests, telegram_has_the_documented_bytes);
    tcase_add_test(tests, telegram_reads_back_for_every_key_number_and_button);
    tcase_add_test(tests, every_flipped_bit_breaks_the_telegrams_tag);
    tcase_add_test(tests, telegram_of_another_size_channel_or_button_is_none);
    tcase_add_test(tests, answer_reads_back_and_counts_only_for_its_challenge_and_secret);
    tcase_add_test(tests, write_and_receipt_cannot_stand_for_each_other);
    tcase_add_test(tests, secrets_differ_by_seed_and_key_and_come_back);
    return suite_run("key radio", tests);
}
