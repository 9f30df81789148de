// SPDX-License-Identifier: MIT
// The host whose nodes live in other processes, over ZeroMQ (bus/wire.h); the actors live here and are called directly.
// One hub is one run: it binds, starts the vehicle's units in parallel, waits for them, serves a simulation as its
// host_t, and leaves nothing behind: processes, sockets, files.
//
//   kmsim ──> hub ──XPUB──> units, sniffers    An instant: every public event published once, one grant per remote
//              ^────SUB──── units              node concerned, exactly one packet back from each, in any order.
//
// A unit that dies, does not answer within the patience or answers nonsense makes round or power_on return false with
// the unit's name and the virtual time. Garbage and packets of outsiders are ignored and counted; a live car takes in
// the frames of strangers (hub_live.c).
#ifndef KMSIM_BUS_HUB_H
#define KMSIM_BUS_HUB_H

#include "bus/host_in_process.h"
#include "bus/simulation.h"

#define HUB_PATIENCE_NS (3 * TIME_S)

typedef struct {
    const char *unit;    // the node's name
    const char *command; // shell command; % stands for the unit's own command line
} hub_launch_t;

typedef struct {
    const vehicle_t *vehicle;
    const char *endpoint; // null: one of its own; the well-known one for a live car, and when observers are waited for
    int observers;        // how many to wait for before the story begins
    // Wall clock; a launched unit has no limit. 0: HUB_PATIENCE_NS, but external units and observers may come when they
    // like.
    int64_t patience_ns;
    const char *unit_directory; // of the units' programs; null: beside this program, or ../libexec/kmsim
    const hub_launch_t *launches;
    size_t launch_count;
    host_in_process_t *actors; // null: none
    bool live;                 // real time: strangers may send, and a signal ends nothing once the story has begun
    bool spread;               // do not put everybody on one processor
    bool verbose;              // tell on standard error what is waited for
} hub_options_t;

typedef struct {
    uint64_t rounds;     // grants and power-ons sent
    uint64_t published;  // public messages
    uint64_t outsiders;  // messages up from nobody who belongs here
    uint64_t mismatched; // packets of another round or incarnation
    uint64_t garbage;    // what was no message at all
    uint64_t strangers;  // frames of strangers that were taken in
    uint64_t crowded;    // those for which there was no room
} hub_figures_t;

typedef struct hub hub_t;

/// Returns a new hub that the caller destroys, when every unit has joined and all observers are there; null with the
/// error told otherwise, and then nothing is left behind. The options' strings and objects are borrowed for the hub's
/// life.
hub_t *hub_new(const hub_options_t *options, error_t *error);

/// Publishes sim/end, gives observers and external units up to 1 s to take what they have not had, ends the units and
/// removes every file.
void hub_destroy(hub_t **self_p);

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
