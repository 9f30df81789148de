// SPDX-License-Identifier: MIT
// Key Memory in a unit that only remembers (tests/memory_unit.h).
#include <check.h>

#include "tests/memory_unit.h"
#include "tests/node_sentences.h"
#include "tests/suite.h"
#include "bus/car/words.h"

// ---- fixture -------------------------------------------------------------------------------------------------------

static memory_unit_t *unit;

static void set_up(void)
{
    node = node_fixture_new(&memory_unit_class, "climate");
    unit = node->state;
    // An option that only the seat has in the E65; any unit with Key Memory obeys it.
    node->entry->options[0] = (vehicle_option_t){.name = "personalization", .value_count = 2, .values = {"on", "off"}};
    node->entry->option_count = 1;
    image_clear(&node->image);
    for (int profile = 1; profile <= KEY_MEMORY_PROFILES; profile++) {
        ck_assert(image_set(&node->image, "profile", profile, "driver_temperature", profile));
    }
    node_fixture_power_on(node, 0, IMAGE_PRESENT);
}

static void hear(const char *text)
{
    can_frame_t frame;
    ck_assert(frame_parse(text, &frame));
    node_fixture_frame(node, &frame);
}

// ---- calling up ----------------------------------------------------------------------------------------------------

START_TEST(story_begins_with_no_profile)
{
    ck_assert_int_eq(unit->values[TEMPERATURE], FACTORY_TEMPERATURE);
    ck_assert_int_eq(node_fixture_status(node, "Profile"), 0);
    ck_assert_int_eq(node_fixture_status(node, "Coded"), 0);
}
END_TEST

START_TEST(unlock_calls_up_the_profile_of_its_number)
{
    for (int number = 1; number <= 4; number++) {
        at(INT64_C(1000) * number);
        unsigned events = node->event_count;
        node_fixture_remote(node, "unlock", number);
        ck_assert_int_eq(unit->values[TEMPERATURE], number);
        ck_assert_int_eq(unit->values[OFFSET], FACTORY_OFFSET); // never named: factory
        ck_assert_uint_eq(node->event_count, events + 1);
        ck_assert_int_eq(node_fixture_status(node, "Profile"), number);
        ck_assert_int_eq(node_fixture_status(node, "Coded"), 1);
    }
}
END_TEST

START_TEST(real_frame_of_a_remote_is_understood)
{
    at(100);
    hear("23A#11300161");
    ck_assert_uint_eq(unit->memory.active, 2);
    at(1000);
    hear("23A#003FFF20"); // key 1 inserted
    ck_assert_uint_eq(unit->memory.active, 1);
}
END_TEST

START_TEST(held_button_is_one_unlock)
{
    for (int i = 0; i < 10; i++) {
        at(100 + INT64_C(100) * i);
        node_fixture_remote(node, "unlock", 2);
        ck_assert_uint_eq(unit->implemented, 1);
    }
    at(1100);
    node_fixture_remote(node, "released", 2);
    at(1150);
    node_fixture_remote(node, "unlock", 2); // a new press
    ck_assert_uint_eq(unit->implemented, 2);
}
END_TEST

START_TEST(held_button_is_one_unlock_although_a_key_is_put_in_meanwhile)
{
    at(100);
    node_fixture_remote(node, "unlock", 2);
    at(150);
    node_fixture_remote(node, "none", 3);
    ck_assert_uint_eq(unit->memory.active, 3);
    at(200);
    node_fixture_remote(node, "unlock", 2);
    at(250);
    node_fixture_remote(node, "none", 3);
    at(300);
    node_fixture_remote(node, "unlock", 2);
    ck_assert_uint_eq(unit->memory.active, 3);
    ck_assert_uint_eq(unit->implemented, 2);
}
END_TEST

START_TEST(repeat_is_within_150_ms_and_not_a_nanosecond_later)
{
    at(100);
    node_fixture_remote(node, "unlock", 2);
    at(250);
    node_fixture_remote(node, "unlock", 2);
    ck_assert_uint_eq(unit->implemented, 1);
    node_fixture_run_to(node, 400 * TIME_MS + 1);
    node_fixture_remote(node, "unlock", 2);
    ck_assert_uint_eq(unit->implemented, 2);
}
END_TEST

START_TEST(unlocking_again_loses_what_was_not_stored)
{
    at(100);
    node_fixture_remote(node, "unlock", 2);
    at(1000);
    turn("driver_temperature", 20);
    at(2000);
    node_fixture_remote(node, "unlock", 2);
    ck_assert_int_eq(unit->values[TEMPERATURE], 2);
    at(3000);
    node_fixture_remote(node, "lock", 2);
    ck_assert_int_eq(key_memory_profile(&unit->memory, 2)->values[TEMPERATURE], 2);
}
END_TEST

START_TEST(inserted_key_calls_up_only_another_profile)
{
    at(100);
    node_fixture_remote(node, "none", 3);
    ck_assert_uint_eq(unit->memory.active, 3);
    at(1000);
    turn("driver_temperature", 20);
    at(2000);
    node_fixture_remote(node, "none", 3);
    ck_assert_uint_eq(unit->implemented, 1);
    ck_assert_int_eq(unit->values[TEMPERATURE], 20);
    at(3000);
    node_fixture_remote(node, "none", 1);
    ck_assert_int_eq(unit->values[TEMPERATURE], 1);
}
END_TEST

START_TEST(lock_boot_and_released_call_nothing_up)
{
    const char *buttons[] = {"lock", "boot", "released"};
    for (int i = 0; i < 3; i++) {
        for (int number = 1; number <= 16; number++) {
            at(1000 + INT64_C(20000) * i + INT64_C(1000) * number);
            node_fixture_remote(node, buttons[i], number);
        }
    }
    ck_assert_uint_eq(unit->implemented, 0);
    ck_assert_uint_eq(unit->memory.active, 0);
    ck_assert_uint_eq(fault_memory_find(&unit->ecu.faults, FAULT_NUMBER_INVALID)->count,
                      3 * 11); // 5 .. 15, whatever the button
    ck_assert_uint_eq(unit->locked, 16);
}
END_TEST

START_TEST(personalization_switched_off_calls_nothing_up)
{
    node_fixture_code(node, "personalization", "off");
    node_fixture_power_on(node, 100, IMAGE_PRESENT);
    at(1000);
    node_fixture_remote(node, "unlock", 2);
    at(2000);
    node_fixture_remote(node, "none", 7);
    ck_assert_uint_eq(unit->implemented, 0);
    ck_assert_uint_eq(fault_memory_find(&unit->ecu.faults, FAULT_NUMBER_INVALID)->count, 1); // wrong is wrong
}
END_TEST

START_TEST(end_of_a_press_tells_its_wrong_number_once_and_one_alone_tells_it)
{
    at(1000);
    node_fixture_remote(node, "boot", 9);
    at(1100);
    node_fixture_remote(node, "released", 9);
    ck_assert_uint_eq(fault_memory_find(&unit->ecu.faults, FAULT_NUMBER_INVALID)->count, 1);
    at(2000);
    node_fixture_remote(node, "released", 10);
    ck_assert_uint_eq(fault_memory_find(&unit->ecu.faults, FAULT_NUMBER_INVALID)->count, 2);
    fault_memory_clear(&unit->ecu.faults);
    at(3000);
    node_fixture_remote(node, "released", 16); // 0xF: none at all
    ck_assert_uint_eq(unit->ecu.faults.count, 0);
    at(4000);
    node_fixture_remote(node, "boot", 16);
    at(4100);
    node_fixture_remote(node, "released", 9);
    ck_assert_uint_eq(unit->ecu.faults.count, 1);
}
END_TEST

// ---- wrong numbers -------------------------------------------------------------------------------------------------

START_TEST(invalid_number_is_ignored_without_a_fault)
{
    at(100);
    node_fixture_remote(node, "unlock", 16);
    at(1000);
    node_fixture_remote(node, "none", 16);
    ck_assert_uint_eq(unit->implemented, 0);
    ck_assert_uint_eq(unit->ecu.faults.count, 0);
    ck_assert_uint_eq(node_fixture_logged(node, LOG_NUMBER_REFUSED), 0);
}
END_TEST

START_TEST(any_other_number_is_ignored_with_a_fault)
{
    for (int number = 5; number <= 15; number++) {
        at(INT64_C(1000) * number);
        node_fixture_remote(node, number % 2 ? "unlock" : "none", number);
        ck_assert_int_eq(node->logs[node->log_count - (number == 5 ? 2 : 1)].values[0], number);
    }
    ck_assert_uint_eq(unit->implemented, 0);
    ck_assert_uint_eq(unit->ecu.faults.count, 1);
    ck_assert_uint_eq(fault_memory_find(&unit->ecu.faults, FAULT_NUMBER_INVALID)->count, 11);
    ck_assert_uint_eq(node_fixture_logged(node, LOG_NUMBER_REFUSED), 11);
    at(20000);
    ck_assert_ptr_nonnull(image_find(&node->image, "fault/9C05", -1, NULL)); // and stored
}
END_TEST

START_TEST(nibbles_that_differ_are_a_wrong_number)
{
    const char *frames[] = {"23A#10300160", "23A#0F300160", "23A#F0300160", "23A#21300160"};
    for (int i = 0; i < 4; i++) {
        at(1000 + INT64_C(1000) * i);
        hear(frames[i]);
    }
    ck_assert_uint_eq(unit->implemented, 0);
    ck_assert_uint_eq(fault_memory_find(&unit->ecu.faults, FAULT_NUMBER_INVALID)->count, 4);
    ck_assert_uint_eq(node_fixture_logged(node, LOG_NUMBER_UNCLEAR), 4);
    ck_assert_int_eq(node->logs[node->log_count - 1].values[0], 2);
    ck_assert_int_eq(node->logs[node->log_count - 1].values[1], 3);
}
END_TEST

START_TEST(short_and_remote_frames_are_ignored_and_counted)
{
    const char *frames[] = {"23A#", "23A#113001", "130#45", "130#45000000", "23A#R", "130#R"};
    for (int i = 0; i < 6; i++) {
        at(1000 + INT64_C(1000) * i);
        hear(frames[i]);
    }
    ck_assert_uint_eq(unit->memory.ignored, 6);
    ck_assert_uint_eq(unit->implemented, 0);
    ck_assert(!unit->memory.terminal_on);
}
END_TEST

// ---- storing -------------------------------------------------------------------------------------------------------

START_TEST(lock_stores_what_the_driver_changed_into_the_active_profile_whoever_locks)
{
    at(100);
    node_fixture_remote(node, "unlock", 2);
    at(1000);
    turn("driver_temperature", 20);
    at(2000);
    node_fixture_remote(node, "lock", 4);
    ck_assert_int_eq(key_memory_profile(&unit->memory, 2)->values[TEMPERATURE], 20);
    ck_assert_int_eq(key_memory_profile(&unit->memory, 4)->values[TEMPERATURE], 4);
    ck_assert_uint_eq(node_fixture_logged(node, LOG_PROFILE_STORED), 1);
    ck_assert_int_eq(node->logs[node->log_count - 1].values[0], 2);
    ck_assert_int_eq(node->logs[node->log_count - 1].values[1], 1);
    at(2005);
    ck_assert_int_eq(image_get(&node->image, "profile", 2, "driver_temperature", 0), 2); // durable 5 ms later
    at(2006);
    ck_assert_int_eq(image_get(&node->image, "profile", 2, "driver_temperature", 0), 20);
}
END_TEST

START_TEST(lock_without_a_change_stores_nothing)
{
    at(100);
    node_fixture_remote(node, "unlock", 2);
    at(1000);
    uint32_t asked = unit->ecu.storing.asked;
    node_fixture_remote(node, "lock", 2);
    turn("driver_temperature", 2); // what it is already
    at(2000);
    node_fixture_remote(node, "lock", 2);
    ck_assert_uint_eq(unit->ecu.storing.asked, asked);
}
END_TEST

START_TEST(lock_with_a_wrong_number_stores_all_the_same)
{
    at(100);
    node_fixture_remote(node, "unlock", 2);
    at(1000);
    turn("driver_temperature", 20);
    at(2000);
    node_fixture_remote(node, "lock", 9);
    ck_assert_int_eq(key_memory_profile(&unit->memory, 2)->values[TEMPERATURE], 20);
    ck_assert_uint_eq(fault_memory_find(&unit->ecu.faults, FAULT_NUMBER_INVALID)->count, 1);
}
END_TEST

START_TEST(terminals_off_store_and_their_changes_before_do_not)
{
    at(100);
    node_fixture_remote(node, "unlock", 2);
    at(1000);
    turn("driver_temperature", 20);
    at(1100);
    node_fixture_terminal(node, 0); // was off
    at(1200);
    node_fixture_terminal(node, 2);
    at(1300);
    node_fixture_terminal(node, 1);
    ck_assert_int_eq(key_memory_profile(&unit->memory, 2)->values[TEMPERATURE], 2);
    at(1400);
    node_fixture_terminal(node, 0);
    ck_assert_int_eq(key_memory_profile(&unit->memory, 2)->values[TEMPERATURE], 20);
}
END_TEST

START_TEST(change_without_an_active_profile_goes_nowhere)
{
    at(100);
    turn("driver_temperature", 20);
    at(200);
    node_fixture_remote(node, "lock", 1);
    for (uint8_t p = 1; p <= 4; p++) ck_assert_int_eq(key_memory_profile(&unit->memory, p)->values[TEMPERATURE], p);
}
END_TEST

START_TEST(active_profile_is_stored_when_it_changes_and_only_then)
{
    at(100);
    node_fixture_remote(node, "unlock", 3);
    at(200);
    ck_assert_int_eq(image_get(&node->image, "active", -1, NULL, 0), 3);
    uint32_t asked = unit->ecu.storing.asked;
    at(1000);
    node_fixture_remote(node, "unlock", 3);
    ck_assert_uint_eq(unit->ecu.storing.asked, asked);
    node_fixture_power_on(node, 2000 * TIME_MS, IMAGE_PRESENT);
    ck_assert_uint_eq(unit->memory.active, 3);
    ck_assert_int_eq(unit->values[TEMPERATURE], 3);
}
END_TEST

START_TEST(power_lost_before_it_is_durable_leaves_the_old_image_whole)
{
    at(100);
    node_fixture_remote(node, "unlock", 3);
    at(104);
    node_fixture_power_on(node, 104 * TIME_MS, IMAGE_PRESENT);
    ck_assert_uint_eq(unit->memory.active, 0);
    at(1000);
    turn("driver_temperature", 20);
    ck_assert_uint_eq(unit->memory.changed, 1);
    node_fixture_power_on(node, 2000 * TIME_MS, IMAGE_PRESENT);
    ck_assert_uint_eq(unit->memory.changed, 0);
}
END_TEST

// ---- a profile that was never coded --------------------------------------------------------------------------------

START_TEST(profile_not_coded_has_default_settings_one_fault_and_keeps_nothing)
{
    image_set(&node->image, "profile", 3, "coded", 0);
    node_fixture_power_on(node, 1, IMAGE_PRESENT);
    at(100);
    node_fixture_remote(node, "unlock", 3);
    ck_assert_int_eq(unit->values[TEMPERATURE], FACTORY_TEMPERATURE);
    ck_assert_int_eq(node_fixture_status(node, "Profile"), 3);
    ck_assert_int_eq(node_fixture_status(node, "Coded"), 0);
    ck_assert_ptr_nonnull(fault_memory_find(&unit->ecu.faults, FAULT_PROFILE_NOT_CODED + 3));
    at(1000);
    turn("driver_temperature", 20);
    at(2000);
    node_fixture_remote(node, "lock", 3);
    at(3000);
    node_fixture_remote(node, "unlock", 3);
    ck_assert_int_eq(unit->values[TEMPERATURE], FACTORY_TEMPERATURE);
    ck_assert_int_eq(key_memory_profile(&unit->memory, 3)->values[TEMPERATURE], 3); // as it was, for CIP to replace
    ck_assert_uint_eq(unit->ecu.faults.count, 1);
    ck_assert_uint_eq(fault_memory_find(&unit->ecu.faults, FAULT_PROFILE_NOT_CODED + 3)->count, 2);
    at(4000);
    node_fixture_remote(node, "unlock", 4);
    ck_assert_int_eq(node_fixture_status(node, "Coded"), 1);
}
END_TEST

// ---- car memory ----------------------------------------------------------------------------------------------------

START_TEST(car_setting_is_common_to_all_keys)
{
    image_set(&node->image, "memory", -1, "driver_temperature", 1);
    image_set(&node->image, "car", -1, "driver_temperature", 7);
    node_fixture_power_on(node, 1, IMAGE_PRESENT);
    ck_assert_int_eq(unit->values[TEMPERATURE], 7);
    at(100);
    turn("driver_temperature", 20);
    turn("temperature_offset", 6);
    at(1000);
    node_fixture_remote(node, "unlock", 2); // recalls the one, leaves the other
    ck_assert_int_eq(unit->values[TEMPERATURE], 20);
    ck_assert_int_eq(unit->values[OFFSET], FACTORY_OFFSET);
    at(2000);
    node_fixture_remote(node, "lock", 2);
    at(3000);
    ck_assert_int_eq(image_get(&node->image, "car", -1, "driver_temperature", 0), 20);
    ck_assert_int_eq(image_get(&node->image, "profile", 2, "driver_temperature", 0), 2);
    ck_assert_int_eq(image_get(&node->image, "memory", -1, "driver_temperature", 0), 1);
    node_fixture_power_on(node, 4000 * TIME_MS, IMAGE_PRESENT);
    ck_assert_int_eq(unit->values[TEMPERATURE], 20);
}
END_TEST

START_TEST(car_setting_is_stored_without_any_profile)
{
    image_set(&node->image, "memory", -1, "driver_temperature", 1);
    node_fixture_power_on(node, 1, IMAGE_PRESENT);
    at(100);
    turn("driver_temperature", 20);
    at(200);
    node_fixture_remote(node, "lock", 2);
    ck_assert_int_eq(key_memory_value(&unit->memory, TEMPERATURE), 20);
}
END_TEST

// ---- images and coding ---------------------------------------------------------------------------------------------

START_TEST(stored_values_that_cannot_be_have_their_defaults)
{
    image_set(&node->image, "active", -1, NULL, 5);
    image_set(&node->image, "profile", 1, "driver_temperature", 25);
    image_set(&node->image, "profile", 2, "driver_temperature", -1);
    image_set(&node->image, "profile", 3, "driver_temperature", INT64_MIN);
    image_set(&node->image, "car", -1, "driver_temperature", INT64_MAX);
    image_set(&node->image, "memory", -1, "driver_temperature", 77);
    node_fixture_power_on(node, 1, IMAGE_PRESENT);
    ck_assert_uint_eq(unit->memory.active, 0);
    for (uint8_t p = 1; p <= 3; p++) {
        ck_assert_int_eq(key_memory_profile(&unit->memory, p)->values[TEMPERATURE], FACTORY_TEMPERATURE);
    }
    ck_assert_int_eq(key_memory_profile(&unit->memory, 4)->values[TEMPERATURE], 4);
    ck_assert_int_eq(unit->memory.car[TEMPERATURE], FACTORY_TEMPERATURE);
    ck_assert(!key_memory_is_car(&unit->memory, TEMPERATURE));
    image_set(&node->image, "active", -1, NULL, -1);
    node_fixture_power_on(node, 2, IMAGE_PRESENT);
    ck_assert_uint_eq(unit->memory.active, 0);
}
END_TEST

START_TEST(coding_changes_a_profile_whole_or_not_at_all)
{
    static outbox_t outbox;
    outbox_clear(&outbox);
    unit->ecu.outbox = &outbox; // as within a hook
    key_memory_profile_t content = *key_memory_profile(&unit->memory, 2);
    uint32_t ticket = 0;
    content.values[TEMPERATURE] = 24;
    ck_assert(!key_memory_set_profile(&unit->memory, 0, &content, &ticket));
    ck_assert(!key_memory_set_profile(&unit->memory, 5, &content, &ticket));
    content.values[OFFSET] = 7;
    ck_assert(!key_memory_set_profile(&unit->memory, 2, &content, &ticket));
    content.values[OFFSET] = -1;
    ck_assert(!key_memory_set_profile(&unit->memory, 2, &content, &ticket));
    ck_assert_int_eq(key_memory_profile(&unit->memory, 2)->values[TEMPERATURE], 2);
    ck_assert_uint_eq(ticket, 0);
    content.values[OFFSET] = 6;
    content.coded = false;
    ck_assert(key_memory_set_profile(&unit->memory, 2, &content, &ticket));
    ck_assert_uint_ne(ticket, 0);
    ck_assert_int_eq(key_memory_profile(&unit->memory, 2)->values[TEMPERATURE], 24);
    ck_assert(!key_memory_profile(&unit->memory, 0) && !key_memory_profile(&unit->memory, 5));
    ck_assert(key_memory_set_car(&unit->memory, TEMPERATURE, true, NULL));
    ck_assert(key_memory_is_car(&unit->memory, TEMPERATURE));
    ck_assert(key_memory_set_car(&unit->memory, TEMPERATURE, false, &ticket));
    ck_assert(!key_memory_is_car(&unit->memory, TEMPERATURE));
    ck_assert(!key_memory_set_car(&unit->memory, unit->memory.setting_count, true, NULL));
    ck_assert_int_eq(key_memory_find(&unit->memory, "temperature_offset"), OFFSET);
    ck_assert_int_eq(key_memory_find(&unit->memory, "no such setting"), -1);
}
END_TEST

START_TEST(lock_stores_also_with_personalization_off)
{
    node_fixture_code(node, "personalization", "off");
    image_set(&node->image, "active", -1, NULL, 2);
    node_fixture_power_on(node, 100, IMAGE_PRESENT);
    at(1000);
    turn("driver_temperature", 20);
    at(2000);
    node_fixture_remote(node, "lock", 1);
    at(2100);
    ck_assert_int_eq(image_get(&node->image, "profile", 2, "driver_temperature", -1), 20);
    ck_assert_uint_eq(unit->locked, 1);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("key memory");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, story_begins_with_no_profile);
    tcase_add_test(tests, unlock_calls_up_the_profile_of_its_number);
    tcase_add_test(tests, real_frame_of_a_remote_is_understood);
    tcase_add_test(tests, held_button_is_one_unlock);
    tcase_add_test(tests, held_button_is_one_unlock_although_a_key_is_put_in_meanwhile);
    tcase_add_test(tests, repeat_is_within_150_ms_and_not_a_nanosecond_later);
    tcase_add_test(tests, unlocking_again_loses_what_was_not_stored);
    tcase_add_test(tests, inserted_key_calls_up_only_another_profile);
    tcase_add_test(tests, lock_boot_and_released_call_nothing_up);
    tcase_add_test(tests, lock_stores_also_with_personalization_off);
    tcase_add_test(tests, personalization_switched_off_calls_nothing_up);
    tcase_add_test(tests, end_of_a_press_tells_its_wrong_number_once_and_one_alone_tells_it);
    tcase_add_test(tests, invalid_number_is_ignored_without_a_fault);
    tcase_add_test(tests, any_other_number_is_ignored_with_a_fault);
    tcase_add_test(tests, nibbles_that_differ_are_a_wrong_number);
    tcase_add_test(tests, short_and_remote_frames_are_ignored_and_counted);
    tcase_add_test(tests, lock_stores_what_the_driver_changed_into_the_active_profile_whoever_locks);
    tcase_add_test(tests, lock_without_a_change_stores_nothing);
    tcase_add_test(tests, lock_with_a_wrong_number_stores_all_the_same);
    tcase_add_test(tests, terminals_off_store_and_their_changes_before_do_not);
    tcase_add_test(tests, change_without_an_active_profile_goes_nowhere);
    tcase_add_test(tests, active_profile_is_stored_when_it_changes_and_only_then);
    tcase_add_test(tests, power_lost_before_it_is_durable_leaves_the_old_image_whole);
    tcase_add_test(tests, profile_not_coded_has_default_settings_one_fault_and_keeps_nothing);
    tcase_add_test(tests, car_setting_is_common_to_all_keys);
    tcase_add_test(tests, car_setting_is_stored_without_any_profile);
    tcase_add_test(tests, stored_values_that_cannot_be_have_their_defaults);
    tcase_add_test(tests, coding_changes_a_profile_whole_or_not_at_all);
    return suite_run("key_memory", tests);
}
