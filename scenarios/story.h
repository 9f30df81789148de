// SPDX-License-Identifier: MIT
// A story as its file tells it, with every name resolved: buses, units, messages, signals, lines. A value that nobody
// changes once it is loaded. story_parts.h tells which files read it; player.h plays it.
#ifndef KMSIM_SCENARIOS_STORY_H
#define KMSIM_SCENARIOS_STORY_H

#include "bus/dbc.h"
#include "bus/error.h"
#include "bus/image.h"
#include "bus/kernel.h"
#include "bus/key_radio.h"
#include "bus/vehicle.h"
#include "scenarios/garage.h"
#include "scenarios/workshop_job.h"

#define STORY_NO_TIME (-1) // a timing key that was not told
#define STORY_ANY_BUS (-1) // a condition that names no bus
#define STORY_POINTER_MAX 127
#define STORY_CAR_REQUIREMENTS 14      // REQUIREMENTS.md: R1 to R14 are the car's …
#define STORY_SIMULATOR_REQUIREMENTS 7 // … S1 to S7 the simulator's

// Names as files write them and reports tell them, in the order of the values that they stand for.
#define STORY_TERMINALS "off", "r", "15", "50"                            // story_terminal_t, and the line's value
#define STORY_GEARS "p", "r", "n", "d"                                    // the line's value
#define STORY_POWERS "off", "on", "crash"                                 // kernel_power_t
#define STORY_FUNCTIONS "block_key", "release_key", "set_personalization" // workshop_function_t

// ---- conditions ----------------------------------------------------------------------------------------------------

typedef enum {
    CONDITION_MESSAGE, // a frame of that message with those values is seen
    CONDITION_PERIOD,  // every gap between two of them lies in a range
    CONDITION_FRAME,   // a frame that matches a pattern is seen
    CONDITION_PROFILE,
    CONDITION_SETTINGS,
    CONDITION_CAR,
    CONDITION_TERMINAL,
    CONDITION_KEY_VALID,
    CONDITION_FAULT, // the unit's fault memory, read by diagnosis, has it
    CONDITION_ANY,
    CONDITION_ALL,
} condition_kind_t;

typedef enum { STORY_TERMINAL_OFF, STORY_TERMINAL_R, STORY_TERMINAL_15, STORY_TERMINAL_50 } story_terminal_t;

typedef struct {
    const dbc_signal_t *signal;
    bool exact;      // a name, or a number of a signal that has names: no resolution step to either side
    int64_t raw;     // nearest
    double physical; // as told; a name's raw value stands for itself
} story_value_t;

typedef struct condition condition_t;
struct condition {
    condition_kind_t kind;
    uint32_t slot;                  // numbers the conditions of a story from 0: the player's memory of each
    int8_t bus;                     // vehicle's index or STORY_ANY_BUS
    uint8_t node;                   // PROFILE, SETTINGS, FAULT
    const dbc_message_t *message;   // MESSAGE, PERIOD; PROFILE, SETTINGS: the unit's status message
    int64_t minimum_ns, maximum_ns; // PERIOD
    const char *pattern;            // FRAME: identifier and bytes …
    const char *pattern_id;         // … and the identifier with any bytes
    uint8_t profile;
    int8_t coded;  // 0, 1, or -1: not told
    uint32_t code; // FAULT: 24 bits
    int8_t active; // likewise
    uint32_t read; // bit per unit whose fault memory it, or a part of it, is about
    bool flag;     // CAR: unlocked; KEY_VALID: valid
    story_terminal_t terminal;
    size_t value_count;
    const story_value_t *values;
    size_t part_count; // ANY, ALL
    const condition_t *parts;
};

// ---- steps ---------------------------------------------------------------------------------------------------------

typedef enum {
    VERB_REMOTE,
    VERB_RADIO,
    VERB_IGNITION,
    VERB_DOOR,
    VERB_GEAR,
    VERB_SWITCH,
    VERB_ADJUST,
    VERB_FRAME,
    VERB_POWER,
    VERB_SERVICE,
    VERB_CIP,
    VERB_UDS,
    VERB_WAIT,
    VERB_EXPECT,
    VERB_NEVER,
    VERB_ALWAYS,
} story_verb_t;

typedef struct {
    int key;
    key_button_t button;
    int64_t hold_ns;
    bool out_of_range;
} story_remote_t;

typedef enum { RADIO_REPLAY, RADIO_FORGE, RADIO_RAW } story_radio_kind_t;

typedef struct {
    story_radio_kind_t kind;
    int64_t replay; // 1 = the first telegram of the story
    int key;
    key_button_t button;
    int personalization; // 0: the key's own
    air_t raw;
} story_radio_t;

typedef enum { IGNITION_INSERT, IGNITION_INSERT_FOREIGN, IGNITION_REMOVE, IGNITION_TERMINAL } story_ignition_kind_t;

typedef struct {
    story_ignition_kind_t kind;
    int key;
    story_terminal_t terminal;
} story_ignition_t;

typedef struct {
    uint8_t node;
    const char *line;           // "switch/seat/longitudinal"
    const dbc_signal_t *signal; // of the unit's status message
    bool increase;
    int64_t hold_ns; // STORY_NO_TIME: held until `to` is reached
    int64_t to_raw;
} story_switch_t;

typedef struct {
    const char *line; // "knob/climate/style"
    const dbc_signal_t *signal;
    int64_t raw;
} story_knob_t;

typedef struct {
    uint8_t node;
    size_t count;
    const story_knob_t *knobs;
} story_adjust_t;

typedef struct {
    uint8_t bus;
    can_frame_t frame;
} story_frame_t;

typedef struct {
    uint8_t node;
    kernel_power_t state;
} story_power_t;

// The negative response that is expected, or UDS_ACCEPTED: none.
typedef struct {
    uint8_t node;
    workshop_service_t service;
    uint8_t refused;
} story_service_t;

typedef struct {
    uint8_t node;
    workshop_coding_t coding;
    const story_value_t *values; // one per change, as told
    uint8_t refused;
} story_cip_t;

typedef enum { RESPONSE_ANY, RESPONSE_NONE, RESPONSE_PATTERN } story_response_t;

typedef struct {
    uint8_t node;
    size_t size;
    const uint8_t *request;
    story_response_t response;
    const char *pattern; // upper-case hex digits without blanks, ? any digit, * at the end
} story_uds_t;

typedef struct {
    story_verb_t verb;
    bool background;                                           // NEVER, ALWAYS: watch to the story's end
    int64_t at_ns, after_ns, within_ns, not_before_ns, for_ns; // STORY_NO_TIME: not told
    union {
        story_remote_t remote;
        story_radio_t radio;
        story_ignition_t ignition;
        bool door_open;
        uint8_t gear; // of the line: 0 p, 1 r, 2 n, 3 d
        story_switch_t axis;
        story_adjust_t adjust;
        story_frame_t frame;
        story_power_t power;
        story_service_t service;
        story_cip_t cip;
        story_uds_t uds;
        int64_t wait_ns;
        const condition_t *condition; // EXPECT, NEVER, ALWAYS
    };
} story_step_t;

// ---- the story -----------------------------------------------------------------------------------------------------

typedef struct {
    int personalization; // 1 .. 4, or 0: there is no such key
    bool blocked, learned, battery_low;
} story_key_t;

typedef struct {
    const char *path; // of the file, as it was given
    const char *name, *description;
    size_t cover_count;
    const char *const *covers;
    uint64_t seed;
    const vehicle_t *vehicle; // the garage's
    const dbc_t *dbc;
    story_key_t keys[KEY_COUNT_MAX + 1]; // by number, 1 .. 10
    size_t step_count;
    const story_step_t *steps;
    size_t condition_count; // slots
    bool diagnosis;         // there is a step that needs a tester in the car
} story_t;

/// Reads a story; the car is the garage's. Returns a new story that the caller destroys (before the garage), or null
/// with every mistake of the file as a line of its own: `file:line:column: …` for bad JSON, `file: /json/pointer: …`
/// else.
const story_t *story_load(const char *path, garage_t *garage, error_t *error);

/// The same from memory; path is named in mistakes, and relative vehicles are looked for beside it.
const story_t *story_parse(const char *path, const char *text, size_t size, garage_t *garage, error_t *error);

/// Reads one step that acts, as a story of its own for the car of another one, from which it has vehicle, messages and
/// keys; mistakes are told in the same words, as `step: /remote/key: …`. Returns a new story that the caller destroys,
/// or null with every mistake told.
const story_t *story_parse_act(const story_t *car, const char *text, size_t size, error_t *error);

void story_destroy(const story_t **self_p);

/// What a node of the vehicle (its index there) has stored when the story begins in a run of that seed: keys,
/// key_memory, coding. False when it is nothing.
bool story_image(const story_t *self, uint64_t seed, uint8_t node, image_t *image);

/// What the key fobs have stored then.
void story_fobs_image(const story_t *self, uint64_t seed, image_t *image);

/// The verb as the file writes it.
const char *story_verb_name(story_verb_t verb);

#endif
