// SPDX-License-Identifier: MIT
// Reads DBC files as they are found in the world: BO_, SG_ (both byte orders, signs, factors, units, multiplexing),
// VAL_, CM_, BA_DEF_, BA_DEF_DEF_, BA_. What it does not need it skips without complaint; so it does signals that no
// 64-bit integer holds (SIG_VALTYPE_ floats, texts longer than 64 bits) and values or comments for what is not there.
// Of multiplexors under multiplexors (m0M) only the first level is told apart. Strings come out in UTF-8.
#ifndef KMSIM_BUS_FILES_DBC_FILE_H
#define KMSIM_BUS_FILES_DBC_FILE_H

#include "bus/can/dbc.h"
#include "bus/base/error.h"

typedef struct dbc_file dbc_file_t;

/// Returns a new set of definitions that the caller destroys, or null with every mistake as `file:line: what`.
dbc_file_t *dbc_file_new(const char *path, error_t *error);

/// The same from memory; name stands for the file in the errors. The text need not be terminated.
dbc_file_t *dbc_file_parse(const char *name, const char *text, size_t size, error_t *error);

void dbc_file_destroy(dbc_file_t **self_p);

/// The definitions; they live as long as the file.
const dbc_t *dbc_file_dbc(const dbc_file_t *self);

#endif
