// SPDX-License-Identifier: MIT
// Runs on real processes: the same trace as in-process, and every way for a run to end.
// Waiting here is on real processes, so the wall clock bounds it; what is asserted is in virtual time.
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zmq.h>

#include "bus/zmq/endpoint.h"
#include "bus/zmq/process.h"
#include "bus/zmq/socket.h"
#include "tests/hub_fixture.h"
#include "tests/suite.h"

#define NODES 4

#define ENDS_MS 10000 // a unit that stands is killed long before

static const hub_options_t PLAIN = {.patience_ns = 30 * TIME_S};

static char *trace_in_process(int64_t until_ns)
{
    hub_fixture_t *car = hub_fixture_new(NODES, 0);
    hub_fixture_use_host(car);
    ck_assert_msg(hub_fixture_run(car, until_ns), "%s", car->error.text);
    char *text = car->text;
    car->text = NULL;
    hub_fixture_destroy(&car);
    return text;
}

static hub_fixture_t *car_on_processes(hub_options_t options)
{
    hub_fixture_t *car = hub_fixture_new(NODES, 0);
    ck_assert_msg(hub_fixture_use_hub(car, options), "%s", car->error.text);
    return car;
}

static void assert_same(const char *expected, const char *text)
{
    size_t at = 0;
    while (expected[at] && expected[at] == text[at]) at++;
    while (at > 0 && expected[at - 1] != '\n') at--;
    ck_assert_msg(strcmp(expected, text) == 0, "expected %.80s\nbut got %.80s", expected + at, text + at);
}

// ---- the same machines ---------------------------------------------------------------------------------------------

START_TEST(both_hosts_give_the_same_trace)
{
    char *expected = trace_in_process(60 * TIME_MS);
    ck_assert(strstr(expected, "frame 0 ") && strstr(expected, "frame 1 ") && strstr(expected, " line bell "));
    ck_assert(strstr(expected, " air 2 ") && strstr(expected, " log "));
    hub_fixture_t *car = car_on_processes(PLAIN);
    ck_assert_msg(hub_fixture_run(car, 60 * TIME_MS), "%s", car->error.text);
    assert_same(expected, car->text);
    ck_assert_uint_eq(hub_figures(car->hub).outsiders, 0);
    ck_assert_uint_eq(hub_figures(car->hub).mismatched, 0);
    hub_fixture_destroy(&car);
    free(expected);
    ck_assert_int_eq(hub_fixture_leftovers(), 0);
}
END_TEST

static void cut_power(hub_fixture_t *car, kernel_power_t how)
{
    ck_assert(hub_fixture_run(car, 20 * TIME_MS));
    kernel_set_power(car->kernel, 1, how);
    ck_assert_msg(hub_fixture_run(car, 40 * TIME_MS), "%s", car->error.text);
    kernel_set_power(car->kernel, 1, POWER_ON);
    ck_assert_msg(hub_fixture_run(car, 60 * TIME_MS), "%s", car->error.text);
}

START_TEST(a_unit_that_loses_power_comes_back_as_in_process)
{
    kernel_power_t how = _i == 0 ? POWER_OFF : POWER_CRASH;
    hub_fixture_t *here = hub_fixture_new(NODES, 0), *car = car_on_processes(PLAIN);
    hub_fixture_use_host(here);
    long before = hub_process(car->hub, 1);
    cut_power(here, how);
    cut_power(car, how);
    assert_same(here->text, car->text);
    ck_assert((hub_process(car->hub, 1) != before) == (how == POWER_CRASH));
    hub_fixture_destroy(&here);
    hub_fixture_destroy(&car);
}
END_TEST

START_TEST(two_runs_at_once_do_not_disturb_each_other)
{
    char *expected = trace_in_process(20 * TIME_MS);
    hub_fixture_t *first = car_on_processes(PLAIN), *second = car_on_processes(PLAIN);
    for (int64_t now_ns = 0; now_ns <= 20 * TIME_MS; now_ns += 5 * TIME_MS) {
        ck_assert_msg(hub_fixture_run(first, now_ns), "%s", first->error.text);
        ck_assert_msg(hub_fixture_run(second, now_ns), "%s", second->error.text);
    }
    assert_same(expected, first->text);
    assert_same(expected, second->text);
    hub_fixture_destroy(&first);
    hub_fixture_destroy(&second);
    free(expected);
    ck_assert_int_eq(hub_fixture_leftovers(), 0);
}
END_TEST

START_TEST(a_run_over_tcp_is_the_same)
{
    char *expected = trace_in_process(10 * TIME_MS), endpoint[64];
    hub_options_t options = PLAIN;
    options.endpoint = endpoint;
    hub_fixture_t *car = hub_fixture_new(NODES, 0);
    bool bound = false;
    for (int port = 21000 + (int)getpid() % 20000, i = 0; !bound && i < 20; i++, port += 2) {
        snprintf(endpoint, sizeof endpoint, "tcp://127.0.0.1:%d", port);
        error_clear(&car->error);
        bound = hub_fixture_use_hub(car, options);
        if (!bound) hub_fixture_assert_told(car, "another run is using this endpoint"); // somebody's port: the next one
    }
    ck_assert(bound);
    ck_assert_msg(hub_fixture_run(car, 10 * TIME_MS), "%s", car->error.text);
    assert_same(expected, car->text);
    hub_fixture_destroy(&car);
    free(expected);
}
END_TEST

START_TEST(observers_get_everything_from_the_first_frame_to_the_end)
{
    void *context = zmq_ctx_new(), *observer = zmq_socket(context, ZMQ_SUB);
    endpoint_t endpoint;
    hub_fixture_t *car = hub_fixture_new(NODES, 0);
    ck_assert(endpoint_parse(&endpoint, NULL, &car->error));
    zmq_connect(observer, endpoint.down); // before there is a bus
    zmq_setsockopt(observer, ZMQ_SUBSCRIBE, "can/", 4);
    zmq_setsockopt(observer, ZMQ_SUBSCRIBE, "sim/end", 7);
    zmq_setsockopt(observer, ZMQ_SUBSCRIBE, "sim/observer/7", 14);
    hub_options_t options = PLAIN;
    options.observers = 1;
    ck_assert_msg(hub_fixture_use_hub(car, options), "%s", car->error.text);
    ck_assert(hub_fixture_run(car, 20 * TIME_MS));
    size_t frames = 0, seen = 0;
    for (const char *c = car->text; (c = strstr(c, " frame ")); c++) frames++;
    hub_fixture_destroy(&car);
    uint64_t sequences[WIRE_STREAM_COUNT] = {0};
    wire_public_t message = {.kind = 0};
    for (char topic[64]; message.kind != WIRE_END; seen++) {
        static uint8_t body[WIRE_SIZE_MAX];
        ck_assert_int_gt(zmq_recv(observer, topic, sizeof topic, 0), 0);
        int size = zmq_recv(observer, body, sizeof body, 0);
        ck_assert(size > 0 && wire_decode_public(&message, body, (size_t)size));
        if (message.kind != WIRE_END) ck_assert_uint_eq(message.sequence, ++sequences[message.stream]);
    }
    ck_assert_uint_eq(seen, frames + 1);
    ck_assert_uint_eq(message.end.sequences[0], sequences[0]);
    ck_assert_uint_eq(message.end.sequences[1], sequences[1]);
    zmq_close(observer);
    zmq_ctx_term(context);
}
END_TEST

// ---- a run breaks --------------------------------------------------------------------------------------------------

static void assert_ends_quickly(hub_fixture_t **car)
{
    pid_t units[NODES];
    for (uint8_t i = 0; i < NODES; i++) units[i] = (pid_t)hub_process((*car)->hub, i);
    int64_t began_ms = socket_clock_ms();
    hub_fixture_destroy(car);
    ck_assert_int_lt(socket_clock_ms() - began_ms, ENDS_MS);
    for (uint8_t i = 0; i < NODES; i++) ck_assert(units[i] == 0 || kill(units[i], 0) != 0);
    ck_assert_int_eq(hub_fixture_leftovers(), 0);
}

START_TEST(a_killed_unit_is_told_by_name_signal_and_virtual_time)
{
    hub_fixture_t *car = car_on_processes(PLAIN);
    ck_assert(hub_fixture_run(car, 5 * TIME_MS));
    kill((pid_t)hub_process(car->hub, 2), SIGKILL);
    ck_assert(!hub_fixture_run(car, TIME_S));
    hub_fixture_assert_told(car, "c: process was killed by signal 9 (Killed) at 0.00");
    hub_fixture_assert_told(car, " s of virtual time");
    assert_ends_quickly(&car);
}
END_TEST

START_TEST(a_stopped_unit_is_told_when_patience_is_over)
{
    hub_fixture_t *car = car_on_processes((hub_options_t){.patience_ns = 2 * TIME_S});
    ck_assert(hub_fixture_run(car, 5 * TIME_MS));
    kill((pid_t)hub_process(car->hub, 1), SIGSTOP);
    ck_assert(!hub_fixture_run(car, TIME_S));
    hub_fixture_assert_told(car, "b: process ");
    hub_fixture_assert_waited(car, 2.0);
    hub_fixture_assert_told(car, " at 0.00");
    assert_ends_quickly(&car);
}
END_TEST

START_TEST(a_stopped_unit_under_a_tool_has_all_time)
{
    const hub_launch_t launch = {"b", "exec %"};
    hub_fixture_t *car =
        car_on_processes((hub_options_t){.patience_ns = 2 * TIME_S, .launches = &launch, .launch_count = 1});
    pid_t unit = (pid_t)hub_process(car->hub, 1), waker = fork();
    if (waker == 0) {
        zclock_sleep(2500);
        kill(unit, SIGCONT);
        _exit(0);
    }
    kill(unit, SIGSTOP);
    ck_assert_msg(hub_fixture_run(car, 5 * TIME_MS), "%s", car->error.text);
    waitpid(waker, NULL, 0);
    assert_ends_quickly(&car);
}
END_TEST

// The hub lives in a child; its units must go when it is killed, and its files with the next run.
START_TEST(a_killed_hub_leaves_no_processes_and_no_files)
{
    int pipes[2];
    ck_assert_int_eq(pipe(pipes), 0);
    pid_t child = fork();
    if (child == 0) {
        hub_fixture_t *car = car_on_processes(PLAIN);
        if (!hub_fixture_run(car, 5 * TIME_MS)) _exit(1);
        scratch_remove_all(car->scratch); // nobody destroys this car
        pid_t units[NODES];
        for (uint8_t i = 0; i < NODES; i++) units[i] = (pid_t)hub_process(car->hub, i);
        if (_i == 1 && !hub_fixture_stop(units[0])) _exit(1); // a stopped one cannot look after itself
        if (write(pipes[1], units, sizeof units) != (ssize_t)sizeof units) _exit(1);
        for (;;) pause();
    }
    close(pipes[1]);
    pid_t units[NODES];
    ck_assert_int_eq(read(pipes[0], units, sizeof units), (ssize_t)sizeof units);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    ck_assert_int_eq(hub_fixture_leftovers(), 1);
    for (int i = 0; i < NODES; i++) ck_assert_msg(hub_fixture_gone(units[i]), "unit %d lives on", i);
    hub_fixture_t *next = car_on_processes(PLAIN);
    ck_assert_int_eq(hub_fixture_leftovers(), 1); // its own
    hub_fixture_destroy(&next);
    ck_assert_int_eq(hub_fixture_leftovers(), 0);
    close(pipes[0]);
}
END_TEST

START_TEST(a_second_run_on_an_endpoint_in_use_is_refused)
{
    char *expected = trace_in_process(10 * TIME_MS);
    const char *endpoint = hub_fixture_endpoint();
    hub_options_t options = PLAIN;
    options.endpoint = endpoint;
    hub_fixture_t *first = car_on_processes(options), *second = hub_fixture_new(NODES, 0);
    ck_assert(hub_fixture_run(first, 5 * TIME_MS));
    ck_assert(!hub_fixture_use_hub(second, options));
    hub_fixture_assert_told(second, "another run is using this endpoint");
    ck_assert_msg(hub_fixture_run(first, 10 * TIME_MS), "%s", first->error.text); // unharmed
    assert_same(expected, first->text);
    hub_fixture_destroy(&first);
    error_clear(&second->error);
    ck_assert_msg(hub_fixture_use_hub(second, options), "%s", second->error.text); // free again
    hub_fixture_destroy(&second);
    ck_assert_int_ne(access(endpoint + strlen("ipc://"), F_OK), 0);
    free(expected);
}
END_TEST

START_TEST(an_interrupt_ends_the_run_and_leaves_nothing)
{
    pid_t child = fork(); // the note of a signal stays with the process
    if (child == 0) {
        signal(SIGTERM, SIG_DFL); // Check has its own handler
        hub_fixture_t *car = car_on_processes(PLAIN);
        bool good = hub_fixture_run(car, 5 * TIME_MS);
        raise(SIGTERM);
        good = good && !hub_fixture_run(car, TIME_S) && strstr(car->error.text, "interrupted by signal 15");
        good = good && process_interrupted() == SIGTERM;
        hub_fixture_destroy(&car);
        _exit(good && hub_fixture_leftovers() == 0 ? 0 : 1); // the directory is the parent's
    }
    int status = -1;
    status = suite_wait_for(child);
    ck_assert_int_ne(status, -1);
    ck_assert_int_eq(status, 0);
}
END_TEST

int main(int argc, char **argv)
{
    Suite *suite = suite_create("hub");
    TCase *same = tcase_create("the same machines");
    tcase_set_timeout(same, 120);
    tcase_add_checked_fixture(same, hub_fixture_own_directory, hub_fixture_remove_directory);
    tcase_add_test(same, both_hosts_give_the_same_trace);
    tcase_add_loop_test(same, a_unit_that_loses_power_comes_back_as_in_process, 0, 2);
    tcase_add_test(same, two_runs_at_once_do_not_disturb_each_other);
    tcase_add_test(same, a_run_over_tcp_is_the_same);
    tcase_add_test(same, observers_get_everything_from_the_first_frame_to_the_end);
    suite_add_tcase(suite, same);
    TCase *breaks = tcase_create("a run breaks");
    tcase_set_timeout(breaks, 120);
    tcase_add_checked_fixture(breaks, hub_fixture_own_directory, hub_fixture_remove_directory);
    tcase_add_test(breaks, a_killed_unit_is_told_by_name_signal_and_virtual_time);
    tcase_add_test(breaks, a_stopped_unit_is_told_when_patience_is_over);
    tcase_add_test(breaks, a_stopped_unit_under_a_tool_has_all_time);
    tcase_add_loop_test(breaks, a_killed_hub_leaves_no_processes_and_no_files, 0, 2);
    tcase_add_test(breaks, a_second_run_on_an_endpoint_in_use_is_refused);
    tcase_add_test(breaks, an_interrupt_ends_the_run_and_leaves_nothing);
    suite_add_tcase(suite, breaks);
    return hub_fixture_main(argc, argv, suite);
}
