// SPDX-License-Identifier: MIT
// The buttons of a remote control as stories name them. Of the verbs remote and radio.
#ifndef KMSIM_SCENARIOS_PLAY_VERBS_BUTTON_H
#define KMSIM_SCENARIOS_PLAY_VERBS_BUTTON_H

#include "bus/car/key_radio.h"

#define BUTTONS "unlock", "lock", "boot" // a choice of a field, by the index of …
static const key_button_t BUTTON_OF[] = {KEY_BUTTON_UNLOCK, KEY_BUTTON_LOCK, KEY_BUTTON_BOOT};

static inline const char *button_name(key_button_t button)
{
    static const char *const NAMES[] = {
        [KEY_BUTTON_UNLOCK] = "unlock", [KEY_BUTTON_LOCK] = "lock", [KEY_BUTTON_BOOT] = "boot"};
    return NAMES[button];
}

#endif
