// SPDX-License-Identifier: MIT
// Settings that the driver changes by a switch or a knob. Of the verbs switch and adjust.
#ifndef KMSIM_SCENARIOS_PLAY_VERBS_CONTROL_H
#define KMSIM_SCENARIOS_PLAY_VERBS_CONTROL_H

#include "scenarios/story/story_parts.h"

/// A setting of the unit that the driver changes in that way, at the present place. False, told, and *setting all null
/// when it is none.
bool control_find(story_loader_t *loader, uint8_t node, const char *name, dbc_control_t control,
                  dbc_setting_t *setting);

/// The line that it is changed by, "switch/seat/longitudinal", in the story's memory.
const char *control_line(story_loader_t *loader, const char *kind, uint8_t node, const char *setting);

#endif
