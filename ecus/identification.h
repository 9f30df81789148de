// SPDX-License-Identifier: MIT
// What diagnosis finds in every unit of the car: who it is, the VIN, its coding options, a scratch. Pure.
#ifndef KMSIM_ECUS_IDENTIFICATION_H
#define KMSIM_ECUS_IDENTIFICATION_H

#include "bus/diagnosis/uds_server.h"

/// Their owner is the ecu_t.
extern const uds_tables_t identification_diagnosis;

#endif
