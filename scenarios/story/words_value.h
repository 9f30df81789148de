// SPDX-License-Identifier: MIT
// Values of signals and settings in words.
#ifndef KMSIM_SCENARIOS_STORY_WORDS_VALUE_H
#define KMSIM_SCENARIOS_STORY_WORDS_VALUE_H

#include "bus/base/words.h"
#include "scenarios/story/story.h"

/// A raw value: by the name that the messages give it, "intensive", or with its unit of measure, "180.0 mm".
void words_add_raw(words_t *self, const dbc_signal_t *signal, int64_t raw);

/// A value as a story tells it; a number is not rounded to one that the signal can have.
void words_add_value(words_t *self, const story_value_t *value);

/// What a condition asks, behind its name: " longitudinal=180.0 mm", " height>=10.0 mm", " not style=soft".
void words_add_named_value(words_t *self, const char *name, const story_value_t *value);

#endif
