// SPDX-License-Identifier: MIT
// The definitions of a DBC file while they grow: memory, and finding again by identifier. No text is parsed here.
// One owner: bus/dbc_file. Everything handed out lives as long as the build; without memory the program ends (assert).
#ifndef KMSIM_BUS_FILES_DBC_BUILD_H
#define KMSIM_BUS_FILES_DBC_BUILD_H

#include "bus/can/dbc.h"

#define DBC_BUILD_SIGNALS_MAX 1024 // of one message

typedef struct dbc_build dbc_build_t;

/// Returns a new build without messages that the caller destroys.
dbc_build_t *dbc_build_new(void);
void dbc_build_destroy(dbc_build_t **self_p);

/// Adds a copy of the message without signals. False when its identifier is taken.
bool dbc_build_add_message(dbc_build_t *self, const dbc_message_t *message);

/// Adds a copy of the signal, whose name is new, to the newest message. False when that has DBC_BUILD_SIGNALS_MAX.
bool dbc_build_add_signal(dbc_build_t *self, const dbc_signal_t *signal);

/// The newest message; there is one.
dbc_message_t *dbc_build_newest(const dbc_build_t *self);

/// The message of that identifier, the signal of that name (length characters) in it, or null. The pointers hold until
/// something is added.
dbc_message_t *dbc_build_message(const dbc_build_t *self, uint32_t id, bool extended);
dbc_signal_t *dbc_build_signal(const dbc_build_t *self, const dbc_message_t *message, const char *name, size_t length);

/// All messages, all signals in one array; both in the file's order.
dbc_message_t *dbc_build_messages(const dbc_build_t *self, size_t *count);
dbc_signal_t *dbc_build_signals(const dbc_build_t *self, size_t *count);

/// A copy of a string of the file, on one line and harmless to a terminal: \" becomes a quote, what is no UTF-8 is
/// taken as code page 1252, line ends and tabs become blanks, controls '?'.
const char *dbc_build_text(dbc_build_t *self, const char *text, size_t length);

/// Takes the signal out of its message again.
void dbc_build_drop_signal(dbc_build_t *self, dbc_message_t *message, dbc_signal_t *signal);

/// Makes value names of a copy of the array (the names themselves are borrowed).
void dbc_build_set_values(dbc_build_t *self, dbc_signal_t *signal, const dbc_value_t *values, size_t count);

/// Makes the signal one that a multiplexor of that name selects at the ranges of a copy of the array; the name is
/// borrowed.
void dbc_build_set_ranges(dbc_build_t *self, dbc_signal_t *signal, const char *selector, const dbc_range_t *ranges,
                          size_t count);

/// Lets all signals of the message that the multiplexor `from` selects be selected by `to`, which is borrowed.
void dbc_build_rename_selector(dbc_build_t *self, const dbc_message_t *message, const char *from, const char *to);

/// Joins messages and signals; nothing is added afterwards.
const dbc_t *dbc_build_finish(dbc_build_t *self);

#endif
