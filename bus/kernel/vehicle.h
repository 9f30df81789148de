// SPDX-License-Identifier: MIT
// A vehicle: its buses, its nodes and what the gateway routes, as a value with its look-ups. Pure;
// bus/files/vehicle_file.h reads one from its file.
#ifndef KMSIM_BUS_KERNEL_VEHICLE_H
#define KMSIM_BUS_KERNEL_VEHICLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VEHICLE_NAME_MAX 31
#define VEHICLE_PATH_MAX 4095
#define VEHICLE_PROGRAM_MAX 255
#define VEHICLE_BUSES_MAX 4
#define VEHICLE_NODES_MAX 64
#define VEHICLE_ROUTES_MAX 32
#define VEHICLE_OPTIONS_MAX 16
#define VEHICLE_OPTION_VALUES_MAX 8

typedef struct {
    char name[VEHICLE_NAME_MAX + 1]; // "comfort"
    uint32_t bit_rate;               // bit/s, 10,000 .. 1,000,000
} vehicle_bus_t;

typedef struct { // a coding option: "opens": by_touch | while_held
    char name[VEHICLE_NAME_MAX + 1];
    uint8_t value_count;
    uint8_t standard; // index of the value that holds when nothing was coded
    char values[VEHICLE_OPTION_VALUES_MAX][VEHICLE_NAME_MAX + 1];
} vehicle_option_t;

typedef struct {
    char name[VEHICLE_NAME_MAX + 1];       // "left": the name in stories, and the sender in the DBC
    char executable[VEHICLE_NAME_MAX + 1]; // "window": kind of unit, and the program that runs it
    char program[VEHICLE_PROGRAM_MAX + 1]; // "units/window.py", relative to the vehicle file; "": the kind's, by name
    bool external;                         // started by its owner and waited for
    uint8_t address;                       // diagnostic address, 0 for none
    uint8_t bus_count;
    uint8_t buses[VEHICLE_BUSES_MAX]; // indices into the vehicle's buses; the node's bus 0 is the first
    uint8_t option_count;
    vehicle_option_t options[VEHICLE_OPTIONS_MAX];
} vehicle_node_t;

typedef struct {
    uint32_t id;
    uint8_t from, to; // indices into the vehicle's buses
} vehicle_route_t;

typedef struct {
    char name[VEHICLE_NAME_MAX + 1];
    char path[VEHICLE_PATH_MAX + 1];     // of the vehicle file
    char dbc_path[VEHICLE_PATH_MAX + 1]; // of its DBC, relative paths resolved
    uint8_t bus_count, node_count, route_count;
    vehicle_bus_t buses[VEHICLE_BUSES_MAX];
    vehicle_node_t nodes[VEHICLE_NODES_MAX]; // in the order in which outboxes are merged
    vehicle_route_t routes[VEHICLE_ROUTES_MAX];
} vehicle_t;

/// The index of a bus or node by name, or -1; of the first node of that kind of unit, or -1.
int vehicle_find_bus(const vehicle_t *self, const char *name);
int vehicle_find_node(const vehicle_t *self, const char *name);
int vehicle_find_kind(const vehicle_t *self, const char *executable);

/// Whether there is a unit that its owner starts.
bool vehicle_has_external(const vehicle_t *self);

/// A node's coding option by name, or null; the index of an option's value by name, or -1.
const vehicle_option_t *vehicle_find_option(const vehicle_node_t *self, const char *name);
int vehicle_find_value(const vehicle_option_t *self, const char *name);

#endif
