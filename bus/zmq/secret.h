// SPDX-License-Identifier: MIT
// Secrets that a hub shares with each life of a unit (bus/zmq/wire.h says what for): made, handed over, taken.
//
//   own process     hub ──environment──> unit       read once, then wiped
//   external unit   hub <──public key── unit        hub ──sealed──> unit: others see it, and cannot open it
#ifndef KMSIM_BUS_ZMQ_SECRET_H
#define KMSIM_BUS_ZMQ_SECRET_H

#include <stdbool.h>
#include <stdint.h>

#include "bus/zmq/wire.h"

#define SECRET_VARIABLE "KMSIM_SECRET"
#define SECRET_PRIVATE_SIZE 32
#define SECRET_TEXT_SIZE (sizeof SECRET_VARIABLE + 2 * WIRE_SECRET_SIZE + 1)

typedef struct {
    uint8_t public[WIRE_KEY_SIZE], private[SECRET_PRIVATE_SIZE];
} secret_pair_t;

void secret_make(uint8_t secret[WIRE_SECRET_SIZE]);

/// "KMSIM_SECRET=…", as the environment of the unit has it.
void secret_write(const uint8_t secret[WIRE_SECRET_SIZE], char text[SECRET_TEXT_SIZE]);

/// The secret in our environment, which is wiped there. False when there is none.
bool secret_take(uint8_t secret[WIRE_SECRET_SIZE]);

void secret_make_pair(secret_pair_t *pair);

/// Whether a hello brought a public key.
bool secret_is_key(const uint8_t key[WIRE_KEY_SIZE]);

/// False for a key that is none.
bool secret_seal(const uint8_t secret[WIRE_SECRET_SIZE], const uint8_t key[WIRE_KEY_SIZE],
                 uint8_t sealed[WIRE_SEALED_SIZE]);

/// False when it was not sealed to this pair.
bool secret_open(const uint8_t sealed[WIRE_SEALED_SIZE], const secret_pair_t *pair, uint8_t secret[WIRE_SECRET_SIZE]);

#endif
