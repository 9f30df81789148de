// SPDX-License-Identifier: MIT
// Long symbols: BO_ and SG_ have room for 32 characters in Vector's tools; the whole name stands in the attributes
// SystemMessageLongSymbol and SystemSignalLongSymbol. All other statements go by the short name, so that it holds until
// no statement is left.
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "bus/files/dbc_parser.h"

static bool is_name(const dbc_token_t *value)
{
    if (value->kind != DBC_TOKEN_STRING || value->length > DBC_NAME_MAX) return false;
    for (size_t i = 0; i < value->length; i++) {
        char c = value->text[i];
        bool good = c == '_' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        if (!good) return false;
    }
    return true;
}

bool dbc_apply_symbol(dbc_parser_t *self, const dbc_token_t *value, dbc_message_t *message, dbc_signal_t *signal)
{
    if (!message || value->length == 0) return true; // the default is no name, and neither is ""
    if (!is_name(value)) {
        dbc_note(self, value->line, "the short name stays",
                 "a long symbol must be at most %d of A-Z, a-z, 0-9 and \"_\"", DBC_NAME_MAX);
        return true;
    }
    if (self->symbol_count == self->symbol_room) {
        self->symbol_room = self->symbol_room ? 2 * self->symbol_room : 64;
        self->symbols = realloc(self->symbols, self->symbol_room * sizeof *self->symbols);
        assert(self->symbols);
    }
    size_t count;
    dbc_symbol_t symbol = {.line = value->line, .message = (size_t)(message - dbc_build_messages(self->build, &count))};
    symbol.name = dbc_build_text(self->build, value->text, value->length);
    if (signal) symbol.signal = dbc_build_text(self->build, signal->name, strlen(signal->name));
    self->symbols[self->symbol_count++] = symbol;
    return true;
}

// What the signal selects knows it by its name.
static void rename_signal(dbc_parser_t *self, dbc_message_t *message, dbc_signal_t *signal, const dbc_symbol_t *symbol)
{
    if (dbc_build_signal(self->build, message, symbol->name, strlen(symbol->name))) {
        dbc_note(self, symbol->line, "the short name stays", "another signal of %s is called %s", message->name,
                 symbol->name);
        return;
    }
    memcpy(signal->name, symbol->name, strlen(symbol->name) + 1);
    dbc_build_rename_selector(self->build, message, symbol->signal, symbol->name);
}

void dbc_finish_symbols(dbc_parser_t *self)
{
    size_t count;
    dbc_message_t *messages = dbc_build_messages(self->build, &count);
    for (size_t i = 0; i < self->symbol_count; i++) {
        const dbc_symbol_t *symbol = &self->symbols[i];
        dbc_message_t *message = &messages[symbol->message];
        if (!symbol->signal) {
            memcpy(message->name, symbol->name, strlen(symbol->name) + 1);
            continue;
        }
        dbc_signal_t *signal = dbc_build_signal(self->build, message, symbol->signal, strlen(symbol->signal));
        bool same = strcmp(symbol->signal, symbol->name) == 0;
        if (signal && !same) rename_signal(self, message, signal, symbol);
    }
}
