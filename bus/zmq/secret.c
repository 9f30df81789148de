// SPDX-License-Identifier: MIT
#include "bus/zmq/secret.h"

#include <assert.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static_assert(WIRE_SEALED_SIZE == WIRE_SECRET_SIZE + crypto_box_SEALBYTES, "as the wire tells");
static_assert(WIRE_KEY_SIZE == crypto_box_PUBLICKEYBYTES && SECRET_PRIVATE_SIZE == crypto_box_SECRETKEYBYTES, "X25519");

static void begin(void)
{
    int result = sodium_init(); // as often as one likes
    assert(result >= 0);
}

void secret_make(uint8_t secret[WIRE_SECRET_SIZE])
{
    begin();
    randombytes_buf(secret, WIRE_SECRET_SIZE);
}

void secret_write(const uint8_t secret[WIRE_SECRET_SIZE], char text[SECRET_TEXT_SIZE])
{
    int length = snprintf(text, SECRET_TEXT_SIZE, SECRET_VARIABLE "=");
    sodium_bin2hex(text + length, 2 * WIRE_SECRET_SIZE + 1, secret, WIRE_SECRET_SIZE);
}

bool secret_take(uint8_t secret[WIRE_SECRET_SIZE])
{
    char *text = getenv(SECRET_VARIABLE);
    if (!text) return false;
    size_t size = 0, length = strlen(text);
    bool good = length == 2 * WIRE_SECRET_SIZE &&
                sodium_hex2bin(secret, WIRE_SECRET_SIZE, text, length, NULL, &size, NULL) == 0 &&
                size == WIRE_SECRET_SIZE;
    sodium_memzero(text, length); // whoever looks at our environment later
    unsetenv(SECRET_VARIABLE);
    return good;
}

void secret_make_pair(secret_pair_t *pair)
{
    begin();
    crypto_box_keypair(pair->public, pair->private);
}

bool secret_is_key(const uint8_t key[WIRE_KEY_SIZE])
{
    return !sodium_is_zero(key, WIRE_KEY_SIZE);
}

bool secret_seal(const uint8_t secret[WIRE_SECRET_SIZE], const uint8_t key[WIRE_KEY_SIZE],
                 uint8_t sealed[WIRE_SEALED_SIZE])
{
    begin();
    return crypto_box_seal(sealed, secret, WIRE_SECRET_SIZE, key) == 0;
}

bool secret_open(const uint8_t sealed[WIRE_SEALED_SIZE], const secret_pair_t *pair, uint8_t secret[WIRE_SECRET_SIZE])
{
    return crypto_box_seal_open(secret, sealed, WIRE_SEALED_SIZE, pair->public, pair->private) == 0;
}
