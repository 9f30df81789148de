// SPDX-License-Identifier: MIT
// kmsim merge: joins the JSON reports of a suite's shards, or of several runs, and reports them as one run would have.
#ifndef KMSIM_TOOLS_KMSIM_MERGE_H
#define KMSIM_TOOLS_KMSIM_MERGE_H

/// The command with its arguments (without "kmsim merge"); returns the exit status.
int kmsim_merge(int count, char **arguments);

#endif
