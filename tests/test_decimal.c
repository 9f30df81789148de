// SPDX-License-Identifier: MIT
#include "bus/can/decimal.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "bus/base/random.h"
#include "tests/suite.h"

#define DRAWS 20000

static decimal_t number(const char *text)
{
    decimal_t self;
    ck_assert_msg(decimal_read(&self, text), "%s", text);
    return self;
}

static const char *whole_text(const decimal_t *self)
{
    static char text[DECIMAL_TEXT_MAX];
    ck_assert(decimal_write(self, decimal_places(self), text));
    return text;
}

START_TEST(numbers_are_read_as_they_are_written)
{
    static const char *const TEXTS[][2] = {
        {"0", "0"},         {"-0", "0"},          {"007", "7"},           {".5", "0.5"},  {"-1.50", "-1.5"},
        {"1E3", "1000"},    {"+1.25e+1", "12.5"}, {"1E-07", "0.0000001"}, {"100", "100"}, {"5.", "5"},
        {"0e9999999", "0"}, {"0.0", "0"},         {"12e-3", "0.012"},
    };
    for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++) {
        decimal_t self = number(TEXTS[i][0]);
        ck_assert_str_eq(whole_text(&self), TEXTS[i][1]);
    }
}
END_TEST

START_TEST(what_is_no_number_is_refused)
{
    static const char *const TEXTS[] = {"", "-", ".", "e5", "1e", "1e+", "1 ", "0x1", "inf", "nan", "1.2.3", "--1"};
    decimal_t self;
    for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++)
        ck_assert_msg(!decimal_read(&self, TEXTS[i]), "%s", TEXTS[i]);
}
END_TEST

START_TEST(more_digits_than_there_is_room_for_are_refused)
{
    char text[DECIMAL_DIGITS_MAX + 2];
    for (int i = 0; i <= DECIMAL_DIGITS_MAX; i++) text[i] = '9';
    text[DECIMAL_DIGITS_MAX + 1] = '\0';
    decimal_t self, result;
    ck_assert(!decimal_read(&self, text));
    ck_assert(decimal_read(&self, text + 1));
    ck_assert(!decimal_multiply(&self, &self, &result));
    decimal_t small = number("1E-1");
    ck_assert(!decimal_add(&self, &small, &result));
    char out[DECIMAL_TEXT_MAX];
    ck_assert(!decimal_write(&self, DECIMAL_DIGITS_MAX, out));
    decimal_write_power(&self, out);
    ck_assert_uint_eq(strlen(out), DECIMAL_DIGITS_MAX + 1 + 4);
}
END_TEST

START_TEST(integers_are_exact_to_64_bits)
{
    decimal_t low = decimal_whole(INT64_MIN, false), high = decimal_whole(-1, true);
    ck_assert_str_eq(whole_text(&low), "-9223372036854775808");
    ck_assert_str_eq(whole_text(&high), "18446744073709551615");
}
END_TEST

START_TEST(a_number_is_rounded_to_the_nearest_and_halves_away_from_zero)
{
    static const struct {
        const char *number;
        int32_t places;
        const char *text;
    } CASES[] = {{"0.05", 1, "0.1"},  {"0.049", 1, "0.0"}, {"-0.05", 1, "-0.1"},       {"-0.04", 1, "0.0"},
                 {"9.99", 1, "10.0"}, {"0.5", 0, "1"},     {"-123.456", 2, "-123.46"}, {"7", 3, "7.000"},
                 {"0", 2, "0.00"},    {"1E-9", 2, "0.00"}};
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        decimal_t self = number(CASES[i].number);
        char text[DECIMAL_TEXT_MAX];
        ck_assert(decimal_write(&self, CASES[i].places, text));
        ck_assert_str_eq(text, CASES[i].text);
    }
}
END_TEST

START_TEST(far_powers_are_written_with_an_exponent)
{
    static const char *const TEXTS[][2] = {
        {"1E-12", "1e-12"}, {"-3.0500E100", "-3.05e+100"}, {"7", "7e+00"}, {"0", "0e+00"}};
    for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++) {
        decimal_t self = number(TEXTS[i][0]);
        char text[DECIMAL_TEXT_MAX];
        decimal_write_power(&self, text);
        ck_assert_str_eq(text, TEXTS[i][1]);
    }
}
END_TEST

// Thousandths, computed once in integers and once in digits.
START_TEST(sums_and_products_are_those_of_integers)
{
    random_t random = random_derive(1, "decimal", 0);
    for (int i = 0; i < DRAWS; i++) {
        int64_t a = (int64_t)(random_next(&random) % 2000001) - 1000000,
                b = (int64_t)(random_next(&random) % 2001) - 1000;
        decimal_t x = decimal_whole(a, false), y = decimal_whole(b, false), milli = number("0.001"), p, q, sum, product;
        ck_assert(decimal_multiply(&x, &milli, &p) && decimal_multiply(&y, &milli, &q));
        ck_assert(decimal_add(&p, &q, &sum) && decimal_multiply(&p, &q, &product));
        char text[DECIMAL_TEXT_MAX], wanted[64];
        int64_t s = llabs(a + b), m = llabs(a * b);
        ck_assert(decimal_write(&sum, 3, text));
        snprintf(wanted, sizeof wanted, "%s%lld.%03lld", a + b < 0 ? "-" : "", (long long)(s / 1000),
                 (long long)(s % 1000));
        ck_assert_str_eq(text, wanted);
        ck_assert(decimal_write(&product, 6, text));
        snprintf(wanted, sizeof wanted, "%s%lld.%06lld", a * b < 0 ? "-" : "", (long long)(m / 1000000),
                 (long long)(m % 1000000));
        ck_assert_str_eq(text, wanted);
    }
}
END_TEST

int main(void)
{
    TCase *all = tcase_create("all");
    tcase_add_test(all, numbers_are_read_as_they_are_written);
    tcase_add_test(all, what_is_no_number_is_refused);
    tcase_add_test(all, more_digits_than_there_is_room_for_are_refused);
    tcase_add_test(all, integers_are_exact_to_64_bits);
    tcase_add_test(all, a_number_is_rounded_to_the_nearest_and_halves_away_from_zero);
    tcase_add_test(all, far_powers_are_written_with_an_exponent);
    tcase_add_test(all, sums_and_products_are_those_of_integers);
    return suite_run("decimal", all);
}
