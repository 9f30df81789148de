// SPDX-License-Identifier: MIT
#include "bus/can/frame_text.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bus/base/random.h"
#include "tests/suite.h"

#define DRAWS 5000

typedef struct {
    double factor, offset;
    bool is_signed;
    int64_t raw;
    const char *text;
} case_t;

static const case_t NUMBERS[] = {
    // integers to 64 bits
    {1, 0, true, INT64_MIN, "-9223372036854775808"},
    {1, 0, true, INT64_MAX, "9223372036854775807"},
    {1, 0, false, -1, "18446744073709551615"},
    {1, 1, false, -1, "18446744073709551616"},
    {0.5, 0, true, INT64_MAX, "4611686018427387903.5"},
    {0.001, -0.25, false, -1, "18446744073709551.365"},
    {-1, 0, true, INT64_MIN, "9223372036854775808"},
    {1E10, 0, true, INT64_MAX, "92233720368547758070000000000"},
    // small factors
    {1E-7, 0, true, 486786894, "48.6786894"},
    {4E-9, 0, true, 5, "0.000000020"},
    {5.96E-8, 0, false, 1, "0.0000000596"},
    {3.6622E-9, 0, false, 3, "0.0000000109866"},
    {2.442598329E-6, 0, false, 1, "0.000002442598329"},
    {1E-20, 0, false, 7, "0.00000000000000000007"},
    {0.00390625, 0, false, 1, "0.00390625"},
    // a coarse factor that was itself rounded needs no more than tells the raw value
    {6.10352E-5, -0.5, false, 0x8000, "1.500001"},
    {1.0 / 3, 0, false, 3, "1.000000"},
    {1.52587890625E-5, 0, false, 1, "0.0000153"},
    // no factor worth the name
    {0, 5, false, 7, "5"},
    {1E-300, 0, false, 1, "1e-300"},
    {1E300, 1E-300, false, 2, "2.0000000000000001e+300"},
};

START_TEST(a_number_is_exact_with_the_digits_that_it_needs)
{
    const case_t *c = &NUMBERS[_i];
    dbc_signal_t signal = {.length = 64, .factor = c->factor, .offset = c->offset, .is_signed = c->is_signed};
    char text[FRAME_TEXT_VALUE_MAX];
    ck_assert_str_eq(frame_text_number(&signal, c->raw, text, sizeof text), c->text);
}
END_TEST

START_TEST(a_number_with_its_unit_is_what_the_raw_value_is_read_from)
{
    static const double FACTORS[] = {1,         0.1, 0.125, 1E-7, 6.10352E-5, -0.25, 1.0 / 3, 1.52587890625E-5,
                                     3.6622E-9, 1000};
    random_t random = random_derive(1, "frame text", 0);
    for (int i = 0; i < DRAWS; i++) {
        uint64_t draw = random_next(&random);
        dbc_signal_t signal = {.length = 32,
                               .is_signed = true,
                               .factor = FACTORS[draw % 10],
                               .offset = (double)((int)(draw >> 8 & 0xFF) - 128) / 2};
        int64_t raw = (int32_t)(draw >> 32), found;
        char text[FRAME_TEXT_VALUE_MAX];
        frame_text_number(&signal, raw, text, sizeof text);
        ck_assert_msg(dbc_raw(&signal, strtod(text, NULL), &found) && found == raw, "%s", text);
    }
}
END_TEST

static const struct {
    dbc_kind_t kind;
    double factor, offset, number;
    const char *text;
} FLOATS[] = {
    {DBC_FLOAT, 1, 0, 1.5, "1.5"},
    {DBC_FLOAT, 1, 0, 3.14159265358979, "3.1415927"},
    {DBC_FLOAT, 1, 0, 0.1, "0.1"},
    {DBC_FLOAT, 0.1, 10, -1.5, "9.85"},
    {DBC_FLOAT, 1, 0, 0, "0"},
    {DBC_FLOAT, 1, 0, 3.4028235E38, "3.4028235e+38"},
    {DBC_FLOAT, 1, 0, 1E-45, "1e-45"},
    {DBC_FLOAT, 1, 0, -16777216, "-16777216"},
    {DBC_DOUBLE, 1, 0, 3.14159265358979, "3.14159265358979"},
    {DBC_DOUBLE, 1, 0, 0.1, "0.1"},
    {DBC_DOUBLE, 2, 0, 1E300, "2e+300"},
    {DBC_DOUBLE, 1, 0, 5E-324, "5e-324"},
    {DBC_DOUBLE, 1, 0, (double)INFINITY, "inf"},
    {DBC_DOUBLE, 1, 0, -(double)INFINITY, "-inf"},
};

START_TEST(a_floating_point_number_has_the_fewest_digits_that_are_it)
{
    uint8_t length = FLOATS[_i].kind == DBC_FLOAT ? 32 : 64;
    for (int big_endian = 0; big_endian < 2; big_endian++) {
        dbc_signal_t signal = {.length = length,
                               .start_bit = big_endian ? 7 : 0,
                               .big_endian = big_endian,
                               .is_signed = true,
                               .multiplex = DBC_PLAIN,
                               .kind = FLOATS[_i].kind,
                               .factor = FLOATS[_i].factor,
                               .offset = FLOATS[_i].offset};
        can_frame_t frame = {.length = 8};
        dbc_set(&signal, &frame, dbc_bits(&signal, FLOATS[_i].number));
        char text[FRAME_TEXT_VALUE_MAX];
        ck_assert_str_eq(frame_text_number(&signal, dbc_get(&signal, &frame), text, sizeof text), FLOATS[_i].text);
    }
}
END_TEST

START_TEST(not_a_number_is_shown_as_that)
{
    dbc_signal_t signal = {.length = 32, .kind = DBC_FLOAT, .factor = 1};
    char text[FRAME_TEXT_VALUE_MAX];
    ck_assert_ptr_nonnull(strstr(frame_text_number(&signal, 0x7FC00000, text, sizeof text), "nan"));
}
END_TEST

START_TEST(a_value_name_is_never_cut_within_a_character)
{
    char name[2 * FRAME_TEXT_VALUE_MAX + 1] = "";
    for (size_t i = 0; i < FRAME_TEXT_VALUE_MAX; i++) memcpy(name + 2 * i, "é", 3);
    dbc_value_t values[] = {{1, name}, {2, name + 1}};
    dbc_signal_t signal = {.length = 8, .factor = 1, .value_count = 2, .values = values};
    char text[FRAME_TEXT_VALUE_MAX];
    frame_text_raw(&signal, 1, text, sizeof text);
    ck_assert_str_eq(text + strlen(text) - 5, "é…");
}
END_TEST

int main(void)
{
    TCase *all = tcase_create("all");
    tcase_add_loop_test(all, a_number_is_exact_with_the_digits_that_it_needs, 0, sizeof NUMBERS / sizeof NUMBERS[0]);
    tcase_add_test(all, a_number_with_its_unit_is_what_the_raw_value_is_read_from);
    tcase_add_loop_test(all, a_floating_point_number_has_the_fewest_digits_that_are_it, 0,
                        sizeof FLOATS / sizeof FLOATS[0]);
    tcase_add_test(all, not_a_number_is_shown_as_that);
    tcase_add_test(all, a_value_name_is_never_cut_within_a_character);
    return suite_run("frame_text", all);
}
