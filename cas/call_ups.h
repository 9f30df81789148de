// SPDX-License-Identifier: MIT
// RemoteKeyStatus frames that wait for one bus. Of a bus that nobody acknowledges they would wait for as long as it is
// awake, and reach a unit that comes back in the order in which they were pressed: old profiles, one after the other,
// or, its mailboxes full of them, never the last one. So one frame at a time is with the bus, the rest waits here, and
// what belongs to an earlier call-up is withdrawn once a later one is there. Pure.
//
//   call-up 1   unlock ─ released          (nobody hears)
//   call-up 2                   unlock     takes the mailbox of 1, and what waits of 1 is gone
//   on the bus  ───── error frames ─────── unlock of 2
//
// A bus that works is given the time that it needs: what waits for less than CALL_UPS_STALE_NS goes out in its order,
// also from two remote controls at once and from sleep.
//
// A frame can be lost before it takes part in arbitration, and nobody tells: then what waits behind it would wait for
// ever. A node that nobody acknowledges knows it before CALL_UPS_STALE_NS are over, for it is error-passive after 16
// attempts; where it is not, and the frame was not carried by then, that is taken for lost. It is not asked for again,
// and the next one goes:
//
//   unlock x ······ 50 ms ······ (lost) ······ unlock, if the button is still held
//
// After each call: call_ups_pull until it is false, then call_ups_next says when call_ups_elapse has something to do.
#ifndef KMSIM_CAS_CALL_UPS_H
#define KMSIM_CAS_CALL_UPS_H

#include "bus/kernel/node.h"

#define CALL_UPS_MAX 32
#define CALL_UPS_STALE_NS (50 * TIME_MS) // a press has to be on the buses after that, also from sleep

typedef struct {
    can_frame_t frame;
    uint32_t call; // which call-up it belongs to: they count up and may wrap around
    uint8_t key;
    bool calls; // it calls up, or acts otherwise; false: it ends a press
    int64_t since_ns;
} call_up_t;

/// All zeros is an empty one.
typedef struct {
    size_t count;
    call_up_t waiting[CALL_UPS_MAX]; // oldest first
    bool asked;                      // the oldest is with the bus
    bool occupied;                   // a mailbox has a frame of ours, which need not be the oldest any more
    bool refused;                    // the bus had no mailbox: asked again when one may be free
    bool alone;                      // nobody acknowledges, as far as is known: what was asked for is tried again
    bool doubted;                    // the frame taken for lost, `lost`, may be in the mailbox all the same …
    bool doubled;                    // … and another one behind it
    call_up_t lost;
    int64_t asked_ns;   // since when the oldest is with the bus, or somebody acknowledges
    uint32_t latest;    // call-up
    uint32_t ended;     // of this call-up and those before nothing more goes out here
    uint32_t withdrawn; // frames, since power-on
} call_ups_t;

/// Another frame waits; one that says what the newest waiting one of its call-up says already does not.
void call_ups_add(call_ups_t *self, const call_up_t *call_up);

/// Withdraws what is due, and what is taken for lost; when the next thing is, TIME_NEVER: nothing.
void call_ups_elapse(call_ups_t *self, int64_t now_ns);
int64_t call_ups_next(const call_ups_t *self);

/// A key was blocked: what waits of it is withdrawn, the ends of its presses excepted. Returns whether a frame of it
/// may still be with the bus and nothing waits that would take its place: the caller adds something.
bool call_ups_block(call_ups_t *self, uint8_t key);

/// The frame to ask the bus for now, and how (OUTBOX_…); false: none.
bool call_ups_pull(call_ups_t *self, int64_t now_ns, can_frame_t *frame, uint8_t *flags);

/// The bus has carried, or lost, a frame of this message.
void call_ups_sent(call_ups_t *self, const can_frame_t *frame);
void call_ups_not_sent(call_ups_t *self, const can_frame_t *frame);

/// The bus has carried something: there may be room again, and somebody acknowledges.
void call_ups_retry(call_ups_t *self, int64_t now_ns);

/// Whether the controller is error-passive: frames may be tried again and again.
void call_ups_set_alone(call_ups_t *self, bool alone, int64_t now_ns);

/// The unit is bus-off: everything is gone, what waits here as well, and nothing of it is asked for again.
void call_ups_lose(call_ups_t *self);

/// The bus has fallen asleep, and everything that it was asked for is gone.
void call_ups_forget(call_ups_t *self);

#endif
