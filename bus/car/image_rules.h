// SPDX-License-Identifier: MIT
// Whether a stored image can be one that this car's units have stored (bus/car/units.h has the names): a file may be
// whole and still say what cannot be, after a hand, a script or another vehicle's DBC was at it. Pure.
//
// Names that are not known here are another unit's own, or of a later day: they are left alone. What a unit stores
// always together has to be there together.
#ifndef KMSIM_BUS_CAR_IMAGE_RULES_H
#define KMSIM_BUS_CAR_IMAGE_RULES_H

#include "bus/can/dbc.h"
#include "bus/kernel/image.h"
#include "bus/kernel/vehicle.h"

/// False when it cannot be; *name then is the entry that is wrong or missing, in the image's storage, static or the
/// vehicle's or DBC's. The entry is the node's in the vehicle, null for the key fobs.
bool image_rules_hold(const vehicle_node_t *entry, const dbc_t *dbc, const image_t *image, const char **name);

#endif
