// SPDX-License-Identifier: MIT
// Attributes: BA_DEF_ (types), BA_DEF_DEF_ (what holds without a value), BA_ (values). Of all that files define, seven
// matter here; they are one table.
#include "bus/files/dbc_parser.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define CYCLE_MAX_MS 1e9
#define INT64_BOUND 9223372036854775808.0 // 2^63
#define CONTROL_ATTRIBUTE "KeyMemoryControl"

typedef bool (*apply_t)(dbc_parser_t *self, const dbc_token_t *value, dbc_message_t *message, dbc_signal_t *signal);

static const char *const CONTROL_NAMES[] = {[DBC_CONTROL_SWITCH] = "switch", [DBC_CONTROL_KNOB] = "knob"};
#define CONTROL_COUNT (sizeof CONTROL_NAMES / sizeof *CONTROL_NAMES)

static bool string_is(const dbc_token_t *token, const char *text)
{
    return token->kind == DBC_TOKEN_STRING && token->length == strlen(text) &&
           memcmp(token->text, text, token->length) == 0;
}

// ---- the seven -----------------------------------------------------------------------------------------------------

static bool read_cycle(dbc_parser_t *self, const dbc_token_t *value, int32_t *cycle_ms)
{
    double number = value->kind == DBC_TOKEN_NUMBER ? dbc_token_number(value) : -1;
    if (!(number >= 0 && number <= CYCLE_MAX_MS)) {
        return dbc_mistake(self, value->line, "a cycle time must be 0 to %.0f ms", CYCLE_MAX_MS);
    }
    *cycle_ms = (int32_t)(number + 0.5);
    return true;
}

static bool apply_cycle(dbc_parser_t *self, const dbc_token_t *value, dbc_message_t *message, dbc_signal_t *signal)
{
    (void)signal;
    return read_cycle(self, value, &message->cycle_ms);
}

static bool apply_cycle_fast(dbc_parser_t *self, const dbc_token_t *value, dbc_message_t *message, dbc_signal_t *signal)
{
    (void)signal;
    return read_cycle(self, value, &message->cycle_fast_ms);
}

// Vector defines the start value as a FLOAT although it is raw, so that "3.0" and even "3.2" occur.
static bool apply_start(dbc_parser_t *self, const dbc_token_t *value, dbc_message_t *message, dbc_signal_t *signal)
{
    (void)message;
    double number = value->kind == DBC_TOKEN_NUMBER ? dbc_token_number(value) : NAN;
    if (!dbc_token_integer(value, &signal->start_raw) && !(number > -INT64_BOUND && number < INT64_BOUND))
        return dbc_mistake(self, value->line, "a start value must be a number");
    signal->start_number = number;
    if (signal->kind != DBC_INTEGER)
        signal->start_raw = dbc_bits(signal, number);
    else if (!dbc_token_integer(value, &signal->start_raw))
        signal->start_raw = (int64_t)(number < 0 ? number - 0.5 : number + 0.5);
    return true;
}

static bool setting_name_valid(const dbc_token_t *value)
{
    if (value->kind != DBC_TOKEN_STRING || value->length > DBC_SETTING_MAX) return false;
    for (size_t i = 0; i < value->length; i++) {
        if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789_", value->text[i]) || value->text[i] == '\0') return false;
    }
    return true;
}

static bool apply_setting(dbc_parser_t *self, const dbc_token_t *value, dbc_message_t *message, dbc_signal_t *signal)
{
    if (!setting_name_valid(value)) {
        return dbc_mistake(self, value->line, "KeyMemorySetting must be at most %d of a-z, 0-9 and \"_\"",
                           DBC_SETTING_MAX);
    }
    const char *setting = value->length > 0 ? dbc_build_text(self->build, value->text, value->length) : NULL;
    // A default applies to signals without a message at hand; a name for all of them could only be a mistake.
    if (setting && !message) return dbc_mistake(self, value->line, "the default of KeyMemorySetting must be \"\"");
    signal->setting = setting;
    return true;
}

static bool apply_control(dbc_parser_t *self, const dbc_token_t *value, dbc_message_t *message, dbc_signal_t *signal)
{
    (void)message;
    int64_t index;
    if (dbc_token_integer(value, &index) && index >= 0 && index < (int64_t)self->choice_count) {
        signal->control = (dbc_control_t)self->choices[index];
        return true;
    }
    for (size_t i = 0; i < CONTROL_COUNT; i++) {
        if (!string_is(value, CONTROL_NAMES[i])) continue;
        signal->control = (dbc_control_t)i;
        return true;
    }
    return dbc_mistake(self, value->line, CONTROL_ATTRIBUTE " must be one of its choices, switch or knob");
}

typedef struct {
    const char *name;
    bool of_signal; // else of a message
    bool ours;      // a value for a signal that is not there is then a mistake, and not a leftover to be passed over
    apply_t apply;
} attribute_t;

static const attribute_t ATTRIBUTES[] = {
    {"GenMsgCycleTime", false, false, apply_cycle},
    {"GenMsgCycleTimeFast", false, false, apply_cycle_fast},
    {"GenSigStartValue", true, false, apply_start},
    {"KeyMemorySetting", true, true, apply_setting},
    {CONTROL_ATTRIBUTE, true, true, apply_control},
    {"SystemMessageLongSymbol", false, false, dbc_apply_symbol},
    {"SystemSignalLongSymbol", true, false, dbc_apply_symbol},
};
#define ATTRIBUTE_COUNT (sizeof ATTRIBUTES / sizeof *ATTRIBUTES)
static_assert(ATTRIBUTE_COUNT <= DBC_ATTRIBUTES_MAX, "room for the defaults");

// The index of the attribute, or ATTRIBUTE_COUNT.
static size_t find(const dbc_token_t *name)
{
    size_t i = 0;
    while (i < ATTRIBUTE_COUNT && !string_is(name, ATTRIBUTES[i].name)) i++;
    return i;
}

// ---- the statements ------------------------------------------------------------------------------------------------

static bool take_value(dbc_parser_t *self, dbc_token_t *value)
{
    if (self->token.kind != DBC_TOKEN_NUMBER && self->token.kind != DBC_TOKEN_STRING) {
        return dbc_expected(self, "a number or a string");
    }
    *value = self->token;
    dbc_advance(self);
    return true;
}

static bool take_choice(dbc_parser_t *self)
{
    dbc_token_t choice;
    if (!dbc_take_string(self, "a choice", &choice)) return false;
    for (size_t i = 0; i < CONTROL_COUNT && self->choice_count < DBC_CHOICES_MAX; i++) {
        if (!string_is(&choice, CONTROL_NAMES[i])) continue;
        self->choices[self->choice_count++] = (int)i;
        return true;
    }
    return dbc_mistake(self, choice.line, "the choices of " CONTROL_ATTRIBUTE " are switch and knob");
}

bool dbc_parse_definition(dbc_parser_t *self)
{
    static const char *const OBJECTS[] = {"BU_", "BO_", "SG_", "EV_"};
    for (size_t i = 0; i < sizeof OBJECTS / sizeof *OBJECTS; i++) {
        if (dbc_accept(self, OBJECTS[i])) break;
    }
    dbc_token_t name;
    dbc_token_t type;
    if (!dbc_take_string(self, "the name of an attribute", &name)) return false;
    if (!dbc_take_word(self, "INT, HEX, FLOAT, STRING or ENUM", &type)) return false;
    if (string_is(&name, CONTROL_ATTRIBUTE) && dbc_token_is(&type, "ENUM")) {
        self->choice_count = 0;
        do {
            if (!take_choice(self)) return false;
        } while (dbc_accept(self, ","));
    }
    while (self->token.kind == DBC_TOKEN_NUMBER || self->token.kind == DBC_TOKEN_STRING ||
           dbc_token_is(&self->token, ",")) {
        dbc_advance(self);
    }
    return dbc_take_end(self);
}

bool dbc_parse_default(dbc_parser_t *self)
{
    dbc_token_t name;
    dbc_default_t standard = {.told = true};
    if (!dbc_take_string(self, "the name of an attribute", &name) || !take_value(self, &standard.token)) return false;
    size_t index = find(&name);
    if (index < ATTRIBUTE_COUNT) self->defaults[index] = standard;
    return dbc_take_end(self);
}

// All messages and signals are known when the first value is told: until then the defaults hold for every one.
static void apply_default(dbc_parser_t *self, const attribute_t *attribute, const dbc_token_t *value)
{
    size_t message_count;
    size_t signal_count;
    dbc_message_t *messages = dbc_build_messages(self->build, &message_count);
    dbc_signal_t *signals = dbc_build_signals(self->build, &signal_count);
    size_t count = attribute->of_signal ? signal_count : message_count;
    for (size_t i = 0; i < count; i++) {
        dbc_message_t *message = attribute->of_signal ? NULL : &messages[i];
        dbc_signal_t *signal = attribute->of_signal ? &signals[i] : NULL;
        if (!attribute->apply(self, value, message, signal)) return;
    }
}

void dbc_finish_attributes(dbc_parser_t *self)
{
    if (self->defaults_used) return;
    self->defaults_used = true;
    const char *given_up = self->given_up;
    self->given_up = "there is no default";
    for (size_t i = 0; i < ATTRIBUTE_COUNT; i++) {
        if (self->defaults[i].told) apply_default(self, &ATTRIBUTES[i], &self->defaults[i].token);
    }
    self->given_up = given_up;
}

bool dbc_parse_attribute(dbc_parser_t *self)
{
    dbc_finish_attributes(self);
    dbc_token_t name;
    dbc_subject_t subject;
    dbc_token_t value;
    if (!dbc_take_string(self, "the name of an attribute", &name)) return false;
    if (!dbc_take_subject(self, &subject) || !take_value(self, &value) || !dbc_take_end(self)) return false;
    size_t index = find(&name);
    if (index == ATTRIBUTE_COUNT || subject.independent) return true;
    const attribute_t *attribute = &ATTRIBUTES[index];
    if (attribute->of_signal ? !subject.is_signal : !subject.is_message) {
        return !attribute->ours || dbc_mistake(self, subject.line, "%s belongs to a signal (SG_)", attribute->name);
    }
    if (subject.unknown) {
        return !attribute->ours ||
               dbc_mistake(self, subject.line, "%s for a signal that is not there", attribute->name);
    }
    return attribute->apply(self, &value, subject.message, subject.signal);
}
