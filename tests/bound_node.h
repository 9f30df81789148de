// SPDX-License-Identifier: MIT
// A node of a vehicle, bound as a host binds it, for tests that then are its host.
#ifndef KMSIM_TESTS_BOUND_NODE_H
#define KMSIM_TESTS_BOUND_NODE_H

#include "bus/files/dbc_file.h"
#include "bus/kernel/node.h"

typedef struct {
    const char *vehicle; // "e65", or a path
    const char *name;    // of the node
} bound_node_place_t;

/// Loads the vehicle and its DBC, which the caller destroys, and returns a new state of the node there, which the
/// caller frees. Fails the test when that cannot be.
void *bound_node_new(const node_class_t *class, bound_node_place_t place, vehicle_t *vehicle, dbc_file_t **file,
                     node_ports_t *ports);

/// The number of the line with that name; fails the test when the node has none.
uint8_t bound_node_line(const node_ports_t *ports, const char *name);

#endif
