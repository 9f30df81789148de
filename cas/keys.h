// SPDX-License-Identifier: MIT
// The CAS's table of at most ten keys (R1-R3), and its judgement of what a remote control or transponder says. Pure.
//
// A key number is the slot's index: nothing can change it. Changing codes (that they have windows is plausible, the
// figures are our own):
//
//   last accepted code ──┬─ not ahead: replay
//                        ├─ 1 .. 16 ahead: accepted
//                        ├─ 17 .. 1000 ahead: accepted at the second of two consecutive presses
//                        └─ further: ignored, until the key has been in the ignition lock
#ifndef KMSIM_CAS_KEYS_H
#define KMSIM_CAS_KEYS_H

#include "bus/car/key_radio.h"

#define KEYS_WINDOW 16
#define KEYS_RESYNC_WINDOW 1000

typedef struct {
    bool prepared; // the slot holds a secret
    bool learned;  // the key has been in the lock, or was delivered with the car
    bool blocked;
    bool battery_low;
    int personalization; // 1 .. 4, 0 not entered yet
    uint32_t code;       // last accepted
    uint8_t secret[KEY_SECRET_SIZE];
    bool resync; // since power-on: a code too far ahead was seen, its successor will be accepted
    uint32_t resync_code;
} key_slot_t;

typedef struct {
    key_slot_t slots[KEY_COUNT_MAX];
} keys_t;

typedef enum {
    KEYS_ACCEPTED,
    KEYS_MALFORMED,
    KEYS_UNKNOWN,
    KEYS_FORGED,
    KEYS_REPLAYED,
    KEYS_AHEAD,
    KEYS_TOO_FAR,
    KEYS_BLOCKED,
    KEYS_VERDICT_COUNT
} keys_verdict_t;

/// Reads the table from a stored image; entries that cannot be are left at their defaults.
void keys_load(keys_t *self, const image_t *image);
/// Writes it; false when the image is full.
bool keys_save(const keys_t *self, image_t *image);

/// The slot of a key number 1 .. 10 that is prepared, or null for any other number.
key_slot_t *keys_find(keys_t *self, int key);

/// Judges a telegram and takes note of its code. *telegram holds what it says (not for KEYS_MALFORMED); *ahead how far
/// its code lies ahead of the last accepted one (not for unknown and forged).
keys_verdict_t keys_judge_telegram(keys_t *self, const air_t *air, key_telegram_t *telegram, uint32_t *ahead);

/// Judges a transponder's answer to a challenge: KEYS_ACCEPTED, KEYS_BLOCKED, or KEYS_FORGED for a foreign one. An
/// accepted or blocked key's changing code is initialised anew; an accepted key that was not learned yet is.
keys_verdict_t keys_judge_answer(keys_t *self, const air_t *air, const air_t *challenge, key_answer_t *answer);

#endif
