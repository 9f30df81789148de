// SPDX-License-Identifier: MIT
// Reads a vehicle from its file (bus/vehicles/*.json) and knows where such files are.
#ifndef KMSIM_BUS_FILES_VEHICLE_FILE_H
#define KMSIM_BUS_FILES_VEHICLE_FILE_H

#include "bus/base/error.h"
#include "bus/files/dbc_file.h"
#include "bus/kernel/vehicle.h"

/// Loads a vehicle by name ("e65": from the directory that KMSIM_VEHICLES names, else from the vehicles of the build or
/// installation that the program is of) or by path (anything with '/' in it or ending in .json), relative to
/// `directory` when that is not null. False with all mistakes told.
bool vehicle_file_load(vehicle_t *vehicle, const char *name_or_path, const char *directory, error_t *error);

/// Returns the vehicle's DBC, a new file that the caller destroys; null with the error told, and with it which vehicle
/// file names that DBC.
dbc_file_t *vehicle_file_dbc(const vehicle_t *vehicle, error_t *error);

#endif
