// SPDX-License-Identifier: MIT
// Key Memory in a unit that only remembers (tests/memory_unit.h).
#include "tests/key_memory_sentences.h"

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
    tcase_add_test(tests, personalization_switched_off_calls_nothing_up);
    tcase_add_test(tests, end_of_a_press_tells_its_wrong_number_once_and_one_alone_tells_it);
    tcase_add_test(tests, invalid_number_is_ignored_without_a_fault);
    tcase_add_test(tests, any_other_number_is_ignored_with_a_fault);
    tcase_add_test(tests, nibbles_that_differ_are_a_wrong_number);
    tcase_add_test(tests, short_and_remote_frames_are_ignored_and_counted);
    return suite_run("key_memory", tests);
}
