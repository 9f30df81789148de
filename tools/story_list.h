// SPDX-License-Identifier: MIT
// The stories that the command line names: files, and directories that stand for the *.json in them and in their
// sub-directories (without *.schema.json, and what begins with a dot).
#ifndef KMSIM_TOOLS_STORY_LIST_H
#define KMSIM_TOOLS_STORY_LIST_H

#include "scenarios/story/story_set.h"
#include "tools/text_map.h"

typedef struct { // a file that is no valid scenario, or cannot be read
    char *path, *mistakes;
    size_t before; // how many valid ones are before it
} story_list_invalid_t;

typedef struct {
    size_t count;
    const story_t **stories; // as told; those of a directory by their paths, those of a file by its parameters
    size_t invalid_count;
    story_list_invalid_t *invalid; // as told
    size_t set_count;
    story_set_t **sets; // the files, which have the stories
    size_t part_count;
    char **parts; // files of a directory that are no stories: of steps, of requirements
    garage_t *garage;
    text_map_t *names; // that are taken, with their directories
} story_list_t;

/// Loads everything; every mistake is told on standard error. The caller destroys it whatever the outcome.
void story_list_load(story_list_t *self, char *const *operands, int operand_count);
void story_list_destroy(story_list_t *self);

/// Whether every car can be: its units find in its DBC what they need. False with the error told.
bool story_list_check_cars(const story_list_t *self, error_t *error);

/// Whether the comma-separated list has that item.
bool story_list_has_item(const char *list, const char *item);

/// Prints which files' stories cover which requirement, those that files bring along behind the simulator's: those that
/// are covered, and those of the comma-separated list required (null: none). Sets *missing to the number of required
/// ones without a story. False with each mistake of the list told.
bool story_list_print_covers(const story_list_t *self, const char *required, size_t *missing, error_t *error);

#endif
