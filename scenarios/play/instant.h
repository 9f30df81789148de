// SPDX-License-Identifier: MIT
// One instant as the player and the verbs see it: the car so far, who can act on it, and when the story must be looked
// at again. It is made anew at each instant and borrows everything.
#ifndef KMSIM_SCENARIOS_PLAY_INSTANT_H
#define KMSIM_SCENARIOS_PLAY_INSTANT_H

#include "scenarios/play/conditions.h"
#include "scenarios/play/driver.h"
#include "scenarios/play/mechanic.h"
#include "scenarios/story/vocabulary.h"

struct instant {
    kernel_t *kernel;
    int64_t now_ns;
    int64_t reached_ns; // when the step was, whose turn it is
    int64_t wake_ns;    // the earliest time that somebody waits for
    driver_t *driver;
    mechanic_t *mechanic;
    car_view_t *view;   // has seen the instant
    fault_plan_t *plan; // what goes wrong in this car
    uint32_t *hits;     // of the step that begins: how often what it does has hit
    condition_context_t context;
    words_t note; // for who plays the story: what a step could not do
};

/// Has the player called then at the latest.
void instant_wake_at(instant_t *self, int64_t at_ns);

/// Whether that time has come; when not, the player is woken then.
bool instant_wait_until(instant_t *self, int64_t end_ns);

#endif
