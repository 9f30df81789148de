// SPDX-License-Identifier: MIT
// The Car Access System: a control unit with keys. Pure.
//
//   air/rf ──> remote ───┐                         ┌──> call-ups ──> RemoteKeyStatus (0x23A); CentralLocking (0x2A0)
//                        ├── keys: the table ──────┤
//   air/lf <─> ignition ─┘    (R1-R3, R6)          ├──> TerminalStatus (0x130)
//   lines ───────┘                                 └──> DoorState (0x2FC)
//   frames ──> gateway ──> the other bus
//
// The parts are values: they are told what happened, and what they want done is pulled (cas/effects.h). cas.c alone
// touches the ecu, its timers and the outbox.
//
// What it originates goes out on all its buses, the same sequence on each, and is never routed.
#ifndef KMSIM_CAS_CAS_H
#define KMSIM_CAS_CAS_H

#include "cas/call_ups.h"
#include "cas/gateway.h"
#include "cas/ignition.h"
#include "cas/keys.h"
#include "cas/messages.h"
#include "cas/remote.h"
#include "ecus/ecu.h"

typedef struct {
    ecu_t ecu; // first
    // bound once
    messages_t messages;
    // since power-on
    keys_t keys;
    remote_t remote;
    ignition_t ignition;
    gateway_t gateway;
    call_ups_t call_ups[VEHICLE_BUSES_MAX];
    uint32_t call, press_call; // the last call-up; that of the press on the buses
    uint32_t withdrawn;        // frames of call-ups, on all buses
    doors_command_t command;
    int64_t commanded_ns; // when, and how many frames of it may wait on a bus
    uint8_t commands;
    bool driver_door_open;
    uint8_t alive[VEHICLE_BUSES_MAX]; // TerminalStatus frames carried, modulo 15
} cas_t;

extern const node_class_t cas_class;

#endif
