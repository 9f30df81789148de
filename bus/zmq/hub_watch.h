// SPDX-License-Identifier: MIT
// What a hub watches while it waits: units that have ended, an interrupt, and its patience.
#ifndef KMSIM_BUS_ZMQ_HUB_WATCH_H
#define KMSIM_BUS_ZMQ_HUB_WATCH_H

#include "bus/zmq/hub_state.h"

/// Patience is counted while we look: time in which we stood still ourselves (Ctrl-Z, a laptop's lid) is not held
/// against a unit.
typedef struct {
    int64_t last_ms, waited_ms;
} hub_watch_wait_t;

/// Returns false, with `unit: what` and the virtual time told.
bool hub_watch_fail(hub_t *self, uint8_t node, const char *what, error_t *error);

/// False with the error told when a unit's process has ended or an interrupt came.
bool hub_watch_units(hub_t *self, error_t *error);

/// A wait that begins now; and a look at the clock in the course of it.
hub_watch_wait_t hub_watch_begin(void);
void hub_watch_look(hub_watch_wait_t *wait);

/// Whether the wait is longer than the patience.
bool hub_watch_is_overdue(const hub_t *self, const hub_watch_wait_t *wait);

/// False with the error told when the unit has been waited for longer than the patience.
bool hub_watch_fail_overdue(hub_t *self, uint8_t node, const hub_watch_wait_t *wait, error_t *error);

#endif
