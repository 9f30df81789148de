// SPDX-License-Identifier: MIT
#include "bus/car/identifiers.h"

#include <check.h>

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

START_TEST(raw_value_that_does_not_fit_stops_at_the_end)
{
    ck_assert_int_eq(identifiers_saturate(INT64_MAX), INT16_MAX);
    ck_assert_int_eq(identifiers_saturate(INT16_MAX + INT64_C(1)), INT16_MAX);
    ck_assert_int_eq(identifiers_saturate(INT64_MIN), INT16_MIN);
    ck_assert_int_eq(identifiers_saturate(INT16_MIN), INT16_MIN);
    ck_assert_int_eq(identifiers_saturate(-3), -3);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("identifiers");
    tcase_add_test(tests, key_is_read_as_it_was_written);
    tcase_add_test(tests, key_lies_on_the_wire_as_the_table_says);
    tcase_add_test(tests, raw_value_that_does_not_fit_stops_at_the_end);
    return suite_run("identifiers", tests);
}
