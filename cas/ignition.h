// SPDX-License-Identifier: MIT
// The ignition lock: the transponder's challenge and response, the terminals, and the call-ups that follow. Pure.
//
//   key in ──── 314 ms ────> valid ── 150 ms ──> RemoteKeyStatus "none" x 3, 100 ms apart
//     └ challenge, answer      └── terminal R (not before 474 ms) ── 140 ms ──> x 3, and again 1.1 s later
//       within 2 ms                └── terminal 15 ── 142 ms ──> x 3
//
// A terminal that comes on ends what is left of an earlier call-up: its own follows at its own time.
// The waits lie in the middle of what was measured on real cars (DOMAIN.md, timing).
#ifndef KMSIM_CAS_IGNITION_H
#define KMSIM_CAS_IGNITION_H

#include "cas/keys.h"

#define IGNITION_VALID_NS (314 * TIME_MS)        // measured 302 .. 325 ms after the first wake-up frame
#define IGNITION_TERMINAL_NS (474 * TIME_MS)     // measured 462 .. 485 ms after the same start
#define IGNITION_KEY_ANNOUNCE_NS (150 * TIME_MS) // own: at most 200 ms after key valid
#define IGNITION_R_ANNOUNCE_NS (140 * TIME_MS)   // measured 124 .. 160 ms
#define IGNITION_15_ANNOUNCE_NS (142 * TIME_MS)  // measured 140 .. 145 ms
#define IGNITION_AGAIN_NS (1100 * TIME_MS)       // measured "about 1.1 s"
#define IGNITION_BURST_FRAMES 3
#define IGNITION_BURST_NS (100 * TIME_MS)

struct cas;

// Signals of TerminalStatus, in the order of the names in ignition.c.
enum {
    IGNITION_R,
    IGNITION_15,
    IGNITION_50,
    IGNITION_KEY_VALID,
    IGNITION_KEY_NUMBER,
    IGNITION_KEY_TYPE,
    IGNITION_KEY_PLUGGED,
    IGNITION_IMMOBILIZER,
    IGNITION_15_HARDWARE,
    IGNITION_ALIVE,
    IGNITION_CHECKSUM,
    IGNITION_SIGNAL_COUNT
};

typedef enum { TERMINAL_OFF, TERMINAL_R, TERMINAL_15, TERMINAL_50 } terminal_t; // the value of the line as well

typedef enum { LOCK_EMPTY, LOCK_IDENTIFYING, LOCK_VALID, LOCK_REFUSED } lock_state_t;

enum { IGNITION_BY_KEY, IGNITION_BY_R, IGNITION_BY_15, IGNITION_AGAIN, IGNITION_BURST_COUNT }; // reasons of bursts

typedef struct {
    lock_state_t state;
    int64_t plugged_ns;
    int key;        // as far as it is known: 1 .. 10, 0 none
    uint16_t fault; // why a key will be refused, 0: it will not
    air_t challenge;
    terminal_t wanted, terminal;
    uint8_t burst_left[IGNITION_BURST_COUNT];
} ignition_t;

extern const char *const IGNITION_SIGNALS[IGNITION_SIGNAL_COUNT];

/// The lines: a key is put in (1) or taken out (0); the key is turned (terminal_t, other values are ignored).
void ignition_set_key(struct cas *self, bool plugged);
void ignition_set_position(struct cas *self, int64_t position);

/// The transponder speaks.
void ignition_hear(struct cas *self, const air_t *air);

/// The timers: judged; allowed to follow; a burst's next frame.
void ignition_judge(struct cas *self);
void ignition_follow(struct cas *self);
void ignition_announce(struct cas *self, uint8_t reason);

/// Fills TerminalStatus but for its alive counter and checksum.
void ignition_compose(const struct cas *self, can_frame_t *frame);

/// That key's personalization number has changed in the table: it is written to the key, if that is in the lock.
void ignition_rewrite(struct cas *self, int key);

/// Whether that key is in the lock now (it cannot be blocked or released then).
bool ignition_holds(const struct cas *self, int key);

#endif
