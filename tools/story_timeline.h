// SPDX-License-Identifier: MIT
// What a page draws of a story, in bounded memory however long it is: its steps, how many frames each bus carried when,
// each unit's profile and settings as they changed.
//
//   {"steps":  [{"at_ns": 100000000, "text": "remote key 2 unlock, held 100 ms"}, …],       those that were reached
//    "more_steps": 7,                                                      so many more; not there when they are all
//    told "buses":  [{"name": "kcan-s", "frames": 420, "bin_ns": 64000000, "counts": [3, 0, …]}, …], "units": [{"name":
//    "seat", "curves": [{"name": "profile", "points": [[112740000, 0], …], "values": {"0": "none"}},
//                                           {"name": "longitudinal", "unit": "mm", "points": …}]}, …]}
#ifndef KMSIM_TOOLS_STORY_TIMELINE_H
#define KMSIM_TOOLS_STORY_TIMELINE_H

#include "scenarios/play/player.h"
#include "scenarios/story/story.h"

typedef struct story_timeline story_timeline_t;

/// Returns a new time line that the caller destroys.
story_timeline_t *story_timeline_new(void);
void story_timeline_destroy(story_timeline_t **self_p);

/// A story (borrowed) is about to be played: nothing is drawn yet.
void story_timeline_begin(story_timeline_t *self, const story_t *story);

/// An instant is over.
void story_timeline_look(story_timeline_t *self, const kernel_t *kernel, const player_t *player);

/// Returns it as JSON that the caller frees.
char *story_timeline_format(const story_timeline_t *self);

#endif
