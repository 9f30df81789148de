// SPDX-License-Identifier: MIT
// Small sentences for the tests of Key Memory: a unit that only remembers (memory_unit.h) hears this frame.
#ifndef KMSIM_TESTS_KEY_MEMORY_SENTENCES_H
#define KMSIM_TESTS_KEY_MEMORY_SENTENCES_H

#include <check.h>

#include "bus/car/words.h"
#include "tests/memory_unit.h"
#include "tests/node_sentences.h"
#include "tests/suite.h"

static memory_unit_t *unit;

static inline void set_up(void)
{
    node = node_fixture_new(&memory_unit_class, "climate");
    unit = node->state;
    // An option that only the seat has in the E65; any unit with Key Memory obeys it.
    node->entry->options[0] = (vehicle_option_t){.name = "personalization", .value_count = 2, .values = {"on", "off"}};
    node->entry->option_count = 1;
    image_clear(&node->image);
    for (int profile = 1; profile <= KEY_MEMORY_PROFILES; profile++) {
        ck_assert(image_set(&node->image, "profile", profile, "driver_temperature", profile));
    }
    node_fixture_power_on(node, 0, IMAGE_PRESENT);
}

static inline void hear(const char *text)
{
    can_frame_t frame;
    ck_assert(frame_parse(text, &frame));
    node_fixture_frame(node, &frame);
}

#endif
