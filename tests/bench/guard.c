// SPDX-License-Identifier: MIT
#include "tests/bench/guard.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/bench/measure.h"
#include "tests/scratch.h"

#define STEP_NS 1000000
#define STEPS_MAX 3000 // in which whoever was killed has ended

// Whoever was orphaned before that was set ends himself.
static void end_with(pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(MEASURE_BROKEN);
}

pid_t guard_start(const char *const argv[], int output)
{
    pid_t parent = getpid(), pid = fork();
    if (pid < 0) measure_fail("%s: %s", argv[0], strerror(errno));
    if (pid > 0) return pid;
    end_with(parent);
    // execv is declared to take writable arguments, and does not write.
    if (output < 0 || dup2(output, STDOUT_FILENO) >= 0) execv(argv[0], (char *const *)(uintptr_t)argv);
    _exit(127);
}

int guard_wait(pid_t process)
{
    int status = 0;
    while (waitpid(process, &status, 0) < 0 && errno == EINTR) continue; // a hub makes SIGCHLD interrupt
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// The signal that is to end us, 0 when the work has ended by itself: it is not reaped yet, so that its number, which is
// its group's, is nobody else's.
static int wait_for(pid_t work, const sigset_t *signals)
{
    for (int number = SIGCHLD; number == SIGCHLD;) {
        siginfo_t ended = {0};
        if (waitid(P_PID, (id_t)work, &ended, WEXITED | WNOHANG | WNOWAIT) == 0 && ended.si_pid == work) return 0;
        if (sigwait(signals, &number) == 0 && number != SIGCHLD) return number;
    }
    return 0;
}

// How many were still there. Orphans become ours (PR_SET_CHILD_SUBREAPER), so nobody is overlooked.
static int reap_all(void)
{
    int count = 0;
    for (int step = 0; step < STEPS_MAX; step++) {
        pid_t pid;
        while ((pid = waitpid(-1, NULL, WNOHANG)) > 0) count++;
        if (pid < 0) break;
        nanosleep(&(struct timespec){.tv_nsec = STEP_NS}, NULL);
    }
    return count;
}

static int end(int status, int processes, const char *place)
{
    bool clean = scratch_remove(place);
    if (!clean) scratch_remove_all(place);
    if (status > 128) fprintf(stderr, "killed by signal %d\n", status - 128);
    if (status > 1 || (clean && processes == 0)) return status;
    fprintf(stderr, "left behind: %d processes%s\n", processes, clean ? "" : ", files");
    return MEASURE_BROKEN;
}

// The signals are blocked until we wait for them: at no moment is there anything that nobody would take away.
int guard_run(int (*work)(int argc, char **argv), int argc, char **argv)
{
    sigset_t signals, before;
    sigemptyset(&signals);
    for (size_t i = 0; i < 4; i++) sigaddset(&signals, (const int[]){SIGINT, SIGTERM, SIGHUP, SIGCHLD}[i]);
    sigprocmask(SIG_BLOCK, &signals, &before);
    signal(SIGCHLD, SIG_DFL);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    char place[SCRATCH_PATH_MAX];
    scratch_make(place);
    pid_t parent = getpid(), child = fork();
    if (child < 0) measure_fail("fork: %s", strerror(errno));
    if (child == 0) {
        setpgid(0, 0);
        end_with(parent);
        sigprocmask(SIG_SETMASK, &before, NULL);
        setenv("TMPDIR", place, 1);
        setenv("XDG_RUNTIME_DIR", place, 1);
        exit(work(argc, argv));
    }
    setpgid(child, child); // whoever is first: it must have its group before it can be killed
    int number = wait_for(child, &signals);
    kill(-child, SIGKILL);
    int status = guard_wait(child), left = reap_all();
    if (number == 0) return end(status, left, place);
    scratch_remove_all(place);
    signal(number, SIG_DFL);
    sigprocmask(SIG_SETMASK, &before, NULL);
    raise(number);
    return MEASURE_BROKEN; // of one that was ignored
}
