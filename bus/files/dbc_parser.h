// SPDX-License-Identifier: MIT
// What the parts of the DBC grammar share: the token at hand, the mistakes, and what may stand where.
// dbc_definitions.c has the statements that define messages and signals, dbc_additions.c those that add to them,
// dbc_attributes.c those about attributes.
// A function returns false when it has told a mistake; the statement is then given up and the next one looked for.
//
// A strict parser takes everything doubtful for a mistake, and one mistake costs the file. A lenient one tells it with
// what was done about it, and keeps all the rest.
#ifndef KMSIM_BUS_FILES_DBC_PARSER_H
#define KMSIM_BUS_FILES_DBC_PARSER_H

#include "bus/base/error.h"
#include "bus/base/text.h"
#include "bus/files/dbc_build.h"
#include "bus/files/dbc_scan.h"

#define DBC_ATTRIBUTES_MAX 8
#define DBC_CHOICES_MAX 8
#define DBC_WARNINGS_MAX 10000
#define DBC_DRAWER_NUMBER UINT32_C(0xC0000000) // what Vector's tools give the drawer for signals without a message

// The value of an attribute, as it is written: a number or a string (not yet copied).
typedef struct {
    bool told;
    dbc_token_t token;
} dbc_default_t;

typedef struct {          // a long symbol that is still to be given
    size_t line, message; // the message's index
    const char *signal;   // its short name; null: the message's own
    const char *name;
} dbc_symbol_t;

typedef struct {
    const char *file;
    bool lenient;
    error_t *error;        // of a strict one
    size_t mistakes;       // told by a strict one, warnings by a lenient one
    const char *given_up;  // what is lost when the statement at hand is given up
    size_t warning_room;   // of a lenient one: what it told, as "file:line: what was wrong: what was done"
    const char **warnings; // DBC_WARNINGS_MAX at most
    dbc_scan_t statement;  // behind the first word of the statement at hand
    dbc_scan_t scan;
    dbc_token_t token; // the next one not yet taken
    size_t last_line;  // of the one taken last
    dbc_build_t *build;
    bool drawer_known;       // a message for signals without one, …
    uint32_t drawer;         // … the last one's number
    bool message_open;       // signals belong to the newest message …
    bool message_dropped;    // … or to one that is not kept
    uint32_t message_length; // as the file says, bytes
    dbc_default_t defaults[DBC_ATTRIBUTES_MAX];
    bool defaults_used;
    size_t choice_count; // of KeyMemoryControl
    int choices[DBC_CHOICES_MAX];
    size_t symbol_count, symbol_room;
    dbc_symbol_t *symbols;
    size_t value_room; // for the value names of one statement
    dbc_value_t *values;
} dbc_parser_t;

// What a statement is about: `BU_ name`, `BO_ id`, `SG_ id name`, `EV_ name`, or nothing of these.
typedef struct {
    bool is_message, is_signal;
    bool unknown;     // a message or signal that the file does not have, or that was not kept
    bool independent; // belongs to the message that is none
    size_t line;
    dbc_message_t *message; // of the message or signal
    dbc_signal_t *signal;
} dbc_subject_t;

typedef struct { // an identifier as DBC files write it
    uint32_t number;
    uint32_t id; // without the mark of an extended one, bit 31
    bool extended;
} dbc_id_t;

/// Tells a mistake at that line (printf format), for which the statement is given up. Returns false.
bool dbc_mistake(dbc_parser_t *self, size_t line, const char *format, ...) __attribute__((format(printf, 3, 4)));

/// Tells what is doubtful but can be got over. A strict parser takes it for a mistake and gets false; a lenient one
/// gets true and does what `done` says.
bool dbc_doubt(dbc_parser_t *self, size_t line, const char *done, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/// Tells what only a lenient parser tells: what it did goes without saying in a strict one.
void dbc_note(dbc_parser_t *self, size_t line, const char *done, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/// Tells that something else was expected than the token at hand: a mistake, or a doubt.
bool dbc_expected(dbc_parser_t *self, const char *what);
bool dbc_missed(dbc_parser_t *self, const char *what, const char *done);

void dbc_advance(dbc_parser_t *self);

/// Whether the token is the keyword of a statement; whether the token at hand is one at the beginning of a line, or the
/// end: then the statement before it has ended, whatever it lacks.
bool dbc_is_keyword(const dbc_token_t *token);
bool dbc_at_statement(const dbc_parser_t *self);

/// To the next statement; to the next line.
void dbc_skip_statement(dbc_parser_t *self);
void dbc_skip_line(dbc_parser_t *self);

/// Takes the semicolon that ends a statement. A lenient parser bears with its absence before the next statement.
bool dbc_take_end(dbc_parser_t *self);

/// Takes the token when it is this mark or word; dbc_take tells the mistake when it is not.
bool dbc_accept(dbc_parser_t *self, const char *text);
bool dbc_take(dbc_parser_t *self, const char *text);

/// Take a token of that kind, for `what` in the mistake.
bool dbc_take_word(dbc_parser_t *self, const char *what, dbc_token_t *word);
bool dbc_take_string(dbc_parser_t *self, const char *what, dbc_token_t *string);
bool dbc_take_number(dbc_parser_t *self, const char *what, double *value);
bool dbc_take_integer(dbc_parser_t *self, const char *what, int64_t minimum, int64_t maximum, int64_t *value);

/// The value of a number token, infinite when no double holds it.
double dbc_token_number(const dbc_token_t *token);

/// The whole number that the token is: up to 64 bits, an unsigned one beyond INT64_MAX wraps. False for anything else.
bool dbc_token_integer(const dbc_token_t *token, int64_t *value);

/// Reads an identifier. It is not yet judged.
bool dbc_take_id(dbc_parser_t *self, dbc_id_t *id);

/// Whether there may be such an identifier. A lenient parser takes one above 11 bits for an extended one.
bool dbc_judge_id(dbc_parser_t *self, size_t line, dbc_id_t *id);

/// Reads the identifier of a message that the statement is about; null for one that the file does not have.
/// *independent: it is the drawer for signals without a message.
bool dbc_take_message(dbc_parser_t *self, dbc_message_t **message, bool *independent);

/// Reads a signal that is named by its message's identifier and its own name, "291 Speed"; null for one that is not
/// there.
bool dbc_take_signal(dbc_parser_t *self, dbc_message_t **message, dbc_signal_t **signal);

/// Reads what the statement is about.
bool dbc_take_subject(dbc_parser_t *self, dbc_subject_t *subject);

/// BO_ and SG_ behind their keyword (dbc_definitions).
bool dbc_parse_message(dbc_parser_t *self);
bool dbc_parse_signal(dbc_parser_t *self);

/// VAL_, CM_, SIG_VALTYPE_ and SG_MUL_VAL_ behind their keyword (dbc_additions).
bool dbc_parse_value_names(dbc_parser_t *self);
bool dbc_parse_comment(dbc_parser_t *self);
bool dbc_parse_value_type(dbc_parser_t *self);
bool dbc_parse_multiplex_values(dbc_parser_t *self);

/// BA_DEF_, BA_DEF_DEF_ and BA_ behind their keyword; and what is to be done when no statement is left
/// (dbc_attributes).
bool dbc_parse_definition(dbc_parser_t *self);
bool dbc_parse_default(dbc_parser_t *self);
bool dbc_parse_attribute(dbc_parser_t *self);
void dbc_finish_attributes(dbc_parser_t *self);

/// Takes note of a long symbol, of the signal or, when that is null, the message; gives them all at the end
/// (dbc_symbols).
bool dbc_apply_symbol(dbc_parser_t *self, const dbc_token_t *value, dbc_message_t *message, dbc_signal_t *signal);
void dbc_finish_symbols(dbc_parser_t *self);

#endif
