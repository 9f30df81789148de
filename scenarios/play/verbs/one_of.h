// SPDX-License-Identifier: MIT
// Members of a verb that exclude each other.
#ifndef KMSIM_SCENARIOS_PLAY_VERBS_ONE_OF_H
#define KMSIM_SCENARIOS_PLAY_VERBS_ONE_OF_H

#include "scenarios/story/story_parts.h"

/// Tells when not exactly one of these members is there; names ends with null.
void one_of_require(story_loader_t *loader, const json_t *json, const char *const *names);

#endif
