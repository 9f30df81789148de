// SPDX-License-Identifier: MIT
// Settings that span several messages of a unit, in the car of tests/span/make.sh: the seat tells its head restraint in
// SeatHead (every 500 ms, every 50 ms while it moves), the climate control two settings in messages of their own. Runs
// from the root of the tree.
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "ecus/climate.h"
#include "ecus/seat.h"
#include "tests/memory_unit.h"
#include "tests/node_sentences.h"
#include "tests/scratch.h"
#include "tests/suite.h"

#define SEAT_HEAD 0x3A1
#define CLIMATE_REAR 0x3A2
#define CLIMATE_PASSENGER 0x2EA

static char directory[SCRATCH_PATH_MAX];

static void make_car(void)
{
    char command[128];
    scratch_make(directory);
    snprintf(command, sizeof command, "tests/span/make.sh '%s'", directory);
    ck_assert_int_eq(system(command), 0);
}

static void remove_car(void)
{
    tear_down();
    scratch_remove_all(directory);
}

static void begin(const node_class_t *class, const char *name)
{
    char vehicle[96];
    snprintf(vehicle, sizeof vehicle, "%s/car.json", directory);
    node = node_fixture_new_in(vehicle, class, name);
}

// What the unit asks for of that message in its last activation: the raw value of that signal; -1: nothing.
static int64_t asked(uint32_t id, const char *signal)
{
    const outbox_frame_t *frame = node_fixture_asked(node, id);
    if (!frame) return -1;
    const dbc_message_t *message = dbc_message_of(node->dbc, &frame->frame);
    ck_assert_uint_eq(frame->frame.length, message->length);
    return dbc_get(dbc_signal(message, signal), &frame->frame);
}

// ---- the messages --------------------------------------------------------------------------------------------------

START_TEST(power_and_wake_up_bring_every_message_that_holds_settings)
{
    begin(&seat_class, "seat");
    node_fixture_power_on(node, 0, IMAGE_NONE);
    ck_assert_int_eq(asked(node->status_message->id, "Longitudinal"), 1250);
    ck_assert_int_eq(asked(SEAT_HEAD, "HeadRestraint"), 300);
    at(10);
    node_fixture_set_awake(node, true);
    ck_assert_int_eq(asked(SEAT_HEAD, "HeadRestraint"), 300);
    ck_assert_uint_eq(node_fixture_asked(node, SEAT_HEAD)->flags, OUTBOX_CYCLIC | OUTBOX_REPLACE);
}
END_TEST

START_TEST(each_message_has_its_own_cycle_and_its_own_fast_one)
{
    begin(&seat_class, "seat");
    node_fixture_power_on(node, 0, IMAGE_NONE);
    at(10);
    node_fixture_set_awake(node, true);
    unsigned count = node->status_count;
    node_fixture_run_to(node, 510 * TIME_MS + 1);
    ck_assert_int_eq(asked(SEAT_HEAD, "HeadRestraint"), 300);
    ck_assert_uint_eq(node->status_count, count);
    press("head_restraint", INCREASE); // the status says that it moves, and its part goes with it
    ck_assert_int_eq(asked(node->status_message->id, "Moving"), 1);
    ck_assert_int_eq(asked(SEAT_HEAD, "HeadRestraint"), 300);
    for (int i = 1; i <= 4; i++) {
        node_fixture_run_to(node, (510 + INT64_C(50) * i) * TIME_MS + 2);
        ck_assert_int_eq(asked(SEAT_HEAD, "HeadRestraint"), 300 + 10 * i);
        ck_assert_int_eq(asked(node->status_message->id, "Moving"), i % 2 == 0 ? 1 : -1);
    }
    press("head_restraint", RELEASED);
    ck_assert_int_eq(asked(node->status_message->id, "Moving"), 0);
    ck_assert_int_eq(asked(SEAT_HEAD, "HeadRestraint"), 340);
    at(1200);
    ck_assert_int_eq(node->outbox.deadline_ns, 1210 * TIME_MS + 2);
}
END_TEST

START_TEST(a_changed_setting_is_told_in_its_own_message_at_once)
{
    begin(&climate_class, "climate");
    node_fixture_power_on(node, 0, IMAGE_NONE);
    ck_assert_int_eq(asked(CLIMATE_REAR, "RearTemperature"), 12);
    at(100);
    turn("rear_temperature", 3);
    ck_assert_int_eq(asked(CLIMATE_REAR, "RearTemperature"), 3);
    ck_assert_int_eq(asked(CLIMATE_PASSENGER, "SeatHeating"), 0);
    turn("seat_heating", 3);
    ck_assert_int_eq(asked(CLIMATE_PASSENGER, "SeatHeating"), 3);
    ck_assert_int_eq(asked(CLIMATE_PASSENGER, "Temperature"), 12); // its row of the unit's own stays
    turn("passenger_temperature", 20);
    ck_assert_int_eq(asked(CLIMATE_PASSENGER, "Temperature"), 20);
    ck_assert_int_eq(asked(CLIMATE_REAR, "RearTemperature"), 3);
}
END_TEST

START_TEST(a_message_without_a_cycle_is_not_sent_at_wake_up)
{
    begin(&climate_class, "climate");
    node_fixture_power_on(node, 0, IMAGE_NONE);
    at(10);
    node_fixture_set_awake(node, true);
    ck_assert_ptr_null(node_fixture_asked(node, CLIMATE_REAR));
    ck_assert_int_eq(asked(CLIMATE_PASSENGER, "SeatHeating"), 0);
}
END_TEST

// ---- Key Memory ----------------------------------------------------------------------------------------------------

START_TEST(settings_are_numbered_in_the_files_order_and_each_knows_its_message)
{
    begin(&memory_unit_class, "climate");
    const memory_unit_t *unit = node->state;
    ck_assert_uint_eq(unit->memory.setting_count, 10);
    ck_assert_int_eq(key_memory_find(&unit->memory, "driver_temperature"), 0);
    ck_assert_int_eq(key_memory_find(&unit->memory, "seat_heating"), 8);
    ck_assert_int_eq(key_memory_find(&unit->memory, "rear_temperature"), 9);
    ck_assert_ptr_eq(unit->ecu.messages[unit->memory.settings[0].message], node->status_message);
    ck_assert_ptr_eq(unit->ecu.messages[unit->memory.settings[8].message],
                     dbc_message(node->dbc, "ClimateStatusPassenger"));
    ck_assert_ptr_eq(unit->ecu.messages[unit->memory.settings[9].message], dbc_message(node->dbc, "ClimateRear"));
}
END_TEST

START_TEST(settings_of_every_message_are_called_up_changed_and_stored)
{
    begin(&seat_class, "seat");
    image_set(&node->image, "profile", 2, "head_restraint", 500);
    image_set(&node->image, "profile", 2, "longitudinal", 1350);
    node_fixture_power_on(node, 0, IMAGE_PRESENT);
    at(100);
    node_fixture_remote(node, "unlock", 2);
    ck_assert_int_eq(asked(node->status_message->id, "Profile"), 2);
    node_fixture_run_to(node, 1100 * TIME_MS + 1); // 20 mm at 20 mm/s
    ck_assert_int_eq(asked(SEAT_HEAD, "HeadRestraint"), 500);
    ck_assert_int_eq(asked(node->status_message->id, "Longitudinal"), 1350);
    at(2000);
    press("head_restraint", TO + 620);
    at(3000);
    node_fixture_remote(node, "lock", 2);
    at(4000);
    ck_assert_int_eq(image_get(&node->image, "profile", 2, "head_restraint", 0), 620);
    ck_assert_int_eq(image_get(&node->image, "profile", 2, "longitudinal", 0), 1350);
    ck_assert_int_eq(image_get(&node->image, "position", -1, "head_restraint", 0), 620);
}
END_TEST

// ---- what cannot be ------------------------------------------------------------------------------------------------

static const char *missing_of(const dbc_message_t *messages, size_t count)
{
    const dbc_t dbc = {.message_count = count, .messages = messages};
    const node_setup_t setup = {&dbc, &node->vehicle, node->entry};
    node_ports_t ports = {0};
    const char *missing = "";
    memory_unit_t *unit = calloc(1, sizeof *unit);
    bool bound = memory_unit_class.bind(unit, &setup, &ports, &missing);
    free(unit);
    return bound ? NULL : missing;
}

START_TEST(a_setting_that_two_messages_hold_is_refused)
{
    begin(&memory_unit_class, "climate");
    dbc_message_t messages[64];
    size_t count = node->dbc->message_count;
    ck_assert_uint_lt(count, 64);
    memcpy(messages, node->dbc->messages, count * sizeof messages[0]);
    ck_assert_ptr_null(missing_of(messages, count));
    messages[count] = *dbc_message(node->dbc, "ClimateRear");
    messages[count].id++;
    ck_assert_str_eq(missing_of(messages, count + 1), "rear_temperature");
}
END_TEST

START_TEST(more_messages_with_settings_than_there_is_room_for_are_refused)
{
    begin(&memory_unit_class, "climate");
    dbc_message_t messages[64];
    dbc_signal_t signals[ECU_MESSAGES_MAX];
    char names[ECU_MESSAGES_MAX][8];
    size_t count = node->dbc->message_count;
    ck_assert_uint_lt(count + ECU_MESSAGES_MAX, 64);
    memcpy(messages, node->dbc->messages, count * sizeof messages[0]);
    for (size_t i = 0; i < ECU_MESSAGES_MAX; i++) {
        messages[count + i] = *dbc_message(node->dbc, "ClimateRear");
        messages[count + i].id += (uint32_t)i + 1;
        signals[i] = messages[count + i].signals[0];
        snprintf(names[i], sizeof names[i], "more%zu", i);
        signals[i].setting = names[i];
        messages[count + i].signals = &signals[i];
    }
    // Three messages are there before; settings, of which there may be 16, are ten.
    ck_assert_ptr_null(missing_of(messages, count + 6));
    ck_assert_str_eq(missing_of(messages, count + 7), "more6");
    ck_assert_str_eq(missing_of(messages, count + ECU_MESSAGES_MAX - 2), "ClimateRear");
}
END_TEST

int main(void)
{
    const TTest *const TESTS[] = {
        power_and_wake_up_bring_every_message_that_holds_settings,
        each_message_has_its_own_cycle_and_its_own_fast_one,
        a_changed_setting_is_told_in_its_own_message_at_once,
        a_message_without_a_cycle_is_not_sent_at_wake_up,
        settings_are_numbered_in_the_files_order_and_each_knows_its_message,
        settings_of_every_message_are_called_up_changed_and_stored,
        a_setting_that_two_messages_hold_is_refused,
        more_messages_with_settings_than_there_is_room_for_are_refused,
    };
    TCase *tests = tcase_create("spanned_settings");
    tcase_add_checked_fixture(tests, make_car, remove_car);
    suite_add_tests(tests, TESTS, sizeof TESTS / sizeof TESTS[0]);
    return suite_run("spanned_settings", tests);
}
