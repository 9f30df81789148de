// SPDX-License-Identifier: MIT
// Reads DBC files as they are found in the world: BO_, SG_ (both byte orders, signs, factors, units, multiplexing),
// VAL_, CM_, BA_DEF_, BA_DEF_DEF_, BA_, SIG_VALTYPE_ (floating-point numbers), SG_MUL_VAL_ (multiplexors above one
// another), long symbols. What it does not need it skips without complaint; so it does signals that no 64 bits hold and
// values or comments for what is not there. Strings come out in UTF-8, on one line and harmless to a terminal.
//
// A vehicle's own DBC is read strictly: units are bound to it, and one mistake costs the file. A file that somebody
// gives to a tool is read leniently: what is doubtful is told, and all else kept.
//
//     two messages under one identifier, a signal twice     the first one holds
//     a signal past the end of its message                  there in longer frames only, or passed over
//     an identifier above 11 bits without bit 31            taken for an extended one
//     no semicolon before the next statement                read as if it were there
//     a range, unit, sender or receivers that are none      read without
//     cycle time, start value, default that is none         there is none
//     any other statement that cannot be read               passed over; value names before the mistake are kept
#ifndef KMSIM_BUS_FILES_DBC_FILE_H
#define KMSIM_BUS_FILES_DBC_FILE_H

#include "bus/can/dbc.h"
#include "bus/base/error.h"

typedef struct dbc_file dbc_file_t;

/// Returns a new set of definitions that the caller destroys, or null with every mistake as `file:line: what`.
dbc_file_t *dbc_file_new(const char *path, error_t *error);

/// The same from memory; name stands for the file in the errors. The text need not be terminated.
dbc_file_t *dbc_file_parse(const char *name, const char *text, size_t size, error_t *error);

/// The same as a lenient reader: null only for a file that cannot be read at all, or is no DBC file.
dbc_file_t *dbc_file_new_lenient(const char *path, error_t *error);
dbc_file_t *dbc_file_parse_lenient(const char *name, const char *text, size_t size, error_t *error);

void dbc_file_destroy(dbc_file_t **self_p);

/// The definitions; they live as long as the file.
const dbc_t *dbc_file_dbc(const dbc_file_t *self);

/// How much a lenient reader found doubtful, and each of it as `file:line: what is wrong: what was done`, in the file's
/// order and then by what shows at its end. Null past the last one, and past the first 10,000. The text lives as long
/// as the file.
size_t dbc_file_warning_count(const dbc_file_t *self);
const char *dbc_file_warning(const dbc_file_t *self, size_t index);

#endif
