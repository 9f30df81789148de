// SPDX-License-Identifier: MIT
// The Car Access System: a control unit with keys. Pure.
//
//   air/rf ──> remote.c ───┐                         ┌──> RemoteKeyStatus (0x23A), CentralLocking (0x2A0)
//                          ├── keys.c: the table ────┤
//   air/lf <─> ignition.c ─┘    (R1-R3, R6)          ├──> TerminalStatus (0x130)
//   lines ────────┘                                  └──> DoorState (0x2FC)
//   frames ──> gateway.c ──> the other bus
//
// What it originates goes out on all its buses, the same sequence on each, and is never routed.
#ifndef KMSIM_CAS_CAS_H
#define KMSIM_CAS_CAS_H

#include "cas/gateway.h"
#include "cas/ignition.h"
#include "cas/keys.h"
#include "cas/remote.h"
#include "ecus/ecu.h"

typedef enum { CAS_MESSAGE_TERMINAL, CAS_MESSAGE_LOCKING, CAS_MESSAGE_DOORS, CAS_MESSAGE_NETWORK } cas_message_t;

typedef enum {
    CAS_TIMER_REPEAT,   // the held button's next RemoteKeyStatus
    CAS_TIMER_PRESS,    // more presses act
    CAS_TIMER_COMMAND,  // the locking command becomes idle
    CAS_TIMER_VALID,    // the key in the lock has been judged
    CAS_TIMER_TERMINAL, // the terminals may follow the key's position
    CAS_TIMER_ROUTE,    // the gateway's next frame
    CAS_TIMER_ANNOUNCE, // + IGNITION_…: the next RemoteKeyStatus of a burst
} cas_timer_t;

typedef enum { CAS_LINE_KEY, CAS_LINE_TERMINAL, CAS_LINE_DOOR } cas_line_t;

typedef enum { CAS_COMMAND_IDLE, CAS_COMMAND_UNLOCK, CAS_COMMAND_LOCK, CAS_COMMAND_BOOT } cas_command_t;

typedef struct {
    uint32_t verdicts[KEYS_VERDICT_COUNT];            // telegrams by what became of them
    uint32_t presses_lost;                            // accepted, but more at once than can be kept
    uint32_t foreign_keys, silent_keys, blocked_keys; // in the lock
} cas_counters_t;

typedef struct cas {
    ecu_t ecu; // first
    // bound once
    const dbc_message_t *remote_message;
    const dbc_signal_t *remote_signals[REMOTE_SIGNAL_COUNT];
    const dbc_signal_t *terminal_signals[IGNITION_SIGNAL_COUNT];
    const dbc_signal_t *locking_signals[5]; // the four doors, the boot
    const dbc_signal_t *driver_door;
    uint32_t terminal_id;
    // since power-on
    keys_t keys;
    remote_t remote;
    ignition_t ignition;
    gateway_t gateway;
    cas_counters_t counters;
    cas_command_t command;
    bool driver_door_open;
    uint8_t alive[VEHICLE_BUSES_MAX]; // TerminalStatus frames carried, modulo 15
} cas_t;

extern const node_class_t cas_class;

/// Commands the doors: at once on all buses, and as long as the command lasts in every cyclic frame.
void cas_command(cas_t *self, cas_command_t command);

/// Sends RemoteKeyStatus on all buses, each one a frame of its own, never replaced by a later one.
void cas_send_key_status(cas_t *self, const remote_status_t *status);

/// The checksum nibble of a TerminalStatus frame (DOMAIN.md, 0x130) from its first four bytes and the alive counter.
uint8_t cas_terminal_checksum(const uint8_t data[4], uint8_t alive);

#endif
