// SPDX-License-Identifier: MIT
// A fault in words: "drop RemoteKeyStatus of cas on kcan-p to seat, 1 time".
#ifndef KMSIM_SCENARIOS_PLAY_FAULT_WORDS_H
#define KMSIM_SCENARIOS_PLAY_FAULT_WORDS_H

#include "bus/base/words.h"
#include "bus/can/dbc.h"
#include "bus/can/fault_plan.h"
#include "bus/kernel/vehicle.h"

/// As stories name the kinds and the media of the air, in the order of fault_kind_t and from FAULT_OF_RF on.
#define FAULT_WORDS_KINDS "drop", "corrupt", "delay", "duplicate", "noise", "babble", "cut"
#define FAULT_WORDS_AIR "rf", "lf"

const char *fault_words_kind(fault_kind_t kind);

/// "rf", "lf"; null for a bus.
const char *fault_words_air(fault_medium_t medium);

/// The message that the fault selects; null: none, or none of the DBC's.
const dbc_message_t *fault_words_message(const fault_t *fault, const dbc_t *dbc);

/// What it is and what it selects: "drop RemoteKeyStatus of cas on kcan-p to seat"; then how far it goes: " by 20 ms",
/// ", 3 times".
void fault_words_add_selection(words_t *words, const vehicle_t *vehicle, const dbc_t *dbc, const fault_t *fault);
void fault_words_add_extent(words_t *words, const fault_t *fault);

#endif
