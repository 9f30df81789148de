// SPDX-License-Identifier: MIT
// Writes JSON as it is told, member by member, indented. Within an array names are null. Text must be UTF-8.
#ifndef KMSIM_TOOLS_JSON_PRINTER_H
#define KMSIM_TOOLS_JSON_PRINTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define JSON_PRINTER_DEPTH_MAX 8

typedef struct {
    FILE *out;
    size_t depth;
    bool begun;                        // the innermost one has a member
    char ends[JSON_PRINTER_DEPTH_MAX]; // closing brackets, outermost first
} json_printer_t;

/// Starts with nothing written; the file is borrowed.
void json_printer_init(json_printer_t *self, FILE *out);

void json_printer_begin_object(json_printer_t *self, const char *name);
void json_printer_begin_array(json_printer_t *self, const char *name);

/// Ends the innermost object or array; after the outermost one the line.
void json_printer_end(json_printer_t *self);

void json_printer_text(json_printer_t *self, const char *name, const char *value);
void json_printer_whole(json_printer_t *self, const char *name, int64_t value);

/// A finite number, with twelve significant digits.
void json_printer_number(json_printer_t *self, const char *name, double value);
void json_printer_bool(json_printer_t *self, const char *name, bool value);
void json_printer_null(json_printer_t *self, const char *name);

#endif
