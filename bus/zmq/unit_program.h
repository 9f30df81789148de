// SPDX-License-Identifier: MIT
// Where the program of a control unit is found:
//
//   "executable": "units/window.py"    there, relative to the vehicle file
//   "executable": "window"             beside our own program or in ../libexec/kmsim, else in a directory of the
//                                      environment's KMSIM_UNITS, which are separated by colons
#ifndef KMSIM_BUS_ZMQ_UNIT_PROGRAM_H
#define KMSIM_BUS_ZMQ_UNIT_PROGRAM_H

#include "bus/base/error.h"
#include "bus/kernel/vehicle.h"

#define UNIT_PROGRAM_PATH_MAX (VEHICLE_PATH_MAX + VEHICLE_PROGRAM_MAX + 1)

/// Fills in the path of a program that can be executed; directory is that of our own units. False with the error told,
/// naming the unit.
bool unit_program_find(const vehicle_t *vehicle, const vehicle_node_t *unit, const char *directory,
                       char program[UNIT_PROGRAM_PATH_MAX + 1], error_t *error);

#endif
