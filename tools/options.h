// SPDX-License-Identifier: MIT
// Command-line options from one table per command, which also makes its --help. Long options `--name VALUE` and
// `--name=VALUE`, letters `-v`; options and operands in any order; `--` ends the options.
#ifndef KMSIM_TOOLS_OPTIONS_H
#define KMSIM_TOOLS_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "bus/base/error.h"

#define OPTION_LIST_MAX 32

typedef enum {
    OPTION_FLAG,   // int: how often it was told
    OPTION_TEXT,   // const char *, not empty
    OPTION_LIST,   // option_list_t: may be told several times
    OPTION_NUMBER, // option_number_t
    OPTION_TIME,   // int64_t in ns, above 0
} option_kind_t;

typedef struct {
    size_t count;
    const char *items[OPTION_LIST_MAX];
} option_list_t;

typedef struct {
    bool told;
    uint64_t value;
} option_number_t;

typedef struct {
    const char *name;
    char letter;          // 0: none
    const char *argument; // "FILE"; null for a flag
    option_kind_t kind;
    size_t offset; // in the structure that is filled
    const char *help;
} option_t;

typedef struct {
    const char *usage;   // "kmsim run [OPTION...] SCENARIO|DIRECTORY..."
    const char *summary; // what it does, in lines
    const option_t *options;
    size_t option_count;
    const char *notes; // after the options
} command_t;

typedef enum { OPTIONS_GO, OPTIONS_HELP, OPTIONS_VERSION, OPTIONS_WRONG } options_outcome_t;

/// Fills the structure. The operands come to stand at the front of arguments, operand_count of them. Wrong: the error
/// is told. Every command has --help and --version.
options_outcome_t options_parse(const command_t *self, int count, char **arguments, void *structure, int *operand_count,
                                error_t *error);

/// Writes usage, summary, the options, notes, filled to 80 columns; lines of them that begin with a blank stay as they
/// are.
void options_print_help(const command_t *self, FILE *out);

#endif
