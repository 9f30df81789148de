// SPDX-License-Identifier: MIT
// The stories of a file: parameters, repeat, use. What stands for other steps is compared with a naive model, which
// goes through the same made-up steps by itself.
#include "scenarios/story/story_set.h"

#include <check.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bus/base/random.h"
#include "scenarios/play/play_vocabulary.h"
#include "tests/scratch.h"
#include "tests/suite.h"

#define TEXT_MAX (1 << 20)
#define RUNS 300

static story_world_t world;
static error_t error;
static char directory[SCRATCH_PATH_MAX];

static void open_garage(void)
{
    error_clear(&error);
    world = (story_world_t){&play_vocabulary, garage_new()};
    scratch_make(directory);
}

static void close_garage(void)
{
    garage_destroy(&world.garage);
    scratch_remove_all(directory);
}

static void write_file(const char *name, const char *text)
{
    char path[SCRATCH_PATH_MAX + 64];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    fclose(file);
}

// With ' for "; in the scratch directory.
static story_set_t *parse(const char *text)
{
    static char quoted[TEXT_MAX], path[SCRATCH_PATH_MAX + 64];
    ck_assert_uint_lt(strlen(text), TEXT_MAX);
    strcpy(quoted, text);
    for (char *c = quoted; *c; c++)
        if (*c == '\'') *c = '"';
    snprintf(path, sizeof path, "%s/story.json", directory);
    error_clear(&error);
    return story_set_parse(path, quoted, strlen(quoted), &world, &error);
}

static story_set_t *parse_good(const char *text)
{
    story_set_t *set = parse(text);
    ck_assert_msg(set, "%s", error.text);
    return set;
}

static void is_refused(const char *text, const char *why)
{
    ck_assert_ptr_null(parse(text));
    ck_assert_msg(strstr(error.text, why), "%s\n is not in\n%s", why, error.text);
}

// ---- the naive model -----------------------------------------------------------------------------------------------
// Steps are waits of so many microseconds, whose digits are written as they are, or stand for something.

typedef struct {
    int a, b, round; // -1: there is none
} values_t;

#define FILES 3
#define NODES_MAX 4096
#define DIGITS_MAX 5
#define WAITS_MAX 200000

typedef enum { WAIT, REPEAT, USE } kind_t;

typedef struct {
    kind_t kind;
    char digits[DIGITS_MAX + 1]; // of a wait: '1' .. '9', or 'a', 'b', 'r' for what stands there
    int rounds;                  // of a repeat; 0: as many as `a` says
    size_t first, count;         // its steps, in lists
    size_t file;                 // of a use
    char with[2];                // what its a and b are, as a digit of a wait
    int after_us;                // -1: not told
} node_t;

static struct {
    random_t random;
    node_t nodes[NODES_MAX];
    size_t node_count;
    size_t lists[NODES_MAX], list_count;
    size_t file_first[FILES], file_count[FILES]; // their steps
    int64_t waits[WAITS_MAX];
    size_t wait_count;
    char text[TEXT_MAX];
    size_t length;
} model;

static uint64_t draw(uint64_t count)
{
    return random_next(&model.random) % count;
}

static char draw_digit(bool in_repeat)
{
    uint64_t which = draw(6);
    return which == 0 ? 'a' : which == 1 ? 'b' : which == 2 && in_repeat ? 'r' : (char)('1' + draw(9));
}

static void make_list(int depth, bool in_repeat, size_t next_file, size_t *first, size_t *count);

static size_t make_node(int depth, bool in_repeat, size_t next_file)
{
    size_t own = model.node_count++;
    ck_assert_uint_lt(own, NODES_MAX);
    node_t node = {.kind = depth > 2 ? WAIT : (kind_t)draw(3), .after_us = draw(4) == 0 ? (int)draw(1000) : -1};
    if (node.kind == USE && next_file == FILES) node.kind = WAIT;
    if (node.kind == WAIT)
        for (size_t i = 0, length = 1 + draw(DIGITS_MAX); i < length; i++) node.digits[i] = draw_digit(in_repeat);
    if (node.kind == REPEAT) {
        node.rounds = (int)draw(4);
        make_list(depth + 1, true, next_file, &node.first, &node.count);
    }
    if (node.kind == USE) {
        node.file = next_file + draw(FILES - next_file);
        for (size_t i = 0; i < 2; i++) node.with[i] = draw_digit(in_repeat);
    }
    model.nodes[own] = node;
    return own;
}

static void make_list(int depth, bool in_repeat, size_t next_file, size_t *first, size_t *count)
{
    size_t nodes[4];
    *count = 1 + draw(4);
    for (size_t i = 0; i < *count; i++) nodes[i] = make_node(depth, in_repeat, next_file);
    *first = model.list_count;
    for (size_t i = 0; i < *count; i++) model.lists[model.list_count++] = nodes[i];
}

static int value_of(char digit, const values_t *values)
{
    return digit == 'a' ? values->a : digit == 'b' ? values->b : digit == 'r' ? values->round : digit - '0';
}

static void expect_list(size_t first, size_t count, const values_t *values);

static void expect_wait(int64_t us)
{
    ck_assert_uint_lt(model.wait_count, WAITS_MAX);
    model.waits[model.wait_count++] = us;
}

static void expect_node(const node_t *node, const values_t *values)
{
    char text[64] = "";
    if (node->kind == WAIT) {
        for (const char *c = node->digits; *c; c++) sprintf(text + strlen(text), "%d", value_of(*c, values));
        expect_wait(strtoll(text, NULL, 10));
        return;
    }
    if (node->after_us >= 0) expect_wait(0); // what has a time of its own
    if (node->kind == REPEAT)
        for (int round = 1; round <= (node->rounds ? node->rounds : values->a); round++)
            expect_list(node->first, node->count, &(values_t){values->a, values->b, round});
    if (node->kind == USE) {
        const values_t inner = {value_of(node->with[0], values), value_of(node->with[1], values), values->round};
        expect_list(model.file_first[node->file], model.file_count[node->file], &inner);
        expect_wait(inner.a * 10 + inner.b); // at the end of each file, so that it uses both
    }
}

static void expect_list(size_t first, size_t count, const values_t *values)
{
    for (size_t i = 0; i < count; i++) expect_node(&model.nodes[model.lists[first + i]], values);
}

// ---- the same as JSON ----------------------------------------------------------------------------------------------

static void put(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void put(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    model.length += (size_t)vsnprintf(model.text + model.length, TEXT_MAX - model.length, format, arguments);
    va_end(arguments);
    ck_assert_uint_lt(model.length, TEXT_MAX);
}

static void put_digit(char digit)
{
    if (digit == 'r')
        put("${round}");
    else if (digit == 'a' || digit == 'b')
        put("${%c}", digit);
    else
        put("%c", digit);
}

static void put_list(size_t first, size_t count);

static void put_node(const node_t *node)
{
    put("{");
    if (node->kind == WAIT) {
        put("'wait': '");
        for (const char *c = node->digits; *c; c++) put_digit(*c);
        put(" us'");
    } else if (node->kind == REPEAT) {
        put(node->rounds ? "'repeat': %d, 'steps': " : "'repeat': '${a}', 'steps': ", node->rounds);
        put_list(node->first, node->count);
    } else {
        put("'use': 'file%zu.json', 'with': {", node->file);
        for (size_t i = 0; i < 2; i++) {
            bool number = node->with[i] >= '1' && node->with[i] <= '9';
            put(number ? "'%c': " : "'%c': '", i == 0 ? 'a' : 'b');
            put_digit(node->with[i]);
            put("%s%s", number ? "" : "'", i == 0 ? ", " : "}");
        }
    }
    if (node->after_us >= 0) put(", 'after': '%d us'", node->after_us);
    put("}");
}

static void put_list(size_t first, size_t count)
{
    put("[");
    for (size_t i = 0; i < count; i++) {
        if (i > 0) put(", ");
        put_node(&model.nodes[model.lists[first + i]]);
    }
    put("]");
}

static void quote(void)
{
    for (char *c = model.text; *c; c++)
        if (*c == '\'') *c = '"';
}

static void put_file(size_t file)
{
    char name[32];
    model.length = 0;
    put("{'steps': ");
    put_list(model.file_first[file], model.file_count[file]);
    model.length--; // into the list
    put(", {'wait': '${a}${b} us'}]}");
    quote();
    snprintf(name, sizeof name, "file%zu.json", file);
    write_file(name, model.text);
}

static void compare_steps(const story_t *story, uint64_t seed)
{
    ck_assert_msg(story->step_count == model.wait_count, "seed %" PRIu64 ": %zu steps, not %zu", seed,
                  story->step_count, model.wait_count);
    for (size_t i = 0; i < story->step_count; i++)
        ck_assert_msg(story->steps[i].lasts_ns == model.waits[i] * TIME_US,
                      "seed %" PRIu64 ": step %zu waits %" PRId64 " us, not %" PRId64, seed, i,
                      story->steps[i].lasts_ns / TIME_US, model.waits[i]);
}

static void make_and_compare(uint64_t seed)
{
    static const values_t ROWS[] = {{1, 2, -1}, {3, 1, -1}, {2, 9, -1}};
    size_t first, count;
    model.random = random_derive(seed, "stories", 0);
    model.node_count = model.list_count = 0;
    for (size_t file = FILES; file-- > 0;) {
        make_list(1, false, file + 1, &model.file_first[file], &model.file_count[file]);
        put_file(file);
    }
    make_list(0, false, 0, &first, &count);
    model.length = 0;
    put("{'name': 'made up', 'note': '${a} and ${b}', 'parameters': [");
    for (size_t i = 0; i < 3; i++) put("%s{'a': %d, 'b': %d}", i > 0 ? ", " : "", ROWS[i].a, ROWS[i].b);
    put("], 'steps': ");
    put_list(first, count);
    put("}");
    story_set_t *set = parse_good(model.text);
    ck_assert_uint_eq(story_set_count(set), 3);
    for (size_t i = 0; i < 3; i++) {
        model.wait_count = 0;
        expect_list(first, count, &ROWS[i]);
        compare_steps(story_set_story(set, i), seed);
    }
    story_set_destroy(&set);
}

START_TEST(what_stands_for_steps_is_what_a_naive_model_goes_through)
{
    for (uint64_t seed = 1; seed <= RUNS; seed++) make_and_compare(seed);
}
END_TEST

// ---- parameters ----------------------------------------------------------------------------------------------------

START_TEST(a_row_of_parameters_is_a_story_with_their_values_in_its_name)
{
    story_set_t *set = parse_good(
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
        parse_good("{'name': 'n', 'parameters': [{'steps': [{'repeat': 2, 'steps': [{'wait': '1 s'}]}], "
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
        parse_good("{'name': 'n', 'description': 'a ${', 'steps': [{'wait': '1 s', 'note': '$key {key} $'}]}");
    ck_assert_str_eq(story_set_story(set, 0)->description, "a ${");
    ck_assert_str_eq(story_set_story(set, 0)->steps[0].note, "$key {key} $");
    story_set_destroy(&set);
    is_refused("{'name': 'n', 'description': '${}', 'steps': [{'wait': '1 s'}]}",
               "unknown parameter \"\" (there is none)");
}
END_TEST

static void put_rows(size_t count)
{
    model.length = 0;
    put("{'name': 'n', 'parameters': [");
    for (size_t i = 0; i < count; i++) put("%s{'i': %zu}", i > 0 ? "," : "", i);
    put("], 'steps': [{'wait': '${i} us'}, {'wait': '1 s'}, {'wait': '1 s'}]}");
}

START_TEST(ten_thousand_stories_are_a_file_and_one_more_is_none)
{
    put_rows(STORY_SET_MAX);
    story_set_t *set = parse_good(model.text);
    ck_assert_uint_eq(story_set_count(set), STORY_SET_MAX);
    ck_assert_str_eq(story_set_story(set, 9999)->name, "n [i=9999]");
    ck_assert_int_eq(story_set_story(set, 9999)->steps[0].lasts_ns, 9999 * TIME_US);
    story_set_destroy(&set);
    put_rows(STORY_SET_MAX + 1);
    is_refused(model.text, "/parameters: must be an array of 1 to 10000 elements");
}
END_TEST

START_TEST(a_mistake_of_every_story_is_told_once)
{
    put_rows(STORY_SET_MAX);
    model.length -= strlen("]}");
    put(", {'gear': 'x'}, {'remote': {'key': '${i}', 'button': 'unlock'}}]}");
    is_refused(model.text, "/steps/3/gear: must be \"p\", \"r\", \"n\" or \"d\"\n");
    // keys 1 and 2 are there, 3 to 10 are not, all others are told as one
    ck_assert_uint_eq(error.count, 1 + 1 + 8);
}
END_TEST

// Every story of them is short, and the file is.
START_TEST(more_than_can_be_read_is_told_and_not_read)
{
    put_rows(STORY_SET_MAX);
    model.length -= strlen("]}");
    put(", {'repeat': 50000, 'steps': [{'wait': '${round} us'}]}]}");
    is_refused(model.text, "is too much: the stories of a file may have 20000000 values in all");
    ck_assert_uint_eq(error.count, 1);
}
END_TEST

START_TEST(a_text_that_grows_without_end_is_told)
{
    static char text[TEXT_MAX / 2];
    size_t length = (size_t)sprintf(text, "{'name': 'n', 'parameters': [{'x': '");
    memset(text + length, 'x', 1000);
    length += 1000;
    length += (size_t)sprintf(text + length, "'}], 'steps': [{'wait': '1 s', 'note': '");
    for (int i = 0; i < 66; i++) length += (size_t)sprintf(text + length, "${x}");
    sprintf(text + length, "'}]}");
    is_refused(text, "/steps/0/note: becomes longer than 65536 bytes");
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
    write_file("used.json", "{\"steps\":\n [{\"wait\": \"1 s\"}]}");
    story_set_t *set = parse_good("{'name': 'n', 'steps': [{'gear': 'n'},\n  {'repeat': 2, 'steps': [{'gear': 'n'},\n"
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
    story_set_t *set = parse_good("{'name': 'n', 'steps': [{'repeat': 100, 'steps': [{'expect': {'car': 'locked'}}, "
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

// ---- files ---------------------------------------------------------------------------------------------------------

START_TEST(the_round_is_seen_in_a_file_that_a_repeat_uses_and_nothing_else_of_outside)
{
    write_file("round.json", "{\"steps\": [{\"wait\": \"${round} s\"}]}");
    write_file("key.json", "{\"steps\": [{\"wait\": \"${key} s\"}]}");
    story_set_t *set = parse_good("{'name': 'n', 'steps': [{'repeat': 3, 'steps': [{'use': 'round.json'}]}]}");
    ck_assert_int_eq(story_set_story(set, 0)->steps[2].lasts_ns, 3 * TIME_S);
    story_set_destroy(&set);
    is_refused("{'name': 'n', 'steps': [{'use': 'round.json'}]}", "unknown parameter \"round\" (there is none)");
    is_refused("{'name': 'n', 'parameters': [{'key': 1}], 'steps': [{'wait': '${key} s'}, {'use': 'key.json'}]}",
               "key.json:1:21: /steps/0/wait: unknown parameter \"key\" (there is none)");
}
END_TEST

START_TEST(a_requirement_of_the_projects_own_is_covered_like_any_other)
{
    const char *sentence;
    write_file("own.json", "{\"$schema\": \"x\", \"PRJ-2\": \"Second.\", \"PRJ-1\": \"First.\"}");
    story_set_t *set =
        parse_good("{'name': 'n', 'requirements': 'own.json', 'parameters': [{'r': 'PRJ-1'}, {'r': 'R7'}], "
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
    char path[SCRATCH_PATH_MAX + 64];
    write_file("kind.json", text);
    snprintf(path, sizeof path, "%s/kind.json", directory);
    ck_assert_msg(story_set_kind_of(path) == kind, "%s", text);
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
    char path[SCRATCH_PATH_MAX + 64];
    write_file("used.json", "{\"steps\": [{\"wait\": \"1 s\"}]}");
    write_file("other.json", "{}");
    story_set_t *set = parse_good("{'name': 'n', 'steps': [{'use': './used.json'}]}");
    snprintf(path, sizeof path, "%s/./used.json", directory);
    ck_assert(story_set_reads(set, path));
    snprintf(path, sizeof path, "%s/other.json", directory);
    ck_assert(!story_set_reads(set, path));
    ck_assert(!story_set_reads(set, "/nowhere"));
    story_set_destroy(&set);
}
END_TEST

START_TEST(a_pipe_is_no_file_of_steps)
{
    char command[SCRATCH_PATH_MAX + 64];
    snprintf(command, sizeof command, "mkfifo %s/pipe.json", directory);
    ck_assert_int_eq(system(command), 0);
    is_refused("{'name': 'n', 'steps': [{'use': 'pipe.json'}]}", "pipe.json: is no file");
}
END_TEST

START_TEST(where_one_story_is_wanted_several_are_a_mistake)
{
    const char *text =
        "{\"name\": \"n\", \"parameters\": [{\"a\": 1}, {\"a\": 2}], \"steps\": [{\"wait\": \"${a} s\"}]}";
    ck_assert_ptr_null(story_parse("s.json", text, strlen(text), &world, &error));
    ck_assert_str_eq(error.text, "s.json: has 2 stories, of which one is wanted here");
}
END_TEST

int main(void)
{
    const TTest *const TESTS[] = {
        what_stands_for_steps_is_what_a_naive_model_goes_through,
        a_row_of_parameters_is_a_story_with_their_values_in_its_name,
        what_stands_alone_is_the_value_and_what_stands_within_is_its_text,
        what_only_looks_like_a_reference_is_text,
        ten_thousand_stories_are_a_file_and_one_more_is_none,
        a_mistake_of_every_story_is_told_once,
        more_than_can_be_read_is_told_and_not_read,
        a_text_that_grows_without_end_is_told,
        a_step_knows_its_line_its_round_and_by_whom_its_file_is_used,
        what_says_the_same_in_every_round_is_read_once,
        the_round_is_seen_in_a_file_that_a_repeat_uses_and_nothing_else_of_outside,
        a_requirement_of_the_projects_own_is_covered_like_any_other,
        files_beside_stories_are_told_from_stories_with_mistakes,
        a_set_knows_the_files_that_it_reads,
        a_pipe_is_no_file_of_steps,
        where_one_story_is_wanted_several_are_a_mistake,
    };
    TCase *tests = tcase_create("sets");
    tcase_add_checked_fixture(tests, open_garage, close_garage);
    tcase_set_timeout(tests, 120);
    suite_add_tests(tests, TESTS, sizeof TESTS / sizeof TESTS[0]);
    return suite_run("story set", tests);
}
