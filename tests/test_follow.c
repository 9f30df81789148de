// SPDX-License-Identifier: MIT
// whenever … then … within: by sentences on a car that says nothing of itself (tests/story_fixture.h), and instant by
// instant against a naive model, which keeps all that was ever seen and looks through it anew for each occasion.
#include "scenarios/play/follow.h"

#include <check.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bus/base/random.h"
#include "scenarios/story/vocabulary.h"
#include "tests/story_fixture.h"
#include "tests/suite.h"

#define UNLOCK "{'frame': {'bus': 'kcan-s', 'frame': '2A0#1111010000000000'}}"
#define LOCK "{'frame': {'bus': 'kcan-s', 'frame': '2A0#2222020000000000'}}"
#define PING "{'frame': {'bus': 'kcan-s', 'frame': '123#01'}}"
#define PONG "{'frame': {'bus': 'kcan-s', 'frame': '124#01'}}"
#define PANG "{'frame': {'bus': 'kcan-s', 'frame': '125#01'}}"
#define AWAKE PANG ", {'wait': '50 ms'}" // from then on a frame takes its length only
#define WHENEVER(first, then, within)                                                                                  \
    "{'whenever': " first ", 'then': " then ", 'within': '" within "', 'background': true}"
#define PING_SEEN "{'frame': '123#*'}"
#define PONG_SEEN "{'frame': '124#*'}"
#define UNLOCKED "{'car': 'unlocked'}"

// ---- sentences -----------------------------------------------------------------------------------------------------

START_TEST(what_follows_in_time_is_well)
{
    story_passes(WHENEVER(PING_SEEN, PONG_SEEN, "100 ms") "," AWAKE "," PING ", {'wait': '50 ms'}, " PONG
                                                          ", {'wait': '1 s'}");
    story_passes(WHENEVER(PING_SEEN, UNLOCKED, "100 ms") "," AWAKE "," PING ", {'wait': '50 ms'}, " UNLOCK
                                                         ", {'wait': '10 ms'}, " LOCK ", {'wait': '1 s'}");
}
END_TEST

START_TEST(what_does_not_follow_fails_at_the_end_of_its_time_with_both_instants)
{
    story_fixture_t *fixture = story_fixture_play(
        AWAKE "," WHENEVER(PING_SEEN, PONG_SEEN, "100 ms") ", {'at': '1 s', 'frame': {'bus': 'kcan-s', 'frame': "
                                                           "'123#01'}}, {'wait': '1 s'}");
    const player_verdict_t *verdict = &fixture->verdict;
    story_assert_failed(verdict, 2, "the first at 1.000550 s, the second not by 1.100550 s");
    ck_assert_int_eq(verdict->time_ns, 1100550 * TIME_US);
    ck_assert_str_eq(verdict->pointer, "/steps/2/whenever");
    ck_assert_str_eq(verdict->expected, "whenever frame 123#* then frame 124#* within 100 ms to the story's end");
    ck_assert_str_eq(verdict->seen, "no frame of that identifier since the step was reached");
    story_fixture_destroy(&fixture);
}
END_TEST

START_TEST(one_answer_is_for_every_occasion_before_it_and_for_none_after)
{
    const char *watch = AWAKE "," WHENEVER(PING_SEEN, PONG_SEEN, "100 ms") "," PING ", {'wait': '20 ms'}," PING
                                                                           ", {'wait': '20 ms'}," PONG;
    char steps[2048];
    snprintf(steps, sizeof steps, "%s, {'wait': '1 s'}", watch);
    story_passes(steps);
    snprintf(steps, sizeof steps, "%s, {'wait': '20 ms'}, %s, {'wait': '1 s'}", watch, PING);
    story_fixture_t *fixture = story_fixture_play(steps);
    ck_assert_int_eq(fixture->verdict.state, PLAYER_FAILED);
    story_fixture_destroy(&fixture);
}
END_TEST

START_TEST(what_is_seen_before_the_occasion_is_no_answer_but_in_its_instant_it_is)
{
    char steps[2048];
    snprintf(steps, sizeof steps, "%s, %s, %s, {'wait': '20 ms'}, %s, {'wait': '1 s'}", AWAKE,
             WHENEVER(PING_SEEN, PONG_SEEN, "100 ms"), PONG, PING);
    story_fixture_t *fixture = story_fixture_play(steps);
    ck_assert_int_eq(fixture->verdict.state, PLAYER_FAILED);
    story_fixture_destroy(&fixture);
    // A frame follows upon itself, and a state that holds is there at once.
    story_passes(AWAKE "," WHENEVER(PING_SEEN, "{'frame': '123#01'}", "0 s") "," PING ", {'wait': '1 s'}");
    story_passes(AWAKE "," WHENEVER(PING_SEEN, "{'car': 'locked'}", "0 s") "," PING ", {'wait': '1 s'}");
}
END_TEST

START_TEST(a_state_is_an_occasion_when_it_becomes_so_and_not_while_it_is)
{
    story_passes(WHENEVER("{'car': 'locked'}", PONG_SEEN, "10 ms") "," AWAKE ", {'wait': '1 s'}");
    story_passes(AWAKE "," UNLOCK ", {'wait': '10 ms'}," WHENEVER(UNLOCKED, PONG_SEEN, "10 ms") "," UNLOCK
                                                                                                ", {'wait': '1 s'}");
    story_fixture_t *fixture = story_fixture_play(
        AWAKE "," WHENEVER("{'not': {'car': 'locked'}}", PONG_SEEN, "10 ms") "," UNLOCK ", {'wait': '1 s'}");
    ck_assert_int_eq(fixture->verdict.state, PLAYER_FAILED);
    story_fixture_destroy(&fixture);
}
END_TEST

START_TEST(what_is_open_when_it_ends_is_no_violation)
{
    story_passes(AWAKE "," WHENEVER(PING_SEEN, PONG_SEEN, "100 ms") "," PING ", {'wait': '50 ms'}");
    story_passes(AWAKE "," PING ", {'whenever': " PONG_SEEN ", 'then': " PING_SEEN
                       ", 'within': '1 s', 'for': '500 ms'}, " PONG ", {'wait': '2 s'}");
}
END_TEST

START_TEST(it_holds_the_story_for_its_time_and_watches_no_longer)
{
    story_fixture_t *fixture =
        story_fixture_play(AWAKE ", {'whenever': " PING_SEEN ", 'then': " PONG_SEEN
                                 ", 'within': '10 ms', 'for': '500 ms'}, " PING ", {'wait': '1 s'}");
    story_assert_passed(&fixture->verdict);
    ck_assert_int_gt(fixture->verdict.time_ns, 1500 * TIME_MS);
    story_fixture_destroy(&fixture);
}
END_TEST

START_TEST(frames_of_the_instant_in_which_it_is_reached_are_over)
{
    story_passes(PING ", {'expect': " PING_SEEN
                      ", 'within': '1 s'}," WHENEVER(PING_SEEN, PONG_SEEN, "10 ms") ", {'wait': '1 s'}");
}
END_TEST

// ---- the naive model -----------------------------------------------------------------------------------------------

#define INSTANTS 200
#define RUNS 3000
#define FRAMES 3 // 101, 102, 103
#define BEGIN 1

static const char *const LEAVES[] = {
    "{'frame': '101#*'}",  "{'frame': '102#*'}", "{'frame': '103#*'}",  "{'car': 'unlocked'}",
    "{'car': 'locked'}",   "{'terminal': '15'}", "{'terminal': 'off'}", "{'not': {'car': 'unlocked'}}",
    "{'key_valid': true}",
};

typedef struct {
    bool frames[FRAMES], unlocked, on;
} fact_t;

static struct {
    random_t random;
    fact_t facts[INSTANTS];
    char text[4096];
    size_t length;
} model;

static uint64_t draw(uint64_t count)
{
    return random_next(&model.random) % count;
}

static void put(const char *text)
{
    model.length += (size_t)snprintf(model.text + model.length, sizeof model.text - model.length, "%s", text);
    ck_assert_uint_lt(model.length, sizeof model.text);
}

static void make_condition(int depth)
{
    if (depth > 2 || draw(2) == 0) {
        put(LEAVES[draw(sizeof LEAVES / sizeof LEAVES[0])]);
        return;
    }
    put(draw(2) == 0 ? "{'any': [" : "{'all': [");
    for (size_t i = 0, count = 1 + draw(3); i < count; i++) {
        if (i > 0) put(", ");
        make_condition(depth + 1);
    }
    put("]}");
}

static void make_facts(void)
{
    bool unlocked = false, on = false;
    for (size_t t = 0; t < INSTANTS; t++) {
        fact_t *fact = &model.facts[t];
        for (size_t i = 0; i < FRAMES; i++) fact->frames[i] = draw(12) == 0;
        if (draw(15) == 0) unlocked = !unlocked;
        if (draw(25) == 0) on = !on;
        fact->unlocked = unlocked;
        fact->on = on;
    }
}

// The mark and the value of a condition's only member that tells what it is.
static bool is(const json_t *json, const char *mark, const char *value)
{
    const char *text = json_string_value(json_object_get(json, mark));
    return text && strcmp(text, value) == 0;
}

static int frame_of(const json_t *json)
{
    const char *text = json_string_value(json_object_get(json, "frame"));
    return text ? text[2] - '1' : -1;
}

static bool is_state(const json_t *json)
{
    size_t i;
    json_t *part;
    if (frame_of(json) >= 0) return false;
    json_array_foreach(json_object_get(json, "any"), i, part) if (!is_state(part)) return false;
    json_array_foreach(json_object_get(json, "all"), i, part) if (!is_state(part)) return false;
    return true;
}

// Frames seen from t0 on, states at t.
static bool so(const json_t *json, size_t t0, size_t t)
{
    const fact_t *fact = &model.facts[t];
    const json_t *any = json_object_get(json, "any"), *all = json_object_get(json, "all");
    size_t i, count = 0;
    json_t *part;
    int frame = frame_of(json);
    for (size_t seen = t0; frame >= 0 && seen <= t; seen++)
        if (model.facts[seen].frames[frame]) return true;
    if (frame >= 0) return false;
    json_array_foreach(any ? any : all, i, part) count += so(part, t0, t);
    if (any) return count > 0;
    if (all) return count == json_array_size(all);
    if (json_object_get(json, "car")) return is(json, "car", "unlocked") == fact->unlocked;
    if (json_object_get(json, "not")) return !fact->unlocked;
    if (json_object_get(json, "key_valid")) return fact->on;
    return is(json, "terminal", "15") == fact->on;
}

static bool occurs(const json_t *json, size_t t)
{
    const json_t *any = json_object_get(json, "any"), *all = json_object_get(json, "all");
    size_t i;
    json_t *part;
    bool some = false;
    if (is_state(json)) return so(json, t, t) && !so(json, t - 1, t - 1);
    if (frame_of(json) >= 0) return so(json, t, t);
    json_array_foreach(any ? any : all, i, part) some = occurs(part, t) || some;
    return some && (any || so(json, t, t));
}

// When the first occasion is overdue that has no answer; INSTANTS: none is.
static size_t find_violation(const json_t *first, const json_t *second, size_t within, size_t *occasion)
{
    for (size_t t0 = BEGIN + 1; t0 + within < INSTANTS; t0++) {
        if (!occurs(first, t0)) continue;
        bool answered = false;
        for (size_t t = t0; t <= t0 + within; t++) answered = answered || so(second, t0, t);
        *occasion = t0;
        if (!answered) return t0 + within;
    }
    return INSTANTS;
}

// ---- the same by the code ------------------------------------------------------------------------------------------

static void add_frame(kernel_event_t *events, size_t *count, const char *text)
{
    events[*count] = (kernel_event_t){.kind = EVENT_FRAME, .bus = 0};
    ck_assert(frame_parse(text, &events[(*count)++].frame));
}

static size_t make_events(size_t t, kernel_event_t *events)
{
    static const char *const SEEN[] = {"101#01", "102#01", "103#01"};
    size_t count = 0;
    const fact_t *fact = &model.facts[t], *before = t > 0 ? &model.facts[t - 1] : NULL;
    for (size_t i = 0; i < FRAMES; i++)
        if (fact->frames[i]) add_frame(events, &count, SEEN[i]);
    if (before ? fact->unlocked != before->unlocked : fact->unlocked)
        add_frame(events, &count, fact->unlocked ? "2A0#1111010000000000" : "2A0#2222020000000000");
    if (before ? fact->on != before->on : fact->on)
        add_frame(events, &count, fact->on ? "130#4543218F22" : "130#000DD00FE9");
    return count;
}

static size_t find_violation_by_the_code(const story_t *story, size_t within, size_t *occasion)
{
    const condition_t *condition = story->steps[0].condition;
    condition_memory_t *memories = calloc(story->condition_count, sizeof *memories);
    car_view_t view;
    car_view_init(&view, story->vehicle, story->dbc,
                  calloc(car_view_last_count(story->vehicle, story->dbc), sizeof(car_view_last_t)));
    size_t violation = INSTANTS;
    for (size_t t = 0; t < INSTANTS && violation == INSTANTS; t++) {
        kernel_event_t events[8];
        bool taken[8] = {false};
        condition_context_t context = {.now_ns = (int64_t)t,
                                       .view = &view,
                                       .events = events,
                                       .event_count = make_events(t, events),
                                       .taken = taken,
                                       .memories = memories};
        for (size_t i = 0; i < context.event_count; i++) car_view_look(&view, &events[i], (int64_t)t);
        if (t == BEGIN) condition_reset(condition, &context);
        if (t == BEGIN) follow_begin(condition, &context);
        if (t > BEGIN) follow_look(condition, &context);
        int64_t open = t > BEGIN ? follow_open_ns(condition, memories) : -1;
        if (open < 0 || (size_t)open + within > t) continue;
        violation = t;
        *occasion = (size_t)open;
    }
    free(view.last);
    free(memories);
    return violation;
}

START_TEST(any_whenever_is_violated_when_a_naive_model_says_so)
{
    garage_t *garage = garage_new();
    size_t violated = 0;
    for (uint64_t seed = 1; seed <= RUNS; seed++) {
        size_t expected_occasion = 0, occasion = 0;
        model.random = random_derive(seed, "whenever", 0);
        model.length = 0;
        put("{'whenever': ");
        make_condition(0);
        put(", 'then': ");
        make_condition(0);
        put(", 'within': '1 s', 'background': true}");
        make_facts();
        const story_t *story = story_fixture_parse(garage, "", model.text);
        for (char *c = model.text; *c; c++)
            if (*c == '\'') *c = '"';
        json_t *json = json_loads(model.text, 0, NULL);
        size_t within = draw(12);
        size_t expected = find_violation(json_object_get(json, "whenever"), json_object_get(json, "then"), within,
                                         &expected_occasion);
        size_t found = find_violation_by_the_code(story, within, &occasion);
        ck_assert_msg(found == expected && (found == INSTANTS || occasion == expected_occasion),
                      "seed %" PRIu64 ", within %zu: at %zu of %zu, not at %zu of %zu: %s", seed, within, found,
                      occasion, expected, expected_occasion, model.text);
        violated += found < INSTANTS;
        json_decref(json);
        story_destroy(&story);
    }
    garage_destroy(&garage);
    ck_assert_uint_gt(violated, RUNS / 4); // they are not all the same
    ck_assert_uint_lt(violated, RUNS - RUNS / 20);
}
END_TEST

int main(void)
{
    const TTest *const TESTS[] = {
        what_follows_in_time_is_well,
        what_does_not_follow_fails_at_the_end_of_its_time_with_both_instants,
        one_answer_is_for_every_occasion_before_it_and_for_none_after,
        what_is_seen_before_the_occasion_is_no_answer_but_in_its_instant_it_is,
        a_state_is_an_occasion_when_it_becomes_so_and_not_while_it_is,
        what_is_open_when_it_ends_is_no_violation,
        it_holds_the_story_for_its_time_and_watches_no_longer,
        frames_of_the_instant_in_which_it_is_reached_are_over,
        any_whenever_is_violated_when_a_naive_model_says_so,
    };
    TCase *tests = tcase_create("whenever");
    tcase_set_timeout(tests, 120);
    suite_add_tests(tests, TESTS, sizeof TESTS / sizeof TESTS[0]);
    return suite_run("follow", tests);
}
