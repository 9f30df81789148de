// SPDX-License-Identifier: MIT
// The CAS's side of the remote controls: from a telegram to RemoteKeyStatus and the locking command. A value: it is
// told what was heard and when, and what it wants done is pulled. Pure.
//
//   telegram ── judged ── its code stored ──> unlock ── 100 ms ──> unlock ── … ──> released
//                         (5 ms; a power loss before lets it be pressed again, never replayed)
//
// One press at a time is on the buses: a new one ends the hold of the one before, with its `released` frame.
//
// After each call: remote_pull until it is empty, then remote_next says when remote_elapse has something to do.
#ifndef KMSIM_CAS_REMOTE_H
#define KMSIM_CAS_REMOTE_H

#include "cas/effects.h"
#include "cas/keys.h"

#define REMOTE_REPEAT_NS (100 * TIME_MS)    // known: a held button repeats its frame
#define REMOTE_ACTS_AT_ONCE 4               // own: the frames of more presses would not fit one outbox
#define REMOTE_ACT_AGAIN_NS (100 * TIME_US) // own: until the next ones act
#define REMOTE_PENDING_MAX 64

typedef struct {
    key_status_t status;
    key_button_t button;
    uint32_t transmission;
    uint32_t ticket; // acts when this store is durable
    bool ended;      // let go already
} remote_press_t;

typedef struct {
    size_t pending_count, asked_count; // the first asked_count know their ticket
    remote_press_t pending[REMOTE_PENDING_MAX];
    uint32_t ticket_stored;
    int64_t act_ns; // durable ones that are left act; TIME_NEVER: none is left
    bool held;
    remote_press_t press; // the one on the buses
    int64_t repeat_ns;    // its next frame
    effects_t effects;
    uint32_t verdicts[KEYS_VERDICT_COUNT]; // telegrams by what became of them
    uint32_t presses_lost;                 // accepted, but more at once than can be kept: a fault memory entry
} remote_t;

/// Power is there: nothing is pressed, nothing counted.
void remote_start(remote_t *self);

/// A telegram begins, or one's transmission ends.
void remote_hear(remote_t *self, keys_t *keys, const air_t *air);

/// The store that was asked for (EFFECT_STORE) has got this ticket: the press that asked for it waits for that.
void remote_store_asked(remote_t *self, uint32_t ticket);

/// Everything up to this ticket is durable: presses that waited for it act.
void remote_stored(remote_t *self, int64_t now_ns, uint32_t ticket);

/// The first bus has woken up, for which the held button's first frame waited: its repetitions count from now.
void remote_wake(remote_t *self, int64_t now_ns);

/// Does what is due; when the next thing is, TIME_NEVER: nothing.
void remote_elapse(remote_t *self, int64_t now_ns);
int64_t remote_next(const remote_t *self);

/// That key has been blocked: its press ends, and what it pressed before does not act any more.
void remote_block(remote_t *self, int key);

/// What is to be done, in this order; false when that is all.
bool remote_pull(remote_t *self, effect_t *effect);

#endif
