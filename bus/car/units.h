// SPDX-License-Identifier: MIT
// Kinds of unit of this car that others know by name: the executable in the vehicle file. Everybody else is found by
// what the vehicle file and the DBC say of it.
#ifndef KMSIM_BUS_CAR_UNITS_H
#define KMSIM_BUS_CAR_UNITS_H

#define UNIT_CAS "cas" // the Car Access System: who keeps the keys, and where testers are connected

#endif
