// SPDX-License-Identifier: MIT
#include "bus/files/image_file.h"

#include <check.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bus/base/random.h"
#include "tests/suite.h"

#define TEXT_MAX (2 * IMAGE_FILE_SIZE_MAX)

static image_t image, read_back;
static const char *reason;
static char text[TEXT_MAX];
static size_t text_size;

static void write_text(void)
{
    error_t error;
    error_clear(&error);
    char *written = image_file_format("seat", &image, &text_size, &error);
    ck_assert_msg(written, "%s", error.text);
    ck_assert_uint_le(text_size, IMAGE_FILE_SIZE_MAX);
    memcpy(text, written, text_size);
    free(written);
}

static image_file_verdict_t parse(void)
{
    memset(&read_back, 0xA5, sizeof read_back);
    reason = NULL;
    return image_file_parse(text, text_size, "seat", &read_back, &reason);
}

static void check_equal(const image_t *a, const image_t *b)
{
    ck_assert_uint_eq(a->count, b->count);
    for (uint32_t i = 0; i < a->count; i++) {
        const image_entry_t *x = &a->entries[i], *y = &b->entries[i];
        ck_assert_str_eq(x->name, y->name);
        ck_assert_uint_eq(x->size, y->size);
        if (x->size > 0)
            ck_assert_mem_eq(x->bytes, y->bytes, x->size);
        else
            ck_assert_int_eq(x->value, y->value);
    }
}

// The naive other hand: seals any body by the rule that the header states.
static void seal(const char *body)
{
    static const uint8_t KEY[16] = "kmsim image sum";
    uint8_t hash[8];
    text_size = strlen(body);
    ck_assert_uint_lt(text_size + 64, TEXT_MAX);
    memcpy(text, body, text_size);
    crypto_shorthash(hash, (const uint8_t *)text, text_size, KEY);
    text_size += (size_t)sprintf(text + text_size, " \"checksum\": \"");
    for (int i = 7; i >= 0; i--) text_size += (size_t)sprintf(text + text_size, "%02x", hash[i]);
    text_size += (size_t)sprintf(text + text_size, "\"\n}\n");
}

static void seal_entries(const char *entries)
{
    static char body[TEXT_MAX];
    snprintf(body, sizeof body,
             "{\n \"format\": \"kmsim image\",\n \"version\": 1,\n \"node\": \"seat\",\n \"entries\": %s,\n", entries);
    seal(body);
}

static void make_small_image(void)
{
    static const uint8_t SECRET[] = {0x00, 0x7F, 0x80, 0xFF};
    image_clear(&image);
    ck_assert(image_set(&image, "active", -1, NULL, 2));
    ck_assert(image_set(&image, "profile", 2, "longitudinal", -1800));
    ck_assert(image_set_bytes(&image, "key", 1, "secret", SECRET, sizeof SECRET));
}

// ---- the format ----------------------------------------------------------------------------------------------------

START_TEST(text_is_readable_one_entry_a_line_in_the_order_of_the_image)
{
    make_small_image();
    write_text();
    static const char EXPECTED[] = "{\n"
                                   " \"format\": \"kmsim image\",\n"
                                   " \"version\": 1,\n"
                                   " \"node\": \"seat\",\n"
                                   " \"entries\": {\n"
                                   "  \"active\": 2,\n"
                                   "  \"profile/2/longitudinal\": -1800,\n"
                                   "  \"key/1/secret\": \"007f80ff\"\n"
                                   " },\n";
    static char written[1024];
    ck_assert_uint_lt(text_size, sizeof written);
    memcpy(written, text, text_size);
    size_t written_size = text_size;
    seal(EXPECTED);
    ck_assert_uint_eq(written_size, text_size);
    ck_assert_mem_eq(written, text, text_size);
}
END_TEST

START_TEST(checksum_is_the_same_for_ever)
{
    image_clear(&image);
    write_text();
    text[text_size] = '\0';
    ck_assert_str_eq(text, "{\n \"format\": \"kmsim image\",\n \"version\": 1,\n \"node\": \"seat\",\n"
                           " \"entries\": {},\n \"checksum\": \"0fb04f7a8a3d6ac0\"\n}\n");
}
END_TEST

START_TEST(image_is_read_back_as_it_was_written)
{
    make_small_image();
    write_text();
    ck_assert_int_eq(parse(), IMAGE_FILE_GOOD);
    check_equal(&read_back, &image);
}
END_TEST

START_TEST(integers_are_read_back_to_both_ends_of_their_range)
{
    static const int64_t VALUES[] = {INT64_MIN, INT64_MIN + 1, -1, 0, 1, INT64_MAX - 1, INT64_MAX};
    image_clear(&image);
    for (int i = 0; i < 7; i++) ck_assert(image_set(&image, "value", i, NULL, VALUES[i]));
    write_text();
    ck_assert_int_eq(parse(), IMAGE_FILE_GOOD);
    check_equal(&read_back, &image);
}
END_TEST

static void fill_randomly(random_t *random)
{
    static const char LETTERS[] = "az/ \"\\\n\t\x01\x7f{}:,\xc3";
    image_clear(&image);
    uint64_t count = random_next(random) % (IMAGE_ENTRIES_MAX + 1);
    while (image.count < count) {
        char name[IMAGE_NAME_MAX + 1] = "";
        size_t length = 1 + random_next(random) % IMAGE_NAME_MAX;
        for (size_t i = 0; i < length; i++) {
            char c = LETTERS[random_next(random) % (sizeof LETTERS - 1)];
            if (c != '\xc3')
                name[i] = c;
            else if (i + 1 < length)
                memcpy(&name[i++], "\xc3\xa4", 2);
            else
                name[i] = 'x';
        }
        uint8_t bytes[IMAGE_BYTES_MAX];
        for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (uint8_t)random_next(random);
        uint8_t size = (uint8_t)(random_next(random) % (IMAGE_BYTES_MAX + 1));
        if (size > 0)
            ck_assert(image_set_bytes(&image, name, -1, NULL, bytes, size));
        else
            ck_assert(image_set(&image, name, -1, NULL, (int64_t)random_next(random)));
    }
}

START_TEST(any_image_with_any_names_is_read_back)
{
    for (uint64_t seed = 1; seed <= 200; seed++) {
        random_t random = random_derive(seed, "images", 0);
        fill_randomly(&random);
        write_text();
        ck_assert_msg(parse() == IMAGE_FILE_GOOD, "seed %" PRIu64 ": %s", seed, reason);
        check_equal(&read_back, &image);
    }
}
END_TEST

START_TEST(largest_image_with_the_longest_text_fits)
{
    image_clear(&image);
    for (int i = 0; i < IMAGE_ENTRIES_MAX; i++) {
        char name[IMAGE_NAME_MAX + 1];
        memset(name, 1, sizeof name);
        name[0] = (char)(1 + i % 100);
        name[1] = (char)(1 + i / 100);
        name[IMAGE_NAME_MAX] = '\0';
        ck_assert(image_set(&image, name, -1, NULL, INT64_MIN));
    }
    write_text();
    ck_assert_int_eq(parse(), IMAGE_FILE_GOOD);
    check_equal(&read_back, &image);
}
END_TEST

static void check_refused(void)
{
    error_t error;
    size_t size;
    error_clear(&error);
    ck_assert_ptr_null(image_file_format("seat", &image, &size, &error));
    ck_assert_ptr_nonnull(strstr(error.text, "seat"));
}

START_TEST(image_that_no_text_can_hold_is_refused)
{
    make_small_image();
    memcpy(image.entries[1].name, "active", 7);
    check_refused();
    make_small_image();
    image.entries[1].name[0] = '\0';
    check_refused();
    make_small_image();
    image.entries[1].name[0] = '\xff';
    check_refused();
    make_small_image();
    memset(image.entries[1].name, 'x', sizeof image.entries[1].name);
    check_refused();
    make_small_image();
    image.entries[2].size = IMAGE_BYTES_MAX + 1;
    check_refused();
}
END_TEST

// ---- damage --------------------------------------------------------------------------------------------------------

static void check_damaged(const char *why)
{
    ck_assert_int_eq(parse(), IMAGE_FILE_DAMAGED);
    ck_assert_uint_eq(read_back.count, 0);
    ck_assert_str_eq(reason, why);
}

START_TEST(every_flipped_bit_is_noticed)
{
    make_small_image();
    write_text();
    for (size_t i = 0; i < text_size; i++) {
        for (int bit = 0; bit < 8; bit++) {
            text[i] = (char)(text[i] ^ 1 << bit);
            check_damaged("it was cut short or changed");
            text[i] = (char)(text[i] ^ 1 << bit);
        }
    }
    ck_assert_int_eq(parse(), IMAGE_FILE_GOOD);
}
END_TEST

START_TEST(every_other_byte_in_every_place_is_noticed)
{
    image_clear(&image);
    ck_assert(image_set(&image, "active", -1, NULL, 2));
    write_text();
    for (size_t i = 0; i < text_size; i++) {
        char right = text[i];
        for (int value = 0; value < 256; value++) {
            if ((char)value == right) continue;
            text[i] = (char)value;
            ck_assert_int_eq(parse(), IMAGE_FILE_DAMAGED);
        }
        text[i] = right;
    }
}
END_TEST

START_TEST(every_truncation_and_every_addition_is_noticed)
{
    make_small_image();
    write_text();
    size_t whole = text_size;
    for (text_size = 0; text_size < whole; text_size++) check_damaged("it was cut short or changed");
    text_size = whole + 1;
    static const char MORE[] = "\n {}\0x";
    for (size_t i = 0; i < sizeof MORE; i++) {
        text[whole] = MORE[i];
        check_damaged("it was cut short or changed");
    }
    memmove(text + 1, text, whole);
    text[0] = ' ';
    check_damaged("it was cut short or changed");
}
END_TEST

START_TEST(garbage_and_what_is_too_large_is_no_image)
{
    random_t random = random_derive(7, "garbage", 0);
    for (int i = 0; i < 2000; i++) {
        text_size = random_next(&random) % 300;
        for (size_t k = 0; k < text_size; k++) text[k] = (char)random_next(&random);
        check_damaged("it was cut short or changed");
    }
    static char huge[IMAGE_FILE_SIZE_MAX + 1];
    memset(huge, ' ', sizeof huge - 1);
    seal(huge);
    check_damaged("it was cut short or changed");
}
END_TEST

START_TEST(sealed_text_that_is_no_image_is_damaged)
{
    static const char *const BODIES[] = {
        "{\n",
        "{ \"format\": \"kmsim image\",\n",
        "{ \"version\": 1,\n",
        "{ \"format\": \"another\", \"version\": 1, \"node\": \"seat\", \"entries\": {},\n",
        "{ \"format\": 1, \"version\": 1, \"node\": \"seat\", \"entries\": {},\n",
        "{ \"format\": \"kmsim image\", \"version\": \"1\", \"node\": \"seat\", \"entries\": {},\n",
        "{ \"format\": \"kmsim image\", \"version\": 1.0, \"node\": \"seat\", \"entries\": {},\n",
        "{ \"format\": \"kmsim image\", \"version\": 0, \"node\": \"seat\", \"entries\": {},\n",
        "{ \"format\": \"kmsim image\", \"version\": -1, \"node\": \"seat\", \"entries\": {},\n",
    };
    for (size_t i = 0; i < sizeof BODIES / sizeof BODIES[0]; i++) {
        seal(BODIES[i]);
        check_damaged("it is no stored image");
    }
    static const char *const BAD_JSON[] = {"", "[\n", "{ \"a\": ,\n", "{ \"format\": 1, \"format\": 1,\n", "\xff"};
    for (size_t i = 0; i < sizeof BAD_JSON / sizeof BAD_JSON[0]; i++) {
        seal(BAD_JSON[i]);
        check_damaged("it was cut short or changed");
    }
}
END_TEST

START_TEST(sealed_entries_that_cannot_be_are_damaged)
{
    static const char *const ENTRIES[] = {
        "[]",
        "null",
        "7",
        "{\"a\": 1.5}",
        "{\"a\": true}",
        "{\"a\": null}",
        "{\"a\": [1]}",
        "{\"a\": {}}",
        "{\"a\": \"\"}",
        "{\"a\": \"0\"}",
        "{\"a\": \"0G\"}",
        "{\"a\": \"AB\"}",
        "{\"a\": \"00112233445566778899aabbccddeeff00\"}",
        "{\"a\": \"\\u0030\\u00ff\"}",
        "{\"\": 1}",
        "{\"abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuv\": 1}",
        "{}, \"more\": 1",
    };
    for (size_t i = 0; i < sizeof ENTRIES / sizeof ENTRIES[0]; i++) {
        seal_entries(ENTRIES[i]);
        ck_assert_msg(parse() == IMAGE_FILE_DAMAGED, "%s", ENTRIES[i]);
        ck_assert_str_eq(reason, "an entry in it cannot be");
        ck_assert_uint_eq(read_back.count, 0);
    }
    seal_entries("{\"a\": 9223372036854775808}");
    check_damaged("it was cut short or changed");
    seal_entries("{\"a\": \"00112233445566778899aabbccddeeff\", \"b\": -9223372036854775808}");
    ck_assert_int_eq(parse(), IMAGE_FILE_GOOD);
}
END_TEST

START_TEST(more_entries_than_an_image_holds_are_damaged)
{
    for (int count = IMAGE_ENTRIES_MAX; count <= IMAGE_ENTRIES_MAX + 1; count++) {
        static char entries[TEXT_MAX / 2];
        int length = sprintf(entries, "{\"e0\": 0");
        for (int i = 1; i < count; i++) length += sprintf(entries + length, ", \"e%d\": %d", i, i);
        sprintf(entries + length, "}");
        seal_entries(entries);
        ck_assert_int_eq(parse(), count == IMAGE_ENTRIES_MAX ? IMAGE_FILE_GOOD : IMAGE_FILE_DAMAGED);
    }
}
END_TEST

START_TEST(newer_version_is_told_from_damage)
{
    seal("{ \"format\": \"kmsim image\", \"version\": 2, \"whatever\": [\"it\", \"holds\"],\n");
    ck_assert_int_eq(parse(), IMAGE_FILE_NEWER);
    ck_assert_str_eq(reason, "it was written by a newer version");
    ck_assert_uint_eq(read_back.count, 0);
    text[0] = ' ';
    check_damaged("it was cut short or changed");
}
END_TEST

START_TEST(image_of_another_unit_is_foreign)
{
    seal("{ \"format\": \"kmsim image\", \"version\": 1, \"node\": \"mirror\", \"entries\": {\"active\": 1},\n");
    ck_assert_int_eq(parse(), IMAGE_FILE_FOREIGN);
    ck_assert_str_eq(reason, "it belongs to another control unit");
    ck_assert_uint_eq(read_back.count, 0);
    seal("{ \"format\": \"kmsim image\", \"version\": 1, \"node\": 1, \"entries\": {\"active\": 1},\n");
    check_damaged("an entry in it cannot be");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("image_file");
    TCase *format = tcase_create("format");
    tcase_add_test(format, text_is_readable_one_entry_a_line_in_the_order_of_the_image);
    tcase_add_test(format, checksum_is_the_same_for_ever);
    tcase_add_test(format, image_is_read_back_as_it_was_written);
    tcase_add_test(format, integers_are_read_back_to_both_ends_of_their_range);
    tcase_add_test(format, any_image_with_any_names_is_read_back);
    tcase_add_test(format, largest_image_with_the_longest_text_fits);
    tcase_add_test(format, image_that_no_text_can_hold_is_refused);
    suite_add_tcase(suite, format);
    TCase *damage = tcase_create("damage");
    tcase_set_timeout(damage, 120);
    tcase_add_test(damage, every_flipped_bit_is_noticed);
    tcase_add_test(damage, every_other_byte_in_every_place_is_noticed);
    tcase_add_test(damage, every_truncation_and_every_addition_is_noticed);
    tcase_add_test(damage, garbage_and_what_is_too_large_is_no_image);
    tcase_add_test(damage, sealed_text_that_is_no_image_is_damaged);
    tcase_add_test(damage, sealed_entries_that_cannot_be_are_damaged);
    tcase_add_test(damage, more_entries_than_an_image_holds_are_damaged);
    tcase_add_test(damage, newer_version_is_told_from_damage);
    tcase_add_test(damage, image_of_another_unit_is_foreign);
    suite_add_tcase(suite, damage);
    return suite_run_cases(suite);
}
