// SPDX-License-Identifier: MIT
#include "bus/files/dbc_parser.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bus/base/text.h"

#define SHOWN_MAX 40
#define NUMBER_MAX 63
#define EXACT_MAX 9007199254740992.0 // 2^53: whole numbers up to it are exact in a double
#define EXTENDED_FLAG UINT32_C(0x80000000)
#define WHAT_MAX 256
#define WARNING_MAX 1024

// ---- what is told --------------------------------------------------------------------------------------------------

static void keep_warning(dbc_parser_t *self, const char *text)
{
    if (self->mistakes > DBC_WARNINGS_MAX) return; // counted only
    if (self->mistakes > self->warning_room) {
        self->warning_room = self->warning_room ? 2 * self->warning_room : 64;
        self->warnings = realloc(self->warnings, self->warning_room * sizeof *self->warnings);
        assert(self->warnings);
    }
    self->warnings[self->mistakes - 1] = dbc_build_text(self->build, text, strlen(text));
}

static void tell(dbc_parser_t *self, size_t line, const char *done, const char *format, va_list arguments)
{
    char what[WHAT_MAX], warning[WARNING_MAX];
    vsnprintf(what, sizeof what, format, arguments);
    self->mistakes++;
    if (!self->lenient) {
        error_add(self->error, "%s:%zu: %s", self->file, line, what);
        return;
    }
    int wrote = snprintf(warning, sizeof warning, "%s:%zu: %s: %s", self->file, line, what, done);
    text_end_cut(warning, sizeof warning, (size_t)wrote);
    keep_warning(self, warning);
}

bool dbc_mistake(dbc_parser_t *self, size_t line, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    tell(self, line, self->given_up, format, arguments);
    va_end(arguments);
    return false;
}

bool dbc_doubt(dbc_parser_t *self, size_t line, const char *done, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    tell(self, line, done, format, arguments);
    va_end(arguments);
    return self->lenient;
}

void dbc_note(dbc_parser_t *self, size_t line, const char *done, const char *format, ...)
{
    if (!self->lenient) return;
    va_list arguments;
    va_start(arguments, format);
    tell(self, line, done, format, arguments);
    va_end(arguments);
}

// The token as a person may be shown it: short, and without what a terminal would obey.
static const char *show(const dbc_token_t *token, char shown[SHOWN_MAX + 8])
{
    if (token->kind == DBC_TOKEN_END) return "the end of the file";
    if (token->kind == DBC_TOKEN_UNTERMINATED) return "a string without an end";
    size_t length = token->length < SHOWN_MAX ? token->length : SHOWN_MAX;
    shown[0] = '"';
    for (size_t i = 0; i < length; i++) {
        char c = token->text[i];
        shown[i + 1] = c >= 0x20 && c < 0x7F ? c : '?';
    }
    const char *end = length < token->length ? "...\"" : "\"";
    memcpy(shown + length + 1, end, strlen(end) + 1);
    return shown;
}

// What a statement lacks at its end is told of its own last line, and not of the next statement's.
static size_t line_of_lack(const dbc_parser_t *self)
{
    return self->lenient && dbc_at_statement(self) && self->last_line > 0 ? self->last_line : self->token.line;
}

bool dbc_expected(dbc_parser_t *self, const char *what)
{
    char shown[SHOWN_MAX + 8];
    return dbc_mistake(self, line_of_lack(self), "expected %s, not %s", what, show(&self->token, shown));
}

bool dbc_missed(dbc_parser_t *self, const char *what, const char *done)
{
    char shown[SHOWN_MAX + 8];
    return dbc_doubt(self, line_of_lack(self), done, "expected %s, not %s", what, show(&self->token, shown));
}

// ---- tokens --------------------------------------------------------------------------------------------------------

void dbc_advance(dbc_parser_t *self)
{
    self->last_line = self->token.line;
    self->token = dbc_scan_next(&self->scan);
}

bool dbc_is_keyword(const dbc_token_t *token)
{
    static const char *const KEYWORDS[] = {
        "BO_",
        "SG_",
        "VAL_",
        "CM_",
        "BA_",
        "BA_DEF_",
        "BA_DEF_DEF_",
        "NS_",
        "VERSION",
        "BS_",
        "BU_",
        "VAL_TABLE_",
        "BO_TX_BU_",
        "EV_",
        "EV_DATA_",
        "ENVVAR_DATA_",
        "SGTYPE_",
        "SGTYPE_VAL_",
        "BA_DEF_SGTYPE_",
        "BA_SGTYPE_",
        "SIG_TYPE_REF_",
        "SIG_GROUP_",
        "SIG_VALTYPE_",
        "SIGTYPE_VALTYPE_",
        "SG_MUL_VAL_",
        "CAT_",
        "CAT_DEF_",
        "FILTER",
        "NS_DESC_",
        "BA_DEF_REL_",
        "BA_REL_",
        "BA_DEF_DEF_REL_",
        "BU_SG_REL_",
        "BU_EV_REL_",
        "BU_BO_REL_",
    };
    if (token->kind != DBC_TOKEN_WORD) return false;
    for (size_t i = 0; i < sizeof KEYWORDS / sizeof KEYWORDS[0]; i++)
        if (dbc_token_is(token, KEYWORDS[i])) return true;
    return false;
}

bool dbc_at_statement(const dbc_parser_t *self)
{
    return self->token.kind == DBC_TOKEN_END || (self->token.first && dbc_is_keyword(&self->token));
}

void dbc_skip_statement(dbc_parser_t *self)
{
    while (!dbc_at_statement(self)) dbc_advance(self);
}

void dbc_skip_line(dbc_parser_t *self)
{
    while (!self->token.first && self->token.kind != DBC_TOKEN_END) dbc_advance(self);
}

bool dbc_accept(dbc_parser_t *self, const char *text)
{
    if (!dbc_token_is(&self->token, text)) return false;
    dbc_advance(self);
    return true;
}

bool dbc_take(dbc_parser_t *self, const char *text)
{
    if (dbc_accept(self, text)) return true;
    char what[16];
    snprintf(what, sizeof what, "\"%s\"", text);
    return dbc_expected(self, what);
}

bool dbc_take_end(dbc_parser_t *self)
{
    if (dbc_accept(self, ";")) return true;
    if (!dbc_at_statement(self)) return dbc_expected(self, "\";\"");
    return dbc_missed(self, "\";\"", "read as if it were there");
}

bool dbc_take_word(dbc_parser_t *self, const char *what, dbc_token_t *word)
{
    if (self->token.kind != DBC_TOKEN_WORD) return dbc_expected(self, what);
    if (self->token.length > DBC_NAME_MAX) {
        return dbc_mistake(self, self->token.line, "a name longer than %d characters", DBC_NAME_MAX);
    }
    *word = self->token;
    dbc_advance(self);
    return true;
}

bool dbc_take_string(dbc_parser_t *self, const char *what, dbc_token_t *string)
{
    if (self->token.kind != DBC_TOKEN_STRING) return dbc_expected(self, what);
    *string = self->token;
    dbc_advance(self);
    return true;
}

// ---- numbers -------------------------------------------------------------------------------------------------------

static bool whole_digits(const dbc_token_t *token, bool *negative, uint64_t *magnitude)
{
    size_t at = token->text[0] == '-' || token->text[0] == '+' ? 1 : 0;
    *negative = token->text[0] == '-';
    *magnitude = 0;
    for (; at < token->length; at++) {
        if (token->text[at] < '0' || token->text[at] > '9') return false;
        uint64_t digit = (uint64_t)(token->text[at] - '0');
        if (*magnitude > (UINT64_MAX - digit) / 10) return false;
        *magnitude = *magnitude * 10 + digit;
    }
    return true;
}

double dbc_token_number(const dbc_token_t *token)
{
    bool negative;
    uint64_t magnitude;
    if (whole_digits(token, &negative, &magnitude) && !negative && magnitude < (uint64_t)EXACT_MAX)
        return (double)magnitude;
    char text[NUMBER_MAX + 1];
    size_t length = token->length < NUMBER_MAX ? token->length : NUMBER_MAX;
    memcpy(text, token->text, length);
    text[length] = '\0';
    return strtod(text, NULL);
}

bool dbc_token_integer(const dbc_token_t *token, int64_t *value)
{
    bool negative;
    uint64_t magnitude;
    if (token->kind != DBC_TOKEN_NUMBER) return false;
    if (whole_digits(token, &negative, &magnitude)) {
        if (negative && magnitude > UINT64_C(1) << 63) return false;
        *value = (int64_t)(negative ? UINT64_C(0) - magnitude : magnitude);
        return true;
    }
    double number = dbc_token_number(token); // "1.0", "2E3"
    if (!(number > -EXACT_MAX && number < EXACT_MAX) || number != (double)(int64_t)number) return false;
    *value = (int64_t)number;
    return true;
}

bool dbc_take_number(dbc_parser_t *self, const char *what, double *value)
{
    if (self->token.kind != DBC_TOKEN_NUMBER) return dbc_expected(self, what);
    *value = dbc_token_number(&self->token);
    if (!isfinite(*value)) return dbc_mistake(self, self->token.line, "%s is too large", what);
    dbc_advance(self);
    return true;
}

bool dbc_take_integer(dbc_parser_t *self, const char *what, int64_t minimum, int64_t maximum, int64_t *value)
{
    if (self->token.kind != DBC_TOKEN_NUMBER) return dbc_expected(self, what);
    if (!dbc_token_integer(&self->token, value) || *value < minimum || *value > maximum) {
        return dbc_mistake(self, self->token.line, "%s must be %lld to %lld", what, (long long)minimum,
                           (long long)maximum);
    }
    dbc_advance(self);
    return true;
}

// ---- what a statement is about -------------------------------------------------------------------------------------

bool dbc_take_id(dbc_parser_t *self, dbc_id_t *id)
{
    int64_t number = 0;
    if (!dbc_take_integer(self, "the identifier", 0, UINT32_MAX, &number)) return false;
    *id = (dbc_id_t){.number = (uint32_t)number, .id = (uint32_t)number & ~EXTENDED_FLAG};
    id->extended = id->id != id->number;
    return true;
}

// The identifier as a lenient parser reads it: what no 11 bits hold needs no mark.
static void mark(dbc_parser_t *self, dbc_id_t *id)
{
    if (self->lenient && id->id > frame_id_max(false)) id->extended = true;
}

bool dbc_judge_id(dbc_parser_t *self, size_t line, dbc_id_t *id)
{
    static const char UNMARKED[] = "identifier 0x%lX has more than 11 bits and no mark of an extended one (bit 31)";
    bool extended = id->extended;
    mark(self, id);
    if (id->id > frame_id_max(true) && id->extended)
        return dbc_mistake(self, line, "identifier 0x%lX has more than 29 bits", (unsigned long)id->id);
    if (extended || id->id <= frame_id_max(false)) return true;
    return dbc_doubt(self, line, "taken for an extended one", UNMARKED, (unsigned long)id->id);
}

bool dbc_take_message(dbc_parser_t *self, dbc_message_t **message, bool *independent)
{
    size_t line = self->token.line;
    dbc_id_t id;
    *message = NULL;
    *independent = false;
    if (!dbc_take_id(self, &id)) return false;
    bool drawer = id.number == DBC_DRAWER_NUMBER || (self->drawer_known && id.number == self->drawer);
    if (self->lenient)
        mark(self, &id);
    else if (!drawer && !dbc_judge_id(self, line, &id))
        return false;
    *message = dbc_build_message(self->build, id.id, id.extended);
    *independent = drawer && !*message;
    return true;
}

bool dbc_take_signal(dbc_parser_t *self, dbc_message_t **message, dbc_signal_t **signal)
{
    bool independent;
    dbc_token_t name = {0};
    *signal = NULL;
    if (!dbc_take_message(self, message, &independent)) return false;
    if (!dbc_take_word(self, "the name of a signal", &name)) return false;
    if (*message) *signal = dbc_build_signal(self->build, *message, name.text, name.length);
    return true;
}

bool dbc_take_subject(dbc_parser_t *self, dbc_subject_t *subject)
{
    *subject = (dbc_subject_t){.line = self->token.line};
    dbc_token_t name = {0};
    if (dbc_accept(self, "BU_")) return dbc_take_word(self, "the name of a node", &name);
    if (dbc_accept(self, "EV_")) return dbc_take_word(self, "the name of an environment variable", &name);
    subject->is_message = dbc_accept(self, "BO_");
    subject->is_signal = !subject->is_message && dbc_accept(self, "SG_");
    if (!subject->is_message && !subject->is_signal) return true;
    if (!dbc_take_message(self, &subject->message, &subject->independent)) return false;
    subject->unknown = !subject->message;
    if (subject->is_message) return true;
    if (!dbc_take_word(self, "the name of a signal", &name)) return false;
    if (!subject->message) return true;
    subject->signal = dbc_build_signal(self->build, subject->message, name.text, name.length);
    subject->unknown = !subject->signal;
    return true;
}
