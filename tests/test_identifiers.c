// SPDX-License-Identifier: MIT
#include "bus/car/identifiers.h"

#include <check.h>
#include <string.h>

#include "tests/suite.h"

START_TEST(key_is_read_as_it_was_written)
{
    for (unsigned bits = 0; bits < 16; bits++) {
        for (int personalization = 0; personalization <= 4; personalization++) {
            const identifiers_key_t key = {.exists = bits & 1,
                                           .learned = bits >> 1 & 1,
                                           .blocked = bits >> 2 & 1,
                                           .battery_low = bits >> 3 & 1,
                                           .personalization = personalization};
            uint8_t record[KEY_RECORD_SIZE];
            identifiers_write_key(&key, 10, record);
            identifiers_key_t read = identifiers_read_key(record);
            ck_assert_uint_eq(record[KEY_RECORD_NUMBER], 9);
            ck_assert_int_eq(read.exists, key.exists);
            ck_assert_int_eq(read.learned, key.learned);
            ck_assert_int_eq(read.blocked, key.blocked);
            ck_assert_int_eq(read.battery_low, key.battery_low);
            ck_assert_int_eq(read.personalization, key.personalization);
        }
    }
}
END_TEST

START_TEST(key_lies_on_the_wire_as_the_table_says)
{
    const identifiers_key_t key = {.exists = true, .blocked = true, .personalization = 3}, unknown = {.learned = true};
    uint8_t record[KEY_RECORD_SIZE];
    identifiers_write_key(&key, 1, record);
    ck_assert_mem_eq(record, "\x01\x02\x00\x01\x00\x00", sizeof record);
    identifiers_write_key(&unknown, 2, record);
    ck_assert_mem_eq(record, "\x00\xFF\x01\x00\x00\x01", sizeof record);
}
END_TEST

// Each record as the header lays it out: right as it is, wrong when it is a byte shorter or longer.
START_TEST(record_is_one_only_when_it_is_laid_out_as_the_table_says)
{
    static const struct {
        uint16_t id;
        size_t count, size;
        bool open; // a longer one is right, too
        const char *record;
    } ROWS[] = {
        {0x3001, 2, 5, false, "\x00\x00\x64\xFF\x9C"},
        {0x3004, 0, 1, false, "\x01"},
        {0x3010, 1, 8, false, "\x01\x00\x00\x03\x20\x02hi"},
        {0x3010, 0, 1, false, "\x00"},
        {0x3020, 3, 3, false, "\x00\x01\x00"},
        {0x3021, 2, 2, false, "\x07\xFF"},
        {0x3030, 5, 2, false, "\x04\x01"},
        {0xF18C, 0, 1, true, "K"},
        {0xF190, 5, 1, true, "\x1B"},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        uint8_t record[16] = {0};
        memcpy(record, ROWS[i].record, ROWS[i].size);
        ck_assert(identifiers_is_record(ROWS[i].id, record, ROWS[i].size, ROWS[i].count));
        ck_assert(!identifiers_is_record(ROWS[i].id, record, ROWS[i].size - 1, ROWS[i].count));
        ck_assert_int_eq(identifiers_is_record(ROWS[i].id, record, ROWS[i].size + 1, ROWS[i].count), ROWS[i].open);
    }
    ck_assert(identifiers_is_record(0x3E00, NULL, 0, 0));
    ck_assert(identifiers_is_record(0x1234, NULL, 0, 3));
}
END_TEST

START_TEST(record_with_a_byte_that_cannot_be_is_none)
{
    static const struct {
        uint16_t id;
        size_t count, size;
        const char *record;
    } ROWS[] = {
        {0x3001, 1, 3, "\x02\x00\x64"},               // neither coded nor not
        {0x3010, 2, 8, "\x01\x00\x00\x03\x20\x02hi"}, // of another number of settings
        {0x3010, 1, 8, "\x01\x00\x00\x03\x20\x03hi"}, // a name that is longer than the record
        {0x3020, 2, 2, "\x00\x02"},                   // neither key nor car
        {0x3030, 0, 2, "\x05\x01"},                   // no such profile
        {0x3030, 0, 2, "\x01\x02"},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++)
        ck_assert(!identifiers_is_record(ROWS[i].id, (const uint8_t *)ROWS[i].record, ROWS[i].size, ROWS[i].count));
}
END_TEST

START_TEST(table_of_keys_has_each_key_in_its_place)
{
    uint8_t table[10 * KEY_RECORD_SIZE];
    const identifiers_key_t key = {.exists = true, .personalization = 4};
    for (int i = 0; i < 10; i++) identifiers_write_key(&key, i + 1, table + i * KEY_RECORD_SIZE);
    ck_assert(identifiers_is_record(0xAC5A, table, sizeof table, 0));
    ck_assert(!identifiers_is_record(0xAC5A, table, sizeof table - KEY_RECORD_SIZE, 0));
    for (size_t i = 0; i < sizeof table; i++) {
        uint8_t before = table[i];
        bool number = i % KEY_RECORD_SIZE == KEY_RECORD_PERSONALIZATION;
        for (int value = 0; value <= UINT8_MAX; value++) {
            bool flag = i % KEY_RECORD_SIZE != KEY_RECORD_NUMBER && value <= 1;
            bool right = number ? value <= 3 || value == 0xFF : flag || value == before;
            table[i] = (uint8_t)value;
            ck_assert_int_eq(identifiers_is_record(0xAC5A, table, sizeof table, 0), right);
        }
        table[i] = before;
    }
}
END_TEST

START_TEST(raw_value_that_does_not_fit_stops_at_the_end)
{
    ck_assert_int_eq(identifiers_saturate(INT64_MAX), INT16_MAX);
    ck_assert_int_eq(identifiers_saturate(INT16_MAX + INT64_C(1)), INT16_MAX);
    ck_assert_int_eq(identifiers_saturate(INT64_MIN), INT16_MIN);
    ck_assert_int_eq(identifiers_saturate(INT16_MIN), INT16_MIN);
    ck_assert_int_eq(identifiers_saturate(-3), -3);
}
END_TEST

START_TEST(counters_are_read_as_they_were_written_and_only_whole)
{
    uint8_t record[128] = {2};
    size_t size = 1;
    size += identifiers_write_counter(0x01020304, "telegrams_replayed", record + size);
    size += identifiers_write_counter(0, "a", record + size);
    ck_assert_mem_eq(record,
                     "\x02\x01\x02\x03\x04\x12telegrams_replayed\x00\x00\x00\x00\x01"
                     "a",
                     size);
    identifiers_counter_t counters[IDENTIFIER_COUNTERS_MAX];
    size_t count;
    ck_assert(identifiers_read_counters(record, size, counters, &count));
    ck_assert_uint_eq(count, 2);
    ck_assert_uint_eq(counters[0].value, 0x01020304);
    ck_assert_str_eq(counters[0].name, "telegrams_replayed");
    ck_assert_str_eq(counters[1].name, "a");
    for (size_t cut = 0; cut < size; cut++) ck_assert(!identifiers_read_counters(record, cut, counters, &count));
    ck_assert(!identifiers_read_counters(record, size + 1, counters, &count));
    ck_assert(!identifiers_is_record(IDENTIFIER_COUNTERS, record, size - 1, 0));
    record[size - 1] = 0x1B; // a terminal's control
    ck_assert(!identifiers_read_counters(record, size, counters, &count));
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("identifiers");
    tcase_add_test(tests, key_is_read_as_it_was_written);
    tcase_add_test(tests, key_lies_on_the_wire_as_the_table_says);
    tcase_add_test(tests, record_is_one_only_when_it_is_laid_out_as_the_table_says);
    tcase_add_test(tests, record_with_a_byte_that_cannot_be_is_none);
    tcase_add_test(tests, table_of_keys_has_each_key_in_its_place);
    tcase_add_test(tests, counters_are_read_as_they_were_written_and_only_whole);
    tcase_add_test(tests, raw_value_that_does_not_fit_stops_at_the_end);
    return suite_run("identifiers", tests);
}
