// SPDX-License-Identifier: MIT
#include "ecus/climate.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "bus/files/text_file.h"
#include "tests/node_sentences.h"
#include "tests/suite.h"

static void set_up(void)
{
    node = node_fixture_new(&climate_class, "climate");
    node_fixture_power_on(node, 0, IMAGE_NONE);
}

static void set_profile(int profile, const char *setting, int64_t raw)
{
    ck_assert(image_set(&node->image, "profile", profile, setting, raw));
}

START_TEST(factory_values_hold_in_the_beginning)
{
    ck_assert_int_eq(node_fixture_status(node, "DriverTemperature"), 12);
    ck_assert_int_eq(node_fixture_status(node, "TemperatureOffset"), 3);
    ck_assert_int_eq(node_fixture_status(node, "BlowerOffset"), 1);
    ck_assert_int_eq(node_fixture_status(node, "Style"), 1);
    ck_assert_int_eq(node_fixture_status(node, "Auto"), 1);
}
END_TEST

START_TEST(call_up_is_implemented_at_once)
{
    set_profile(2, "driver_temperature", 0);
    set_profile(2, "style", 2);
    set_profile(2, "recirculation", 2);
    node_fixture_power_on(node, 0, IMAGE_PRESENT);
    at(100);
    unsigned events = node->event_count;
    node_fixture_remote(node, "unlock", 2);
    ck_assert_uint_eq(node->event_count, events + 1);
    ck_assert_int_eq(dbc_get(dbc_signal(node->status_message, "DriverTemperature"), &node->status), 0);
    ck_assert_int_eq(dbc_get(dbc_signal(node->status_message, "Profile"), &node->status), 2);
    ck_assert_int_eq(node_fixture_status(node, "Style"), 2);
    ck_assert_int_eq(node_fixture_status(node, "Recirculation"), 2);
    ck_assert_uint_eq(node->outbox.hold, 0);
}
END_TEST

START_TEST(knob_works_asleep_and_says_so_once)
{
    at(60000);
    unsigned events = node->event_count;
    turn("driver_temperature", 24);
    ck_assert_uint_eq(node->event_count, events + 1);
    ck_assert_int_eq(node->outbox.deadline_ns, TIME_NEVER);
    at(60100);
    turn("driver_temperature", 24); // the same again changes nothing
    ck_assert_uint_eq(node->event_count, events + 1);
    ck_assert_int_eq(node_fixture_status(node, "DriverTemperature"), 24);
}
END_TEST

START_TEST(knob_out_of_range_is_ignored)
{
    const int64_t wrong[] = {25, -1, 0x10005, INT64_MIN, INT64_MAX};
    for (int i = 0; i < 5; i++) {
        at(100 + INT64_C(100) * i);
        unsigned events = node->event_count;
        turn("driver_temperature", wrong[i]);
        turn("style", i == 0 ? 3 : wrong[i]);
        ck_assert_uint_eq(node->event_count, events);
    }
    ck_assert_int_eq(node_fixture_status(node, "DriverTemperature"), 12);
    ck_assert_int_eq(node_fixture_status(node, "Style"), 1);
}
END_TEST

START_TEST(drivers_change_comes_back_with_the_profile)
{
    at(100);
    node_fixture_remote(node, "unlock", 1);
    at(1000);
    turn("temperature_offset", 5);
    at(2000);
    node_fixture_remote(node, "lock", 1);
    at(3000);
    node_fixture_remote(node, "unlock", 2);
    ck_assert_int_eq(node_fixture_status(node, "TemperatureOffset"), 3);
    at(4000);
    node_fixture_remote(node, "unlock", 1);
    ck_assert_int_eq(node_fixture_status(node, "TemperatureOffset"), 5);
}
END_TEST

START_TEST(car_setting_is_not_recalled_even_before_it_is_stored)
{
    ck_assert(image_set(&node->image, "memory", -1, "style", 1));
    node_fixture_power_on(node, 0, IMAGE_PRESENT);
    at(100);
    turn("style", 2);
    turn("driver_temperature", 20);
    at(1000);
    node_fixture_remote(node, "unlock", 2);
    ck_assert_int_eq(node_fixture_status(node, "Style"), 2);
    ck_assert_int_eq(node_fixture_status(node, "DriverTemperature"), 12);
}
END_TEST

START_TEST(stored_active_profile_holds_after_a_power_loss)
{
    at(100);
    node_fixture_remote(node, "unlock", 1);
    at(1000);
    turn("temperature_offset", 5);
    at(1100);
    node_fixture_terminal(node, 2);
    at(2000);
    node_fixture_terminal(node, 0);
    at(2100);
    turn("temperature_offset", 6); // not stored any more
    at(3000);
    node_fixture_power_on(node, 3000 * TIME_MS, IMAGE_PRESENT);
    ck_assert_int_eq(node_fixture_status(node, "Profile"), 1);
    ck_assert_int_eq(node_fixture_status(node, "Coded"), 1);
    ck_assert_int_eq(node_fixture_status(node, "TemperatureOffset"), 5);
}
END_TEST

START_TEST(passenger_temperature_is_told_twice)
{
    at(100);
    turn("passenger_temperature", 3);
    const outbox_frame_t *frame = node_fixture_asked(node, 0x2EA);
    ck_assert_ptr_nonnull(frame);
    ck_assert_int_eq(frame->flags & OUTBOX_CYCLIC, 0);
    ck_assert_uint_eq(frame->frame.data[0], 3);
    ck_assert_int_eq(node_fixture_status(node, "PassengerTemperature"), 3);
    turn("driver_temperature", 4);
    ck_assert_ptr_null(node_fixture_asked(node, 0x2EA));
}
END_TEST

START_TEST(call_up_tells_the_profile_in_a_message_of_its_own)
{
    set_profile(3, "coded", 0);
    node_fixture_power_on(node, 0, IMAGE_PRESENT);
    ck_assert_ptr_null(node_fixture_asked(node, 0x3DF)); // an event has nothing to say at power-on
    node_fixture_remote(node, "unlock", 3);
    const outbox_frame_t *frame = node_fixture_asked(node, 0x3DF);
    ck_assert_ptr_nonnull(frame);
    ck_assert_uint_eq(frame->frame.data[0], 0x03); // profile 3, not coded
    node_fixture_remote(node, "lock", 3);
    ck_assert_ptr_null(node_fixture_asked(node, 0x3DF));
}
END_TEST

START_TEST(status_goes_out_every_100_ms_while_awake_and_never_asleep)
{
    at(10);
    node_fixture_set_awake(node, true);
    unsigned count = node->status_count;
    at(1011);
    ck_assert_uint_eq(node->status_count, count + 10);
    node_fixture_set_awake(node, false);
    unsigned activations = node->activation_count;
    at(100000);
    ck_assert_uint_eq(node->activation_count, activations);
}
END_TEST

// A DBC took a name of 32 characters that the unit then did not find: each had a limit of its own.
START_TEST(setting_may_have_the_longest_name_that_a_dbc_takes)
{
    static const char LONGEST[] = "a_setting_of_thirty_two_letters_";
    static error_t error;
    error_clear(&error);
    size_t size;
    char *text = text_file_read(node->vehicle.dbc_path, 1 << 20, &size, &error);
    ck_assert_msg(text, "%s", error.text);
    char *longer = calloc(1, size + sizeof LONGEST);
    memcpy(longer, text, size);
    char *name = strstr(longer, "driver_temperature"), *behind = name + strlen("driver_temperature");
    memmove(name + strlen(LONGEST), behind, strlen(behind) + 1);
    memcpy(name, LONGEST, strlen(LONGEST));
    dbc_file_t *file = dbc_file_parse("long.dbc", longer, strlen(longer), &error);
    ck_assert_msg(file, "%s", error.text);
    const node_setup_t setup = {dbc_file_dbc(file), &node->vehicle, node->entry};
    void *state = calloc(1, climate_class.size);
    node_ports_t ports = {0};
    const char *missing = "";
    ck_assert_uint_eq(strlen(LONGEST), DBC_SETTING_MAX);
    ck_assert_msg(climate_class.bind(state, &setup, &ports, &missing), "%s", missing);
    free(state);
    dbc_file_destroy(&file);
    free(longer);
    free(text);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("climate");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, factory_values_hold_in_the_beginning);
    tcase_add_test(tests, setting_may_have_the_longest_name_that_a_dbc_takes);
    tcase_add_test(tests, call_up_is_implemented_at_once);
    tcase_add_test(tests, knob_works_asleep_and_says_so_once);
    tcase_add_test(tests, knob_out_of_range_is_ignored);
    tcase_add_test(tests, drivers_change_comes_back_with_the_profile);
    tcase_add_test(tests, car_setting_is_not_recalled_even_before_it_is_stored);
    tcase_add_test(tests, stored_active_profile_holds_after_a_power_loss);
    tcase_add_test(tests, passenger_temperature_is_told_twice);
    tcase_add_test(tests, call_up_tells_the_profile_in_a_message_of_its_own);
    tcase_add_test(tests, status_goes_out_every_100_ms_while_awake_and_never_asleep);
    return suite_run("climate", tests);
}
