// SPDX-License-Identifier: MIT
// What a fault selects: whether any frame, of whatever story, can ever be it. Of the verb fault.
#ifndef KMSIM_SCENARIOS_PLAY_VERBS_FAULT_SELECTION_H
#define KMSIM_SCENARIOS_PLAY_VERBS_FAULT_SELECTION_H

#include "bus/can/fault_plan.h"
#include "scenarios/story/story_parts.h"

/// Tells, at the member, who is not on the bus, who would be his own receiver, what the sender never sends, and who can
/// never hear it. Members that the fault's kind does not have are not there.
void fault_selection_check(story_loader_t *loader, const fault_t *fault);

#endif
