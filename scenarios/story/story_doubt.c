// SPDX-License-Identifier: MIT
#include "scenarios/story/story.h"
#include "scenarios/story/vocabulary.h"

// Where a step has no time of its own it follows the one before: the order of the file is the order of time.
void story_doubt(const story_t *self, error_t *doubts)
{
    bool filled = false;
    for (size_t i = 0; i < self->step_count; i++) {
        story_lock_t lock = self->steps[i].lock;
        if (filled && lock == STORY_LOCK_FILLED)
            error_add(doubts, "%s: /steps/%zu/%s: warning: another key is in the lock, which keeps it", self->path, i,
                      self->steps[i].verb->name);
        if (lock != STORY_LOCK_LEFT) filled = lock == STORY_LOCK_FILLED;
    }
}
