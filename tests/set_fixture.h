// SPDX-License-Identifier: MIT
// Files of stories in a directory of the test's own.
//
//   set_fixture_open, set_fixture_file("steps.json", …), set_fixture_parse("{'name': …}"), set_fixture_close
#ifndef KMSIM_TESTS_SET_FIXTURE_H
#define KMSIM_TESTS_SET_FIXTURE_H

#include "scenarios/story/story_set.h"
#include "tests/scratch.h"

#define SET_PATH_MAX (SCRATCH_PATH_MAX + 64)
#define SET_TEXT_MAX (1 << 20)

extern story_world_t set_world;
extern error_t set_error; // of the last text

/// Of each test: a garage and an empty directory.
void set_fixture_open(void);
void set_fixture_close(void);

/// The path of a file of that name in the directory.
const char *set_fixture_path(const char *name);

/// Writes a file; with ' for ".
void set_fixture_file(const char *name, const char *text);

/// Reads the text, with ' for ", as a file in the directory. The caller destroys the set; null: it is refused.
story_set_t *set_fixture_parse(const char *text);

/// Fails the test when it is refused; when it is taken, or refused without these words.
story_set_t *set_fixture_good(const char *text);
void set_fixture_refused(const char *text, const char *why);

#endif
