// SPDX-License-Identifier: MIT
// What the CAS says on its buses: its messages, signals and value names, bound by name once, and frames filled from
// what the CAS knows. No value's number stands here: the DBC has them. Pure.
#ifndef KMSIM_CAS_MESSAGES_H
#define KMSIM_CAS_MESSAGES_H

#include "bus/can/dbc.h"
#include "cas/effects.h"
#include "cas/ignition.h"

#define MESSAGES_KEY_STATUS "RemoteKeyStatus"
#define MESSAGES_TERMINAL "TerminalStatus"
#define MESSAGES_LOCKING "CentralLocking"
#define MESSAGES_DOORS "DoorState"

// The signals, those of a message together.
typedef enum {
    MESSAGES_NUMBER,
    MESSAGES_NUMBER_REPEAT,
    MESSAGES_KEY_USE,
    MESSAGES_BUTTON,
    MESSAGES_KEY,
    MESSAGES_KEY_KIND,
    MESSAGES_BATTERY,
    MESSAGES_R,
    MESSAGES_15,
    MESSAGES_50,
    MESSAGES_KEY_VALID,
    MESSAGES_KEY_IN_LOCK,
    MESSAGES_KEY_TYPE,
    MESSAGES_KEY_PLUGGED,
    MESSAGES_IMMOBILIZER,
    MESSAGES_15_HARDWARE,
    MESSAGES_ALIVE,
    MESSAGES_CHECKSUM,
    MESSAGES_LOCKING_FIRST,
    MESSAGES_LOCKING_LAST = MESSAGES_LOCKING_FIRST + 4,
    MESSAGES_DRIVER_DOOR,
    MESSAGES_SIGNAL_COUNT
} messages_signal_t;

#define MESSAGES_CHOICES_MAX 5

typedef struct {
    const dbc_message_t *key_status;
    uint32_t terminal_id;
    const dbc_signal_t *signals[MESSAGES_SIGNAL_COUNT];
    int64_t raw[MESSAGES_SIGNAL_COUNT][MESSAGES_CHOICES_MAX]; // of the named values that the CAS uses
} messages_t;

/// False when the DBC lacks a message, a signal or a value's name; *missing then is that name.
bool messages_bind(messages_t *self, const dbc_t *dbc, const char **missing);

/// RemoteKeyStatus.
can_frame_t messages_key_status(const messages_t *self, const key_status_t *status);

/// Fills TerminalStatus, CentralLocking and DoorState. `alive`: TerminalStatus frames carried, modulo 15.
void messages_fill_terminal(const messages_t *self, const ignition_t *ignition, uint8_t alive, can_frame_t *frame);
void messages_fill_locking(const messages_t *self, doors_command_t command, can_frame_t *frame);
void messages_fill_doors(const messages_t *self, bool driver_open, can_frame_t *frame);

/// The checksum nibble of a TerminalStatus frame from its first four bytes and the alive counter.
uint8_t messages_terminal_checksum(const uint8_t data[4], uint8_t alive);

#endif
