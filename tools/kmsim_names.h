// SPDX-License-Identifier: MIT
// kmsim names: what the messages of a vehicle, or of a DBC file, are called and hold, and what is doubtful in the file.
#ifndef KMSIM_TOOLS_KMSIM_NAMES_H
#define KMSIM_TOOLS_KMSIM_NAMES_H

/// The command with its arguments (without "kmsim names"); returns the exit status.
int kmsim_names(int count, char **arguments);

#endif
