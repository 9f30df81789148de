// SPDX-License-Identifier: MIT
#include "tests/bound_node.h"
#include "bus/files/vehicle_file.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

void *bound_node_new(const node_class_t *class, bound_node_place_t place, vehicle_t *vehicle, dbc_file_t **file,
                     node_ports_t *ports)
{
    static error_t error;
    error_clear(&error);
    ck_assert_msg(vehicle_file_load(vehicle, place.vehicle, NULL, &error), "%s", error.text);
    *file = dbc_file_new(vehicle->dbc_path, &error);
    ck_assert_msg(*file != NULL, "%s", error.text);
    void *state = calloc(1, class->size);
    ck_assert_ptr_nonnull(state);
    const node_setup_t setup = {dbc_file_dbc(*file), vehicle, &vehicle->nodes[vehicle_find_node(vehicle, place.name)]};
    const char *missing = "";
    ck_assert_msg(class->bind(state, &setup, ports, &missing), "%s", missing);
    return state;
}

uint8_t bound_node_line(const node_ports_t *ports, const char *name)
{
    size_t line = 0;
    while (line < ports->line_count && strcmp(ports->lines[line], name) != 0) line++;
    ck_assert_msg(line < ports->line_count, "no line %s", name);
    return (uint8_t)line;
}
