// SPDX-License-Identifier: MIT
// Nothing of diagnosis changes a key number (R3): every service, identifier and value is tried.
// Besides, by value: what a fault's snapshot and the counters tell.
#include "tests/services_sentences.h"

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
    TCase *cases = tcase_create("services_numbers");
    tcase_add_checked_fixture(cases, set_up, tear_down);
    tcase_set_timeout(cases, 120); // wall clock of the longest test under a sanitizer or valgrind
    tcase_add_test(cases, snapshot_of_a_fault_tells_key_and_terminal_by_value);
    tcase_add_test(cases, code_of_a_blocked_key_is_kept_although_faults_are_switched_off);
    tcase_add_test(cases, every_counter_of_what_is_ignored_can_be_read_by_its_name);
    tcase_add_test(cases, nothing_of_diagnosis_changes_a_key_number);
    return suite_run("services_numbers", cases);
}
