// SPDX-License-Identifier: MIT
// What kmsim's commands share: exit statuses, and taking their arguments.
#ifndef KMSIM_TOOLS_KMSIM_COMMAND_H
#define KMSIM_TOOLS_KMSIM_COMMAND_H

#include "scenarios/reports/report.h"
#include "tools/options.h"

#define KMSIM_EXITS                                                                                                    \
    "Exit status: 0 all stories passed, 1 a story failed, 2 wrong usage or an invalid file, 3 the simulation itself "  \
    "broke."

enum { EXIT_PASSED, EXIT_FAILED, EXIT_WRONG, EXIT_BROKEN, EXIT_SIGNAL = 128 };

/// Tells on standard error what is wrong; returns EXIT_WRONG.
int kmsim_wrong(const char *text);

/// Waits until whoever reads the report, on standard output, takes more: a signal that comes while we write would cut
/// what is written. When a signal has come and he takes nothing for a while, the report goes nowhere from then on.
void kmsim_wait_for_reader(report_t *report);

/// Parses a command's arguments; false when there is nothing more to do than to exit with *status.
bool kmsim_take_arguments(const command_t *command, int count, char **arguments, void *told, int *operand_count,
                          int *status);

#endif
