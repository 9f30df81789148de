// SPDX-License-Identifier: MIT
// The registry of control units that are built in: kmsim has them all for runs in its own process, and each gets a
// program of its own (tools/unit_main.c). A unit is known by the executable's name in the vehicle file.
#ifndef KMSIM_TOOLS_UNITS_H
#define KMSIM_TOOLS_UNITS_H

#include "bus/base/error.h"
#include "bus/kernel/node.h"

/// The classes one after the other from 0; null when there are no more.
const node_class_t *units_at(size_t index);

/// The class of that executable, or null for a unit that only a process of its own can be.
const node_class_t *units_find(const char *executable);

/// Whether all built-in units of that vehicle find what they need in it and in its DBC, before any is started. False
/// with every one that does not told, and both files.
bool units_check(const vehicle_t *vehicle, const dbc_t *dbc, error_t *error);

#endif
