// SPDX-License-Identifier: MIT
// Vehicles with their messages, each read once however many stories drive it.
#ifndef KMSIM_BUS_FILES_GARAGE_H
#define KMSIM_BUS_FILES_GARAGE_H

#include "bus/can/dbc.h"
#include "bus/base/error.h"
#include "bus/kernel/vehicle.h"

typedef struct garage garage_t;

typedef struct {
    const vehicle_t *vehicle;
    const dbc_t *dbc;
} garage_car_t;

/// Returns a new garage without cars that the caller destroys; the cars go with it.
garage_t *garage_new(void);
void garage_destroy(garage_t **self_p);

/// The vehicle of that name, or at that path relative to directory (null: the present one). False with all mistakes
/// told.
bool garage_fetch(garage_t *self, const char *name_or_path, const char *directory, garage_car_t *car, error_t *error);

#endif
