// SPDX-License-Identifier: MIT
// The loader: tests/stories/good is accepted, tests/stories/bad is refused with exactly the lines in the .expected file
// beside it (files by their paths from there, the story's own without it; a line that ends in * tells its beginning).
// Runs from the root of the tree.
#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bus/base/random.h"
#include "scenarios/play/play_vocabulary.h"
#include "scenarios/story/story_set.h"
#include "tests/story_fixture.h"
#include "tests/suite.h"

#define GOOD "tests/stories/good"
#define BAD "tests/stories/bad"
#define TEXT_MAX 65536
#define MUTATIONS 2000

static garage_t *garage;

static story_world_t world;

static void open_garage(void)
{
    garage = garage_new();
    world = (story_world_t){&play_vocabulary, garage};
}

static void close_garage(void)
{
    garage_destroy(&garage);
}

static size_t read_text(const char *path, char *text)
{
    FILE *file = fopen(path, "rb");
    ck_assert_msg(file, "%s: run this test from the root of the tree", path);
    size_t size = fread(text, 1, TEXT_MAX - 1, file);
    fclose(file);
    text[size] = '\0';
    return size;
}

static int is_story(const struct dirent *entry)
{
    return strstr(entry->d_name, ".json") != NULL; // not in steps/, where what these use is
}

typedef void visit_t(const char *path);

static void visit_all(const char *directory, visit_t *visit)
{
    struct dirent **entries;
    int count = scandir(directory, &entries, is_story, alphasort);
    ck_assert_msg(count > 0, "%s: run this test from the root of the tree", directory);
    for (int i = 0; i < count; i++) {
        char path[512];
        snprintf(path, sizeof path, "%s/%s", directory, entries[i]->d_name);
        visit(path);
        free(entries[i]);
    }
    free(entries);
}

// ---- files ---------------------------------------------------------------------------------------------------------

static void load_good(const char *path)
{
    error_t error;
    error_clear(&error);
    story_set_t *set = story_set_load(path, &world, &error);
    ck_assert_msg(set, "%s", error.text);
    ck_assert_uint_ge(story_set_count(set), 1);
    for (size_t i = 0; i < story_set_count(set); i++) ck_assert_str_eq(story_set_story(set, i)->path, path);
    story_set_destroy(&set);
}

// Without the folder, wherever the line names it.
static void leave_out_folder(char *line)
{
    for (char *found; (found = strstr(line, BAD "/"));)
        memmove(found, found + strlen(BAD "/"), strlen(found + strlen(BAD "/")) + 1);
}

static void compare_line(const char *path, char *told, const char *expected)
{
    size_t length = strlen(expected);
    const char *name = path + strlen(BAD "/");
    leave_out_folder(told);
    if (*expected == ':') {
        ck_assert_msg(strncmp(told, name, strlen(name)) == 0, "%s does not begin with its file", told);
        told += strlen(name);
    }
    if (length > 0 && expected[length - 1] == '*')
        ck_assert_msg(strncmp(told, expected, length - 1) == 0, "%s: %s", path, told);
    else
        ck_assert_msg(strcmp(told, expected) == 0, "%s:\n told     %s\n expected %s", path, told, expected);
}

static void load_bad(const char *path)
{
    static char text[TEXT_MAX];
    char expected_path[512];
    snprintf(expected_path, sizeof expected_path, "%.*s.expected", (int)strlen(path) - 5, path);
    read_text(expected_path, text);
    error_t error;
    error_clear(&error);
    ck_assert_msg(!story_set_load(path, &world, &error), "%s was accepted", path);
    char *told_rest, *expected_rest;
    char *told = strtok_r(error.text, "\n", &told_rest), *expected = strtok_r(text, "\n", &expected_rest);
    for (; told && expected; told = strtok_r(NULL, "\n", &told_rest), expected = strtok_r(NULL, "\n", &expected_rest))
        compare_line(path, told, expected);
    ck_assert_msg(!told, "%s: told beyond what is expected: %s", path, told);
    ck_assert_msg(!expected, "%s: not told: %s", path, expected);
}

START_TEST(good_stories_are_accepted)
{
    visit_all(GOOD, load_good);
}
END_TEST

START_TEST(bad_stories_are_refused_with_all_their_mistakes)
{
    visit_all(BAD, load_bad);
}
END_TEST

START_TEST(a_file_that_cannot_be_read_is_told)
{
    error_t error;
    error_clear(&error);
    ck_assert_ptr_null(story_load("tests/stories/none.json", &world, &error));
    ck_assert_str_eq(error.text, "tests/stories/none.json: No such file or directory");
    error_clear(&error);
    ck_assert_ptr_null(story_load("tests/stories", &world, &error));
    ck_assert_str_eq(error.text, "tests/stories: Is a directory");
}
END_TEST

// Any byte of a story changed, cut off or doubled: refused or accepted, but never more than told.
static void load_mutated(const char *path)
{
    static char text[TEXT_MAX], mutated[TEXT_MAX];
    size_t size = read_text(path, text);
    random_t random = random_derive(1, path, 0);
    for (int i = 0; i < MUTATIONS; i++) {
        memcpy(mutated, text, size);
        size_t length = size;
        for (uint64_t changes = random_next(&random) % 3 + 1; changes > 0; changes--)
            mutated[random_next(&random) % size] = "\"{}[],:0159-. eEabcntrux\\\xC3\x01"[random_next(&random) % 28];
        if (random_next(&random) % 4 == 0) length = random_next(&random) % size;
        error_t error;
        error_clear(&error);
        story_set_t *set = story_set_parse(path, mutated, length, &world, &error);
        ck_assert_msg(!set == (error.count > 0), "%s, mutation %d", path, i);
        story_set_destroy(&set);
    }
}

START_TEST(garbage_is_refused_in_words)
{
    visit_all(GOOD, load_mutated);
}
END_TEST

// ---- what is loaded ------------------------------------------------------------------------------------------------

START_TEST(defaults_are_the_two_delivered_keys_and_seed_1)
{
    const story_t *story = story_fixture_parse(garage, "", "{'wait': '1 s'}");
    ck_assert_uint_eq(story->seed, 1);
    ck_assert_str_eq(story->vehicle->name, "e65");
    for (int key = 1; key <= KEY_COUNT_MAX; key++)
        ck_assert_int_eq(story->keys[key].personalization, key <= 2 ? key : 0);
    ck_assert(story->keys[1].learned && !story->keys[1].blocked && !story->keys[1].battery_low);
    story_destroy(&story);
}
END_TEST

// Null, or an image that is there and whole.
static const image_t *image_of(const car_plan_t *plan, uint8_t node, image_t *buffer)
{
    image_state_t state;
    const image_t *image = car_plan_image(plan, node, buffer, &state);
    ck_assert_int_eq(state, image ? IMAGE_PRESENT : IMAGE_NONE);
    return image;
}

START_TEST(keys_become_the_stored_images_of_cas_and_fobs)
{
    const story_t *story =
        story_fixture_parse(garage,
                            "'keys': [{'number': 1, 'personalization': 1}, {'number': 10, 'personalization': "
                            "4, 'blocked': true, 'learned': false, 'battery': 'low'}],",
                            "{'wait': '1 s'}");
    image_t image;
    uint8_t secret[KEY_SECRET_SIZE];
    car_plan_t plan = story_plan(story);
    plan.seed = 5;
    ck_assert_ptr_eq(image_of(&plan, 0, &image), &image);
    key_derive_secret(5, 10, secret);
    ck_assert_int_eq(image_get(&image, "key", 1, "learned", -1), 1);
    ck_assert_int_eq(image_get(&image, "key", 1, "blocked", -1), 0);
    ck_assert_int_eq(image_get(&image, "key", 10, "personalization", -1), 4);
    ck_assert_int_eq(image_get(&image, "key", 10, "learned", -1), 0);
    ck_assert_int_eq(image_get(&image, "key", 10, "blocked", -1), 1);
    ck_assert_int_eq(image_get(&image, "key", 10, "battery", -1), 1);
    ck_assert_int_eq(image_get(&image, "key", 10, "counter", -1), 0);
    ck_assert_mem_eq(image_find(&image, "key", 10, "secret")->bytes, secret, KEY_SECRET_SIZE);
    ck_assert_ptr_null(image_find(&image, "key", 2, "secret"));
    ck_assert_ptr_eq(image_of(&plan, plan.vehicle->node_count, &image), &image);
    ck_assert_mem_eq(image_find(&image, "key", 10, "secret")->bytes, secret, KEY_SECRET_SIZE);
    ck_assert_int_eq(image_get(&image, "key", 10, "battery", -1), 1);
    ck_assert_ptr_null(image_find(&image, "key", 10, "learned"));
    story_destroy(&story);
}
END_TEST

START_TEST(key_memory_and_coding_become_the_stored_images_of_the_units)
{
    const story_t *story = story_fixture_parse(
        garage,
        "'key_memory': {'seat': {'2': {'longitudinal': 180.0, 'backrest_tilt': -10}, '3': null, '4': {}}},"
        "'coding': {'seat': {'recall': 'door_open', 'memory': {'height': 'car', 'longitudinal': 'key'}}},",
        "{'wait': '1 s'}");
    image_t buffer;
    car_plan_t plan = story_plan(story);
    int seat = vehicle_find_node(story->vehicle, "seat"), mirror = vehicle_find_node(story->vehicle, "mirror");
    const image_t *image = image_of(&plan, (uint8_t)seat, &buffer);
    ck_assert_ptr_nonnull(image);
    ck_assert_int_eq(image_get(image, "profile", 2, "coded", -1), 1);
    ck_assert_int_eq(image_get(image, "profile", 2, "longitudinal", -1), 1800);
    ck_assert_int_eq(image_get(image, "profile", 2, "backrest_tilt", -1), 0);
    ck_assert_int_eq(image_get(image, "profile", 2, "height", -1), -1);
    ck_assert_int_eq(image_get(image, "profile", 3, "coded", -1), 0);
    ck_assert_int_eq(image_get(image, "profile", 4, "coded", -1), 1);
    ck_assert_int_eq(image_get(image, "profile", 1, "coded", -1), -1);
    ck_assert_int_eq(image_get(image, "coding", -1, "recall", -1), 1);
    ck_assert_int_eq(image_get(image, "memory", -1, "height", -1), 1);
    ck_assert_int_eq(image_get(image, "memory", -1, "longitudinal", -1), 0);
    ck_assert_ptr_null(image_of(&plan, (uint8_t)mirror, &buffer));
    story_destroy(&story);
}
END_TEST

START_TEST(two_thousand_steps_are_a_story_too)
{
    static char steps[TEXT_MAX];
    size_t length = 0;
    for (int i = 0; i < 2000; i++) length += (size_t)sprintf(steps + length, "%s{'gear': 'n'}", i ? "," : "");
    const story_t *story = story_fixture_parse(garage, "", steps);
    ck_assert_uint_eq(story->step_count, 2000);
    ck_assert_str_eq(story->steps[1999].verb->name, "gear");
    story_destroy(&story);
}
END_TEST

// ---- the suite -----------------------------------------------------------------------------------------------------

int main(void)
{
    const TTest *const TESTS[] = {
        good_stories_are_accepted,
        bad_stories_are_refused_with_all_their_mistakes,
        a_file_that_cannot_be_read_is_told,
        garbage_is_refused_in_words,
        defaults_are_the_two_delivered_keys_and_seed_1,
        keys_become_the_stored_images_of_cas_and_fobs,
        key_memory_and_coding_become_the_stored_images_of_the_units,
        two_thousand_steps_are_a_story_too,
    };
    TCase *tcase = tcase_create("loading");
    tcase_add_checked_fixture(tcase, open_garage, close_garage);
    tcase_set_timeout(tcase, 120);
    suite_add_tests(tcase, TESTS, sizeof TESTS / sizeof TESTS[0]);
    return suite_run("story", tcase);
}
