// SPDX-License-Identifier: MIT
// Stories written as JSON again: every story of scenarios/ and of tests/stories/good is loaded, written and loaded, and
// is the same story, whatever parameters, repeats and other files it was made of; some are played, and give the same
// trace. Runs from the root of the tree.
#include "scenarios/story/story_write.h"

#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "scenarios/play/play_vocabulary.h"
#include "scenarios/story/story_parts.h"
#include "scenarios/story/story_set.h"
#include "tests/car_trace.h"
#include "tests/scratch.h"
#include "tests/story_fixture.h"
#include "tests/suite.h"
#include "tools/units.h"

#define PATH_SIZE 512

static story_world_t world;
static error_t error;

static void open_garage(void)
{
    error_clear(&error);
    world = (story_world_t){&play_vocabulary, garage_new()};
}

static void close_garage(void)
{
    garage_destroy(&world.garage);
}

// ---- reading and writing -------------------------------------------------------------------------------------------

// The story's text; the caller frees it.
static char *written(const story_t *story)
{
    char *text;
    size_t size;
    FILE *file = open_memstream(&text, &size);
    ck_assert(story_write_file(story, file));
    fclose(file);
    return text;
}

// What is read from the text, as if it stood in the other one's file: a vehicle may be told by a path beside it.
static const story_t *read_again(const story_t *story, const char *text)
{
    const story_t *again = story_parse(story->path, text, strlen(text), &world, &error);
    ck_assert_msg(again, "%s\n%s", error.text, text);
    return again;
}

// ---- the same story ------------------------------------------------------------------------------------------------

static void assert_same_values(const condition_t *a, const condition_t *b)
{
    ck_assert_uint_eq(a->value_count, b->value_count);
    for (size_t i = 0; i < a->value_count; i++) {
        ck_assert_ptr_eq(a->values[i].signal, b->values[i].signal);
        ck_assert_int_eq(a->values[i].named, b->values[i].named);
        ck_assert_int_eq(a->values[i].is_not, b->values[i].is_not);
        ck_assert_int_eq(a->values[i].is_range, b->values[i].is_range);
        ck_assert(a->values[i].minimum == b->values[i].minimum && a->values[i].maximum == b->values[i].maximum);
        ck_assert_int_eq(a->values[i].raw, b->values[i].raw);
        ck_assert(a->values[i].physical == b->values[i].physical);
    }
}

static void assert_same_condition(const condition_t *a, const condition_t *b)
{
    ck_assert_ptr_eq(a->kind, b->kind);
    ck_assert_uint_eq(a->least, b->least);
    ck_assert_uint_eq(a->most, b->most);
    ck_assert_int_eq(a->is_state, b->is_state);
    ck_assert_uint_eq(a->read.low, b->read.low);
    ck_assert_uint_eq(a->read.high, b->read.high);
    ck_assert_int_eq(a->bus, b->bus);
    ck_assert_uint_eq(a->node, b->node);
    ck_assert_ptr_eq(a->message, b->message);
    ck_assert_int_eq(a->minimum_ns, b->minimum_ns);
    ck_assert_int_eq(a->maximum_ns, b->maximum_ns);
    assert_same_values(a, b);
    ck_assert_uint_eq(a->part_count, b->part_count);
    for (size_t i = 0; i < a->part_count; i++) assert_same_condition(&a->parts[i], &b->parts[i]);
}

static void assert_same_words(const story_t *story, const story_step_t *a, const story_step_t *b)
{
    static char texts[2][16384];
    words_t words[] = {words_make(texts[0], sizeof texts[0]), words_make(texts[1], sizeof texts[1])};
    a->verb->words(&words[0], story, a);
    b->verb->words(&words[1], story, b);
    ck_assert_str_eq(texts[0], texts[1]);
    ck_assert_str_eq(a->note ? a->note : "", b->note ? b->note : "");
}

static void assert_same_step(const story_t *story, const story_step_t *a, const story_step_t *b)
{
    ck_assert_ptr_eq(a->verb, b->verb);
    ck_assert_int_eq(a->background, b->background);
    ck_assert_int_eq(a->at_ns, b->at_ns);
    ck_assert_int_eq(a->after_ns, b->after_ns);
    ck_assert_int_eq(a->within_ns, b->within_ns);
    ck_assert_int_eq(a->not_before_ns, b->not_before_ns);
    ck_assert_int_eq(a->for_ns, b->for_ns);
    ck_assert_int_eq(a->lasts_ns, b->lasts_ns);
    ck_assert_int_eq(!a->condition, !b->condition);
    if (a->condition) assert_same_condition(a->condition, b->condition);
    assert_same_words(story, a, b);
}

static void assert_same_keys(const story_t *a, const story_t *b)
{
    const story_whole_t *whole_a = (const story_whole_t *)a, *whole_b = (const story_whole_t *)b;
    for (int number = 1; number <= KEY_COUNT_MAX; number++) {
        ck_assert_int_eq(a->keys[number].personalization, b->keys[number].personalization);
        ck_assert_int_eq(a->keys[number].blocked, b->keys[number].blocked);
        ck_assert_int_eq(a->keys[number].learned, b->keys[number].learned);
        ck_assert_int_eq(a->keys[number].battery_low, b->keys[number].battery_low);
        const story_told_key_t *told_a = &whole_a->told_keys[number], *told_b = &whole_b->told_keys[number];
        ck_assert_int_eq(told_a->told, told_b->told);
        ck_assert_int_eq(told_a->blocked, told_b->blocked);
        ck_assert_int_eq(told_a->learned, told_b->learned);
        ck_assert_int_eq(told_a->battery, told_b->battery);
        ck_assert_uint_eq(told_a->index, told_b->index);
    }
}

static void assert_same_images(const story_t *a, const story_t *b)
{
    static image_t buffers[2];
    car_plan_t plan_a = story_plan(a), plan_b = story_plan(b);
    for (uint8_t node = 0; node < a->vehicle->node_count; node++) {
        image_state_t state_a, state_b;
        const image_t *image_a = car_plan_image(&plan_a, node, &buffers[0], &state_a);
        const image_t *image_b = car_plan_image(&plan_b, node, &buffers[1], &state_b);
        ck_assert_int_eq(state_a, state_b);
        if (!image_a) continue;
        ck_assert_uint_eq(image_a->count, image_b->count);
        for (uint32_t i = 0; i < image_a->count; i++) {
            const image_entry_t *entry = &image_a->entries[i];
            const image_entry_t *other = image_find(image_b, entry->name, -1, NULL);
            ck_assert_msg(other && other->value == entry->value && other->size == entry->size, "%s", entry->name);
        }
    }
}

static void assert_same_story(const story_t *a, const story_t *b)
{
    ck_assert_str_eq(a->name, b->name);
    ck_assert_str_eq(a->description, b->description);
    ck_assert_uint_eq(a->cover_count, b->cover_count);
    for (size_t i = 0; i < a->cover_count; i++) ck_assert_str_eq(a->covers[i], b->covers[i]);
    ck_assert_uint_eq(a->seed, b->seed);
    ck_assert_ptr_eq(a->vehicle, b->vehicle);
    ck_assert_ptr_eq(a->dbc, b->dbc);
    ck_assert_str_eq(a->note ? a->note : "", b->note ? b->note : "");
    ck_assert_int_eq(a->diagnosis, b->diagnosis);
    assert_same_keys(a, b);
    assert_same_images(a, b);
    ck_assert_uint_eq(a->step_count, b->step_count);
    for (size_t i = 0; i < a->step_count; i++) assert_same_step(a, &a->steps[i], &b->steps[i]);
}

// ---- the same JSON -------------------------------------------------------------------------------------------------

// What a file may tell although it goes without saying.
static bool goes_without_saying(const char *name, const json_t *told)
{
    static const char *const FALSE[] = {"out_of_range", "background"};
    if (strcmp(name, "$schema") == 0 || (json_is_object(told) && json_object_size(told) == 0)) return true;
    for (size_t i = 0; i < sizeof FALSE / sizeof FALSE[0]; i++)
        if (strcmp(name, FALSE[i]) == 0 && json_is_false(told)) return true;
    const char *text = json_string_value(told);
    int64_t time_ns;
    if (strcmp(name, "hold") == 0) return text && time_parse(text, &time_ns) && time_ns == 100 * TIME_MS;
    if (strcmp(name, "vehicle") == 0) return text && strcmp(text, "e65") == 0;
    if (strcmp(name, "seed") == 0) return json_integer_value(told) == 1;
    return false;
}

// Bytes may be told with blanks and in small letters.
static bool is_same_hex(const char *a, const char *b)
{
    static const char HEX[] = "0123456789abcdefABCDEF?*# ";
    if (strspn(a, HEX) != strlen(a)) return false;
    for (;; a++, b++) {
        a += strspn(a, " ");
        b += strspn(b, " ");
        if (strncasecmp(a, b, 1) != 0) return false;
        if (!*a) return true;
    }
}

static bool is_same_text(const char *a, const char *b)
{
    int64_t a_ns, b_ns;
    if (strcmp(a, b) == 0 || is_same_hex(a, b)) return true;
    if (strncmp(a, "0x", 2) == 0) return strtoul(a, NULL, 16) == strtoul(b, NULL, 16);
    return time_parse(a, &a_ns) && time_parse(b, &b_ns) && a_ns == b_ns;
}

static void assert_same_json(const char *name, const json_t *told, const json_t *again);

static void assert_same_objects(const json_t *told, const json_t *again)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)told, name, value)
    {
        const json_t *other = json_object_get(again, name);
        ck_assert_msg(other || goes_without_saying(name, value), "%s is not written", name);
        if (other) assert_same_json(name, value, other);
    }
    json_object_foreach((json_t *)(uintptr_t)again, name, value)
    {
        ck_assert_msg(json_object_get(told, name) != NULL, "%s was not told", name);
    }
}

static void assert_same_json(const char *name, const json_t *told, const json_t *again)
{
    if (json_is_number(told) && json_is_string(again)) return; // a value that has a name: by assert_same_values
    if (json_is_number(told)) {
        ck_assert_msg(json_is_number(again) && json_number_value(told) == json_number_value(again), "%s", name);
        return;
    }
    ck_assert_msg(json_typeof(told) == json_typeof(again), "%s", name);
    if (json_is_string(told))
        ck_assert_msg(is_same_text(json_string_value(told), json_string_value(again)), "%s: %s, %s", name,
                      json_string_value(told), json_string_value(again));
    if (json_is_object(told)) assert_same_objects(told, again);
    ck_assert_uint_eq(json_array_size(told), json_array_size(again));
    for (size_t i = 0; i < json_array_size(told); i++)
        assert_same_json(name, json_array_get(told, i), json_array_get(again, i));
}

// ---- files ---------------------------------------------------------------------------------------------------------

// Whether what is written is the file again: nothing of it stands for something else.
static bool stands_as_it_is(const story_t *story, const json_t *told)
{
    for (size_t i = 0; i < story->step_count; i++)
        if (story->steps[i].within) return false;
    return !json_object_get(told, "parameters");
}

static void write_and_load_story(const story_t *story, const json_t *told)
{
    json_t *json = story_write(story);
    char *first = written(story);
    const story_t *again = read_again(story, first);
    if (stands_as_it_is(story, told)) {
        assert_same_json("story", told, json);
        ck_assert_uint_eq(story->condition_count, again->condition_count);
    }
    assert_same_story(story, again);
    char *second = written(again);
    ck_assert_str_eq(first, second);
    free(second);
    free(first);
    story_destroy(&again);
    json_decref(json);
}

static void write_and_load(const char *path)
{
    story_set_t *set = story_set_load(path, &world, &error);
    ck_assert_msg(set, "%s", error.text);
    json_t *told = json_load_file(path, 0, NULL);
    for (size_t i = 0; i < story_set_count(set); i++) write_and_load_story(story_set_story(set, i), told);
    json_decref(told);
    story_set_destroy(&set);
}

START_TEST(settings_of_several_messages_are_written_and_loaded)
{
    char directory[SCRATCH_PATH_MAX], command[PATH_SIZE], path[PATH_SIZE];
    scratch_make(directory);
    snprintf(command, sizeof command, "tests/span/make.sh %s && cp tests/span/story.json %s", directory, directory);
    ck_assert_int_eq(system(command), 0);
    snprintf(path, sizeof path, "%s/story.json", directory);
    write_and_load(path);
    scratch_remove_all(directory);
}
END_TEST

static int is_story(const struct dirent *entry)
{
    return strstr(entry->d_name, ".json") && !strstr(entry->d_name, ".schema.json");
}

static void write_and_load_all(const char *directory)
{
    struct dirent **entries;
    int count = scandir(directory, &entries, is_story, alphasort);
    ck_assert_msg(count > 0, "%s: run this test from the root of the tree", directory);
    for (int i = 0; i < count; i++) {
        char path[PATH_SIZE];
        snprintf(path, sizeof path, "%s/%s", directory, entries[i]->d_name);
        write_and_load(path);
        free(entries[i]);
    }
    free(entries);
}

START_TEST(every_story_that_is_delivered_is_written_and_loaded_as_the_same_story)
{
    write_and_load_all("scenarios");
}
END_TEST

START_TEST(every_story_of_the_loaders_tests_is_written_and_loaded_as_the_same_story)
{
    write_and_load_all("tests/stories/good");
}
END_TEST

// ---- steps ---------------------------------------------------------------------------------------------------------

START_TEST(a_step_is_written_as_people_write_it)
{
    static const char *const STEPS[] = {
        "{\"at\": \"100 ms\", \"remote\": {\"key\": 2, \"button\": \"unlock\"}}",
        "{\"radio\": {\"forge\": {\"key\": 2, \"button\": \"boot\", \"personalization\": 4}}}",
        "{\"radio\": {\"hex\": \"00FFA0\"}}",
        "{\"expect\": {\"ecu\": \"seat\", \"settings\": {\"height\": {\"max\": 33.33}, "
        "\"longitudinal\": {\"not\": 5.5}}}}",
        "{\"after\": \"1.5 ms\", \"switch\": {\"ecu\": \"seat\", \"axis\": \"longitudinal\", \"to\": 165}}",
        "{\"adjust\": {\"ecu\": \"climate\", \"settings\": {\"driver_temperature\": 19.5, \"style\": \"soft\"}}}",
        "{\"cip\": {\"ecu\": \"climate\", \"profile\": 9, \"settings\": {\"driver_temperature\": 99.9}, "
        "\"refused\": \"requestOutOfRange\"}}",
        "{\"uds\": {\"ecu\": \"cas\", \"request\": \"22 F1 90\", \"response\": \"62 F1 9? *\"}}",
        "{\"wait\": \"0.007 us\"}",
        "{\"expect\": {\"ecu\": \"seat\", \"settings\": {\"longitudinal\": 33.3}}, \"within\": \"15 s\", "
        "\"not_before\": \"0 us\"}",
        "{\"never\": {\"any\": [{\"frame\": \"23A#11??\", \"bus\": \"kcan-s\"}, {\"key_valid\": true}]}, "
        "\"background\": true}",
        "{\"always\": {\"ecu\": \"seat\", \"dtc\": \"0x9907\", \"active\": false}, \"for\": \"120 s\"}",
    };
    for (size_t i = 0; i < sizeof STEPS / sizeof STEPS[0]; i++) {
        const story_t *story = story_fixture_parse(world.garage, "", STEPS[i]);
        json_t *json = story_write_step(story, &story->steps[0]);
        char *text = json_dumps(json, JSON_REAL_PRECISION(15));
        ck_assert_str_eq(text, STEPS[i]);
        free(text);
        json_decref(json);
        story_destroy(&story);
    }
}
END_TEST

START_TEST(a_number_is_written_with_the_digits_that_it_needs)
{
    static const char *const NUMBERS[] = {"1.1", "-1.9", "0.1", "59.9", "-9.9", "33.3"};
    for (size_t i = 0; i < sizeof NUMBERS / sizeof NUMBERS[0]; i++) {
        char steps[256], told[64];
        snprintf(steps, sizeof steps,
                 "{'cip': {'ecu': 'seat', 'profile': 0.30000000000000004, 'settings': {'backrest_tilt': %s}}},"
                 "{'expect': {'ecu': 'seat', 'settings': {'backrest_tilt': %s}}}",
                 NUMBERS[i], NUMBERS[i]);
        snprintf(told, sizeof told, "\"backrest_tilt\": %s\n", NUMBERS[i]);
        char members[128];
        snprintf(members, sizeof members, "'key_memory': {'seat': {'1': {'backrest_tilt': %s}}},", NUMBERS[i]);
        const story_t *story = story_fixture_parse(world.garage, members, steps);
        char *text = written(story);
        size_t count = 0;
        for (const char *found = text; (found = strstr(found, told)); found++) count++;
        ck_assert_msg(count == 3, "%s: %s", told, text);
        ck_assert_ptr_nonnull(strstr(text, "\"profile\": 0.30000000000000004,"));
        free(text);
        story_destroy(&story);
    }
}
END_TEST

START_TEST(a_number_that_needs_all_its_digits_is_written_exactly)
{
    const story_t *story =
        story_fixture_parse(world.garage, "",
                            "{'cip': {'ecu': 'seat', 'profile': 0.1000000000000000055, 'settings': {'height': 1e300}}},"
                            "{'service': {'function': 'block_key', 'key': 0.30000000000000004}},"
                            "{'service': {'function': 'block_key', 'key': -0.0}},"
                            "{'service': {'function': 'block_key', 'key': 9007199254740993}}");
    char *text = written(story);
    ck_assert_ptr_nonnull(strstr(text, "0.30000000000000004"));
    ck_assert_ptr_nonnull(strstr(text, "-0.0"));
    const story_t *again = read_again(story, text);
    assert_same_story(story, again);
    char *second = written(again);
    ck_assert_str_eq(text, second);
    free(second);
    free(text);
    story_destroy(&again);
    story_destroy(&story);
}
END_TEST

START_TEST(a_name_is_written_for_a_number_only_where_it_means_the_same)
{
    const story_t *story =
        story_fixture_parse(world.garage, "",
                            "{'cip': {'ecu': 'climate', 'profile': 1, 'settings': {'style': 'soft', 'auto': 1}}},"
                            "{'expect': {'ecu': 'climate', 'settings': {'auto': 1}}}");
    char *text = written(story);
    ck_assert_ptr_nonnull(strstr(text, "\"style\": \"soft\""));
    ck_assert_ptr_nonnull(strstr(text, "\"auto\": 1"));      // coded: any number, the unit judges it
    ck_assert_ptr_nonnull(strstr(text, "\"auto\": \"on\"")); // expected: one value, whichever way it is told
    const story_t *again = read_again(story, text);
    assert_same_story(story, again);
    free(text);
    story_destroy(&again);
    story_destroy(&story);
}
END_TEST

START_TEST(a_file_that_takes_nothing_is_told)
{
    const story_t *story = story_load("scenarios/welcome.json", &world, &error);
    FILE *full = fopen("/dev/full", "w");
    ck_assert_ptr_nonnull(full);
    setvbuf(full, NULL, _IONBF, 0);
    ck_assert(!story_write_file(story, full));
    fclose(full);
    story_destroy(&story);
}
END_TEST

// ---- playing -------------------------------------------------------------------------------------------------------

// Plays the story on the car's own units; its trace, which the caller frees.
static char *traced(const story_t *story)
{
    car_plan_t plan = story_plan(story);
    car_t *car = car_new(&plan, &(car_host_t){.find = units_find}, &error);
    ck_assert_msg(car, "%s", error.text);
    char *trace = car_trace_play(car, story);
    story_assert_passed(player_verdict(car->player));
    ck_assert_uint_gt(strlen(trace), 0);
    car_destroy(&car);
    return trace;
}

static const char *const PLAYED[] = {"scenarios/welcome.json", "scenarios/car_memory_and_coding.json",
                                     "scenarios/forged_telegram.json", "scenarios/spare_key_ordered_and_coded.json",
                                     "scenarios/unit_loses_power.json"};

START_TEST(a_story_that_was_written_is_played_frame_by_frame_as_it_was)
{
    const story_t *story = story_load(PLAYED[_i], &world, &error);
    char *text = written(story);
    const story_t *again = read_again(story, text);
    char *trace = traced(story), *trace_again = traced(again);
    ck_assert_str_eq(trace, trace_again);
    free(trace_again);
    free(trace);
    free(text);
    story_destroy(&again);
    story_destroy(&story);
}
END_TEST

int main(void)
{
    const TTest *const TESTS[] = {
        every_story_that_is_delivered_is_written_and_loaded_as_the_same_story,
        every_story_of_the_loaders_tests_is_written_and_loaded_as_the_same_story,
        settings_of_several_messages_are_written_and_loaded,
        a_step_is_written_as_people_write_it,
        a_number_is_written_with_the_digits_that_it_needs,
        a_number_that_needs_all_its_digits_is_written_exactly,
        a_name_is_written_for_a_number_only_where_it_means_the_same,
        a_file_that_takes_nothing_is_told,
    };
    TCase *tests = tcase_create("story_write");
    tcase_add_checked_fixture(tests, open_garage, close_garage);
    suite_add_tests(tests, TESTS, sizeof TESTS / sizeof TESTS[0]);
    tcase_add_loop_test(tests, a_story_that_was_written_is_played_frame_by_frame_as_it_was, 0,
                        sizeof PLAYED / sizeof PLAYED[0]);
    return suite_run("story_write", tests);
}
