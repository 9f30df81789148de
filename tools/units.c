// SPDX-License-Identifier: MIT
#include "tools/units.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

// One row a unit: cas is cas_class, in whatever file, whose name must be "cas"; the Makefile reads the rows and makes a
// program of each.
#define UNITS(ROW) ROW(cas) ROW(seat) ROW(mirror) ROW(climate)

#define DECLARE(name) extern const node_class_t name##_class;
#define CLASS(name) &name##_class,
UNITS(DECLARE)
static const node_class_t *const CLASSES[] = {UNITS(CLASS)};

const node_class_t *units_at(size_t index)
{
    return index < sizeof CLASSES / sizeof CLASSES[0] ? CLASSES[index] : NULL;
}

const node_class_t *units_find(const char *executable)
{
    for (size_t i = 0; i < sizeof CLASSES / sizeof CLASSES[0]; i++)
        if (strcmp(CLASSES[i]->name, executable) == 0) return CLASSES[i];
    return NULL;
}

static bool check_unit(const vehicle_t *vehicle, const dbc_t *dbc, const vehicle_node_t *entry, error_t *error)
{
    const node_class_t *class = units_find(entry->executable);
    if (!class) return true;
    void *node = calloc(1, class->size);
    assert(node);
    const node_setup_t setup = {dbc, vehicle, entry};
    node_ports_t ports = {0};
    const char *missing = NULL;
    bool good = class->bind(node, &setup, &ports, &missing);
    free(node);
    return good || error_add(error, "%s: unit \"%s\" finds no \"%s\" in %s", vehicle->path, entry->name,
                             missing ? missing : "?", vehicle->dbc_path);
}

bool units_check(const vehicle_t *vehicle, const dbc_t *dbc, error_t *error)
{
    bool good = true;
    for (size_t i = 0; i < vehicle->node_count; i++) good = check_unit(vehicle, dbc, &vehicle->nodes[i], error) && good;
    return good;
}
