// SPDX-License-Identifier: MIT
// An interrupted bench leaves nothing: its work is done in a process of its own, in a directory of its own, and whoever
// waits for it here takes both away, whatever it was doing.
//
//   main ──fork──> work, in its own process group ──> units, peers, commands      TMPDIR, XDG_RUNTIME_DIR: the
//   directory
//     │ ended, or Ctrl-C, SIGTERM, SIGHUP here        units die with who has started them (bus/zmq/process.h)
//     └──> kills that group, waits until nobody is left, removes the directory
#ifndef KMSIM_TESTS_BENCH_GUARD_H
#define KMSIM_TESTS_BENCH_GUARD_H

#include <sys/types.h>

/// Does a bench's work so; returns its exit status, 3 when a signal has ended it or when it has left a process or a
/// file. A signal to us ends us too, when all is gone.
int guard_run(int (*work)(int argc, char **argv), int argc, char **argv);

/// From within the work: starts a program that ends with us; its standard output is that file (-1: ours). Ends the
/// bench when it cannot be started.
pid_t guard_start(const char *const argv[], int output);

/// Waits until it has ended; its exit status, 128 and the signal when one has killed it.
int guard_wait(pid_t process);

#endif
