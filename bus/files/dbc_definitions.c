// SPDX-License-Identifier: MIT
// The statements that define messages and signals: BO_ and SG_.
#include <string.h>

#include "bus/files/dbc_parser.h"

#define MESSAGE_BYTES_MAX 65535
#define BITS_TOLD_MAX INT64_C(524280) // 8 * MESSAGE_BYTES_MAX
#define BITS_MAX 64

static void copy_name(char to[DBC_NAME_MAX + 1], const dbc_token_t *name)
{
    memcpy(to, name->text, name->length); // dbc_take_word has checked the length
    to[name->length] = '\0';
}

// ---- messages ------------------------------------------------------------------------------------------------------

// The drawer for signals that belong to no message is known by its name, whatever its number, and by its number.
static bool is_drawer(const dbc_id_t *id, const dbc_token_t *name)
{
    static const char DRAWER[] = "VECTOR__INDEPENDENT_SIG_MSG";
    if (id->number == DBC_DRAWER_NUMBER) return true;
    if (name->length != sizeof DRAWER - 1) return false;
    for (size_t i = 0; i < name->length; i++) {
        char c = name->text[i];
        if ((c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c) != DRAWER[i]) return false;
    }
    return true;
}

// It stands on the line of its message or the next one, or is left out.
static bool take_sender(dbc_parser_t *self, dbc_message_t *message)
{
    static const dbc_token_t NOBODY = {.text = "Vector__XXX", .length = sizeof "Vector__XXX" - 1};
    dbc_token_t sender = NOBODY;
    if (self->token.first && (dbc_at_statement(self) || self->token.kind != DBC_TOKEN_WORD)) {
        copy_name(message->sender, &sender);
        return true;
    }
    if (self->token.kind != DBC_TOKEN_WORD) {
        if (!dbc_missed(self, "the sender", "read without one")) return false;
        dbc_skip_line(self);
    } else if (!dbc_take_word(self, "the sender", &sender)) {
        return false;
    }
    copy_name(message->sender, &sender);
    return true;
}

bool dbc_parse_message(dbc_parser_t *self)
{
    size_t line = self->token.line;
    dbc_message_t message = {0};
    dbc_id_t id;
    dbc_token_t name;
    int64_t length;
    self->message_open = true;
    self->message_dropped = true;
    if (!dbc_take_id(self, &id)) return false;
    if (!dbc_take_word(self, "the name of a message", &name) || !dbc_take(self, ":")) return false;
    if (!dbc_take_integer(self, "the length", 0, MESSAGE_BYTES_MAX, &length)) return false;
    if (is_drawer(&id, &name)) {
        self->drawer_known = true;
        self->drawer = id.number;
        return take_sender(self, &message);
    }
    if (!dbc_judge_id(self, line, &id) || !take_sender(self, &message)) return false;
    copy_name(message.name, &name);
    message.id = id.id;
    message.extended = id.extended;
    message.length = (uint8_t)(length < UINT8_MAX ? length : UINT8_MAX); // J1939 knows longer ones
    self->message_length = (uint32_t)length;
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
    if (self->lenient && dbc_token_is(&word, "m")) { // of which value, it does not say
        dbc_missed(self, "M, m and a number, or \":\"", "read as always there");
        dbc_advance(self);
        return true;
    }
    bool both = word.text[word.length - 1] == 'M';
    dbc_token_t number = {.kind = DBC_TOKEN_NUMBER, .text = word.text + 1, .length = word.length - (both ? 2 : 1)};
    int64_t value = -1;
    bool good = word.text[0] == 'm' && word.length > (both ? 2u : 1u) && dbc_token_integer(&number, &value);
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

// (0.1,-10)
static bool take_scale(dbc_parser_t *self, dbc_signal_t *signal)
{
    return dbc_take(self, "(") && dbc_take_number(self, "the factor", &signal->factor) && dbc_take(self, ",") &&
           dbc_take_number(self, "the offset", &signal->offset) && dbc_take(self, ")");
}

static bool take_range_strictly(dbc_parser_t *self, dbc_signal_t *signal)
{
    return dbc_take(self, "[") && dbc_take_number(self, "the minimum", &signal->minimum) && dbc_take(self, "|") &&
           dbc_take_number(self, "the maximum", &signal->maximum) && dbc_take(self, "]");
}

// [-10|60]: decoding needs none, so that whatever a lenient parser cannot read in the brackets counts as none.
static bool take_range(dbc_parser_t *self, dbc_signal_t *signal)
{
    const char *given_up = self->given_up;
    self->given_up = "read without a range";
    bool good = take_range_strictly(self, signal);
    self->given_up = given_up;
    if (good || !self->lenient) return good;
    signal->minimum = signal->maximum = 0;
    while (!self->token.first && self->token.kind != DBC_TOKEN_STRING && self->token.kind != DBC_TOKEN_END)
        if (dbc_accept(self, "]"))
            break;
        else
            dbc_advance(self);
    return true;
}

// A unit longer than there is room for is cut between two characters.
static void set_unit(dbc_parser_t *self, dbc_signal_t *signal, const dbc_token_t *unit)
{
    const char *text = dbc_build_text(self->build, unit->text, unit->length);
    size_t length = strlen(text), kept = length < DBC_UNIT_MAX ? length : DBC_UNIT_MAX;
    memcpy(signal->unit, text, kept);
    signal->unit[kept] = '\0';
    text_end_cut(signal->unit, sizeof signal->unit, length);
}

// Names with commas between. Some tools leave the commas out, and the names; over a line's end they go on before and
// behind a comma, and when there was none yet. Returns whether nothing else stands there.
static bool pass_receivers(dbc_parser_t *self)
{
    for (bool goes_on = true; self->token.kind != DBC_TOKEN_END;) {
        bool comma = dbc_token_is(&self->token, ","), word = self->token.kind == DBC_TOKEN_WORD;
        if (self->token.first && !comma && (!goes_on || !word || dbc_at_statement(self))) return true;
        if (!comma && !word) return false;
        goes_on = comma;
        dbc_advance(self);
    }
    return true;
}

static bool has_line_end(const dbc_token_t *token)
{
    return memchr(token->text, '\n', token->length) || memchr(token->text, '\r', token->length);
}

// The unit and who receives the signal: decoding needs neither. But a text over a line's end with something odd behind
// it lacks its closing quote, and has swallowed the next lines.
static bool take_tail(dbc_parser_t *self, dbc_signal_t *signal)
{
    dbc_token_t unit = self->token;
    if (unit.kind == DBC_TOKEN_UNTERMINATED) return dbc_expected(self, "the unit");
    if (unit.kind != DBC_TOKEN_STRING) {
        if (!dbc_missed(self, "the unit", "read without one")) return false;
        dbc_skip_line(self);
        return true;
    }
    set_unit(self, signal, &unit);
    dbc_advance(self);
    if (pass_receivers(self)) return true;
    if (has_line_end(&unit)) return dbc_mistake(self, unit.line, "the unit has no end on its line");
    if (!dbc_missed(self, "a receiver", "the receivers are passed over")) return false;
    dbc_skip_line(self);
    return true;
}

static bool fits(const dbc_signal_t *signal, int64_t length, uint32_t bytes)
{
    int64_t first = signal->start_bit;
    if (signal->big_endian) first = first / 8 * 8 + 7 - first % 8;
    return first + length <= 8 * (int64_t)bytes;
}

static bool keep_signal(dbc_parser_t *self, size_t line, dbc_signal_t *signal, int64_t length)
{
    if (self->message_dropped) return true;
    if (!fits(signal, length, self->message_length)) {
        // Frames may well be longer than their message says.
        bool may_come = fits(signal, length, FRAME_DATA_MAX) && length <= BITS_MAX;
        bool kept = dbc_doubt(self, line, may_come ? "there in longer frames only" : self->given_up,
                              "signal %s does not fit into the %lu bytes of its message", signal->name,
                              (unsigned long)self->message_length);
        if (!kept || !may_come) return kept;
    }
    if (length > BITS_MAX) return true; // texts of J1939 and the like: no number
    signal->length = (uint8_t)length;
    bool twice = dbc_build_signal(self->build, dbc_build_newest(self->build), signal->name, strlen(signal->name));
    if (twice) return dbc_mistake(self, line, "signal %s is there twice", signal->name);
    if (dbc_build_add_signal(self->build, signal)) return true;
    return dbc_mistake(self, line, "more than %d signals in one message", DBC_BUILD_SIGNALS_MAX);
}

bool dbc_parse_signal(dbc_parser_t *self)
{
    size_t line = self->token.line;
    dbc_signal_t signal = {0};
    dbc_token_t name;
    int64_t length;
    if (!self->message_open) return dbc_mistake(self, line, "a signal (SG_) without a message (BO_)");
    if (!dbc_take_word(self, "the name of a signal", &name) || !take_multiplex(self, &signal.multiplex)) return false;
    copy_name(signal.name, &name);
    if (!dbc_take(self, ":") || !take_bits(self, &signal, &length) || !take_scale(self, &signal)) return false;
    if (!take_range(self, &signal) || !take_tail(self, &signal)) return false;
    return keep_signal(self, line, &signal, length);
}
