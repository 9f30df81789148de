// SPDX-License-Identifier: MIT
// What the parts of the CAS want done, in the order in which they want it. Pure.
//
//   remote, ignition ──push──> effects ──pull──> cas.c ──> ecu, outbox
//
// The parts know keys and time and nothing of frames, tickets or an outbox: a test can be told what they would do.
#ifndef KMSIM_CAS_EFFECTS_H
#define KMSIM_CAS_EFFECTS_H

#include "bus/kernel/node.h"

#define EFFECTS_MAX 32 // of one call: the longest is four presses that become durable together, five effects each

/// RemoteKeyStatus, in words.
typedef enum {
    KEY_STATUS_RELEASED,
    KEY_STATUS_UNLOCK,
    KEY_STATUS_LOCK,
    KEY_STATUS_BOOT,
    KEY_STATUS_NONE, // nothing is pressed: the key in the lock calls up
} key_status_button_t;

typedef struct {
    int key;             // 1 .. 10
    int personalization; // 1 .. 4, or KEY_NUMBER_INVALID
    key_status_button_t button;
    bool inserted; // it speaks from the lock, not by radio
    bool battery_low;
    bool begins; // a press, or a call-up from the lock; not its repetition or its end
} key_status_t;

typedef enum { DOORS_IDLE, DOORS_UNLOCK, DOORS_LOCK, DOORS_BOOT } doors_command_t;

typedef enum {
    EFFECT_KEY_STATUS, // key_status: goes out on all buses
    EFFECT_TERMINAL,   // TerminalStatus says something new: it goes out at once
    EFFECT_DOORS,      // doors: the locking command
    EFFECT_COIL,       // air: to the transponder
    EFFECT_STORE,      // what is in the table of keys now is to be durable
    EFFECT_LOG,        // log
    EFFECT_FAULT,      // fault: a code for the fault memory
} effect_kind_t;

typedef struct {
    effect_kind_t kind;
    union {
        key_status_t key_status;
        doors_command_t doors;
        air_t air;
        log_entry_t log;
        uint16_t fault;
    };
} effect_t;

/// First in, first out; all zeros is an empty one.
typedef struct {
    size_t first, count;
    effect_t effects[EFFECTS_MAX];
} effects_t;

/// Appends; asserts that there is room.
void effects_push(effects_t *self, effect_t effect);

/// Appends an effect without content, and a log entry.
void effects_ask(effects_t *self, effect_kind_t kind);
void effects_log(effects_t *self, uint16_t code, int64_t a, int64_t b, int64_t c);

/// The oldest one; false when there is none left.
bool effects_pull(effects_t *self, effect_t *effect);

#endif
