// SPDX-License-Identifier: MIT
// The kinds of control unit that this program has built in, by the executable's name in the vehicle file.
#ifndef KMSIM_TOOLS_UNITS_H
#define KMSIM_TOOLS_UNITS_H

#include "bus/kernel/node.h"

/// The class of that executable, or null for a unit that only a process of its own can be.
const node_class_t *units_find(const char *executable);

#endif
