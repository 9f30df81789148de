// SPDX-License-Identifier: MIT
#define _GNU_SOURCE // sched_setaffinity; so bus/base/error.h must stay away from here: glibc then has an error_t of its
                    // own
#include "bus/zmq/affinity.h"

#include <dirent.h>
#include <sched.h>
#include <stdlib.h>

struct affinity {
    cpu_set_t allowed;
};

// Threads that ZeroMQ started are ours too, and sched_setaffinity takes one at a time.
static void set_all_threads(const cpu_set_t *allowed)
{
    DIR *tasks = opendir("/proc/self/task");
    if (!tasks) {
        sched_setaffinity(0, sizeof *allowed, allowed);
        return;
    }
    for (struct dirent *task; (task = readdir(tasks));) {
        int thread = atoi(task->d_name);
        if (thread > 0) sched_setaffinity(thread, sizeof *allowed, allowed);
    }
    closedir(tasks);
}

int affinity_processor(void)
{
    return sched_getcpu();
}

int affinity_count(void)
{
    cpu_set_t allowed;
    int count = sched_getaffinity(0, sizeof allowed, &allowed) == 0 ? CPU_COUNT(&allowed) : 1;
    return count > 0 ? count : 1;
}

int affinity_allowed(int number)
{
    cpu_set_t allowed;
    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return -1;
    number %= affinity_count();
    for (int processor = 0; processor < CPU_SETSIZE; processor++)
        if (CPU_ISSET((size_t)processor, &allowed) && number-- == 0) return processor;
    return -1;
}

void affinity_pin(int processor)
{
    cpu_set_t allowed, one;
    if (processor < 0 || processor >= CPU_SETSIZE) return;
    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0 || !CPU_ISSET((size_t)processor, &allowed)) return;
    CPU_ZERO(&one);
    CPU_SET((size_t)processor, &one);
    set_all_threads(&one);
}

affinity_t *affinity_new(void)
{
    affinity_t *self = calloc(1, sizeof *self);
    if (self && sched_getaffinity(0, sizeof self->allowed, &self->allowed) == 0) return self;
    free(self);
    return NULL;
}

void affinity_restore(affinity_t **self_p)
{
    if (!*self_p) return;
    set_all_threads(&(*self_p)->allowed);
    free(*self_p);
    *self_p = NULL;
}
