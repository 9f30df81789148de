// SPDX-License-Identifier: MIT
// What the units of this car tell people: log entries (bus/kernel/log.h) and fault memory entries, each a number here
// and its words in words.c. Whoever shows them finds the words here; whoever carries or stores them needs only the
// number. Pure.
//
// A new unit adds its numbers at the end of the list of log entries, its fault codes below the others, and a row for
// each to the tables in words.c.
#ifndef KMSIM_BUS_CAR_WORDS_H
#define KMSIM_BUS_CAR_WORDS_H

#include "bus/kernel/log.h"

// ---- log entries: what the values a, b and c say -------------------------------------------------------------------

enum { // numbers of the wire: they stay what they are
    LOG_NONE,
    // every unit: ecus/ecu.c
    LOG_FAULT_STORED,  // a fault code: a new entry in the fault memory
    LOG_IMAGE_DAMAGED, // a image_state_t
    LOG_STORE_FULL,    // the image did not fit
    // units with Key Memory
    LOG_PROFILE_CALLED, // a profile 1..4, b coded 0|1
    LOG_PROFILE_STORED, // a profile, b number of settings that changed
    LOG_NUMBER_REFUSED, // a the personalization number received, 1..16
    LOG_RECALL_WAITS,   // the seat: a profile: waits for the driver's door
    LOG_RECALL_STOPPED, // a profile: by a switch
    LOG_RECALL_DONE,    // a profile: every motor stands
    LOG_KERB_TILT,      // the mirror: a 1 tilts, 0 returns
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
    // diagnosis, of units with Key Memory and of the Car Access System
    LOG_PROFILE_CODED, // a profile, b coded 0|1
    LOG_KEY_LOCKED,    // a key, b blocked 0|1
    LOG_KEY_ASSIGNED,  // a key, b its personalization number
    // units with Key Memory
    LOG_NUMBER_UNCLEAR, // a, b personalization numbers received, 1..16: both nibbles should say the same
    // the Car Access System
    LOG_PRESS_LOST, // a key, b number of presses that wait already
    // every unit, of its controllers: a the own bus, from 0
    LOG_BUS_PASSIVE,
    LOG_BUS_OFF,
    LOG_BUS_ACTIVE, // after either of them
    LOG_CODE_COUNT
};

/// Writes the entry in words, "an unknown log entry" for a code that is not known; never past size, always terminated.
/// Returns text.
const char *words_format_log(const log_entry_t *entry, char *text, size_t size);

// ---- fault codes ---------------------------------------------------------------------------------------------------

// every unit; our own
#define FAULT_IMAGE_DAMAGED 0x9C10
#define FAULT_BUS_OFF 0x9C20 // + own bus, from 0
// units with Key Memory
#define FAULT_PROFILE_NOT_CODED 0x9C00 // + profile 1 .. 4
#define FAULT_NUMBER_INVALID 0x9C05
// the Car Access System; its first three are those of the real one, all others are our own
#define FAULT_KEY_BLOCKED 0x9907
#define FAULT_KEY_FOREIGN 0x9908
#define FAULT_KEY_SILENT 0x9909
#define FAULT_KEY_DIFFERS 0x990A
#define FAULT_PRESS_LOST 0x990B

/// What a fault code means, in words; "" for one that is not known.
const char *words_find_fault(uint32_t code);

#endif
