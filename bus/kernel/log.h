// SPDX-License-Identifier: MIT
// What a node tells the person who watches: a code and up to three integers. The host words it by a pattern; which
// codes there are and which words they have, the units know (bus/car/words.h). Pure. Log entries are no part of the
// trace and change nothing; what they count, nodes count themselves.
#ifndef KMSIM_BUS_KERNEL_LOG_H
#define KMSIM_BUS_KERNEL_LOG_H

#include <stddef.h>
#include <stdint.h>

#define LOG_VALUES 3

typedef struct {
    uint16_t code;
    int64_t values[LOG_VALUES]; // a, b, c
} log_entry_t;

/// Writes a pattern with the entry's values in place of what stands in braces; never past size, always terminated.
/// Returns text.
///   {a} {b} {c}          the value, decimal
///   {x}                  the value a, hexadecimal
///   {a!zero|one|two}     a choice by value: the last one for what lies beyond, the first for what is negative
///   {a?zero|other}       likewise
const char *log_format(const log_entry_t *self, const char *pattern, char *text, size_t size);

#endif
