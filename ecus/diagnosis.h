// SPDX-License-Identifier: MIT
// Joins a unit's diagnostic server to its buses by ISO-TP. Pure; it is a part of ecu_t, and the ecu alone calls it.
//
//   0x6F1, byte 0 our address ──> isotp ──> uds_server ──> isotp ──> 0x600 + address, byte 0 the tester
//   0x6F1, byte 0 0xEF, 0xEE ──(single frames)──┘
//
// It answers on the bus from which the request came. A unit without an address has no diagnosis.
#ifndef KMSIM_ECUS_DIAGNOSIS_H
#define KMSIM_ECUS_DIAGNOSIS_H

#include "bus/kernel/node.h"
#include "bus/car/identifiers.h"
#include "bus/diagnosis/uds_server.h"

typedef struct {
    // bound once
    bool present;
    struct ecu *ecu;
    uint8_t address;
    // since power-on
    isotp_t link;
    uds_server_t server;
    size_t scratch_size;
    uint8_t scratch[IDENTIFIER_SCRATCH_MAX]; // forgotten at a reset, too
    uint8_t bus;                             // of the conversation
    uint32_t ignored; // frames of another conversation while one was under way, and malformed functional ones
} diagnosis_t;

/// Accepts requests to its address, and to functional ones, on every bus of the unit; serves what every unit has
/// (ecus/identification.h).
void diagnosis_bind(diagnosis_t *self, struct ecu *ecu, const node_setup_t *setup, node_ports_t *ports);

/// Power is there.
void diagnosis_start(diagnosis_t *self, const image_t *image);
void diagnosis_save(const diagnosis_t *self, image_t *image);

/// Takes a frame, or the report of one of ours; returns whether it was a diagnostic one that was meant for this unit.
bool diagnosis_take_frame(diagnosis_t *self, uint8_t bus, const can_frame_t *frame);
bool diagnosis_take_sent(diagnosis_t *self, uint8_t bus, const can_frame_t *frame);
bool diagnosis_take_not_sent(diagnosis_t *self, uint8_t bus, const can_frame_t *frame);

/// After all inputs of an activation: works, and sends what there is.
void diagnosis_run(diagnosis_t *self);

/// When it has something to do by itself; strictly ahead after diagnosis_run.
int64_t diagnosis_deadline(const diagnosis_t *self);

/// Whether a session is open that keeps the buses awake.
bool diagnosis_holds(const diagnosis_t *self);

#endif
