// SPDX-License-Identifier: MIT
// The workshop's requests byte by byte, what cannot be a request, and answers that are garbage.
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bus/base/random.h"
#include "scenarios/actors/workshop_requests.h"
#include "tests/suite.h"

#define GARBAGE_ROUNDS 20000

static const dbc_value_t STYLES[] = {{0, "soft"}, {1, "normal"}};

static const dbc_signal_t SIGNALS[] = {
    {.name = "Profile", .length = 4},
    {.name = "Height", .length = 10, .factor = 0.1, .minimum = 0, .maximum = 80, .setting = "height"},
    {.name = "Tilt", .length = 10, .is_signed = true, .factor = 0.1, .minimum = -10, .maximum = 60, .setting = "tilt"},
    {.name = "Moving", .length = 1},
    {.name = "Temperature", .length = 6, .factor = 0.5, .offset = 16, .minimum = 16, .maximum = 28, .setting = "warm"},
    {.name = "Style",
     .length = 2,
     .factor = 1,
     .minimum = 0,
     .maximum = 1,
     .setting = "style",
     .value_count = 2,
     .values = STYLES},
};
static const dbc_signal_t MORE_SIGNALS[] = {{.name = "More", .length = 8, .factor = 1, .setting = "more"}};
static const dbc_message_t MESSAGES[] = {
    {.name = "UnitStatus", .sender = "unit", .signal_count = 6, .signals = SIGNALS},
    {.name = "OtherStatus", .sender = "other", .signal_count = 1, .signals = MORE_SIGNALS},
    {.name = "FurtherStatus", .sender = "unit", .signal_count = 1, .signals = MORE_SIGNALS},
};
static const dbc_t DBC = {.message_count = 3, .messages = MESSAGES};

static void check_bytes(workshop_request_t request, const char *hex)
{
    char text[3 * WORKSHOP_REQUEST_MAX + 1] = "";
    for (size_t i = 0; i < request.size; i++) snprintf(text + 3 * i, 4, "%02X ", request.bytes[i]);
    if (request.size > 0) text[3 * request.size - 1] = '\0';
    ck_assert_str_eq(text, hex);
}

static workshop_request_t block(double key)
{
    return workshop_service_request(&(workshop_service_t){.function = WORKSHOP_BLOCK_KEY, .key = key});
}

static workshop_request_t assign(double key, double personalization)
{
    return workshop_service_request(&(workshop_service_t){
        .function = WORKSHOP_SET_PERSONALIZATION, .key = key, .personalization = personalization});
}

// ---- service functions ---------------------------------------------------------------------------------------------

START_TEST(service_functions_count_from_zero_on_the_wire)
{
    check_bytes(block(3), "31 01 DC 73 02 01");
    check_bytes(workshop_service_request(&(workshop_service_t){.function = WORKSHOP_RELEASE_KEY, .key = 10}),
                "31 01 DC 73 09 00");
    check_bytes(assign(3, 4), "31 01 DC 5B 02 03");
}
END_TEST

START_TEST(a_number_that_does_not_fit_becomes_the_invalid_one)
{
    check_bytes(block(0), "31 01 DC 73 FF 01");
    check_bytes(block(-1), "31 01 DC 73 FF 01");
    check_bytes(block(255), "31 01 DC 73 FE 01");
    check_bytes(block(256), "31 01 DC 73 FF 01");
    check_bytes(block(257), "31 01 DC 73 FF 01");
    check_bytes(block(1.5), "31 01 DC 73 FF 01");
    check_bytes(block(1e300), "31 01 DC 73 FF 01");
    check_bytes(block((double)NAN), "31 01 DC 73 FF 01");
    check_bytes(assign(257, -4294967295.0), "31 01 DC 5B FF FF");
}
END_TEST

START_TEST(the_table_of_keys_is_read)
{
    uint8_t bytes[3 + 10 * KEY_RECORD_SIZE] = {0x62, 0xAC, 0x5A};
    for (uint8_t i = 0; i < 10; i++) memcpy(bytes + 3 + 6 * i, (uint8_t[]){0, 0xFF, 0, 0, 0, i}, 6);
    memcpy(bytes + 3 + 6 * 2, (uint8_t[]){1, 3, 1, 1, 1, 2}, 6);
    identifiers_key_t keys[KEY_COUNT_MAX + 1];
    check_bytes(workshop_keys_request(), "22 AC 5A");
    ck_assert(workshop_read_keys(bytes, sizeof bytes, keys));
    ck_assert(!keys[2].exists && keys[2].personalization == 0);
    ck_assert(keys[3].exists && keys[3].learned && keys[3].blocked && keys[3].battery_low);
    ck_assert_int_eq(keys[3].personalization, 4);
    for (size_t size = 0; size < sizeof bytes; size++) ck_assert(!workshop_read_keys(bytes, size, keys));
    bytes[2] = 0x5B;
    ck_assert(!workshop_read_keys(bytes, sizeof bytes, keys));
}
END_TEST

// ---- coding --------------------------------------------------------------------------------------------------------

START_TEST(settings_are_the_signals_that_have_a_name)
{
    workshop_settings_t settings = workshop_settings(&DBC, "unit");
    ck_assert_uint_eq(settings.count, 5);
    ck_assert_int_eq(workshop_find_setting(&settings, "height"), 0);
    ck_assert_int_eq(workshop_find_setting(&settings, "style"), 3);
    ck_assert_int_eq(workshop_find_setting(&settings, "more"), 4); // of a further message
    ck_assert_int_eq(workshop_find_setting(&settings, "Style"), -1);
    ck_assert_uint_eq(workshop_settings(&DBC, "nobody").count, 0);
}
END_TEST

START_TEST(a_value_becomes_the_nearest_raw_one)
{
    ck_assert_int_eq(workshop_raw(&SIGNALS[1], 55.5), 555);
    ck_assert_int_eq(workshop_raw(&SIGNALS[1], 55.54), 555);
    ck_assert_int_eq(workshop_raw(&SIGNALS[1], 55.56), 556);
    ck_assert_int_eq(workshop_raw(&SIGNALS[2], -2.0), -20);
    ck_assert_int_eq(workshop_raw(&SIGNALS[4], 19.5), 7);
    ck_assert_int_eq(workshop_raw(&SIGNALS[1], 80.0), 800);
}
END_TEST

START_TEST(a_value_out_of_range_is_never_rounded_into_it)
{
    ck_assert_int_eq(workshop_raw(&SIGNALS[1], 80.01), 801);
    ck_assert_int_eq(workshop_raw(&SIGNALS[1], -0.01), -1);
    ck_assert_int_eq(workshop_raw(&SIGNALS[2], -10.04), -101);
    ck_assert_int_eq(workshop_raw(&SIGNALS[4], 28.1), 25);
}
END_TEST

START_TEST(a_value_far_out_of_range_does_not_wrap_around)
{
    ck_assert_int_eq(workshop_raw(&SIGNALS[1], 6553.7), INT16_MAX);
    ck_assert_int_eq(workshop_raw(&SIGNALS[1], 1e300), INT16_MAX);
    ck_assert_int_eq(workshop_raw(&SIGNALS[1], -1e300), INT16_MIN);
    ck_assert_int_eq(workshop_raw(&SIGNALS[1], (double)INFINITY), INT16_MAX);
}
END_TEST

START_TEST(only_profiles_one_to_four_have_their_identifier)
{
    ck_assert_uint_eq(workshop_profile_id(0), 0x3000);
    ck_assert_uint_eq(workshop_profile_id(1), 0x3001);
    ck_assert_uint_eq(workshop_profile_id(4), 0x3004);
    ck_assert_uint_eq(workshop_profile_id(5), 0x3005);
    ck_assert_uint_eq(workshop_profile_id(16), 0x300F); // 0x3010 would be the description
    ck_assert_uint_eq(workshop_profile_id(65537), 0x300F);
    ck_assert_uint_eq(workshop_profile_id(-1), 0x300F);
    ck_assert_uint_eq(workshop_profile_id(1.5), 0x300F);
    ck_assert_uint_eq(workshop_profile_id((double)NAN), 0x300F);
}
END_TEST

START_TEST(what_is_written_reads_back)
{
    workshop_profile_t written = {.coded = true, .values = {555, -20, INT16_MIN, INT16_MAX}}, read;
    workshop_request_t request = workshop_write_request(0x3003, 4, &written);
    check_bytes(request, "2E 30 03 01 02 2B FF EC 80 00 7F FF");
    check_bytes(workshop_read_request(0x3003), "22 30 03");
    request.bytes[0] = 0x62;
    ck_assert(workshop_read_profile(request.bytes, request.size, 0x3003, 4, &read));
    ck_assert(read.coded);
    ck_assert_mem_eq(read.values, written.values, 4 * sizeof read.values[0]);
}
END_TEST

START_TEST(a_profile_of_another_layout_is_none)
{
    workshop_profile_t profile;
    const uint8_t bytes[] = {0x62, 0x30, 0x03, 1, 0, 5};
    ck_assert(workshop_read_profile(bytes, 6, 0x3003, 1, &profile));
    ck_assert(!workshop_read_profile(bytes, 6, 0x3004, 1, &profile));
    ck_assert(!workshop_read_profile(bytes, 6, 0x3003, 2, &profile));
    ck_assert(!workshop_read_profile(bytes, 6, 0x3003, 0, &profile));
    ck_assert(!workshop_read_profile(bytes, 6, 0x3003, WORKSHOP_SETTINGS_MAX + 1, &profile));
    for (size_t size = 0; size < 6; size++) ck_assert(!workshop_read_profile(bytes, size, 0x3003, 1, &profile));
    const uint8_t odd[] = {0x62, 0x30, 0x03, 2, 0, 5};
    ck_assert(!workshop_read_profile(odd, 6, 0x3003, 1, &profile));
}
END_TEST

START_TEST(the_largest_request_fits)
{
    workshop_profile_t profile = {.coded = true};
    ck_assert_uint_eq(workshop_write_request(0x3001, WORKSHOP_SETTINGS_MAX, &profile).size, WORKSHOP_REQUEST_MAX);
}
END_TEST

// ---- fault memory --------------------------------------------------------------------------------------------------

START_TEST(faults_are_read_one_by_one)
{
    const uint8_t bytes[] = {0x59, 0x02, 0x2F, 0x00, 0x99, 0x07, 0x2F, 0x01, 0x02, 0x03, 0x28};
    workshop_fault_t fault;
    check_bytes(workshop_faults_request(), "19 02 FF");
    ck_assert(workshop_read_fault(bytes, sizeof bytes, 0, &fault));
    ck_assert_uint_eq(fault.code, 0x9907);
    ck_assert_uint_eq(fault.status & WORKSHOP_FAULT_ACTIVE, 1);
    ck_assert(workshop_read_fault(bytes, sizeof bytes, 1, &fault));
    ck_assert_uint_eq(fault.code, 0x010203);
    ck_assert_uint_eq(fault.status & WORKSHOP_FAULT_ACTIVE, 0);
    ck_assert(!workshop_read_fault(bytes, sizeof bytes, 2, &fault));
    ck_assert(!workshop_read_fault(bytes, 3, 0, &fault));
    ck_assert(!workshop_read_fault((const uint8_t[]){0x7F, 0x19, 0x31, 0, 0, 0, 0}, 7, 0, &fault));
}
END_TEST

// A list that does not divide: "no faults" would be said of a unit that has some.
START_TEST(a_broken_list_of_faults_has_no_entries_at_all)
{
    const uint8_t bytes[] = {0x59, 0x02, 0x2F, 0x00, 0x99, 0x07, 0x2F, 0x01, 0x02, 0x03, 0x28};
    workshop_fault_t fault;
    for (size_t size = 0; size < sizeof bytes; size++)
        ck_assert_int_eq(workshop_read_fault(bytes, size, 0, &fault), size == 7);
}
END_TEST

START_TEST(details_of_a_fault_are_read_whole)
{
    const uint8_t count[] = {0x59, 0x06, 0x00, 0x99, 0x07, 0x2F, 0x01, 0x03};
    const uint8_t snapshot[] = {0x59, 0x04, 0x00, 0x99, 0x07, 0x2F, 0x01, 0x02, 0xD0,
                                0x00, 0x00, 0x00, 0x08, 0x34, 0xD0, 0x01, 0x21};
    workshop_fault_details_t details = {.has_count = false};
    check_bytes(workshop_occurrences_request(0x9907), "19 06 00 99 07 FF");
    check_bytes(workshop_snapshot_request(0x9907), "19 04 00 99 07 FF");
    for (size_t size = 0; size <= sizeof snapshot; size++) {
        bool right = size == 6 || size == sizeof count;
        if (size <= sizeof count) ck_assert_int_eq(workshop_read_occurrences(count, size, 0x9907, &details), right);
        right = size == 6 || size == sizeof snapshot;
        ck_assert_int_eq(workshop_read_snapshot(snapshot, size, 0x9907, &details), right);
        if (size == 6) ck_assert(!details.has_count && !details.has_snapshot);
    }
    ck_assert(details.has_count && details.has_snapshot);
    ck_assert_uint_eq(details.occurrences, 3);
    ck_assert_uint_eq(details.first_ms, 2100);
    ck_assert_uint_eq(details.context, 0x21);
    ck_assert(!workshop_read_occurrences(count, sizeof count, 0x9908, &details));
    ck_assert(!workshop_read_snapshot(snapshot, sizeof snapshot, 0x9908, &details));
    ck_assert(!workshop_read_snapshot(count, 6, 0x9907, &details));
}
END_TEST

START_TEST(the_result_of_a_routine_is_its_last_byte)
{
    const workshop_service_t blocking = {.function = WORKSHOP_BLOCK_KEY},
                             assigning = {.function = WORKSHOP_SET_PERSONALIZATION};
    const uint8_t bytes[] = {0x71, 0x01, 0xDC, 0x73, 0x01, 0x00};
    uint8_t result = 0;
    for (size_t size = 0; size <= sizeof bytes; size++)
        ck_assert_int_eq(workshop_read_result(bytes, size, &blocking, &result), size == 5);
    ck_assert_uint_eq(result, 1);
    ck_assert(!workshop_read_result(bytes, 5, &assigning, &result));
    ck_assert(!workshop_read_result((const uint8_t[]){0x71, 0x03, 0xDC, 0x73, 0}, 5, &blocking, &result));
    ck_assert(!workshop_read_result((const uint8_t[]){0x72, 0x01, 0xDC, 0x73, 0}, 5, &blocking, &result));
}
END_TEST

START_TEST(garbage_is_read_without_harm)
{
    uint64_t seed = 11;
    random_t random = random_derive(seed, "garbage", 0);
    for (int round = 0; round < GARBAGE_ROUNDS; round++) {
        size_t size = random_next(&random) % 80;
        uint8_t *bytes = malloc(size + 1); // of its own size: a sanitizer sees what is read beyond
        for (size_t i = 0; i < size; i++) bytes[i] = (uint8_t)random_next(&random);
        static const uint8_t BEGINNINGS[][3] = {{0x62, 0xAC, 0x5A}, {0x62, 0x30, 0x01}, {0x59, 0x02, 0xFF}};
        size_t kind = random_next(&random) % 4;
        if (kind < 3 && size >= 3) memcpy(bytes, BEGINNINGS[kind], 3);
        identifiers_key_t keys[KEY_COUNT_MAX + 1];
        workshop_profile_t profile;
        workshop_fault_t fault;
        if (workshop_read_keys(bytes, size, keys)) ck_assert_uint_eq(size, 63);
        size_t count = random_next(&random) % (WORKSHOP_SETTINGS_MAX + 2);
        if (workshop_read_profile(bytes, size, 0x3001, count, &profile)) ck_assert_uint_eq(size, 4 + 2 * count);
        for (size_t i = 0; workshop_read_fault(bytes, size, i, &fault); i++) ck_assert_uint_le(4 * i + 7, size);
        free(bytes);
    }
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("workshop requests");
    tcase_add_test(tests, service_functions_count_from_zero_on_the_wire);
    tcase_add_test(tests, a_number_that_does_not_fit_becomes_the_invalid_one);
    tcase_add_test(tests, the_table_of_keys_is_read);
    tcase_add_test(tests, settings_are_the_signals_that_have_a_name);
    tcase_add_test(tests, a_value_becomes_the_nearest_raw_one);
    tcase_add_test(tests, a_value_out_of_range_is_never_rounded_into_it);
    tcase_add_test(tests, a_value_far_out_of_range_does_not_wrap_around);
    tcase_add_test(tests, only_profiles_one_to_four_have_their_identifier);
    tcase_add_test(tests, what_is_written_reads_back);
    tcase_add_test(tests, a_profile_of_another_layout_is_none);
    tcase_add_test(tests, the_largest_request_fits);
    tcase_add_test(tests, faults_are_read_one_by_one);
    tcase_add_test(tests, a_broken_list_of_faults_has_no_entries_at_all);
    tcase_add_test(tests, details_of_a_fault_are_read_whole);
    tcase_add_test(tests, the_result_of_a_routine_is_its_last_byte);
    tcase_add_test(tests, garbage_is_read_without_harm);
    return suite_run("workshop requests", tests);
}
