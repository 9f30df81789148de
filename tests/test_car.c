// SPDX-License-Identifier: MIT
// A car that is used again is a new one: every story of scenarios/ on one car, in any order, against a car of its own.
// Runs from the root of the tree.
#include "scenarios/play/car.h"

#include <check.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include "bus/base/random.h"
#include "scenarios/play/play_vocabulary.h"
#include "scenarios/story/story_set.h"
#include "tests/car_trace.h"
#include "tests/story_fixture.h"
#include "tests/suite.h"
#include "tools/units.h"

#define STORIES_MAX 256
#define ORDERS 4

static const car_host_t HOST = {.find = units_find};

static garage_t *garage;
static error_t error;

typedef struct { // of a story on a car of its own
    const story_t *story;
    char *trace;
    player_verdict_t verdict;
    image_t images[KERNEL_NODES_MAX]; // as they are at the end
} fresh_t;

static fresh_t *fresh;
static size_t fresh_count;
static story_set_t *sets[STORIES_MAX]; // a file each
static size_t set_count;

static void set_up(void)
{
    garage = garage_new();
    error_clear(&error);
}

static void tear_down(void)
{
    garage_destroy(&garage);
}

static car_t *new_car(const car_plan_t *plan)
{
    car_t *car = car_new(plan, &HOST, &error);
    ck_assert_msg(car, "%s", error.text);
    return car;
}

static size_t node_count(const car_plan_t *plan)
{
    return plan->vehicle->node_count + 1u + plan->tester;
}

// ---- every story ---------------------------------------------------------------------------------------------------

static void play_fresh(fresh_t *self, const story_t *story)
{
    self->story = story;
    car_plan_t plan = story_plan(self->story);
    car_t *car = new_car(&plan);
    self->trace = car_trace_play(car, self->story);
    self->verdict = *player_verdict(car->player);
    for (size_t node = 0; node < node_count(&plan); node++)
        image_copy(&self->images[node], kernel_image(car->kernel, (uint8_t)node));
    car_destroy(&car);
}

static void play_file(const char *path)
{
    const story_world_t world = {&play_vocabulary, garage};
    story_set_t *set = story_set_load(path, &world, &error);
    ck_assert_msg(set, "%s", error.text);
    sets[set_count++] = set;
    for (size_t i = 0; i < story_set_count(set); i++) {
        ck_assert_uint_lt(fresh_count, STORIES_MAX);
        play_fresh(&fresh[fresh_count++], story_set_story(set, i));
    }
}

static void play_all_fresh(void)
{
    glob_t paths;
    ck_assert_int_eq(glob("scenarios/*.json", 0, NULL, &paths), 0);
    fresh = calloc(STORIES_MAX, sizeof *fresh);
    ck_assert_ptr_nonnull(fresh);
    for (size_t i = 0; i < paths.gl_pathc; i++)
        if (!strstr(paths.gl_pathv[i], ".schema.json")) play_file(paths.gl_pathv[i]);
    globfree(&paths);
    ck_assert_uint_gt(fresh_count, 20);
}

static void forget_all(void)
{
    for (size_t i = 0; i < fresh_count; i++) free(fresh[i].trace);
    for (size_t i = 0; i < set_count; i++) story_set_destroy(&sets[i]);
    free(fresh);
}

static void assert_same_images(const fresh_t *self, const car_t *car)
{
    for (size_t node = 0; node < node_count(&car->plan); node++) {
        const image_t *image = kernel_image(car->kernel, (uint8_t)node), *other = &self->images[node];
        ck_assert_uint_eq(image->count, other->count);
        ck_assert_mem_eq(image->entries, other->entries, image->count * sizeof image->entries[0]);
    }
}

static void play_again(const fresh_t *self, car_t *car)
{
    car_plan_t plan = story_plan(self->story);
    ck_assert_msg(car_reset(car, &plan, &error), "%s", error.text);
    char *trace = car_trace_play(car, self->story);
    ck_assert_msg(strcmp(trace, self->trace) == 0, "%s: another trace", self->story->path);
    const player_verdict_t *verdict = player_verdict(car->player);
    ck_assert_int_eq(verdict->state, self->verdict.state);
    ck_assert_int_eq(verdict->time_ns, self->verdict.time_ns);
    ck_assert_str_eq(verdict->problem, self->verdict.problem);
    assert_same_images(self, car);
    free(trace);
}

static void shuffle(size_t *order, size_t count, random_t *random)
{
    for (size_t i = count; i > 1; i--) {
        size_t other = random_next(random) % i, held = order[i - 1];
        order[i - 1] = order[other];
        order[other] = held;
    }
}

static const fresh_t *first_of(const vehicle_t *vehicle)
{
    for (size_t i = 0;; i++)
        if (fresh[i].story->vehicle == vehicle) return &fresh[i];
}

// The seed of an order is its number, which a failure tells (_i).
START_TEST(every_story_on_one_car_of_its_vehicle_is_as_on_a_car_of_its_own)
{
    play_all_fresh();
    size_t order[STORIES_MAX] = {0};
    random_t random = {(uint64_t)_i};
    for (size_t i = 0; i < fresh_count; i++) order[i] = i;
    shuffle(order, fresh_count, &random);
    for (size_t v = 0; v < fresh_count; v++) {
        const vehicle_t *vehicle = fresh[v].story->vehicle;
        if (first_of(vehicle) != &fresh[v]) continue;
        car_plan_t plan = story_plan(fresh[v].story);
        car_t *car = new_car(&plan);
        for (size_t i = 0; i < fresh_count; i++)
            if (fresh[order[i]].story->vehicle == vehicle) play_again(&fresh[order[i]], car);
        car_destroy(&car);
    }
    forget_all();
}
END_TEST

// ---- a plan --------------------------------------------------------------------------------------------------------

#define UNLOCKS "{'at': '1 s', 'remote': {'key': 2, 'button': 'unlock'}}, {'wait': '2 s'}"

START_TEST(a_car_reset_in_the_middle_of_a_story_is_a_new_one)
{
    const story_t *story = story_fixture_parse(garage, "", UNLOCKS);
    car_plan_t plan = story_plan(story);
    car_t *car = new_car(&plan), *other = new_car(&plan);
    char *whole = car_trace_play(other, story);
    car_play(car, story);
    ck_assert(car_run_until(car, TIME_S + 30 * TIME_MS, NULL, &error));
    ck_assert_int_eq(player_verdict(car->player)->state, PLAYER_PLAYING);
    ck_assert(car_reset(car, &plan, &error));
    char *again = car_trace_play(car, story);
    ck_assert(strcmp(again, whole) == 0); // too long to be told
    free(again);
    free(whole);
    car_destroy(&car);
    car_destroy(&other);
    story_destroy(&story);
}
END_TEST

START_TEST(a_key_left_in_the_lock_is_not_there_in_the_next_run)
{
    const story_t *story = story_fixture_parse(
        garage, "", "{'ignition': {'insert': 1}}, {'wait': '1 s'}, {'uds': {'ecu': 'seat', 'request': '3E 00'}}");
    car_plan_t plan = story_plan(story);
    car_t *car = new_car(&plan);
    free(car_trace_play(car, story));
    ck_assert_int_eq(car->fobs.inserted, 1);
    ck_assert_uint_gt(car->fobs.challenge.size, 0);
    ck_assert_uint_gt(tester_job(&car->tester)->size, 0);
    ck_assert(car_reset(car, &plan, &error));
    ck_assert_int_eq(car->fobs.inserted, FOBS_NONE);
    ck_assert_uint_eq(car->fobs.challenge.size, 0);
    ck_assert_uint_eq(tester_job(&car->tester)->size, 0);
    car_destroy(&car);
    story_destroy(&story);
}
END_TEST

// A unit with a mistake: it remembers what no image tells it.
static uint32_t powered_on; // so often, by what it remembers

static bool stubborn_bind(void *node, const node_setup_t *setup, node_ports_t *ports, const char **missing)
{
    (void)node, (void)setup, (void)ports, (void)missing;
    return true;
}

static void stubborn_power_on(void *node, int64_t now_ns, const image_t *image, image_state_t state, random_t random,
                              outbox_t *outbox)
{
    (void)now_ns, (void)image, (void)state, (void)random, (void)outbox;
    powered_on = ++*(uint32_t *)node;
}

static void stubborn_activate(void *node, int64_t now_ns, const node_input_t *inputs, size_t count, outbox_t *outbox)
{
    (void)node, (void)now_ns, (void)inputs, (void)count, (void)outbox;
}

static const node_class_t STUBBORN = {
    .name = "stubborn", .size = sizeof(uint32_t), stubborn_bind, stubborn_power_on, stubborn_activate};

static const node_class_t *find_stubborn(const char *executable)
{
    (void)executable;
    return &STUBBORN;
}

START_TEST(a_unit_with_a_mistake_makes_no_two_runs_differ)
{
    garage_car_t fetched;
    ck_assert_msg(garage_fetch(garage, "e65", NULL, &fetched, &error), "%s", error.text);
    car_plan_t plan = car_plan_standard(fetched.vehicle, fetched.dbc);
    car_t *car = car_new(&plan, &(car_host_t){.find = find_stubborn}, &error);
    ck_assert_msg(car, "%s", error.text);
    for (int turn = 0; turn < 3; turn++) {
        ck_assert(car_run_until(car, 0, NULL, &error));
        ck_assert_uint_eq(powered_on, 1);
        ck_assert(car_reset(car, &plan, &error));
    }
    car_destroy(&car);
}
END_TEST

START_TEST(another_seed_is_another_car)
{
    const story_t *story = story_fixture_parse(garage, "", UNLOCKS);
    car_plan_t plan = story_plan(story);
    car_t *car = new_car(&plan);
    uint8_t cas = 0;
    uint8_t secret[KEY_SECRET_SIZE];
    plan.seed = 99;
    ck_assert(car_reset(car, &plan, &error));
    key_derive_secret(99, 1, secret);
    ck_assert_mem_eq(image_find(kernel_image(car->kernel, cas), "key", 1, "secret")->bytes, secret, KEY_SECRET_SIZE);
    ck_assert_mem_eq(car->fobs.fobs[1].secret, secret, KEY_SECRET_SIZE);
    car_destroy(&car);
    story_destroy(&story);
}
END_TEST

START_TEST(a_tester_sits_in_the_car_only_when_its_plan_has_one)
{
    garage_car_t fetched;
    ck_assert_msg(garage_fetch(garage, "e65", NULL, &fetched, &error), "%s", error.text);
    car_plan_t plan = car_plan_standard(fetched.vehicle, fetched.dbc);
    car_t *car = new_car(&plan);
    for (int turn = 0; turn < 3; turn++) {
        ck_assert_int_eq(kernel_find_node(car->kernel, "tester") >= 0, plan.tester);
        plan.tester = !plan.tester;
        ck_assert(car_reset(car, &plan, &error));
    }
    car_destroy(&car);
}
END_TEST

START_TEST(what_a_car_remembers_wins_over_its_keys)
{
    static car_memory_t memory; // of a car that has nothing stored but a seat
    garage_car_t fetched;
    ck_assert_msg(garage_fetch(garage, "e65", NULL, &fetched, &error), "%s", error.text);
    car_plan_t plan = car_plan_standard(fetched.vehicle, fetched.dbc);
    int seat = vehicle_find_node(fetched.vehicle, "seat");
    ck_assert(image_set(&memory.images[seat], "position", -1, "longitudinal", 1300));
    memory.states[seat] = IMAGE_PRESENT;
    plan.memory = &memory;
    car_t *car = new_car(&plan);
    ck_assert_int_eq(image_get(kernel_image(car->kernel, (uint8_t)seat), "position", -1, "longitudinal", -1), 1300);
    ck_assert_uint_eq(kernel_image(car->kernel, 0)->count, 0);
    ck_assert(car->fobs.fobs[1].there && car->fobs.fobs[2].there); // as they came with the car
    car_destroy(&car);
}
END_TEST

static const node_class_t *find_nobody(const char *executable)
{
    (void)executable;
    return NULL;
}

START_TEST(a_unit_that_only_a_process_can_be_is_told)
{
    garage_car_t fetched;
    ck_assert_msg(garage_fetch(garage, "e65", NULL, &fetched, &error), "%s", error.text);
    car_plan_t plan = car_plan_standard(fetched.vehicle, fetched.dbc);
    ck_assert_ptr_null(car_new(&plan, &(car_host_t){.find = find_nobody}, &error));
    ck_assert_ptr_nonnull(strstr(error.text, "unit \"cas\" is a program of its own (cas): it cannot run in-process"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("car");
    TCase *again = tcase_create("again"), *plans = tcase_create("plans");
    tcase_add_checked_fixture(again, set_up, tear_down);
    tcase_add_loop_test(again, every_story_on_one_car_of_its_vehicle_is_as_on_a_car_of_its_own, 0, ORDERS);
    suite_add_tcase(suite, again);
    tcase_add_checked_fixture(plans, set_up, tear_down);
    tcase_add_test(plans, a_car_reset_in_the_middle_of_a_story_is_a_new_one);
    tcase_add_test(plans, a_key_left_in_the_lock_is_not_there_in_the_next_run);
    tcase_add_test(plans, a_unit_with_a_mistake_makes_no_two_runs_differ);
    tcase_add_test(plans, another_seed_is_another_car);
    tcase_add_test(plans, a_tester_sits_in_the_car_only_when_its_plan_has_one);
    tcase_add_test(plans, what_a_car_remembers_wins_over_its_keys);
    tcase_add_test(plans, a_unit_that_only_a_process_can_be_is_told);
    suite_add_tcase(suite, plans);
    return suite_run_cases(suite);
}
