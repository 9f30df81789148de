// SPDX-License-Identifier: MIT
// Random requests, power and holds, with the CAN medium beside its naive model. CAN_BUS_SEED=N replays one run.
#include <check.h>
#include <stdlib.h>

#include "bus/can/can_bus.h"
#include "bus/base/random.h"
#include "tests/can_bus_model.h"
#include "tests/suite.h"

#define BIT_NS (10 * TIME_US) // at 100 kbit/s
#define RANDOM_RUNS 300
#define RANDOM_STEPS 400

static can_bus_t bus;
static can_bus_model_t model;
static unsigned long long seed;

static void expect_same(int64_t is, int64_t model_has, const char *what)
{
    ck_assert_msg(is == model_has,
                  "%s is %lld, the model has %lld; CAN_BUS_SEED=%llu build/tests/test_can_bus_random replays it", what,
                  (long long)is, (long long)model_has, seed);
}

static void expect_same_set(index_set_t is, index_set_t model_has, const char *what)
{
    expect_same((int64_t)is.low, (int64_t)model_has.low, what);
    expect_same((int64_t)is.high, (int64_t)model_has.high, what);
}

static can_frame_t random_frame(random_t *random)
{
    uint64_t bits = random_next(random);
    static const uint32_t IDS[] = {0x100, 0x101, 0x130, 0x23A};
    can_frame_t made = {.id = IDS[bits & 3], .length = (uint8_t)(bits >> 2 & 3)};
    if ((bits >> 4 & 15) == 0) made.extended = true;
    if ((bits >> 8 & 15) == 0) made.remote = true;
    for (unsigned i = 0; i < made.length && !made.remote; i++) made.data[i] = (uint8_t)(bits >> (16 + i) & 1);
    return made;
}

static void act_at_random(random_t *random, int64_t now_ns)
{
    uint64_t bits = random_next(random);
    uint8_t node = (uint8_t)(bits % CAN_BUS_MODEL_NODES);
    unsigned choice = bits >> 8 & 63;
    if (choice == 0) {
        bool powered = !model.powered[node];
        can_bus_set_power(&bus, can_bus_model_place[node], powered, now_ns);
        can_bus_model_set_power(&model, node, powered, now_ns);
    } else if (choice < 4) {
        can_bus_set_hold(&bus, can_bus_model_place[node], choice == 1, now_ns);
        can_bus_model_set_hold(&model, node, choice == 1, now_ns);
    } else {
        can_frame_t asked = random_frame(random);
        uint8_t flags = bits >> 16 & 7;
        expect_same(can_bus_request(&bus, can_bus_model_place[node], &asked, flags, now_ns),
                    can_bus_model_request(&model, node, &asked, flags, now_ns), "answer to a request");
    }
}

static void expect_same_outcome(int64_t now_ns)
{
    can_bus_outcome_t a, b = can_bus_model_finish(&model, now_ns);
    can_bus_finish(&bus, now_ns, &a);
    expect_same(a.kind, b.kind, "outcome");
    if (a.kind != CAN_BUS_CARRIED && a.kind != CAN_BUS_FAILED) return;
    expect_same_set(a.senders, b.senders, "set of senders");
    expect_same_set(a.reports, b.reports, "set of reports");
    expect_same_set(a.given_up, b.given_up, "set of those given up");
    if (a.kind == CAN_BUS_CARRIED) expect_same(frame_equal(&a.frame, &b.frame), true, "equality of the frame");
}

static void switch_on(void)
{
    can_bus_init(&bus, 100000);
    can_bus_model_init(&model, 100000);
    can_bus_set_listen_only(&bus, can_bus_model_place[5]);
    model.deaf[5] = true;
    for (uint8_t node = 0; node < CAN_BUS_MODEL_NODES; node++) {
        bool powered = seed % 8 != 0 || node < 2; // few nodes: acknowledgement fails now and then
        can_bus_set_power(&bus, can_bus_model_place[node], powered, 0);
        can_bus_model_set_power(&model, node, powered, 0);
    }
}

static int64_t random_pause(random_t *random)
{
    static const int64_t UP_TO[] = {TIME_MS, 3 * TIME_MS, 20 * TIME_MS, 40 * TIME_S};
    uint64_t bits = random_next(random);
    return 1 + (int64_t)(bits >> 8) % UP_TO[bits % 32 ? bits % 3 : 3] / BIT_NS * BIT_NS;
}

static void run_beside_the_model(void)
{
    random_t random = random_derive(seed, "can_bus", 0);
    switch_on();
    int64_t act_ns = 0;
    for (int step = 0; step < RANDOM_STEPS; step++) {
        int64_t now_ns = time_earlier(act_ns, can_bus_next(&bus));
        expect_same_outcome(now_ns);
        if (act_ns <= now_ns) {
            for (uint64_t acts = 1 + random_next(&random) % 4; acts > 0; acts--) act_at_random(&random, now_ns);
            act_ns = now_ns + random_pause(&random);
        }
        can_bus_start(&bus, now_ns);
        can_bus_model_start(&model, now_ns);
        expect_same(can_bus_next(&bus), can_bus_model_next(&model), "next instant");
    }
}

START_TEST(random_traffic_is_as_the_naive_model_has_it)
{
    const char *only = getenv("CAN_BUS_SEED");
    unsigned long long last = only ? strtoull(only, NULL, 0) : RANDOM_RUNS;
    for (seed = only ? last : 1; seed <= last; seed++) run_beside_the_model();
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("can bus, random traffic");
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, random_traffic_is_as_the_naive_model_has_it);
    return suite_run("can bus, random traffic", tests);
}
