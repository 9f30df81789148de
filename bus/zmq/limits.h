// SPDX-License-Identifier: MIT
// What the machine allows a process: open files, threads and processes, the size of a file. Who begins within too
// narrow limits is refused early, in words that name the limit, instead of breaking off somewhere within a library.
//
//   ulimit -n   soft limit raised to the hard one; too few: refused       ulimit -u   no thread: refused
//   ulimit -f   the write says so, and whoever writes tells it
#ifndef KMSIM_BUS_ZMQ_LIMITS_H
#define KMSIM_BUS_ZMQ_LIMITS_H

#include "bus/base/error.h"

/// For every program of ours, before it opens anything: as many open files as it may have, and no signal that would end
/// it when a file grows too large.
void limits_begin(void);

/// How many files we may have open.
int limits_open_files(void);

/// Whether there is room for the open files and threads of somebody who connects to a bus (units: 0), or who has one
/// with so many units, and starts them. False with the error told, and the limit named.
bool limits_allow_bus(int units, error_t *error);

#endif
