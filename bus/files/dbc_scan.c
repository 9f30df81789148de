// SPDX-License-Identifier: MIT
#include "bus/files/dbc_scan.h"

#include <string.h>

static const char BYTE_ORDER_MARK[] = "\xEF\xBB\xBF";

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_word(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

// The character so far ahead, or zero behind the end.
static char peek(const dbc_scan_t *self, size_t ahead)
{
    return (size_t)(self->end - self->next) > ahead ? self->next[ahead] : '\0';
}

void dbc_scan_init(dbc_scan_t *self, const char *text, size_t size)
{
    size_t mark = sizeof BYTE_ORDER_MARK - 1;
    bool marked = size >= mark && memcmp(text, BYTE_ORDER_MARK, mark) == 0;
    *self = (dbc_scan_t){.next = marked ? text + mark : text, .end = text + size, .line = 1, .first = true};
}

// "CR blank LF", which occurs too, is one end and not two.
static bool is_lone(const dbc_scan_t *self)
{
    size_t ahead = 1;
    while (peek(self, ahead) == ' ' || peek(self, ahead) == '\t') ahead++;
    return peek(self, ahead) != '\n';
}

// Whether a line ends at this character. Lines end with LF, CR LF or CR alone.
static bool ends_line(const dbc_scan_t *self)
{
    return *self->next == '\n' || (*self->next == '\r' && is_lone(self));
}

void dbc_scan_skip_line(dbc_scan_t *self)
{
    while (self->next < self->end && !ends_line(self)) self->next++;
}

// Blanks, line ends of any kind, and "//" comments, which some tools write.
static void skip_blanks(dbc_scan_t *self)
{
    while (self->next < self->end) {
        char c = *self->next;
        if (c == '/' && peek(self, 1) == '/') {
            dbc_scan_skip_line(self);
        } else if (c > ' ') {
            return;
        } else if (ends_line(self)) {
            self->line++;
            self->first = true;
            self->next++;
        } else if (c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v') {
            self->next++;
        } else {
            return;
        }
    }
}

// The length of the number that begins here, 0 when none does. A sign belongs to it only before a digit or point:
// in "8@1- (1,0)" it does not.
static size_t number_length(const dbc_scan_t *self)
{
    size_t at = peek(self, 0) == '-' || peek(self, 0) == '+' ? 1 : 0;
    size_t digits = 0;
    for (; is_digit(peek(self, at)); at++) digits++;
    if (peek(self, at) == '.') {
        at++;
        for (; is_digit(peek(self, at)); at++) digits++;
    }
    if (digits == 0) return 0;
    if (peek(self, at) != 'e' && peek(self, at) != 'E') return at;
    size_t exponent = at + (peek(self, at + 1) == '-' || peek(self, at + 1) == '+' ? 2 : 1);
    if (!is_digit(peek(self, exponent))) return at;
    while (is_digit(peek(self, exponent))) exponent++;
    return exponent;
}

static bool may_be_number(char first)
{
    return is_digit(first) || first == '-' || first == '+' || first == '.';
}

static size_t word_length(const dbc_scan_t *self)
{
    const char *c = self->next;
    while (c < self->end && is_word(*c)) c++;
    return (size_t)(c - self->next);
}

static dbc_token_t take_string(dbc_scan_t *self, dbc_token_t token)
{
    self->next++;
    token.text = self->next;
    for (; self->next < self->end && *self->next != '"'; self->next++) {
        if (*self->next < ' ' && ends_line(self)) self->line++;
        if (*self->next == '\\' && peek(self, 1) == '"') self->next++;
    }
    token.length = (size_t)(self->next - token.text);
    token.kind = self->next < self->end ? DBC_TOKEN_STRING : DBC_TOKEN_UNTERMINATED;
    if (self->next < self->end) self->next++;
    return token;
}

dbc_token_t dbc_scan_next(dbc_scan_t *self)
{
    skip_blanks(self);
    dbc_token_t token = {.first = self->first, .line = self->line, .text = self->next};
    self->first = false;
    if (self->next == self->end) return token;
    if (*self->next == '"') return take_string(self, token);
    size_t number = may_be_number(*self->next) ? number_length(self) : 0;
    size_t word = word_length(self);
    if (number > 0 && number >= word) {
        token.kind = DBC_TOKEN_NUMBER;
        token.length = number;
    } else {
        token.kind = word > 0 ? DBC_TOKEN_WORD : DBC_TOKEN_MARK;
        token.length = word > 0 ? word : 1;
    }
    self->next += token.length;
    return token;
}

// By the first character nearly everything is something else.
bool dbc_token_is(const dbc_token_t *self, const char *text)
{
    return self->kind != DBC_TOKEN_STRING && self->kind != DBC_TOKEN_END && self->length > 0 &&
           self->text[0] == text[0] && strlen(text) == self->length && memcmp(self->text, text, self->length) == 0;
}
