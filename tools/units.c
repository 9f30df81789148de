// SPDX-License-Identifier: MIT
#include "tools/units.h"

#include <string.h>

#include "cas/cas.h"
#include "ecus/climate.h"
#include "ecus/mirror.h"
#include "ecus/seat.h"

static const node_class_t *const UNITS[] = {&cas_class, &seat_class, &mirror_class, &climate_class};

const node_class_t *units_find(const char *executable)
{
    for (size_t i = 0; i < sizeof UNITS / sizeof UNITS[0]; i++)
        if (strcmp(UNITS[i]->name, executable) == 0) return UNITS[i];
    return NULL;
}
