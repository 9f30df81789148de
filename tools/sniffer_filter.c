// SPDX-License-Identifier: MIT
#include "tools/sniffer_filter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bus/base/hex.h"

#define TERM_MAX (DBC_NAME_MAX + 8)

// Three digits or fewer are an 11-bit identifier, eight a 29-bit one; *digits tells how many there were.
static bool read_identifier(const char *text, size_t *digits, bool *extended, uint32_t *id)
{
    *digits = strspn(text, HEX_DIGITS_ANY);
    if (*digits == 0 || (*digits > 3 && *digits != 8)) return false;
    *id = (uint32_t)strtoul(text, NULL, 16);
    *extended = *digits == 8;
    return *id <= frame_id_max(*extended);
}

static bool read_range(sniffer_term_t *term, const char *text)
{
    size_t digits;
    bool extended;
    if (!read_identifier(text, &digits, &term->extended, &term->first)) return false;
    term->last = term->first;
    if (text[digits] == '\0') return true;
    if (text[digits] != '-' || !read_identifier(text + digits + 1, &digits, &extended, &term->last)) return false;
    const char *second = strchr(text, '-') + 1;
    return second[digits] == '\0' && extended == term->extended && term->first <= term->last;
}

static bool read_bus(sniffer_term_t *term, const char *text, const vehicle_t *vehicle)
{
    bool any = strncmp(text, "bus:", 4) == 0;
    if (any) text += 4;
    size_t length = strlen(text);
    if (length == 0 || length > VEHICLE_NAME_MAX) return false;
    if (!any && vehicle_find_bus(vehicle, text) < 0) return false;
    memcpy(term->bus, text, length + 1);
    term->is_bus = true;
    return true;
}

static bool read_message(sniffer_term_t *term, const char *text, const dbc_t *dbc)
{
    const dbc_message_t *message = dbc_message(dbc, text);
    if (!message) return false;
    term->extended = message->extended;
    term->first = term->last = message->id;
    return true;
}

bool sniffer_filter_parse(sniffer_filter_t *self, const char *text, const dbc_t *dbc, const vehicle_t *vehicle,
                          error_t *error)
{
    bool good = true;
    self->count = 0;
    for (const char *end = text; *end; text = end + 1) {
        end = text + strcspn(text, ",");
        char word[TERM_MAX + 1];
        sniffer_term_t term = {.is_not = *text == '!'};
        const char *begin = text + term.is_not;
        int length = (int)(end - begin);
        if (length > TERM_MAX || self->count == SNIFFER_TERMS_MAX)
            return error_add(error, "--filter: a term is too long, or there are more than %d", SNIFFER_TERMS_MAX);
        snprintf(word, sizeof word, "%.*s", length, begin);
        if (read_range(&term, word) || read_message(&term, word, dbc) || read_bus(&term, word, vehicle))
            self->terms[self->count++] = term;
        else
            good = error_add(error, "--filter: \"%s\" is no identifier (130, 130-2FF), message or bus", word);
    }
    return good;
}

// Terms of one kind, buses or frames: one that matches, none that is excluded, or none that asks.
static bool passes(const sniffer_filter_t *self, bool buses, const char *bus, const can_frame_t *frame)
{
    bool asked = false, found = false;
    for (size_t i = 0; i < self->count; i++) {
        const sniffer_term_t *term = &self->terms[i];
        if (term->is_bus != buses) continue;
        bool hit = buses ? strcmp(term->bus, bus) == 0
                         : term->extended == frame->extended && term->first <= frame->id && frame->id <= term->last;
        if (term->is_not && hit) return false;
        if (term->is_not) continue;
        asked = true;
        found = found || hit;
    }
    return found || !asked;
}

bool sniffer_filter_shows(const sniffer_filter_t *self, const char *bus, const can_frame_t *frame)
{
    return passes(self, true, bus, frame) && passes(self, false, bus, frame);
}

bool sniffer_filter_wants_bus(const sniffer_filter_t *self, const char *bus)
{
    if (bus) return passes(self, true, bus, NULL);
    for (size_t i = 0; i < self->count; i++)
        if (self->terms[i].is_bus && !self->terms[i].is_not) return false;
    return true;
}
