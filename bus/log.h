// SPDX-License-Identifier: MIT
// What a node tells the person who watches: a code and up to three integers; the host words it (log_format). Pure.
// Log entries are no part of the trace and change nothing; what they count, nodes count themselves.
#ifndef KMSIM_BUS_LOG_H
#define KMSIM_BUS_LOG_H

#include <stddef.h>
#include <stdint.h>

typedef enum {
    LOG_NONE,
    // every unit
    LOG_FAULT_STORED,  // a fault code
    LOG_IMAGE_DAMAGED, // a image_state_t
    LOG_STORE_FULL,    // the image did not fit
    // units with Key Memory
    LOG_PROFILE_CALLED, // a profile 1..4, b coded 0|1
    LOG_PROFILE_STORED, // a profile, b number of settings that changed
    LOG_NUMBER_REFUSED, // a the personalization number received, 1..16
    LOG_RECALL_WAITS,   // a profile: waits for the driver's door
    LOG_RECALL_STOPPED, // a profile: by a switch
    LOG_RECALL_DONE,    // a profile: every motor stands
    LOG_KERB_TILT,      // a 1 tilts, 0 returns
    // the Car Access System
    LOG_KEY_ACCEPTED,       // a key, b button, c personalization number forwarded
    LOG_KEY_REPLAYED,       // a key, b code received, c last code accepted
    LOG_KEY_FORGED,         // a key
    LOG_KEY_UNKNOWN,        // a key
    LOG_KEY_BLOCKED,        // a key
    LOG_KEY_AHEAD,          // a key, b steps ahead: waits for a second consecutive press
    LOG_KEY_TOO_FAR,        // a key, b steps ahead: ignored until the key is in the lock
    LOG_TELEGRAM_MALFORMED, // a size in bytes
    LOG_KEY_IDENTIFIED,     // a key, b personalization number
    LOG_KEY_REFUSED,        // a key in the lock, b fault code
    LOG_KEY_LEARNED,        // a key
    LOG_KEY_REWRITTEN,      // a key, b its new personalization number
    LOG_KEY_DIFFERS,        // a key, b number transmitted, c number of the CAS's table
    LOG_KEY_REMOVED,
    LOG_TERMINAL,      // a 0 off, 1 R, 2 15, 3 50
    LOG_ROUTE_DROPPED, // a identifier
    // diagnosis
    LOG_PROFILE_CODED, // a profile, b coded 0|1
    LOG_KEY_LOCKED,    // a key, b blocked 0|1
    LOG_KEY_ASSIGNED,  // a key, b its personalization number
    // units with Key Memory
    LOG_NUMBER_UNCLEAR, // a, b personalization numbers received, 1..16: both nibbles should say the same
    LOG_CODE_COUNT
} log_code_t;

typedef struct {
    uint16_t code;
    int64_t values[3];
} log_entry_t;

/// Writes the entry in words, "an unknown log entry" for a code that is not known; never past size, always terminated.
/// Returns text.
const char *log_format(const log_entry_t *self, char *text, size_t size);

#endif
