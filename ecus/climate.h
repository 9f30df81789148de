// SPDX-License-Identifier: MIT
// The climate control: settings that are implemented at once, changed by knobs in any state of the car. Pure.
#ifndef KMSIM_ECUS_CLIMATE_H
#define KMSIM_ECUS_CLIMATE_H

#include "bus/kernel/node.h"

extern const node_class_t climate_class;

#endif
