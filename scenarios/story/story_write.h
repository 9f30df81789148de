// SPDX-License-Identifier: MIT
// A story as JSON again: what is loaded from it is the same story, step by step and value by value. What was left out
// of the file because it is the default is left out again. What repeats is written once a round, what another file has
// is written in its place, and parameters have been filled in: what is written stands by itself. A "${" that is text is
// written "$ {". Blanks, the unit that a time was told in and the order of members are not remembered: of the same
// story the same bytes are written.
#ifndef KMSIM_SCENARIOS_STORY_STORY_WRITE_H
#define KMSIM_SCENARIOS_STORY_STORY_WRITE_H

#include <jansson.h>
#include <stdio.h>

#include "scenarios/story/story.h"

/// Returns a new JSON value, of the whole story or of one step of it, that the caller gives to json_decref. A vehicle
/// that was told by path is written as it was told: relative to where the story's file stood.
json_t *story_write(const story_t *self);
json_t *story_write_step(const story_t *self, const story_step_t *step);

/// Writes the story into a file that is open, readable for people; numbers are exact, with as few digits as that needs.
/// False when it could not be written.
bool story_write_file(const story_t *self, FILE *file);

// ---- for the rows of the vocabulary: each returns a new value ------------------------------------------------------

json_t *story_write_time(int64_t time_ns);

/// As an integer when it is one.
json_t *story_write_number(double number);

/// A raw value: by its name, where it has one.
json_t *story_write_raw(const dbc_signal_t *signal, int64_t raw);

/// A value as it was told: by name, or as a number.
json_t *story_write_value(const story_value_t *value);

/// The unit's name.
json_t *story_write_node(const story_t *story, uint8_t node);

/// "22 F1 90"; digits may be any text of which two characters stand for a byte.
json_t *story_write_bytes(const uint8_t *bytes, size_t size);
json_t *story_write_digits(const char *digits);

json_t *story_write_condition(const story_t *story, const condition_t *condition);

/// The condition of a verb that expects or watches.
json_t *story_write_conditional(const story_t *story, const story_step_t *step);

/// Puts the bus that a condition names, if it names one; the values of its signals or settings.
void story_write_condition_bus(const story_t *story, const condition_t *condition, json_t *object);
json_t *story_write_signals(const condition_t *condition);
json_t *story_write_settings(const condition_t *condition);

#endif
