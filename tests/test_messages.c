// SPDX-License-Identifier: MIT
// What the CAS says on its buses comes from the DBC, by name: messages, signals, and the numbers of values.
#include "cas/messages.h"

#include <check.h>
#include <string.h>

#include "bus/files/dbc_file.h"
#include "bus/files/vehicle_file.h"
#include "tests/suite.h"

#define MESSAGES_MAX 64
#define SIGNALS_MAX 32
#define VALUES_MAX 16

static dbc_file_t *file;
static dbc_t dbc;
static dbc_message_t all[MESSAGES_MAX];
static dbc_signal_t signals[SIGNALS_MAX];
static dbc_value_t values[VALUES_MAX];
static messages_t messages;
static const char *missing;

static void set_up(void)
{
    static error_t error;
    static vehicle_t vehicle;
    ck_assert_msg(vehicle_file_load(&vehicle, "e65", NULL, &error), "%s", error.text);
    file = dbc_file_new(vehicle.dbc_path, &error);
    ck_assert_msg(file != NULL, "%s", error.text);
    const dbc_t *loaded = dbc_file_dbc(file);
    ck_assert_uint_le(loaded->message_count, MESSAGES_MAX);
    memcpy(all, loaded->messages, loaded->message_count * sizeof all[0]);
    dbc = (dbc_t){loaded->message_count, all};
    memset(&messages, 0, sizeof messages);
    missing = "";
}

static void tear_down(void)
{
    dbc_file_destroy(&file);
}

static dbc_message_t *find_message(const char *name)
{
    for (size_t i = 0; i < dbc.message_count; i++)
        if (strcmp(all[i].name, name) == 0) return &all[i];
    ck_abort_msg("no message %s", name);
}

// The signal of that message, in a copy that may be changed.
static dbc_signal_t *find_signal(const char *message_name, const char *name)
{
    dbc_message_t *message = find_message(message_name);
    ck_assert_uint_le(message->signal_count, SIGNALS_MAX);
    memcpy(signals, message->signals, message->signal_count * sizeof signals[0]);
    message->signals = signals;
    for (size_t i = 0; i < message->signal_count; i++)
        if (strcmp(signals[i].name, name) == 0) return &signals[i];
    ck_abort_msg("no signal %s", name);
}

static dbc_value_t *find_value(const char *message_name, const char *signal_name, const char *name)
{
    dbc_signal_t *signal = find_signal(message_name, signal_name);
    ck_assert_uint_le(signal->value_count, VALUES_MAX);
    memcpy(values, signal->values, signal->value_count * sizeof values[0]);
    signal->values = values;
    for (size_t i = 0; i < signal->value_count; i++)
        if (strcmp(values[i].name, name) == 0) return &values[i];
    ck_abort_msg("no value %s", name);
}

static void expect_missing(const char *name)
{
    ck_assert(!messages_bind(&messages, &dbc, &missing));
    ck_assert_str_eq(missing, name);
}

START_TEST(car_of_the_house_has_all_names)
{
    ck_assert(messages_bind(&messages, &dbc, &missing));
    ck_assert_uint_eq(messages.terminal_id, 0x130);
}
END_TEST

START_TEST(missing_message_is_told_by_its_name)
{
    static const char *const NAMES[] = {MESSAGES_KEY_STATUS, MESSAGES_TERMINAL, MESSAGES_LOCKING, MESSAGES_DOORS};
    find_message(NAMES[_i])->name[0] = 'X';
    expect_missing(NAMES[_i]);
}
END_TEST

START_TEST(missing_signal_is_told_by_its_name)
{
    find_signal(MESSAGES_TERMINAL, "Checksum")->name[0] = 'X';
    expect_missing("Checksum");
}
END_TEST

START_TEST(missing_value_is_told_by_its_name)
{
    static const char *const VALUES[][3] = {
        {MESSAGES_KEY_STATUS, "Button", "none"},
        {MESSAGES_KEY_STATUS, "KeyUse", "inserted"},
        {MESSAGES_TERMINAL, "KeyType", "unidentified"},
        {MESSAGES_TERMINAL, "Immobilizer", "free"},
        {MESSAGES_LOCKING, "Boot", "lock"},
        {MESSAGES_DOORS, "DriverDoor", "open"},
    };
    find_value(VALUES[_i][0], VALUES[_i][1], VALUES[_i][2])->name = "another";
    expect_missing(VALUES[_i][2]);
}
END_TEST

START_TEST(number_of_a_value_is_the_dbcs)
{
    find_value(MESSAGES_KEY_STATUS, "Button", "unlock")->raw = 0x55;
    ck_assert(messages_bind(&messages, &dbc, &missing));
    can_frame_t frame =
        messages_key_status(&messages, &(key_status_t){.key = 3, .personalization = 2, .button = KEY_STATUS_UNLOCK});
    char text[FRAME_TEXT_MAX];
    ck_assert_str_eq(frame_format(&frame, text), "23A#11305562");
}
END_TEST

START_TEST(every_command_tells_each_door_and_the_boot)
{
    static const char *const EXPECTED[] = {"2A0#8888080000000000", "2A0#1111010000000000", "2A0#2222020000000000",
                                           "2A0#8888010000000000"}; // idle, unlock, lock, boot
    ck_assert(messages_bind(&messages, &dbc, &missing));
    can_frame_t frame = dbc_frame(find_message(MESSAGES_LOCKING));
    messages_fill_locking(&messages, (doors_command_t)_i, &frame);
    char text[FRAME_TEXT_MAX];
    ck_assert_str_eq(frame_format(&frame, text), EXPECTED[_i]);
}
END_TEST

START_TEST(checksum_is_that_of_a_frame_from_a_real_car)
{
    ck_assert_uint_eq(messages_terminal_checksum((const uint8_t[]){0x45, 0x42, 0x69, 0x8F}, 0x2), 0xE);
    ck_assert_uint_eq(messages_terminal_checksum((const uint8_t[]){0, 0, 0, 0}, 0), 0x4);
    ck_assert_uint_eq(messages_terminal_checksum((const uint8_t[]){0xFF, 0xFF, 0xFF, 0xFF}, 14), 0x2);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("messages");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, car_of_the_house_has_all_names);
    tcase_add_loop_test(tests, missing_message_is_told_by_its_name, 0, 4);
    tcase_add_test(tests, missing_signal_is_told_by_its_name);
    tcase_add_loop_test(tests, missing_value_is_told_by_its_name, 0, 6);
    tcase_add_test(tests, number_of_a_value_is_the_dbcs);
    tcase_add_loop_test(tests, every_command_tells_each_door_and_the_boot, 0, 4);
    tcase_add_test(tests, checksum_is_that_of_a_frame_from_a_real_car);
    return suite_run("messages", tests);
}
