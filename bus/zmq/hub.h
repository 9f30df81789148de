// SPDX-License-Identifier: MIT
// The host whose nodes live in other processes, over ZeroMQ (bus/zmq/wire.h); the actors live here and are called
// directly. One hub is one run: it binds, starts the vehicle's units in parallel, waits for them, serves a simulation
// as its host_t, and leaves nothing behind: processes, sockets, files.
//
//   kmsim ──> hub ──XPUB──> units, sniffers    An instant: every public event published once, one grant per remote
//              ^────SUB──── units              node concerned, exactly one packet back from each, in any order.
//
// A unit that dies, does not answer within the patience or answers nonsense makes round or power_on return false with
// the unit's name and the virtual time. Garbage and packets of outsiders are ignored and counted; a live car takes in
// the frames of strangers (hub_live.c).
#ifndef KMSIM_BUS_ZMQ_HUB_H
#define KMSIM_BUS_ZMQ_HUB_H

#include "bus/host/simulation.h"
#include "bus/zmq/hub_options.h"

typedef struct hub hub_t;

/// Returns a new hub that the caller destroys, when every unit has joined and all observers are there; null with the
/// error told otherwise, and then nothing is left behind. The options' strings and objects are borrowed for the hub's
/// life.
hub_t *hub_new(const hub_options_t *options, error_t *error);

/// Publishes sim/end, gives observers and external units up to 1 s to take what they have not had, ends the units and
/// removes every file.
void hub_destroy(hub_t **self_p);

/// Whether the same units can play another story: all of them are processes that we have started and speak with on
/// their lanes, each is as alive as when it began, and nobody has looked on who would take two stories for one.
bool hub_can_begin_anew(hub_t *self);

/// Begins another run with the same processes, in which nothing of the one before is left: its time, its figures, what
/// units know. Only for a hub that can.
void hub_begin_anew(hub_t *self);

/// What a unit accepts, as it said when it joined; node is its index in the vehicle. Null for one that is no remote
/// node.
const node_ports_t *hub_ports(const hub_t *self, uint8_t node);

/// As the simulation wants it; it is the hub's and keeps no images.
host_t hub_host(hub_t *self);

/// Where observers attach.
const char *hub_endpoint(const hub_t *self);

/// Of a live car: where it takes steps, "" for nowhere.
const char *hub_endpoint_steps(const hub_t *self);

/// Of a live car, between instants: waits so long, or until something comes from outside, also to one socket more
/// (libzmq's, null: none), and takes in what came. False with the error told when a unit has ended.
bool hub_wait(hub_t *self, void *socket, int64_t wait_ns, error_t *error);

/// Of a live car: whether a stranger's frame waits for that bus; takes the oldest one, false when there is none.
bool hub_has_stranger(const hub_t *self, uint8_t bus);
bool hub_take_stranger(hub_t *self, uint8_t bus, can_frame_t *frame);

hub_figures_t hub_figures(const hub_t *self);

/// The process of a unit, 0 when it has none (external, crashed, an actor).
long hub_process(const hub_t *self, uint8_t node);

#endif
