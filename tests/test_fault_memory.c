// SPDX-License-Identifier: MIT
#include "bus/diagnosis/fault_memory.h"

#include <check.h>
#include <string.h>

#include "tests/suite.h"
#include "bus/car/words.h"

START_TEST(new_fault_is_told_and_a_repeat_only_counts)
{
    fault_memory_t memory = {0};
    ck_assert(fault_memory_set(&memory, FAULT_NUMBER_INVALID, 100));
    ck_assert(!fault_memory_set(&memory, FAULT_NUMBER_INVALID, 200));
    ck_assert_uint_eq(memory.count, 1);
    const stored_fault_t *fault = fault_memory_find(&memory, FAULT_NUMBER_INVALID);
    ck_assert_ptr_nonnull(fault);
    ck_assert_uint_eq(fault->count, 2);
    ck_assert_int_eq(fault->first_ns, 100);
    ck_assert_uint_eq(fault->status & 0x09, 0x09); // failed and confirmed
    ck_assert_ptr_null(fault_memory_find(&memory, FAULT_KEY_BLOCKED));
}
END_TEST

START_TEST(occurrences_stop_at_255)
{
    fault_memory_t memory = {0};
    for (int i = 0; i < 300; i++) fault_memory_set(&memory, 0x1234, i);
    ck_assert_uint_eq(fault_memory_find(&memory, 0x1234)->count, 255);
}
END_TEST

START_TEST(oldest_makes_room_when_it_is_full)
{
    fault_memory_t memory = {0};
    for (uint16_t i = 0; i < FAULT_MEMORY_MAX + 2; i++) ck_assert(fault_memory_set(&memory, (uint16_t)(0x100 + i), i));
    ck_assert_uint_eq(memory.count, FAULT_MEMORY_MAX);
    ck_assert_ptr_null(fault_memory_find(&memory, 0x100));
    ck_assert_ptr_null(fault_memory_find(&memory, 0x101));
    ck_assert_uint_eq(memory.faults[0].code, 0x102);
    ck_assert_uint_eq(memory.faults[FAULT_MEMORY_MAX - 1].code, 0x100 + FAULT_MEMORY_MAX + 1);
}
END_TEST

START_TEST(image_brings_everything_back_in_its_order)
{
    fault_memory_t memory = {0}, loaded;
    for (uint16_t i = 0; i < FAULT_MEMORY_MAX; i++)
        fault_memory_set(&memory, (uint16_t)(0xFFFF - 7 * i), INT64_C(1) << (3 * i));
    fault_memory_set(&memory, 0xFFFF, 1);
    static image_t image;
    image_clear(&image);
    ck_assert(fault_memory_save(&memory, &image));
    ck_assert_ptr_nonnull(image_find(&image, "fault/FFFF", -1, NULL));
    fault_memory_load(&loaded, &image);
    ck_assert_uint_eq(loaded.count, memory.count);
    for (size_t i = 0; i < memory.count; i++) {
        ck_assert_uint_eq(loaded.faults[i].code, memory.faults[i].code);
        ck_assert_uint_eq(loaded.faults[i].count, memory.faults[i].count);
        ck_assert_int_eq(loaded.faults[i].first_ns, memory.faults[i].first_ns);
        ck_assert_uint_eq(loaded.faults[i].status & 0x28, 0x28); // confirmed, failed since last clear
        ck_assert_uint_eq(loaded.faults[i].status & 0x03, 0);    // not failed in the cycle that begins
    }
}
END_TEST

START_TEST(nonsense_in_an_image_is_left_out)
{
    static image_t image;
    image_clear(&image);
    const uint8_t bytes[16] = {0xFF, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
    ck_assert(image_set(&image, "fault/9C05", -1, NULL, 7));               // no bytes
    ck_assert(image_set_bytes(&image, "fault/9C06", -1, NULL, bytes, 9));  // too short
    ck_assert(image_set_bytes(&image, "fault/9C07", -1, NULL, bytes, 12)); // too long
    ck_assert(image_set_bytes(&image, "fault/9C0", -1, NULL, bytes, 10));
    ck_assert(image_set_bytes(&image, "fault/9C0x", -1, NULL, bytes, 10));
    ck_assert(image_set_bytes(&image, "fault/09C01", -1, NULL, bytes, 10));
    ck_assert(image_set_bytes(&image, "faults", -1, NULL, bytes, 10));
    ck_assert(image_set_bytes(&image, "fault/9C01", -1, NULL, bytes, 10)); // odd content, but an entry
    fault_memory_t memory;
    memset(&memory, 0xA5, sizeof memory);
    fault_memory_load(&memory, &image);
    ck_assert_uint_eq(memory.count, 1);
    ck_assert_uint_eq(memory.faults[0].code, 0x9C01);
    ck_assert_uint_eq(memory.faults[0].count, 1);
    ck_assert_int_ge(memory.faults[0].first_ns, 0);
}
END_TEST

START_TEST(image_with_more_faults_than_fit_keeps_the_newest)
{
    static image_t image;
    image_clear(&image);
    const uint8_t bytes[10] = {0x2F, 1};
    for (int i = 0; i < 40; i++) {
        char name[] = "fault/1000";
        name[8] = (char)('0' + i / 10);
        name[9] = (char)('0' + i % 10);
        ck_assert(image_set_bytes(&image, name, -1, NULL, bytes, sizeof bytes));
    }
    fault_memory_t memory;
    fault_memory_load(&memory, &image);
    ck_assert_uint_eq(memory.count, FAULT_MEMORY_MAX);
    ck_assert_uint_eq(memory.faults[FAULT_MEMORY_MAX - 1].code, 0x1039);
    ck_assert_uint_eq(memory.faults[0].code, 0x1024);
}
END_TEST

START_TEST(clearing_forgets_everything)
{
    fault_memory_t memory = {0};
    fault_memory_set(&memory, 1, 0);
    fault_memory_clear(&memory);
    ck_assert_ptr_null(fault_memory_find(&memory, 1));
    ck_assert(fault_memory_set(&memory, 1, 5));
    ck_assert_uint_eq(memory.faults[0].count, 1);
}
END_TEST

START_TEST(full_image_is_told)
{
    static image_t image;
    image_clear(&image);
    for (int i = 0; i < IMAGE_ENTRIES_MAX; i++) ck_assert(image_set(&image, "x", i, NULL, i));
    fault_memory_t memory = {0};
    ck_assert(fault_memory_save(&memory, &image));
    fault_memory_set(&memory, 1, 0);
    ck_assert(!fault_memory_save(&memory, &image));
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("fault memory");
    tcase_add_test(tests, new_fault_is_told_and_a_repeat_only_counts);
    tcase_add_test(tests, occurrences_stop_at_255);
    tcase_add_test(tests, oldest_makes_room_when_it_is_full);
    tcase_add_test(tests, image_brings_everything_back_in_its_order);
    tcase_add_test(tests, nonsense_in_an_image_is_left_out);
    tcase_add_test(tests, image_with_more_faults_than_fit_keeps_the_newest);
    tcase_add_test(tests, clearing_forgets_everything);
    tcase_add_test(tests, full_image_is_told);
    return suite_run("fault_memory", tests);
}
