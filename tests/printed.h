// SPDX-License-Identifier: MIT
// What is printed to a file, kept in memory to be compared.
#ifndef KMSIM_TESTS_PRINTED_H
#define KMSIM_TESTS_PRINTED_H

#include <stdio.h>

/// Returns a new file to print to, one at a time.
FILE *printed_begin(void);

/// Closes the file; returns what was printed to it as a new text that the caller frees.
char *printed_end(void);

/// The same for a test that knows the text; fails it when anything else was printed.
void printed_is(const char *text);

#endif
