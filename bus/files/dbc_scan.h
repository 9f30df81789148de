// SPDX-License-Identifier: MIT
// Cuts the text of a DBC file into words, numbers, strings and single characters, with their lines. It knows nothing of
// what they mean (bus/files/dbc_file.c does) and copies nothing. Pure.
#ifndef KMSIM_BUS_FILES_DBC_SCAN_H
#define KMSIM_BUS_FILES_DBC_SCAN_H

#include <stdbool.h>
#include <stddef.h>

typedef enum {
    DBC_TOKEN_END,
    DBC_TOKEN_WORD,         // letters, digits, '_', not a number: "BO_", "m0M", "4WD_Active"
    DBC_TOKEN_NUMBER,       // "8", "-0.5", "1E-05"
    DBC_TOKEN_STRING,       // what stands between the quotes, \" as it is written
    DBC_TOKEN_UNTERMINATED, // a string without an end; it takes the rest of the text
    DBC_TOKEN_MARK,         // any other character
} dbc_token_kind_t;

typedef struct {
    dbc_token_kind_t kind;
    bool first; // on its line
    size_t line;
    const char *text; // in the scanned text; not terminated
    size_t length;
} dbc_token_t;

typedef struct {
    const char *next, *end;
    size_t line;
    bool first;
} dbc_scan_t;

/// Begins at the first character; a byte order mark is passed over. The text is borrowed.
void dbc_scan_init(dbc_scan_t *self, const char *text, size_t size);

/// Passes over what is left of the line.
void dbc_scan_skip_line(dbc_scan_t *self);

/// The next token; DBC_TOKEN_END at the end, again and again.
dbc_token_t dbc_scan_next(dbc_scan_t *self);

/// Whether the token is this word, mark or number, character by character.
bool dbc_token_is(const dbc_token_t *self, const char *text);

#endif
