// SPDX-License-Identifier: MIT
// Tells what happens while a story is played (-v): the steps, the frames with their meaning, what each unit did.
#ifndef KMSIM_TOOLS_NARRATOR_H
#define KMSIM_TOOLS_NARRATOR_H

#include "bus/kernel/kernel.h"
#include "scenarios/play/player.h"
#include "scenarios/play/report.h"

typedef struct {
    const report_t *report;
    const story_t *story;
    bool every_frame; // else only those that say something new
    size_t told_steps;
    uint32_t powered;  // bit per node: its first power, with which the story begins, is no news
    size_t repeated;   // frames that were left out
    can_frame_t *last; // per bus and message: what it said last
    bool *heard;
} narrator_t;

/// Begins a story; report and story are borrowed.
void narrator_begin(narrator_t *self, const report_t *report, const story_t *story, bool every_frame);

/// The events of an instant, before the player looks at them.
void narrator_tell_events(narrator_t *self, const kernel_t *kernel);

/// The steps that the player reached, after it has looked.
void narrator_tell_steps(narrator_t *self, const kernel_t *kernel, const player_t *player);

/// Ends the story and gives its memory back.
void narrator_end(narrator_t *self);

#endif
