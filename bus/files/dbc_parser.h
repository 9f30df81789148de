// SPDX-License-Identifier: MIT
// What the two halves of the DBC grammar share: the token at hand, the mistakes, and what may stand where.
// bus/files/dbc_file.c has the statements that define messages and signals, bus/files/dbc_attributes.c those about
// attributes. A function returns false when it has told a mistake; the statement is then given up and the next one
// looked for.
#ifndef KMSIM_BUS_FILES_DBC_PARSER_H
#define KMSIM_BUS_FILES_DBC_PARSER_H

#include "bus/files/dbc_build.h"
#include "bus/files/dbc_scan.h"
#include "bus/base/error.h"

#define DBC_ATTRIBUTES_MAX 8
#define DBC_CHOICES_MAX 8

// The value of an attribute, as it is written: a number or a string (not yet copied).
typedef struct {
    bool told;
    dbc_token_t token;
} dbc_default_t;

typedef struct {
    const char *file;
    error_t *error;
    size_t mistakes;
    dbc_scan_t scan;
    dbc_token_t token; // the next one not yet taken
    dbc_build_t *build;
    bool message_open;       // signals belong to the newest message …
    bool message_dropped;    // … or to one that is not kept
    uint32_t message_length; // as the file says, bytes
    dbc_default_t defaults[DBC_ATTRIBUTES_MAX];
    bool defaults_used;
    size_t choice_count; // of KeyMemoryControl
    int choices[DBC_CHOICES_MAX];
    size_t value_room; // for the value names of one statement
    dbc_value_t *values;
} dbc_parser_t;

// What a statement is about: `BU_ name`, `BO_ id`, `SG_ id name`, `EV_ name`, or nothing of these.
typedef struct {
    bool is_message, is_signal;
    bool unknown;     // a message or signal that the file does not have, or that was not kept
    bool independent; // belongs to the message that is none: 0xC0000000
    size_t line;
    dbc_message_t *message; // of the message or signal
    dbc_signal_t *signal;
} dbc_subject_t;

/// Tells a mistake at that line (printf format). Returns false.
bool dbc_mistake(dbc_parser_t *self, size_t line, const char *format, ...) __attribute__((format(printf, 3, 4)));

/// Tells that something else was expected than the token at hand. Returns false.
bool dbc_expected(dbc_parser_t *self, const char *what);

void dbc_advance(dbc_parser_t *self);

/// Takes the token when it is this mark or word; dbc_take tells the mistake when it is not.
bool dbc_accept(dbc_parser_t *self, const char *text);
bool dbc_take(dbc_parser_t *self, const char *text);

/// Take a token of that kind, for `what` in the mistake.
bool dbc_take_word(dbc_parser_t *self, const char *what, dbc_token_t *word);
bool dbc_take_string(dbc_parser_t *self, const char *what, dbc_token_t *string);
bool dbc_take_number(dbc_parser_t *self, const char *what, double *value);
bool dbc_take_integer(dbc_parser_t *self, const char *what, int64_t minimum, int64_t maximum, int64_t *value);

/// The value of a number token, finite and without regard to a locale.
double dbc_number(const dbc_token_t *token);

/// The whole number that the token is: up to 64 bits, an unsigned one beyond INT64_MAX wraps. False for anything else.
bool dbc_integer(const dbc_token_t *token, int64_t *value);

/// Reads an identifier as DBC files write it (bit 31: extended). *independent is set for 0xC0000000.
bool dbc_take_id(dbc_parser_t *self, uint32_t *id, bool *extended, bool *independent);

/// Reads what the statement is about.
bool dbc_take_subject(dbc_parser_t *self, dbc_subject_t *subject);

/// BA_DEF_, BA_DEF_DEF_ and BA_ behind their keyword; and what is to be done when no statement is left.
bool dbc_parse_definition(dbc_parser_t *self);
bool dbc_parse_default(dbc_parser_t *self);
bool dbc_parse_attribute(dbc_parser_t *self);
void dbc_finish_attributes(dbc_parser_t *self);

#endif
