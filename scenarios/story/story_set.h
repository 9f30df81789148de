// SPDX-License-Identifier: MIT
// The stories of a file: one, or as many as its parameters have rows, with every file that it names.
#ifndef KMSIM_SCENARIOS_STORY_STORY_SET_H
#define KMSIM_SCENARIOS_STORY_STORY_SET_H

#include "scenarios/story/story.h"

#define STORY_SET_MAX 10000 // stories of a file

typedef struct story_set story_set_t;

/// Reads a file with every file that it names; vocabulary and garage are borrowed while its stories live. Returns a new
/// set that the caller destroys, or null with every mistake as a line of its own:
/// `file:line:column: /json/pointer: what`, and for bad JSON `file:line:column: what`.
story_set_t *story_set_load(const char *path, const story_world_t *world, error_t *error);

/// The same from memory; path is named in mistakes, and relative paths are looked for beside it.
story_set_t *story_set_parse(const char *path, const char *text, size_t size, const story_world_t *world,
                             error_t *error);

void story_set_destroy(story_set_t **self_p);

size_t story_set_count(const story_set_t *self);

/// One of its stories, which lives as long as the set. Each has a name of its own, with its parameters behind it:
/// "NAME [key=2 profile=3]".
const story_t *story_set_story(const story_set_t *self, size_t index);

/// The requirements that the file brings along: so many, each with its sentence, in the order of their file.
size_t story_set_requirement_count(const story_set_t *self);
const char *story_set_requirement(const story_set_t *self, size_t index, const char **sentence);

/// Whether that file (of any path) was read for the set: its own, or one that it uses.
bool story_set_reads(const story_set_t *self, const char *path);

typedef enum { STORY_FILE_OF_STORIES, STORY_FILE_OF_STEPS, STORY_FILE_OF_REQUIREMENTS } story_file_kind_t;

/// What a file that is no valid story is by its shape: nothing but steps for others to use, nothing but sentences of
/// requirements, or a story with mistakes.
story_file_kind_t story_set_kind_of(const char *path);

#endif
