// SPDX-License-Identifier: MIT
// A control unit that answers what it is told to, right or wrong: the first row whose request is the beginning of what
// was asked. To what no row is for it answers with requestOutOfRange. It takes the place of the CAS and the climate
// control in a car of a test's own.
#ifndef KMSIM_TESTS_WRONG_UNIT_H
#define KMSIM_TESTS_WRONG_UNIT_H

#include "bus/kernel/node.h"

typedef struct {
    const char *request, *answer; // "31 01", "71 01 DC 73 00"; an empty answer is silence
} wrong_unit_row_t;

/// What all of them answer from now on; ended by a row without a request. Borrowed.
extern const wrong_unit_row_t *wrong_unit_rows;

/// The class of the CAS or the climate control is the wrong unit's; others are what they are.
const node_class_t *wrong_unit_find(const char *executable);

#endif
