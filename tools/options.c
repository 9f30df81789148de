// SPDX-License-Identifier: MIT
#include "tools/options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bus/base/time.h"

#define NAME_COLUMN 28
#define HELP_WIDTH 80

static const option_t STANDARD[] = {
    {"help", 'h', NULL, OPTION_FLAG, 0, "this text"},
    {"version", 0, NULL, OPTION_FLAG, 0, "the version"},
};

// ---- values --------------------------------------------------------------------------------------------------------

static bool take_number(const option_t *option, const char *text, option_number_t *place, error_t *error)
{
    char *end;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (*text < '0' || *text > '9' || *end || errno)
        return error_add(error, "--%s: must be a whole number, not \"%s\"", option->name, text);
    *place = (option_number_t){true, value};
    return true;
}

static bool take_list(const option_t *option, const char *text, option_list_t *place, error_t *error)
{
    if (place->count == OPTION_LIST_MAX)
        return error_add(error, "--%s: more than %d times", option->name, OPTION_LIST_MAX);
    place->items[place->count++] = text;
    return true;
}

// 0 is what stands there when the option was not told.
static bool take_time(const option_t *option, const char *text, int64_t *place, error_t *error)
{
    if (!time_parse(text, place))
        return error_add(error, "--%s: must be a time with its unit, like \"3 s\", not \"%s\"", option->name, text);
    return *place > 0 || error_add(error, "--%s: must be above 0, not \"%s\"", option->name, text);
}

static bool take_value(const option_t *option, const char *text, void *place, error_t *error)
{
    switch (option->kind) {
    case OPTION_FLAG:
        ++*(int *)place;
        return true;
    case OPTION_TEXT:
        if (!*text) return error_add(error, "--%s: must not be empty, but %s", option->name, option->argument);
        *(const char **)place = text;
        return true;
    case OPTION_LIST:
        return take_list(option, text, place, error);
    case OPTION_NUMBER:
        return take_number(option, text, place, error);
    case OPTION_TIME:
        return take_time(option, text, place, error);
    }
    return false;
}

// ---- parsing -------------------------------------------------------------------------------------------------------

typedef struct {
    const command_t *command;
    int count, next; // arguments
    char **arguments;
    char *structure;
    error_t *error;
    options_outcome_t outcome;
} parser_t;

static bool is_named(const option_t *option, const char *name, size_t length)
{
    return strlen(option->name) == length && strncmp(option->name, name, length) == 0;
}

static const option_t *find_long(const parser_t *self, const char *name, size_t length)
{
    for (size_t i = 0; i < sizeof STANDARD / sizeof STANDARD[0]; i++)
        if (is_named(&STANDARD[i], name, length)) return &STANDARD[i];
    for (size_t i = 0; i < self->command->option_count; i++)
        if (is_named(&self->command->options[i], name, length)) return &self->command->options[i];
    return NULL;
}

static const option_t *find_letter(const parser_t *self, char letter)
{
    if (letter == STANDARD[0].letter) return &STANDARD[0];
    for (size_t i = 0; i < self->command->option_count; i++)
        if (self->command->options[i].letter == letter) return &self->command->options[i];
    return NULL;
}

// value is null where none stands with the option itself.
static void take(parser_t *self, const option_t *option, const char *value)
{
    if (option == &STANDARD[0])
        self->outcome = OPTIONS_HELP;
    else if (option == &STANDARD[1])
        self->outcome = OPTIONS_VERSION;
    if (self->outcome != OPTIONS_GO) return;
    void *place = self->structure + option->offset;
    if (option->kind == OPTION_FLAG) {
        if (value)
            error_add(self->error, "--%s takes no value", option->name);
        else
            ++*(int *)place;
        return;
    }
    if (!value && self->next < self->count) value = self->arguments[self->next++];
    if (value)
        take_value(option, value, place, self->error);
    else
        error_add(self->error, "--%s needs a value: %s", option->name, option->argument);
}

static void take_long(parser_t *self, const char *text)
{
    size_t length = strcspn(text, "=");
    const option_t *option = find_long(self, text, length);
    if (option)
        take(self, option, text[length] == '=' ? text + length + 1 : NULL);
    else
        error_add(self->error, "unknown option --%.*s", (int)length, text);
}

static void take_letters(parser_t *self, const char *letters)
{
    for (; *letters; letters++) {
        const option_t *option = find_letter(self, *letters);
        if (!option) {
            error_add(self->error, "unknown option -%c", *letters);
            return;
        }
        bool rest_is_value = option->argument && letters[1];
        take(self, option, rest_is_value ? letters + 1 : NULL);
        if (rest_is_value) return;
    }
}

options_outcome_t options_parse(const command_t *self, int count, char **arguments, void *structure, int *operand_count,
                                error_t *error)
{
    size_t mistakes = error->count;
    parser_t parser = {self, count, 0, arguments, structure, error, OPTIONS_GO};
    bool only_operands = false;
    *operand_count = 0;
    while (parser.next < count && parser.outcome == OPTIONS_GO) {
        char *text = arguments[parser.next++];
        if (only_operands || text[0] != '-' || text[1] == '\0')
            arguments[(*operand_count)++] = text;
        else if (strcmp(text, "--") == 0)
            only_operands = true;
        else if (text[1] == '-')
            take_long(&parser, text + 2);
        else
            take_letters(&parser, text + 1);
    }
    if (parser.outcome != OPTIONS_GO) return parser.outcome;
    return error->count > mistakes ? OPTIONS_WRONG : OPTIONS_GO;
}

// ---- help ----------------------------------------------------------------------------------------------------------

// Columns of a terminal that so many bytes take: those that continue a character take none.
static int columns(const char *text, size_t length)
{
    int count = 0;
    for (size_t i = 0; i < length; i++) count += ((unsigned char)text[i] & 0xC0) != 0x80;
    return count;
}

// Puts the words of a line behind `column` columns of its paragraph; returns where they end.
static int print_words(const char *text, size_t length, int indent, int column, FILE *out)
{
    for (const char *end = text + length; text < end; text += strspn(text, " ")) {
        size_t word = strcspn(text, " \n");
        int width = columns(text, word);
        if (column > 0 && indent + column + 1 + width > HELP_WIDTH) {
            fprintf(out, "\n%*s", indent, "");
            column = 0;
        }
        column += fprintf(out, "%s%.*s", column > 0 ? " " : "", (int)word, text) - (int)word + width;
        text += word;
    }
    return column;
}

// Fills paragraphs to the width; an empty line stays, and one that begins with a blank: a list or an example.
static void print_text(const char *text, int indent, FILE *out)
{
    int column = 0;
    for (size_t length = strcspn(text, "\n");; length = strcspn(text, "\n")) {
        if (length == 0 || *text == ' ') {
            if (column > 0) fprintf(out, "\n%*s", length > 0 ? indent : 0, "");
            fprintf(out, "%.*s", (int)length, text);
            column = HELP_WIDTH;
        } else {
            column = print_words(text, length, indent, column, out);
        }
        if (!text[length]) break;
        text += length + 1;
    }
    fputc('\n', out);
}

static void print_option(const option_t *option, FILE *out)
{
    char name[64];
    snprintf(name, sizeof name, "  %c%c%s --%s%s%s", option->letter ? '-' : ' ', option->letter ? option->letter : ' ',
             option->letter ? "," : " ", option->name, option->argument ? " " : "",
             option->argument ? option->argument : "");
    int width = columns(name, strlen(name));
    bool fits = width < NAME_COLUMN;
    fprintf(out, "%s%s%*s", name, fits ? "" : "\n", fits ? NAME_COLUMN - width : NAME_COLUMN, "");
    print_text(option->help, NAME_COLUMN, out);
}

void options_print_help(const command_t *self, FILE *out)
{
    fprintf(out, "usage: %s\n\n", self->usage);
    print_text(self->summary, 0, out);
    fputc('\n', out);
    for (size_t i = 0; i < self->option_count; i++) print_option(&self->options[i], out);
    for (size_t i = 0; i < sizeof STANDARD / sizeof STANDARD[0]; i++) print_option(&STANDARD[i], out);
    if (!self->notes) return;
    fputc('\n', out);
    print_text(self->notes, 0, out);
}
