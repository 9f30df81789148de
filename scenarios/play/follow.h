// SPDX-License-Identifier: MIT
// whenever: each time that the first is seen or becomes so, the second must be seen or be so within a time, that
// instant included.
//
//   first   ---x----x-----------x------        an occasion each
//   second  ----------y-----------------       answers every occasion up to it
//                               |<-- T -->|    overdue then
//
// Nothing is kept of an occasion but the first one that is open. Of several frames that the second needs, each answers
// for itself: `all` has answered up to the earliest of their last sights, `any` up to the latest. So what is kept of
// each is when it was seen last, and the first occasion after that.
#ifndef KMSIM_SCENARIOS_PLAY_FOLLOW_H
#define KMSIM_SCENARIOS_PLAY_FOLLOW_H

#include "scenarios/play/conditions.h"

/// The instant in which it begins: how states are now is no occasion. self has two parts, the first and the second.
void follow_begin(const condition_t *self, const condition_context_t *context);

/// Looks at an instant after that.
void follow_look(const condition_t *self, const condition_context_t *context);

/// The earliest occasion that waits for its answer, or -1.
int64_t follow_open_ns(const condition_t *self, const condition_memory_t *memories);

#endif
