// SPDX-License-Identifier: MIT
// What the files that make a story share among themselves and with the rows of a vocabulary. Nobody else's.
//
//   story_load.c        the file, its top level, keys, key_memory and coding
//   story_steps.c       a step: its verb and its timing
//   story_conditions.c  a condition: its kind, and what kinds share
//   story_names.c       units, buses, messages and signals by name
//   story_values.c      the values of signals and settings
//   story_stored.c      the story against what a car has stored (story_stored.h)
//
// Mistakes are counted by the reader's error; functions that only fill something return nothing.
#ifndef KMSIM_SCENARIOS_STORY_STORY_PARTS_H
#define KMSIM_SCENARIOS_STORY_STORY_PARTS_H

#include "bus/files/json_reader.h"
#include "scenarios/story/arena.h"
#include "scenarios/story/story.h"
#include "scenarios/story/vocabulary.h"

typedef struct { // what the file says of a key, and where
    bool told, blocked, learned, battery;
    size_t index; // in /keys
} story_told_key_t;

typedef struct {
    story_t story; // first: what the world sees
    arena_t arena;
    const char *vehicle;                // as it was told
    image_t *images[VEHICLE_NODES_MAX]; // null: nothing was told
    story_told_key_t told_keys[KEY_COUNT_MAX + 1];
} story_whole_t;

struct story_loader {
    json_reader_t reader;
    story_whole_t *whole;
    story_t *story; // of the whole; vehicle and dbc are null when they could not be loaded
};

// ---- names ---------------------------------------------------------------------------------------------------------

/// What does not exist is told at the member (null: the present place). False or null also, silently, when there is no
/// vehicle to look in.
bool story_find_node(story_loader_t *self, const char *member, const char *name, uint8_t *node);
bool story_find_bus(story_loader_t *self, const char *member, const char *name, uint8_t *bus);
const dbc_message_t *story_find_message(story_loader_t *self, const char *member, const char *name);
const dbc_signal_t *story_find_signal(story_loader_t *self, const dbc_message_t *message, const char *name);

/// The status message of a unit with Key Memory; told at the member when it has none.
const dbc_message_t *story_find_status(story_loader_t *self, const char *member, uint8_t node);

/// A setting, by name, of a unit with Key Memory, at the present place.
bool story_find_setting(story_loader_t *self, uint8_t node, const char *name, dbc_setting_t *setting);

/// A coding option of that unit at the present place; `memory`, which every unit with Key Memory has, is none of these.
const vehicle_option_t *story_find_option(story_loader_t *self, uint8_t node, const char *name);

typedef enum {
    VALUE_SIGNAL,  // a number that the signal can have, or one of its names
    VALUE_SETTING, // likewise, also a name's value within the setting's range
    VALUE_CODED,   // any: the unit judges it; raw is what goes to the unit
} value_use_t;

/// A number that the signal cannot have is told with the two nearest that it can have.
bool story_load_value(story_loader_t *self, const dbc_signal_t *signal, const json_t *json, value_use_t use,
                      story_value_t *value);

/// The same where a condition asks: also {"min": A, "max": B} with any numbers, one of which may be left out, and
/// {"not": …} of any number, a name or a range.
bool story_load_asked(story_loader_t *self, const dbc_signal_t *signal, const json_t *json, value_use_t use,
                      story_value_t *value);

/// Whether the key is among the story's; told at the member when not.
bool story_check_key(story_loader_t *self, const char *member, int64_t key);

// ---- parts ---------------------------------------------------------------------------------------------------------

void story_load_steps(story_loader_t *self, const json_t *json);

/// One step alone, which must act, at once.
void story_load_act(story_loader_t *self, const json_t *json);

/// Fills a condition, of a verb that expects or (not expected) of one that watches.
void story_load_condition(story_loader_t *self, const json_t *json, bool expected, condition_t *condition);

/// The value of a verb that expects or watches: a condition of the step's own.
void story_load_conditional(story_loader_t *self, const json_t *json, story_step_t *step);

/// Returns room for what a row makes of its value.
void *story_allocate(story_loader_t *self, size_t count, size_t size);

/// A copy of the text.
const char *story_keep_text(story_loader_t *self, const char *text);

// What kinds of conditions share: the bus that they may name; a unit with Key Memory and its status message, false when
// there is none; the values of a message's signals or of that unit's settings.
void story_load_condition_bus(story_loader_t *self, const char *name, condition_t *condition);
bool story_load_condition_unit(story_loader_t *self, const char *name, condition_t *condition);
void story_load_signals(story_loader_t *self, const json_t *json, condition_t *condition);
void story_load_settings(story_loader_t *self, const json_t *json, condition_t *condition);

/// A unit that diagnosis can reach; the story then needs a tester.
bool story_find_diagnosed(story_loader_t *self, const char *member, const char *name, uint8_t *node);

/// Tells when this vehicle's messages do not have that signal.
void story_require_signal(story_loader_t *self, const char *message_name, const char *signal_name);

/// For what is part of the format and is checked for its shape, so that a mistake in it is told like any other; then it
/// is refused by name.
void story_refuse(story_loader_t *self, const char *what);

#endif
