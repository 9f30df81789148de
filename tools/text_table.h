// SPDX-License-Identifier: MIT
// A table for people: headings, aligned columns two blanks apart.
#ifndef KMSIM_TOOLS_TEXT_TABLE_H
#define KMSIM_TOOLS_TEXT_TABLE_H

#include <stddef.h>
#include <stdio.h>

#define TEXT_TABLE_COLUMNS_MAX 8
#define TEXT_TABLE_CELL_MAX 255 // bytes; more is cut between characters, with a sign

typedef struct text_table text_table_t;

/// Returns a new table that the caller destroys. A heading that begins with '>' (not shown) makes its column flush
/// right. The headings are borrowed.
text_table_t *text_table_new(const char *const headings[], size_t columns);
void text_table_destroy(text_table_t **self_p);

/// Adds a cell (printf format), row by row.
void text_table_add(text_table_t *self, const char *format, ...) __attribute__((format(printf, 2, 3)));

/// Writes it; cells missing in the last row stay empty.
void text_table_print(const text_table_t *self, FILE *out);

#endif
