// SPDX-License-Identifier: MIT
#include "tests/suite.h"

#include <errno.h>
#include <sys/wait.h>

void suite_add_tests(TCase *tests, const TTest *const *added, size_t count)
{
    for (size_t i = 0; i < count && added[i] != NULL; i++) tcase_add_test(tests, added[i]);
}

int suite_run(const char *name, TCase *tests)
{
    Suite *suite = suite_create(name);
    suite_add_tcase(suite, tests);
    return suite_run_cases(suite);
}

int suite_run_cases(Suite *suite)
{
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failures = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failures ? 1 : 0;
}

int suite_run_groups(const char *name, const suite_group_t *groups, size_t count, SFun set_up, SFun tear_down)
{
    Suite *suite = suite_create(name);
    for (size_t i = 0; i < count; i++) {
        TCase *tests = tcase_create(groups[i].name);
        tcase_add_checked_fixture(tests, set_up, tear_down);
        suite_add_tests(tests, groups[i].tests, SUITE_GROUP_MAX);
        suite_add_tcase(suite, tests);
    }
    return suite_run_cases(suite);
}

int suite_wait_for(pid_t process)
{
    int status = -1;
    pid_t ended;
    do ended = waitpid(process, &status, 0);
    while (ended < 0 && errno == EINTR);
    return ended == process ? status : -1;
}
