// SPDX-License-Identifier: MIT
// A control unit for tests of hub and runner: it talks at its own pace, and everything that it says depends on
// everything that it was told, to the nanosecond. So two runs with the same trace have told their units the same.
#ifndef KMSIM_TESTS_SYNTHETIC_UNIT_H
#define KMSIM_TESTS_SYNTHETIC_UNIT_H

#include "bus/host/simulation.h"

#define SYNTHETIC_ID 0x100 // plus the node's index; it accepts those of the others
#define SYNTHETIC_LINE "bell"

/// The class, under the name of the program that runs it.
node_class_t synthetic_class(const char *program);

/// Writes a vehicle file with that many nodes a, b, c … on two buses, run by that program; the last external nodes are
/// so.
void synthetic_write_vehicle(const char *path, const char *program, int nodes, int external);

/// Text of what could be seen of a kernel's instant, appended to a growing, terminated text of the caller's.
void synthetic_record(char **text, size_t *size, const kernel_t *kernel);

#endif
