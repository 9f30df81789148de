// SPDX-License-Identifier: MIT
// What a report knows that stories could cover, so that it can tell what none covers.
#ifndef KMSIM_TOOLS_STORY_REQUIREMENTS_H
#define KMSIM_TOOLS_STORY_REQUIREMENTS_H

#include "tools/story_list.h"

/// Returns an object of JSON that the caller frees, by identifier the sentence: the car's when a story covers one of
/// them (a project may have its own alone), those of the simulator that a story covers, then those that files bring
/// along. It follows from the list alone, whatever of it is played.
char *story_requirements_format(const story_list_t *list);

#endif
