// SPDX-License-Identifier: MIT
// How processes begin and end; nobody is waited for without an end, and nobody is left behind.
#include "bus/zmq/process.h"

#include <check.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bus/zmq/affinity.h"
#include "tests/suite.h"

static error_t error;
static process_t process;

static void begin(void)
{
    error_clear(&error);
    process = process_none();
}

static void end(void)
{
    process_kill(&process);
    process_cut(&process);
}

static void pause_ms(long ms)
{
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}

static int status_of(void)
{
    int status = -1;
    for (int i = 0; i < 500 && !process_ended(&process, &status); i++) pause_ms(10);
    ck_assert(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static bool start_shell(const char *command, const char *variable)
{
    const char *const argv[] = {"/bin/sh", "-c", command, NULL};
    return process_start(&process, argv, variable, &error) && process_begins(&process, &error);
}

START_TEST(a_process_has_its_lifeline_and_variable_and_an_empty_input)
{
    ck_assert_msg(start_shell("[ \"$SECRET\" = 7 ] && [ -S /proc/self/fd/3 ] && ! read line && exit 5", "SECRET=7"),
                  "%s", error.text);
    ck_assert_int_eq(status_of(), 5);
}
END_TEST

START_TEST(a_lifeline_of_the_same_number_is_inherited_too)
{
    close(PROCESS_LIFELINE); // so that one end of the pair gets this number
    close(PROCESS_LIFELINE + 1);
    ck_assert_msg(start_shell("[ -S /proc/self/fd/3 ] && exit 6", NULL), "%s", error.text);
    ck_assert_int_eq(status_of(), 6);
}
END_TEST

static void read_its_end(int kind)
{
    int type = 0;
    socklen_t size = sizeof type;
    ck_assert_int_eq(getsockopt(process.line, SOL_SOCKET, SO_TYPE, &type, &size), 0);
    ck_assert_int_eq(type, kind);
    process_cut(&process);
    ck_assert_int_eq(process.line, -1);
    ck_assert_int_eq(status_of(), 7); // it has read end-of-file
}

START_TEST(a_process_reads_the_end_of_its_lifeline_when_that_is_cut)
{
    ck_assert_msg(start_shell("read line <&3 || exit 7", NULL), "%s", error.text);
    read_its_end(SOCK_SEQPACKET);
}
END_TEST

START_TEST(a_process_under_a_tool_has_a_lifeline_that_is_no_lane)
{
    const char *const argv[] = {"unit", NULL};
    ck_assert_msg(process_launch(&process, "read line <&3 || exit 7; : %", argv, NULL, &error), "%s", error.text);
    ck_assert_msg(process_begins(&process, &error), "%s", error.text);
    read_its_end(SOCK_STREAM);
}
END_TEST

START_TEST(a_program_that_cannot_be_executed_is_told)
{
    const char *const argv[] = {"/etc/hostname", NULL};
    ck_assert(process_start(&process, argv, NULL, &error));
    ck_assert(!process_begins(&process, &error));
    ck_assert_ptr_nonnull(strstr(error.text, "/etc/hostname: ")); // as root another reason than as anybody
    ck_assert_ptr_null(strstr(error.text, "stopped"));
    ck_assert_int_eq(process.pid, 0);
}
END_TEST

static void stop_here(void)
{
    raise(SIGSTOP);
}

START_TEST(a_process_that_is_stopped_before_it_is_one_is_told_and_ended)
{
    ck_assert_int_eq(pthread_atfork(NULL, NULL, stop_here), 0); // just behind the fork, in the child
    ck_assert(!start_shell("exit 0", NULL));
    ck_assert_str_eq(error.text, "/bin/sh: the process does not begin, stopped?");
    ck_assert_int_eq(process.pid, 0);
    ck_assert_int_eq(waitpid(-1, NULL, 0), -1); // nobody is left
}
END_TEST

START_TEST(a_start_waits_for_nobody)
{
    const char *const argv[] = {"/bin/sh", "-c", "exit 0", NULL};
    process_t other;
    ck_assert_int_eq(pthread_atfork(NULL, NULL, stop_here), 0);
    ck_assert(process_start(&process, argv, NULL, &error));
    ck_assert(process_start(&other, argv, NULL, &error)); // while the first one stands still
    struct pollfd told = {.fd = other.told, .events = POLLIN};
    for (int i = 0; i < 500 && poll(&told, 1, 10) == 0; i++) kill(other.pid, SIGCONT);
    ck_assert_msg(process_begins(&other, &error), "%s", error.text);
    process_kill(&other);
    process_kill(&process);
    ck_assert_int_eq(process.told, -1);
    ck_assert_int_eq(waitpid(-1, NULL, 0), -1); // nobody is left
}
END_TEST

START_TEST(a_wait_for_children_ends_when_one_does_and_is_none_when_one_has)
{
    struct timespec began, ended;
    clock_gettime(CLOCK_MONOTONIC, &began);
    process_catch_signals();
    unsigned seen = process_children_signals();
    ck_assert(start_shell("exit 8", NULL));
    process_wait_for_children(seen, 20000);
    ck_assert_uint_ne(process_children_signals(), seen);
    process_wait_for_children(seen, 20000); // it has come already
    ck_assert_int_eq(status_of(), 8);
    seen = process_children_signals();
    process_wait_for_children(seen, 1); // nobody is left
    ck_assert_uint_eq(process_children_signals(), seen);
    clock_gettime(CLOCK_MONOTONIC, &ended);
    ck_assert_int_lt(ended.tv_sec - began.tv_sec, 20);
}
END_TEST

START_TEST(a_process_that_is_stopped_is_seen_to_be)
{
    int status;
    ck_assert(start_shell("sleep 60", NULL));
    kill(process.pid, SIGSTOP);
    for (int i = 0; i < 500 && !process.stopped; i++, pause_ms(10)) ck_assert(!process_ended(&process, &status));
    ck_assert(process.stopped);
    kill(process.pid, SIGCONT);
    for (int i = 0; i < 500 && process.stopped; i++, pause_ms(10)) ck_assert(!process_ended(&process, &status));
    ck_assert(!process.stopped);
}
END_TEST

// Its group is not orphaned here, so no kernel of any kind wakes it but by what it asked for.
START_TEST(a_stopped_process_ends_with_us)
{
    int ends[2];
    ck_assert_int_eq(prctl(PR_SET_CHILD_SUBREAPER, 1), 0); // what is orphaned becomes ours
    ck_assert_int_eq(pipe(ends), 0);
    pid_t owner = fork();
    if (owner == 0) {
        if (!start_shell("sleep 60", NULL)) _exit(1);
        kill(process.pid, SIGSTOP);
        if (write(ends[1], &process.pid, sizeof process.pid) < 0) _exit(1);
        for (;;) pause();
    }
    pid_t pid = 0;
    int status = 0;
    ck_assert_int_eq(read(ends[0], &pid, sizeof pid), sizeof pid);
    kill(owner, SIGKILL);
    ck_assert_int_eq(waitpid(owner, NULL, 0), owner);
    status = suite_wait_for(pid);
    ck_assert_int_ne(status, -1);
    ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}
END_TEST

START_TEST(a_fork_goes_on_in_a_child_whose_status_is_told)
{
    bool child;
    int alone[2];
    ck_assert_int_eq(pipe(alone), 0);
    ck_assert(process_fork(&process, &child, &error));
    if (child) {
        char byte;
        close(alone[1]);
        _exit(read(alone[0], &byte, 1) == 1 && byte == 'x' ? 7 : 8);
    }
    close(alone[0]);
    ck_assert_int_eq(write(alone[1], "x", 1), 1);
    close(alone[1]);
    ck_assert_int_eq(status_of(), 7);
}
END_TEST

// Its parent is a process of its own, which ends without a word.
START_TEST(a_fork_does_not_outlive_its_parent)
{
    int told[2];
    char byte;
    ck_assert_int_eq(pipe(told), 0);
    pid_t parent = fork();
    if (parent == 0) {
        bool child = false;
        if (!process_fork(&process, &child, &error)) _exit(1);
        if (child) pause_ms(60000);
        _exit(0);
    }
    close(told[1]);
    suite_wait_for(parent);
    ck_assert_int_eq(read(told[0], &byte, 1), 0); // end-of-file: who had the other end is gone
    close(told[0]);
}
END_TEST

START_TEST(the_processors_that_are_allowed_are_counted_in_a_circle)
{
    int count = affinity_count();
    ck_assert_int_ge(count, 1);
    for (int i = 0; i < count; i++) {
        ck_assert_int_ge(affinity_allowed(i), i);
        ck_assert_int_eq(affinity_allowed(i + count), affinity_allowed(i));
        if (i > 0) ck_assert_int_gt(affinity_allowed(i), affinity_allowed(i - 1));
    }
    affinity_pin(affinity_allowed(count - 1));
    ck_assert_int_eq(affinity_count(), 1);
}
END_TEST

int main(void)
{
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 30);
    tcase_add_checked_fixture(all, begin, end);
    tcase_add_test(all, a_process_has_its_lifeline_and_variable_and_an_empty_input);
    tcase_add_test(all, a_lifeline_of_the_same_number_is_inherited_too);
    tcase_add_test(all, a_process_reads_the_end_of_its_lifeline_when_that_is_cut);
    tcase_add_test(all, a_process_under_a_tool_has_a_lifeline_that_is_no_lane);
    tcase_add_test(all, a_program_that_cannot_be_executed_is_told);
    tcase_add_test(all, a_process_that_is_stopped_before_it_is_one_is_told_and_ended);
    tcase_add_test(all, a_start_waits_for_nobody);
    tcase_add_test(all, a_wait_for_children_ends_when_one_does_and_is_none_when_one_has);
    tcase_add_test(all, a_process_that_is_stopped_is_seen_to_be);
    tcase_add_test(all, a_stopped_process_ends_with_us);
    tcase_add_test(all, a_fork_goes_on_in_a_child_whose_status_is_told);
    tcase_add_test(all, a_fork_does_not_outlive_its_parent);
    tcase_add_test(all, the_processors_that_are_allowed_are_counted_in_a_circle);
    return suite_run("process", all);
}
