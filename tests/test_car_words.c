// SPDX-License-Identifier: MIT
#include "bus/car/words.h"

#include <check.h>
#include <string.h>

#include "tests/suite.h"

static char text[200];

static const char *words(int code, int64_t a, int64_t b, int64_t c)
{
    log_entry_t entry = {.code = (uint16_t)code, .values = {a, b, c}};
    return words_format_log(&entry, text, sizeof text);
}

START_TEST(values_stand_in_the_words)
{
    ck_assert_str_eq(words(LOG_KEY_ACCEPTED, 2, 1, 3), "key 2 accepted, button unlock, personalization number 3");
    ck_assert_str_eq(words(LOG_FAULT_STORED, 0x9907, 0, 0), "fault memory entry 0x9907");
    ck_assert_str_eq(words(LOG_TERMINAL, 2, 0, 0), "terminal 15");
    ck_assert_str_eq(words(LOG_BUS_OFF, 1, 0, 0), "bus-off on its second bus: what waited there is gone");
    ck_assert_str_eq(words(LOG_KEY_REPLAYED, 1, 4294967295, 0),
                     "key 1: replayed telegram ignored (code 4294967295, last accepted 0)");
}
END_TEST

START_TEST(every_code_has_words_and_takes_any_values)
{
    for (int code = 1; code < LOG_CODE_COUNT; code++) {
        ck_assert_str_ne(words(code, 1, 2, 3), "an unknown log entry");
        words(code, INT64_MAX, INT64_MAX, INT64_MAX);
        words(code, INT64_MIN, INT64_MIN, INT64_MIN);
        ck_assert_ptr_null(strpbrk(text, "{}"));
    }
}
END_TEST

START_TEST(no_two_codes_have_the_same_words)
{
    char other[sizeof text];
    for (uint16_t code = 1; code < LOG_CODE_COUNT; code++) {
        words_format_log(&(log_entry_t){.code = code}, other, sizeof other);
        for (int next = code + 1; next < LOG_CODE_COUNT; next++) ck_assert_str_ne(words(next, 0, 0, 0), other);
    }
}
END_TEST

START_TEST(unknown_code_is_told_as_such)
{
    log_entry_t entry = {.code = 0xFFFF};
    ck_assert_str_eq(words_format_log(&entry, text, sizeof text), "an unknown log entry");
}
END_TEST

START_TEST(text_ends_within_its_size)
{
    log_entry_t entry = {.code = LOG_KEY_ACCEPTED, .values = {10, 2, 4}};
    char whole[200];
    words_format_log(&entry, whole, sizeof whole);
    for (size_t size = 1; size < sizeof whole; size++) {
        memset(text, '#', sizeof text);
        words_format_log(&entry, text, size);
        size_t length = strlen(whole) < size ? strlen(whole) : size - 1;
        ck_assert_uint_eq(strlen(text), length);
        ck_assert_mem_eq(text, whole, length);
        ck_assert_int_eq(text[size], '#');
    }
    text[0] = '#';
    words_format_log(&entry, text, 0);
    ck_assert_int_eq(text[0], '#');
}
END_TEST

START_TEST(fault_codes_have_a_meaning_and_unknown_ones_none)
{
    static const uint32_t CODES[] = {
        FAULT_IMAGE_DAMAGED,
        FAULT_PROFILE_NOT_CODED + 1,
        FAULT_PROFILE_NOT_CODED + 2,
        FAULT_PROFILE_NOT_CODED + 3,
        FAULT_PROFILE_NOT_CODED + 4,
        FAULT_NUMBER_INVALID,
        FAULT_KEY_BLOCKED,
        FAULT_KEY_FOREIGN,
        FAULT_KEY_SILENT,
        FAULT_KEY_DIFFERS,
        FAULT_BUS_OFF,
        FAULT_BUS_OFF + 3,
    };
    for (size_t i = 0; i < sizeof CODES / sizeof *CODES; i++) ck_assert_str_ne(words_find_fault(CODES[i]), "");
    ck_assert_str_eq(words_find_fault(FAULT_KEY_SILENT), "no transponder data");
    ck_assert_str_eq(words_find_fault(FAULT_PROFILE_NOT_CODED + 3), "profile 3 was called up, is not coded");
    ck_assert_str_eq(words_find_fault(FAULT_BUS_OFF + 1), "was bus-off on its second bus");
    ck_assert_str_eq(words_find_fault(FAULT_BUS_OFF + 4), "");       // no unit is on so many
    ck_assert_str_eq(words_find_fault(FAULT_PROFILE_NOT_CODED), ""); // there is no profile 0
    ck_assert_str_eq(words_find_fault(0x10000 + FAULT_KEY_SILENT), "");
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("car_words");
    tcase_add_test(tests, values_stand_in_the_words);
    tcase_add_test(tests, every_code_has_words_and_takes_any_values);
    tcase_add_test(tests, no_two_codes_have_the_same_words);
    tcase_add_test(tests, unknown_code_is_told_as_such);
    tcase_add_test(tests, text_ends_within_its_size);
    tcase_add_test(tests, fault_codes_have_a_meaning_and_unknown_ones_none);
    return suite_run("car_words", tests);
}
