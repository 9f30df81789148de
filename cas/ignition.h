// SPDX-License-Identifier: MIT
// The ignition lock: the transponder's challenge and response, the terminals, and the call-ups that follow. A value: it
// is told what happens at the lock and when, and what it wants done is pulled. Pure.
//
//   key in ──── 314 ms ────> valid ── 150 ms ──> RemoteKeyStatus "none" x 3, 100 ms apart
//     └ challenge, answer      └── terminal R (not before 474 ms) ── 140 ms ──> x 3, and again 1.1 s later
//       within 2 ms                └── terminal 15 ── 142 ms ──> x 3
//
// A terminal that comes on ends what is left of an earlier call-up: its own follows at its own time.
// The waits lie in the middle of what was measured on real cars.
//
// After each call: ignition_pull until it is empty, then ignition_next says when ignition_elapse has something to do.
#ifndef KMSIM_CAS_IGNITION_H
#define KMSIM_CAS_IGNITION_H

#include "cas/effects.h"
#include "cas/keys.h"

#define IGNITION_VALID_NS (314 * TIME_MS)        // measured 302 .. 325 ms after the first wake-up frame
#define IGNITION_TERMINAL_NS (474 * TIME_MS)     // measured 462 .. 485 ms after the same start
#define IGNITION_KEY_ANNOUNCE_NS (150 * TIME_MS) // own: at most 200 ms after key valid
#define IGNITION_R_ANNOUNCE_NS (140 * TIME_MS)   // measured 124 .. 160 ms
#define IGNITION_15_ANNOUNCE_NS (142 * TIME_MS)  // measured 140 .. 145 ms
#define IGNITION_AGAIN_NS (1100 * TIME_MS)       // measured "about 1.1 s"
#define IGNITION_BURST_FRAMES 3
#define IGNITION_BURST_NS (100 * TIME_MS)

typedef enum { TERMINAL_OFF, TERMINAL_R, TERMINAL_15, TERMINAL_50 } terminal_t; // the value of the line as well

typedef enum { LOCK_EMPTY, LOCK_IDENTIFYING, LOCK_VALID, LOCK_REFUSED } lock_state_t;

/// Reasons of bursts; of those that are due together, the first goes first.
enum { IGNITION_BY_KEY, IGNITION_BY_R, IGNITION_BY_15, IGNITION_AGAIN, IGNITION_BURST_COUNT };

typedef struct {
    uint8_t left;   // frames still to come, 0: none
    int64_t due_ns; // the next one, TIME_NEVER: none
} ignition_burst_t;

typedef struct {
    lock_state_t state;
    int64_t plugged_ns;
    int key;        // as far as it is known: 1 .. 10, 0 none
    uint16_t fault; // why a key will be refused, 0: it will not
    air_t challenge;
    terminal_t wanted, terminal;
    int64_t judge_ns, follow_ns; // the key is judged; the terminals may follow its position. TIME_NEVER: not awaited
    ignition_burst_t bursts[IGNITION_BURST_COUNT];
    effects_t effects;
    uint32_t foreign_keys, silent_keys, blocked_keys; // that were in the lock
    uint32_t answers_ignored, positions_ignored;      // of a transponder that is not asked; of the key, that are none
} ignition_t;

/// Power is there: no key is seen yet, the terminals are off, nothing is counted.
void ignition_start(ignition_t *self);

/// The lines: a key is put in or taken out (then the challenge takes its number from `random`; else that is left
/// alone); the key is turned (terminal_t, other values are ignored).
void ignition_set_key(ignition_t *self, int64_t now_ns, bool plugged, random_t *random);
void ignition_set_position(ignition_t *self, int64_t now_ns, int64_t position);

/// The transponder speaks.
void ignition_hear(ignition_t *self, keys_t *keys, const air_t *air);

/// Does what is due: a key is judged, terminals follow, call-ups; when the next thing is, TIME_NEVER: nothing.
void ignition_elapse(ignition_t *self, keys_t *keys, int64_t now_ns);
int64_t ignition_next(const ignition_t *self);

/// What is to be done, in this order; false when that is all.
bool ignition_pull(ignition_t *self, effect_t *effect);

/// That key's personalization number has changed in the table: it is written to the key, if that is in the lock.
void ignition_rewrite(ignition_t *self, keys_t *keys, int key);

/// Whether that key is in the lock now (it cannot be blocked or released then).
bool ignition_holds(const ignition_t *self, int key);

#endif
