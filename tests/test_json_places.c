// SPDX-License-Identifier: MIT
// Where values stand: against who wrote the text down and noted where each began, and by examples.
#include "bus/files/json_places.h"

#include <check.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bus/base/random.h"
#include "tests/suite.h"

#define TEXT_MAX 65536
#define VALUES_MAX 4096
#define TEXTS 2000

// ---- a text whose values are known ---------------------------------------------------------------------------------

typedef struct {
    json_position_t value, name;
    size_t inner; // values within it
    char member[64];
} told_t;

static struct {
    random_t random;
    char text[TEXT_MAX];
    size_t length, count;
    json_position_t here;
    told_t told[VALUES_MAX];
} writer;

static uint64_t draw(uint64_t count)
{
    return random_next(&writer.random) % count;
}

static void put(const char *text)
{
    for (; *text; text++) {
        ck_assert_uint_lt(writer.length, TEXT_MAX - 1);
        writer.text[writer.length++] = *text;
        if (*text == '\n')
            writer.here = (json_position_t){writer.here.line + 1, 1};
        else if (((unsigned char)*text & 0xC0) != 0x80)
            writer.here.column++;
    }
}

static void put_blanks(void)
{
    static const char *const BLANKS[] = {"", "", "", " ", "\n", "\t", "\r\n  "};
    put(BLANKS[draw(sizeof BLANKS / sizeof BLANKS[0])]);
}

static void put_scalar(void)
{
    static const char *const SCALARS[] = {
        "1",
        "-2.5e3",
        "true",
        "false",
        "null",
        "\"\"",
        "\"a\"",
        "\"\\\"\"",
        "\"\\\\\"",
        "\"[{,:\"",
        "\"\xC3\xA4\xE2\x82\xAC\"",
        "\"\\u00e4\"",
    };
    put(SCALARS[draw(sizeof SCALARS / sizeof SCALARS[0])]);
}

static void put_value(int depth);

// Names of one object differ by their number.
static void put_name(size_t number, char member[64])
{
    static const char *const NAMES[] = {"a", "\xC3\xA4", "\\\"", "b/c~", "{", "\\u0041"};
    static const char *const MEANT[] = {"a", "\xC3\xA4", "\"", "b/c~", "{", "A"};
    uint64_t which = draw(sizeof NAMES / sizeof NAMES[0]);
    char text[64];
    snprintf(text, sizeof text, "\"%s%zu\"", NAMES[which], number);
    snprintf(member, 64, "%s%zu", MEANT[which], number);
    put(text);
}

static void put_member(size_t number, int depth)
{
    char member[64];
    json_position_t name = writer.here;
    put_name(number, member);
    put_blanks();
    put(":");
    put_blanks();
    size_t value = writer.count;
    put_value(depth);
    writer.told[value].name = name;
    memcpy(writer.told[value].member, member, sizeof member);
}

static void put_value(int depth)
{
    ck_assert_uint_lt(writer.count, VALUES_MAX);
    size_t own = writer.count++;
    writer.told[own] = (told_t){.value = writer.here, .name = writer.here};
    uint64_t kind = depth > 4 ? 0 : draw(3);
    if (kind == 0) {
        put_scalar();
        return;
    }
    put(kind == 1 ? "[" : "{");
    put_blanks();
    for (size_t i = 0, count = draw(5); i < count; i++) {
        if (i > 0) put(",");
        put_blanks();
        if (kind == 1)
            put_value(depth + 1);
        else
            put_member(i, depth + 1);
        put_blanks();
    }
    put(kind == 1 ? "]" : "}");
    writer.told[own].inner = writer.count - own - 1;
}

static void write_text(uint64_t seed)
{
    writer.length = writer.count = 0;
    writer.random = random_derive(seed, "places", 0);
    writer.here = (json_position_t){1, 1};
    put_blanks();
    put("[");
    writer.told[0] = (told_t){.value = {writer.here.line, writer.here.column - 1}};
    writer.told[0].name = writer.told[0].value;
    writer.count = 1;
    put_value(0);
    put("]");
    put_blanks();
    writer.told[0].inner = writer.count - 1;
    writer.text[writer.length] = '\0';
}

// ---- comparing -----------------------------------------------------------------------------------------------------

static void assert_position(json_position_t told, json_position_t expected, uint64_t seed, size_t node)
{
    ck_assert_msg(told.line == expected.line && told.column == expected.column,
                  "seed %lu, value %zu: %u:%u, not %u:%u, in %s", (unsigned long)seed, node, told.line, told.column,
                  expected.line, expected.column, writer.text);
}

static void compare(const json_places_t *places, size_t node, uint64_t seed)
{
    const told_t *told = &writer.told[node];
    assert_position(json_places_position(places, node, false), told->value, seed, node);
    assert_position(json_places_position(places, node, true), told->name, seed, node);
    char *name = json_places_name(places, node);
    ck_assert_str_eq(name ? name : "", told->member);
    free(name);
    size_t inner = json_places_first(places, node), expected = node + 1;
    for (size_t index = 0; inner != JSON_PLACES_NONE; index++, inner = json_places_next(places, inner)) {
        ck_assert_uint_eq(inner, expected);
        ck_assert_uint_eq(json_places_element(places, node, index), inner);
        if (*writer.told[inner].member)
            ck_assert_uint_eq(json_places_member(places, node, writer.told[inner].member), inner);
        compare(places, inner, seed);
        expected = inner + writer.told[inner].inner + 1;
    }
    ck_assert_uint_eq(expected, node + told->inner + 1);
}

START_TEST(every_value_is_found_where_it_was_written)
{
    for (uint64_t seed = 1; seed <= TEXTS; seed++) {
        write_text(seed);
        json_t *json = json_loadb(writer.text, writer.length, JSON_REJECT_DUPLICATES, NULL);
        ck_assert_msg(json, "seed %lu: %s", (unsigned long)seed, writer.text);
        json_decref(json);
        json_places_t *places = json_places_new(writer.text, writer.length);
        compare(places, 0, seed);
        json_places_destroy(&places);
        ck_assert_ptr_null(places);
    }
}
END_TEST

START_TEST(what_is_not_there_is_not_found)
{
    static const char TEXT[] = "{\"a\": [1, {\"b\": \"${c}\"}], \"${d}\": 2}";
    json_places_t *places = json_places_new(TEXT, strlen(TEXT));
    size_t array = json_places_member(places, 0, "a");
    ck_assert_uint_eq(array, 1);
    ck_assert(json_places_is_array(places, array) && !json_places_is_array(places, 0));
    ck_assert_uint_eq(json_places_member(places, 0, "b"), JSON_PLACES_NONE);
    ck_assert_uint_eq(json_places_element(places, array, 2), JSON_PLACES_NONE);
    ck_assert_uint_eq(json_places_first(places, 2), JSON_PLACES_NONE);
    ck_assert_uint_eq(json_places_next(places, 0), JSON_PLACES_NONE);
    ck_assert(json_places_holds(places, 0, "${"));
    ck_assert(json_places_holds(places, array, "${c}") && !json_places_holds(places, array, "${d}"));
    ck_assert(!json_places_holds(places, json_places_element(places, array, 0), "${"));
    ck_assert(json_places_holds(places, json_places_member(places, 0, "${d}"), "${d}"));
    json_places_destroy(&places);
}
END_TEST

// Jansson passes over a byte 0 between values as over a blank.
START_TEST(a_byte_of_zero_between_values_is_no_value)
{
    static const char TEXT[] = "[1\0, 2\0]";
    json_t *json = json_loadb(TEXT, sizeof TEXT - 1, 0, NULL);
    ck_assert_uint_eq(json_array_size(json), 2);
    json_places_t *places = json_places_new(TEXT, sizeof TEXT - 1);
    ck_assert_uint_eq(json_places_position(places, json_places_element(places, 0, 1), false).column, 6);
    ck_assert_uint_eq(json_places_element(places, 0, 2), JSON_PLACES_NONE);
    json_places_destroy(&places);
    json_decref(json);
}
END_TEST

int main(void)
{
    const TTest *const TESTS[] = {every_value_is_found_where_it_was_written, what_is_not_there_is_not_found,
                                  a_byte_of_zero_between_values_is_no_value};
    TCase *tests = tcase_create("json places");
    tcase_set_timeout(tests, 60);
    suite_add_tests(tests, TESTS, sizeof TESTS / sizeof TESTS[0]);
    return suite_run("json places", tests);
}
