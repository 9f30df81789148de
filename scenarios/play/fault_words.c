// SPDX-License-Identifier: MIT
#include "scenarios/play/fault_words.h"

#include <inttypes.h>
#include <math.h>

#include "scenarios/play/controllers.h"

#define CHANCE_BITS 64

static const char *const KINDS[] = {FAULT_WORDS_KINDS};
static const char *const AIR[] = {FAULT_WORDS_AIR};

const char *fault_words_kind(fault_kind_t kind)
{
    return KINDS[kind];
}

const char *fault_words_air(fault_medium_t medium)
{
    return medium == FAULT_OF_BUS ? NULL : AIR[medium - FAULT_OF_RF];
}

const dbc_message_t *fault_words_message(const fault_t *fault, const dbc_t *dbc)
{
    const can_frame_t frame = {.id = fault->id, .extended = fault->extended};
    return fault->selects ? dbc_message_of(dbc, &frame) : NULL;
}

void fault_words_add_selection(words_t *words, const vehicle_t *vehicle, const dbc_t *dbc, const fault_t *fault)
{
    const dbc_message_t *message = fault_words_message(fault, dbc);
    const char *air = fault_words_air((fault_medium_t)fault->medium);
    words_add(words, "%s", fault_words_kind((fault_kind_t)fault->kind));
    if (air) words_add(words, " on the air, %s", air);
    if (message)
        words_add(words, " %s", message->name);
    else if (fault->selects)
        words_add(words, " %" PRIX32, fault->id);
    if (fault->sender != FAULT_ANY) words_add(words, " of %s", controllers_name(vehicle, (uint8_t)fault->sender));
    if (fault->bus != FAULT_ANY) words_add(words, " on %s", vehicle->buses[fault->bus].name);
    if (fault->to != FAULT_ANY) words_add(words, " to %s", controllers_name(vehicle, (uint8_t)fault->to));
}

void fault_words_add_extent(words_t *words, const fault_t *fault)
{
    char frame[FRAME_TEXT_MAX];
    if (fault->kind == FAULT_BABBLE) words_add(words, " with %s", frame_format(&fault->frame, frame));
    if (fault->kind == FAULT_NOISE) words_add(words, " at %.6g", ldexp((double)fault->chance, -CHANCE_BITS));
    if (fault->kind == FAULT_DELAY) {
        words_add(words, " by ");
        words_add_time(words, fault->by_ns);
    }
    if (fault->count > 0) words_add(words, ", %" PRIu32 " time%s", fault->count, fault->count > 1 ? "s" : "");
    if (fault->for_ns != TIME_NEVER) {
        words_add(words, " for ");
        words_add_time(words, fault->for_ns);
    }
}
