// SPDX-License-Identifier: MIT
// The CAS's service functions "locking and security functions - remote control/key" (R6, R12, R13): a key is blocked or
// released by its number, a personalization number is entered for it; the table of keys can be read
// (bus/car/identifiers.h). Pure: functions of the table and the lock; cas.c hangs them into the diagnostic server,
// stores and logs.
//
// What refuses: no slot, or for blocking no learned key, of that number; a number or action that there is not:
// requestOutOfRange. Blocking or releasing the key that is in the lock, or, coded blocking_needs_a_key on as real cars
// want it, without another valid one in there: conditionsNotCorrect. Nothing here, and nothing
// else, changes a key number (R3): it is the slot's place in the table.
#ifndef KMSIM_CAS_SERVICES_H
#define KMSIM_CAS_SERVICES_H

#include "bus/car/identifiers.h"
#include "bus/diagnosis/uds.h"
#include "cas/ignition.h"
#include "cas/keys.h"

/// Blocks or releases a key. When it is UDS_ACCEPTED the table has changed; *entry then says so.
uds_nrc_t services_lock_key(keys_t *keys, const ignition_t *ignition, const uint8_t option[ROUTINE_LOCK_SIZE],
                            log_entry_t *entry);

/// Enters a personalization number; likewise. A key that is in the lock is written to (ignition_pull).
uds_nrc_t services_enter_personalization(keys_t *keys, ignition_t *ignition, const uint8_t option[ROUTINE_ASSIGN_SIZE],
                                         log_entry_t *entry);

/// Appends a record per slot.
void services_read_keys(keys_t *keys, uds_message_t *message);

/// What a snapshot of a fault tells: the terminal (low nibble: terminal_t) and the key in the lock (high nibble:
/// 1 .. 10, 0 none or unknown).
uint8_t services_context(const ignition_t *ignition);

#endif
