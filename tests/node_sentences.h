// SPDX-License-Identifier: MIT
// Small sentences for the tests of one node of the E65: at a time, the driver does something, and the status is this.
#ifndef KMSIM_TESTS_NODE_SENTENCES_H
#define KMSIM_TESTS_NODE_SENTENCES_H

#include "tests/node_fixture.h"

#include <stdio.h>

#define TO 0x10000 // a switch that is held until this value and what is added to it

enum { RELEASED, INCREASE, DECREASE }; // values of a switch

static node_fixture_t *node;

static inline void tear_down(void)
{
    node_fixture_destroy(&node);
}

static inline void at(int64_t ms)
{
    node_fixture_run_to(node, ms * TIME_MS);
}

static inline void tell_setting(const char *kind, const char *setting, int64_t value, bool momentary)
{
    char name[64];
    snprintf(name, sizeof name, "%s/%s/%s", kind, node->entry->name, setting);
    node_fixture_line(node, name, value, momentary);
}

static inline void press(const char *setting, int64_t value)
{
    tell_setting("switch", setting, value, false);
}

static inline void turn(const char *setting, int64_t raw)
{
    tell_setting("knob", setting, raw, true);
}

static inline int64_t status(const char *signal)
{
    return node_fixture_status(node, signal);
}

#endif
