// SPDX-License-Identifier: MIT
// What --version says.
#ifndef KMSIM_BUS_BASE_VERSION_H
#define KMSIM_BUS_BASE_VERSION_H

#define KMSIM_VERSION "0.1.0"

#endif
