// SPDX-License-Identifier: MIT
// What ends a run from within, and in which words: a kernel with one node, whose host does what a test says.
#include "bus/host/simulation.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "tests/suite.h"

static error_t error;
static vehicle_t vehicle;
static simulation_t simulation;
static outbox_t outboxes[KERNEL_NODES_MAX];
static unsigned rounds, steps, looks;
static void (*act)(outbox_t *outbox);  // the node, at each activation
static void (*play)(kernel_t *kernel); // the player, at its first step

static bool round_of(void *self, const kernel_t *kernel, outbox_t *of_nodes, error_t *reason)
{
    (void)self, (void)reason;
    const kernel_activation_t *activations;
    size_t count = kernel_activations(kernel, &activations);
    rounds++;
    for (size_t i = 0; i < count; i++) {
        outbox_clear(&of_nodes[i]);
        if (act) act(&of_nodes[i]);
    }
    return true;
}

static bool power_on(void *self, uint8_t node, int64_t now_ns, const kernel_power_on_t *start, outbox_t *outbox,
                     error_t *reason)
{
    (void)self, (void)node, (void)start, (void)reason;
    outbox_clear(outbox);
    for (uint16_t code = 0; code < OUTBOX_LOGS_MAX; code++) outbox_log(outbox, code, 0, 0, 0);
    if (act) outbox->deadline_ns = now_ns + TIME_MS;
    return true;
}

static bool power_off(void *self, uint8_t node, int64_t now_ns, bool crash, error_t *reason)
{
    (void)self, (void)node, (void)now_ns, (void)crash, (void)reason;
    return true;
}

static bool step(void *self, kernel_t *kernel)
{
    (void)self;
    if (steps++ == 0 && play) play(kernel);
    return true;
}

static void look(void *self, const kernel_t *kernel)
{
    (void)self, (void)kernel;
    looks++;
}

static const simulation_observer_t OBSERVER = {NULL, look};

static void set_up(void)
{
    static const uint8_t BUSES[] = {0};
    node_ports_t ports = {0};
    node_accept_line(&ports, "x");
    error_clear(&error);
    rounds = steps = looks = 0;
    act = NULL;
    play = NULL;
    vehicle = (vehicle_t){.bus_count = 1, .buses = {{"comfort", 100000}}};
    kernel_t *kernel = malloc(kernel_size());
    ck_assert_ptr_nonnull(kernel);
    kernel_init(kernel, &vehicle, 1);
    ck_assert_int_eq(kernel_add_node(kernel, "a", BUSES, 1, &ports, NULL, IMAGE_NONE), 0);
    kernel_start(kernel);
    simulation = (simulation_t){
        .kernel = kernel,
        .host = {NULL, round_of, power_on, power_off},
        .player = {NULL, step},
        .observers = &OBSERVER,
        .observer_count = 1,
        .outboxes = outboxes,
    };
}

static void tear_down(void)
{
    free(simulation.kernel);
}

static void expect_end(const char *sentence)
{
    ck_assert(!simulation_run(&simulation, &error));
    ck_assert_uint_eq(error.count, 1);
    ck_assert_str_eq(error.text, sentence);
}

static void off_and_on_29_times(kernel_t *kernel)
{
    for (int i = 0; i < 29; i++) {
        kernel_set_power(kernel, 0, POWER_OFF);
        kernel_set_power(kernel, 0, POWER_ON);
    }
}

START_TEST(too_many_events_end_the_run_before_anybody_sees_some_of_them)
{
    play = off_and_on_29_times;
    expect_end("more than 512 events at one instant at 0.000000 s of virtual time");
    ck_assert_uint_eq(steps, 1);
    ck_assert_uint_eq(looks, 1);
}
END_TEST

static void say_8_lines_again_and_again(outbox_t *outbox)
{
    for (int i = 0; i < OUTBOX_LINES_MAX; i++) outbox_set_line(outbox, 0, i, true);
    outbox->deadline_ns = kernel_now(simulation.kernel) + 1;
}

START_TEST(too_much_under_way_ends_the_run_before_the_player_acts_on_it)
{
    act = say_8_lines_again_and_again;
    expect_end("more than 1024 lines, telegrams and notices under way at 0.001000 s of virtual time");
    ck_assert_uint_eq(rounds, 1 + KERNEL_QUEUE_MAX / OUTBOX_LINES_MAX + 1); // time 0, those that fit, one too many
    ck_assert_uint_eq(steps, rounds - 1);
    ck_assert_uint_eq(looks, rounds - 1);
}
END_TEST

static void again_at_once(outbox_t *outbox)
{
    outbox->deadline_ns = kernel_now(simulation.kernel) + 1;
}

START_TEST(node_that_wants_every_nanosecond_ends_the_run)
{
    act = again_at_once;
    expect_end("more than 1000000 activations within one millisecond, the last of a, at 0.001500 s of virtual time");
}
END_TEST

static void now_again(outbox_t *outbox)
{
    outbox->deadline_ns = kernel_now(simulation.kernel);
}

START_TEST(node_whose_deadline_is_not_ahead_ends_the_run_at_once)
{
    act = now_again;
    expect_end("a: names a deadline, 1000000 ns, that is not ahead of now, 1000000 ns of virtual time");
    ck_assert_uint_eq(rounds, 2); // time 0, which concerns nobody, and its first deadline
}
END_TEST

START_TEST(nothing_left_to_happen_ends_a_run_that_is_not_over)
{
    expect_end("nothing is left to happen, but the story is not over");
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("simulation");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, too_many_events_end_the_run_before_anybody_sees_some_of_them);
    tcase_add_test(tests, too_much_under_way_ends_the_run_before_the_player_acts_on_it);
    tcase_add_test(tests, node_that_wants_every_nanosecond_ends_the_run);
    tcase_add_test(tests, node_whose_deadline_is_not_ahead_ends_the_run_at_once);
    tcase_add_test(tests, nothing_left_to_happen_ends_a_run_that_is_not_over);
    return suite_run("simulation", tests);
}
