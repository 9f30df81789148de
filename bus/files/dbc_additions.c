// SPDX-License-Identifier: MIT
// The statements that add to messages and signals: VAL_, CM_, SIG_VALTYPE_ and SG_MUL_VAL_. What they say of a message
// or signal that is not there is passed over without a word: files are cut down by hand.
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "bus/files/dbc_parser.h"

#define RANGES_MAX 1024 // of one multiplexed signal

// ---- value names and comments --------------------------------------------------------------------------------------

static void add_value(dbc_parser_t *self, size_t *count, int64_t raw, const dbc_token_t *name)
{
    if (*count == self->value_room) {
        self->value_room = self->value_room ? 2 * self->value_room : 64;
        self->values = realloc(self->values, self->value_room * sizeof *self->values);
        assert(self->values);
    }
    self->values[(*count)++] = (dbc_value_t){raw, dbc_build_text(self->build, name->text, name->length)};
}

// A number that no value can have, with its name: a lenient parser goes on behind it.
static bool skip_value(dbc_parser_t *self)
{
    dbc_scan_t ahead = self->scan;
    dbc_token_t name = dbc_scan_next(&ahead);
    bool is_number = self->token.kind == DBC_TOKEN_NUMBER || self->token.kind == DBC_TOKEN_WORD;
    if (!is_number || name.kind != DBC_TOKEN_STRING) return dbc_expected(self, "a value");
    if (!dbc_missed(self, "a whole number", "the value's name is passed over")) return false;
    dbc_advance(self);
    dbc_advance(self);
    return true;
}

static bool take_values(dbc_parser_t *self, size_t *count)
{
    *count = 0;
    while (!dbc_token_is(&self->token, ";") && !(self->lenient && dbc_at_statement(self))) {
        dbc_token_t name;
        int64_t raw;
        if (self->lenient && !dbc_token_integer(&self->token, &raw)) {
            if (!skip_value(self)) return false;
            continue;
        }
        if (!dbc_take_integer(self, "a value", INT64_MIN, INT64_MAX, &raw)) return false;
        if (!dbc_take_string(self, "the name of a value", &name)) return false;
        add_value(self, count, raw, &name);
    }
    return dbc_take_end(self);
}

bool dbc_parse_value_names(dbc_parser_t *self)
{
    if (self->token.kind == DBC_TOKEN_WORD) { // of an environment variable
        dbc_skip_statement(self);
        return true;
    }
    dbc_message_t *message;
    dbc_signal_t *signal;
    size_t count;
    if (!dbc_take_signal(self, &message, &signal)) return false;
    if (self->token.kind == DBC_TOKEN_WORD &&
        !dbc_at_statement(self)) { // of a table (VAL_TABLE_), as a few tools write
        dbc_skip_statement(self);
        return true;
    }
    self->given_up = "the names before it are kept";
    bool good = take_values(self, &count);
    if (signal && (good || self->lenient)) dbc_build_set_values(self->build, signal, self->values, count);
    return good;
}

bool dbc_parse_comment(dbc_parser_t *self)
{
    dbc_subject_t subject;
    dbc_token_t text;
    if (!dbc_take_subject(self, &subject) || !dbc_take_string(self, "a comment", &text)) return false;
    if (!dbc_take_end(self)) return false;
    if (subject.unknown || !(subject.is_message || subject.is_signal)) return true;
    const char *comment = dbc_build_text(self->build, text.text, text.length);
    if (subject.is_signal) {
        subject.signal->comment = comment;
    } else {
        subject.message->comment = comment;
    }
    return true;
}

// ---- kinds of value ------------------------------------------------------------------------------------------------

// SIG_VALTYPE_ 291 Signal : 1;   What is no integer and no IEEE number of its length would be read as nonsense.
bool dbc_parse_value_type(dbc_parser_t *self)
{
    static const struct {
        dbc_kind_t kind;
        uint8_t length;
    } KINDS[] = {[1] = {DBC_FLOAT, 32}, [2] = {DBC_DOUBLE, 64}, [3] = {DBC_INTEGER, 0}};
    size_t line = self->token.line;
    dbc_message_t *message;
    dbc_signal_t *signal;
    int64_t type;
    if (!dbc_take_signal(self, &message, &signal)) return false;
    dbc_accept(self, ":"); // not all tools write it
    if (!dbc_take_integer(self, "the kind of value", 0, 3, &type) || !dbc_take_end(self)) return false;
    if (!signal || type == 0) return true;
    if (signal->length != KINDS[type].length) {
        dbc_note(self, line, "the signal is passed over", "no floating-point number of kind %d has %u bits", (int)type,
                 signal->length);
        dbc_build_drop_signal(self->build, message, signal);
        return true;
    }
    signal->kind = KINDS[type].kind;
    signal->start_raw = dbc_bits(signal, signal->start_number);
    return true;
}

// ---- multiplexors --------------------------------------------------------------------------------------------------

// 3-5: the sign belongs to the second number unless there is a blank behind it.
static bool take_range(dbc_parser_t *self, dbc_range_t *range)
{
    if (!dbc_take_integer(self, "a multiplexor's value", 0, INT64_MAX, &range->first)) return false;
    if (dbc_accept(self, "-")) return dbc_take_integer(self, "a multiplexor's value", 0, INT64_MAX, &range->last);
    if (!dbc_take_integer(self, "the end of a range", -INT64_MAX, 0, &range->last)) return false;
    range->last = -range->last;
    return true;
}

// SG_MUL_VAL_ 291 Signal Multiplexor 3-3, 5-10;
bool dbc_parse_multiplex_values(dbc_parser_t *self)
{
    dbc_message_t *message;
    dbc_signal_t *signal;
    dbc_token_t selector;
    dbc_range_t ranges[RANGES_MAX];
    size_t count = 0;
    if (!dbc_take_signal(self, &message, &signal)) return false;
    if (!dbc_take_word(self, "the name of a signal", &selector)) return false;
    do {
        if (count == RANGES_MAX) return dbc_mistake(self, self->token.line, "more than %d ranges", RANGES_MAX);
        if (!take_range(self, &ranges[count++])) return false;
    } while (dbc_accept(self, ","));
    if (!dbc_take_end(self)) return false;
    const char *name = dbc_build_text(self->build, selector.text, selector.length);
    if (signal) dbc_build_set_ranges(self->build, signal, name, ranges, count);
    return true;
}
