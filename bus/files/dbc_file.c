// SPDX-License-Identifier: MIT
#include "bus/files/dbc_file.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "bus/files/dbc_parser.h"
#include "bus/files/text_file.h"

#define FILE_BYTES_MAX ((size_t)32 << 20)
#define MISTAKES_MAX 100 // after so many it is no DBC file
#define MESSAGE_BYTES_MAX 65535
#define BITS_TOLD_MAX INT64_C(524280) // 8 * MESSAGE_BYTES_MAX
#define BITS_MAX 64
#define RANGES_MAX 1024 // of one multiplexed signal

struct dbc_file {
    dbc_build_t *build;
    const dbc_t *dbc;
};

static void copy_name(char to[DBC_NAME_MAX + 1], const dbc_token_t *name)
{
    memcpy(to, name->text, name->length); // dbc_take_word has checked the length
    to[name->length] = '\0';
}

// ---- messages ------------------------------------------------------------------------------------------------------

static bool take_message_head(dbc_parser_t *self, dbc_message_t *message, bool *independent)
{
    dbc_token_t name;
    dbc_token_t sender = {.text = "Vector__XXX", .length = strlen("Vector__XXX")};
    int64_t length;
    if (!dbc_take_id(self, &message->id, &message->extended, independent)) return false;
    if (!dbc_take_word(self, "the name of a message", &name) || !dbc_take(self, ":")) return false;
    if (!dbc_take_integer(self, "the length", 0, MESSAGE_BYTES_MAX, &length)) return false;
    if (!self->token.first && !dbc_take_word(self, "the sender", &sender)) return false;
    copy_name(message->name, &name);
    copy_name(message->sender, &sender);
    self->message_length = (uint32_t)length;
    message->length = (uint8_t)(length < UINT8_MAX ? length : UINT8_MAX); // J1939 knows longer ones
    return true;
}

static bool parse_message(dbc_parser_t *self)
{
    size_t line = self->token.line;
    dbc_message_t message = {0};
    bool independent = false;
    self->message_open = true;
    self->message_dropped = true;
    if (!take_message_head(self, &message, &independent)) return false;
    if (independent) return true;
    self->message_dropped = !dbc_build_add_message(self->build, &message);
    if (!self->message_dropped) return true;
    return dbc_mistake(self, line, "another message has the identifier 0x%lX of %s", (unsigned long)message.id,
                       message.name);
}

// ---- signals -------------------------------------------------------------------------------------------------------

// M, m12, or m12M: selected by one multiplexor and itself one. Which, SG_MUL_VAL_ says.
static bool take_multiplex(dbc_parser_t *self, int32_t *multiplex)
{
    *multiplex = DBC_PLAIN;
    if (self->token.kind != DBC_TOKEN_WORD) return true;
    if (dbc_accept(self, "M")) {
        *multiplex = DBC_SELECTOR;
        return true;
    }
    dbc_token_t word = self->token;
    bool both = word.text[word.length - 1] == 'M';
    dbc_token_t number = {.kind = DBC_TOKEN_NUMBER, .text = word.text + 1, .length = word.length - (both ? 2 : 1)};
    int64_t value = -1;
    bool good = word.text[0] == 'm' && word.length > (both ? 2u : 1u) && dbc_integer(&number, &value);
    if (!good || value < 0 || value > INT32_MAX) return dbc_expected(self, "M, m and a number, or \":\"");
    *multiplex = (int32_t)value;
    dbc_advance(self);
    return true;
}

// 24|8@1+
static bool take_bits(dbc_parser_t *self, dbc_signal_t *signal, int64_t *length)
{
    int64_t start;
    int64_t order;
    if (!dbc_take_integer(self, "the start bit", 0, UINT16_MAX, &start) || !dbc_take(self, "|")) return false;
    if (!dbc_take_integer(self, "the length", 1, BITS_TOLD_MAX, length) || !dbc_take(self, "@")) return false;
    if (!dbc_take_integer(self, "the byte order", 0, 1, &order)) return false;
    signal->start_bit = (uint16_t)start;
    signal->big_endian = order == 0;
    signal->is_signed = dbc_token_is(&self->token, "-");
    return dbc_accept(self, "+") || dbc_accept(self, "-") || dbc_expected(self, "\"+\" or \"-\"");
}

// (0.1,-10) [-10|60]
static bool take_scale(dbc_parser_t *self, dbc_signal_t *signal)
{
    return dbc_take(self, "(") && dbc_take_number(self, "the factor", &signal->factor) && dbc_take(self, ",") &&
           dbc_take_number(self, "the offset", &signal->offset) && dbc_take(self, ")") && dbc_take(self, "[") &&
           dbc_take_number(self, "the minimum", &signal->minimum) && dbc_take(self, "|") &&
           dbc_take_number(self, "the maximum", &signal->maximum) && dbc_take(self, "]");
}

// A unit longer than there is room for is cut between two characters.
static void set_unit(dbc_parser_t *self, dbc_signal_t *signal, const dbc_token_t *unit)
{
    const char *text = dbc_build_text(self->build, unit->text, unit->length);
    size_t length = strlen(text);
    if (length > DBC_UNIT_MAX) {
        length = DBC_UNIT_MAX;
        while (length > 0 && ((unsigned char)text[length] & 0xC0) == 0x80) length--;
    }
    memcpy(signal->unit, text, length);
    signal->unit[length] = '\0';
}

// Names with commas between, to the end of the line; some tools leave them out.
static bool take_receivers(dbc_parser_t *self)
{
    while (!self->token.first && self->token.kind != DBC_TOKEN_END) {
        dbc_token_t receiver;
        if (!dbc_accept(self, ",") && !dbc_take_word(self, "a receiver", &receiver)) return false;
    }
    return true;
}

static bool fits(const dbc_parser_t *self, const dbc_signal_t *signal, int64_t length)
{
    int64_t first = signal->start_bit;
    if (signal->big_endian) first = first / 8 * 8 + 7 - first % 8;
    return first + length <= 8 * (int64_t)self->message_length;
}

static bool keep_signal(dbc_parser_t *self, size_t line, dbc_signal_t *signal, int64_t length)
{
    if (self->message_dropped) return true;
    if (!fits(self, signal, length)) {
        return dbc_mistake(self, line, "signal %s does not fit into the %lu bytes of its message", signal->name,
                           (unsigned long)self->message_length);
    }
    if (length > BITS_MAX) return true; // texts of J1939 and the like: no number
    signal->length = (uint8_t)length;
    if (dbc_build_add_signal(self->build, signal)) return true;
    return dbc_mistake(self, line, "signal %s is there twice, or the message has more than %d", signal->name,
                       DBC_BUILD_SIGNALS_MAX);
}

static bool parse_signal(dbc_parser_t *self)
{
    size_t line = self->token.line;
    dbc_signal_t signal = {0};
    dbc_token_t name;
    dbc_token_t unit;
    int64_t length;
    if (!self->message_open) return dbc_mistake(self, line, "a signal (SG_) without a message (BO_)");
    if (!dbc_take_word(self, "the name of a signal", &name) || !take_multiplex(self, &signal.multiplex)) return false;
    copy_name(signal.name, &name);
    if (!dbc_take(self, ":") || !take_bits(self, &signal, &length) || !take_scale(self, &signal)) return false;
    if (!dbc_take_string(self, "the unit", &unit) || !take_receivers(self)) return false;
    set_unit(self, &signal, &unit);
    return keep_signal(self, line, &signal, length);
}

// ---- value names, comments, kinds of value -------------------------------------------------------------------------

static bool take_values(dbc_parser_t *self, size_t *count)
{
    for (*count = 0; !dbc_token_is(&self->token, ";"); (*count)++) {
        dbc_value_t value;
        dbc_token_t name;
        if (!dbc_take_integer(self, "a value", INT64_MIN, INT64_MAX, &value.raw)) return false;
        if (!dbc_take_string(self, "the name of a value", &name)) return false;
        value.name = dbc_build_text(self->build, name.text, name.length);
        if (*count == self->value_room) {
            self->value_room = self->value_room ? 2 * self->value_room : 64;
            self->values = realloc(self->values, self->value_room * sizeof *self->values);
            assert(self->values);
        }
        self->values[*count] = value;
    }
    return dbc_take(self, ";");
}

static void skip_statement(dbc_parser_t *self);

// A signal that is named by its message's identifier and its own name, "291 Speed"; null for one that is not there.
static bool take_signal(dbc_parser_t *self, dbc_message_t **message, dbc_signal_t **signal)
{
    uint32_t id;
    bool extended;
    bool independent;
    dbc_token_t name;
    if (!dbc_take_id(self, &id, &extended, &independent)) return false;
    if (!dbc_take_word(self, "the name of a signal", &name)) return false;
    *message = independent ? NULL : dbc_build_message(self->build, id, extended);
    *signal = *message ? dbc_build_signal(self->build, *message, name.text, name.length) : NULL;
    return true;
}

static bool parse_value_names(dbc_parser_t *self)
{
    if (self->token.kind == DBC_TOKEN_WORD) { // of an environment variable
        skip_statement(self);
        return true;
    }
    dbc_message_t *message;
    dbc_signal_t *signal;
    size_t count;
    if (!take_signal(self, &message, &signal)) return false;
    if (self->token.kind == DBC_TOKEN_WORD) { // of a table (VAL_TABLE_), as a few tools write
        skip_statement(self);
        return true;
    }
    if (!take_values(self, &count)) return false;
    if (signal) dbc_build_set_values(self->build, signal, self->values, count);
    return true;
}

static bool parse_comment(dbc_parser_t *self)
{
    dbc_subject_t subject;
    dbc_token_t text;
    if (!dbc_take_subject(self, &subject) || !dbc_take_string(self, "a comment", &text)) return false;
    if (!dbc_take(self, ";")) return false;
    if (subject.unknown || !(subject.is_message || subject.is_signal)) return true;
    const char *comment = dbc_build_text(self->build, text.text, text.length);
    if (subject.is_signal) {
        subject.signal->comment = comment;
    } else {
        subject.message->comment = comment;
    }
    return true;
}

// A signal that is a floating-point number on the wire is left out: read as an integer it would be nonsense.
static bool parse_value_type(dbc_parser_t *self)
{
    dbc_message_t *message;
    dbc_signal_t *signal;
    int64_t type;
    if (!take_signal(self, &message, &signal)) return false;
    dbc_accept(self, ":"); // not all tools write it
    if (!dbc_take_integer(self, "the kind of value", 0, 3, &type) || !dbc_take(self, ";")) return false;
    if (signal && type > 0) dbc_build_drop_signal(self->build, message, signal);
    return true;
}

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
static bool parse_multiplex_values(dbc_parser_t *self)
{
    dbc_message_t *message;
    dbc_signal_t *signal;
    dbc_token_t selector;
    dbc_range_t ranges[RANGES_MAX];
    size_t count = 0;
    if (!take_signal(self, &message, &signal) || !dbc_take_word(self, "the name of a signal", &selector)) return false;
    do {
        if (count == RANGES_MAX) return dbc_mistake(self, self->token.line, "more than %d ranges", RANGES_MAX);
        if (!take_range(self, &ranges[count++])) return false;
    } while (dbc_accept(self, ","));
    if (!dbc_take(self, ";")) return false;
    const char *name = dbc_build_text(self->build, selector.text, selector.length);
    if (signal) dbc_build_set_ranges(self->build, signal, name, ranges, count);
    return true;
}

// ---- statements ----------------------------------------------------------------------------------------------------

static bool parse_new_symbols(dbc_parser_t *self);

typedef struct {
    const char *keyword;
    bool (*parse)(dbc_parser_t *self); // null: passed over
} statement_t;

static const statement_t STATEMENTS[] = {
    {"BO_", parse_message},
    {"SG_", parse_signal},
    {"VAL_", parse_value_names},
    {"CM_", parse_comment},
    {"BA_", dbc_parse_attribute},
    {"BA_DEF_", dbc_parse_definition},
    {"BA_DEF_DEF_", dbc_parse_default},
    {"NS_", parse_new_symbols},
    {"VERSION", NULL},
    {"BS_", NULL},
    {"BU_", NULL},
    {"VAL_TABLE_", NULL},
    {"BO_TX_BU_", NULL},
    {"EV_", NULL},
    {"EV_DATA_", NULL},
    {"ENVVAR_DATA_", NULL},
    {"SGTYPE_", NULL},
    {"SGTYPE_VAL_", NULL},
    {"BA_DEF_SGTYPE_", NULL},
    {"BA_SGTYPE_", NULL},
    {"SIG_TYPE_REF_", NULL},
    {"SIGTYPE_VALTYPE_", NULL},
    {"SIG_GROUP_", NULL},
    {"SIG_VALTYPE_", parse_value_type},
    {"SG_MUL_VAL_", parse_multiplex_values},
    {"CAT_", NULL},
    {"CAT_DEF_", NULL},
    {"FILTER", NULL},
    {"NS_DESC_", NULL},
    {"BA_DEF_REL_", NULL},
    {"BA_DEF_DEF_REL_", NULL},
    {"BA_REL_", NULL},
    {"BU_SG_REL_", NULL},
    {"BU_EV_REL_", NULL},
    {"BU_BO_REL_", NULL},
};

static const statement_t *find_statement(const dbc_token_t *token)
{
    if (token->kind != DBC_TOKEN_WORD) return NULL;
    for (size_t i = 0; i < sizeof STATEMENTS / sizeof *STATEMENTS; i++) {
        if (dbc_token_is(token, STATEMENTS[i].keyword)) return &STATEMENTS[i];
    }
    return NULL;
}

// To the next keyword that begins a line.
static void skip_statement(dbc_parser_t *self)
{
    while (self->token.kind != DBC_TOKEN_END && !(self->token.first && find_statement(&self->token))) dbc_advance(self);
}

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

static void parse_statement(dbc_parser_t *self)
{
    const statement_t *statement = find_statement(&self->token);
    if (!statement) {
        dbc_expected(self, "a statement");
        dbc_advance(self);
        skip_statement(self);
        return;
    }
    dbc_advance(self);
    bool done = statement->parse && statement->parse(self);
    if (!done) skip_statement(self);
}

static void parse_all(dbc_parser_t *self)
{
    dbc_advance(self);
    if (self->token.kind == DBC_TOKEN_END) {
        dbc_expected(self, "a statement");
        return;
    }
    while (self->token.kind != DBC_TOKEN_END && self->mistakes < MISTAKES_MAX) parse_statement(self);
    if (self->mistakes >= MISTAKES_MAX) {
        dbc_mistake(self, self->token.line, "too many mistakes");
        return;
    }
    dbc_finish_attributes(self);
}

// ---- files ---------------------------------------------------------------------------------------------------------

dbc_file_t *dbc_file_parse(const char *name, const char *text, size_t size, error_t *error)
{
    dbc_file_t *self = calloc(1, sizeof *self);
    assert(self);
    self->build = dbc_build_new();
    dbc_parser_t parser = {.file = name, .error = error, .build = self->build};
    dbc_scan_init(&parser.scan, text, size);
    parse_all(&parser);
    free(parser.values);
    if (parser.mistakes > 0) {
        dbc_file_destroy(&self);
        return NULL;
    }
    self->dbc = dbc_build_finish(self->build);
    return self;
}

dbc_file_t *dbc_file_new(const char *path, error_t *error)
{
    size_t size;
    char *text = text_file_read(path, FILE_BYTES_MAX, &size, error);
    dbc_file_t *self = text ? dbc_file_parse(path, text, size, error) : NULL;
    free(text);
    return self;
}

void dbc_file_destroy(dbc_file_t **self_p)
{
    dbc_file_t *self = *self_p;
    if (!self) return;
    dbc_build_destroy(&self->build);
    free(self);
    *self_p = NULL;
}

const dbc_t *dbc_file_dbc(const dbc_file_t *self)
{
    return self->dbc;
}
