// SPDX-License-Identifier: MIT
#include "bus/kernel/vehicle.h"

#include <string.h>

int vehicle_find_bus(const vehicle_t *self, const char *name)
{
    for (int i = 0; i < self->bus_count; i++) {
        if (strcmp(self->buses[i].name, name) == 0) return i;
    }
    return -1;
}

int vehicle_find_node(const vehicle_t *self, const char *name)
{
    for (int i = 0; i < self->node_count; i++) {
        if (strcmp(self->nodes[i].name, name) == 0) return i;
    }
    return -1;
}

int vehicle_find_kind(const vehicle_t *self, const char *executable)
{
    for (int i = 0; i < self->node_count; i++) {
        if (strcmp(self->nodes[i].executable, executable) == 0) return i;
    }
    return -1;
}

bool vehicle_has_external(const vehicle_t *self)
{
    for (int i = 0; i < self->node_count; i++) {
        if (self->nodes[i].external) return true;
    }
    return false;
}

const vehicle_option_t *vehicle_find_option(const vehicle_node_t *self, const char *name)
{
    for (int i = 0; i < self->option_count; i++) {
        if (strcmp(self->options[i].name, name) == 0) return &self->options[i];
    }
    return NULL;
}

int vehicle_find_value(const vehicle_option_t *self, const char *name)
{
    for (int i = 0; i < self->value_count; i++) {
        if (strcmp(self->values[i], name) == 0) return i;
    }
    return -1;
}
