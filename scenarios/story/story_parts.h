// SPDX-License-Identifier: MIT
// What the files that make a story share among themselves and with the rows of a vocabulary. Nobody else's.
//
//   story_set.c         the stories of a file: parameters, one story after the other      (story_set.h)
//   story_source.c      the files that they are read from, and where in these a value stands
//   story_scope.c       what stands for "${key}": parameters, rounds
//   story_mistakes.c    mistakes, told by file, line and column, each once
//   story_shared.c      what every part needs of the loader
//   story_load.c        one story: its top level, keys, key_memory and coding
//   story_expand.c      its steps one behind the other: those of a repeat, those of another file
//   story_steps.c       a step: its verb and its timing
//   story_conditions.c  a condition: its kind, and what kinds share
//   story_names.c       units, buses, messages and signals by name
//   story_values.c      the values of signals and settings
//   story_stored.c      the story against what a car has stored (story_stored.h)
//
// Mistakes are counted by the reader; functions that only fill something return nothing.
#ifndef KMSIM_SCENARIOS_STORY_STORY_PARTS_H
#define KMSIM_SCENARIOS_STORY_STORY_PARTS_H

#include "bus/files/json_places.h"
#include "bus/files/json_reader.h"
#include "scenarios/story/arena.h"
#include "scenarios/story/story.h"
#include "scenarios/story/text_set.h"
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
    story_step_t *steps; // the story's, which grow while they are read
    size_t step_room;
} story_whole_t;

// ---- the files that stories are read from --------------------------------------------------------------------------

typedef struct story_source story_source_t;

struct story_source {
    story_source_t *next;
    char *path; // as mistakes name it
    char *text;
    json_t *json;          // null: it cannot be read …
    json_places_t *places; // … and there is no place in it
    char *why;             // it cannot be read, a line each; else null
    uint64_t device, inode;
};

typedef struct { // each once; zeroed: none
    size_t count;
    story_source_t *first; // the last that was read
} story_sources_t;

/// Reads the file, or a pipe, from which the stories themselves come, or takes that text for it. Null with the mistake
/// told.
const story_source_t *story_source_load(story_sources_t *self, const char *path, error_t *error);
const story_source_t *story_source_parse(story_sources_t *self, const char *path, const char *text, size_t size,
                                         error_t *error);

/// A file that another one names, by its path from there; read once, however often it is named. One that cannot be read
/// has a reason.
const story_source_t *story_source_beside(story_sources_t *self, const story_source_t *other, const char *path);

/// Gives all of them back; there are none then.
void story_sources_destroy(story_sources_t *self);

// ---- what stands for "${key}" --------------------------------------------------------------------------------------

typedef struct {
    const char *name;
    json_t *value; // borrowed
    bool used;
} story_binding_t;

typedef struct story_scope {
    const struct story_scope *outer; // what it does not bind is looked for there; null: nowhere
    bool is_file;                    // one of a file: of what is outside, only the round is seen
    size_t round;                    // of a repeat, from 1, which is all that it binds; else 0
    size_t count;
    story_binding_t *bindings;
} story_scope_t;

/// Whether there is a "${…}" in any text or name of it.
bool story_refers(const json_t *json);

/// Returns a new JSON value with everything filled in, that the caller gives to json_decref. What cannot be is told at
/// the reader's place, and stands there as it is.
json_t *story_fill(story_loader_t *self, const json_t *json);

/// The same of a text, for who only wants to know: a new one that the caller frees.
char *story_fill_text(const story_scope_t *scope, const char *text);

/// Counts what is read. False, and told once, when it is too much.
bool story_works(story_loader_t *self, size_t values);

/// Adds " [key=2 profile=3]": what binds names in that scope, and the round; values cut after so many bytes. Places:
/// only those that stand in that node (null: all).
void story_scope_add_words(const story_scope_t *self, int value_max, const json_places_t *places, size_t node,
                           words_t *words);

// ---- mistakes ------------------------------------------------------------------------------------------------------

typedef struct { // of all stories of a set
    error_t *error;
    text_set_t told;     // each mistake once, whatever number of stories and rounds has it
    text_set_t doubtful; // places of references that cannot be filled: nothing else is told of these
    size_t work;         // values that were read
    bool is_too_much;    // more than can be: told, and the end of reading
    bool is_incomplete;  // a file could not be read: nobody knows what is unused
} story_mistakes_t;

/// Has the loader's reader tell mistakes by file, line and column, from the root of the source.
void story_read_source(story_loader_t *self, const story_source_t *source);

void story_mistakes_destroy(story_mistakes_t *self);

// ---- the loader ----------------------------------------------------------------------------------------------------

struct story_loader {
    json_reader_t reader;
    story_whole_t *whole;
    story_t *story;             // of the whole; vehicle and dbc are null when they could not be loaded
    const json_t *requirements; // the project's own, by identifier; null: there are none
    story_sources_t *sources;
    story_mistakes_t *mistakes;
    // where it reads
    const story_source_t *source; // null: not from a file
    const char *file;             // its path, in the story's memory
    const story_within_t *within; // the repeats and uses around it
    const story_scope_t *scope;   // null: nothing is bound
    bool has_no_scope;            // parameters are there and wrong: nothing is told of references
    bool is_literal;              // it reads what stood for a reference: no references are looked for
    bool is_unfilled;             // the mistake that is told is that of a reference
    // of the steps so far
    int64_t last_at_ns, end_ns;
    size_t made_count; // by repeats and uses
    bool is_full;      // more than these can make: told
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
/// {"not": …} of a value or a range.
bool story_load_asked(story_loader_t *self, const dbc_signal_t *signal, const json_t *json, value_use_t use,
                      story_value_t *value);

/// Whether the key is among the story's; told at the member when not.
bool story_check_key(story_loader_t *self, const char *member, int64_t key);

// ---- parts ---------------------------------------------------------------------------------------------------------

typedef struct { // what one story of a set is made of
    const story_world_t *world;
    const story_source_t *source;
    story_sources_t *sources;
    story_mistakes_t *mistakes;
    const json_t *requirements; // the project's own; null: none
    story_scope_t *scope;       // its parameters; null: it has none
    bool has_no_scope;          // they are wrong
    bool top_refers;            // there are references beside those in its steps
} story_order_t;

/// Returns a new story that the caller destroys, or null with every mistake told.
const story_t *story_make(const story_order_t *order);

/// The steps of the story, one behind the other; json stands at the reader's place, in its file at that node.
void story_load_steps(story_loader_t *self, const json_t *json, size_t node);

/// How many verbs a step has, among them repeat and use.
size_t story_count_verbs(const story_loader_t *self, const json_t *json);

/// One step alone, at the reader's place; its place in the file is not looked for.
void story_load_step(story_loader_t *self, const json_t *json, story_step_t *step);

/// The same of one that must act, at once: the whole story.
void story_load_act(story_loader_t *self, const json_t *json);

/// A text for the reader, at the member "note"; null where there is none.
const char *story_load_note(story_loader_t *self, const json_t *json);

/// Tells when both at and after are there.
void story_check_begin(story_loader_t *self, const json_t *json);

/// Fills a condition.
void story_load_condition(story_loader_t *self, const json_t *json, condition_use_t use, condition_t *condition);

/// What follows for a condition from its parts: of which units it reads the fault memories, whether it is a state.
void story_join_parts(condition_t *condition);

/// The value of a verb that expects or watches: a condition of the step's own.
void story_load_conditional(story_loader_t *self, const json_t *json, story_step_t *step);

/// Tells at the member why something cannot be read, a mistake for each line.
void story_tell_reasons(story_loader_t *self, const char *member, const char *why);

/// Where a member of the file's object, "/name", stands.
story_place_t story_place_of_member(const story_source_t *source, const char *file, const char *pointer);

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

#endif
