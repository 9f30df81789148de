// SPDX-License-Identifier: MIT
// What faults of stories have hit, and the plan that a car has of them, which may outlast a story. Units say nothing of
// themselves here; what is on the buses is what a stranger puts there.
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "scenarios/play/car.h"
#include "tests/story_fixture.h"
#include "tests/suite.h"

#define DOORS "2A0#1111010000000000"
#define UNLOCK "{'frame': {'bus': 'kcan-s', 'frame': '" DOORS "'}}"
#define FAULT(members) "{'fault': {" members "}}"
#define CARRIED "{'expect': {'message': 'CentralLocking', 'bus': 'kcan-s'}, 'within': '1 s'}"
#define ERROR(time) "{'expect': {'bus': 'kcan-s', 'error': true}, " time "}"
#define STATE(ecu, state) "{'bus': 'kcan-s', 'ecu': '" ecu "', 'state': '" state "'}"

// ---- a car that is looked into afterwards ---------------------------------------------------------------------------

typedef struct {
    garage_t *garage;
    const story_t *story;
    car_t *car;
} played_t;

static void unit_power_on(void *node, int64_t now_ns, const image_t *image, image_state_t state, random_t random,
                          outbox_t *outbox)
{
    (void)node, (void)now_ns, (void)image, (void)state, (void)random, (void)outbox;
}

static void unit_activate(void *node, int64_t now_ns, const node_input_t *inputs, size_t count, outbox_t *outbox)
{
    (void)node, (void)now_ns, (void)inputs, (void)count, (void)outbox;
}

static bool unit_bind(void *node, const node_setup_t *setup, node_ports_t *ports, const char **missing)
{
    (void)node, (void)setup, (void)ports, (void)missing;
    return true;
}

static const node_class_t UNIT = {
    .name = "unit", .size = 1, .bind = unit_bind, .power_on = unit_power_on, .activate = unit_activate};

static const node_class_t *find_unit(const char *executable)
{
    (void)executable;
    return &UNIT;
}

static played_t begin(const char *members, const char *steps)
{
    error_t error;
    error_clear(&error);
    played_t self = {.garage = garage_new()};
    self.story = story_fixture_parse(self.garage, members, steps);
    car_plan_t plan = story_plan(self.story);
    self.car = car_new(&plan, &(car_host_t){.find = find_unit}, &error);
    ck_assert_msg(self.car, "%s", error.text);
    return self;
}

static void run(played_t *self)
{
    error_t error;
    error_clear(&error);
    car_play(self->car, self->story);
    ck_assert_msg(car_run(self->car, &error), "%s", error.text);
}

static void end(played_t *self)
{
    car_destroy(&self->car);
    story_destroy(&self->story);
    garage_destroy(&self->garage);
}

// ---- hits ----------------------------------------------------------------------------------------------------------

// The steps that saw or hit nothing, as digits; and what the first of them makes of a story that passed.
static void assert_idle(const char *steps, const char *expected, const char *problem)
{
    char idle[16] = "", *next = idle;
    played_t played = begin("", steps);
    run(&played);
    const player_t *player = played.car->player;
    for (size_t i = 0; (i = player_idle_step(player, i)) < played.story->step_count;) *next++ = (char)('0' + i++);
    ck_assert_str_eq(idle, expected);
    story_assert_passed(player_verdict(player));
    player_fail_idle(played.car->player);
    if (problem)
        story_assert_failed(player_verdict(player), (size_t)(*expected - '0'), problem);
    else
        story_assert_passed(player_verdict(player));
    end(&played);
}

START_TEST(a_fault_that_hit_nothing_is_told_as_a_watch_that_saw_nothing)
{
    assert_idle(FAULT("'kind': 'drop', 'message': 'SeatStatus'") "," UNLOCK ", {'wait': '1 s'}", "0", "hit nothing");
    assert_idle(FAULT("'kind': 'drop', 'message': 'CentralLocking'") "," UNLOCK ", {'wait': '1 s'}", "", NULL);
    assert_idle(UNLOCK ", {'wait': '1 us'}," FAULT("'kind': 'drop', 'message': 'CentralLocking'") ", {'wait': '1 s'}",
                "2", "hit nothing");
    assert_idle(FAULT("'kind': 'drop', 'air': 'rf', 'count': 1") ", {'wait': '1 s'}", "0", "hit nothing");
    assert_idle(FAULT("'kind': 'cut', 'ecu': 'cas', 'for': '1 s'") ", {'wait': '2 s'}", "", NULL);
    assert_idle(FAULT("'kind': 'noise', 'rate': 0.1") "," UNLOCK ", {'wait': '1 s'}", "", NULL);
}
END_TEST

START_TEST(the_end_of_a_fault_hits_nothing_and_is_not_told)
{
    assert_idle(FAULT("'kind': 'drop', 'clear': true") ", {'wait': '1 s'}", "", NULL);
}
END_TEST

START_TEST(a_fault_of_several_rounds_has_hit_nothing_when_it_was_so_in_all_of_them)
{
    assert_idle("{'repeat': 3, 'steps': [" FAULT("'kind': 'drop', 'count': 1") ", {'wait': '1 s'}]}", "0",
                "hit nothing");
    assert_idle("{'repeat': 2, 'steps': [" FAULT("'kind': 'drop', 'count': 1") "]}," UNLOCK ", {'wait': '1 s'}", "",
                NULL);
}
END_TEST

START_TEST(that_no_error_frame_came_is_no_idle_watch_of_never_but_one_of_whenever)
{
    assert_idle("{'never': {'bus': 'kcan-s', 'error': true}, 'for': '1 s'}", "", NULL);
    assert_idle(
        "{'whenever': {'bus': 'kcan-s', 'error': true}, 'then': {'car': 'locked'}, 'within': '1 s', 'for': '1 s'}", "0",
        "watched 0 frames");
    assert_idle(
        "{'whenever': {'car': 'unlocked'}, 'then': {'message': 'CentralLocking'}, 'within': '1 s', 'for': '1 s'}", "",
        NULL);
}
END_TEST

// ---- the plan ------------------------------------------------------------------------------------------------------

START_TEST(a_rate_is_the_same_whole_number_of_2_to_the_64th_everywhere)
{
    played_t played = begin("", FAULT("'kind': 'noise'") "," FAULT("'kind': 'noise', 'rate': 0.1") "," FAULT(
                                    "'kind': 'noise', 'rate': 1e-9"));
    run(&played);
    const fault_entry_t *entries = played.car->faults.entries;
    ck_assert_uint_eq(entries[0].fault.chance, UINT64_C(18446744073709552));
    ck_assert_uint_eq(entries[1].fault.chance, UINT64_C(1844674407370955264));
    ck_assert_uint_eq(entries[2].fault.chance, UINT64_C(18446744073));
    end(&played);
}
END_TEST

// Where noise hit first, by the seed of the story.
static int64_t first_error_ns(const char *members)
{
    played_t played = begin(members, FAULT("'kind': 'noise', 'rate': 0.01") "," UNLOCK "," ERROR("'within': '1 s'"));
    run(&played);
    story_assert_passed(player_verdict(played.car->player));
    int64_t time_ns = player_verdict(played.car->player)->time_ns;
    end(&played);
    return time_ns;
}

START_TEST(noise_follows_from_the_seed_alone)
{
    int64_t first_ns = first_error_ns("'seed': 1,");
    bool differs = false;
    ck_assert_int_eq(first_error_ns("'seed': 1,"), first_ns);
    for (int seed = 2; seed < 6; seed++) {
        char members[32];
        snprintf(members, sizeof members, "'seed': %d,", seed);
        differs = differs || first_error_ns(members) != first_ns;
    }
    ck_assert(differs);
}
END_TEST

START_TEST(more_than_sixty_four_at_once_fail_the_step)
{
    story_passes("{'repeat': 64, 'steps': [" FAULT("'kind': 'drop'") "]}");
    story_fails("{'repeat': 65, 'steps': [" FAULT("'kind': 'drop'") "]}", 64, "more than 64 faults at once");
}
END_TEST

START_TEST(what_there_was_not_to_end_is_a_note)
{
    played_t played = begin("", FAULT("'kind': 'drop', 'air': 'rf', 'clear': true"));
    run(&played);
    story_assert_passed(player_verdict(played.car->player));
    ck_assert_str_eq(player_note(played.car->player), "nothing to end: no drop on the air, rf lasts");
    end(&played);
}
END_TEST

START_TEST(a_fault_outlasts_the_story_that_began_it_in_a_car_that_goes_on_and_ends_with_the_run)
{
    played_t first = begin("", FAULT("'kind': 'drop', 'message': 'CentralLocking'"));
    run(&first);
    error_t error;
    error_clear(&error);
    played_t second = {.garage = first.garage, .car = first.car};
    second.story = story_fixture_parse(first.garage, "", UNLOCK "," CARRIED);
    int64_t now_ns = kernel_now(first.car->kernel);
    car_play(first.car, second.story);
    kernel_wake_player(first.car->kernel, now_ns + 1);
    ck_assert(car_run_until(first.car, now_ns + 2 * TIME_S, NULL, &error));
    story_assert_failed(player_verdict(first.car->player), 1, "not met within 1 s");
    car_plan_t plan = story_plan(second.story);
    ck_assert(car_reset(first.car, &plan, &error));
    run(&second);
    story_assert_passed(player_verdict(first.car->player));
    story_destroy(&second.story);
    end(&first);
}
END_TEST

START_TEST(a_story_that_names_the_tester_has_one)
{
    static const struct {
        const char *steps;
        bool tester;
    } STORIES[] = {
        {FAULT("'kind': 'drop', 'ecu': 'stranger', 'to': 'cas'"), false},
        {FAULT("'kind': 'drop', 'ecu': 'tester'"), true},
        {FAULT("'kind': 'drop', 'to': 'tester'"), true},
        {"{'expect': " STATE("tester", "error-active") "}", true},
        {"{'expect': " STATE("cas", "error-active") "}", false},
    };
    for (size_t i = 0; i < sizeof STORIES / sizeof STORIES[0]; i++) {
        played_t played = begin("", STORIES[i].steps);
        ck_assert_int_eq(played.story->diagnosis, STORIES[i].tester);
        run(&played);
        story_assert_passed(player_verdict(played.car->player));
        end(&played);
    }
}
END_TEST

int main(void)
{
    const TTest *const TESTS[] = {
        a_fault_that_hit_nothing_is_told_as_a_watch_that_saw_nothing,
        the_end_of_a_fault_hits_nothing_and_is_not_told,
        a_fault_of_several_rounds_has_hit_nothing_when_it_was_so_in_all_of_them,
        that_no_error_frame_came_is_no_idle_watch_of_never_but_one_of_whenever,
        a_rate_is_the_same_whole_number_of_2_to_the_64th_everywhere,
        noise_follows_from_the_seed_alone,
        more_than_sixty_four_at_once_fail_the_step,
        what_there_was_not_to_end_is_a_note,
        a_fault_outlasts_the_story_that_began_it_in_a_car_that_goes_on_and_ends_with_the_run,
        a_story_that_names_the_tester_has_one,
    };
    TCase *tests = tcase_create("story fault hits");
    suite_add_tests(tests, TESTS, sizeof TESTS / sizeof TESTS[0]);
    return suite_run("story fault hits", tests);
}
