// SPDX-License-Identifier: MIT
#include "bus/kernel/image.h"

#include <check.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "tests/suite.h"

static image_t image;

static void empty_image(void)
{
    memset(&image, 0xA5, sizeof image); // what is not in use may hold anything
    image_clear(&image);
}

START_TEST(name_is_put_together_of_what_is_given)
{
    empty_image();
    ck_assert(image_set(&image, "active", -1, NULL, 1));
    ck_assert(image_set(&image, "car", -1, "height", 2));
    ck_assert(image_set(&image, "fault", 9907, NULL, 3));
    ck_assert(image_set(&image, "profile", 4, "coded", 4));
    ck_assert(image_set(&image, "profile", 0, "coded", 5));
    ck_assert(image_set(&image, "number", INT_MAX, NULL, 6));
    static const char *const NAMES[] = {"active",          "car/height",      "fault/9907",
                                        "profile/4/coded", "profile/0/coded", "number/2147483647"};
    ck_assert_uint_eq(image.count, 6);
    for (uint32_t i = 0; i < image.count; i++) {
        ck_assert_str_eq(image.entries[i].name, NAMES[i]);
        ck_assert_int_eq(image.entries[i].value, i + 1);
        ck_assert_uint_eq(image.entries[i].size, 0);
    }
    ck_assert_int_eq(image_get(&image, "profile/4/coded", -1, NULL, -1), 4); // the same name, told otherwise
}
END_TEST

START_TEST(setting_again_replaces)
{
    empty_image();
    image_set(&image, "active", -1, NULL, 1);
    image_set(&image, "other", -1, NULL, 7);
    ck_assert(image_set(&image, "active", -1, NULL, INT64_MIN));
    ck_assert_uint_eq(image.count, 2);
    ck_assert_int_eq(image_get(&image, "active", -1, NULL, 0), INT64_MIN);
    ck_assert_int_eq(image_get(&image, "other", -1, NULL, 0), 7);
}
END_TEST

START_TEST(missing_name_gives_what_the_caller_says)
{
    empty_image();
    image_set(&image, "profile", 1, "coded", 1);
    ck_assert_int_eq(image_get(&image, "profile", 2, "coded", 42), 42);
    ck_assert_int_eq(image_get(&image, "profile", 1, "code", 42), 42);
    ck_assert_int_eq(image_get(&image, "profile", 1, "coded_", 42), 42);
    ck_assert_int_eq(image_get(&image, "profile", 1, NULL, 42), 42);
    ck_assert_int_eq(image_get(&image, "profile", 11, "coded", 42), 42);
    ck_assert_int_eq(image_get(&image, "", -1, NULL, 42), 42);
    ck_assert_ptr_null(image_find(&image, "profile", 2, "coded"));
}
END_TEST

START_TEST(bytes_are_kept_whole_and_are_no_integer)
{
    empty_image();
    const uint8_t secret[IMAGE_BYTES_MAX] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
    ck_assert(image_set_bytes(&image, "key", 10, "secret", secret, IMAGE_BYTES_MAX));
    const image_entry_t *entry = image_find(&image, "key", 10, "secret");
    ck_assert_ptr_nonnull(entry);
    ck_assert_uint_eq(entry->size, IMAGE_BYTES_MAX);
    ck_assert_mem_eq(entry->bytes, secret, IMAGE_BYTES_MAX);
    ck_assert_int_eq(image_get(&image, "key", 10, "secret", -7), -7);

    ck_assert(image_set_bytes(&image, "key", 10, "secret", entry->bytes + 4, 3)); // from the entry itself
    const uint8_t rest[IMAGE_BYTES_MAX] = {5, 6, 7};
    ck_assert_uint_eq(entry->size, 3);
    ck_assert_mem_eq(entry->bytes, rest, IMAGE_BYTES_MAX);

    ck_assert(image_set(&image, "key", 10, "secret", 9)); // an integer takes the place of bytes
    ck_assert_int_eq(image_get(&image, "key", 10, "secret", -7), 9);
    ck_assert_uint_eq(image.count, 1);
}
END_TEST

START_TEST(wrong_sizes_and_names_change_nothing)
{
    empty_image();
    const uint8_t bytes[IMAGE_BYTES_MAX + 1] = {0};
    image_set(&image, "a", -1, NULL, 1);
    static image_t before;
    memcpy(&before, &image, sizeof image);
    char longest[IMAGE_NAME_MAX + 2];
    memset(longest, 'x', sizeof longest - 1);
    longest[IMAGE_NAME_MAX + 1] = '\0';
    ck_assert(!image_set_bytes(&image, "a", -1, NULL, bytes, 0));
    ck_assert(!image_set_bytes(&image, "a", -1, NULL, bytes, IMAGE_BYTES_MAX + 1));
    ck_assert(!image_set(&image, longest, -1, NULL, 1));
    ck_assert(!image_set(&image, longest + 1, 1, NULL, 1));
    ck_assert(!image_set(&image, longest + 2, 1, "", 1));
    ck_assert(!image_set(&image, longest + 1, -1, "x", 1));
    ck_assert(!image_set(&image, "", -1, NULL, 1));
    ck_assert_mem_eq(&image, &before, sizeof image);
    ck_assert(image_set(&image, longest + 1, -1, NULL, 5)); // just as long as may be
    ck_assert_int_eq(image_get(&image, longest + 1, -1, NULL, 0), 5);
    ck_assert_int_eq(image_get(&image, longest, -1, NULL, 0), 0);
}
END_TEST

START_TEST(full_image_takes_no_more_but_still_replaces)
{
    empty_image();
    for (int i = 0; i < IMAGE_ENTRIES_MAX; i++) ck_assert(image_set(&image, "n", i, NULL, i));
    ck_assert(!image_set(&image, "n", IMAGE_ENTRIES_MAX, NULL, 0));
    const uint8_t byte = 1;
    ck_assert(!image_set_bytes(&image, "m", -1, NULL, &byte, 1));
    ck_assert_uint_eq(image.count, IMAGE_ENTRIES_MAX);
    ck_assert(image_set(&image, "n", 255, NULL, -1));
    ck_assert_int_eq(image_get(&image, "n", 255, NULL, 0), -1);
    ck_assert_int_eq(image_get(&image, "n", 0, NULL, -5), 0);
}
END_TEST

START_TEST(copy_holds_the_entries_in_use_and_touches_no_other)
{
    static image_t copy;
    empty_image();
    image_set(&image, "a", -1, NULL, 1);
    image_set(&image, "b", 2, "c", 2);
    memset(&copy, 0x5A, sizeof copy);
    image_copy(&copy, &image);
    ck_assert_uint_eq(copy.count, 2);
    ck_assert_mem_eq(copy.entries, image.entries, 2 * sizeof *copy.entries);
    ck_assert_uint_eq((uint8_t)copy.entries[2].name[0], 0x5A);
    image_clear(&copy);
    ck_assert_ptr_null(image_find(&copy, "a", -1, NULL));
}
END_TEST

int main(void)
{
    TCase *all = tcase_create("all");
    tcase_add_test(all, name_is_put_together_of_what_is_given);
    tcase_add_test(all, setting_again_replaces);
    tcase_add_test(all, missing_name_gives_what_the_caller_says);
    tcase_add_test(all, bytes_are_kept_whole_and_are_no_integer);
    tcase_add_test(all, wrong_sizes_and_names_change_nothing);
    tcase_add_test(all, full_image_takes_no_more_but_still_replaces);
    tcase_add_test(all, copy_holds_the_entries_in_use_and_touches_no_other);
    return suite_run("image", all);
}
