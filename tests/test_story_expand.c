// SPDX-License-Identifier: MIT
// What repeats and what is used: as a flat list of steps, compared with a naive model, which goes through the same
// made-up steps by itself.
#include <check.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bus/base/random.h"
#include "tests/set_fixture.h"
#include "tests/suite.h"

#define RUNS 300

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
    char text[SET_TEXT_MAX];
    size_t length;
} model;

static uint64_t draw(uint64_t count)
{
    ck_assert_uint_gt(count, 0);
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
    model.length += (size_t)vsnprintf(model.text + model.length, SET_TEXT_MAX - model.length, format, arguments);
    va_end(arguments);
    ck_assert_uint_lt(model.length, SET_TEXT_MAX);
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

static void put_file(size_t file)
{
    char name[32];
    model.length = 0;
    put("{'steps': ");
    put_list(model.file_first[file], model.file_count[file]);
    model.length--; // into the list
    put(", {'wait': '${a}${b} us'}]}");
    snprintf(name, sizeof name, "file%zu.json", file);
    set_fixture_file(name, model.text);
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
    story_set_t *set = set_fixture_good(model.text);
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

int main(void)
{
    TCase *tests = tcase_create("expand");
    tcase_add_checked_fixture(tests, set_fixture_open, set_fixture_close);
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, what_stands_for_steps_is_what_a_naive_model_goes_through);
    return suite_run("story expand", tests);
}
