// SPDX-License-Identifier: MIT
// Plays stories: the interpreter of their steps, and the sole user of the kernel's control interface (with its driver).
//
// Called once per instant, last, also while nothing is told. It folds the instant's events into the view of the car,
// lets go of what is held no longer, checks the background watches, then takes the steps that are due, chaining those
// without a time of their own.
#ifndef KMSIM_SCENARIOS_PLAY_PLAYER_H
#define KMSIM_SCENARIOS_PLAY_PLAYER_H

#include "bus/host/simulation.h"
#include "scenarios/play/car_view.h"
#include "scenarios/actors/fobs.h"
#include "scenarios/story/story.h"
#include "scenarios/actors/tester.h"

#define PLAYER_WORDS_MAX 4095
#define PLAYER_NOTE_MAX 255
#define PLAYER_PLACE_MAX 1023

typedef enum { PLAYER_PLAYING, PLAYER_PASSED, PLAYER_FAILED } player_state_t;

typedef struct {
    player_state_t state;
    int64_t time_ns;                     // of the end, or of the failure
    size_t step;                         // that failed, from 0
    char pointer[STORY_POINTER_MAX + 1]; // its place in the story's file: "/steps/3/expect"
    char place[PLAYER_PLACE_MAX + 1];    // the line that says it, and by whom that is used: words_add_place
    char expected[PLAYER_WORDS_MAX + 1]; // in the story's words
    char problem[PLAYER_WORDS_MAX + 1];  // why it failed: "not met within 15 s", "violated"
    char seen[PLAYER_WORDS_MAX + 1];     // what was seen last of it; empty where there is nothing to see
    char parts[PLAYER_WORDS_MAX + 1];    // of a condition of several: which hold and which do not
    char hint[PLAYER_WORDS_MAX + 1];     // what may be the reason
    char frames[PLAYER_WORDS_MAX + 1];   // the last ones of the messages in question, a line each
    char ignored[PLAYER_WORDS_MAX + 1];  // what the car has ignored, by counter; whoever asks for that fills it in
} player_verdict_t;

typedef struct player player_t;

/// Returns a new player in a car of that vehicle and DBC that the caller destroys; fobs_node is the fobs' index in the
/// kernel, which asks that plan of faults. Everything is borrowed. Nothing is told yet: player_reset comes first.
player_t *player_new(const vehicle_t *vehicle, const dbc_t *dbc, fobs_t *fobs, uint8_t fobs_node, fault_plan_t *plan);
void player_destroy(player_t **self_p);

/// Begins a run of that seed: nothing is held, was sent, was seen or is told, whatever the run before was. The tester
/// (borrowed) is a node of the kernel, needed where a story's `diagnosis` says so; null: there is none. Allocates
/// nothing.
void player_reset(player_t *self, uint64_t seed, tester_t *tester);

/// Plays a story, once the one before is over: a live car is told one step after the other. What is held, was sent,
/// was seen and goes wrong stays; of the faults that last their hits are no longer counted. The story is borrowed until
/// the next one; the verdict begins anew. Allocates only for a story longer than any before.
void player_play(player_t *self, const story_t *story);

/// As the simulation calls it.
player_hooks_t player_hooks(player_t *self);

/// Of the story that is played, or was; passed where none was told.
const player_verdict_t *player_verdict(const player_t *self);

/// What a step of the last instant could not do, in words; "" for nothing. A story does not fail by that.
const char *player_note(const player_t *self);

/// How many steps were reached so far: for a watcher who wants to tell them.
size_t player_reached(const player_t *self);

/// The first watch, from that step on, of those that were reached, whose messages were not seen once, or fault that hit
/// nothing: in no round, where it is repeated. How many steps the story has: there is none.
size_t player_idle_step(const player_t *self, size_t from);

/// What is told of such a step: "watched 0 frames", "hit nothing".
const char *player_idle_words(const player_t *self, size_t step);

/// Has a story that passed fail at its first such step.
void player_fail_idle(player_t *self);

/// The car as it was seen so far.
const car_view_t *player_view(const player_t *self);

#endif
