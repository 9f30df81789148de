// SPDX-License-Identifier: MIT
// The units of this car, as far as others must know them: which they find by its kind (the executable in the vehicle
// file; everybody else is found by what vehicle file and DBC say of it), and what they keep in their stored images.
//
// Names in an image (N counts from 1, SETTING as the DBC's KeyMemorySetting attribute names it, values raw as on the
// wire):
//
//   every unit                     coding/OPTION (index of the value in the vehicle file) · memory/SETTING 0 key, 1 car
//                                  fault/CODE (fault memory, bus/diagnosis/fault_memory.h)
//                                  security/attempts (wrong keys to security access in a row, 1 .. 3)
//   units with Key Memory          profile/N/coded 0|1 · profile/N/SETTING · active 0 (none) .. 4
//                                  car/SETTING (the value common to all keys) · position/SETTING (where a motor stands)
//   cas                            key/N/personalization 1..4 (0 unknown) · key/N/secret (16 bytes) · key/N/counter
//                                  key/N/learned · key/N/blocked · key/N/battery 0 ok, 1 low
//   fobs (the key fobs' own)       key/N/personalization · key/N/secret · key/N/counter · key/N/battery
//
// A profile never named is coded with factory values, a key never named is none.
#ifndef KMSIM_BUS_CAR_UNITS_H
#define KMSIM_BUS_CAR_UNITS_H

#define UNIT_CAS "cas" // the Car Access System: who keeps the keys, and where testers are connected

#endif
