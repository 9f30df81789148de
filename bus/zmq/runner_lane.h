// SPDX-License-Identifier: MIT
// Serves a unit on its lane (bus/zmq/lane.h): grants and packets there, what is public from ZeroMQ.
//
//   hub ══ grant ═══════════> lane ─┐
//       ── can/… line/… air/… > SUB ┴─> activate ─> packet ═══ lane ══> hub
//
// The two travel on their own: a grant may be here before what it names. So the unit waits for that, and not for
// what the grant does not name.
#ifndef KMSIM_BUS_ZMQ_RUNNER_LANE_H
#define KMSIM_BUS_ZMQ_RUNNER_LANE_H

#include "bus/zmq/runner_unit.h"
#include "bus/zmq/socket.h"

/// Says that hello, and serves until the hub is gone or has refused us; returns the exit status of a unit. The SUB's
/// handle has been subscribed to all that the unit accepts, with a time limit for a receive.
int runner_lane_serve(runner_unit_t *unit, const wire_hello_t *hello, int lane, void *down);

#endif
