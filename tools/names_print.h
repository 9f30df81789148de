// SPDX-License-Identifier: MIT
// How the names of a vehicle and of its messages are shown: as tables for people, as JSON for scripts.
#ifndef KMSIM_TOOLS_NAMES_PRINT_H
#define KMSIM_TOOLS_NAMES_PRINT_H

#include "bus/can/dbc.h"
#include "bus/kernel/vehicle.h"
#include "tools/json_printer.h"

/// Prints the buses and units on standard output; as JSON the members "vehicle", "buses" and "units".
void names_print_vehicle(const vehicle_t *vehicle);
void names_json_vehicle(json_printer_t *json, const vehicle_t *vehicle);

/// Prints a message with its signals and value names; as JSON an object.
void names_print_message(const dbc_message_t *message);
void names_json_message(json_printer_t *json, const dbc_message_t *message);

#endif
