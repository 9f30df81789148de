// SPDX-License-Identifier: MIT
// What went wrong in the outside world (files, JSON, sockets, arguments), in sentences for a person.
// One mistake is one line with its place: `scenarios/welcome.json: /steps/2: unknown control unit "seet"`.
// Not for our own bugs (assert) and not for what comes off a bus or the air (ignore and count).
#ifndef KMSIM_BUS_BASE_ERROR_H
#define KMSIM_BUS_BASE_ERROR_H

#include <stdbool.h>
#include <stddef.h>

#define ERROR_TEXT_MAX 16384

typedef struct {
    size_t count;              // mistakes told so far
    size_t length;             // bytes used in text
    char text[ERROR_TEXT_MAX]; // lines, each ended by '\n' except the last; always terminated
} error_t;

/// Forgets everything; an error_t must be cleared before its first use.
void error_clear(error_t *self);

/// Appends one mistake as a line of its own (printf format). Past the capacity further lines are counted, not kept.
/// Returns false always, so that a caller can `return error_add(...)`. A null self is allowed and ignored.
bool error_add(error_t *self, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
