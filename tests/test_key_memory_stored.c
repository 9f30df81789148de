// SPDX-License-Identifier: MIT
// What Key Memory keeps: profiles, car memory, images, coding.
#include "tests/key_memory_sentences.h"

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
    TCase *tests = tcase_create("key_memory_stored");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, lock_stores_also_with_personalization_off);
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
    return suite_run("key_memory_stored", tests);
}
