// SPDX-License-Identifier: MIT
// The sentences of tests/node_sentences.h about the seat. Raw values are tenths: longitudinal 1250 is 125.0 mm.
// Longitudinal and head restraint move 200 raw units a second, height 100, cushion tilt 30, backrest tilt 60.
#ifndef KMSIM_TESTS_SEAT_SENTENCES_H
#define KMSIM_TESTS_SEAT_SENTENCES_H

#include "ecus/seat.h"
#include "tests/node_sentences.h"

static inline void set_up(void)
{
    node = node_fixture_new(&seat_class, "seat");
    node_fixture_power_on(node, 0, IMAGE_NONE);
}

// Profile 2 differs from the factory values by 1 s of longitudinal, 2 s of height, 3 s of backrest tilt.
static inline void code_profile_2(void)
{
    image_set(&node->image, "profile", 2, "longitudinal", 1450);
    image_set(&node->image, "profile", 2, "height", 600);
    image_set(&node->image, "profile", 2, "backrest_tilt", 480);
    node_fixture_power_on(node, 0, IMAGE_PRESENT);
}

#endif
