// SPDX-License-Identifier: MIT
// A whole text file in memory, for loaders.
#ifndef KMSIM_BUS_FILES_TEXT_FILE_H
#define KMSIM_BUS_FILES_TEXT_FILE_H

#include "bus/base/error.h"

/// Reads the file, or a pipe to its end. Returns a new text, not terminated, that the caller frees; null with the error
/// told when it cannot be read or has more than `maximum` bytes (a whole number of MiB).
char *text_file_read(const char *path, size_t maximum, size_t *size, error_t *error);

#endif
