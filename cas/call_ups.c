// SPDX-License-Identifier: MIT
#include "cas/call_ups.h"

#include <string.h>

static bool is_before(uint32_t call, uint32_t other)
{
    return (int32_t)(call - other) < 0;
}

// Takes out those of which `goes` says so. When the oldest goes, its frame stays in the mailbox: the next one that is
// asked for takes its place there.
static void withdraw(call_ups_t *self, bool (*goes)(const call_ups_t *self, const call_up_t *call_up, uint8_t key),
                     uint8_t key)
{
    size_t left = 0;
    for (size_t i = 0; i < self->count; i++) {
        if (!goes(self, &self->waiting[i], key)) {
            self->waiting[left++] = self->waiting[i];
            continue;
        }
        if (i == 0) self->asked = false;
        self->withdrawn++;
    }
    self->count = left;
}

static bool has_ended(const call_ups_t *self, const call_up_t *call_up, uint8_t key)
{
    (void)key;
    return !is_before(self->ended, call_up->call);
}

// All of a call-up goes together: the end of a press that nobody heard begin says nothing.
static void end_call_up(call_ups_t *self, uint32_t call)
{
    self->ended = call;
    withdraw(self, has_ended, 0);
}

void call_ups_add(call_ups_t *self, const call_up_t *call_up)
{
    if (is_before(self->latest, call_up->call)) self->latest = call_up->call;
    if (!is_before(self->ended, call_up->call)) { // a button that is still held, and that nobody heard here
        self->withdrawn++;
        return;
    }
    const call_up_t *newest = self->count > 0 ? &self->waiting[self->count - 1] : NULL;
    if (newest && newest->call == call_up->call && frame_equal(&newest->frame, &call_up->frame)) return;
    if (self->count == CALL_UPS_MAX) end_call_up(self, self->waiting[0].call);
    // Full of a single one: that is this one's, and its end is as good as any.
    if (!is_before(self->ended, call_up->call) || self->count == CALL_UPS_MAX) return;
    self->waiting[self->count++] = *call_up;
}

static bool is_awaited(const call_ups_t *self)
{
    return self->asked && !self->alone;
}

static void drop_oldest(call_ups_t *self)
{
    self->asked = false;
    memmove(self->waiting, self->waiting + 1, --self->count * sizeof self->waiting[0]);
}

static void take_for_lost(call_ups_t *self)
{
    self->lost = self->waiting[0];
    self->doubted = true;
    self->withdrawn++;
    drop_oldest(self);
}

void call_ups_elapse(call_ups_t *self, int64_t now_ns)
{
    if (is_awaited(self) && now_ns - self->asked_ns >= CALL_UPS_STALE_NS) take_for_lost(self);
    for (size_t i = self->count; i-- > 0;) {
        const call_up_t *call_up = &self->waiting[i];
        if (!is_before(call_up->call, self->latest) || now_ns - call_up->since_ns < CALL_UPS_STALE_NS) continue;
        end_call_up(self, call_up->call);
        return;
    }
}

int64_t call_ups_next(const call_ups_t *self)
{
    int64_t next_ns = is_awaited(self) ? self->asked_ns + CALL_UPS_STALE_NS : TIME_NEVER;
    for (size_t i = 0; i < self->count; i++) {
        const call_up_t *call_up = &self->waiting[i];
        if (is_before(call_up->call, self->latest))
            next_ns = time_earlier(next_ns, call_up->since_ns + CALL_UPS_STALE_NS);
    }
    return next_ns;
}

static bool calls_of_key(const call_ups_t *self, const call_up_t *call_up, uint8_t key)
{
    (void)self;
    return call_up->calls && call_up->key == key;
}

bool call_ups_block(call_ups_t *self, uint8_t key)
{
    bool was_asked = self->asked;
    withdraw(self, calls_of_key, key);
    return was_asked && !self->asked && self->count == 0;
}

// The end of a press must not take the place of its beginning, should that wait after all: once it may stand behind it.
static bool goes_behind(const call_ups_t *self)
{
    const call_up_t *next = &self->waiting[0];
    return self->doubted && !self->doubled && next->call == self->lost.call &&
           !frame_equal(&next->frame, &self->lost.frame);
}

bool call_ups_pull(call_ups_t *self, int64_t now_ns, can_frame_t *frame, uint8_t *flags)
{
    if (self->count == 0 || self->asked || self->refused) return false;
    *frame = self->waiting[0].frame;
    bool behind = goes_behind(self);
    // Without a predecessor it must not be replaceable either: its own successor waits for it.
    *flags = self->occupied && !behind ? OUTBOX_REPORT | OUTBOX_REPLACE : OUTBOX_REPORT;
    self->asked = self->occupied = true;
    self->doubted = false;
    self->doubled |= behind;
    self->asked_ns = now_ns;
    return true;
}

void call_ups_sent(call_ups_t *self, const can_frame_t *frame)
{
    self->doubled = false;
    if (!self->asked) { // what was withdrawn while it was on the wire
        self->occupied = self->doubted = false;
        return;
    }
    if (!frame_equal(&self->waiting[0].frame, frame)) return; // likewise, and its successor waits
    self->occupied = false;
    drop_oldest(self);
}

void call_ups_not_sent(call_ups_t *self, const can_frame_t *frame)
{
    if (!self->asked || !frame_equal(&self->waiting[0].frame, frame)) return;
    self->asked = self->occupied = false;
    self->refused = true;
}

void call_ups_retry(call_ups_t *self, int64_t now_ns)
{
    self->refused = false;
    call_ups_set_alone(self, false, now_ns);
}

// What was asked for while nobody was there has its time from now on.
void call_ups_set_alone(call_ups_t *self, bool alone, int64_t now_ns)
{
    if (self->alone && !alone) self->asked_ns = now_ns;
    self->alone = alone;
}

void call_ups_lose(call_ups_t *self)
{
    self->withdrawn += (uint32_t)self->count;
    self->alone = false;
    call_ups_forget(self);
}

void call_ups_forget(call_ups_t *self)
{
    self->count = 0;
    self->asked = self->occupied = self->refused = self->doubted = self->doubled = false;
}
