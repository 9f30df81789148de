// SPDX-License-Identifier: MIT
// The remote part of the CAS beside a naive model, under random presses. TEST_SEED=N replays one life.
//
// The model keeps every code as it was heard, and one list of what is to happen when; it has no windows of 32 bits, no
// tickets and no timers.
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cas/remote.h"
#include "tests/effects_text.h"
#include "tests/suite.h"

#define KEYS 3
#define STEPS 600
#define HEARD_MAX 1000

typedef struct {
    int64_t accepted;         // the last code that counted
    int64_t heard[HEARD_MAX]; // all that were too far ahead to count at once, since then
    int heard_count;
} naive_key_t;

typedef struct {
    int key, store; // waits for store number `store`
    uint32_t transmission;
    bool ended;
} naive_press_t;

typedef struct {
    naive_key_t keys[KEYS + 1];
    naive_press_t waiting[REMOTE_PENDING_MAX];
    int waiting_count;
    naive_press_t held; // key 0: none
    int64_t repeat_ns, act_ns;
    int stored; // stores up to this one are durable
} naive_t;

static uint64_t seed;
static random_t chance;
static int64_t now_ns;
static keys_t keys;
static remote_t remote;
static naive_t naive;
static int64_t codes[KEYS + 1]; // of the fobs, never wrapping around
static uint32_t transmission, ticket;
static char expected[4096];

static uint32_t draw(uint32_t count)
{
    return (uint32_t)(random_next(&chance) % count);
}

static void expect(const char *text)
{
    size_t length = strlen(expected);
    int more = snprintf(expected + length, sizeof expected - length, "%s%s", length > 0 ? ", " : "", text);
    ck_assert_uint_lt(length + (size_t)more, sizeof expected);
}

static void expect_status(int key, const char *button)
{
    char text[64];
    snprintf(text, sizeof text, "key %d number %d %s", key, key, button);
    expect(text);
}

// ---- the naive model -----------------------------------------------------------------------------------------------

static bool was_heard(const naive_key_t *key, int64_t code)
{
    for (int i = 0; i < key->heard_count; i++)
        if (key->heard[i] == code) return true;
    return false;
}

static bool is_older_than_one_heard(const naive_key_t *key, int64_t code)
{
    for (int i = 0; i < key->heard_count; i++)
        if (key->heard[i] >= code) return true;
    return false;
}

// Whether a press of that code acts, with what is logged if not.
static bool naive_judge(int number, int64_t code)
{
    naive_key_t *key = &naive.keys[number];
    int64_t ahead = code - key->accepted;
    char text[96];
    bool near = ahead >= 1 && ahead <= 16, far = ahead >= 17 && ahead <= 1000;
    bool consecutive = far && was_heard(key, code - 1) && !is_older_than_one_heard(key, code);
    if (near || consecutive) {
        key->accepted = code;
        key->heard_count = 0;
        return true;
    }
    if (ahead <= 0 || (far && is_older_than_one_heard(key, code))) {
        snprintf(text, sizeof text, "log replayed %d %u %lld", number, (unsigned)(uint32_t)code,
                 (long long)(uint32_t)code - (code - key->accepted));
    } else if (far) {
        ck_assert_int_lt(key->heard_count, HEARD_MAX);
        key->heard[key->heard_count++] = code;
        snprintf(text, sizeof text, "log ahead %d %lld", number, (long long)ahead);
    } else {
        snprintf(text, sizeof text, "log too_far %d %lld", number, (long long)ahead);
    }
    expect(text);
    return false;
}

static void naive_release(void)
{
    if (naive.held.key) expect_status(naive.held.key, "released");
    naive.held.key = 0;
    naive.repeat_ns = TIME_NEVER;
}

static void naive_act(const naive_press_t *press)
{
    char text[64];
    naive_release();
    expect_status(press->key, "unlock");
    expect("doors unlock");
    snprintf(text, sizeof text, "log accepted %d 1 %d", press->key, press->key);
    expect(text);
    naive.held = *press;
    naive.repeat_ns = now_ns + 100 * TIME_MS;
    if (press->ended) naive_release();
}

static void naive_act_on_durable(void)
{
    naive.act_ns = TIME_NEVER;
    for (int acted = 0; naive.waiting_count > 0 && naive.waiting[0].store <= naive.stored; acted++) {
        if (acted == 4) {
            naive.act_ns = now_ns + 100 * TIME_US;
            return;
        }
        naive_press_t press = naive.waiting[0];
        naive.waiting_count--;
        for (int i = 0; i < naive.waiting_count; i++) naive.waiting[i] = naive.waiting[i + 1];
        naive_act(&press);
    }
}

// ---- both ----------------------------------------------------------------------------------------------------------

static void compare(const char *what)
{
    effect_t effect;
    effects_text_clear();
    while (remote_pull(&remote, &effect)) {
        effects_text_add(&effect);
        if (effect.kind == EFFECT_STORE) remote_store_asked(&remote, ++ticket);
    }
    ck_assert_msg(strcmp(effects_text(), expected) == 0,
                  "%s at %lld ns brings '%s', the model has '%s'; TEST_SEED=%llu build/tests/test_remote_model replays",
                  what, (long long)now_ns, effects_text(), expected, (unsigned long long)seed);
    int64_t next_ns = time_earlier(naive.repeat_ns, naive.act_ns);
    ck_assert_msg(remote_next(&remote) == next_ns, "after %s next is %lld, the model has %lld; TEST_SEED=%llu", what,
                  (long long)remote_next(&remote), (long long)next_ns, (unsigned long long)seed);
    expected[0] = '\0';
}

static void press(int key, int64_t code)
{
    key_telegram_t telegram = {KEY_BUTTON_UNLOCK, false, key, key, (uint32_t)code};
    air_t air = key_telegram_encode(&telegram, keys.slots[key - 1].secret);
    air.transmission = ++transmission;
    if (naive_judge(key, code)) {
        expect("store");
        if (naive.waiting_count < REMOTE_PENDING_MAX)
            naive.waiting[naive.waiting_count++] =
                (naive_press_t){.key = key, .store = (int)ticket + 1, .transmission = transmission};
    }
    remote_hear(&remote, &keys, &air);
    compare("a press");
}

// The next press of a fob; some were made out of range before it.
static void press_next(int key)
{
    static const int64_t OUT_OF_RANGE[] = {0, 0, 0, 0, 1, 14, 15, 16, 17, 300, 982, 983, 998, 999, 1000, 2500};
    codes[key] += 1 + OUT_OF_RANGE[draw(16)];
    press(key, codes[key]);
}

static void insert(int key)
{
    air_t challenge = key_challenge_encode(random_next(&chance));
    key_answer_t answer = {key, key, (uint32_t)codes[key]};
    air_t air = key_answer_encode(&answer, &challenge, keys.slots[key - 1].secret);
    ck_assert_int_eq(keys_judge_answer(&keys, &air, &challenge, &answer), KEYS_ACCEPTED);
    naive.keys[key].accepted = codes[key];
    naive.keys[key].heard_count = 0;
}

static void let_go(uint32_t number)
{
    for (int i = 0; i < naive.waiting_count; i++)
        if (naive.waiting[i].transmission == number) naive.waiting[i].ended = true;
    if (naive.held.key && naive.held.transmission == number) naive_release();
    remote_hear(&remote, &keys, &(air_t){.channel = AIR_RF_END, .transmission = number});
    compare("letting go");
}

static void become_durable(void)
{
    naive.stored += (int)draw(ticket - (uint32_t)naive.stored + 1);
    naive_act_on_durable();
    remote_stored(&remote, now_ns, (uint32_t)naive.stored);
    compare("a store");
}

static void wait(int64_t until_ns)
{
    while (remote_next(&remote) <= until_ns) {
        now_ns = remote_next(&remote);
        if (naive.repeat_ns == now_ns) {
            expect_status(naive.held.key, "unlock");
            naive.repeat_ns += 100 * TIME_MS;
        }
        if (naive.act_ns == now_ns) naive_act_on_durable();
        remote_elapse(&remote, now_ns);
        compare("time");
    }
    now_ns = until_ns;
}

static void step(void)
{
    int key = 1 + (int)draw(KEYS);
    switch (draw(10)) {
    default:
        press_next(key);
        break;
    case 4: // somebody recorded it
        press(key, codes[key] - draw(20));
        break;
    case 5:
        let_go(transmission - draw(4));
        break;
    case 6:
        become_durable();
        break;
    case 7:
        wait(now_ns + draw(300) * TIME_MS);
        break;
    case 8:
        wait(now_ns + draw(300) * TIME_US);
        break;
    case 9:
        if (draw(4) == 0) insert(key);
        break;
    }
}

static void live(void)
{
    chance = random_derive(seed, "remote", 0);
    memset(&keys, 0, sizeof keys);
    memset(&naive, 0, sizeof naive);
    naive.repeat_ns = naive.act_ns = TIME_NEVER;
    remote_start(&remote);
    now_ns = 0;
    transmission = 10;
    ticket = 0;
    for (int key = 1; key <= KEYS; key++) {
        codes[key] = naive.keys[key].accepted = draw(2) ? 5000 : (INT64_C(1) << 32) - draw(3000); // runs over 32 bits
        key_slot_t *slot = &keys.slots[key - 1];
        *slot = (key_slot_t){.prepared = true, .learned = true, .personalization = key, .code = (uint32_t)codes[key]};
        key_derive_secret(1, key, slot->secret);
    }
    for (int i = 0; i < STEPS; i++) step();
}

START_TEST(random_presses_agree_with_the_naive_model)
{
    const char *only = getenv("TEST_SEED");
    uint64_t first = only ? strtoull(only, NULL, 10) : 1, count = only ? 1 : 300;
    for (seed = first; seed < first + count; seed++) live();
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("remote model");
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, random_presses_agree_with_the_naive_model);
    return suite_run("remote model", tests);
}
