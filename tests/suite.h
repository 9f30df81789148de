// SPDX-License-Identifier: MIT
// How every test program runs: its suite under the CK_* environment variables, and their exit status.
#ifndef KMSIM_TESTS_SUITE_H
#define KMSIM_TESTS_SUITE_H

#include <check.h>
#include <sys/types.h>
#include <stddef.h>

/// Adds tests to a case; a null ends them early.
void suite_add_tests(TCase *tests, const TTest *const *added, size_t count);

/// Runs a suite of that name that is this one case, which it takes. Returns what main returns: 0 when no test failed.
int suite_run(const char *name, TCase *tests);

/// The same for a suite of several cases; takes the suite.
int suite_run_cases(Suite *suite);

#define SUITE_GROUP_MAX 12

typedef struct {
    const char *name;
    const TTest *tests[SUITE_GROUP_MAX]; // a null ends them early
} suite_group_t;

/// The same for groups of tests that have one fixture.
int suite_run_groups(const char *name, const suite_group_t *groups, size_t count, SFun set_up, SFun tear_down);

/// Waits for a child's end, whatever signals come meanwhile (a hub in this process catches SIGCHLD); its status, or -1
/// when it is none of ours.
int suite_wait_for(pid_t process);

#endif
