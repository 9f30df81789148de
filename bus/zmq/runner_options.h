// SPDX-License-Identifier: MIT
// The command line of a unit's process (bus/zmq/runner.h).
#ifndef KMSIM_BUS_ZMQ_RUNNER_OPTIONS_H
#define KMSIM_BUS_ZMQ_RUNNER_OPTIONS_H

#include <stdint.h>

enum { // a unit's exit status, or that it has none yet
    RUNNER_GOES_ON = -1,
    RUNNER_ENDED = 0,  // the bus has ended
    RUNNER_USAGE = 2,  // wrong usage, or a vehicle or DBC that lacks something
    RUNNER_BROKEN = 3, // the bus broke
};

typedef struct {
    const char *endpoint, *node, *vehicle;
    uint64_t incarnation; // 0: not told
    int lifeline;         // -1: started by its owner
} runner_options_t;

/// Fills the options from the command line of a unit of that class, whose strings are borrowed. Returns RUNNER_GOES_ON,
/// or the exit status when there is nothing more to do: it was asked for help or its version, or the mistake is told.
int runner_options_parse(runner_options_t *self, const char *class_name, int argc, char **argv);

#endif
