// SPDX-License-Identifier: MIT
// The stories of a file: parameters, places, files beside stories.
#include <check.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "bus/base/time.h"
#include "scenarios/story/story_write.h"
#include "tests/set_fixture.h"
#include "tests/suite.h"

static struct { // a text that is put together
    char text[SET_TEXT_MAX];
    size_t length;
} made;

static void put(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void put(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    made.length += (size_t)vsnprintf(made.text + made.length, SET_TEXT_MAX - made.length, format, arguments);
    va_end(arguments);
    ck_assert_uint_lt(made.length, SET_TEXT_MAX);
}

// ---- parameters ----------------------------------------------------------------------------------------------------

START_TEST(a_row_of_parameters_is_a_story_with_their_values_in_its_name)
{
    story_set_t *set = set_fixture_good(
        "{'name': 'key ${key}', 'parameters': [{'key': 2, 'at': 1.50, 'b': true, 'n': null, 'o': {'1': null}, 's': 'a "
        "b'}, "
        "{'s': '', 'o': {}, 'n': 2, 'b': false, 'at': 1e3, 'key': 1}], 'description': '${b} ${n} ${s}', "
        "'keys': [{'number': '${key}', 'personalization': 1}], 'seed': '${key}', 'key_memory': {'seat': '${o}'}, "
        "'steps': [{'wait': '${at} s'}]}");
    ck_assert_uint_eq(story_set_count(set), 2);
    const story_t *first = story_set_story(set, 0), *second = story_set_story(set, 1);
    ck_assert_str_eq(first->name, "key 2 [key=2 at=1.5 b=true n=null o={\"1\":null} s=a b]");
    ck_assert_str_eq(second->name, "key 1 [key=1 at=1000.0 b=false n=2 o={} s=]");
    ck_assert_str_eq(first->description, "true null a b");
    ck_assert_str_eq(second->description, "false 2 ");
    ck_assert_uint_eq(first->seed, 2);
    ck_assert_int_eq(second->keys[1].personalization, 1);
    ck_assert_int_eq(second->keys[2].personalization, 0);
    ck_assert_int_eq(first->steps[0].lasts_ns, 1500 * TIME_MS);
    ck_assert_int_eq(second->steps[0].lasts_ns, 1000 * TIME_S);
    story_set_destroy(&set);
}
END_TEST

START_TEST(what_stands_alone_is_the_value_and_what_stands_within_is_its_text)
{
    story_set_t *set =
        set_fixture_good("{'name': 'n', 'parameters': [{'steps': [{'repeat': 2, 'steps': [{'wait': '1 s'}]}], "
                         "'step': {'wait': '2 s', 'note': '${none}'}, 'unit': 'seat', 'p': 3, 'set': 'height'}], "
                         "'key_memory': {'${unit}': {'${p}': {'${set}': '${p}'}}}, "
                         "'steps': [{'repeat': 2, 'steps': '${steps}'}, '${step}']}");
    const story_t *story = story_set_story(set, 0);
    ck_assert_uint_eq(story->step_count, 5);
    ck_assert_int_eq(story->steps[3].lasts_ns, TIME_S);
    ck_assert_int_eq(story->steps[4].lasts_ns, 2 * TIME_S);
    ck_assert_str_eq(story->steps[4].note, "${none}"); // a value is taken as it is
    car_plan_t plan = story_plan(story);
    ck_assert_int_eq(image_get(plan.told[vehicle_find_node(story->vehicle, "seat")], "profile", 3, "height", -1), 30);
    story_set_destroy(&set);
}
END_TEST

START_TEST(what_only_looks_like_a_reference_is_text)
{
    story_set_t *set =
        set_fixture_good("{'name': 'n', 'description': 'a ${', 'steps': [{'wait': '1 s', 'note': '$key {key} $'}]}");
    ck_assert_str_eq(story_set_story(set, 0)->description, "a ${");
    ck_assert_str_eq(story_set_story(set, 0)->steps[0].note, "$key {key} $");
    story_set_destroy(&set);
    set_fixture_refused("{'name': 'n', 'description': '${}', 'steps': [{'wait': '1 s'}]}",
                        "unknown parameter \"\" (there is none)");
}
END_TEST

static void put_rows(size_t count)
{
    made.length = 0;
    put("{'name': 'n', 'parameters': [");
    for (size_t i = 0; i < count; i++) put("%s{'i': %zu}", i > 0 ? "," : "", i);
    put("], 'steps': [{'wait': '${i} us'}, {'wait': '1 s'}, {'wait': '1 s'}]}");
}

START_TEST(ten_thousand_stories_are_a_file_and_one_more_is_none)
{
    put_rows(STORY_SET_MAX);
    story_set_t *set = set_fixture_good(made.text);
    ck_assert_uint_eq(story_set_count(set), STORY_SET_MAX);
    ck_assert_str_eq(story_set_story(set, 9999)->name, "n [i=9999]");
    ck_assert_int_eq(story_set_story(set, 9999)->steps[0].lasts_ns, 9999 * TIME_US);
    story_set_destroy(&set);
    put_rows(STORY_SET_MAX + 1);
    set_fixture_refused(made.text, "/parameters: must be an array of 1 to 10000 elements");
}
END_TEST

START_TEST(a_mistake_of_every_story_is_told_once)
{
    put_rows(STORY_SET_MAX);
    made.length -= strlen("]}");
    put(", {'gear': 'x'}, {'remote': {'key': '${i}', 'button': 'unlock'}}]}");
    set_fixture_refused(made.text, "/steps/3/gear: must be \"p\", \"r\", \"n\" or \"d\"\n");
    // keys 1 and 2 are there, 3 to 10 are not, all others are told as one
    ck_assert_uint_eq(set_error.count, 1 + 1 + 8);
}
END_TEST

// Every story of them is short, and the file is.
START_TEST(more_than_can_be_read_is_told_and_not_read)
{
    put_rows(STORY_SET_MAX);
    made.length -= strlen("]}");
    put(", {'repeat': 50000, 'steps': [{'wait': '${round} us'}]}]}");
    set_fixture_refused(made.text, "is too much: the stories of a file may have 20000000 values in all");
    ck_assert_uint_eq(set_error.count, 1);
}
END_TEST

START_TEST(a_text_that_grows_without_end_is_told)
{
    static char text[SET_TEXT_MAX / 2];
    size_t length = (size_t)sprintf(text, "{'name': 'n', 'parameters': [{'x': '");
    memset(text + length, 'x', 1000);
    length += 1000;
    length += (size_t)sprintf(text + length, "'}], 'steps': [{'wait': '1 s', 'note': '");
    for (int i = 0; i < 66; i++) length += (size_t)sprintf(text + length, "${x}");
    sprintf(text + length, "'}]}");
    set_fixture_refused(text, "/steps/0/note: becomes longer than 65536 bytes");
}
END_TEST

// ---- places --------------------------------------------------------------------------------------------------------

static void assert_place(const story_step_t *step, const char *file, unsigned line, unsigned column,
                         const char *pointer, const char *member)
{
    ck_assert_msg(strcmp(strrchr(step->place->file, '/') + 1, file) == 0, "%s", step->place->file);
    ck_assert_uint_eq(step->place->line, line);
    ck_assert_uint_eq(step->place->column, column);
    ck_assert_str_eq(step->place->pointer, pointer);
    ck_assert_str_eq(step->place->member, member);
}

START_TEST(a_step_knows_its_line_its_round_and_by_whom_its_file_is_used)
{
    set_fixture_file("used.json", "{\"steps\":\n [{\"wait\": \"1 s\"}]}");
    story_set_t *set =
        set_fixture_good("{'name': 'n', 'steps': [{'gear': 'n'},\n  {'repeat': 2, 'steps': [{'gear': 'n'},\n"
                         " {'use': 'used.json', 'note': 'here'}]}]}");
    const story_t *story = story_set_story(set, 0);
    ck_assert_uint_eq(story->step_count, 7);
    assert_place(&story->steps[0], "story.json", 1, 25, "/steps/0", "gear");
    ck_assert_ptr_null(story->steps[0].within);
    assert_place(&story->steps[1], "story.json", 2, 27, "/steps/1/steps/0", "gear");
    assert_place(&story->steps[2], "story.json", 3, 2, "/steps/1/steps/1", "use");
    assert_place(&story->steps[6], "used.json", 2, 3, "/steps/0", "wait");
    const story_within_t *use = story->steps[6].within, *repeat = use->outer;
    ck_assert_uint_eq(use->rounds, 0);
    ck_assert_str_eq(use->note, "here");
    ck_assert_str_eq(use->place->pointer, "/steps/1/steps/1");
    ck_assert_uint_eq(repeat->round, 2);
    ck_assert_uint_eq(repeat->rounds, 2);
    ck_assert_str_eq(repeat->place->member, "repeat");
    ck_assert_ptr_null(repeat->outer);
    story_set_destroy(&set);
}
END_TEST

START_TEST(what_says_the_same_in_every_round_is_read_once)
{
    story_set_t *set =
        set_fixture_good("{'name': 'n', 'steps': [{'repeat': 100, 'steps': [{'expect': {'car': 'locked'}}, "
                         "{'expect': {'car': 'locked'}, 'within': '${round} s'}, {'never': {'car': "
                         "'unlocked'}, 'background': true}]}]}");
    const story_t *story = story_set_story(set, 0);
    ck_assert_uint_eq(story->step_count, 300);
    ck_assert_ptr_eq(story->steps[0].condition, story->steps[297].condition);
    ck_assert_ptr_ne(story->steps[1].condition, story->steps[298].condition);
    ck_assert_ptr_ne(story->steps[2].condition, story->steps[299].condition); // each goes on by itself
    ck_assert_uint_eq(story->condition_count, 1 + 100 + 100);
    story_set_destroy(&set);
}
END_TEST

START_TEST(what_stands_for_other_steps_is_written_as_these)
{
    story_set_t *set = set_fixture_good("{'name': 'n', 'steps': [{'repeat': 2, 'after': '1 s', 'note': 'twice', "
                                        "'steps': [{'wait': '${round} s', 'note': 'w'}]}]}");
    json_t *json = story_write(story_set_story(set, 0));
    char *text = json_dumps(json_object_get(json, "steps"), 0);
    ck_assert_str_eq(text, "[{\"after\": \"1 s\", \"wait\": \"0 us\", \"note\": \"twice\"}, "
                           "{\"wait\": \"1 s\", \"note\": \"w\"}, {\"wait\": \"2 s\", \"note\": \"w\"}]");
    free(text);
    json_decref(json);
    story_set_destroy(&set);
}
END_TEST

START_TEST(what_would_be_a_reference_is_written_as_text)
{
    story_set_t *set =
        set_fixture_good("{'name': 'a ${', 'description': 'b ${ c', 'parameters': [{'x': '${y} $$', 'z': '}'}], "
                         "'steps': [{'wait': '1 s', 'note': '${x}${z}'}]}");
    json_t *json = story_write(story_set_story(set, 0));
    ck_assert_str_eq(json_string_value(json_object_get(json, "name")), "a $ { [x=$ {y} $$ z=}]");
    ck_assert_str_eq(json_string_value(json_object_get(json, "description")), "b ${ c");
    ck_assert_str_eq(json_string_value(json_object_get(json_array_get(json_object_get(json, "steps"), 0), "note")),
                     "$ {y} $$}");
    json_decref(json);
    story_set_destroy(&set);
}
END_TEST

// ---- files ---------------------------------------------------------------------------------------------------------

START_TEST(the_round_is_seen_in_a_file_that_a_repeat_uses_and_nothing_else_of_outside)
{
    set_fixture_file("round.json", "{\"steps\": [{\"wait\": \"${round} s\"}]}");
    set_fixture_file("key.json", "{\"steps\": [{\"wait\": \"${key} s\"}]}");
    story_set_t *set = set_fixture_good("{'name': 'n', 'steps': [{'repeat': 3, 'steps': [{'use': 'round.json'}]}]}");
    ck_assert_int_eq(story_set_story(set, 0)->steps[2].lasts_ns, 3 * TIME_S);
    story_set_destroy(&set);
    set_fixture_refused("{'name': 'n', 'steps': [{'use': 'round.json'}]}",
                        "unknown parameter \"round\" (there is none)");
    set_fixture_refused(
        "{'name': 'n', 'parameters': [{'key': 1}], 'steps': [{'wait': '${key} s'}, {'use': 'key.json'}]}",
        "key.json:1:21: /steps/0/wait: unknown parameter \"key\" (there is none)");
}
END_TEST

START_TEST(a_requirement_of_the_projects_own_is_covered_like_any_other)
{
    const char *sentence;
    set_fixture_file("own.json", "{\"$schema\": \"x\", \"PRJ-2\": \"Second.\", \"PRJ-1\": \"First.\"}");
    story_set_t *set =
        set_fixture_good("{'name': 'n', 'requirements': 'own.json', 'parameters': [{'r': 'PRJ-1'}, {'r': 'R7'}], "
                         "'covers': ['S1', '${r}'], 'steps': [{'wait': '1 s'}]}");
    ck_assert_uint_eq(story_set_requirement_count(set), 2);
    ck_assert_str_eq(story_set_requirement(set, 0, &sentence), "PRJ-2");
    ck_assert_str_eq(story_set_requirement(set, 1, &sentence), "PRJ-1");
    ck_assert_str_eq(sentence, "First.");
    ck_assert_str_eq(story_set_story(set, 0)->covers[1], "PRJ-1");
    ck_assert_str_eq(story_set_story(set, 1)->covers[1], "R7");
    story_set_destroy(&set);
}
END_TEST

static void assert_kind(const char *text, story_file_kind_t kind)
{
    set_fixture_file("kind.json", text);
    ck_assert_msg(story_set_kind_of(set_fixture_path("kind.json")) == kind, "%s", text);
}

START_TEST(files_beside_stories_are_told_from_stories_with_mistakes)
{
    assert_kind("{\"steps\": []}", STORY_FILE_OF_STEPS);
    assert_kind("{\"$schema\": \"s\", \"note\": \"n\", \"steps\": 3}", STORY_FILE_OF_STEPS);
    assert_kind("{\"steps\": [], \"seed\": 1}", STORY_FILE_OF_STORIES);
    assert_kind("{\"name\": \"n\"}", STORY_FILE_OF_STORIES);
    assert_kind("{\"PRJ-1\": \"s\", \"PRJ-2\": \"t\"}", STORY_FILE_OF_REQUIREMENTS);
    assert_kind("{\"PRJ-1\": \"s\", \"PRJ-2\": 2}", STORY_FILE_OF_STORIES);
    assert_kind("{}", STORY_FILE_OF_STORIES);
    assert_kind("[]", STORY_FILE_OF_STORIES);
    assert_kind("{", STORY_FILE_OF_STORIES);
}
END_TEST

START_TEST(a_set_knows_the_files_that_it_reads)
{
    set_fixture_file("used.json", "{\"steps\": [{\"wait\": \"1 s\"}]}");
    set_fixture_file("other.json", "{}");
    story_set_t *set = set_fixture_good("{'name': 'n', 'steps': [{'use': './used.json'}]}");
    ck_assert(story_set_reads(set, set_fixture_path("./used.json")));
    ck_assert(!story_set_reads(set, set_fixture_path("other.json")));
    ck_assert(!story_set_reads(set, "/nowhere"));
    story_set_destroy(&set);
}
END_TEST

START_TEST(a_pipe_is_no_file_of_steps)
{
    ck_assert_int_eq(mkfifo(set_fixture_path("pipe.json"), 0600), 0);
    set_fixture_refused("{'name': 'n', 'steps': [{'use': 'pipe.json'}]}", "pipe.json: is no file");
}
END_TEST

START_TEST(more_files_or_mistakes_than_anybody_reads_are_told_and_not_read)
{
    set_fixture_refused("{'name': 'n', 'steps': [{'repeat': 100000, 'steps': [{'use': 'file${round}.json'}]}]}",
                        "file1.json: No such file or directory");
    ck_assert_uint_eq(set_error.count, 1000); // 999 beside the story's own, and the one too many
    set_fixture_refused(
        "{'name': 'n', 'steps': [{'repeat': 100000, 'steps': [{'remote': {'key': 1, 'button': '${round}', "
        "'${round}': 1}}]}]}",
        "/steps/0/steps/0/remote/1: unknown member [round=1]");
    ck_assert_uint_lt(set_error.count, 10010);
}
END_TEST

START_TEST(where_one_story_is_wanted_several_are_a_mistake)
{
    const char *text =
        "{\"name\": \"n\", \"parameters\": [{\"a\": 1}, {\"a\": 2}], \"steps\": [{\"wait\": \"${a} s\"}]}";
    ck_assert_ptr_null(story_parse("s.json", text, strlen(text), &set_world, &set_error));
    ck_assert_str_eq(set_error.text, "s.json: has 2 stories, of which one is wanted here");
}
END_TEST

int main(void)
{
    const TTest *const TESTS[] = {
        a_row_of_parameters_is_a_story_with_their_values_in_its_name,
        what_stands_alone_is_the_value_and_what_stands_within_is_its_text,
        what_only_looks_like_a_reference_is_text,
        ten_thousand_stories_are_a_file_and_one_more_is_none,
        a_mistake_of_every_story_is_told_once,
        more_than_can_be_read_is_told_and_not_read,
        a_text_that_grows_without_end_is_told,
        a_step_knows_its_line_its_round_and_by_whom_its_file_is_used,
        what_says_the_same_in_every_round_is_read_once,
        what_stands_for_other_steps_is_written_as_these,
        what_would_be_a_reference_is_written_as_text,
        the_round_is_seen_in_a_file_that_a_repeat_uses_and_nothing_else_of_outside,
        a_requirement_of_the_projects_own_is_covered_like_any_other,
        files_beside_stories_are_told_from_stories_with_mistakes,
        a_set_knows_the_files_that_it_reads,
        a_pipe_is_no_file_of_steps,
        more_files_or_mistakes_than_anybody_reads_are_told_and_not_read,
        where_one_story_is_wanted_several_are_a_mistake,
    };
    TCase *tests = tcase_create("sets");
    tcase_add_checked_fixture(tests, set_fixture_open, set_fixture_close);
    tcase_set_timeout(tests, 120);
    suite_add_tests(tests, TESTS, sizeof TESTS / sizeof TESTS[0]);
    return suite_run("story set", tests);
}
