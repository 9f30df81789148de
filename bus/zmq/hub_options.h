// SPDX-License-Identifier: MIT
// What a hub is told when it begins and what it has counted: the values of bus/zmq/hub.h that its own files need too.
#ifndef KMSIM_BUS_ZMQ_HUB_OPTIONS_H
#define KMSIM_BUS_ZMQ_HUB_OPTIONS_H

#include "bus/host/host_in_process.h"
#include "bus/base/time.h"
#include "bus/kernel/vehicle.h"

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
    const char
        *unit_directory; // of the units' programs; null: beside this program, or ../libexec/kmsim (see unit_program.h)
    const hub_launch_t *launches;
    size_t launch_count;
    host_in_process_t *actors; // null: none
    bool live;                 // real time: strangers may send, and a signal ends nothing once the story has begun
    bool spread;               // do not put everybody on one processor
    bool verbose;              // tell on standard error what is waited for
} hub_options_t;

typedef struct {
    uint64_t rounds;      // grants and power-ons sent
    uint64_t published;   // public messages
    uint64_t outsiders;   // messages up from nobody who belongs here
    uint64_t forged;      // packets and hellos without their unit's tag
    uint64_t refused;     // hellos for external units that cannot belong here
    uint64_t mismatched;  // packets of another round or incarnation
    uint64_t put_out;     // connections that flooded us
    uint64_t turned_away; // connections for which there was no room
    uint64_t garbage;     // what was no message at all
    uint64_t strangers;   // frames of strangers that were taken in
    uint64_t crowded;     // those for which there was no room
} hub_figures_t;

#endif
