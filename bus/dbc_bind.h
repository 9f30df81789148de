// SPDX-License-Identifier: MIT
// Binds a message and its signals by name once, at start, so that nodes use pointers. Pure.
#ifndef KMSIM_BUS_DBC_BIND_H
#define KMSIM_BUS_DBC_BIND_H

#include "bus/dbc.h"

/// Finds the message and the `count` signals named, in their order. Null when the message or one signal is missing;
/// *missing then is that name.
const dbc_message_t *dbc_bind(const dbc_t *dbc, const char *message, const char *const *names, size_t count,
                              const dbc_signal_t **signals, const char **missing);

/// The signals alone, of a message that is known. False when one is missing; *missing then is its name.
bool dbc_bind_signals(const dbc_message_t *message, const char *const *names, size_t count,
                      const dbc_signal_t **signals, const char **missing);

#endif
