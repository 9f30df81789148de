// SPDX-License-Identifier: MIT
// Plays stories one after the other as the command line wants it: in which car, told and traced how. kmsim.c decides
// what is run.
#ifndef KMSIM_TOOLS_KMSIM_RUN_H
#define KMSIM_TOOLS_KMSIM_RUN_H

#include "bus/zmq/hub.h"
#include "scenarios/play/player.h"
#include "scenarios/reports/report.h"
#include "scenarios/story/story.h"
#include "tools/story_watch.h"
#include "tools/stored_car.h"

typedef struct {
    bool in_process;
    bool fresh;           // every story gets processes of its own
    const char *endpoint; // null: the hub's choice
    int observers;
    int64_t patience_ns;        // 0: the hub's standard
    const char *unit_directory; // where the units' programs stand; null: where kmsim finds them
    const hub_launch_t *launches;
    size_t launch_count;
    const char *trace_path;    // null: none
    const char *failures_path; // directory of the failures' traces, which is made; null: none
    stored_car_t *stored;      // null: it begins as the story says, and nothing is kept
    story_watch_t *watch;      // looks on; null: nobody does
    bool strict;               // a watch that saw nothing fails its story
    bool has_seed;             // else the story's own
    uint64_t seed;
    int verbosity; // 0, 1: what is new, 2: every frame
} kmsim_run_options_t;

typedef struct kmsim_run kmsim_run_t;

/// The car with which the story begins in such a run.
car_plan_t kmsim_run_plan(const kmsim_run_options_t *options, const story_t *story);

/// Returns a new run of any number of stories that the caller destroys, before their vehicles. The options are
/// borrowed.
kmsim_run_t *kmsim_run_new(const kmsim_run_options_t *options);
void kmsim_run_destroy(kmsim_run_t **self_p);

/// Where the frames of the stories played from now on go when they fail, as a candump log (borrowed); null: nowhere.
void kmsim_run_keep_failure(kmsim_run_t *self, const char *path);

/// Plays a story; the report (null: nobody listens) hears of what happens when the verbosity wants it. In-process the
/// stories of one vehicle are played with one car, each time as good as new; so are, on processes, stories of one
/// vehicle behind each other. False with the error told when the simulation itself broke; else the verdict stands.
bool kmsim_run_story(kmsim_run_t *self, const story_t *story, const report_t *report, player_verdict_t *verdict,
                     error_t *error);

/// The file with the frames of the story played last, null when none was kept.
const char *kmsim_run_trace(const kmsim_run_t *self);

/// The watches of the story played last whose messages were not seen once, each with its place on a line; "" for none.
const char *kmsim_run_idle(const kmsim_run_t *self);

#endif
