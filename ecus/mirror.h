// SPDX-License-Identifier: MIT
// The outside mirrors: four motors; the passenger's tilts to the kerb while reversing. Pure.
//
//   set value    what the driver or a profile wants of passenger_vertical: recalled, stored, kept without power
//   tilted       reverse gear and terminal 15: the motor stands KERB_TILT below it; that is never stored
#ifndef KMSIM_ECUS_MIRROR_H
#define KMSIM_ECUS_MIRROR_H

#include "bus/kernel/node.h"

extern const node_class_t mirror_class;

#endif
