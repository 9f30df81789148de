// SPDX-License-Identifier: MIT
// What goes wrong on the buses and on the air, as a value that the media ask: for each request, each frame and each bit
// of it, each telegram. Made from a story's steps, or by a program. Pure; it knows no medium, and counts nothing but
// what it has hit.
//
//   fault_plan_begin ──> asked, hits, … ──> ends by its count, by its time, or by fault_plan_clear
//
// A fault is for requests, frames and telegrams that begin while it lasts: a frame on the wire goes on. Where several
// fit, each acts, in the order in which they began.
#ifndef KMSIM_BUS_CAN_FAULT_PLAN_H
#define KMSIM_BUS_CAN_FAULT_PLAN_H

#include "bus/base/index_set.h"
#include "bus/base/random.h"
#include "bus/base/time.h"
#include "bus/can/frame.h"

#define FAULT_PLAN_MAX 64 // that last at once
#define FAULT_BUSES_MAX 4
#define FAULT_ANY (-1)

typedef enum {
    FAULT_DROP,      // of a bus: a request never takes part in arbitration; with `to`: one receiver is not told
    FAULT_CORRUPT,   // the CRC delimiter is inverted for everybody; of the air: one bit
    FAULT_DELAY,     // a request takes part in arbitration only `by` later; a telegram is heard so much later
    FAULT_DUPLICATE, // a frame that was carried is asked for once more; a telegram is heard twice
    FAULT_NOISE,     // every bit of every frame is inverted for everybody with some probability
    FAULT_BABBLE,    // a controller asks for a frame back to back
    FAULT_CUT,       // a unit's stub comes off; without a unit: the bus is shorted and stays recessive
} fault_kind_t;
#define FAULT_KIND_COUNT (FAULT_CUT + 1)

typedef enum { FAULT_OF_BUS, FAULT_OF_RF, FAULT_OF_LF } fault_medium_t;

typedef struct {
    uint8_t kind;   // fault_kind_t
    uint8_t medium; // fault_medium_t; of the air only the first four kinds
    // selection
    int8_t bus;    // index in the vehicle, or FAULT_ANY
    int8_t sender; // node, or FAULT_ANY; of a babble or cut: whose it is
    int8_t to;     // drop: who is not told, or FAULT_ANY: nobody hears it
    bool selects;  // only frames of this identifier
    bool extended; // …
    uint32_t id;   // …
    // extent
    uint32_t count;    // ends after so many hits; 0: not by that
    int64_t for_ns;    // ends so long after it began; TIME_NEVER: not by that
    int64_t by_ns;     // delay
    uint64_t chance;   // noise: of 2^64
    can_frame_t frame; // babble
    uint32_t *hits;    // is told how often it has hit, borrowed until the plan begins anew; null: nobody is
} fault_t;

typedef struct {
    fault_t fault;
    int64_t begin_ns, end_ns;
    uint32_t left;  // hits until it ends; UINT32_MAX: does not end by them
    uint64_t order; // of all that began
} fault_entry_t;

typedef struct {
    uint64_t active;                 // a bit per entry that has not ended by count or by being cleared
    uint64_t begun;                  // how many
    uint64_t changes;                // counts up whenever a fault begins, or ends before its time
    random_t noise[FAULT_BUSES_MAX]; // a stream per bus that nothing else draws from
    fault_entry_t entries[FAULT_PLAN_MAX];
} fault_plan_t;

/// No faults, the streams of that seed.
void fault_plan_init(fault_plan_t *self, uint64_t seed);

/// A fault begins now. False when FAULT_PLAN_MAX last already.
bool fault_plan_begin(fault_plan_t *self, const fault_t *fault, int64_t now_ns);

/// Every fault of that kind and the same selection (medium, bus, sender, to, frames) ends now. Returns how many did.
unsigned fault_plan_clear(fault_plan_t *self, const fault_t *like, int64_t now_ns);

/// Whether any fault may act, now or later.
static inline bool fault_plan_is_empty(const fault_plan_t *self)
{
    return !self || self->active == 0;
}

// ---- what media ask ------------------------------------------------------------------------------------------------

/// A request of the node on that bus begins: how long it is delayed (0: not at all); *dropped becomes true when it is
/// to vanish before it takes part in arbitration. Only faults from the `since`-th that began on, from 0: it may be
/// asked once more for those that begin at the same instant.
int64_t fault_plan_request(fault_plan_t *self, uint8_t bus, uint8_t sender, const can_frame_t *frame, uint64_t since,
                           int64_t now_ns, bool *dropped);

/// What of the plan acts only when a frame is carried: whatever began before the frame did, and lasted then.
typedef struct {
    uint64_t entries; // a bit each
    uint64_t begun;   // how many faults had
} fault_later_t;

/// A frame of these senders begins: whether its CRC delimiter is inverted; *later gets what fits and acts later.
bool fault_plan_frame(fault_plan_t *self, uint8_t bus, index_set_t senders, const can_frame_t *frame, int64_t now_ns,
                      fault_later_t *later);

/// The first bit of the frame, from 0 and below `bits`, that noise inverts; `bits`: none.
unsigned fault_plan_noise(fault_plan_t *self, uint8_t bus, unsigned bits, int64_t now_ns);

/// The frame was carried: who of its receivers is not told, and which senders ask for it once more.
void fault_plan_carried(fault_plan_t *self, fault_later_t later, index_set_t senders, index_set_t receivers,
                        index_set_t *untold, index_set_t *again);

/// What a node's controller babbles on that bus now, or null; it is told of each request that it makes of it.
const can_frame_t *fault_plan_babble(fault_plan_t *self, uint8_t bus, uint8_t node, int64_t now_ns);
void fault_plan_babbled(fault_plan_t *self, uint8_t bus, uint8_t node, int64_t now_ns);

/// Who is cut off that bus now, and whether the bus is shorted; *until_ns is set to when that may change by time alone,
/// or what babbles there (TIME_NEVER: never).
typedef struct {
    index_set_t off;      // their stubs came off
    index_set_t babbling; // nodes
    bool shorted;
    int64_t until_ns;
} fault_cuts_t;
fault_cuts_t fault_plan_cuts(fault_plan_t *self, uint8_t bus, int64_t now_ns);

/// A telegram or transponder answer begins.
typedef struct {
    bool lost, inverted;
    unsigned copies; // besides the one
    int64_t late_ns;
} fault_air_t;
fault_air_t fault_plan_air(fault_plan_t *self, fault_medium_t medium, int64_t now_ns);

#endif
