// SPDX-License-Identifier: MIT
// Numbers by text, beside a naive model.
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bus/base/random.h"
#include "tests/suite.h"
#include "tools/text_map.h"

#define TEXTS 3000

START_TEST(a_text_that_is_not_there_has_no_number)
{
    text_map_t *map = text_map_new();
    ck_assert_ptr_null(text_map_find(map, "a"));
    *text_map_add(map, "b") = 7;
    ck_assert_ptr_null(text_map_find(map, "a"));
    ck_assert_int_eq(*text_map_find(map, "b"), 7);
    text_map_destroy(&map);
    ck_assert_ptr_null(map);
}
END_TEST

START_TEST(a_text_is_added_once_with_0)
{
    text_map_t *map = text_map_new();
    ck_assert_int_eq(*text_map_add(map, ""), 0);
    ++*text_map_add(map, "");
    ck_assert_int_eq(*text_map_add(map, ""), 1);
    text_map_destroy(&map);
}
END_TEST

START_TEST(it_counts_as_an_array_does_however_it_grows)
{
    static int64_t model[TEXTS];
    char text[16];
    memset(model, 0, sizeof model);
    random_t random = random_derive(1, "text map", 0);
    text_map_t *map = text_map_new();
    for (int i = 0; i < 20000; i++) {
        size_t number = (size_t)(random_next(&random) % TEXTS);
        snprintf(text, sizeof text, "text %zu", number);
        model[number]++;
        ++*text_map_add(map, text);
    }
    for (size_t i = 0; i < TEXTS; i++) {
        snprintf(text, sizeof text, "text %zu", i);
        const int64_t *number = text_map_find(map, text);
        ck_assert_int_eq(number ? *number : 0, model[i]);
    }
    text_map_destroy(&map);
}
END_TEST

START_TEST(a_hash_goes_on_from_text_to_text)
{
    ck_assert_uint_eq(text_map_hash(text_map_hash(TEXT_MAP_HASH_BEGIN, "ab"), "c"),
                      text_map_hash(TEXT_MAP_HASH_BEGIN, "abc"));
    ck_assert_uint_eq(text_map_hash(TEXT_MAP_HASH_BEGIN, "a"), UINT64_C(0xAF63DC4C8601EC8C)); // FNV-1a, as published
}
END_TEST

int main(void)
{
    const TTest *const TESTS[] = {
        a_text_that_is_not_there_has_no_number,
        a_text_is_added_once_with_0,
        it_counts_as_an_array_does_however_it_grows,
        a_hash_goes_on_from_text_to_text,
    };
    TCase *tcase = tcase_create("text map");
    suite_add_tests(tcase, TESTS, sizeof TESTS / sizeof TESTS[0]);
    return suite_run("text map", tcase);
}
