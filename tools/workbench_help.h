// SPDX-License-Identifier: MIT
// --help of the workshop's tools, of a whole one and of each of its commands.
#ifndef KMSIM_TOOLS_WORKBENCH_HELP_H
#define KMSIM_TOOLS_WORKBENCH_HELP_H

#include "tools/options.h"
#include "tools/workbench.h"

/// Prints the help of the tool, which has these options, or of one command (null: all of them in a line each).
void workbench_help_print(const workbench_tool_t *tool, const workbench_command_t *command, const option_t *options,
                          size_t option_count);

#endif
