// SPDX-License-Identifier: MIT
// libFuzzer target: the text of a vehicle file, read from a file in memory. What is refused has its mistakes told; what
// is taken keeps within every bound, and refers to nothing that is not there.
#define _GNU_SOURCE // memfd_create
#include "bus/files/vehicle_file.h"

#include <stdio.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bus/can/frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static vehicle_t vehicle;
static error_t error;

static void check(bool holds)
{
    if (!holds) abort();
}

static void check_name(const char *name)
{
    check(memchr(name, '\0', VEHICLE_NAME_MAX + 1) != NULL && name[0] != '\0');
}

static void check_node(int index)
{
    const vehicle_node_t *node = &vehicle.nodes[index];
    check_name(node->name);
    check_name(node->executable);
    check(vehicle_find_node(&vehicle, node->name) == index); // nobody before has this name
    check(vehicle_find_kind(&vehicle, node->executable) >= 0);
    check(node->bus_count >= 1 && node->bus_count <= VEHICLE_BUSES_MAX && node->option_count <= VEHICLE_OPTIONS_MAX);
    for (uint8_t i = 0; i < node->bus_count; i++) {
        check(node->buses[i] < vehicle.bus_count);
        check(memchr(node->buses, node->buses[i], i) == NULL);
    }
    for (int i = 0; i < index; i++) check(node->address == 0 || node->address != vehicle.nodes[i].address);
    for (uint8_t i = 0; i < node->option_count; i++) {
        const vehicle_option_t *option = &node->options[i];
        check_name(option->name);
        check(vehicle_find_option(node, option->name) == option);
        check(option->value_count >= 1 && option->value_count <= VEHICLE_OPTION_VALUES_MAX);
        check(option->standard < option->value_count);
        for (uint8_t value = 0; value < option->value_count; value++)
            check(vehicle_find_value(option, option->values[value]) == value);
    }
}

static void check_vehicle(void)
{
    check_name(vehicle.name);
    check(vehicle.bus_count >= 1 && vehicle.bus_count <= VEHICLE_BUSES_MAX);
    check(vehicle.node_count >= 1 && vehicle.node_count <= VEHICLE_NODES_MAX);
    check(vehicle.route_count <= VEHICLE_ROUTES_MAX && vehicle.dbc_path[0] != '\0');
    for (int i = 0; i < vehicle.bus_count; i++) {
        check_name(vehicle.buses[i].name);
        check(vehicle_find_bus(&vehicle, vehicle.buses[i].name) == i);
        check(vehicle.buses[i].bit_rate >= 10000 && vehicle.buses[i].bit_rate <= 1000000);
    }
    for (int i = 0; i < vehicle.node_count; i++) check_node(i);
    for (uint8_t i = 0; i < vehicle.route_count; i++) {
        const vehicle_route_t *route = &vehicle.routes[i];
        check(route->id <= FRAME_BASE_ID_MAX && route->from != route->to);
        check(route->from < vehicle.bus_count && route->to < vehicle.bus_count);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int file = -1;
    static char path[64];
    if (file < 0) {
        file = memfd_create("vehicle", MFD_CLOEXEC);
        snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    }
    check(ftruncate(file, 0) == 0 && pwrite(file, data, size, 0) == (ssize_t)size);
    error_clear(&error);
    if (vehicle_file_load(&vehicle, path, NULL, &error)) {
        check(error.count == 0);
        check_vehicle();
    } else {
        check(error.count > 0 && strncmp(error.text, path, strlen(path)) == 0);
    }
    return 0;
}
