// SPDX-License-Identifier: MIT
// The CAS's side of the remote controls: from a telegram to RemoteKeyStatus and the locking command. Pure.
//
//   telegram ── judged ── its code stored ──> unlock ── 100 ms ──> unlock ── … ──> released
//                         (5 ms; a power loss before lets it be pressed again, never replayed)
//
// One press at a time is on the buses: a new one ends the hold of the one before, with its `released` frame.
#ifndef KMSIM_CAS_REMOTE_H
#define KMSIM_CAS_REMOTE_H

#include "bus/key_radio.h"

#define REMOTE_REPEAT_NS (100 * TIME_MS) // DOMAIN.md, held button (K)
#define REMOTE_PENDING_MAX 16

struct cas;

// Signals of RemoteKeyStatus, in the order of REMOTE_SIGNALS.
enum {
    REMOTE_NUMBER,
    REMOTE_NUMBER_REPEAT,
    REMOTE_KEY_USE,
    REMOTE_BUTTON,
    REMOTE_KEY_NUMBER,
    REMOTE_KEY_KIND,
    REMOTE_BATTERY,
    REMOTE_SIGNAL_COUNT
};

// Raw values of its Button, KeyUse and KeyKind (DOMAIN.md, 0x23A).
enum {
    REMOTE_RAW_RELEASED = 0x00,
    REMOTE_RAW_UNLOCK = 0x01,
    REMOTE_RAW_LOCK = 0x04,
    REMOTE_RAW_BOOT = 0x10,
    REMOTE_RAW_NONE = 0xFF
};
enum { REMOTE_USE_REMOTE = 0x30, REMOTE_USE_INSERTED = 0x3F };
enum { REMOTE_KIND_INSERTED = 2, REMOTE_KIND_REMOTE = 6 };

typedef struct {
    int key;             // 1 .. 10
    int personalization; // 1 .. 4, or KEY_NUMBER_INVALID
    uint8_t button;      // REMOTE_RAW_…
    bool inserted;
    bool battery_low;
} remote_status_t;

typedef struct {
    remote_status_t status;
    key_button_t button;
    uint32_t transmission;
    uint32_t ticket; // acts when this store is durable
    bool ended;      // let go already
} remote_press_t;

typedef struct {
    size_t pending_count;
    remote_press_t pending[REMOTE_PENDING_MAX];
    bool held;
    remote_press_t press; // the one on the buses
} remote_t;

/// A telegram begins, or one's transmission ends.
void remote_hear(struct cas *self, const air_t *air);

/// Everything up to this ticket is durable: presses that waited for it act.
void remote_stored(struct cas *self, uint32_t ticket);

/// The held button's next frame is due.
void remote_repeat(struct cas *self);

/// The first bus has woken up, for which the held button's first frame waited: its repetitions count from now.
void remote_wake(struct cas *self);

#endif
