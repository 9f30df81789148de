// SPDX-License-Identifier: MIT
// Numbers in their shortest form, and sets of texts.
#include "scenarios/story/number_text.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bus/base/random.h"
#include "scenarios/story/text_set.h"
#include "tests/suite.h"

START_TEST(numbers_are_written_as_people_write_them)
{
    static const struct {
        double number;
        const char *text;
    } NUMBERS[] = {
        {1.1, "1.1"},    {180, "180.0"},
        {0.1, "0.1"},    {-10 + 111 * 0.1, "1.1000000000000014"},
        {-0.0, "-0.0"},  {1e300, "1e+300"},
        {0, "0.0"},      {0.30000000000000004, "0.30000000000000004"},
        {1e15, "1e+15"}, {123456789, "123456789.0"},
    };
    for (size_t i = 0; i < sizeof NUMBERS / sizeof NUMBERS[0]; i++) {
        char text[NUMBER_TEXT_MAX];
        ck_assert_str_eq(number_text(NUMBERS[i].number, text), NUMBERS[i].text);
    }
}
END_TEST

START_TEST(any_number_is_read_as_it_was_written)
{
    random_t random = random_derive(1, "numbers", 0);
    for (int i = 0; i < 20000; i++) {
        char text[NUMBER_TEXT_MAX];
        double number = (double)random_next(&random) / (double)(random_next(&random) % 100000 + 1);
        if (i % 3 == 0) number = -number / 1e12;
        ck_assert_msg(strtod(number_text(number, text), NULL) == number, "%s is not %.17g", text, number);
    }
}
END_TEST

START_TEST(a_text_is_added_once)
{
    text_set_t set = {.count = 0};
    ck_assert(!text_set_has(&set, ""));
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < 5000; i++) {
            char text[32];
            snprintf(text, sizeof text, "text %d", i);
            ck_assert_int_eq(text_set_has(&set, text), round);
            ck_assert_int_eq(text_set_add(&set, text), !round);
        }
    ck_assert_uint_eq(set.count, 5000);
    ck_assert(!text_set_has(&set, "text 5000") && !text_set_has(&set, "text"));
    text_set_destroy(&set);
    ck_assert(!text_set_has(&set, "text 1"));
}
END_TEST

int main(void)
{
    const TTest *const TESTS[] = {
        numbers_are_written_as_people_write_them,
        any_number_is_read_as_it_was_written,
        a_text_is_added_once,
    };
    TCase *tests = tcase_create("number text");
    suite_add_tests(tests, TESTS, sizeof TESTS / sizeof TESTS[0]);
    return suite_run("number text", tests);
}
