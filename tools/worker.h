// SPDX-License-Identifier: MIT
// A process that plays stories for a run, one after the other, in whatever order it is told them.
//
//   the run ──index, index …──> worker: kmsim_run, its units     The run gives a worker more when it knows that it has
//      ^──────records, JSON───────┘                              none left, or nearly, and puts the records in order.
//
// A worker is the run's own program, forked before there is a thread or a context of ZeroMQ: it has the stories
// already. It ends when the run has hung up, or is told to by a signal; and not later than the run does.
#ifndef KMSIM_TOOLS_WORKER_H
#define KMSIM_TOOLS_WORKER_H

#include "bus/zmq/process.h"
#include "tools/kmsim_run.h"
#include "tools/suite.h"

#define WORKER_AHEAD_MAX 64

typedef struct { // what all workers of a run do
    const suite_t *suite;
    const kmsim_run_options_t *options; // their watch is each worker's own
    const report_t *report;             // how lines look
    size_t rounds;                      // of each story, at least 1
    bool timeline;                      // each record is to have one
    bool live;                          // what is told goes straight to standard output, and into no record
    bool spread;                        // each on a processor of its own
} work_t;

typedef struct {
    process_t process;                           // none: it was never started, or was reaped
    int socket;                                  // -1: it has hung up
    size_t given[WORKER_AHEAD_MAX], given_count; // stories without a record yet, the one that it is at first
    int64_t since_ns;                            // by the clock: it has been at that one
    int64_t stopped_ns;                          // since then it is to end; 0: it is not
    char *bytes;                                 // received
    size_t taken, length, room;                  // bytes of complete records that were taken, and all
} worker_t;

/// Starts the worker in place of one that is not there; others: all of the run, whose sockets it must not have. False
/// with the error told when there can be no process.
bool worker_start(worker_t *self, const work_t *work, int number, const worker_t *others, size_t other_count,
                  error_t *error);

/// Gives it the story of that index.
void worker_give(worker_t *self, size_t index, int64_t now_ns);

/// Takes what it has sent, without waiting; false when it has hung up.
bool worker_receive(worker_t *self);

/// Returns the record of the next story that it is done with, which the caller destroys; null: there is none, or with
/// the error told, it cannot be read.
record_t *worker_take(worker_t *self, size_t *index, int64_t now_ns, error_t *error);

/// Tells it to end, when it is told the first time.
void worker_stop(worker_t *self, int64_t now_ns);

/// The signal that has told a worker to end which ended so, by its status; 0: it ended otherwise.
int worker_interrupted(int status);

/// Hangs up, waits so long for its end, kills it then; the status is that of waitpid.
int worker_end(worker_t *self, int64_t patience_ns);

#endif
