// SPDX-License-Identifier: MIT
#include "scenarios/play/play_vocabulary.h"

#define VERB_ROW(name) &verb_##name,
#define CONDITION_ROW(name) &condition_##name,

static const verb_t *const VERBS[] = {PLAY_VERBS(VERB_ROW)};
static const condition_kind_t *const CONDITIONS[] = {PLAY_CONDITIONS(CONDITION_ROW)};

const vocabulary_t play_vocabulary = {sizeof VERBS / sizeof VERBS[0], VERBS, sizeof CONDITIONS / sizeof CONDITIONS[0],
                                      CONDITIONS};
