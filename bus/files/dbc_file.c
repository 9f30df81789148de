// SPDX-License-Identifier: MIT
#include "bus/files/dbc_file.h"

#include <assert.h>
#include <stdlib.h>

#include "bus/files/dbc_parser.h"
#include "bus/files/text_file.h"

#define FILE_BYTES_MAX ((size_t)32 << 20)
#define MISTAKES_MAX 100 // after so many it is no DBC file
#define PASSED_OVER "the statement is passed over"

struct dbc_file {
    dbc_build_t *build;
    const dbc_t *dbc;
    size_t warning_count, untold_count; // warnings that are kept, and that there was no room for
    const char **warnings;
};

// ---- statements ----------------------------------------------------------------------------------------------------

// The list of keywords at a file's head: each stands alone on its line, which no statement does.
static bool parse_new_symbols(dbc_parser_t *self)
{
    if (!dbc_take(self, ":")) return false;
    while (self->token.kind == DBC_TOKEN_WORD) {
        dbc_scan_t ahead = self->scan;
        dbc_token_t next = dbc_scan_next(&ahead);
        if (next.kind != DBC_TOKEN_END && !next.first) break;
        dbc_advance(self);
    }
    return true;
}

// BA_REL_ and its like are about pairs, "BU_SG_REL_ Node SG_ 291 Signal": over several lines, these words do not begin
// a statement.
static bool skip_relation(dbc_parser_t *self)
{
    static const char *const PARTS[] = {"SG_", "BU_SG_REL_", "BU_BO_REL_", "BU_EV_REL_"};
    while (!dbc_accept(self, ";")) {
        bool part = false;
        for (size_t i = 0; i < sizeof PARTS / sizeof PARTS[0]; i++) part = part || dbc_token_is(&self->token, PARTS[i]);
        if (!part && dbc_at_statement(self)) break;
        dbc_advance(self);
    }
    return true;
}

typedef struct {
    const char *keyword;
    bool (*parse)(dbc_parser_t *self);
    const char *given_up;
} statement_t;

// All other keywords (dbc_is_keyword) begin statements that are passed over.
static const statement_t STATEMENTS[] = {
    {"BO_", dbc_parse_message, "the message is passed over, and its signals"},
    {"SG_", dbc_parse_signal, "the signal is passed over"},
    {"VAL_", dbc_parse_value_names, PASSED_OVER},
    {"CM_", dbc_parse_comment, PASSED_OVER},
    {"BA_", dbc_parse_attribute, PASSED_OVER},
    {"BA_DEF_", dbc_parse_definition, PASSED_OVER},
    {"BA_DEF_DEF_", dbc_parse_default, PASSED_OVER},
    {"SIG_VALTYPE_", dbc_parse_value_type, PASSED_OVER},
    {"SG_MUL_VAL_", dbc_parse_multiplex_values, PASSED_OVER},
    {"NS_", parse_new_symbols, PASSED_OVER},
    {"BA_REL_", skip_relation, PASSED_OVER},
    {"BA_DEF_REL_", skip_relation, PASSED_OVER},
};

static const statement_t *find_statement(const dbc_token_t *token)
{
    for (size_t i = 0; i < sizeof STATEMENTS / sizeof *STATEMENTS; i++) {
        if (dbc_token_is(token, STATEMENTS[i].keyword)) return &STATEMENTS[i];
    }
    return NULL;
}

// A text that lacks its closing quote swallows what comes behind: a lenient parser goes on behind the statement's first
// line, wherever it has come to.
static void give_up(dbc_parser_t *self)
{
    if (self->lenient) {
        self->scan = self->statement;
        dbc_scan_skip_line(&self->scan);
        dbc_advance(self);
    }
    dbc_skip_statement(self);
}

static void parse_statement(dbc_parser_t *self)
{
    self->given_up = PASSED_OVER;
    self->statement = self->scan;
    if (!dbc_is_keyword(&self->token)) {
        dbc_expected(self, "a statement");
        dbc_advance(self);
        dbc_skip_statement(self);
        return;
    }
    const statement_t *statement = find_statement(&self->token);
    dbc_advance(self);
    if (!statement) {
        dbc_skip_statement(self);
        return;
    }
    self->given_up = statement->given_up;
    if (!statement->parse(self)) give_up(self);
}

static void parse_all(dbc_parser_t *self)
{
    dbc_advance(self);
    if (self->token.kind == DBC_TOKEN_END) {
        dbc_expected(self, "a statement");
        return;
    }
    while (self->token.kind != DBC_TOKEN_END && (self->lenient || self->mistakes < MISTAKES_MAX)) parse_statement(self);
    if (!self->lenient && self->mistakes >= MISTAKES_MAX) {
        dbc_mistake(self, self->token.line, "too many mistakes");
        return;
    }
    dbc_finish_attributes(self);
    dbc_finish_symbols(self);
}

// ---- files ---------------------------------------------------------------------------------------------------------

// A file that is doubtful throughout is some other file.
static bool is_dbc(const dbc_parser_t *parser, error_t *error)
{
    size_t messages;
    dbc_build_messages(parser->build, &messages);
    if (messages > 0 || parser->mistakes == 0) return true;
    error_add(error, "%s: no DBC file: no message can be read", parser->file);
    return error_add(error, "%s", parser->warnings[0]);
}

static dbc_file_t *parse(dbc_parser_t *parser, const char *text, size_t size, error_t *error)
{
    dbc_file_t *self = calloc(1, sizeof *self);
    assert(self);
    self->build = parser->build = dbc_build_new();
    parser->error = error;
    dbc_scan_init(&parser->scan, text, size);
    parse_all(parser);
    free(parser->values);
    free(parser->symbols);
    self->warnings = parser->warnings;
    bool good = parser->lenient ? is_dbc(parser, error) : parser->mistakes == 0;
    if (!good) {
        dbc_file_destroy(&self);
        return NULL;
    }
    size_t told = parser->lenient ? parser->mistakes : 0;
    self->warning_count = told < DBC_WARNINGS_MAX ? told : DBC_WARNINGS_MAX;
    self->untold_count = told - self->warning_count;
    self->dbc = dbc_build_finish(self->build);
    return self;
}

static dbc_file_t *parse_file(dbc_parser_t *parser, error_t *error)
{
    size_t size;
    char *text = text_file_read(parser->file, FILE_BYTES_MAX, &size, error);
    dbc_file_t *self = text ? parse(parser, text, size, error) : NULL;
    free(text);
    return self;
}

dbc_file_t *dbc_file_parse(const char *name, const char *text, size_t size, error_t *error)
{
    return parse(&(dbc_parser_t){.file = name}, text, size, error);
}

dbc_file_t *dbc_file_new(const char *path, error_t *error)
{
    return parse_file(&(dbc_parser_t){.file = path}, error);
}

dbc_file_t *dbc_file_parse_lenient(const char *name, const char *text, size_t size, error_t *error)
{
    return parse(&(dbc_parser_t){.file = name, .lenient = true}, text, size, error);
}

dbc_file_t *dbc_file_new_lenient(const char *path, error_t *error)
{
    return parse_file(&(dbc_parser_t){.file = path, .lenient = true}, error);
}

void dbc_file_destroy(dbc_file_t **self_p)
{
    dbc_file_t *self = *self_p;
    if (!self) return;
    dbc_build_destroy(&self->build);
    free(self->warnings);
    free(self);
    *self_p = NULL;
}

const dbc_t *dbc_file_dbc(const dbc_file_t *self)
{
    return self->dbc;
}

size_t dbc_file_warning_count(const dbc_file_t *self)
{
    return self->warning_count + self->untold_count;
}

const char *dbc_file_warning(const dbc_file_t *self, size_t index)
{
    return index < self->warning_count ? self->warnings[index] : NULL;
}
