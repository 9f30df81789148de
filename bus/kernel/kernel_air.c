// SPDX-License-Identifier: MIT
// What is said on the air: when it is heard, and what the fault plan makes of it.
#include "bus/kernel/kernel_state.h"

static void put(kernel_t *self, uint8_t source, const air_t *air, int64_t late_ns)
{
    int64_t latency_ns = air->channel == AIR_LF ? KERNEL_LF_NS : KERNEL_RF_NS;
    kernel_item_t *item = kernel_enqueue(self, INPUT_AIR, self->now_ns + latency_ns + late_ns);
    item->source = source;
    item->air = *air;
}

// Of what the coil at the lock carries the transponder's part: a unit's challenge comes through.
static fault_air_t ask_plan(kernel_t *self, uint8_t source, const air_t *air)
{
    bool radio = air->channel == AIR_RF;
    bool transponder = air->channel == AIR_LF && source >= self->vehicle->node_count;
    if (fault_plan_is_empty(self->plan) || (!radio && !transponder)) return (fault_air_t){0};
    return fault_plan_air(self->plan, radio ? FAULT_OF_RF : FAULT_OF_LF, self->now_ns);
}

// A telegram that comes late ends late by the same; else its end would come first, and the button never be let go.
//
//   sent       ├ telegram ──────────────── end
//   heard                ├ telegram ──────────────── end
//              └─ late ──┘                 └─ late ──┘
static void note_lateness(kernel_t *self, uint32_t transmission, int64_t late_ns)
{
    if (self->late_count < KERNEL_LATE_MAX)
        self->late[self->late_count++] = (kernel_late_t){transmission, late_ns};
    else
        self->nonsense++;
}

static int64_t take_lateness(kernel_t *self, uint32_t transmission)
{
    for (size_t i = 0; i < self->late_count; i++) {
        kernel_late_t late = self->late[i];
        if (late.transmission != transmission) continue;
        self->late[i] = self->late[--self->late_count];
        return late.late_ns;
    }
    return 0;
}

// Lost or not, a transmission is numbered: the numbers of later ones are those that they would have without the fault.
uint32_t kernel_transmit_from(kernel_t *self, uint8_t source, const air_t *air)
{
    air_t said = *air;
    fault_air_t fault = ask_plan(self, source, air);
    if (air->channel == AIR_RF) said.transmission = ++self->transmissions;
    if (fault.lost) return said.transmission;
    if (air->channel == AIR_RF_END)
        fault.late_ns = take_lateness(self, said.transmission);
    else if (air->channel == AIR_RF && fault.late_ns > 0)
        note_lateness(self, said.transmission, fault.late_ns);
    // The last one that is sent: of our layouts it is the tag's.
    if (fault.inverted && said.size > 0) said.bytes[said.size - 1] ^= 1;
    put(self, source, &said, fault.late_ns);
    for (unsigned i = 0; i < fault.copies && kernel_has_room(self); i++) put(self, source, &said, fault.late_ns);
    return said.transmission;
}
