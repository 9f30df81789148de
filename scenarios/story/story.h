// SPDX-License-Identifier: MIT
// A story as its file tells it, with every name resolved: buses, units, messages, signals, lines. A value that nobody
// changes once it is loaded, and that knows nothing of its file but the places of its steps. A file may tell many:
// story_set.h loads it. story_parts.h tells which files read it; player.h plays it.
#ifndef KMSIM_SCENARIOS_STORY_STORY_H
#define KMSIM_SCENARIOS_STORY_STORY_H

#include "bus/base/index_set.h"
#include "bus/base/error.h"
#include "bus/can/dbc.h"
#include "bus/car/key_radio.h"
#include "bus/files/garage.h"
#include "scenarios/story/car_plan.h"

#define STORY_NO_TIME (-1) // a timing key that was not told
#define STORY_ANY_BUS (-1) // a condition that names no bus
#define STORY_POINTER_MAX 511

// Names as files write them and reports tell them, in the order of the values that they stand for.
#define STORY_TERMINALS "off", "r", "15", "50" // story_terminal_t, and the line's value

typedef struct verb verb_t;                     // a row of scenarios/story/vocabulary.h
typedef struct condition_kind condition_kind_t; // likewise
typedef struct vocabulary vocabulary_t;
typedef struct story_doubts story_doubts_t; // scenarios/story/story_doubt.h

typedef enum { STORY_TERMINAL_OFF, STORY_TERMINAL_R, STORY_TERMINAL_15, STORY_TERMINAL_50 } story_terminal_t;

typedef struct { // of a signal or setting: a value, and in conditions also a range, or anything but that
    const dbc_message_t *message; // that has the signal; of conditions
    const dbc_signal_t *signal;
    bool named;      // a name, or a number of a signal that has names
    bool is_not;     // whatever is not that
    bool is_range;   // minimum .. maximum, in the physical unit; infinite where nothing was told
    int64_t raw;     // nearest
    double physical; // as told; a name's raw value stands for itself
    double minimum, maximum;
} story_value_t;

typedef struct condition condition_t;
struct condition {
    const condition_kind_t *kind;
    uint32_t slot;                  // numbers the conditions of a story from 0: the player's memory of each
    index_set_t read;               // units whose fault memory it, or a part of it, is about
    int8_t bus;                     // vehicle's index or STORY_ANY_BUS
    uint8_t node;                   // the unit that it is about
    const dbc_message_t *message;   // that it is about; of a unit: its status message
    int64_t minimum_ns, maximum_ns; // of gaps
    uint32_t least, most;           // of counts
    bool is_state;                  // it says what is so, and nothing of frames that are seen
    bool counts;                    // it, or a part of it, counts frames
    bool has_sender;                // of error frames: `node` is one of those whose frame failed
    size_t value_count;
    const story_value_t *values;
    size_t part_count; // of any, all, not and whenever
    const condition_t *parts;
    const void *told; // what the kind's own file makes of the rest
};

typedef struct { // of a step, in its file
    const char *file;
    const char *pointer;   // "/steps/3"
    const char *member;    // that says what is done: "remote"
    uint32_t line, column; // from 1; 0: not from a file
} story_place_t;

typedef struct story_within story_within_t;
struct story_within {            // a repeat, or the use of another file, in which steps stand
    const story_within_t *outer; // null: the story itself
    const story_place_t *place;
    size_t round, rounds; // of a repeat, from 1; 0: it is a use
    const char *note;     // null: none
};

typedef struct {
    const verb_t *verb;
    bool background;                                           // a watch to the story's end
    int64_t at_ns, after_ns, within_ns, not_before_ns, for_ns; // STORY_NO_TIME: not told
    int64_t lasts_ns;             // how long the verb by itself holds the story; STORY_NO_TIME: that is not its matter
    const condition_t *condition; // of a verb that expects or watches, else null
    const void *told;             // what the verb's own file makes of its value
    const char *note;             // for the reader; null: none
    const story_place_t *place;
    const story_within_t *within; // null: a step of the story itself
} story_step_t;

// ---- the story -----------------------------------------------------------------------------------------------------

typedef struct {
    const char *path; // of the file, as it was given
    const vocabulary_t *vocabulary;
    const char *name, *description; // the name with the parameters behind it: "NAME [key=2]"
    const char *note;               // null: none
    story_place_t name_place;
    const char *requirements; // the file of the project's own ones, as told; null: none
    size_t cover_count;
    const char *const *covers;
    uint64_t seed;
    const vehicle_t *vehicle; // the garage's
    const dbc_t *dbc;
    car_plan_key_t keys[KEY_COUNT_MAX + 1]; // by number, 1 .. 10
    size_t step_count;
    const story_step_t *steps;
    size_t condition_count; // slots
    bool diagnosis;         // there is a step that needs a tester in the car
} story_t;

typedef struct { // what stories can speak of
    const vocabulary_t *vocabulary;
    garage_t *garage; // the cars
} story_world_t;

/// Whether a raw value of the signal is one of those that the value stands for.
bool story_value_fits(const story_value_t *self, int64_t raw);

/// Reads a file of one story; vocabulary and garage are borrowed while it lives. Returns a new story that the caller
/// destroys (before the garage), or null with every mistake of the file as a line of its own, as story_set_load tells
/// them; a file of more stories than one is a mistake here. The same from memory; path is named in mistakes, and
/// relative paths are looked for beside it.
const story_t *story_load(const char *path, const story_world_t *world, error_t *error);
const story_t *story_parse(const char *path, const char *text, size_t size, const story_world_t *world, error_t *error);

/// Reads one step that acts, as a story of its own for a car that is there already, from which it has vehicle, messages
/// and keys; mistakes are told in the same words, as `step: /remote/key: …`. Returns a new story that the caller
/// destroys, or null with every mistake told.
const story_t *story_parse_act(const car_plan_t *car, const vocabulary_t *vocabulary, const char *text, size_t size,
                               error_t *error);

void story_destroy(const story_t **self_p);

/// The car with which the story begins: what it says of vehicle, seed, keys, key_memory and coding. Borrows from the
/// story.
car_plan_t story_plan(const story_t *self);

/// Tells what a story does that a driver could not, and what of it cannot fail: `file:line:column: /json/pointer:
/// warning: …`, a line each, none of which is there already. It is valid all the same.
void story_doubt(const story_t *self, error_t *doubts);

#endif
