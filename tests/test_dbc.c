// SPDX-License-Identifier: MIT
#include "bus/can/dbc.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bus/base/random.h"
#include "tests/suite.h"

#define RANDOM_SIGNALS 20000

static dbc_signal_t make_signal(unsigned start_bit, unsigned length, bool big_endian, bool is_signed)
{
    return (dbc_signal_t){.start_bit = (uint16_t)start_bit,
                          .length = (uint8_t)length,
                          .big_endian = big_endian,
                          .is_signed = is_signed,
                          .multiplex = DBC_PLAIN,
                          .factor = 1};
}

static can_frame_t parsed(const char *text)
{
    can_frame_t frame = {0};
    ck_assert(frame_parse(text, &frame));
    return frame;
}

// ---- bits, against a model that walks from bit to bit as CANdb++ draws them ----------------------------------------

// The bit's number in the file's counting for bit i of the raw value, 0 the least significant; -1 past the data.
static int model_position(const dbc_signal_t *signal, int i)
{
    if (!signal->big_endian) {
        int number = signal->start_bit + i;
        return number < 64 ? number : -1;
    }
    int number = signal->start_bit; // the most significant bit; downwards in a byte, then to the top of the next
    for (int left = signal->length - 1 - i; left > 0; left--) number = number % 8 == 0 ? number + 15 : number - 1;
    return number < 64 ? number : -1;
}

static int64_t model_get(const dbc_signal_t *signal, const can_frame_t *frame)
{
    uint64_t raw = 0;
    for (int i = 0; i < signal->length; i++) {
        int at = model_position(signal, i);
        if (at >= 0 && frame->data[at / 8] >> (at % 8) & 1) raw |= UINT64_C(1) << i;
    }
    ck_assert_uint_ge(signal->length, 1);
    bool negative = signal->is_signed && raw >> (signal->length - 1) & 1;
    for (int i = signal->length; negative && i < 64; i++) raw |= UINT64_C(1) << i;
    return (int64_t)raw;
}

static void model_set(const dbc_signal_t *signal, can_frame_t *frame, int64_t raw)
{
    for (int i = 0; i < signal->length; i++) {
        int at = model_position(signal, i);
        if (at < 0) continue;
        uint8_t bit = (uint8_t)(1u << (at % 8));
        frame->data[at / 8] =
            (uint8_t)((uint64_t)raw >> i & 1 ? frame->data[at / 8] | bit : frame->data[at / 8] & ~bit);
    }
}

START_TEST(bits_agree_with_the_model_wherever_the_signal_lies)
{
    random_t random = random_derive(1, "signals", 0);
    for (int i = 0; i < RANDOM_SIGNALS; i++) {
        uint64_t draw = random_next(&random);
        uint64_t data = random_next(&random);
        dbc_signal_t signal =
            make_signal((unsigned)(draw % 80), 1 + (unsigned)(draw >> 8) % 64, draw >> 16 & 1, draw >> 17 & 1);
        can_frame_t frame = {.length = 8};
        for (int j = 0; j < 8; j++) frame.data[j] = (uint8_t)(data >> (8 * j));
        can_frame_t model = frame;
        ck_assert_int_eq(dbc_get(&signal, &frame), model_get(&signal, &model));
        int64_t raw = (int64_t)random_next(&random);
        dbc_set(&signal, &frame, raw);
        model_set(&signal, &model, raw);
        ck_assert_mem_eq(frame.data, model.data, sizeof frame.data);
        ck_assert_uint_eq(frame.length, 8);
        ck_assert_int_eq(dbc_get(&signal, &frame), model_get(&signal, &model));
    }
}
END_TEST

START_TEST(known_places_are_read)
{
    can_frame_t frame = parsed("123#0123456789ABCDEF");
    dbc_signal_t intel = make_signal(8, 16, false, false);
    dbc_signal_t motorola = make_signal(15, 16, true, false);
    dbc_signal_t whole = make_signal(0, 64, false, false);
    dbc_signal_t whole_motorola = make_signal(7, 64, true, true);
    dbc_signal_t negative = make_signal(60, 4, false, true);
    ck_assert_int_eq(dbc_get(&intel, &frame), 0x4523);
    ck_assert_int_eq(dbc_get(&motorola, &frame), 0x2345);
    ck_assert_int_eq(dbc_get(&whole, &frame), (int64_t)UINT64_C(0xEFCDAB8967452301));
    ck_assert_int_eq(dbc_get(&whole_motorola, &frame), 0x0123456789ABCDEF);
    ck_assert_int_eq(dbc_get(&negative, &frame), -2); // 0xE of four bits
}
END_TEST

START_TEST(bits_past_the_data_read_as_zero_and_are_not_written)
{
    can_frame_t frame = parsed("123#FFFFFFFFFFFFFFFF");
    dbc_signal_t across = make_signal(60, 8, false, false);
    dbc_signal_t across_motorola = make_signal(59, 8, true, false);
    dbc_signal_t behind = make_signal(64, 8, false, true);
    dbc_signal_t far = make_signal(65535, 64, true, true);
    ck_assert_int_eq(dbc_get(&across, &frame), 0x0F);
    ck_assert_int_eq(dbc_get(&across_motorola, &frame), 0xF0);
    ck_assert_int_eq(dbc_get(&behind, &frame), 0);
    ck_assert_int_eq(dbc_get(&far, &frame), 0);
    dbc_set(&behind, &frame, 0);
    dbc_set(&far, &frame, 0);
    can_frame_t before = parsed("123#FFFFFFFFFFFFFFFF");
    ck_assert(frame_equal(&frame, &before));
}
END_TEST

// ---- what is there -------------------------------------------------------------------------------------------------

START_TEST(signal_is_present_only_in_a_frame_long_enough)
{
    dbc_signal_t last_bit = make_signal(23, 1, false, false);
    dbc_signal_t next_bit = make_signal(24, 1, false, false);
    dbc_signal_t motorola = make_signal(16, 2, true, false); // byte 2 bit 0, byte 3 bit 7
    dbc_message_t message = {.length = 8};
    can_frame_t frame = parsed("123#000000");
    ck_assert(dbc_present(&message, &last_bit, &frame));
    ck_assert(!dbc_present(&message, &next_bit, &frame));
    ck_assert(!dbc_present(&message, &motorola, &frame));
    frame = parsed("123#00000000");
    ck_assert(dbc_present(&message, &next_bit, &frame));
    ck_assert(dbc_present(&message, &motorola, &frame));
    frame = parsed("123#R8");
    ck_assert(!dbc_present(&message, &last_bit, &frame));
}
END_TEST

START_TEST(multiplexed_signal_is_present_when_the_selector_says_so)
{
    dbc_signal_t signals[] = {make_signal(8, 8, false, false), make_signal(0, 8, false, false),
                              make_signal(8, 8, false, false)};
    signals[0].multiplex = 1;
    signals[1].multiplex = DBC_SELECTOR;
    signals[2].multiplex = 2;
    dbc_message_t message = {.length = 2, .signal_count = 3, .signals = signals};
    can_frame_t frame = parsed("123#02FF");
    ck_assert(!dbc_present(&message, &signals[0], &frame));
    ck_assert(dbc_present(&message, &signals[1], &frame));
    ck_assert(dbc_present(&message, &signals[2], &frame));
    frame = parsed("123#02");
    ck_assert(!dbc_present(&message, &signals[2], &frame));
    message.signal_count = 1; // no selector: nobody can say that it is there
    frame = parsed("123#01FF");
    ck_assert(!dbc_present(&message, &signals[0], &frame));
}
END_TEST

START_TEST(frame_holds_the_start_values_and_only_the_selected_ones)
{
    dbc_signal_t signals[] = {make_signal(8, 8, false, false), make_signal(0, 8, false, false),
                              make_signal(8, 8, false, false), make_signal(60, 8, false, false)};
    signals[0].multiplex = 1;
    signals[0].start_raw = 0x11;
    signals[1].multiplex = DBC_SELECTOR;
    signals[1].start_raw = 2;
    signals[2].multiplex = 2;
    signals[2].start_raw = 0x22;
    signals[3].start_raw = 0xFF; // does not fit
    dbc_message_t message = {.id = 0x12345, .extended = true, .length = 3, .signal_count = 4, .signals = signals};
    can_frame_t frame = dbc_frame(&message);
    can_frame_t expected = parsed("00012345#022200");
    ck_assert(frame_equal(&frame, &expected));
    ck_assert_mem_eq(frame.data, expected.data, sizeof frame.data);
    message.length = 64;
    ck_assert_uint_eq(dbc_frame(&message).length, 8);
}
END_TEST

// ---- raw and physical ----------------------------------------------------------------------------------------------

START_TEST(every_raw_value_comes_back_from_its_physical_one)
{
    static const double SCALES[][2] = {{1, 0},    {0.1, -10},     {0.5, 16},  {-0.25, 3},
                                       {10, -10}, {1.0 / 3, 0.1}, {1e-6, 1e3}};
    for (size_t s = 0; s < sizeof SCALES / sizeof *SCALES; s++) {
        dbc_signal_t signal = make_signal(0, 12, false, s % 2);
        signal.factor = SCALES[s][0];
        signal.offset = SCALES[s][1];
        for (int64_t raw = dbc_raw_minimum(&signal); raw <= dbc_raw_maximum(&signal); raw++) {
            int64_t again = INT64_MIN;
            ck_assert(dbc_raw(&signal, dbc_physical(&signal, raw), &again));
            ck_assert_int_eq(again, raw);
        }
    }
}
END_TEST

START_TEST(range_is_the_narrower_of_bits_and_told_limits)
{
    dbc_signal_t signal = make_signal(0, 8, false, false);
    ck_assert_int_eq(dbc_raw_minimum(&signal), 0); // no range told
    ck_assert_int_eq(dbc_raw_maximum(&signal), 255);
    signal.is_signed = true;
    ck_assert_int_eq(dbc_raw_minimum(&signal), -128);
    ck_assert_int_eq(dbc_raw_maximum(&signal), 127);
    signal = make_signal(38, 10, false, false);
    signal.factor = 0.1;
    signal.offset = -10;
    signal.minimum = -10;
    signal.maximum = 60;
    ck_assert_int_eq(dbc_raw_minimum(&signal), 0);
    ck_assert_int_eq(dbc_raw_maximum(&signal), 700);
    signal.minimum = -9.95; // between two raw values: the range begins at the next
    signal.maximum = 59.95;
    ck_assert_int_eq(dbc_raw_minimum(&signal), 1);
    ck_assert_int_eq(dbc_raw_maximum(&signal), 699);
    signal.minimum = -1e30;
    signal.maximum = 1e30;
    ck_assert_int_eq(dbc_raw_minimum(&signal), 0);
    ck_assert_int_eq(dbc_raw_maximum(&signal), 1023);
    signal.factor = -0.1; // raw rises while the physical value falls: -10 .. -112.3
    signal.minimum = -20;
    signal.maximum = -15;
    ck_assert_int_eq(dbc_raw_minimum(&signal), 50);
    ck_assert_int_eq(dbc_raw_maximum(&signal), 100);
    signal.factor = 0; // no scale at all
    ck_assert_int_eq(dbc_raw_minimum(&signal), 0);
    ck_assert_int_eq(dbc_raw_maximum(&signal), 1023);
}
END_TEST

START_TEST(range_of_64_bits_does_not_overflow)
{
    dbc_signal_t signal = make_signal(0, 64, false, false);
    ck_assert_int_eq(dbc_raw_minimum(&signal), 0);
    ck_assert_int_eq(dbc_raw_maximum(&signal), INT64_MAX);
    signal.maximum = 18446744073709551615.0;
    ck_assert_int_eq(dbc_raw_maximum(&signal), INT64_MAX);
    signal.is_signed = true;
    signal.minimum = -9223372036854775808.0;
    ck_assert_int_eq(dbc_raw_minimum(&signal), INT64_MIN);
    ck_assert_int_eq(dbc_raw_maximum(&signal), INT64_MAX);
}
END_TEST

START_TEST(upper_half_of_64_unsigned_bits_is_not_negative)
{
    dbc_signal_t signal = make_signal(0, 64, false, false);
    can_frame_t frame = parsed("123#FFFFFFFFFFFFFFFF");
    ck_assert_double_eq(dbc_physical(&signal, dbc_get(&signal, &frame)), 0x1p64);
    signal.is_signed = true;
    ck_assert_double_eq(dbc_physical(&signal, dbc_get(&signal, &frame)), -1);
}
END_TEST

START_TEST(physical_value_off_the_grid_or_range_is_refused)
{
    dbc_signal_t signal = make_signal(0, 12, false, false);
    signal.factor = 0.1;
    signal.minimum = 0;
    signal.maximum = 250;
    static const double BAD[] = {
        -0.1, 250.1, 0.05, 124.95, 125.02, 1e300, -1e300, (double)INFINITY, -(double)INFINITY, (double)NAN};
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        int64_t raw = 4711;
        ck_assert_msg(!dbc_raw(&signal, BAD[i], &raw), "%g", BAD[i]);
        ck_assert_int_eq(raw, 4711);
    }
    int64_t raw;
    ck_assert(dbc_raw(&signal, 125.0005, &raw)); // within a hundredth of a step
    ck_assert_int_eq(raw, 1250);
    ck_assert(dbc_raw(&signal, 250, &raw));
    ck_assert_int_eq(raw, 2500);
    signal.factor = 0;
    ck_assert(!dbc_raw(&signal, 0, &raw));
}
END_TEST

// ---- floating-point numbers ----------------------------------------------------------------------------------------

static dbc_signal_t make_float(dbc_kind_t kind, bool big_endian, bool is_signed)
{
    dbc_signal_t signal = make_signal(big_endian ? 7 : 0, kind == DBC_FLOAT ? 32 : 64, big_endian, is_signed);
    signal.kind = kind;
    return signal;
}

START_TEST(a_floating_point_signal_is_the_number_that_its_bits_are)
{
    can_frame_t frame = parsed("123#0000C03F00000000");
    dbc_signal_t signal = make_float(DBC_FLOAT, false, true);
    ck_assert_double_eq(dbc_physical(&signal, dbc_get(&signal, &frame)), 1.5);
    frame = parsed("123#BFC0000000000000");
    signal = make_float(DBC_FLOAT, true, false);
    ck_assert_double_eq(dbc_physical(&signal, dbc_get(&signal, &frame)), -1.5);
    frame = parsed("123#400921FB54442D18");
    signal = make_float(DBC_DOUBLE, true, true);
    ck_assert_double_eq(dbc_physical(&signal, dbc_get(&signal, &frame)), 3.141592653589793);
    signal.factor = 2;
    signal.offset = 1;
    ck_assert_double_eq(dbc_physical(&signal, dbc_get(&signal, &frame)), 2 * 3.141592653589793 + 1);
}
END_TEST

START_TEST(a_floating_point_signal_takes_the_nearest_number_of_its_range)
{
    for (int i = 0; i < 4; i++) {
        dbc_signal_t signal = make_float(i / 2 ? DBC_DOUBLE : DBC_FLOAT, i % 2, i % 2);
        signal.factor = 0.5;
        can_frame_t frame = parsed("123#0000000000000000");
        int64_t raw = 4711;
        ck_assert(dbc_raw(&signal, -0.1, &raw));
        dbc_set(&signal, &frame, raw);
        ck_assert_int_eq(dbc_get(&signal, &frame), raw);
        ck_assert_double_eq_tol(dbc_physical(&signal, raw), -0.1, i / 2 ? 1e-17 : 1e-8);
        ck_assert(dbc_raw(&signal, 0.25, &raw));
        ck_assert_double_eq(dbc_physical(&signal, raw), 0.25);
        raw = 4711;
        ck_assert(!dbc_raw(&signal, (double)INFINITY, &raw) && !dbc_raw(&signal, (double)NAN, &raw));
        ck_assert(signal.kind == DBC_DOUBLE || !dbc_raw(&signal, 1e39, &raw)); // no single is that large
        signal.minimum = -1;
        signal.maximum = 1;
        ck_assert(!dbc_raw(&signal, 1.5, &raw));
        ck_assert_int_eq(raw, 4711);
    }
}
END_TEST

START_TEST(whole_floating_point_numbers_may_have_names)
{
    static const dbc_value_t NAMES[] = {{-1, "error"}, {3, "three"}};
    dbc_signal_t signal = make_float(DBC_FLOAT, false, true);
    signal.values = NAMES;
    signal.value_count = 2;
    int64_t raw;
    ck_assert(dbc_value_raw(&signal, "error", &raw));
    ck_assert_double_eq(dbc_number(&signal, raw), -1);
    ck_assert_str_eq(dbc_value_name(&signal, raw), "error");
    ck_assert_str_eq(dbc_value_name(&signal, dbc_bits(&signal, 3)), "three");
    ck_assert_ptr_null(dbc_value_name(&signal, dbc_bits(&signal, 3.25)));
    ck_assert_ptr_null(dbc_value_name(&signal, dbc_bits(&signal, 1e30)));
    ck_assert_ptr_null(dbc_value_name(&signal, dbc_bits(&signal, (double)NAN)));
}
END_TEST

START_TEST(no_node_is_bound_to_a_floating_point_signal)
{
    dbc_signal_t signals[] = {make_signal(0, 8, false, false), make_float(DBC_FLOAT, false, true)};
    strcpy(signals[0].name, "Whole");
    strcpy(signals[1].name, "Float");
    dbc_message_t message = {.name = "M", .signal_count = 2, .signals = signals};
    dbc_t dbc = {.message_count = 1, .messages = &message};
    const dbc_signal_t *bound[2];
    const char *missing;
    ck_assert_ptr_eq(dbc_bind(&dbc, "M", (const char *const[]){"Whole"}, 1, bound, &missing), &message);
    ck_assert_ptr_null(dbc_bind(&dbc, "M", (const char *const[]){"Whole", "Float"}, 2, bound, &missing));
    ck_assert_str_eq(missing, "Float");
}
END_TEST

// ---- names ---------------------------------------------------------------------------------------------------------

static const dbc_value_t BUTTONS[] = {{1, "unlock"}, {4, "lock"}, {255, "none"}};
static const dbc_signal_t SEAT_SIGNALS[] = {
    {.name = "Profile", .length = 3, .multiplex = DBC_PLAIN, .factor = 1},
    {.name = "Height", .length = 8, .multiplex = DBC_PLAIN, .factor = 1, .setting = "height"}};
static const dbc_signal_t REMOTE_SIGNALS[] = {
    {.name = "Button", .length = 8, .multiplex = DBC_PLAIN, .factor = 1, .value_count = 3, .values = BUTTONS}};
static const dbc_message_t MESSAGES[] = {
    {.id = 0x23A,
     .name = "RemoteKeyStatus",
     .length = 4,
     .sender = "seat",
     .signal_count = 1,
     .signals = REMOTE_SIGNALS},
    {.id = 0x232, .name = "SeatStatus", .length = 8, .sender = "seat", .signal_count = 2, .signals = SEAT_SIGNALS},
    {.id = 0x232, .extended = true, .name = "Other", .length = 8, .sender = "cas"}};
static const dbc_t DBC = {.message_count = 3, .messages = MESSAGES};

START_TEST(messages_and_signals_are_found_by_name_with_case)
{
    ck_assert_ptr_eq(dbc_message(&DBC, "SeatStatus"), &MESSAGES[1]);
    ck_assert_ptr_null(dbc_message(&DBC, "seatstatus"));
    ck_assert_ptr_null(dbc_message(&DBC, ""));
    ck_assert_ptr_eq(dbc_signal(&MESSAGES[1], "Height"), &SEAT_SIGNALS[1]);
    ck_assert_ptr_null(dbc_signal(&MESSAGES[1], "height"));
    ck_assert_ptr_null(dbc_signal(&MESSAGES[2], "Height"));
}
END_TEST

START_TEST(message_of_a_frame_has_its_identifier_and_format)
{
    can_frame_t frame = parsed("232#");
    ck_assert_ptr_eq(dbc_message_of(&DBC, &frame), &MESSAGES[1]);
    frame = parsed("00000232#");
    ck_assert_ptr_eq(dbc_message_of(&DBC, &frame), &MESSAGES[2]);
    frame = parsed("233#");
    ck_assert_ptr_null(dbc_message_of(&DBC, &frame));
}
END_TEST

START_TEST(status_message_is_the_senders_with_settings)
{
    ck_assert_ptr_eq(dbc_status_message(&DBC, "seat"), &MESSAGES[1]);
    ck_assert_ptr_null(dbc_status_message(&DBC, "cas"));
    ck_assert_ptr_null(dbc_status_message(&DBC, "mirror"));
}
END_TEST

START_TEST(setting_is_found_by_its_name_among_the_senders)
{
    dbc_setting_t setting;
    ck_assert(dbc_setting(&DBC, "seat", "height", &setting));
    ck_assert_ptr_eq(setting.message, &MESSAGES[1]);
    ck_assert_ptr_eq(setting.signal, &SEAT_SIGNALS[1]);
    ck_assert(!dbc_setting(&DBC, "seat", "Profile", &setting));
    ck_assert_ptr_null(setting.message);
    ck_assert_ptr_null(setting.signal);
    ck_assert(!dbc_setting(&DBC, "cas", "height", &setting));
}
END_TEST

START_TEST(settings_span_the_messages_of_a_sender_in_the_files_order)
{
    const dbc_signal_t first[] = {{.name = "Profile"}, {.name = "A", .setting = "a"}, {.name = "B", .setting = "b"}};
    const dbc_signal_t other[] = {{.name = "A", .setting = "a"}}, none[] = {{.name = "C"}};
    const dbc_signal_t last[] = {{.name = "D", .setting = "d"}, {.name = "E"}};
    const dbc_message_t messages[] = {
        {.name = "None", .sender = "seat", .signal_count = 1, .signals = none},
        {.name = "First", .sender = "seat", .signal_count = 3, .signals = first},
        {.name = "Other", .sender = "mirror", .signal_count = 1, .signals = other},
        {.name = "Empty", .sender = "seat"},
        {.name = "Last", .sender = "seat", .signal_count = 2, .signals = last},
    };
    const dbc_t dbc = {.message_count = 5, .messages = messages};
    dbc_setting_t setting = {NULL, NULL};
    for (int turn = 0; turn < 2; turn++) { // past the last one it begins again
        ck_assert(dbc_next_setting(&dbc, "seat", &setting));
        ck_assert(setting.message == &messages[1] && setting.signal == &first[1]);
        ck_assert(dbc_next_setting(&dbc, "seat", &setting));
        ck_assert(setting.message == &messages[1] && setting.signal == &first[2]);
        ck_assert(dbc_next_setting(&dbc, "seat", &setting));
        ck_assert(setting.message == &messages[4] && setting.signal == &last[0]);
        ck_assert(!dbc_next_setting(&dbc, "seat", &setting));
    }
    ck_assert(dbc_setting(&dbc, "seat", "d", &setting) && setting.message == &messages[4]);
    ck_assert_ptr_eq(dbc_status_message(&dbc, "seat"), &messages[1]);
    ck_assert(!dbc_next_setting(&dbc, "nobody", &(dbc_setting_t){NULL, NULL}));
}
END_TEST

START_TEST(value_names_go_both_ways)
{
    int64_t raw = -1;
    ck_assert_str_eq(dbc_value_name(&REMOTE_SIGNALS[0], 255), "none");
    ck_assert_ptr_null(dbc_value_name(&REMOTE_SIGNALS[0], 2));
    ck_assert(!dbc_value_raw(&REMOTE_SIGNALS[0], "Lock", &raw));
    ck_assert_int_eq(raw, -1);
    ck_assert(dbc_value_raw(&REMOTE_SIGNALS[0], "lock", &raw));
    ck_assert_int_eq(raw, 4);
}
END_TEST

int main(void)
{
    TCase *all = tcase_create("all");
    tcase_add_test(all, bits_agree_with_the_model_wherever_the_signal_lies);
    tcase_add_test(all, known_places_are_read);
    tcase_add_test(all, bits_past_the_data_read_as_zero_and_are_not_written);
    tcase_add_test(all, signal_is_present_only_in_a_frame_long_enough);
    tcase_add_test(all, multiplexed_signal_is_present_when_the_selector_says_so);
    tcase_add_test(all, frame_holds_the_start_values_and_only_the_selected_ones);
    tcase_add_test(all, every_raw_value_comes_back_from_its_physical_one);
    tcase_add_test(all, range_is_the_narrower_of_bits_and_told_limits);
    tcase_add_test(all, range_of_64_bits_does_not_overflow);
    tcase_add_test(all, upper_half_of_64_unsigned_bits_is_not_negative);
    tcase_add_test(all, physical_value_off_the_grid_or_range_is_refused);
    tcase_add_test(all, a_floating_point_signal_is_the_number_that_its_bits_are);
    tcase_add_test(all, a_floating_point_signal_takes_the_nearest_number_of_its_range);
    tcase_add_test(all, whole_floating_point_numbers_may_have_names);
    tcase_add_test(all, no_node_is_bound_to_a_floating_point_signal);
    tcase_add_test(all, messages_and_signals_are_found_by_name_with_case);
    tcase_add_test(all, message_of_a_frame_has_its_identifier_and_format);
    tcase_add_test(all, status_message_is_the_senders_with_settings);
    tcase_add_test(all, setting_is_found_by_its_name_among_the_senders);
    tcase_add_test(all, settings_span_the_messages_of_a_sender_in_the_files_order);
    tcase_add_test(all, value_names_go_both_ways);
    return suite_run("dbc", all);
}
