// SPDX-License-Identifier: MIT
// Which processor we run on. A lock-step is serial, and waking another processor is dear: tests/bench/bench_rounds.c.
#ifndef KMSIM_BUS_ZMQ_AFFINITY_H
#define KMSIM_BUS_ZMQ_AFFINITY_H

/// The processor on which we are running; -1 when the system does not say.
int affinity_processor(void);

/// How many processors are allowed to this thread, at least 1.
int affinity_count(void);

/// The number-th of them, from 0 and round again; -1 when the system does not say.
int affinity_allowed(int number);

/// Puts all threads of this process on that processor, if they were allowed there before. Others stay where they are.
void affinity_pin(int processor);

typedef struct affinity affinity_t;

/// Returns a new record, that the caller destroys, of the processors allowed to this thread; null when there is none.
affinity_t *affinity_new(void);

/// Gives all threads of this process what was recorded, and destroys the record.
void affinity_restore(affinity_t **self_p);

#endif
