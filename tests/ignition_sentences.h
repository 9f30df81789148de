// SPDX-License-Identifier: MIT
// Small sentences for the tests of the ignition lock: a key is put in, turned, answers; this is wanted then.
#ifndef KMSIM_TESTS_IGNITION_SENTENCES_H
#define KMSIM_TESTS_IGNITION_SENTENCES_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bus/car/words.h"
#include "cas/ignition.h"
#include "tests/effects_text.h"
#include "tests/suite.h"

#define IN (10 * TIME_S) // when the key is put in
#define MS TIME_MS

#define FRAME_1 "key 1 number 1 none inserted"

static keys_t keys;
static ignition_t ignition;
static random_t chance;
static air_t coil; // what the coil said last

static inline void set_up(void)
{
    memset(&keys, 0, sizeof keys);
    for (int key = 1; key <= KEY_COUNT_MAX; key++) {
        key_slot_t *slot = &keys.slots[key - 1];
        *slot = (key_slot_t){.prepared = true, .learned = true, .personalization = (key - 1) % 4 + 1};
        key_derive_secret(1, key, slot->secret);
    }
    ignition_start(&ignition);
    chance = random_derive(1, "ignition", 0);
}

static inline const char *wanted(void)
{
    effect_t effect;
    effects_text_clear();
    while (ignition_pull(&ignition, &effect)) {
        effects_text_add(&effect);
        if (effect.kind == EFFECT_COIL) coil = effect.air;
    }
    return effects_text();
}

static inline const char *plug(int64_t now_ns, bool plugged)
{
    ignition_set_key(&ignition, now_ns, plugged, &chance);
    return wanted();
}

static inline const char *turn(int64_t now_ns, int64_t position)
{
    ignition_set_position(&ignition, now_ns, position);
    return wanted();
}

static inline const char *hear(const air_t *air)
{
    ignition_hear(&ignition, &keys, air);
    return wanted();
}

static inline const char *answer(int key, int number)
{
    key_answer_t said = {key, number, 77};
    air_t air = key_answer_encode(&said, &coil, keys.slots[key - 1].secret);
    return hear(&air);
}

static inline const char *elapse(int64_t now_ns)
{
    ignition_elapse(&ignition, &keys, now_ns);
    return wanted();
}

// The next thing that is due is due then, brings that, and nothing comes a nanosecond earlier.
static inline void expect_at(int64_t at_ns, const char *brings)
{
    ck_assert_int_eq(ignition_next(&ignition), at_ns);
    ck_assert_str_eq(elapse(at_ns - 1), "");
    ck_assert_str_eq(elapse(at_ns), brings);
}

static inline void expect_burst(int64_t first_ns)
{
    for (int64_t frame = 0; frame < 3; frame++) expect_at(first_ns + frame * 100 * MS, FRAME_1);
}

// The one that follows key valid: within it the terminals become free to follow, which here stay off.
static inline void expect_burst_of_key(int64_t plugged_ns)
{
    expect_at(plugged_ns + 464 * MS, FRAME_1);
    expect_at(plugged_ns + 474 * MS, "");
    expect_at(plugged_ns + 564 * MS, FRAME_1);
    expect_at(plugged_ns + 664 * MS, FRAME_1);
}

static inline void expect_nothing_more(void)
{
    ck_assert_int_eq(ignition_next(&ignition), TIME_NEVER);
}

// Key 1 is in the lock, valid, and its own call-up is over.
static inline int64_t put_in_and_wait(void)
{
    plug(IN, true);
    answer(1, 1);
    for (int i = 0; i < 5; i++) elapse(ignition_next(&ignition)); // judged, terminals free, three frames
    expect_nothing_more();
    return IN + TIME_S;
}

#endif
