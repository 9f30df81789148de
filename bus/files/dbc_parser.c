// SPDX-License-Identifier: MIT
#include "bus/files/dbc_parser.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN_MAX 40
#define NUMBER_MAX 63
#define EXACT_MAX 9007199254740992.0 // 2^53: whole numbers up to it are exact in a double
#define EXTENDED_FLAG UINT32_C(0x80000000)
#define INDEPENDENT_ID UINT32_C(0xC0000000) // Vector__INDEPENDENT_SIG_MSG: a drawer for signals without a message

bool dbc_mistake(dbc_parser_t *self, size_t line, const char *format, ...)
{
    char what[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    self->mistakes++;
    return error_add(self->error, "%s:%zu: %s", self->file, line, what);
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

bool dbc_expected(dbc_parser_t *self, const char *what)
{
    char shown[SHOWN_MAX + 8];
    return dbc_mistake(self, self->token.line, "expected %s, not %s", what, show(&self->token, shown));
}

void dbc_advance(dbc_parser_t *self)
{
    self->token = dbc_scan_next(&self->scan);
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

double dbc_number(const dbc_token_t *token)
{
    char text[NUMBER_MAX + 1];
    size_t length = token->length < NUMBER_MAX ? token->length : NUMBER_MAX;
    memcpy(text, token->text, length);
    text[length] = '\0';
    return strtod(text, NULL);
}

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

bool dbc_integer(const dbc_token_t *token, int64_t *value)
{
    bool negative;
    uint64_t magnitude;
    if (token->kind != DBC_TOKEN_NUMBER) return false;
    if (whole_digits(token, &negative, &magnitude)) {
        if (negative && magnitude > UINT64_C(1) << 63) return false;
        *value = (int64_t)(negative ? UINT64_C(0) - magnitude : magnitude);
        return true;
    }
    double number = dbc_number(token); // "1.0", "2E3"
    if (!(number > -EXACT_MAX && number < EXACT_MAX) || number != (double)(int64_t)number) return false;
    *value = (int64_t)number;
    return true;
}

bool dbc_take_number(dbc_parser_t *self, const char *what, double *value)
{
    if (self->token.kind != DBC_TOKEN_NUMBER) return dbc_expected(self, what);
    *value = dbc_number(&self->token);
    if (!isfinite(*value)) return dbc_mistake(self, self->token.line, "%s is too large", what);
    dbc_advance(self);
    return true;
}

bool dbc_take_integer(dbc_parser_t *self, const char *what, int64_t minimum, int64_t maximum, int64_t *value)
{
    if (self->token.kind != DBC_TOKEN_NUMBER) return dbc_expected(self, what);
    if (!dbc_integer(&self->token, value) || *value < minimum || *value > maximum) {
        return dbc_mistake(self, self->token.line, "%s must be %lld to %lld", what, (long long)minimum,
                           (long long)maximum);
    }
    dbc_advance(self);
    return true;
}

// ---- what a statement is about -------------------------------------------------------------------------------------

bool dbc_take_id(dbc_parser_t *self, uint32_t *id, bool *extended, bool *independent)
{
    size_t line = self->token.line;
    int64_t number = 0;
    if (!dbc_take_integer(self, "the identifier", 0, UINT32_MAX, &number)) return false;
    *independent = number == INDEPENDENT_ID;
    *extended = (number & EXTENDED_FLAG) != 0;
    *id = (uint32_t)number & ~EXTENDED_FLAG;
    if (*independent || *id <= frame_id_max(*extended)) return true;
    return dbc_mistake(self, line,
                       *extended ? "identifier 0x%lX has more than 29 bits"
                                 : "identifier 0x%lX has more than 11 bits and no mark of an extended one (bit 31)",
                       (unsigned long)*id);
}

static bool take_message(dbc_parser_t *self, dbc_subject_t *subject)
{
    uint32_t id = 0;
    bool extended = false;
    if (!dbc_take_id(self, &id, &extended, &subject->independent)) return false;
    subject->message = subject->independent ? NULL : dbc_build_message(self->build, id, extended);
    subject->unknown = !subject->message;
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
    if (subject->is_message) return take_message(self, subject);
    if (!subject->is_signal) return true;
    if (!take_message(self, subject) || !dbc_take_word(self, "the name of a signal", &name)) return false;
    if (!subject->message) return true;
    subject->signal = dbc_build_signal(self->build, subject->message, name.text, name.length);
    subject->unknown = !subject->signal;
    return true;
}
