// SPDX-License-Identifier: MIT
#include "bus/zmq/limits.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "bus/kernel/vehicle.h"

// Open files that a process needs, everything counted (standard files, libzmq's own, sockets, what is read and written
// meanwhile): whoever connects to a bus, who has one, and there for each unit more.
#define FILES_CLIENT 24
#define FILES_BUS 48
#define FILES_UNIT 4

#define THREADS 2      // of libzmq's context: input and output, reaper
#define THREADS_UNIT 3 // of a process of its own
#define THREADS_MAX 256

static_assert(THREADS + THREADS_UNIT * VEHICLE_NODES_MAX <= THREADS_MAX, "those of every vehicle are tried");

void limits_begin(void)
{
    struct rlimit limit;
    signal(SIGXFSZ, SIG_IGN);
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max) return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

int limits_open_files(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur > INT_MAX) return INT_MAX;
    return (int)limit.rlim_cur;
}

// Held until all are there.
static void *wait_for_others(void *all_there)
{
    pthread_mutex_lock(all_there);
    pthread_mutex_unlock(all_there);
    return NULL;
}

// libzmq ends the process when it gets no thread: it is tried before, and for those whom we are to start likewise.
static int try_threads(int wanted)
{
    static pthread_mutex_t all_there = PTHREAD_MUTEX_INITIALIZER;
    pthread_t threads[THREADS_MAX];
    int count = 0, reason = 0;
    pthread_mutex_lock(&all_there);
    while (count < wanted && count < THREADS_MAX &&
           (reason = pthread_create(&threads[count], NULL, wait_for_others, &all_there)) == 0)
        count++;
    pthread_mutex_unlock(&all_there);
    while (count > 0) pthread_join(threads[--count], NULL);
    return reason;
}

// Whether so many more could be too many: the limit counts one user's, which are no more than all that there are.
static bool is_near(int wanted)
{
    struct rlimit limit;
    unsigned long all = 0;
    FILE *load = fopen("/proc/loadavg", "r");
    bool known = load && fscanf(load, "%*s %*s %*s %*u/%lu", &all) == 1 && getrlimit(RLIMIT_NPROC, &limit) == 0;
    if (load) fclose(load);
    return !known || limit.rlim_cur < all + (unsigned long)wanted;
}

// Each thread that is tried takes 0.03 ms of our start: those of the units, which try their own as well, only if need
// be.
static int threads_to_try(int units)
{
    int all = THREADS + THREADS_UNIT * units;
    return units > 0 && !is_near(all) ? THREADS : all;
}

bool limits_allow_bus(int units, error_t *error)
{
    int files = units > 0 ? FILES_BUS + FILES_UNIT * units : FILES_CLIENT, allowed = limits_open_files();
    if (allowed < files)
        return error_add(error, "the limit of open files (ulimit -n) is %d, and at least %d are needed", allowed,
                         files);
    int reason = try_threads(threads_to_try(units));
    if (reason == 0) return true;
    struct rlimit limit = {0};
    getrlimit(RLIMIT_NPROC, &limit);
    return error_add(error, "the limit of processes and threads (ulimit -u, %llu) is too low: %s",
                     (unsigned long long)limit.rlim_cur, strerror(reason));
}
