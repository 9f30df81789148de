// SPDX-License-Identifier: MIT
// What diagnosis finds in every unit of the car: who it is, the VIN, its coding options, a scratch, and a fault code
// for each bus on which it can be bus-off. Pure.
#ifndef KMSIM_ECUS_IDENTIFICATION_H
#define KMSIM_ECUS_IDENTIFICATION_H

#include "bus/diagnosis/uds_server.h"

/// Of a unit on so many buses; their owner is the ecu_t.
const uds_tables_t *identification_diagnosis(uint8_t bus_count);

#endif
