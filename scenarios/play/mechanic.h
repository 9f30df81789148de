// SPDX-License-Identifier: MIT
// The mechanic: works with the tester, and has the fault memories read that conditions are about. The player's own; it
// uses the kernel's control interface.
#ifndef KMSIM_SCENARIOS_PLAY_MECHANIC_H
#define KMSIM_SCENARIOS_PLAY_MECHANIC_H

#include "bus/base/words.h"
#include "bus/kernel/kernel.h"
#include "scenarios/actors/tester.h"

typedef struct {
    tester_t *tester; // null: the story needs none
} mechanic_t;

/// Each begins a job at that unit; what it points to is borrowed until the job is over. The one before must be over.
void mechanic_begin_service(mechanic_t *self, kernel_t *kernel, uint8_t node, const workshop_service_t *service);
void mechanic_begin_coding(mechanic_t *self, kernel_t *kernel, uint8_t node, const workshop_coding_t *coding);
void mechanic_begin_request(mechanic_t *self, kernel_t *kernel, uint8_t node, const uint8_t *bytes, size_t size);

/// What came of the job, or null while it is under way.
const workshop_job_t *mechanic_answer(const mechanic_t *self);

/// Has the fault memories of these units read at once.
void mechanic_read(mechanic_t *self, kernel_t *kernel, index_set_t nodes);

/// Has those of these units read again and again, and of no others.
void mechanic_watch(mechanic_t *self, index_set_t nodes);

#endif
