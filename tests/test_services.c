// SPDX-License-Identifier: MIT
// The CAS's service functions: blocking and releasing a key, its personalization number, the table of keys; and that
// nothing of diagnosis changes a key number (R3).
#include "tests/diagnosis_bench.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "cas/cas.h"
#include "tests/suite.h"

#define KEY_STATUS 0x23A
#define TERMINAL_STATUS 0x130

static bench_t *cas;
static uint32_t codes[KEY_COUNT_MAX + 1]; // last ones sent, by key
static uint32_t transmission;

static void set_up(void)
{
    cas = bench_new(&cas_class, "cas");
    memset(codes, 0, sizeof codes);
    transmission = 0;
}

static void tear_down(void)
{
    bench_destroy(&cas);
}

static void secret_of(int key, uint8_t secret[KEY_SECRET_SIZE])
{
    key_derive_secret(1, key, secret);
}

static void hear_air(air_t air, air_channel_t channel)
{
    air.channel = (uint8_t)channel;
    bench_input(cas, &(node_input_t){.kind = INPUT_AIR, .air = air});
}

// A short press of unlock. Returns how many frames it brought onto the buses.
static unsigned press(int key, int personalization)
{
    uint8_t secret[KEY_SECRET_SIZE];
    secret_of(key, secret);
    key_telegram_t telegram = {
        .button = KEY_BUTTON_UNLOCK, .key = key, .personalization = personalization, .code = ++codes[key]};
    air_t air = key_telegram_encode(&telegram, secret);
    air.transmission = ++transmission;
    cas->normal = 0;
    cas->latest_count = 0;
    hear_air(air, AIR_RF);
    bench_wait(cas, 20 * TIME_MS);
    hear_air((air_t){.transmission = transmission}, AIR_RF_END);
    return cas->normal;
}

static void insert(int key, int personalization)
{
    uint8_t secret[KEY_SECRET_SIZE];
    secret_of(key, secret);
    bench_line(cas, "ignition/key", 1);
    key_answer_t answer = {.key = key, .personalization = personalization, .code = ++codes[key]};
    bench_wait(cas, 2 * TIME_MS);
    air_t challenge = cas->last_air;
    hear_air(key_answer_encode(&answer, &challenge, secret), AIR_LF);
    bench_wait(cas, TIME_S);
}

static void take_out(void)
{
    bench_line(cas, "ignition/key", 0);
    bench_wait(cas, 10 * TIME_MS);
}

static uint8_t key_valid(void)
{
    return bench_latest(cas, TERMINAL_STATUS)->data[0] >> 6;
}

// One byte of a key's record in 0xAC5A.
static uint8_t key_byte(int key, size_t byte)
{
    uint8_t bytes[128];
    ck_assert_uint_eq(bench_bytes(ask(cas, "22 AC 5A"), bytes, sizeof bytes), 3 + KEY_COUNT_MAX * KEY_RECORD_SIZE);
    return bytes[3 + (size_t)(key - 1) * KEY_RECORD_SIZE + byte];
}

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

// ---- key numbers (R3) ----------------------------------------------------------------------------------------------

static void try_bytes(const uint8_t *request, size_t size)
{
    uds_answer_t answer;
    bench_exchange(cas, request, size, &answer);
    ck_assert_int_ne(answer.outcome, UDS_OUTCOME_BROKEN);
}

static void try_every_identifier(uint8_t service, uint8_t sub_function)
{
    static const size_t PAYLOADS[] = {1, 2, KEY_RECORD_SIZE, (size_t)KEY_COUNT_MAX * KEY_RECORD_SIZE};
    for (uint32_t id = 0; id <= 0xFFFF; id++) {
        uint8_t request[4 + KEY_COUNT_MAX * KEY_RECORD_SIZE] = {service};
        size_t size = 1;
        if (service == UDS_ROUTINE_CONTROL) request[size++] = sub_function;
        request[size++] = (uint8_t)(id >> 8);
        request[size++] = (uint8_t)id;
        memset(request + size, 0x01, sizeof request - size);
        bool known = id == IDENTIFIER_KEYS || id == ROUTINE_KEY_LOCK || id == ROUTINE_KEY_PERSONALIZATION;
        for (size_t i = 0; i < (known ? 4U : 1U); i++) try_bytes(request, size + PAYLOADS[i]);
    }
}

static void try_every_value(uint16_t routine)
{
    for (uint32_t value = 0; value <= 0xFFFF; value++) {
        if ((value & 0xFF) > 5 && (value >> 8) > 12) continue; // both far out of range
        const uint8_t request[] = {UDS_ROUTINE_CONTROL, UDS_ROUTINE_START,     (uint8_t)(routine >> 8),
                                   (uint8_t)routine,    (uint8_t)(value >> 8), (uint8_t)value};
        try_bytes(request, sizeof request);
    }
}

static void try_every_service(void)
{
    for (unsigned service = 0; service <= 0xFF; service++) {
        bool leaves = service == UDS_SESSION_CONTROL || service == UDS_RESET || service == UDS_SECURITY_ACCESS;
        for (unsigned sub = 0; sub <= 0x7F && !leaves; sub++) {
            const uint8_t request[] = {(uint8_t)service, (uint8_t)sub, 0x01, 0x01, 0x01, 0x01};
            try_bytes(request, sizeof request);
        }
    }
}

START_TEST(nothing_of_diagnosis_changes_a_key_number)
{
    cas->store_ns = TIME_US;
    bench_unlock(cas);
    try_every_identifier(UDS_WRITE_DATA, 0);
    try_every_identifier(UDS_ROUTINE_CONTROL, UDS_ROUTINE_START);
    try_every_value(ROUTINE_KEY_LOCK);
    try_every_value(ROUTINE_KEY_PERSONALIZATION);
    try_every_service();
    for (int key = 1; key <= KEY_COUNT_MAX; key++) {
        ck_assert_int_eq(key_byte(key, KEY_RECORD_NUMBER), key - 1);
        ck_assert_uint_eq(key_byte(key, KEY_RECORD_EXISTS), key <= 3);
    }
    bench_unlock(cas);
    static const uint8_t NEEDS_NO_KEY[] = {0x2E, 0x30, 0x21, 0x00};
    try_bytes(NEEDS_NO_KEY, sizeof NEEDS_NO_KEY);
    for (int key = 1; key <= 2; key++) { // each key still is who it was
        const uint8_t release[] = {0x31, 0x01, 0xDC, 0x73, (uint8_t)(key - 1), 0x00};
        try_bytes(release, sizeof release);
        ck_assert_uint_gt(press(key, key), 0);
        ck_assert_int_eq(bench_latest(cas, KEY_STATUS)->data[3] & 0x0F, key - 1);
    }
    for (int key = 1; key <= 3; key++) {
        uint8_t secret[KEY_SECRET_SIZE];
        secret_of(key, secret);
        const image_entry_t *stored = image_find(&cas->image, "key", key, "secret");
        ck_assert_ptr_nonnull(stored);
        ck_assert_mem_eq(stored->bytes, secret, KEY_SECRET_SIZE);
    }
    ck_assert_ptr_null(image_find(&cas->image, "key", 4, "secret"));
}
END_TEST

START_TEST(snapshot_of_a_fault_tells_key_and_terminal_by_value)
{
    bench_unlock(cas);
    ck_assert_str_eq(ask(cas, "31 01 DC 73 01 01"), "71 01 DC 73 00");
    insert(1, 1);
    bench_line(cas, "ignition/terminal", TERMINAL_15);
    press(2, 2);
    const char *snapshot = ask(cas, "19 04 00 99 07 01");
    ck_assert_msg(strstr(snapshot, " D0 01 12") != NULL, "%s", snapshot); // key 1, terminal 15
    take_out();
    ck_assert_str_eq(ask(cas, "14 FF FF FF"), "54");
    press(2, 2);
    snapshot = ask(cas, "19 04 00 99 07 01");
    ck_assert_msg(strstr(snapshot, " D0 01 00") != NULL, "%s", snapshot);
}
END_TEST

START_TEST(code_of_a_blocked_key_is_kept_although_faults_are_switched_off)
{
    bench_unlock(cas);
    ck_assert_str_eq(ask(cas, "31 01 DC 73 01 01"), "71 01 DC 73 00");
    ck_assert_str_eq(ask(cas, "85 02"), "C5 02");
    press(2, 2);
    bench_wait(cas, TIME_S);
    ck_assert_str_eq(ask(cas, "19 02 FF"), "59 02 2F");
    ck_assert_int_eq(image_get(&cas->image, "key", 2, "counter", -1), codes[2]);
}
END_TEST

START_TEST(every_counter_of_what_is_ignored_can_be_read_by_its_name)
{
    static const char *const NAMES[] = {
        "frames_not_sent",
        "diagnosis_ignored",
        "diagnosis_malformed",
        "diagnosis_unexpected",
        "diagnosis_lost",
        "diagnosis_too_long",
        "diagnosis_requests_broken",
        "diagnosis_answers_broken",
        "telegrams_malformed",
        "telegrams_unknown",
        "telegrams_forged",
        "telegrams_replayed",
        "telegrams_ahead",
        "telegrams_too_far",
        "telegrams_blocked",
        "presses_lost",
        "keys_foreign",
        "keys_silent",
        "keys_blocked",
        "answers_ignored",
        "positions_ignored",
        "routes_dropped",
        "call_ups_withdrawn",
    };
    press(1, 1);
    codes[1]--;
    press(1, 1); // a replay
    codes[1] += 20;
    press(1, 1); // ahead
    static uint8_t bytes[UDS_MESSAGE_MAX];
    size_t size = bench_bytes(ask(cas, "22 3E 01"), bytes, sizeof bytes);
    identifiers_counter_t counters[IDENTIFIER_COUNTERS_MAX];
    size_t count;
    ck_assert(identifiers_read_counters(bytes + 3, size - 3, counters, &count));
    ck_assert_uint_eq(count, sizeof NAMES / sizeof NAMES[0]);
    for (size_t i = 0; i < count; i++) {
        bool once = strcmp(NAMES[i], "telegrams_replayed") == 0 || strcmp(NAMES[i], "telegrams_ahead") == 0;
        ck_assert_str_eq(counters[i].name, NAMES[i]);
        ck_assert_msg(counters[i].value == once, "%s: %u", NAMES[i], counters[i].value);
    }
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
    tcase_add_test(cases, snapshot_of_a_fault_tells_key_and_terminal_by_value);
    tcase_add_test(cases, code_of_a_blocked_key_is_kept_although_faults_are_switched_off);
    tcase_add_test(cases, every_counter_of_what_is_ignored_can_be_read_by_its_name);
    tcase_add_test(cases, results_need_a_start);
    tcase_add_test(cases, new_number_is_forwarded_although_the_key_says_the_old_one);
    tcase_add_test(cases, key_away_is_rewritten_when_it_is_next_in_the_lock);
    tcase_add_test(cases, key_in_the_lock_is_rewritten_at_once);
    tcase_add_test(cases, blocked_key_in_the_lock_is_told_nothing);
    tcase_add_test(cases, spare_key_gets_its_number_before_it_is_learned);
    tcase_add_test(cases, numbers_outside_1_to_4_and_empty_slots_are_out_of_range);
    tcase_add_test(cases, nothing_of_diagnosis_changes_a_key_number);
    return suite_run("services", cases);
}
