// SPDX-License-Identifier: MIT
// Looks at stories while they are played, for what reports tell of them: the last frames, whether two rounds of one are
// the same, and what a page draws, the time line.
//
//   story_watch_next_story ──> kmsim_run_story: story_watch_begin, _look each instant ──> _frames, _differs, _timeline
//                                   ^──────────────────── another round ─────────────────────────┘
#ifndef KMSIM_TOOLS_STORY_WATCH_H
#define KMSIM_TOOLS_STORY_WATCH_H

#include "scenarios/play/player.h"
#include "scenarios/reports/record.h"
#include "scenarios/story/story.h"

#define STORY_WATCH_FRAMES 20 // that are told as the last

typedef struct story_watch story_watch_t;

/// Returns a new watch that the caller destroys. timeline: it draws one; compare: it compares each further round of a
/// story with the first.
story_watch_t *story_watch_new(bool timeline, bool compare);
void story_watch_destroy(story_watch_t **self_p);

/// What begins next is the first round of a story.
void story_watch_next_story(story_watch_t *self);

/// A round is about to be played; the story is borrowed until the next.
void story_watch_begin(story_watch_t *self, const story_t *story);

/// An instant is over.
void story_watch_look(story_watch_t *self, const kernel_t *kernel, const player_t *player);

/// Adds the last frames, the oldest first, each as a line: "(0.112740) kcan-s 23A#11300161  cas  RemoteKeyStatus …".
void story_watch_add_frames(const story_watch_t *self, record_list_t *lines);

/// Whether this round, which is over, was another one than the first: a frame came at another time, was another, came
/// in addition, or was missing.
bool story_watch_differs(const story_watch_t *self);

/// Tells what came first that differs, "(0.112740) kcan-s …" or "no further frame", and what there was in the first
/// round; returns when.
int64_t story_watch_tell_difference(const story_watch_t *self, words_t *now, words_t *first);

/// Returns the time line as an object of JSON that the caller frees; null where none was drawn.
char *story_watch_timeline(const story_watch_t *self);

#endif
