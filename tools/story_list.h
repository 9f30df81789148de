// SPDX-License-Identifier: MIT
// The stories that the command line names: files, and directories that stand for the *.json in them and in their
// sub-directories (without *.schema.json, and what begins with a dot).
#ifndef KMSIM_TOOLS_STORY_LIST_H
#define KMSIM_TOOLS_STORY_LIST_H

#include "scenarios/story/story.h"

typedef struct {
    size_t count;
    const story_t **stories; // as told; those of a directory by their paths
    size_t invalid_count;    // files that are no valid scenario, or cannot be read
    garage_t *garage;
} story_list_t;

/// Loads everything; every mistake is told on standard error. The caller destroys it whatever the outcome.
void story_list_load(story_list_t *self, char *const *operands, int operand_count);
void story_list_destroy(story_list_t *self);

/// Prints which stories cover which requirement: those that are covered, and those of the comma-separated list required
/// (null: none). Sets *missing to the number of required ones without a story. False with each mistake of the list
/// told.
bool story_list_print_covers(const story_list_t *self, const char *required, size_t *missing, error_t *error);

#endif
