// SPDX-License-Identifier: MIT
// Who may join, and what becomes of those who should not: external units, other versions, nonsense, garbage.
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bus/zmq/socket.h"
#include "tests/hub_fixture.h"
#include "tests/suite.h"

static hub_options_t options(void)
{
    return (hub_options_t){.patience_ns = 30 * TIME_S, .endpoint = hub_fixture_endpoint()};
}

static pid_t begin_unit(const hub_fixture_t *car)
{
    static const char PROGRAM[] = "/proc/self/exe";
    pid_t unit = fork();
    if (unit != 0) return unit;
    execl(PROGRAM, PROGRAM, "--bus", hub_fixture_endpoint(), "--node", "b", "--vehicle", car->path, (char *)NULL);
    _exit(9);
}

START_TEST(an_external_unit_is_waited_for_and_behaves_like_any_other)
{
    hub_fixture_t *here = hub_fixture_new(2, 0), *car = hub_fixture_new(2, 1);
    hub_fixture_use_host(here);
    ck_assert(hub_fixture_run(here, 20 * TIME_MS));
    pid_t unit = begin_unit(car); // before there is a bus
    ck_assert_msg(hub_fixture_use_hub(car, options()), "%s", car->error.text);
    ck_assert_int_eq(hub_process(car->hub, 1), 0);
    ck_assert_msg(hub_fixture_run(car, 20 * TIME_MS), "%s", car->error.text);
    ck_assert_str_eq(here->text, car->text);
    hub_fixture_destroy(&car);
    ck_assert_int_eq(suite_wait_for(unit), 0); // it has ended with the bus
    hub_fixture_destroy(&here);
}
END_TEST

START_TEST(an_external_unit_survives_a_bus_that_breaks_off)
{
    hub_fixture_t *car = hub_fixture_new(2, 1);
    pid_t unit = begin_unit(car);
    pid_t first = fork();
    if (first == 0) {
        if (!hub_fixture_use_hub(car, options()) || !hub_fixture_run(car, 5 * TIME_MS)) _exit(1);
        raise(SIGKILL);
    }
    int status = suite_wait_for(first);
    ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    ck_assert_msg(hub_fixture_use_hub(car, options()), "%s", car->error.text); // the second bus in the same place
    ck_assert_msg(hub_fixture_run(car, 5 * TIME_MS), "%s", car->error.text);
    hub_fixture_destroy(&car);
    suite_wait_for(unit);
}
END_TEST

static const struct {
    const char *mode, *told;
} BAD_HELLOS[] = {
    {"version", "; refused: it speaks version 9 of the protocol, this run version 4"},
    {"definitions", "; refused: it has another vehicle file or DBC than this run"},
    {"bus", "; refused: it accepts from a bus that it is not on"},
    {"key", "; refused: its public key is none"},
    {"hello", "; refused: its hello is nonsense (1 byte too many)"},
};

// It may be anybody's hello: it is not the end, and the right one may come.
START_TEST(a_unit_that_cannot_belong_here_is_refused_and_the_right_one_waited_for)
{
    hub_fixture_t *car = hub_fixture_new(2, 1);
    hub_options_t impatient = options();
    impatient.patience_ns = 500 * TIME_MS;
    pid_t peer = hub_fixture_spawn("--peer", BAD_HELLOS[_i].mode, hub_fixture_endpoint(), "b");
    ck_assert(!hub_fixture_use_hub(car, impatient));
    hub_fixture_assert_told(car, "b: external unit does not answer (waited 0.");
    hub_fixture_assert_told(car, BAD_HELLOS[_i].told);
    hub_fixture_destroy(&car);
    suite_wait_for(peer);
    car = hub_fixture_new(2, 1);
    peer = hub_fixture_spawn("--peer", BAD_HELLOS[_i].mode, hub_fixture_endpoint(), "b");
    pid_t waker = fork();
    if (waker == 0) {
        usleep(300000); // the wrong one comes first
        execl("/proc/self/exe", "/proc/self/exe", "--peer", "good", hub_fixture_endpoint(), "b", (char *)NULL);
        _exit(9);
    }
    ck_assert_msg(hub_fixture_use_hub(car, options()), "%s", car->error.text);
    ck_assert_msg(hub_fixture_run(car, TIME_MS), "%s", car->error.text);
    ck_assert_uint_eq(hub_figures(car->hub).refused, 1);
    hub_fixture_destroy(&car);
    suite_wait_for(waker);
    suite_wait_for(peer);
}
END_TEST

static const struct {
    const char *mode, *told;
} BAD_ANSWERS[] = {
    {"nonsense", "b: process answers nonsense (1 byte too many) at 0.000000 s of virtual time"},
    {"flags", "b: process answers nonsense (frames[0].flags is 9, at most 7) at 0.000000 s of virtual time"},
    {"deadline", "b: names a deadline, 0 ns, that is not ahead of now, 0 ns of virtual time"},
    {"gap", "b: process has missed a message that was meant for it at 0.000000 s of virtual time"},
};

START_TEST(a_unit_that_answers_wrongly_ends_the_run)
{
    hub_fixture_t *car = hub_fixture_new(2, 1);
    pid_t peer = hub_fixture_spawn("--peer", BAD_ANSWERS[_i].mode, hub_fixture_endpoint(), "b");
    ck_assert_msg(hub_fixture_use_hub(car, options()), "%s", car->error.text);
    ck_assert(!hub_fixture_run(car, TIME_MS));
    hub_fixture_assert_told(car, BAD_ANSWERS[_i].told);
    hub_fixture_destroy(&car);
    suite_wait_for(peer);
}
END_TEST

START_TEST(packets_of_another_round_incarnation_or_sender_are_counted_and_change_nothing)
{
    hub_fixture_t *car = hub_fixture_new(2, 1);
    pid_t peer = hub_fixture_spawn("--peer", "good", hub_fixture_endpoint(), "b");
    ck_assert_msg(hub_fixture_use_hub(car, options()), "%s", car->error.text);
    ck_assert_msg(hub_fixture_run(car, 5 * TIME_MS), "%s", car->error.text);
    ck_assert_uint_eq(hub_figures(car->hub).mismatched, 2);
    ck_assert_uint_eq(hub_figures(car->hub).forged, 2);
    hub_fixture_destroy(&car);
    suite_wait_for(peer);
}
END_TEST

// What its owner has not started is welcomed, but somebody else answers: who has not the secret is not the unit.
START_TEST(somebody_who_only_listens_does_not_become_the_unit)
{
    hub_fixture_t *car = hub_fixture_new(2, 1);
    pid_t first = hub_fixture_spawn("--peer", "silent", hub_fixture_endpoint(), "b");
    pid_t second = hub_fixture_spawn("--peer", "good", hub_fixture_endpoint(), "b");
    ck_assert_msg(hub_fixture_use_hub(car, options()), "%s", car->error.text);
    ck_assert_msg(hub_fixture_run(car, TIME_MS), "%s", car->error.text);
    hub_fixture_destroy(&car);
    kill(first, SIGKILL); // it may have come when all was over
    suite_wait_for(first);
    suite_wait_for(second);
}
END_TEST

START_TEST(garbage_on_the_sockets_changes_nothing)
{
    hub_fixture_t *here = hub_fixture_new(3, 0), *car = hub_fixture_new(3, 0);
    hub_fixture_use_host(here);
    ck_assert(hub_fixture_run(here, 200 * TIME_MS));
    pid_t thrower = hub_fixture_spawn("--garbage", hub_fixture_endpoint(), NULL, NULL);
    hub_options_t observed = options();
    observed.observers = 1; // it subscribes to that last
    ck_assert_msg(hub_fixture_use_hub(car, observed), "%s", car->error.text);
    ck_assert_msg(hub_fixture_run(car, 200 * TIME_MS), "%s", car->error.text);
    ck_assert_str_eq(here->text, car->text);
    // The run may have been faster than the thrower.
    for (int64_t until_ns = 300 * TIME_MS; hub_figures(car->hub).garbage == 0 || hub_figures(car->hub).outsiders == 0;
         until_ns += 100 * TIME_MS)
        ck_assert_msg(hub_fixture_run(car, until_ns), "%s", car->error.text);
    kill(thrower, SIGKILL);
    suite_wait_for(thrower);
    hub_fixture_destroy(&car);
    hub_fixture_destroy(&here);
}
END_TEST

START_TEST(a_unit_that_ends_before_it_joins_is_told)
{
    hub_fixture_t *car = hub_fixture_new(2, 0);
    const hub_launch_t launch = {"a", "exit 7 #"};
    hub_options_t launched = options();
    launched.launches = &launch;
    launched.launch_count = 1;
    ck_assert(!hub_fixture_use_hub(car, launched));
    hub_fixture_assert_told(car, "a: process ended with status 7 before it had joined");
    hub_fixture_destroy(&car);
}
END_TEST

START_TEST(a_unit_that_never_joins_is_told_when_patience_is_over)
{
    hub_fixture_t *car = hub_fixture_new(1, 0);
    char directory[64], program[256];
    snprintf(directory, sizeof directory, "%s/units", getenv("XDG_RUNTIME_DIR"));
    ck_assert_int_eq(mkdir(directory, 0700), 0);
    snprintf(program, sizeof program, "%s/%s", directory, car->program);
    FILE *file = fopen(program, "w");
    ck_assert_ptr_nonnull(file);
    fprintf(file, "#!/bin/sh\nexec sleep 60\n");
    fclose(file);
    chmod(program, 0700);
    hub_options_t impatient = options();
    impatient.patience_ns = 100 * TIME_MS;
    impatient.unit_directory = directory;
    ck_assert(!hub_fixture_use_hub(car, impatient));
    hub_fixture_assert_told(car, "a: process ");
    hub_fixture_assert_waited(car, 0.1);
    hub_fixture_destroy(&car);
    unlink(program);
    rmdir(directory);
}
END_TEST

START_TEST(a_missing_program_is_told)
{
    hub_fixture_t *car = hub_fixture_new(1, 0);
    hub_options_t lost = options();
    lost.unit_directory = "/nonexistent";
    ck_assert(!hub_fixture_use_hub(car, lost));
    hub_fixture_assert_told(car, "a: cannot start /nonexistent/");
    hub_fixture_assert_told(car, "No such file or directory");
    hub_fixture_destroy(&car);
}
END_TEST

START_TEST(an_unknown_unit_to_launch_is_told)
{
    hub_fixture_t *car = hub_fixture_new(1, 0);
    const hub_launch_t launch = {"seet", "gdb --args %"};
    hub_options_t launched = options();
    launched.launches = &launch;
    launched.launch_count = 1;
    ck_assert(!hub_fixture_use_hub(car, launched));
    hub_fixture_assert_told(car, "--launch: unknown control unit \"seet\"");
    hub_fixture_destroy(&car);
}
END_TEST

int main(int argc, char **argv)
{
    Suite *suite = suite_create("hub peers");
    TCase *peers = tcase_create("peers");
    tcase_set_timeout(peers, 120);
    tcase_add_checked_fixture(peers, hub_fixture_own_directory, hub_fixture_remove_directory);
    tcase_add_test(peers, an_external_unit_is_waited_for_and_behaves_like_any_other);
    tcase_add_test(peers, an_external_unit_survives_a_bus_that_breaks_off);
    tcase_add_loop_test(peers, a_unit_that_cannot_belong_here_is_refused_and_the_right_one_waited_for, 0, 5);
    tcase_add_loop_test(peers, a_unit_that_answers_wrongly_ends_the_run, 0, 2);
    tcase_add_test(peers, packets_of_another_round_incarnation_or_sender_are_counted_and_change_nothing);
    tcase_add_test(peers, somebody_who_only_listens_does_not_become_the_unit);
    tcase_add_test(peers, garbage_on_the_sockets_changes_nothing);
    tcase_add_test(peers, a_unit_that_ends_before_it_joins_is_told);
    tcase_add_test(peers, a_unit_that_never_joins_is_told_when_patience_is_over);
    tcase_add_test(peers, a_missing_program_is_told);
    tcase_add_test(peers, an_unknown_unit_to_launch_is_told);
    suite_add_tcase(suite, peers);
    return hub_fixture_main(argc, argv, suite);
}
