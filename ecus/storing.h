// SPDX-License-Identifier: MIT
// Tickets of a unit's stores: what was asked for, what is under way, what is durable. Pure.
//
// One store is under way at a time, and each holds all that was asked for until it begins:
//
//   asked       1 ────── 2 ── 3 ────────────────────────────────────
//   under way   |==== image with 1 ====|==== image with 1, 2, 3 ====|
//   stored                             1                            3
//
// What waits for ticket 2 goes on at 3: there never is a durable image with 2 alone.
#ifndef KMSIM_ECUS_STORING_H
#define KMSIM_ECUS_STORING_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    uint32_t asked, under_way, stored; // tickets count up from 1 and may wrap around
    bool busy;
} storing_t;

/// Power is there: nothing was asked for.
void storing_init(storing_t *self);

/// Asks for a store; returns its ticket.
uint32_t storing_ask(storing_t *self);

/// Whether a store must begin now; it is under way then.
bool storing_begin(storing_t *self);

/// The store under way is durable. False: none was.
bool storing_end(storing_t *self);

#endif
