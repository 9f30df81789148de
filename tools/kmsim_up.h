// SPDX-License-Identifier: MIT
// kmsim up: keeps a live car in real time until Ctrl-C. Its buses are open to sniffers and workshop tools, and it takes
// steps (kmsim do).
//
//   clock ──> pace ──> instants of the kernel, up to now ──> wait: a frame of a stranger, a step, the next instant ──┐
//               ^────────────────────────────────────────────────────────────────────────────────────────────────────┘
#ifndef KMSIM_TOOLS_KMSIM_UP_H
#define KMSIM_TOOLS_KMSIM_UP_H

/// The command with its arguments (without "kmsim up"); returns the exit status.
int kmsim_up(int count, char **arguments);

#endif
