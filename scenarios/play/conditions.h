// SPDX-License-Identifier: MIT
// Whether a condition holds, from the frames of an instant and the latest status of the car, by the row of its kind.
//
// expect and never ask whether a condition is met: what it names as seen stays seen from the instant in which its step
// is reached (that instant included for expect); what it says of a state must be so now. always asks whether it is
// violated: by a frame that should be otherwise, by a state, by a frame that is overdue.
#ifndef KMSIM_SCENARIOS_PLAY_CONDITIONS_H
#define KMSIM_SCENARIOS_PLAY_CONDITIONS_H

#include "scenarios/actors/tester.h"
#include "scenarios/play/car_view.h"
#include "scenarios/story/story.h"

typedef struct { // what the player remembers of each condition, by its slot
    bool seen;
    int64_t since_ns;                   // what was read before counts no more
    int64_t last_ns[VEHICLE_BUSES_MAX]; // of gaps: the last such frame of each bus, -1: none yet
    car_view_last_t last;               // the last frame that it is about, whatever that said
    int64_t gap_ns;                     // of gaps: from the one before it on its bus, -1: there was none
    uint32_t count;                     // of counts: frames so far
    uint32_t watched;                   // frames that a watch of the story has seen of it
    // of whenever (scenarios/play/follow.h)
    bool known, held; // a state: whether it is known how it was, and how
    int64_t seen_ns;  // when it last was seen, or was so; -1: never
    int64_t open_ns;  // the first occasion after that; -1: none
} condition_memory_t;

typedef struct condition_context {
    int64_t now_ns;
    const car_view_t *view; // has seen the events already
    const kernel_t *kernel; // that has the buses
    const tester_t *tester; // reads the fault memories; null: nobody does
    const kernel_event_t *events;
    size_t event_count;
    bool *taken; // one per event: it met an expectation, and meets no other
    condition_memory_t *memories;
} condition_context_t;

/// Forgets what was seen of the condition and its parts, and read before now.
void condition_reset(const condition_t *self, const condition_context_t *context);

/// Notes the last frame of the instant that it and its parts are about, for what is told of a failure. Before the
/// instant is judged.
void condition_look(const condition_t *self, const condition_context_t *context);

/// The same of a watch that has begun: it counts these frames.
void condition_watch(const condition_t *self, const condition_context_t *context);

/// Adds how many frames watches have counted of it and its parts, with error frames only if these are asked for. False
/// when it is about none of these.
bool condition_watched(const condition_t *self, const condition_memory_t *memories, bool errors, uint64_t *frames);

/// Of an expectation that lasts for a time: counts the frames of the instant that were not taken yet, which its other
/// parts may need as well; then takes them.
void condition_tally(const condition_t *self, const condition_context_t *context);
void condition_take_counted(const condition_t *self, const condition_context_t *context);

/// Whether what it asks is known now: an answer that must come first has come.
bool condition_is_known(const condition_t *self, const condition_context_t *context);

/// Whether a frame of the instant is one that the condition, of frames, asks for.
bool condition_sees(const condition_t *self, const condition_context_t *context);

/// Notes the frames of the instant in which a never or always begins: they are over, but periods count from them.
void condition_begin(const condition_t *self, const condition_context_t *context);

/// Whether an expectation is met now; takes the frames that meet it.
bool condition_expected(const condition_t *self, const condition_context_t *context);

/// The same without taking frames, and whoever has taken them: for never.
bool condition_met(const condition_t *self, const condition_context_t *context);

/// Whether the fault memories that it is about have all been read since the reset.
bool condition_has_read(const condition_t *self, const condition_context_t *context);

/// Whether one of them gave an answer that cannot be read: a watch knows nothing then.
bool condition_is_unreadable(const condition_t *self, const condition_context_t *context);

/// Whether the instant violates what always holds.
bool condition_violated(const condition_t *self, const condition_context_t *context);

/// Whether what always holds has been violated by this very instant, asked once more when that is known.
bool condition_was_violated(const condition_t *self, const condition_context_t *context);

/// When it is violated if nothing happens until then (a frame is overdue): for always. TIME_NEVER: not at all.
int64_t condition_overdue_ns(const condition_t *self, const condition_memory_t *memories);

#endif
