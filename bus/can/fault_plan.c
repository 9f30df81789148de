// SPDX-License-Identifier: MIT
#include "bus/can/fault_plan.h"

#include <assert.h>
#include <stddef.h>

static_assert(FAULT_PLAN_MAX == 64, "a bit per entry");

void fault_plan_init(fault_plan_t *self, uint64_t seed)
{
    self->active = 0;
    self->begun = self->changes = 0;
    for (unsigned bus = 0; bus < FAULT_BUSES_MAX; bus++) self->noise[bus] = random_derive(seed, "noise", bus);
}

// ---- beginning and ending ------------------------------------------------------------------------------------------

static void end(fault_plan_t *self, unsigned index)
{
    self->active &= ~(UINT64_C(1) << index);
    self->changes++;
}

// Those whose time is over need no entry any more.
static void forget_past(fault_plan_t *self, int64_t now_ns)
{
    for (uint64_t rest = self->active; rest; rest &= rest - 1) {
        unsigned index = (unsigned)__builtin_ctzll(rest);
        if (self->entries[index].end_ns <= now_ns) end(self, index);
    }
}

bool fault_plan_begin(fault_plan_t *self, const fault_t *fault, int64_t now_ns)
{
    forget_past(self, now_ns);
    if (self->active == UINT64_MAX) return false;
    // Not the first that is free: who was told of an entry that has ended since may still ask for it (fault_later_t).
    unsigned index = (unsigned)(self->begun % FAULT_PLAN_MAX);
    while (self->active >> index & 1) index = (index + 1) % FAULT_PLAN_MAX;
    bool endless = fault->for_ns > TIME_NEVER - now_ns;
    self->entries[index] = (fault_entry_t){
        .fault = *fault,
        .begin_ns = now_ns,
        .end_ns = endless ? TIME_NEVER : now_ns + fault->for_ns,
        .left = fault->count > 0 ? fault->count : UINT32_MAX,
        .order = self->begun++,
    };
    self->active |= UINT64_C(1) << index;
    self->changes++;
    return true;
}

static bool same_selection(const fault_t *a, const fault_t *b)
{
    return a->kind == b->kind && a->medium == b->medium && a->bus == b->bus && a->sender == b->sender &&
           a->to == b->to && a->selects == b->selects &&
           (!a->selects || (a->id == b->id && a->extended == b->extended));
}

unsigned fault_plan_clear(fault_plan_t *self, const fault_t *like, int64_t now_ns)
{
    unsigned count = 0;
    forget_past(self, now_ns);
    for (uint64_t rest = self->active; rest; rest &= rest - 1) {
        unsigned index = (unsigned)__builtin_ctzll(rest);
        if (!same_selection(&self->entries[index].fault, like)) continue;
        end(self, index);
        count++;
    }
    return count;
}

static void hit(fault_plan_t *self, unsigned index)
{
    fault_entry_t *entry = &self->entries[index];
    if (entry->fault.hits) ++*entry->fault.hits;
    if (entry->left != UINT32_MAX && --entry->left == 0) end(self, index);
}

// ---- going through those that last ---------------------------------------------------------------------------------

// Takes the oldest of the entries out of the set: faults act in the order in which they began.
static unsigned take_oldest(const fault_plan_t *self, uint64_t *set)
{
    unsigned oldest = (unsigned)__builtin_ctzll(*set);
    for (uint64_t rest = *set & (*set - 1); rest; rest &= rest - 1) {
        unsigned index = (unsigned)__builtin_ctzll(rest);
        if (self->entries[index].order < self->entries[oldest].order) oldest = index;
    }
    *set &= ~(UINT64_C(1) << oldest);
    return oldest;
}

static bool lasts(const fault_entry_t *entry, int64_t now_ns)
{
    return now_ns >= entry->begin_ns && now_ns < entry->end_ns;
}

// The entries of that kind that last now on that bus.
static uint64_t entries_of(const fault_plan_t *self, fault_kind_t kind, uint8_t bus, int64_t now_ns)
{
    uint64_t found = 0;
    for (uint64_t rest = self->active; rest; rest &= rest - 1) {
        const fault_entry_t *entry = &self->entries[__builtin_ctzll(rest)];
        const fault_t *fault = &entry->fault;
        bool fits = fault->kind == kind && fault->medium == FAULT_OF_BUS &&
                    (fault->bus == FAULT_ANY || fault->bus == (int)bus) && lasts(entry, now_ns);
        if (fits) found |= rest & -rest;
    }
    return found;
}

static bool fits_frame(const fault_t *fault, const can_frame_t *frame)
{
    return !fault->selects || (frame->id == fault->id && frame->extended == fault->extended);
}

static bool fits_sender(const fault_t *fault, index_set_t senders)
{
    return fault->sender == FAULT_ANY || index_set_has(senders, (unsigned)fault->sender);
}

static bool fits(const fault_plan_t *self, unsigned index, index_set_t senders, const can_frame_t *frame)
{
    const fault_t *fault = &self->entries[index].fault;
    return fits_frame(fault, frame) && fits_sender(fault, senders);
}

// ---- what media ask ------------------------------------------------------------------------------------------------

int64_t fault_plan_request(fault_plan_t *self, uint8_t bus, uint8_t sender, const can_frame_t *frame, uint64_t since,
                           int64_t now_ns, bool *dropped)
{
    int64_t late_ns = 0;
    index_set_t senders = index_set_of(sender);
    uint64_t rest = entries_of(self, FAULT_DROP, bus, now_ns) | entries_of(self, FAULT_DELAY, bus, now_ns);
    while (rest) {
        unsigned index = take_oldest(self, &rest);
        const fault_t *fault = &self->entries[index].fault;
        if (self->entries[index].order < since) continue;
        if (fault->to != FAULT_ANY || !fits(self, index, senders, frame)) continue;
        if (fault->kind == FAULT_DROP)
            *dropped = true;
        else
            late_ns += fault->by_ns;
        hit(self, index);
    }
    return late_ns;
}

bool fault_plan_frame(fault_plan_t *self, uint8_t bus, index_set_t senders, const can_frame_t *frame, int64_t now_ns,
                      fault_later_t *later)
{
    bool corrupt = false;
    *later = (fault_later_t){.begun = self->begun};
    uint64_t rest = entries_of(self, FAULT_CORRUPT, bus, now_ns);
    while (rest) {
        unsigned index = take_oldest(self, &rest);
        if (!fits(self, index, senders, frame)) continue;
        corrupt = true;
        hit(self, index);
    }
    rest = entries_of(self, FAULT_DROP, bus, now_ns) | entries_of(self, FAULT_DUPLICATE, bus, now_ns);
    for (; rest; rest &= rest - 1) {
        unsigned index = (unsigned)__builtin_ctzll(rest);
        const fault_t *fault = &self->entries[index].fault;
        bool acts_later = fault->kind == FAULT_DUPLICATE || fault->to != FAULT_ANY;
        if (acts_later && fits(self, index, senders, frame)) later->entries |= rest & -rest;
    }
    return corrupt;
}

void fault_plan_carried(fault_plan_t *self, fault_later_t later, index_set_t senders, index_set_t receivers,
                        index_set_t *untold, index_set_t *again)
{
    *untold = *again = (index_set_t){0};
    uint64_t rest = later.entries;
    while (rest) {
        unsigned index = take_oldest(self, &rest);
        const fault_t *fault = &self->entries[index].fault;
        // What was cleared meanwhile, or ended by time, acts on what began before; by count, it has nothing left.
        if (self->entries[index].left == 0 || self->entries[index].order >= later.begun) continue;
        bool drops = fault->kind == FAULT_DROP;
        int node = drops ? fault->to : fault->sender;
        index_set_t fitting = drops ? receivers : senders;
        if (node != FAULT_ANY) fitting = index_set_both(fitting, index_set_of((unsigned)node));
        if (index_set_is_empty(fitting)) continue;
        index_set_t *told = drops ? untold : again;
        *told = index_set_either(*told, fitting);
        hit(self, index);
    }
}

unsigned fault_plan_noise(fault_plan_t *self, uint8_t bus, unsigned bits, int64_t now_ns)
{
    uint64_t noises = entries_of(self, FAULT_NOISE, bus, now_ns);
    if (!noises) return bits;
    for (unsigned bit = 0; bit < bits; bit++) {
        uint64_t inverting = 0;
        for (uint64_t rest = noises; rest;) {
            unsigned index = take_oldest(self, &rest);
            bool inverts = random_next(&self->noise[bus]) < self->entries[index].fault.chance;
            if (inverts) inverting |= UINT64_C(1) << index;
        }
        if (__builtin_popcountll(inverting) % 2 == 0) continue; // two that invert the same bit leave it as it was
        for (; inverting; inverting &= inverting - 1) hit(self, (unsigned)__builtin_ctzll(inverting));
        return bit;
    }
    return bits;
}

static int find_babble(const fault_plan_t *self, uint8_t bus, uint8_t node, int64_t now_ns)
{
    for (uint64_t rest = entries_of(self, FAULT_BABBLE, bus, now_ns); rest;) {
        unsigned index = take_oldest(self, &rest);
        if (self->entries[index].fault.sender == (int)node) return (int)index;
    }
    return -1;
}

const can_frame_t *fault_plan_babble(fault_plan_t *self, uint8_t bus, uint8_t node, int64_t now_ns)
{
    int index = find_babble(self, bus, node, now_ns);
    return index >= 0 ? &self->entries[index].fault.frame : NULL;
}

void fault_plan_babbled(fault_plan_t *self, uint8_t bus, uint8_t node, int64_t now_ns)
{
    int index = find_babble(self, bus, node, now_ns);
    if (index >= 0) hit(self, (unsigned)index);
}

// A cut takes effect as soon as it is asked for: that is its hit.
fault_cuts_t fault_plan_cuts(fault_plan_t *self, uint8_t bus, int64_t now_ns)
{
    fault_cuts_t cuts = {.until_ns = TIME_NEVER};
    for (uint64_t rest = entries_of(self, FAULT_CUT, bus, now_ns); rest; rest &= rest - 1) {
        fault_entry_t *entry = &self->entries[__builtin_ctzll(rest)];
        if (entry->fault.hits && *entry->fault.hits == 0) *entry->fault.hits = 1;
        if (entry->fault.sender == FAULT_ANY)
            cuts.shorted = true;
        else
            index_set_put(&cuts.off, (unsigned)entry->fault.sender, true);
        cuts.until_ns = time_earlier(cuts.until_ns, entry->end_ns);
    }
    for (uint64_t rest = entries_of(self, FAULT_BABBLE, bus, now_ns); rest; rest &= rest - 1) {
        const fault_entry_t *entry = &self->entries[__builtin_ctzll(rest)];
        index_set_put(&cuts.babbling, (unsigned)entry->fault.sender, true);
        cuts.until_ns = time_earlier(cuts.until_ns, entry->end_ns);
    }
    return cuts;
}

fault_air_t fault_plan_air(fault_plan_t *self, fault_medium_t medium, int64_t now_ns)
{
    fault_air_t air = {0};
    uint64_t fitting = 0;
    for (uint64_t rest = self->active; rest; rest &= rest - 1) {
        const fault_entry_t *entry = &self->entries[__builtin_ctzll(rest)];
        if (entry->fault.medium == medium && lasts(entry, now_ns)) fitting |= rest & -rest;
    }
    while (fitting) {
        unsigned index = take_oldest(self, &fitting);
        const fault_t *fault = &self->entries[index].fault;
        if (fault->kind == FAULT_DROP) air.lost = true;
        if (fault->kind == FAULT_CORRUPT) air.inverted = !air.inverted;
        if (fault->kind == FAULT_DELAY) air.late_ns += fault->by_ns;
        if (fault->kind == FAULT_DUPLICATE) air.copies++;
        hit(self, index);
    }
    return air;
}
