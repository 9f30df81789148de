// SPDX-License-Identifier: MIT
#include "tools/units.h"

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
