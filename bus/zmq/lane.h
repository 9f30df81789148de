// SPDX-License-Identifier: MIT
// The lane: what a hub and a unit's process that it has started itself say to each other alone goes over the process's
// lifeline (bus/zmq/process.h), a pair of sockets that keeps messages apart. The bodies are those of bus/zmq/wire.h.
//
//   hub ──welcome, power_on, grant, ping──> unit        nobody else can speak or listen there: no topic, no tag,
//       <──hello, packet, echo───────────── unit        and each is one system call, with nobody in between
//
// What is public (frames, lines, radio) stays on ZeroMQ, once for everybody: a grant names it.
#ifndef KMSIM_BUS_ZMQ_LANE_H
#define KMSIM_BUS_ZMQ_LANE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum {
    LANE_MESSAGE,
    LANE_NOTHING, // within the time limit, or a signal came
    LANE_CLOSED,  // the other side is gone, and all that it said has been read
} lane_result_t;

/// Whether that descriptor (-1: none) is a lane and not a lifeline alone.
bool lane_is(int descriptor);

/// How long a receive waits at most. In milliseconds; 0: until something comes.
void lane_set_wait(int descriptor, int wait_ms);

/// Sends a body. One that finds no room is lost, and whoever awaits an answer loses patience; to nobody: nothing
/// happens.
void lane_send(int descriptor, const uint8_t *body, size_t size);

/// Receives a body of at most `most` bytes; a longer one is cut. Waits as was set, or not at all.
lane_result_t lane_receive(int descriptor, uint8_t *body, size_t most, size_t *size, bool waits);

#endif
