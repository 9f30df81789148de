// SPDX-License-Identifier: MIT
// What a part of the CAS wants done, as text: "store, key 3 number 2 unlock, doors unlock, log accepted 3 1 2".
#ifndef KMSIM_TESTS_EFFECTS_TEXT_H
#define KMSIM_TESTS_EFFECTS_TEXT_H

#include "cas/effects.h"

/// Begins anew; adds one effect.
void effects_text_clear(void);
void effects_text_add(const effect_t *effect);

/// What was added, commas between; valid until the next call of the two.
const char *effects_text(void);

#endif
