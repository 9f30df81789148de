// SPDX-License-Identifier: MIT
#include "bus/car/key_radio.h"

#include <assert.h>
#include <sodium/crypto_shorthash.h>
#include <string.h>

#define TAG_SIZE 8
#define NONCE_SIZE 8
#define SIGNED_MAX 32

static_assert(crypto_shorthash_BYTES == TAG_SIZE, "the tag is one SipHash");
static_assert(crypto_shorthash_KEYBYTES == KEY_SECRET_SIZE, "the secret is one SipHash key");

static uint8_t pack_numbers(int key, int personalization)
{
    return (uint8_t)(((key - 1) & 0xF) | ((personalization - 1) & 0xF) << 4);
}

static void put_code(uint8_t *bytes, uint32_t code)
{
    for (int i = 0; i < 4; i++) bytes[i] = (uint8_t)(code >> (8 * i));
}

static uint32_t get_code(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

// The tag over (challenge's nonce, if any, then the first `size` bytes of the message).
static void make_tag(const air_t *challenge, const uint8_t *bytes, size_t size, const uint8_t *secret,
                     uint8_t tag[TAG_SIZE])
{
    uint8_t message[SIGNED_MAX];
    size_t length = 0;
    if (challenge) {
        memcpy(message, challenge->bytes + 1, NONCE_SIZE);
        length = NONCE_SIZE;
    }
    memcpy(message + length, bytes, size);
    crypto_shorthash(tag, message, length + size, secret);
}

static bool tag_matches(const air_t *challenge, const uint8_t *bytes, size_t size, const uint8_t *secret)
{
    uint8_t tag[TAG_SIZE];
    uint8_t difference = 0;
    make_tag(challenge, bytes, size, secret, tag);
    for (size_t i = 0; i < TAG_SIZE; i++) difference |= (uint8_t)(tag[i] ^ bytes[size + i]);
    return difference == 0;
}

void key_derive_secret(uint64_t seed, int key, uint8_t secret[KEY_SECRET_SIZE])
{
    random_t stream = random_derive(seed, "key secret", (uint64_t)key);
    for (int half = 0; half < 2; half++) {
        uint64_t bits = random_next(&stream);
        for (int i = 0; i < 8; i++) secret[8 * half + i] = (uint8_t)(bits >> (8 * i));
    }
}

air_t key_telegram_encode(const key_telegram_t *telegram, const uint8_t secret[KEY_SECRET_SIZE])
{
    air_t air = {.channel = AIR_RF, .size = KEY_TELEGRAM_SIZE};
    air.bytes[0] = (uint8_t)((unsigned)telegram->button | (telegram->battery_low ? 0x80u : 0u));
    air.bytes[1] = pack_numbers(telegram->key, telegram->personalization);
    put_code(air.bytes + 2, telegram->code);
    make_tag(NULL, air.bytes, KEY_TELEGRAM_SIZE - TAG_SIZE, secret, air.bytes + KEY_TELEGRAM_SIZE - TAG_SIZE);
    return air;
}

bool key_telegram_decode(const air_t *air, key_telegram_t *telegram)
{
    if (air->channel != AIR_RF || air->size != KEY_TELEGRAM_SIZE) return false;
    unsigned button = air->bytes[0] & 0x7F;
    if (button < KEY_BUTTON_UNLOCK || button > KEY_BUTTON_BOOT) return false;
    *telegram = (key_telegram_t){
        .button = (key_button_t)button,
        .battery_low = (air->bytes[0] & 0x80) != 0,
        .key = (air->bytes[1] & 0xF) + 1,
        .personalization = (air->bytes[1] >> 4) + 1,
        .code = get_code(air->bytes + 2),
    };
    return true;
}

bool key_telegram_authentic(const air_t *air, const uint8_t secret[KEY_SECRET_SIZE])
{
    return air->size == KEY_TELEGRAM_SIZE && tag_matches(NULL, air->bytes, KEY_TELEGRAM_SIZE - TAG_SIZE, secret);
}

air_t key_challenge_encode(uint64_t random)
{
    air_t air = {.channel = AIR_LF, .size = KEY_CHALLENGE_SIZE};
    air.bytes[0] = KEY_LF_CHALLENGE;
    for (int i = 0; i < NONCE_SIZE; i++) air.bytes[1 + i] = (uint8_t)(random >> (8 * i));
    return air;
}

air_t key_answer_encode(const key_answer_t *answer, const air_t *challenge, const uint8_t secret[KEY_SECRET_SIZE])
{
    air_t air = {.channel = AIR_LF, .size = KEY_ANSWER_SIZE};
    air.bytes[0] = KEY_LF_ANSWER;
    air.bytes[1] = pack_numbers(answer->key, answer->personalization);
    put_code(air.bytes + 2, answer->code);
    make_tag(challenge, air.bytes, KEY_ANSWER_SIZE - TAG_SIZE, secret, air.bytes + KEY_ANSWER_SIZE - TAG_SIZE);
    return air;
}

bool key_answer_decode(const air_t *air, key_answer_t *answer)
{
    if (air->channel != AIR_LF || air->size != KEY_ANSWER_SIZE || air->bytes[0] != KEY_LF_ANSWER) return false;
    *answer = (key_answer_t){
        .key = (air->bytes[1] & 0xF) + 1,
        .personalization = (air->bytes[1] >> 4) + 1,
        .code = get_code(air->bytes + 2),
    };
    return true;
}

bool key_answer_authentic(const air_t *air, const air_t *challenge, const uint8_t secret[KEY_SECRET_SIZE])
{
    return air->size == KEY_ANSWER_SIZE && tag_matches(challenge, air->bytes, KEY_ANSWER_SIZE - TAG_SIZE, secret);
}

air_t key_write_encode(key_lf_t kind, int personalization, const air_t *challenge,
                       const uint8_t secret[KEY_SECRET_SIZE])
{
    air_t air = {.channel = AIR_LF, .size = KEY_WRITE_SIZE};
    air.bytes[0] = (uint8_t)kind;
    air.bytes[1] = (uint8_t)((personalization - 1) & 0xF);
    make_tag(challenge, air.bytes, KEY_WRITE_SIZE - TAG_SIZE, secret, air.bytes + KEY_WRITE_SIZE - TAG_SIZE);
    return air;
}

int key_write_decode(key_lf_t kind, const air_t *air, const air_t *challenge, const uint8_t secret[KEY_SECRET_SIZE])
{
    if (air->channel != AIR_LF || air->size != KEY_WRITE_SIZE || air->bytes[0] != kind || air->bytes[1] > 0xF) return 0;
    return tag_matches(challenge, air->bytes, KEY_WRITE_SIZE - TAG_SIZE, secret) ? air->bytes[1] + 1 : 0;
}
