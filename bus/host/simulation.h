// SPDX-License-Identifier: MIT
// Drives a kernel, a host and a player through time. There are two hosts for the same machines: host_in_process.h calls
// them, hub.h has them in other processes; and one player, scenarios/play/player.h. No I/O here.
#ifndef KMSIM_BUS_HOST_SIMULATION_H
#define KMSIM_BUS_HOST_SIMULATION_H

#include "bus/base/error.h"
#include "bus/kernel/kernel.h"

/// What gives the nodes of a kernel their time. Every function returns false with the error told when the simulation
/// itself broke (exit status 3: process, reason); a story cannot cause that.
typedef struct {
    void *self;
    /// Runs all activations of this instant, and publishes its events; outboxes[i] belongs to activation i.
    bool (*round)(void *self, const kernel_t *kernel, outbox_t *outboxes, error_t *error);
    /// Powers a node on at now from what kernel_power_on said.
    bool (*power_on)(void *self, uint8_t node, int64_t now_ns, const kernel_power_on_t *start, outbox_t *outbox,
                     error_t *error);
    /// Takes power from a node; crash kills its process outright.
    bool (*power_off)(void *self, uint8_t node, int64_t now_ns, bool crash, error_t *error);
} host_t;

/// What keeps stored images beyond the run. keep null: nobody does.
typedef struct {
    void *self;
    /// An image becomes durable at this virtual instant: keep it before the node hears of that. False ends the run.
    bool (*keep)(void *self, uint8_t node, const image_t *image, error_t *error);
} keeper_t;

/// What looks at each instant and may act by the kernel's control interface.
typedef struct {
    void *self;
    /// Called once per instant, last. False ends the run (the story is over).
    bool (*step)(void *self, kernel_t *kernel);
} player_hooks_t;

/// What only looks (a trace writer); called per instant after the player.
typedef struct {
    void *self;
    void (*look)(void *self, const kernel_t *kernel);
} simulation_observer_t;

typedef struct {
    kernel_t *kernel;
    host_t host;
    keeper_t keeper;
    player_hooks_t player;
    const simulation_observer_t *observers;
    size_t observer_count;
    outbox_t *outboxes; // KERNEL_NODES_MAX of them, the caller's
} simulation_t;

/// Runs until the player ends it. False: the simulation broke, or nothing is left to happen while the player waits.
bool simulation_run(simulation_t *self, error_t *error);

/// One instant no later than limit_ns; *over is set when the player ended the run, *idle when nothing was due.
bool simulation_step(simulation_t *self, int64_t limit_ns, bool *over, bool *idle, error_t *error);

#endif
