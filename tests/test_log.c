// SPDX-License-Identifier: MIT
#include "bus/kernel/log.h"

#include <check.h>
#include <string.h>

#include "tests/suite.h"

static char text[200];

static const char *worded(const char *pattern, int64_t a, int64_t b, int64_t c)
{
    log_entry_t entry = {.code = 1, .values = {a, b, c}};
    return log_format(&entry, pattern, text, sizeof text);
}

START_TEST(pattern_without_braces_is_the_text)
{
    ck_assert_str_eq(worded("window closed", 1, 2, 3), "window closed");
    ck_assert_str_eq(worded("", 1, 2, 3), "");
}
END_TEST

START_TEST(values_are_decimal_and_the_first_one_hexadecimal_as_well)
{
    ck_assert_str_eq(worded("{a}{b} {c}{a}", 1, -20, 300), "1-20 3001");
    ck_assert_str_eq(worded("{a} {b}", INT64_MIN, INT64_MAX, 0), "-9223372036854775808 9223372036854775807");
    ck_assert_str_eq(worded("{x} of {a}", 0x9907, 0, 0), "0x9907 of 39175");
    ck_assert_str_eq(worded("{x}", 0, 0, 0), "0x0");
    ck_assert_str_eq(worded("{x}", -1, 0, 0), "0xFFFFFFFFFFFFFFFF");
}
END_TEST

START_TEST(choice_goes_by_value_and_ends_with_the_last)
{
    static const char PATTERN[] = "it {b!stands|rises|falls} {c?down|up}.";
    ck_assert_str_eq(worded(PATTERN, 9, 0, 0), "it stands down.");
    ck_assert_str_eq(worded(PATTERN, 9, 1, 1), "it rises up.");
    ck_assert_str_eq(worded(PATTERN, 9, 2, INT64_MAX), "it falls up.");
    ck_assert_str_eq(worded(PATTERN, 9, 3, 2), "it falls up.");
    ck_assert_str_eq(worded(PATTERN, 9, -1, INT64_MIN), "it stands down.");
    ck_assert_str_eq(worded("{a?|s}", 0, 0, 0), "");
}
END_TEST

START_TEST(text_ends_within_its_size)
{
    log_entry_t entry = {.values = {10, 2, 4}};
    static const char PATTERN[] = "window {a} {b!stands|rises|falls} at {x}";
    static const char WHOLE[] = "window 10 falls at 0xA";
    for (size_t size = 1; size < sizeof WHOLE + 2; size++) {
        memset(text, '#', sizeof text);
        log_format(&entry, PATTERN, text, size);
        size_t length = strlen(WHOLE) < size ? strlen(WHOLE) : size - 1;
        ck_assert_uint_eq(strlen(text), length);
        ck_assert_mem_eq(text, WHOLE, length);
        ck_assert_int_eq(text[size], '#');
    }
    text[0] = '#';
    log_format(&entry, PATTERN, text, 0);
    ck_assert_int_eq(text[0], '#');
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("log");
    tcase_add_test(tests, pattern_without_braces_is_the_text);
    tcase_add_test(tests, values_are_decimal_and_the_first_one_hexadecimal_as_well);
    tcase_add_test(tests, choice_goes_by_value_and_ends_with_the_last);
    tcase_add_test(tests, text_ends_within_its_size);
    return suite_run("log", tests);
}
