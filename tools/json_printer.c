// SPDX-License-Identifier: MIT
#include "tools/json_printer.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "bus/base/text.h"

#define INDENT 2
#define NO_CHARACTER 0xFFFD

void json_printer_init(json_printer_t *self, FILE *out)
{
    *self = (json_printer_t){.out = out};
}

// What a terminal would obey is told by its number, and so is what is no character.
static void print_text(FILE *out, const char *text)
{
    fputc('"', out);
    for (size_t room = strlen(text), step; room > 0; text += step, room -= step) {
        uint32_t character;
        step = text_character(text, room, &character);
        if (step == 0) step = 1, character = NO_CHARACTER;
        if (character == '"' || character == '\\')
            fprintf(out, "\\%c", (char)character);
        else if (character == NO_CHARACTER || text_harmless(character) != character)
            fprintf(out, "\\u%04" PRIx32, character);
        else
            fwrite(text, 1, step, out);
    }
    fputc('"', out);
}

static void new_line(const json_printer_t *self)
{
    fprintf(self->out, "\n%*s", (int)(INDENT * self->depth), "");
}

// What stands before a value.
static void enter(json_printer_t *self, const char *name)
{
    if (self->depth == 0) return;
    if (self->begun) fputc(',', self->out);
    new_line(self);
    self->begun = true;
    if (!name) return;
    print_text(self->out, name);
    fputs(": ", self->out);
}

static void begin(json_printer_t *self, const char *name, char first, char last)
{
    assert(self->depth < JSON_PRINTER_DEPTH_MAX);
    enter(self, name);
    fputc(first, self->out);
    self->ends[self->depth++] = last;
    self->begun = false;
}

void json_printer_begin_object(json_printer_t *self, const char *name)
{
    begin(self, name, '{', '}');
}

void json_printer_begin_array(json_printer_t *self, const char *name)
{
    begin(self, name, '[', ']');
}

void json_printer_end(json_printer_t *self)
{
    assert(self->depth > 0);
    self->depth--;
    if (self->begun) new_line(self);
    fputc(self->ends[self->depth], self->out);
    self->begun = true;
    if (self->depth == 0) fputc('\n', self->out);
}

void json_printer_text(json_printer_t *self, const char *name, const char *value)
{
    enter(self, name);
    print_text(self->out, value);
}

void json_printer_whole(json_printer_t *self, const char *name, int64_t value)
{
    enter(self, name);
    fprintf(self->out, "%" PRId64, value);
}

void json_printer_number(json_printer_t *self, const char *name, double value)
{
    enter(self, name);
    fprintf(self->out, "%.12g", value);
}

void json_printer_bool(json_printer_t *self, const char *name, bool value)
{
    enter(self, name);
    fputs(value ? "true" : "false", self->out);
}

void json_printer_null(json_printer_t *self, const char *name)
{
    enter(self, name);
    fputs("null", self->out);
}
