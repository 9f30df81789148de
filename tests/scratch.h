// SPDX-License-Identifier: MIT
// A directory of a test's or bench's own, under TMPDIR (/tmp), that no other process has and nothing is left of.
#ifndef KMSIM_TESTS_SCRATCH_H
#define KMSIM_TESTS_SCRATCH_H

#include <stdbool.h>

#define SCRATCH_PATH_MAX 80 // short enough for sockets in it and in directories below it

/// Makes a new directory, mode 0700, and puts its path there; ends the process when it cannot.
void scratch_make(char path[SCRATCH_PATH_MAX]);

/// Removes it. False when something is left in it: then it stays.
bool scratch_remove(const char *path);

/// Removes it with all that is in it; symbolic links are not followed.
void scratch_remove_all(const char *path);

#endif
