// SPDX-License-Identifier: MIT
// The driver's seat: five motors, of which two move together; recall at once, or when the driver's door opens. Pure.
#ifndef KMSIM_ECUS_SEAT_H
#define KMSIM_ECUS_SEAT_H

#include "bus/kernel/node.h"

extern const node_class_t seat_class;

#endif
