// SPDX-License-Identifier: MIT
#include "tools/text_table.h"

#include <assert.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "bus/base/text.h"

#define FLUSH_RIGHT '>'
#define GAP 2

struct text_table {
    const char *const *headings;
    size_t columns, count, room; // cells
    char **cells;
};

text_table_t *text_table_new(const char *const headings[], size_t columns)
{
    assert(columns >= 1 && columns <= TEXT_TABLE_COLUMNS_MAX);
    text_table_t *self = calloc(1, sizeof *self);
    assert(self);
    *self = (text_table_t){.headings = headings, .columns = columns};
    return self;
}

void text_table_destroy(text_table_t **self_p)
{
    text_table_t *self = *self_p;
    if (!self) return;
    for (size_t i = 0; i < self->count; i++) free(self->cells[i]);
    free(self->cells);
    free(self);
    *self_p = NULL;
}

void text_table_add(text_table_t *self, const char *format, ...)
{
    char text[TEXT_TABLE_CELL_MAX + 1];
    va_list arguments;
    va_start(arguments, format);
    int wrote = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (wrote > 0) text_end_cut(text, sizeof text, (size_t)wrote);
    if (self->count == self->room) {
        self->room = self->room ? 2 * self->room : 8 * self->columns;
        self->cells = realloc(self->cells, self->room * sizeof *self->cells);
        assert(self->cells);
    }
    char *cell = strdup(text);
    assert(cell);
    self->cells[self->count++] = cell;
}

// Characters, where bytes are UTF-8.
static size_t width_of(const char *text)
{
    size_t width = 0;
    for (; *text; text++) width += ((unsigned char)*text & 0xC0) != 0x80;
    return width;
}

static bool is_flush_right(const text_table_t *self, size_t column)
{
    return self->headings[column][0] == FLUSH_RIGHT;
}

static const char *heading(const text_table_t *self, size_t column)
{
    return self->headings[column] + is_flush_right(self, column);
}

static size_t column_width(const text_table_t *self, size_t column)
{
    size_t widest = width_of(heading(self, column));
    for (size_t i = column; i < self->count; i += self->columns) {
        size_t width = width_of(self->cells[i]);
        if (width > widest) widest = width;
    }
    return widest;
}

// Blanks are owed until something follows them: no line ends with one.
static void print_row(const text_table_t *self, const size_t *widths, const char *const *cells, FILE *out)
{
    size_t owed = 0;
    for (size_t column = 0; column < self->columns; column++) {
        const char *cell = cells[column];
        size_t missing = widths[column] - width_of(cell);
        bool right = is_flush_right(self, column);
        if (*cell) {
            fprintf(out, "%*s%s", (int)(owed + (right ? missing : 0)), "", cell);
            owed = right ? 0 : missing;
        } else
            owed += widths[column];
        owed += GAP;
    }
    fputc('\n', out);
}

void text_table_print(const text_table_t *self, FILE *out)
{
    size_t widths[TEXT_TABLE_COLUMNS_MAX] = {0};
    const char *cells[TEXT_TABLE_COLUMNS_MAX] = {0};
    for (size_t i = 0; i < self->columns; i++) {
        widths[i] = column_width(self, i);
        cells[i] = heading(self, i);
    }
    print_row(self, widths, cells, out);
    for (size_t first = 0; first < self->count; first += self->columns) {
        for (size_t i = 0; i < self->columns; i++) cells[i] = first + i < self->count ? self->cells[first + i] : "";
        print_row(self, widths, cells, out);
    }
}
