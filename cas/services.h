// SPDX-License-Identifier: MIT
// The CAS's service functions "locking and security functions - remote control/key" (R6, R12, R13): a key is blocked or
// released by its number, a personalization number is entered for it; the table of keys can be read
// (bus/car/identifiers.h). Pure.
//
// What refuses: no slot, or for blocking no learned key, of that number; a number or action that there is not:
// requestOutOfRange. Blocking or releasing the key that is in the lock: conditionsNotCorrect. Nothing here, and nothing
// else, changes a key number (R3): it is the slot's place in the table.
#ifndef KMSIM_CAS_SERVICES_H
#define KMSIM_CAS_SERVICES_H

#include "ecus/ecu.h"

/// Their owner is the cas_t. Snapshots of its faults tell the terminal (low nibble: terminal_t) and the key in the lock
/// (high nibble: 1 .. 10, 0 none or unknown).
extern const uds_tables_t services_diagnosis;

#endif
