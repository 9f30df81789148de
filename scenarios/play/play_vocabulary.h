// SPDX-License-Identifier: MIT
// The verbs and conditions that there are. A new one is a file in verbs/ or conditions/ that ends in its row, a place
// in the list here, and its schema in scenarios/scenario.schema.json.
#ifndef KMSIM_SCENARIOS_PLAY_PLAY_VOCABULARY_H
#define KMSIM_SCENARIOS_PLAY_PLAY_VOCABULARY_H

#include "scenarios/story/vocabulary.h"

// In the order in which a mistake lists them.
#define PLAY_VERBS(ROW)                                                                                                \
    ROW(remote)                                                                                                        \
    ROW(radio)                                                                                                         \
    ROW(ignition)                                                                                                      \
    ROW(door)                                                                                                          \
    ROW(gear)                                                                                                          \
    ROW(switch)                                                                                                        \
    ROW(adjust)                                                                                                        \
    ROW(frame)                                                                                                         \
    ROW(power)                                                                                                         \
    ROW(wait)                                                                                                          \
    ROW(expect)                                                                                                        \
    ROW(never)                                                                                                         \
    ROW(always)                                                                                                        \
    ROW(whenever)                                                                                                      \
    ROW(service)                                                                                                       \
    ROW(cip)                                                                                                           \
    ROW(uds)                                                                                                           \
    ROW(fault)

// The first whose mark is there tells the kind: period and count before message, since they have one, too.
#define PLAY_CONDITIONS(ROW)                                                                                           \
    ROW(any)                                                                                                           \
    ROW(all)                                                                                                           \
    ROW(not )                                                                                                          \
    ROW(count)                                                                                                         \
    ROW(period)                                                                                                        \
    ROW(message)                                                                                                       \
    ROW(frame)                                                                                                         \
    ROW(profile)                                                                                                       \
    ROW(settings)                                                                                                      \
    ROW(car)                                                                                                           \
    ROW(terminal)                                                                                                      \
    ROW(key_valid)                                                                                                     \
    ROW(fault)                                                                                                         \
    ROW(bus_state)                                                                                                     \
    ROW(tec)                                                                                                           \
    ROW(rec)                                                                                                           \
    ROW(error)

#define PLAY_VERB(name) extern const verb_t verb_##name;
#define PLAY_CONDITION(name) extern const condition_kind_t condition_##name;
PLAY_VERBS(PLAY_VERB)
PLAY_CONDITIONS(PLAY_CONDITION)

extern const vocabulary_t play_vocabulary;

#endif
