// SPDX-License-Identifier: MIT
// What key fobs and the Car Access System say to each other over the air. Our own layouts: those of the real car are
// not public. Pure; SipHash-2-4 is libsodium's crypto_shorthash under the key's own 128-bit secret.
//
//   telegram   AIR_RF, 14 bytes   0: bits 0-6 button, bit 7 battery low   1: low nibble key number, high nibble
//                                 personalization number, both zero-based   2-5: changing code, little-endian
//                                 6-13: tag over bytes 0-5
//   challenge  AIR_LF, 9 bytes    0x01, 8 random bytes
//   answer     AIR_LF, 14 bytes   0x02, key and personalization as above, changing code (4), tag (8) over challenge
//                                 and bytes 0-5
//   write      AIR_LF, 10 bytes   0x03, new personalization number (zero-based), tag (8) over challenge and bytes 0-1
//   written    AIR_LF, 10 bytes   0x04, that number, tag (8) over challenge and bytes 0-1
#ifndef KMSIM_BUS_CAR_KEY_RADIO_H
#define KMSIM_BUS_CAR_KEY_RADIO_H

#include "bus/kernel/node.h"

#define KEY_COUNT_MAX 10
#define KEY_PERSONALIZATION_MAX 4 // 1 .. 4: a Key Memory profile each (R10)
#define KEY_SECRET_SIZE 16
#define KEY_TELEGRAM_SIZE 14
#define KEY_CHALLENGE_SIZE 9
#define KEY_ANSWER_SIZE 14
#define KEY_WRITE_SIZE 10
#define KEY_NUMBER_INVALID 16 // what the wire's nibble 0xF reads as, counted from 1

typedef enum { KEY_BUTTON_NONE, KEY_BUTTON_UNLOCK, KEY_BUTTON_LOCK, KEY_BUTTON_BOOT } key_button_t;
typedef enum { KEY_LF_CHALLENGE = 1, KEY_LF_ANSWER, KEY_LF_WRITE, KEY_LF_WRITTEN } key_lf_t;

typedef struct {
    key_button_t button;
    bool battery_low;
    int key;             // 1 .. 16
    int personalization; // 1 .. 16
    uint32_t code;
} key_telegram_t;

typedef struct {
    int key;             // 1 .. 16
    int personalization; // 1 .. 16
    uint32_t code;
} key_answer_t;

/// The secret with which a key of that number is delivered in a run of that seed.
void key_derive_secret(uint64_t seed, int key, uint8_t secret[KEY_SECRET_SIZE]);

/// The whole telegram with its tag.
air_t key_telegram_encode(const key_telegram_t *telegram, const uint8_t secret[KEY_SECRET_SIZE]);

/// Reads the fields without judging the tag. False for a wrong size or an unknown button.
bool key_telegram_decode(const air_t *air, key_telegram_t *telegram);

/// Whether the telegram's tag is that of the secret (constant time).
bool key_telegram_authentic(const air_t *air, const uint8_t secret[KEY_SECRET_SIZE]);

/// A challenge from eight random bytes.
air_t key_challenge_encode(uint64_t random);

/// The answer to a challenge; decode does not judge the tag.
air_t key_answer_encode(const key_answer_t *answer, const air_t *challenge, const uint8_t secret[KEY_SECRET_SIZE]);
bool key_answer_decode(const air_t *air, key_answer_t *answer);
bool key_answer_authentic(const air_t *air, const air_t *challenge, const uint8_t secret[KEY_SECRET_SIZE]);

/// Writes a personalization number (1 .. 16) to the key in the lock, and the key's receipt; kind tells which of the
/// two.
air_t key_write_encode(key_lf_t kind, int personalization, const air_t *challenge,
                       const uint8_t secret[KEY_SECRET_SIZE]);
/// The number, or 0 when the message is not of that kind, size and secret.
int key_write_decode(key_lf_t kind, const air_t *air, const air_t *challenge, const uint8_t secret[KEY_SECRET_SIZE]);

#endif
