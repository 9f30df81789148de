// SPDX-License-Identifier: MIT
// kmsim do: tells a live car one step and prints what came of it.
#ifndef KMSIM_TOOLS_KMSIM_DO_H
#define KMSIM_TOOLS_KMSIM_DO_H

/// The command with its arguments (without "kmsim do"); returns the exit status.
int kmsim_do(int count, char **arguments);

#endif
