// SPDX-License-Identifier: MIT
#include "tests/can_bus_model.h"

#include <check.h>
#include <string.h>

const uint8_t can_bus_model_place[CAN_BUS_MODEL_NODES] = {0, 1, 31, 63, 64, CAN_BUS_NODES_MAX - 1};

void can_bus_model_init(can_bus_model_t *self, uint32_t bit_rate)
{
    memset(self, 0, sizeof *self);
    self->bit_ns = TIME_S / bit_rate;
}

static bool same_identifier(const can_frame_t *a, const can_frame_t *b)
{
    return a->id == b->id && a->extended == b->extended && a->remote == b->remote;
}

static bool waits(const can_bus_model_request_t *request)
{
    return !request->done && !request->on_wire;
}

static bool held(const can_bus_model_t *self)
{
    for (unsigned i = 0; i < CAN_BUS_MODEL_NODES; i++)
        if (self->hold[i]) return true;
    return false;
}

static bool any_on_wire(const can_bus_model_t *self)
{
    for (size_t i = 0; i < self->count; i++)
        if (self->requests[i].on_wire) return true;
    return false;
}

// Some powered node that is not among the senders hears the frame.
static bool acknowledged(const can_bus_model_t *self)
{
    for (unsigned node = 0; node < CAN_BUS_MODEL_NODES; node++) {
        bool sends = false;
        for (size_t i = 0; i < self->count; i++)
            sends = sends || (self->requests[i].on_wire && self->requests[i].node == node);
        if (self->powered[node] && !self->deaf[node] && !sends) return true;
    }
    return false;
}

void can_bus_model_set_hold(can_bus_model_t *self, unsigned node, bool hold, int64_t now_ns)
{
    if (self->hold[node] && !hold) self->sleep_ns = now_ns + CAN_BUS_LINGER_NS;
    self->hold[node] = hold;
}

void can_bus_model_set_power(can_bus_model_t *self, unsigned node, bool powered, int64_t now_ns)
{
    bool sent = any_on_wire(self);
    can_bus_model_set_hold(self, node, false, now_ns);
    self->powered[node] = powered;
    for (size_t i = 0; i < self->count; i++)
        if (self->requests[i].node == node) self->requests[i].done = true, self->requests[i].on_wire = false;
    if (self->busy && sent && !any_on_wire(self)) self->end_ns = now_ns + FRAME_ERROR_BITS * self->bit_ns;
}

static void forget_done(can_bus_model_t *self)
{
    size_t kept = 0;
    for (size_t i = 0; i < self->count; i++)
        if (!self->requests[i].done) self->requests[kept++] = self->requests[i];
    self->count = kept;
}

can_bus_request_t can_bus_model_request(can_bus_model_t *self, unsigned node, const can_frame_t *frame, uint8_t flags,
                                        int64_t now_ns)
{
    bool cyclic = (flags & CAN_BUS_CYCLIC) != 0;
    if (!self->powered[node] || (cyclic && !self->awake && !self->waking)) return CAN_BUS_REFUSED;
    if (!cyclic) self->sleep_ns = now_ns + CAN_BUS_LINGER_NS;
    forget_done(self);
    size_t own = 0;
    can_bus_model_request_t *predecessor = NULL;
    for (size_t i = 0; i < self->count; i++) {
        can_bus_model_request_t *request = &self->requests[i];
        if (request->node != node) continue;
        own++;
        if (waits(request) && same_identifier(&request->frame, frame)) predecessor = request; // the newest stays
    }
    if ((flags & CAN_BUS_REPLACE) && predecessor) {
        predecessor->frame = *frame;
        predecessor->flags = flags;
        return CAN_BUS_REPLACED;
    }
    if (own == CAN_BUS_MAILBOXES) return CAN_BUS_REFUSED;
    ck_assert_uint_lt(self->count, CAN_BUS_MODEL_REQUESTS);
    self->requests[self->count++] = (can_bus_model_request_t){.node = node, .flags = flags, .frame = *frame};
    if (!self->awake && !self->waking) {
        self->waking = true;
        self->ready_ns = now_ns + CAN_BUS_WAKE_NS;
    }
    return CAN_BUS_ACCEPTED;
}

int64_t can_bus_model_next(const can_bus_model_t *self)
{
    if (self->waking) return self->ready_ns;
    if (!self->awake) return TIME_NEVER;
    if (self->busy) return self->end_ns;
    int64_t next_ns = held(self) ? TIME_NEVER : self->sleep_ns;
    if (next_ns < self->ready_ns) next_ns = self->ready_ns;
    for (size_t i = 0; i < self->count; i++)
        if (!self->requests[i].done && self->ready_ns < next_ns) next_ns = self->ready_ns;
    return next_ns;
}

// A frame goes back into the queue: a newer one of the same node that may replace it does so, in its place.
static void yield_to_successor(can_bus_model_t *self, size_t index)
{
    can_bus_model_request_t *old = &self->requests[index];
    can_bus_model_request_t *newest = NULL;
    for (size_t i = index + 1; i < self->count; i++) {
        can_bus_model_request_t *request = &self->requests[i];
        if (request->node == old->node && waits(request) && same_identifier(&request->frame, &old->frame))
            newest = request;
    }
    if (!newest || !(newest->flags & CAN_BUS_REPLACE)) return;
    old->frame = newest->frame;
    old->flags = newest->flags;
    old->conflicts = newest->conflicts;
    newest->done = true;
}

static can_bus_outcome_t finish_frame(can_bus_model_t *self, int64_t now_ns)
{
    bool carried = any_on_wire(self) && !self->conflict && self->heard && acknowledged(self);
    can_bus_outcome_t outcome = {.kind = carried ? CAN_BUS_CARRIED : CAN_BUS_FAILED, .frame = self->frame};
    for (size_t i = 0; i < self->count; i++) {
        can_bus_model_request_t *request = &self->requests[i];
        if (!request->on_wire) continue;
        uint8_t place = can_bus_model_place[request->node];
        bool given_up = self->conflict && ++request->conflicts == CAN_BUS_CONFLICTS_MAX;
        index_set_put(&outcome.senders, place, true);
        if (carried && (request->flags & CAN_BUS_REPORT)) index_set_put(&outcome.reports, place, true);
        if (given_up) index_set_put(&outcome.given_up, place, true);
        request->on_wire = false;
        request->done = carried || given_up;
        if (!request->done) yield_to_successor(self, i);
    }
    self->busy = false;
    self->ready_ns = now_ns + 3 * self->bit_ns;
    return outcome;
}

can_bus_outcome_t can_bus_model_finish(can_bus_model_t *self, int64_t now_ns)
{
    if (self->waking && self->ready_ns <= now_ns) {
        self->waking = false;
        self->awake = true;
        return (can_bus_outcome_t){.kind = CAN_BUS_WOKE};
    }
    if (self->busy && self->end_ns <= now_ns) return finish_frame(self, now_ns);
    if (self->awake && !self->busy && !held(self) && self->sleep_ns <= now_ns && self->ready_ns <= now_ns) {
        self->awake = false;
        self->count = 0;
        return (can_bus_outcome_t){.kind = CAN_BUS_SLEPT};
    }
    return (can_bus_outcome_t){.kind = CAN_BUS_NOTHING};
}

static unsigned bits_until_different(const can_frame_t *a, const can_frame_t *b)
{
    unsigned bits = a->extended ? 39 : 19;
    if (a->length != b->length) return bits;
    for (unsigned i = 0; i < a->length; i++) {
        bits += 8;
        if (a->data[i] != b->data[i]) return bits;
    }
    return 0;
}

void can_bus_model_start(can_bus_model_t *self, int64_t now_ns)
{
    if (!self->awake || self->busy || self->ready_ns > now_ns) return;
    uint64_t best = UINT64_MAX;
    for (size_t i = 0; i < self->count; i++)
        if (!self->requests[i].done && frame_priority(&self->requests[i].frame) < best)
            best = frame_priority(&self->requests[i].frame);
    if (best == UINT64_MAX) return;
    unsigned different = 0;
    for (unsigned node = 0; node < CAN_BUS_MODEL_NODES; node++) {
        can_bus_model_request_t *first = NULL; // first in, first out
        for (size_t i = self->count; i-- > 0;) {
            can_bus_model_request_t *request = &self->requests[i];
            if (request->node == node && !request->done && frame_priority(&request->frame) == best) first = request;
        }
        if (!first) continue;
        if (!any_on_wire(self)) self->frame = first->frame;
        unsigned bits = bits_until_different(&first->frame, &self->frame);
        if (bits > 0 && (different == 0 || bits < different)) different = bits;
        first->on_wire = true;
    }
    self->conflict = different > 0;
    self->heard = acknowledged(self);
    unsigned bits = frame_bits(&self->frame);
    if (self->conflict)
        bits = different + FRAME_ERROR_BITS;
    else if (!self->heard)
        bits += FRAME_ERROR_BITS - 8; // no more acknowledge delimiter and end of frame
    self->busy = true;
    self->end_ns = now_ns + bits * self->bit_ns;
}
