// SPDX-License-Identifier: MIT
// The mechanic: does with the tester what the steps service, cip and uds say, and judges the answers; has the fault
// memories read that conditions are about. The player's own; it uses the kernel's control interface.
#ifndef KMSIM_SCENARIOS_MECHANIC_H
#define KMSIM_SCENARIOS_MECHANIC_H

#include "scenarios/story.h"
#include "scenarios/tester.h"
#include "scenarios/words.h"

typedef struct {
    tester_t *tester; // null: the story needs none
} mechanic_t;

/// Begins a step of service, cip or uds.
void mechanic_act(mechanic_t *self, kernel_t *kernel, const story_step_t *step);

/// Whether its answer has come.
bool mechanic_has_answer(const mechanic_t *self);

/// Whether the answer is the one that the step expects; when not, the problem is told in words.
bool mechanic_judge(const mechanic_t *self, const story_step_t *step, words_t *problem);

/// Has the fault memories of these units (a bit each) read at once.
void mechanic_read(mechanic_t *self, kernel_t *kernel, uint32_t nodes);

/// Has those of these units read again and again, and of no others.
void mechanic_watch(mechanic_t *self, uint32_t nodes);

#endif
