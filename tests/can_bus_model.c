// SPDX-License-Identifier: MIT
#include "tests/can_bus_model.h"

#include <check.h>
#include <string.h>

#include "tests/can_bus_model_parts.h"

#define NODES CAN_BUS_MODEL_NODES
#define WIRES CAN_BUS_MODEL_WIRES

const uint8_t can_bus_model_place[NODES] = {0, 1, 31, 63, 64, CAN_BUS_NODES_MAX - 1};

void can_bus_model_init(can_bus_model_t *self, uint32_t bit_rate, uint64_t seed)
{
    memset(self, 0, sizeof *self);
    self->bit_ns = TIME_S / bit_rate;
    self->noise = random_derive(seed, "noise", CAN_BUS_MODEL_BUS);
}

// ---- requests ------------------------------------------------------------------------------------------------------

static bool same_identifier(const can_frame_t *a, const can_frame_t *b)
{
    return a->id == b->id && a->extended == b->extended && a->remote == b->remote;
}

static bool waits(const can_bus_model_request_t *request)
{
    return !request->done && !request->on_wire;
}

can_bus_model_request_t *can_bus_model_sent_by(can_bus_model_t *self, unsigned node)
{
    for (size_t i = 0; i < self->count; i++)
        if (self->requests[i].on_wire && self->requests[i].node == node) return &self->requests[i];
    return NULL;
}

// A node that fell silent has its request there still, but sends no longer.
bool can_bus_model_sends(can_bus_model_t *self, unsigned node)
{
    return can_bus_model_sent_by(self, node) && !self->nodes[node].silent;
}

static bool any_sends(can_bus_model_t *self, unsigned wire)
{
    for (unsigned node = 0; node < NODES; node++)
        if (self->nodes[node].wire == wire && can_bus_model_sends(self, node)) return true;
    return false;
}

static void forget_done(can_bus_model_t *self)
{
    size_t kept = 0;
    for (size_t i = 0; i < self->count; i++)
        if (!self->requests[i].done) self->requests[kept++] = self->requests[i];
    self->count = kept;
}

bool can_bus_model_held(const can_bus_model_t *self, unsigned wire)
{
    for (unsigned i = 0; i < NODES; i++)
        if (self->nodes[i].wire == wire && self->nodes[i].hold) return true;
    return false;
}

can_bus_model_wire_t *can_bus_model_wire_of(can_bus_model_t *self, unsigned node)
{
    return &self->wires[self->nodes[node].wire];
}

static void wake(can_bus_model_wire_t *wire, int64_t now_ns)
{
    if (wire->state != CAN_BUS_ASLEEP || wire->shorted) return;
    wire->state = CAN_BUS_WAKING;
    wire->ready_ns = now_ns + CAN_BUS_WAKE_NS;
}

can_bus_model_request_t *can_bus_model_waiting_of(can_bus_model_t *self, unsigned node, const can_frame_t *like)
{
    can_bus_model_request_t *newest = NULL;
    for (size_t i = 0; i < self->count; i++) {
        can_bus_model_request_t *request = &self->requests[i];
        if (request->node == node && waits(request) && same_identifier(&request->frame, like)) newest = request;
    }
    return newest;
}

// A mailbox more, or null when all are in use.
can_bus_model_request_t *can_bus_model_add(can_bus_model_t *self, unsigned node, const can_frame_t *frame,
                                           uint8_t flags)
{
    size_t own = 0;
    forget_done(self);
    for (size_t i = 0; i < self->count; i++) own += self->requests[i].node == node;
    if (own == CAN_BUS_MAILBOXES) return NULL;
    ck_assert_uint_lt(self->count, CAN_BUS_MODEL_REQUESTS);
    self->requests[self->count] = (can_bus_model_request_t){.node = node, .flags = flags, .frame = *frame};
    return &self->requests[self->count++];
}

// ---- faults --------------------------------------------------------------------------------------------------------

static bool acts(const can_bus_model_fault_t *fault, fault_kind_t kind, int64_t now_ns)
{
    bool here = fault->fault.bus == FAULT_ANY || fault->fault.bus == CAN_BUS_MODEL_BUS;
    return fault->fault.kind == kind && fault->fault.medium == FAULT_OF_BUS && here && !fault->over &&
           now_ns < fault->end_ns;
}

bool can_bus_model_fits(const fault_t *fault, unsigned node, const can_frame_t *frame)
{
    if (fault->sender != FAULT_ANY && fault->sender != (int)can_bus_model_place[node]) return false;
    return !fault->selects || (fault->id == frame->id && fault->extended == frame->extended);
}

void can_bus_model_hit(can_bus_model_fault_t *fault)
{
    fault->hits++;
    if (fault->fault.count > 0 && fault->hits == fault->fault.count) fault->over = true;
}

static void ask_for_request(can_bus_model_t *self, can_bus_model_request_t *request, int64_t now_ns)
{
    size_t since = request->faults; // 0: it was not asked for any
    request->asked_ns = now_ns;
    request->faults = self->fault_count;
    for (size_t i = since; i < self->fault_count; i++) {
        can_bus_model_fault_t *fault = &self->faults[i];
        if (!can_bus_model_fits(&fault->fault, request->node, &request->frame)) continue;
        if (acts(fault, FAULT_DROP, now_ns) && fault->fault.to == FAULT_ANY) {
            request->dropped = true;
            can_bus_model_hit(fault);
        } else if (acts(fault, FAULT_DELAY, now_ns)) {
            if (request->not_before_ns < now_ns) request->not_before_ns = now_ns;
            request->not_before_ns += fault->fault.by_ns;
            can_bus_model_hit(fault);
        }
    }
}

// Faults that have begun since are for the requests of this instant as well.
static void ask_again(can_bus_model_t *self, int64_t now_ns)
{
    for (size_t i = 0; i < self->count; i++) {
        can_bus_model_request_t *request = &self->requests[i];
        if (request->asked_ns == now_ns && !request->done && !request->copy) ask_for_request(self, request, now_ns);
    }
}

// The frame that the node babbles, or null.
static const can_frame_t *babble_of(const can_bus_model_t *self, unsigned node, int64_t now_ns)
{
    for (size_t i = 0; i < self->fault_count; i++) {
        const fault_t *fault = &self->faults[i].fault;
        if (acts(&self->faults[i], FAULT_BABBLE, now_ns) && fault->sender == (int)can_bus_model_place[node])
            return &fault->frame;
    }
    return NULL;
}

static bool is_cut(const can_bus_model_t *self, int sender, int64_t now_ns)
{
    for (size_t i = 0; i < self->fault_count; i++)
        if (acts(&self->faults[i], FAULT_CUT, now_ns) && self->faults[i].fault.sender == sender) return true;
    return false;
}

// A frame starts, or is met: what is left of the recessive run is lost.
static void end_run(can_bus_model_t *self, unsigned node, int64_t now_ns)
{
    can_bus_model_node_t *it = &self->nodes[node];
    if (it->off) it->runs += (unsigned)((now_ns - it->recessive_ns) / (CAN_BUS_RECOVERY_BITS * self->bit_ns));
}

// ---- cuts and joins ------------------------------------------------------------------------------------------------

// The stubs of these nodes come off at one instant. What somebody on the other side held awake has its last event now.
static void cut_off(can_bus_model_t *self, const bool *off, int64_t now_ns)
{
    bool holds[NODES] = {false};
    for (unsigned node = 0; node < NODES; node++) holds[node] = self->nodes[node].wire == 0 && self->nodes[node].hold;
    bool main_lost = false;
    for (unsigned node = 0; node < NODES; node++) {
        if (!off[node]) continue;
        can_bus_model_wire_t *stub = &self->wires[1 + node];
        *stub = self->wires[0];
        for (unsigned other = 0; other < NODES; other++)
            if (other != node && holds[other]) stub->sleep_ns = now_ns + CAN_BUS_LINGER_NS;
        main_lost = main_lost || holds[node];
        self->nodes[node].wire = 1 + node;
    }
    if (main_lost) self->wires[0].sleep_ns = now_ns + CAN_BUS_LINGER_NS;
}

static void join(can_bus_model_t *self, unsigned node, int64_t now_ns)
{
    can_bus_model_wire_t *stub = &self->wires[1 + node], *all = &self->wires[0];
    if (all->state == CAN_BUS_AWAKE && stub->state != CAN_BUS_AWAKE) {
        if (stub->state == CAN_BUS_WAKING) return;
        stub->state = CAN_BUS_WAKING;
        stub->ready_ns = now_ns + CAN_BUS_WAKE_NS;
        return;
    }
    if (all->state == CAN_BUS_ASLEEP && stub->state != CAN_BUS_ASLEEP) {
        all->state = CAN_BUS_WAKING;
        all->ready_ns = now_ns + CAN_BUS_WAKE_NS;
    }
    if (all->sleep_ns < stub->sleep_ns) all->sleep_ns = stub->sleep_ns;
    self->nodes[node].wire = 0;
    self->nodes[node].late = all->busy;
    if (all->busy) end_run(self, node, now_ns);
}

static void settle(can_bus_model_t *self, int64_t now_ns)
{
    bool shorted = is_cut(self, FAULT_ANY, now_ns), off[NODES] = {false};
    for (unsigned node = 0; node < NODES; node++) {
        bool cut = is_cut(self, can_bus_model_place[node], now_ns);
        off[node] = (cut || shorted) && self->nodes[node].wire == 0 && !self->wires[0].busy;
    }
    cut_off(self, off, now_ns);
    for (unsigned node = 0; node < NODES; node++) {
        bool cut = is_cut(self, can_bus_model_place[node], now_ns);
        can_bus_model_wire_t *stub = &self->wires[1 + node];
        if (self->nodes[node].wire == 0 || stub->busy) continue;
        bool was_shorted = stub->shorted;
        stub->shorted = shorted && !cut;
        for (size_t i = 0; i < self->count && was_shorted; i++) // what has waited for that
            if (self->requests[i].node == node && !self->requests[i].done) wake(stub, now_ns);
        if (!cut && !shorted) join(self, node, now_ns);
    }
}

void can_bus_model_begin_fault(can_bus_model_t *self, const fault_t *fault, int64_t now_ns)
{
    ck_assert_uint_lt(self->fault_count, CAN_BUS_MODEL_FAULTS);
    bool ends = fault->for_ns != TIME_NEVER;
    self->faults[self->fault_count++] =
        (can_bus_model_fault_t){.fault = *fault, .end_ns = ends ? now_ns + fault->for_ns : TIME_NEVER};
}

unsigned can_bus_model_clear_faults(can_bus_model_t *self, const fault_t *like, int64_t now_ns)
{
    unsigned cleared = 0;
    for (size_t i = 0; i < self->fault_count; i++) {
        can_bus_model_fault_t *fault = &self->faults[i];
        const fault_t *is = &fault->fault;
        if (fault->over || fault->end_ns <= now_ns || is->kind != like->kind || is->medium != like->medium) continue;
        if (is->bus != like->bus || is->sender != like->sender || is->to != like->to) continue;
        if (is->selects != like->selects) continue;
        if (is->selects && (is->id != like->id || is->extended != like->extended)) continue;
        fault->over = true;
        cleared++;
    }
    return cleared;
}

// ---- what nodes do -------------------------------------------------------------------------------------------------

void can_bus_model_set_hold(can_bus_model_t *self, unsigned node, bool hold, int64_t now_ns)
{
    settle(self, now_ns);
    if (self->nodes[node].hold && !hold) can_bus_model_wire_of(self, node)->sleep_ns = now_ns + CAN_BUS_LINGER_NS;
    self->nodes[node].hold = hold;
}

void can_bus_model_set_power(can_bus_model_t *self, unsigned node, bool powered, int64_t now_ns)
{
    can_bus_model_set_hold(self, node, false, now_ns);
    can_bus_model_node_t *it = &self->nodes[node];
    can_bus_model_wire_t *wire = can_bus_model_wire_of(self, node);
    bool sent = any_sends(self, it->wire);
    it->powered = powered;
    it->off = it->silent = false;
    it->tec = it->rec = it->runs = 0;
    it->suspended_ns = it->babble_ns = 0;
    for (size_t i = 0; i < self->count; i++)
        if (self->requests[i].node == node) self->requests[i].done = true, self->requests[i].on_wire = false;
    if (!wire->busy || !sent || any_sends(self, it->wire)) return;
    wire->broken = true;
    wire->end_ns = now_ns + FRAME_ERROR_BITS * self->bit_ns;
}

can_bus_request_t can_bus_model_request(can_bus_model_t *self, unsigned node, const can_frame_t *frame, uint8_t flags,
                                        int64_t now_ns)
{
    settle(self, now_ns);
    ask_again(self, now_ns);
    bool cyclic = (flags & CAN_BUS_CYCLIC) != 0;
    can_bus_model_wire_t *wire = can_bus_model_wire_of(self, node);
    if (!self->nodes[node].powered || self->nodes[node].off) return CAN_BUS_REFUSED;
    if (cyclic && wire->state == CAN_BUS_ASLEEP) return CAN_BUS_REFUSED;
    if (!cyclic) wire->sleep_ns = now_ns + CAN_BUS_LINGER_NS;
    can_bus_model_request_t *predecessor = can_bus_model_waiting_of(self, node, frame);
    if ((flags & CAN_BUS_REPLACE) && predecessor) {
        predecessor->frame = *frame; // it keeps its place, its time, and whether it is to vanish
        predecessor->flags = flags;
        predecessor->copy = predecessor->babble = false;
        return CAN_BUS_REPLACED;
    }
    can_bus_model_request_t *added = can_bus_model_add(self, node, frame, flags);
    if (!added) return CAN_BUS_REFUSED;
    ask_for_request(self, added, now_ns);
    wake(wire, now_ns);
    return CAN_BUS_ACCEPTED;
}

// ---- when something happens ----------------------------------------------------------------------------------------

// When a request may take part in arbitration: not before those of its identifier that its node asked for earlier.
static int64_t begins_ns(const can_bus_model_t *self, const can_bus_model_request_t *request)
{
    int64_t begins_ns = self->nodes[request->node].suspended_ns;
    for (const can_bus_model_request_t *it = self->requests; it <= request; it++)
        if (it->node == request->node && !it->done && same_identifier(&it->frame, &request->frame) &&
            it->not_before_ns > begins_ns)
            begins_ns = it->not_before_ns;
    return begins_ns;
}

static int64_t wire_next(const can_bus_model_t *self, unsigned number)
{
    const can_bus_model_wire_t *wire = &self->wires[number];
    if (wire->state == CAN_BUS_ASLEEP) return TIME_NEVER;
    if (wire->state == CAN_BUS_WAKING) return wire->ready_ns;
    if (wire->busy) return wire->end_ns;
    int64_t next_ns = can_bus_model_held(self, number) ? TIME_NEVER : wire->sleep_ns;
    if (next_ns < wire->ready_ns) next_ns = wire->ready_ns;
    for (size_t i = 0; i < self->count; i++) {
        const can_bus_model_request_t *request = &self->requests[i];
        if (request->done || self->nodes[request->node].wire != number) continue;
        int64_t start_ns = begins_ns(self, request);
        if (start_ns < wire->ready_ns) start_ns = wire->ready_ns;
        next_ns = time_earlier(next_ns, start_ns);
    }
    return next_ns;
}

int64_t can_bus_model_next(const can_bus_model_t *self, int64_t now_ns)
{
    int64_t next_ns = wire_next(self, 0);
    for (unsigned node = 0; node < NODES; node++) {
        if (self->nodes[node].wire != 0) next_ns = time_earlier(next_ns, wire_next(self, 1 + node));
        next_ns = time_earlier(next_ns, can_bus_model_back_ns(self, node));
    }
    for (size_t i = 0; i < self->fault_count; i++)
        if (acts(&self->faults[i], FAULT_CUT, now_ns) || acts(&self->faults[i], FAULT_BABBLE, now_ns))
            next_ns = time_earlier(next_ns, self->faults[i].end_ns);
    for (unsigned node = 0; node < NODES; node++)
        if (babble_of(self, node, now_ns) && !self->nodes[node].off && self->nodes[node].babble_ns > now_ns)
            next_ns = time_earlier(next_ns, self->nodes[node].babble_ns);
    return next_ns;
}

// ---- the start of a frame ------------------------------------------------------------------------------------------

// What the node would send: the lowest identifier, first in first out. What is to vanish does so here.
static can_bus_model_request_t *best_of(can_bus_model_t *self, unsigned node, int64_t now_ns)
{
    for (;;) {
        can_bus_model_request_t *best = NULL;
        for (size_t i = 0; i < self->count; i++) {
            can_bus_model_request_t *request = &self->requests[i];
            if (request->node != node || request->done || begins_ns(self, request) > now_ns) continue;
            if (!best || frame_priority(&request->frame) < frame_priority(&best->frame)) best = request;
        }
        if (!best || !best->dropped) return best;
        if (best->babble) {
            frame_bits_model_t bits;
            frame_bits_model(&best->frame, &bits);
            self->nodes[node].babble_ns = now_ns + bits.count * self->bit_ns;
        }
        best->done = true;
    }
}

static bool arbitrate(can_bus_model_t *self, unsigned number, int64_t now_ns)
{
    can_bus_model_request_t *best[NODES] = {NULL};
    uint64_t lowest = UINT64_MAX;
    for (unsigned node = 0; node < NODES; node++) {
        if (self->nodes[node].wire == number) best[node] = best_of(self, node, now_ns);
        if (best[node] && frame_priority(&best[node]->frame) < lowest) lowest = frame_priority(&best[node]->frame);
    }
    for (unsigned node = 0; node < NODES; node++)
        if (best[node] && frame_priority(&best[node]->frame) == lowest) best[node]->on_wire = true;
    return lowest != UINT64_MAX;
}

// One bit of all who still send: the frame fails here, or passive ones fall silent, or nothing happens.
static bool collide(can_bus_model_t *self, unsigned number, const frame_bits_model_t *frames, unsigned bit)
{
    bool dominant = false, active = false;
    for (unsigned node = 0; node < NODES; node++)
        if (self->nodes[node].wire == number && can_bus_model_sends(self, node) && !frames[node].bits[bit])
            dominant = true;
    for (unsigned node = 0; node < NODES; node++)
        if (self->nodes[node].wire == number && can_bus_model_sends(self, node) && frames[node].bits[bit] && dominant)
            active = active || can_bus_model_error_state(self, node) == CAN_BUS_ERROR_ACTIVE;
    for (unsigned node = 0; node < NODES && !active; node++)
        if (self->nodes[node].wire == number && can_bus_model_sends(self, node) && frames[node].bits[bit] && dominant)
            self->nodes[node].silent = true;
    return active;
}

static bool inverted(can_bus_model_t *self, int64_t now_ns)
{
    bool is = false;
    for (size_t i = 0; i < self->fault_count; i++)
        if (acts(&self->faults[i], FAULT_NOISE, now_ns) && random_next(&self->noise) < self->faults[i].fault.chance)
            is = !is;
    return is;
}

static bool ask_for_frame(can_bus_model_t *self, unsigned number, int64_t now_ns)
{
    can_bus_model_wire_t *wire = &self->wires[number];
    bool corrupted = false;
    for (size_t i = 0; i < self->fault_count; i++) {
        can_bus_model_fault_t *fault = &self->faults[i];
        wire->later[i] = false;
        for (unsigned node = 0; node < NODES; node++) {
            const can_bus_model_request_t *sent = can_bus_model_sent_by(self, node);
            if (!sent || self->nodes[node].wire != number) continue;
            if (!can_bus_model_fits(&fault->fault, node, &sent->frame)) continue;
            bool drops = acts(fault, FAULT_DROP, now_ns) && fault->fault.to != FAULT_ANY;
            if (drops || acts(fault, FAULT_DUPLICATE, now_ns)) wire->later[i] = true;
            if (!acts(fault, FAULT_CORRUPT, now_ns)) continue;
            corrupted = true;
            can_bus_model_hit(fault);
            break;
        }
    }
    return corrupted;
}

// Goes through the bits of the frame until one fails.
static unsigned send_bits(can_bus_model_t *self, unsigned number, bool corrupted, int64_t now_ns)
{
    can_bus_model_wire_t *wire = &self->wires[number];
    frame_bits_model_t frames[NODES];
    for (unsigned node = 0; node < NODES; node++)
        if (can_bus_model_sent_by(self, node))
            frame_bits_model(&can_bus_model_sent_by(self, node)->frame, &frames[node]);
    for (unsigned bit = 0;; bit++) {
        unsigned first = 0;
        while (self->nodes[first].wire != number || !can_bus_model_sends(self, first)) first++;
        wire->frame = can_bus_model_sent_by(self, first)->frame;
        if (bit == frames[first].count) return bit;
        bool by_noise = !wire->shorted && inverted(self, now_ns);
        wire->error = by_noise || wire->shorted || (corrupted && bit == frames[first].delimiter) ||
                      collide(self, number, frames, bit);
        bool unheard = bit == frames[first].delimiter + 1 && !wire->heard;
        if (wire->error || unheard) return bit + 1 + FRAME_ERROR_BITS;
    }
}

static void start_wire(can_bus_model_t *self, unsigned number, int64_t now_ns)
{
    can_bus_model_wire_t *wire = &self->wires[number];
    if (wire->state != CAN_BUS_AWAKE || wire->busy || wire->ready_ns > now_ns) return;
    if (!arbitrate(self, number, now_ns)) return;
    for (unsigned node = 0; node < NODES; node++)
        if (self->nodes[node].wire == number) end_run(self, node, now_ns);
    wire->busy = true;
    wire->error = wire->broken = false;
    wire->heard = can_bus_model_acknowledged(self, number);
    bool corrupted = !wire->shorted && ask_for_frame(self, number, now_ns);
    wire->end_ns = now_ns + send_bits(self, number, corrupted, now_ns) * self->bit_ns;
}

static void babble(can_bus_model_t *self, unsigned node, int64_t now_ns)
{
    const can_frame_t *frame = babble_of(self, node, now_ns);
    const can_bus_model_node_t *it = &self->nodes[node];
    if (!frame || !it->powered || it->off || it->babble_ns > now_ns) return;
    for (size_t i = 0; i < self->count; i++)
        if (self->requests[i].node == node && self->requests[i].babble && waits(&self->requests[i])) return;
    can_bus_model_request_t *added = can_bus_model_add(self, node, frame, 0);
    if (!added) return;
    added->babble = true;
    ask_for_request(self, added, now_ns);
    can_bus_model_wire_of(self, node)->sleep_ns = now_ns + CAN_BUS_LINGER_NS;
    wake(can_bus_model_wire_of(self, node), now_ns);
}

void can_bus_model_start(can_bus_model_t *self, int64_t now_ns)
{
    settle(self, now_ns);
    ask_again(self, now_ns);
    for (unsigned node = 0; node < NODES; node++) babble(self, node, now_ns);
    for (unsigned number = 0; number < WIRES; number++)
        if (number == 0 || self->nodes[number - 1].wire == number) start_wire(self, number, now_ns);
    for (unsigned node = 0; node < NODES; node++) babble(self, node, now_ns); // what is on the wire waits no longer
}
