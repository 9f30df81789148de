// SPDX-License-Identifier: MIT
// Steps told to a live car one by one: how they are read, and how the player goes on from one to the next, with the
// real car in-process and in virtual time. Runs from the root of the tree.
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/play/driver.h"
#include "scenarios/play/car.h"
#include "scenarios/play/play_vocabulary.h"
#include "scenarios/story/words_step.h"
#include "tests/story_fixture.h"
#include "tests/suite.h"
#include "tools/units.h"

#define STEPS_MAX 8

static garage_t *garage;
static garage_car_t fetched;
static error_t error;

static void set_up(void)
{
    garage = garage_new();
    error_clear(&error);
    ck_assert_msg(garage_fetch(garage, "e65", NULL, &fetched, &error), "%s", error.text);
}

static void tear_down(void)
{
    garage_destroy(&garage);
}

static car_plan_t plan_car(void)
{
    return car_plan_standard(fetched.vehicle, fetched.dbc);
}

static const story_t *parse(const char *step)
{
    char text[512];
    size_t size = strlen(step);
    ck_assert_uint_lt(size, sizeof text);
    for (size_t i = 0; i <= size; i++) text[i] = step[i] == '\'' ? '"' : step[i];
    car_plan_t plan = plan_car();
    return story_parse_act(&plan, &play_vocabulary, text, size, &error);
}

// ---- reading -------------------------------------------------------------------------------------------------------

static const struct {
    const char *step, *told;
} BAD[] = {
    {"{'remote': {'key': 11, 'button': 'unlock'}}", "step: /remote/key: must be 1 to 10"},
    {"{'remote': {'key': 3, 'button': 'unlock'}}", "step: /remote/key: this story has no key 3 (1, 2)"},
    {"{'remote': {'key': 1, 'button': 'open'}}", "step: /remote/button: must be \"unlock\", \"lock\" or \"boot\""},
    {"{'door': {'driver': 'open'}, 'gear': 'r'}", "step: /: has 2 verbs (door, gear): exactly one"},
    {"{}", "step: /: has no verb (remote, door, expect, ...)"},
    {"[]", "step: /: must be an object"},
    {"7", "step:1:1: '[' or '{' expected near '7'"},
    {"", "step:1:1: '[' or '{' expected near end of file"},
    {"{'gear': 'r'} x", "step:1:15: end of file expected near 'x'"},
    {"{'gear': 'r', 'at': '1 s'}", "step: /at: a live car acts at once"},
    {"{'gear': 'r', 'after': '1 s'}", "step: /after: a live car acts at once"},
    {"{'gear': 'r', 'background': true}", "step: /background: goes with never, always and whenever only"},
    {"{'wait': '1 s'}", "step: /wait: is no verb that acts"},
    {"{'expect': {'car': 'locked'}}", "step: /expect: is no verb that acts"},
    {"{'never': {'car': 'locked'}, 'for': '1 s'}", "step: /never: is no verb that acts"},
    {"{'always': {'car': 'locked'}, 'background': true}", "step: /always: is no verb that acts"},
};

START_TEST(a_bad_step_is_told_in_the_words_of_the_loader)
{
    ck_assert_ptr_null(parse(BAD[_i].step));
    ck_assert_str_eq(error.text, BAD[_i].told);
}
END_TEST

START_TEST(all_mistakes_of_a_step_are_told)
{
    ck_assert_ptr_null(parse("{'remote': {'key': 0, 'button': 'x', 'loud': true}, 'at': '1 s'}"));
    ck_assert_uint_eq(error.count, 4);
}
END_TEST

START_TEST(garbage_for_a_step_is_refused_without_harm)
{
    random_t random = {(uint64_t)_i};
    char text[300];
    size_t size = random_next(&random) % sizeof text;
    for (size_t i = 0; i < size; i++)
        text[i] = random_next(&random) % 3 ? "{}[]\":,0e\\ud"[random_next(&random) % 12] : (char)random_next(&random);
    car_plan_t plan = plan_car();
    ck_assert_ptr_null(story_parse_act(&plan, &play_vocabulary, text, size, &error));
    ck_assert_uint_gt(error.count, 0);
}
END_TEST

START_TEST(a_good_step_is_a_story_of_the_same_car)
{
    const story_t *act = parse("{'remote': {'key': 2, 'button': 'lock'}}");
    ck_assert_msg(act != NULL, "%s", error.text);
    ck_assert_uint_eq(act->step_count, 1);
    char words_of_step[64];
    words_t words = words_make(words_of_step, sizeof words_of_step);
    words_add_step(&words, act, &act->steps[0]);
    ck_assert_str_eq(words_of_step, "remote key 2 lock, held 100 ms");
    ck_assert_ptr_eq(act->vehicle, fetched.vehicle);
    ck_assert_ptr_eq(act->dbc, fetched.dbc);
    story_destroy(&act);
}
END_TEST

// ---- going on ------------------------------------------------------------------------------------------------------

typedef struct { // what is told to the car, one after the other, each so long after the one before was done
    const char *steps[STEPS_MAX];
    int64_t pause_ns;
    player_verdict_t verdicts[STEPS_MAX];
    bool unlocked[STEPS_MAX]; // after the pause
    int64_t longitudinal;     // of the seat at the end, in 0.1 mm; -1: it has said nothing
} drive_t;

static int64_t seat_position(const car_view_t *view)
{
    const dbc_message_t *message = dbc_status_message(fetched.dbc, "seat");
    const car_view_last_t *status = car_view_known(view, message);
    return !status ? -1 : dbc_get(dbc_signal(message, "Longitudinal"), &status->frame);
}

static car_t *begin_car(void)
{
    car_plan_t plan = plan_car();
    plan.tester = true;
    car_t *car = car_new(&plan, &(car_host_t){.find = units_find}, &error);
    ck_assert_msg(car, "%s", error.text);
    ck_assert_int_eq(player_verdict(car->player)->state, PLAYER_PASSED); // told nothing, it has nothing left to do
    return car;
}

static void run_until(car_t *car, int64_t limit_ns)
{
    ck_assert_msg(car_run_until(car, limit_ns, NULL, &error), "%s", error.text);
}

// From the instant after that time until it is done.
static void play(car_t *car, const story_t *act, int64_t now_ns)
{
    car_play(car, act);
    kernel_wake_player(car->kernel, now_ns + 1);
    while (player_verdict(car->player)->state == PLAYER_PLAYING) run_until(car, kernel_next(car->kernel));
}

static void drive_car(drive_t *self)
{
    const story_t *acts[STEPS_MAX] = {0};
    int64_t now_ns = TIME_S;
    car_t *car = begin_car();
    run_until(car, now_ns);
    for (size_t i = 0; i < STEPS_MAX && self->steps[i]; i++) {
        acts[i] = parse(self->steps[i]);
        ck_assert_msg(acts[i] != NULL, "%s", error.text);
        play(car, acts[i], now_ns);
        self->verdicts[i] = *player_verdict(car->player);
        now_ns = kernel_now(car->kernel) + self->pause_ns;
        run_until(car, now_ns);
        self->unlocked[i] = car_view_unlocked(player_view(car->player));
    }
    self->longitudinal = seat_position(player_view(car->player));
    car_destroy(&car);
    for (size_t i = 0; i < STEPS_MAX; i++) story_destroy(&acts[i]);
}

static void assert_passed(const drive_t *self, size_t count)
{
    for (size_t i = 0; i < count; i++)
        ck_assert_msg(self->verdicts[i].state == PLAYER_PASSED, "step %zu: %s", i, self->verdicts[i].problem);
}

START_TEST(one_step_after_the_other_acts_on_the_same_car)
{
    drive_t told = {{"{'remote': {'key': 2, 'button': 'unlock'}}", "{'remote': {'key': 2, 'button': 'lock'}}",
                     "{'remote': {'key': 1, 'button': 'unlock'}}"},
                    .pause_ns = TIME_S};
    drive_car(&told);
    assert_passed(&told, 3);
    ck_assert(told.unlocked[0] && !told.unlocked[1] && told.unlocked[2]);
}
END_TEST

START_TEST(what_was_sent_by_an_earlier_step_can_be_replayed)
{
    drive_t told = {{"{'remote': {'key': 2, 'button': 'unlock', 'out_of_range': true}}", "{'radio': {'replay': 1}}",
                     "{'remote': {'key': 2, 'button': 'lock'}}", "{'radio': {'replay': 1}}",
                     "{'radio': {'replay': 6}}"},
                    .pause_ns = TIME_S};
    drive_car(&told);
    assert_passed(&told, 4);
    ck_assert(!told.unlocked[0] && told.unlocked[1] && !told.unlocked[2]);
    ck_assert(!told.unlocked[3]); // the CAS knows it already
    ck_assert_int_eq(told.verdicts[4].state, PLAYER_FAILED);
    ck_assert_str_eq(told.verdicts[4].problem, "telegram 6 to replay: only 4 were sent so far");
}
END_TEST

static const player_verdict_t *drive_act(car_t *car, const char *step)
{
    static const story_t *last; // the player borrows it until the next one
    const story_t *act = parse(step);
    ck_assert_msg(act != NULL, "%s", error.text);
    play(car, act, kernel_now(car->kernel));
    story_destroy(&last);
    last = act;
    return player_verdict(car->player);
}

START_TEST(a_car_told_steps_without_end_remembers_its_last_telegrams)
{
    car_t *car = begin_car();
    run_until(car, TIME_S);
    for (int i = 0; i <= DRIVER_TELEGRAMS_KEPT; i++)
        drive_act(car, "{'remote': {'key': 2, 'button': 'unlock', 'out_of_range': true}}");
    const player_verdict_t *verdict = drive_act(car, "{'radio': {'replay': 1}}");
    ck_assert_str_eq(verdict->problem, "telegram 1 to replay: of 10001 only the last 10000 are remembered");
    verdict = drive_act(car, "{'radio': {'replay': 2}}");
    ck_assert_int_eq(verdict->state, PLAYER_PASSED); // its code is 2: the CAS takes it
    run_until(car, kernel_now(car->kernel) + TIME_S);
    ck_assert(car_view_unlocked(player_view(car->player)));
    verdict = drive_act(car, "{'radio': {'replay': 2}}");
    ck_assert_str_eq(verdict->problem, "telegram 2 to replay: of 10002 only the last 10000 are remembered");
    car_destroy(&car);
}
END_TEST

START_TEST(what_is_held_goes_on_being_held_while_other_steps_come)
{
    drive_t told = {{"{'switch': {'ecu': 'seat', 'axis': 'longitudinal', 'direction': 'increase', 'hold': '2 s'}}",
                     "{'door': {'driver': 'open'}}", "{'gear': 'r'}", "{'door': {'driver': 'closed'}}"},
                    .pause_ns = TIME_S};
    drive_car(&told);
    assert_passed(&told, 4);
    ck_assert_int_eq(told.longitudinal, 1250 + 400); // 2 s at 20 mm/s
}
END_TEST

START_TEST(a_failed_step_ends_nothing)
{
    drive_t told = {{"{'service': {'function': 'block_key', 'key': 9}}", "{'remote': {'key': 1, 'button': 'unlock'}}"},
                    .pause_ns = TIME_S};
    drive_car(&told);
    ck_assert_int_eq(told.verdicts[0].state, PLAYER_FAILED);
    ck_assert_str_eq(told.verdicts[0].problem, "refused with requestOutOfRange");
    ck_assert_int_eq(told.verdicts[1].state, PLAYER_PASSED);
    ck_assert(told.unlocked[1]);
}
END_TEST

START_TEST(a_step_of_the_workshop_is_done_when_its_answer_has_come)
{
    drive_t told = {{"{'service': {'function': 'block_key', 'key': 2}}", "{'remote': {'key': 2, 'button': 'unlock'}}",
                     "{'uds': {'ecu': 'seat', 'request': '22 F1 90', 'response': '62 F1 90 *'}}"},
                    .pause_ns = TIME_S};
    drive_car(&told);
    assert_passed(&told, 3);
    ck_assert_int_gt(told.verdicts[0].time_ns, TIME_S + 10 * TIME_MS);
    ck_assert(!told.unlocked[1]);
}
END_TEST

// A car of a scenario's plan, of which no story is played.
START_TEST(the_steps_of_the_scenario_itself_are_not_played)
{
    const story_t *story = story_fixture_parse(garage, "", "{'remote': {'key': 1, 'button': 'unlock'}}");
    car_plan_t plan = story_plan(story);
    car_t *car = car_new(&plan, &(car_host_t){.find = units_find}, &error);
    ck_assert_msg(car, "%s", error.text);
    run_until(car, TIME_S);
    ck_assert(!car_view_unlocked(player_view(car->player)));
    car_destroy(&car);
    story_destroy(&story);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("live steps");
    TCase *reading = tcase_create("reading"), *going_on = tcase_create("going on");
    tcase_add_checked_fixture(reading, set_up, tear_down);
    tcase_add_loop_test(reading, a_bad_step_is_told_in_the_words_of_the_loader, 0, sizeof BAD / sizeof BAD[0]);
    tcase_add_test(reading, all_mistakes_of_a_step_are_told);
    tcase_add_loop_test(reading, garbage_for_a_step_is_refused_without_harm, 0, 100);
    tcase_add_test(reading, a_good_step_is_a_story_of_the_same_car);
    suite_add_tcase(suite, reading);
    tcase_add_checked_fixture(going_on, set_up, tear_down);
    tcase_add_test(going_on, one_step_after_the_other_acts_on_the_same_car);
    tcase_add_test(going_on, what_was_sent_by_an_earlier_step_can_be_replayed);
    tcase_add_test(going_on, a_car_told_steps_without_end_remembers_its_last_telegrams);
    tcase_add_test(going_on, what_is_held_goes_on_being_held_while_other_steps_come);
    tcase_add_test(going_on, a_failed_step_ends_nothing);
    tcase_add_test(going_on, a_step_of_the_workshop_is_done_when_its_answer_has_come);
    tcase_add_test(going_on, the_steps_of_the_scenario_itself_are_not_played);
    suite_add_tcase(suite, going_on);
    return suite_run_cases(suite);
}
