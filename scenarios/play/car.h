// SPDX-License-Identifier: MIT
// A car: kernel, control units, key fobs, a tester if the plan has one, and the player in front of it. Made once per
// vehicle and used again for any number of runs:
//
//   car_new(plan, host) ──> car_play(story), car_run ──> player_verdict
//                              ^                             │
//                              └──── car_reset(plan) <───────┘     as good as new, without allocating or clearing much
//
// A live car is told nothing at first; its owner goes through time with car_run_until, and plays one step after the
// other.
#ifndef KMSIM_SCENARIOS_PLAY_CAR_H
#define KMSIM_SCENARIOS_PLAY_CAR_H

#include "bus/host/host_in_process.h"
#include "scenarios/play/player.h"
#include "scenarios/story/car_plan.h"

/// Where the control units live. Fobs and tester are called directly in either case.
typedef struct {
    /// They are called directly: the class of an executable, null for one that only a process of its own can be.
    const node_class_t *(*find)(const char *executable);
    /// find is null: they live elsewhere. Starts them, and the actors' host with them: sets theirs; false with the
    /// error told.
    bool (*start)(void *self, host_in_process_t *actors, host_t *host, error_t *error);
    /// Then the ports of each, as it has told them.
    const node_ports_t *(*ports)(void *self, uint8_t node);
    /// Makes them what they were when they had just been started; null: they cannot be reset.
    void (*again)(void *self);
    void *self;
} car_host_t;

typedef struct { // to be looked at; only the simulation's player, observers and keeper are others' to set
    car_plan_t plan;
    kernel_t *kernel;
    simulation_t simulation;
    player_t *player;
    fobs_t fobs;
    fault_plan_t faults;
    tester_t tester; // in the kernel only if the plan has one
    // the car's own
    car_host_t host;
    host_in_process_t *direct;
    node_ports_t ports[KERNEL_NODES_MAX];
} car_t;

/// Returns a new car that the caller destroys, ready for its first instant, with nothing told to its player; or null
/// with the error told: a unit that cannot be here, or names that its DBC lacks. What the plan points to is borrowed
/// until the next reset, its vehicle and DBC for good.
car_t *car_new(const car_plan_t *plan, const car_host_t *host, error_t *error);
void car_destroy(car_t **self_p);

/// Begins another run of the same vehicle, DBC and host, which must be one that calls the units directly, or can again.
/// Nothing of the run before is left, nor of what was set in the simulation. False with the error told when there is no
/// room for the tester.
bool car_reset(car_t *self, const car_plan_t *plan, error_t *error);

/// Tells the car a story (borrowed): to be played from its next instant on, once the one before is over.
void car_play(car_t *self, const story_t *story);

/// Plays the story to its end. False with the error told when the simulation broke; else the player's verdict stands.
bool car_run(car_t *self, error_t *error);

/// Goes through every instant up to limit_ns, whatever the player says of it; no further once `interrupted` (may be
/// null) is not 0 before an instant.
bool car_run_until(car_t *self, int64_t limit_ns, int (*interrupted)(void), error_t *error);

/// Lets what the units are storing become durable, with the player and everybody who looks on gone: a car that
/// remembers does not end with its story.
bool car_finish_storing(car_t *self, error_t *error);

#endif
