// SPDX-License-Identifier: MIT
// The CAS's service functions: blocking and releasing a key, its personalization number, the table of keys.
#include "tests/services_sentences.h"

// ---- the table -----------------------------------------------------------------------------------------------------

START_TEST(table_tells_every_slot)
{
    ck_assert_str_eq(ask(cas, "22 AC 5A"), "62 AC 5A 01 00 01 00 00 00 01 01 01 00 00 01 01 FF 00 00 00 02"
                                           " 00 FF 00 00 00 03 00 FF 00 00 00 04 00 FF 00 00 00 05 00 FF 00 00 00 06"
                                           " 00 FF 00 00 00 07 00 FF 00 00 00 08 00 FF 00 00 00 09");
}
END_TEST

// ---- blocking (R6) -------------------------------------------------------------------------------------------------

START_TEST(blocked_key_unlocks_nothing_until_it_is_released)
{
    ck_assert_uint_gt(press(2, 2), 0);
    bench_unlock(cas);
    ck_assert_str_eq(ask(cas, "31 01 DC 73 01 01"), "71 01 DC 73 00");
    ck_assert_uint_eq(key_byte(2, KEY_RECORD_BLOCKED), 1);
    ck_assert_str_eq(ask(cas, "19 02 FF"), "59 02 2F");
    ck_assert_uint_eq(press(2, 2), 0);
    ck_assert_str_eq(ask(cas, "19 02 01"), "59 02 2F 00 99 07 2F");
    ck_assert_uint_gt(press(1, 1), 0); // the other one does
    bench_unlock(cas);
    ck_assert_str_eq(ask(cas, "31 01 DC 73 01 00"), "71 01 DC 73 00");
    codes[2]--; // what it sent while it was blocked is a replay now
    ck_assert_uint_eq(press(2, 2), 0);
    ck_assert_uint_gt(press(2, 2), 0);
}
END_TEST

START_TEST(blocked_key_stays_blocked_without_power)
{
    bench_unlock(cas);
    ck_assert_str_eq(ask(cas, "31 01 DC 73 01 01"), "71 01 DC 73 00");
    bench_power_cycle(cas);
    ck_assert_uint_eq(key_byte(2, KEY_RECORD_BLOCKED), 1);
    ck_assert_uint_eq(press(2, 2), 0);
}
END_TEST

START_TEST(blocked_key_starts_nothing)
{
    bench_unlock(cas);
    ck_assert_str_eq(ask(cas, "31 01 DC 73 01 01"), "71 01 DC 73 00");
    insert(2, 2);
    ck_assert_uint_eq(key_valid(), 2);
    ck_assert_ptr_null(bench_latest(cas, KEY_STATUS));
    ck_assert_str_eq(ask(cas, "19 02 01"), "59 02 2F 00 99 07 2F");
}
END_TEST

START_TEST(acknowledged_is_only_what_is_durable)
{
    bench_unlock(cas);
    bench_hear(cas, "6F1#40063101DC730101");
    bench_wait(cas, BENCH_STORE_NS - 1);
    bench_power_cycle(cas);
    ck_assert_uint_eq(key_byte(2, KEY_RECORD_BLOCKED), 0);
    bench_unlock(cas);
    bench_hear(cas, "6F1#40063101DC730101");
    bench_wait(cas, BENCH_STORE_NS); // the answer is on its way
    bench_power_cycle(cas);
    ck_assert_uint_eq(key_byte(2, KEY_RECORD_BLOCKED), 1);
}
END_TEST

START_TEST(key_in_the_lock_is_neither_blocked_nor_released)
{
    insert(2, 2);
    ck_assert_uint_eq(key_valid(), 1);
    bench_unlock(cas);
    ck_assert_str_eq(ask(cas, "31 01 DC 73 01 01"), "7F 31 22");
    ck_assert_str_eq(ask(cas, "31 01 DC 73 01 00"), "7F 31 22");
    ck_assert_str_eq(ask(cas, "31 01 DC 73 00 01"), "71 01 DC 73 00"); // another one is
    take_out();
    insert(1, 1); // blocked, and in the lock
    ck_assert_uint_eq(key_valid(), 2);
    bench_unlock(cas);
    ck_assert_str_eq(ask(cas, "31 01 DC 73 00 00"), "7F 31 22");
    take_out();
    ck_assert_str_eq(ask(cas, "31 01 DC 73 00 00"), "71 01 DC 73 00");
}
END_TEST

START_TEST(coded_so_blocking_and_releasing_need_another_valid_key_in_the_lock)
{
    image_set(&cas->image, "coding", -1, "blocking_needs_a_key", 1);
    bench_power_cycle(cas);
    bench_unlock(cas);
    ck_assert_str_eq(ask(cas, "31 01 DC 73 01 01"), "7F 31 22");
    bench_line(cas, "ignition/key", 1); // not identified yet
    ck_assert_str_eq(ask(cas, "31 01 DC 73 01 01"), "7F 31 22");
    take_out();
    insert(1, 1);
    bench_unlock(cas);
    ck_assert_str_eq(ask(cas, "31 01 DC 73 01 01"), "71 01 DC 73 00");
    ck_assert_str_eq(ask(cas, "31 01 DC 73 00 01"), "7F 31 22"); // the one in there
    take_out();
    bench_unlock(cas);
    ck_assert_str_eq(ask(cas, "31 01 DC 73 01 00"), "7F 31 22");
    insert(1, 1);
    bench_unlock(cas);
    ck_assert_str_eq(ask(cas, "31 01 DC 73 01 00"), "71 01 DC 73 00");
}
END_TEST

START_TEST(held_button_of_a_key_that_is_blocked_ends_with_one_released)
{
    uint8_t secret[KEY_SECRET_SIZE];
    secret_of(1, secret);
    key_telegram_t telegram = {.button = KEY_BUTTON_UNLOCK, .key = 1, .personalization = 1, .code = ++codes[1]};
    hear_air(key_telegram_encode(&telegram, secret), AIR_RF);
    bench_wait(cas, 150 * TIME_MS);
    ck_assert_int_eq(bench_latest(cas, KEY_STATUS)->data[2], 0x01);
    bench_unlock(cas);
    ck_assert_str_eq(ask(cas, "31 01 DC 73 00 01"), "71 01 DC 73 00");
    ck_assert_int_eq(bench_latest(cas, KEY_STATUS)->data[2], 0x00);
    cas->latest_count = 0;
    bench_wait(cas, TIME_S);
    ck_assert_ptr_null(bench_latest(cas, KEY_STATUS));
}
END_TEST

START_TEST(what_cannot_be_blocked_is_out_of_range)
{
    static const char *const REQUESTS[] = {"31 01 DC 73 02 01", // prepared, not learned
                                           "31 01 DC 73 03 01", // no slot
                                           "31 01 DC 73 09 01", "31 01 DC 73 0A 01", "31 01 DC 73 0F 00",
                                           "31 01 DC 73 FF 01",
                                           "31 01 DC 73 00 02", // no such action
                                           "31 01 DC 73 00 FF", "31 01 DC 74 00 01", "31 03 12 34"};
    bench_unlock(cas);
    for (size_t i = 0; i < sizeof REQUESTS / sizeof REQUESTS[0]; i++)
        ck_assert_msg(strcmp(ask(cas, REQUESTS[i]), "7F 31 31") == 0, "%s", REQUESTS[i]);
    ck_assert_str_eq(ask(cas, "31 01 DC 73 00"), "7F 31 13");
    ck_assert_str_eq(ask(cas, "31 01 DC 73 00 01 00"), "7F 31 13");
    for (int key = 1; key <= KEY_COUNT_MAX; key++) ck_assert_uint_eq(key_byte(key, KEY_RECORD_BLOCKED), 0);
}
END_TEST

START_TEST(results_need_a_start)
{
    bench_unlock(cas);
    ck_assert_str_eq(ask(cas, "31 03 DC 73"), "7F 31 24");
    ck_assert_str_eq(ask(cas, "31 01 DC 73 00 01"), "71 01 DC 73 00");
    ck_assert_str_eq(ask(cas, "31 03 DC 73"), "71 03 DC 73 00");
    ck_assert_str_eq(ask(cas, "31 03 DC 5B"), "7F 31 24");
    ck_assert_str_eq(ask(cas, "11 03"), "51 03");
    bench_unlock(cas);
    ck_assert_str_eq(ask(cas, "31 03 DC 73"), "7F 31 24");
}
END_TEST

// ---- personalization numbers (R12, R13) ----------------------------------------------------------------------------

START_TEST(new_number_is_forwarded_although_the_key_says_the_old_one)
{
    bench_unlock(cas);
    ck_assert_str_eq(ask(cas, "31 01 DC 5B 01 03"), "71 01 DC 5B 00");
    ck_assert_uint_eq(key_byte(2, KEY_RECORD_PERSONALIZATION), 3);
    ck_assert_uint_gt(press(2, 2), 0);
    ck_assert_uint_eq(bench_latest(cas, KEY_STATUS)->data[0], 0x33);
    ck_assert_str_eq(ask(cas, "19 02 01"), "59 02 2F 00 99 0A 2F");
    bench_power_cycle(cas);
    ck_assert_uint_eq(key_byte(2, KEY_RECORD_PERSONALIZATION), 3);
}
END_TEST

START_TEST(key_away_is_rewritten_when_it_is_next_in_the_lock)
{
    uint8_t secret[KEY_SECRET_SIZE];
    secret_of(2, secret);
    bench_unlock(cas);
    ck_assert_str_eq(ask(cas, "31 01 DC 5B 01 03"), "71 01 DC 5B 00");
    ck_assert_uint_eq(cas->air_count, 0);
    insert(2, 2);
    ck_assert_uint_eq(cas->air_count, 2); // challenge, write
    ck_assert_uint_eq(cas->last_air.bytes[0], KEY_LF_WRITE);
    ck_assert_uint_eq(cas->last_air.bytes[1], 3);
}
END_TEST

START_TEST(key_in_the_lock_is_rewritten_at_once)
{
    insert(2, 2);
    ck_assert_uint_eq(cas->air_count, 1);
    bench_unlock(cas);
    ck_assert_str_eq(ask(cas, "31 01 DC 5B 00 02"), "71 01 DC 5B 00"); // of the key that is not there
    ck_assert_uint_eq(cas->air_count, 1);
    ck_assert_str_eq(ask(cas, "31 01 DC 5B 01 02"), "71 01 DC 5B 00");
    ck_assert_uint_eq(cas->air_count, 2);
    ck_assert_uint_eq(cas->last_air.bytes[0], KEY_LF_WRITE);
    ck_assert_uint_eq(cas->last_air.bytes[1], 2);
}
END_TEST

START_TEST(blocked_key_in_the_lock_is_told_nothing)
{
    bench_unlock(cas);
    ck_assert_str_eq(ask(cas, "31 01 DC 73 01 01"), "71 01 DC 73 00");
    insert(2, 2);
    bench_unlock(cas);
    ck_assert_str_eq(ask(cas, "31 01 DC 5B 01 02"), "71 01 DC 5B 00");
    ck_assert_uint_eq(cas->air_count, 1);
}
END_TEST

START_TEST(spare_key_gets_its_number_before_it_is_learned)
{
    bench_unlock(cas);
    ck_assert_str_eq(ask(cas, "31 01 DC 5B 02 02"), "71 01 DC 5B 00");
    ck_assert_uint_eq(key_byte(3, KEY_RECORD_PERSONALIZATION), 2);
    ck_assert_uint_eq(key_byte(3, KEY_RECORD_LEARNED), 0);
    insert(3, KEY_NUMBER_INVALID);
    ck_assert_uint_eq(key_byte(3, KEY_RECORD_LEARNED), 1);
    ck_assert_uint_eq(cas->last_air.bytes[0], KEY_LF_WRITE);
    ck_assert_uint_eq(cas->last_air.bytes[1], 2);
    take_out();
    ck_assert_uint_gt(press(3, 3), 0);
    ck_assert_uint_eq(bench_latest(cas, KEY_STATUS)->data[0], 0x22);
}
END_TEST

START_TEST(numbers_outside_1_to_4_and_empty_slots_are_out_of_range)
{
    bench_unlock(cas);
    for (unsigned number = 4; number <= 0xFF; number++) {
        const uint8_t request[] = {0x31, 0x01, 0xDC, 0x5B, 0x00, (uint8_t)number};
        uds_answer_t answer;
        bench_exchange(cas, request, sizeof request, &answer);
        ck_assert_int_eq(answer.nrc, UDS_OUT_OF_RANGE);
    }
    for (unsigned key = 3; key <= 0xFF; key++) {
        const uint8_t request[] = {0x31, 0x01, 0xDC, 0x5B, (uint8_t)key, 0x01};
        uds_answer_t answer;
        bench_exchange(cas, request, sizeof request, &answer);
        ck_assert_int_eq(answer.nrc, UDS_OUT_OF_RANGE);
    }
    ck_assert_str_eq(ask(cas, "31 01 DC 5B 00"), "7F 31 13");
    ck_assert_uint_eq(key_byte(1, KEY_RECORD_PERSONALIZATION), 0);
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("services");
    tcase_add_checked_fixture(cases, set_up, tear_down);
    tcase_set_timeout(cases, 120); // wall clock of the longest test under a sanitizer or valgrind
    tcase_add_test(cases, table_tells_every_slot);
    tcase_add_test(cases, blocked_key_unlocks_nothing_until_it_is_released);
    tcase_add_test(cases, blocked_key_stays_blocked_without_power);
    tcase_add_test(cases, blocked_key_starts_nothing);
    tcase_add_test(cases, acknowledged_is_only_what_is_durable);
    tcase_add_test(cases, key_in_the_lock_is_neither_blocked_nor_released);
    tcase_add_test(cases, coded_so_blocking_and_releasing_need_another_valid_key_in_the_lock);
    tcase_add_test(cases, held_button_of_a_key_that_is_blocked_ends_with_one_released);
    tcase_add_test(cases, what_cannot_be_blocked_is_out_of_range);
    tcase_add_test(cases, results_need_a_start);
    tcase_add_test(cases, new_number_is_forwarded_although_the_key_says_the_old_one);
    tcase_add_test(cases, key_away_is_rewritten_when_it_is_next_in_the_lock);
    tcase_add_test(cases, key_in_the_lock_is_rewritten_at_once);
    tcase_add_test(cases, blocked_key_in_the_lock_is_told_nothing);
    tcase_add_test(cases, spare_key_gets_its_number_before_it_is_learned);
    tcase_add_test(cases, numbers_outside_1_to_4_and_empty_slots_are_out_of_range);
    return suite_run("services", cases);
}
