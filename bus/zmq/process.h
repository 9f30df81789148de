// SPDX-License-Identifier: MIT
// Processes of control units: started, watched, ended. Not here: what they say (bus/zmq/hub.h).
//
// Every process inherits one end of a pair of sockets, its lifeline, whose other end only we hold: it reads end-of-file
// when we are gone, however we went, and ends by itself. A process that we start ourselves gets a pair that keeps
// messages apart (SOCK_SEQPACKET): it may be spoken with there (bus/zmq/lane.h). One under a tool gets a stream, in
// which nothing ever is.
//
//     we ──own end──>═══════pair═══════>── seat (descriptor 3)          and one more for each of the others
//
//     we end, or kill -9     the kernel closes our end ──> the reader: end-of-file
//     one of them dies       SIGCHLD ──> process_children_signals changes ──> process_ended tells whose
//     one of them is stopped SIGCHLD likewise ──> process_ended notes it        we end: the kernel kills it all the
//     same one of them hangs      whoever waits for it loses patience (bus/zmq/hub) ──> process_kill, its whole group
//
// So that end-of-file means what it says, our end must be in no other process: it is closed on exec, and the other end
// is duplicated to its number only in the child.
#ifndef KMSIM_BUS_ZMQ_PROCESS_H
#define KMSIM_BUS_ZMQ_PROCESS_H

#include <stdint.h>
#include <sys/types.h>

#include "bus/base/error.h"
#include "bus/base/random.h"

#define PROCESS_LIFELINE 3 // the file descriptor's number in the process
#define PROCESS_TEXT_MAX 64

typedef struct {
    pid_t pid;           // 0: none
    int line;            // our end of its lifeline, -1: cut
    int told;            // where it tells why it cannot begin, -1: it has begun
    const char *program; // that it is to be, borrowed until it has begun
    bool group;          // leads a process group of its own
    bool stopped;        // as process_ended has last seen it
} process_t;

/// None.
process_t process_none(void);

/// Starts argv[0] with these arguments in a process group of its own, so that Ctrl-C reaches us alone; standard input
/// is empty, standard output goes to standard error; it does not outlive us. Its environment is ours and one variable
/// more ("NAME=value", null: none). It is not waited for (process_begins), so that several begin at once; the name in
/// argv[0] is borrowed until then. False with the error told when there is no room for a process.
bool process_start(process_t *self, const char *const argv[], const char *variable, error_t *error);

/// Starts a shell command in which each % stands for the quoted arguments (at its end when there is no %). Terminal and
/// process group stay ours: it may be a debugger.
bool process_launch(process_t *self, const char *command, const char *const argv[], const char *variable,
                    error_t *error);

/// Goes on in a second process of the same program, which does not outlive this one: *child says in which of them we
/// are. Not once there are threads. False, with the error told, when there can be no more.
bool process_fork(process_t *self, bool *child, error_t *error);

/// Waits until a process that was started is what it is to be. False with the error told when it cannot be executed, or
/// does not begin; then it is ended.
bool process_begins(process_t *self, error_t *error);

/// Cuts its lifeline.
void process_cut(process_t *self);

/// Whether the process has ended; then it is reaped, its lifeline cut, self->pid is 0 and *status is that of waitpid.
bool process_ended(process_t *self, int *status);

/// Ends the process outright, stopped or not, and reaps it.
void process_kill(process_t *self);

/// "ended with status 3" or "was killed by signal 9 (Killed)".
const char *process_describe(int status, char text[PROCESS_TEXT_MAX]);

/// A random stream that no other process has, nor this one at another time: for what must differ from run to run.
random_t process_random(const char *purpose);

/// Standard files that we were begun without become unusable ones: reading and writing them fails, and no socket, pipe
/// or file of ours takes their place. Before anything is opened.
void process_hold_standard_files(void);

/// Takes note of SIGCHLD, and where they would end us at once of SIGINT, SIGTERM, SIGHUP and SIGPIPE (whoever read what
/// we tell has left). For the life of our process.
void process_catch_signals(void);

/// How many SIGCHLD there were: when it has not changed, none of ours has ended.
unsigned process_children_signals(void);

/// Waits until that number is another than the one seen, at most so many ms.
void process_wait_for_children(unsigned seen, int most_ms);

/// The last of those signals that came, SIGCHLD aside; else 0.
int process_interrupted(void);

#endif
