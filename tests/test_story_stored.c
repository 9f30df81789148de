// SPDX-License-Identifier: MIT
#include "scenarios/story/story_stored.h"

#include <check.h>
#include <string.h>

#include "bus/kernel/vehicle.h"
#include "tests/story_fixture.h"
#include "tests/suite.h"

static garage_t *garage;
static const story_t *story;
static image_t stored;
static error_t error;

static void begin(void)
{
    garage = garage_new();
    story = NULL;
    image_clear(&stored);
    error_clear(&error);
}

static void end(void)
{
    story_destroy(&story);
    garage_destroy(&garage);
}

static void tell(const char *members)
{
    story_destroy(&story);
    story = story_fixture_parse(garage, members, "{'wait': '1 s'}");
    error_clear(&error);
}

static bool agrees(const char *node)
{
    int index = vehicle_find_node(story->vehicle, node);
    ck_assert_int_ge(index, 0);
    return story_agrees(story, (uint8_t)index, &stored, "memory/x.json", &error);
}

static void check_contradiction(const char *node, const char *text)
{
    ck_assert(!agrees(node));
    ck_assert_str_eq(error.text, text);
    error_clear(&error);
}

static void put(const char *name, int64_t value)
{
    ck_assert(image_set(&stored, name, -1, NULL, value));
}

static void put_key(int number, int64_t personalization)
{
    static const uint8_t SECRET[KEY_SECRET_SIZE] = {1};
    ck_assert(image_set(&stored, "key", number, "personalization", personalization));
    ck_assert(image_set_bytes(&stored, "key", number, "secret", SECRET, KEY_SECRET_SIZE));
    ck_assert(image_set(&stored, "key", number, "learned", 1));
    ck_assert(image_set(&stored, "key", number, "blocked", 0));
    ck_assert(image_set(&stored, "key", number, "battery", 0));
}

// ---- Key Memory ----------------------------------------------------------------------------------------------------

START_TEST(story_that_says_nothing_agrees_with_everything)
{
    tell("");
    put("profile/1/longitudinal", 17);
    put("profile/2/coded", 0);
    put("coding/recall", 1);
    put("memory/height", 1);
    ck_assert(agrees("seat"));
    image_clear(&stored);
    put_key(1, 4);
    put_key(7, 2);
    ck_assert(agrees("cas"));
}
END_TEST

START_TEST(settings_that_are_stored_so_agree)
{
    tell("'key_memory': {'seat': {'2': {'longitudinal': 180.0}}, 'climate': {'1': {'style': 'soft'}}},");
    put("profile/2/coded", 1);
    put("profile/2/longitudinal", 1800);
    put("profile/2/height", 1); // not told: no contradiction
    ck_assert(agrees("seat"));
}
END_TEST

START_TEST(other_setting_is_a_contradiction_with_its_place)
{
    tell("'key_memory': {'seat': {'2': {'longitudinal': 180.0, 'height': 10}}},");
    put("profile/2/coded", 1);
    put("profile/2/longitudinal", 1815);
    put("profile/2/height", 100);
    check_contradiction("seat", "test.json: /key_memory/seat/2/longitudinal: contradicts what is stored in "
                                "memory/x.json: 181.5 mm");
}
END_TEST

START_TEST(value_with_a_name_is_told_by_it)
{
    tell("'key_memory': {'climate': {'1': {'style': 'soft'}}},");
    check_contradiction("climate", "test.json: /key_memory/climate/1/style: contradicts what is stored in "
                                   "memory/x.json: normal");
}
END_TEST

START_TEST(every_contradiction_is_told)
{
    tell("'key_memory': {'seat': {'1': {'height': 10}, '3': null}}, 'coding': {'seat': {'recall': 'door_open'}},");
    put("profile/1/height", 0);
    ck_assert(!agrees("seat"));
    ck_assert_uint_eq(error.count, 3);
}
END_TEST

START_TEST(profile_coded_or_not_is_compared)
{
    tell("'key_memory': {'seat': {'3': null}},");
    check_contradiction("seat",
                        "test.json: /key_memory/seat/3: contradicts what is stored in memory/x.json: it is coded");
    put("profile/3/coded", 0);
    ck_assert(agrees("seat"));
    tell("'key_memory': {'seat': {'3': {}}},");
    check_contradiction("seat",
                        "test.json: /key_memory/seat/3: contradicts what is stored in memory/x.json: it is not coded");
}
END_TEST

START_TEST(what_was_never_stored_has_its_default)
{
    tell("'key_memory': {'seat': {'1': {'longitudinal': 125}}},"
         "'coding': {'seat': {'recall': 'immediate', 'memory': {'height': 'key'}}},");
    ck_assert(agrees("seat"));
}
END_TEST

// ---- coding --------------------------------------------------------------------------------------------------------

START_TEST(coding_is_compared)
{
    tell("'coding': {'seat': {'recall': 'immediate', 'memory': {'height': 'car'}}},");
    put("coding/recall", 1);
    put("memory/height", 1);
    check_contradiction("seat",
                        "test.json: /coding/seat/recall: contradicts what is stored in memory/x.json: door_open");
    put("coding/recall", 0);
    put("memory/height", 0);
    check_contradiction("seat",
                        "test.json: /coding/seat/memory/height: contradicts what is stored in memory/x.json: key");
    put("coding/recall", 99);
    put("memory/height", 1);
    check_contradiction("seat",
                        "test.json: /coding/seat/recall: contradicts what is stored in memory/x.json: no such value");
}
END_TEST

// ---- keys ----------------------------------------------------------------------------------------------------------

START_TEST(keys_are_compared_with_the_table_of_the_cas)
{
    tell("'keys': [{'number': 2, 'personalization': 2}, {'number': 1, 'personalization': 1}],");
    put_key(1, 1);
    put_key(2, 2);
    put_key(3, 4); // further keys are nobody's mistake
    ck_assert(agrees("cas"));
    put_key(1, 3);
    check_contradiction("cas", "test.json: /keys/1/personalization: contradicts what is stored in memory/x.json: 3");
}
END_TEST

START_TEST(only_what_the_story_tells_of_a_key_is_compared)
{
    tell("'keys': [{'number': 1, 'personalization': 1}],");
    put_key(1, 1);
    put("key/1/blocked", 1);
    put("key/1/learned", 0);
    ck_assert(agrees("cas"));
    tell("'keys': [{'number': 1, 'personalization': 1, 'blocked': false}],");
    check_contradiction("cas", "test.json: /keys/0/blocked: contradicts what is stored in memory/x.json: true");
    tell("'keys': [{'number': 1, 'personalization': 1, 'learned': true}],");
    check_contradiction("cas", "test.json: /keys/0/learned: contradicts what is stored in memory/x.json: false");
}
END_TEST

START_TEST(key_that_is_not_stored_is_a_contradiction)
{
    tell("'keys': [{'number': 1, 'personalization': 1}, {'number': 9, 'personalization': 1}],");
    put_key(1, 1);
    check_contradiction("cas", "test.json: /keys/1: contradicts what is stored in memory/x.json: it has no key 9");
    ck_assert(!story_fobs_agree(story, &stored, "memory/fobs.json", &error));
    ck_assert_str_eq(error.text, "test.json: /keys/1: contradicts what is stored in memory/fobs.json: it has no key 9");
}
END_TEST

START_TEST(fobs_must_have_the_keys_that_the_story_can_press)
{
    tell("");
    put_key(1, 1);
    ck_assert(!story_fobs_agree(story, &stored, "memory/fobs.json", &error));
    ck_assert_str_eq(error.text, "test.json: /: contradicts what is stored in memory/fobs.json: it has no key 2");
    error_clear(&error);
    put_key(2, 4); // the fob's copy of its number may lag behind
    ck_assert(story_fobs_agree(story, &stored, "memory/fobs.json", &error));
}
END_TEST

START_TEST(battery_is_the_fobs_own)
{
    tell("'keys': [{'number': 1, 'personalization': 1, 'battery': 'low'}],");
    put_key(1, 2);
    ck_assert(!story_fobs_agree(story, &stored, "f.json", &error));
    ck_assert_str_eq(error.text, "test.json: /keys/0/battery: contradicts what is stored in f.json: ok");
}
END_TEST

START_TEST(fob_without_a_proper_secret_or_number_is_none)
{
    static const uint8_t SHORT[4] = {1};
    tell("'keys': [{'number': 1, 'personalization': 1}],");
    put_key(1, 1);
    ck_assert(story_fobs_agree(story, &stored, "f.json", &error));
    put("key/1/personalization", 17);
    ck_assert(!story_fobs_agree(story, &stored, "f.json", &error));
    put("key/1/personalization", 0);
    ck_assert(!story_fobs_agree(story, &stored, "f.json", &error));
    put("key/1/personalization", 1);
    ck_assert(image_set_bytes(&stored, "key", 1, "secret", SHORT, sizeof SHORT));
    ck_assert(!story_fobs_agree(story, &stored, "f.json", &error));
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("all");
    tcase_add_checked_fixture(tests, begin, end);
    tcase_add_test(tests, story_that_says_nothing_agrees_with_everything);
    tcase_add_test(tests, settings_that_are_stored_so_agree);
    tcase_add_test(tests, other_setting_is_a_contradiction_with_its_place);
    tcase_add_test(tests, value_with_a_name_is_told_by_it);
    tcase_add_test(tests, every_contradiction_is_told);
    tcase_add_test(tests, profile_coded_or_not_is_compared);
    tcase_add_test(tests, what_was_never_stored_has_its_default);
    tcase_add_test(tests, coding_is_compared);
    tcase_add_test(tests, keys_are_compared_with_the_table_of_the_cas);
    tcase_add_test(tests, only_what_the_story_tells_of_a_key_is_compared);
    tcase_add_test(tests, key_that_is_not_stored_is_a_contradiction);
    tcase_add_test(tests, fobs_must_have_the_keys_that_the_story_can_press);
    tcase_add_test(tests, battery_is_the_fobs_own);
    tcase_add_test(tests, fob_without_a_proper_secret_or_number_is_none);
    return suite_run("story_stored", tests);
}
