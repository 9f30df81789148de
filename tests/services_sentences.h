// SPDX-License-Identifier: MIT
// Small sentences for the tests of the CAS's service functions: a remote is pressed, a key is put in or taken out.
#ifndef KMSIM_TESTS_SERVICES_SENTENCES_H
#define KMSIM_TESTS_SERVICES_SENTENCES_H

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "cas/cas.h"
#include "tests/diagnosis_bench.h"
#include "tests/suite.h"

#define KEY_STATUS 0x23A
#define TERMINAL_STATUS 0x130

static bench_t *cas;
static uint32_t codes[KEY_COUNT_MAX + 1]; // last ones sent, by key
static uint32_t transmission;

static inline void set_up(void)
{
    cas = bench_new(&cas_class, "cas");
    memset(codes, 0, sizeof codes);
    transmission = 0;
}

static inline void tear_down(void)
{
    bench_destroy(&cas);
}

static inline void secret_of(int key, uint8_t secret[KEY_SECRET_SIZE])
{
    key_derive_secret(1, key, secret);
}

static inline void hear_air(air_t air, air_channel_t channel)
{
    air.channel = (uint8_t)channel;
    bench_input(cas, &(node_input_t){.kind = INPUT_AIR, .air = air});
}

// A short press of unlock. Returns how many frames it brought onto the buses.
static inline unsigned press(int key, int personalization)
{
    uint8_t secret[KEY_SECRET_SIZE];
    secret_of(key, secret);
    key_telegram_t telegram = {
        .button = KEY_BUTTON_UNLOCK, .key = key, .personalization = personalization, .code = ++codes[key]};
    air_t air = key_telegram_encode(&telegram, secret);
    air.transmission = ++transmission;
    cas->normal = 0;
    cas->latest_count = 0;
    hear_air(air, AIR_RF);
    bench_wait(cas, 20 * TIME_MS);
    hear_air((air_t){.transmission = transmission}, AIR_RF_END);
    return cas->normal;
}

static inline void insert(int key, int personalization)
{
    uint8_t secret[KEY_SECRET_SIZE];
    secret_of(key, secret);
    bench_line(cas, "ignition/key", 1);
    key_answer_t answer = {.key = key, .personalization = personalization, .code = ++codes[key]};
    bench_wait(cas, 2 * TIME_MS);
    air_t challenge = cas->last_air;
    hear_air(key_answer_encode(&answer, &challenge, secret), AIR_LF);
    bench_wait(cas, TIME_S);
}

static inline void take_out(void)
{
    bench_line(cas, "ignition/key", 0);
    bench_wait(cas, 10 * TIME_MS);
}

static inline uint8_t key_valid(void)
{
    return bench_latest(cas, TERMINAL_STATUS)->data[0] >> 6;
}

// One byte of a key's record in 0xAC5A.
static inline uint8_t key_byte(int key, size_t byte)
{
    uint8_t bytes[128];
    ck_assert_uint_eq(bench_bytes(ask(cas, "22 AC 5A"), bytes, sizeof bytes), 3 + KEY_COUNT_MAX * KEY_RECORD_SIZE);
    return bytes[3 + (size_t)(key - 1) * KEY_RECORD_SIZE + byte];
}

#endif
