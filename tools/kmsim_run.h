// SPDX-License-Identifier: MIT
// One story, one run: builds kernel, host, units and player, and lets them go. kmsim.c decides what is run.
#ifndef KMSIM_TOOLS_KMSIM_RUN_H
#define KMSIM_TOOLS_KMSIM_RUN_H

#include "bus/zmq/hub.h"
#include "scenarios/play/player.h"
#include "scenarios/play/report.h"
#include "scenarios/story/story.h"
#include "tools/stored_car.h"

typedef struct { // a car that stands ready, for whoever drives it; its vehicle is the story's
    const story_t *story;
    simulation_t *simulation;
    hub_t *hub; // null in-process
    player_t *player;
    const fobs_t *fobs;
    const tester_t *tester;
} kmsim_car_t;

typedef struct {
    bool in_process;
    const char *endpoint; // null: the hub's choice
    int observers;
    int64_t patience_ns;        // 0: the hub's standard
    const char *unit_directory; // where the units' programs stand; null: where kmsim finds them
    const hub_launch_t *launches;
    size_t launch_count;
    const char *trace_path;          // null: none
    const char *trace_failures_path; // directory; null: none
    stored_car_t *stored;            // null: it begins as the story says, and nothing is kept
    bool has_seed;                   // else the story's own
    uint64_t seed;
    int verbosity; // 0, 1: what is new, 2: every frame
    // Drives the car instead of playing the story's steps, in real time and with a tester; null: nobody. False with the
    // error told when the simulation broke. A signal is then the driver's to act on.
    bool (*drive)(void *driver, const kmsim_car_t *car, error_t *error);
    void *driver;
} kmsim_run_options_t;

/// The seed of a run of the story.
uint64_t kmsim_run_seed(const kmsim_run_options_t *options, const story_t *story);

/// Plays a story; the report hears of what happens when the verbosity wants it. False with the error told when the
/// simulation itself broke; else the verdict stands.
bool kmsim_run_story(const kmsim_run_options_t *options, const story_t *story, const report_t *report,
                     player_verdict_t *verdict, error_t *error);

#endif
