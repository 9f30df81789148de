// SPDX-License-Identifier: MIT
// kmsim run: plays the stories of a suite and reports them; the command's options become what suite_play is told.
#ifndef KMSIM_TOOLS_KMSIM_SUITE_H
#define KMSIM_TOOLS_KMSIM_SUITE_H

/// The command with its arguments (without "kmsim run"); returns the exit status.
int kmsim_suite(int count, char **arguments);

#endif
