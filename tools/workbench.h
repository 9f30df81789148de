// SPDX-License-Identifier: MIT
// What the workshop's two tools share (service-tool, cip): command line, connection to a live car, one job at a unit
// after the other, what is told of it as text or, with --json, as one JSON object.
//
//   main ──> workbench_main ──> command.run ──> workbench_do ──> (tools/live_client.h) ──> unit
//                                    └──────> stdout, or workbench_t.json
//
// The car is connected to when a command first asks a unit: wrong arguments are told without one. What fails is told on
// standard error as it happens, is a member "failures" of the JSON object, and makes the exit status: the highest of
// 1 a unit refused, or did not do it, 2 wrong usage, 3 no car, no answer, or one that is broken or cannot be read.
#ifndef KMSIM_TOOLS_WORKBENCH_H
#define KMSIM_TOOLS_WORKBENCH_H

#include "bus/base/index_set.h"
#include "bus/files/dbc_file.h"
#include "bus/kernel/vehicle.h"
#include "bus/can/frame_text.h"
#include "scenarios/actors/workshop_job.h"
#include "scenarios/story/words_workshop.h"
#include "tools/json_printer.h"
#include "tools/live_client.h"

#define WORKBENCH_FAILURES_MAX 64
#define WORKBENCH_PROFILES KEY_PERSONALIZATION_MAX

typedef struct workbench workbench_t;

typedef struct {
    const char *name;     // "block"
    const char *operands; // "N", or ""
    int least, most;      // operands
    const char *help;     // a line in the list of all
    const char *about;    // sentences, and examples in lines that begin with a blank
    void (*run)(workbench_t *self, int count, char **operands);
} workbench_command_t;

typedef struct {
    const char *name; // "service-tool"
    const char *summary;
    const workbench_command_t *commands;
    size_t command_count;
} workbench_tool_t;

typedef struct {
    uint8_t node;
    workshop_end_t end;
    uint8_t nrc;
    bool closing; // what was wanted was done; closing the session after it failed
    size_t size;  // of an answer that cannot be read, and its first bytes
    uint8_t bytes[WORDS_BYTES_TOLD_MAX];
} workbench_failure_t;

struct workbench {
    const workbench_tool_t *tool;
    // told on the command line
    const char *bus, *vehicle_name;
    int wants_json, unchecked;
    // loaded
    vehicle_t vehicle;
    dbc_file_t *dbc_file;
    const dbc_t *dbc;
    // under way
    live_client_t *car; // null: not connected yet
    bool gone;          // it is not there, or not any more
    workshop_job_t job; // the last one, with its answer
    workshop_request_t request;
    json_printer_t json;
    size_t failure_count;
    workbench_failure_t failures[WORKBENCH_FAILURES_MAX];
    int status;
};

/// The whole of a tool's main.
int workbench_main(const workbench_tool_t *tool, int count, char **arguments);

// ---- arguments -----------------------------------------------------------------------------------------------------

/// Tells wrong usage (printf format); false always.
bool workbench_wrong(workbench_t *self, const char *format, ...) __attribute__((format(printf, 2, 3)));

/// A whole number low .. high; false and told with that range when it is not, but with --unchecked any number passes.
bool workbench_take_number(workbench_t *self, const char *text, const char *what, int low, int high, double *number);

/// A unit that has a diagnostic address, by name. False and told when there is none.
bool workbench_take_unit(workbench_t *self, const char *name, uint8_t *node);

/// The same for one with Key Memory; its settings.
bool workbench_take_memory(workbench_t *self, const char *name, uint8_t *node, workshop_settings_t *settings);

/// A bit for the unit that was told as the only operand, or for all that have an address. False and told when there is
/// no such unit.
bool workbench_take_units(workbench_t *self, int count, char **operands, index_set_t *units);

// ---- units ---------------------------------------------------------------------------------------------------------

/// Whether the unit has a diagnostic address.
bool workbench_is_diagnosed(const workbench_t *self, uint8_t node);

/// Whether it has an address and Key Memory; its settings.
bool workbench_has_memory(const workbench_t *self, uint8_t node, workshop_settings_t *settings);

/// The Car Access System. False and told when the vehicle has none.
bool workbench_find_cas(workbench_t *self, uint8_t *node);

const char *workbench_unit_name(const workbench_t *self, uint8_t node);

// ---- asking --------------------------------------------------------------------------------------------------------

/// Does self->job, begun already, at the unit. False and told when it was not done; what was wanted is named by act,
/// "block key 2", and hint (null: none) says in words why a unit refuses that, or null. When it was done and its
/// session could not be closed after it, that is told too.
bool workbench_do(workbench_t *self, uint8_t node, const char *act, const char *(*hint)(uint8_t nrc));

/// One request; the answer is in self->job.bytes, .size.
bool workbench_ask(workbench_t *self, uint8_t node, const workshop_request_t *request, const char *act);

/// Reads a data identifier; gives its record, which lives until the next job. One that is not laid out as it must be,
/// with so many settings or options (bus/car/identifiers.h), is told as an answer that cannot be read.
bool workbench_read(workbench_t *self, uint8_t node, uint16_t id, size_t count, const uint8_t **record, size_t *size);

/// Reads which value each coding option of the unit has; likewise when there is no such value.
bool workbench_read_options(workbench_t *self, uint8_t node, uint8_t values[VEHICLE_OPTIONS_MAX]);

/// Reads a profile.
bool workbench_read_profile(workbench_t *self, uint8_t node, const workshop_settings_t *settings, double profile,
                            workshop_profile_t *content);

/// The CAS's table of keys, by number 1 .. 10.
bool workbench_read_keys(workbench_t *self, uint8_t cas, identifiers_key_t keys[KEY_COUNT_MAX + 1]);

/// Tells that the answer of the last job cannot be read, with its bytes; false always.
bool workbench_tell_unreadable(workbench_t *self, uint8_t node, const char *act);

// ---- telling -------------------------------------------------------------------------------------------------------

/// With --json: begins the object whose only member is an array, unless that was done; and ends it if it was.
void workbench_begin_list(workbench_t *self, const char *name);
void workbench_end_list(workbench_t *self);

/// A setting's value as a member: by its name, or as a number.
void workbench_json_value(workbench_t *self, const char *name, const dbc_signal_t *setting, int64_t raw);

/// A value with its unit of measure, or by its name.
const char *workbench_value(const dbc_signal_t *setting, int64_t raw, char text[FRAME_TEXT_VALUE_MAX]);

#endif
