// SPDX-License-Identifier: MIT
// Tells what happens in a car (-v): the steps of its stories, the frames with their meaning, what each unit did.
#ifndef KMSIM_TOOLS_NARRATOR_H
#define KMSIM_TOOLS_NARRATOR_H

#include "bus/base/index_set.h"
#include "bus/kernel/kernel.h"
#include "scenarios/play/player.h"
#include "scenarios/reports/report.h"

typedef struct {
    const report_t *report;
    const vehicle_t *vehicle;
    const dbc_t *dbc;
    bool every_frame;    // else only those that say something new
    size_t told_steps;   // of the story that is played
    index_set_t powered; // nodes: their first power, with which the story begins, is no news
    size_t repeated;     // frames that were left out
    can_frame_t *last;   // per bus and message: what it said last
    bool *heard;
} narrator_t;

/// Begins a run; everything is borrowed.
void narrator_begin(narrator_t *self, const report_t *report, const vehicle_t *vehicle, const dbc_t *dbc,
                    bool every_frame);

/// What is played, or what car it is.
void narrator_tell_title(const narrator_t *self, const char *name, const char *description);

/// The steps told next are another story's.
void narrator_next_steps(narrator_t *self);

/// The events of an instant, before the player looks at them.
void narrator_tell_events(narrator_t *self, const kernel_t *kernel);

/// The steps of that story that the player reached, after it has looked.
void narrator_tell_steps(narrator_t *self, const kernel_t *kernel, const story_t *story, const player_t *player);

/// Ends the run and gives its memory back.
void narrator_end(narrator_t *self);

#endif
