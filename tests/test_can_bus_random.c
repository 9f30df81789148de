// SPDX-License-Identifier: MIT
// Random requests, power, holds and faults, with the CAN medium beside its naive model. CAN_BUS_SEED=N replays one run,
// CAN_BUS_RUNS=N makes so many.
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "bus/can/can_bus.h"
#include "bus/base/random.h"
#include "tests/can_bus_model.h"
#include "tests/suite.h"

#define BIT_NS (10 * TIME_US) // at 100 kbit/s
#define RANDOM_RUNS 1500
#define RANDOM_STEPS 400

static can_bus_t bus;
static fault_plan_t plan;
static can_bus_model_t model;
static unsigned long long seed;
static int64_t at_ns;
static bool telling; // of one run, what is done

static void expect_same(int64_t is, int64_t model_has, const char *what)
{
    if (is == model_has) return; // an assertion that holds would be written down, and these are millions
    ck_abort_msg("%s is %lld, the model has %lld, at %lld us; CAN_BUS_SEED=%llu build/tests/test_can_bus_random "
                 "replays it",
                 what, (long long)is, (long long)model_has, (long long)at_ns / 1000, seed);
}

static index_set_t among(index_set_t nodes, bool on_bus)
{
    index_set_t kept = {0};
    for (unsigned node = 0; node < CAN_BUS_MODEL_NODES; node++) {
        bool here = model.nodes[node].powered && (!on_bus || model.nodes[node].wire == 0);
        if (here && index_set_has(nodes, can_bus_model_place[node]))
            index_set_put(&kept, can_bus_model_place[node], true);
    }
    return kept;
}

static void expect_same_set(index_set_t is, index_set_t model_has, const char *what)
{
    expect_same((int64_t)is.low, (int64_t)model_has.low, what);
    expect_same((int64_t)is.high, (int64_t)model_has.high, what);
}

// ---- what is drawn -------------------------------------------------------------------------------------------------

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

static int8_t random_place(uint64_t bits)
{
    return bits % 8 < CAN_BUS_MODEL_NODES ? (int8_t)can_bus_model_place[bits % 8] : FAULT_ANY;
}

static int64_t random_span(uint64_t bits)
{
    static const int64_t SPANS[] = {TIME_MS, 7 * TIME_MS, 30 * TIME_MS, 200 * TIME_MS, 40 * TIME_S};
    return SPANS[bits % 5];
}

static fault_t random_fault(random_t *random)
{
    static const uint64_t CHANCES[] = {UINT64_MAX / 10, UINT64_MAX / 100, UINT64_MAX / 1000, UINT64_MAX / 3};
    static const int8_t BUSES[] = {CAN_BUS_MODEL_BUS, CAN_BUS_MODEL_BUS, FAULT_ANY, 0};
    uint64_t bits = random_next(random), more = random_next(random);
    fault_t made = {.kind = (uint8_t)(bits % FAULT_KIND_COUNT), .bus = BUSES[bits >> 4 & 3], .to = FAULT_ANY};
    if (seed % 8 == 5) made.kind = FAULT_CUT; // of these alone several meet each other
    made.sender = random_place(bits >> 8 & 7);
    made.for_ns = TIME_NEVER;
    if (made.kind <= FAULT_DUPLICATE) {
        made.selects = (bits >> 12 & 1) != 0;
        made.id = made.selects ? random_frame(random).id : 0;
        made.extended = made.selects && (bits >> 13 & 15) == 0;
        if (made.kind == FAULT_DROP) made.to = random_place(bits >> 20 & 7);
        if (made.kind == FAULT_DELAY) made.by_ns = (int64_t)(more >> 8 & 0xFF) * 10 * BIT_NS;
        if (bits >> 24 & 3) made.count = 1 + (uint32_t)(bits >> 28 & 31);
    }
    if (made.kind == FAULT_NOISE) made.chance = CHANCES[bits >> 30 & 3], made.sender = FAULT_ANY;
    if (made.kind == FAULT_BABBLE) {
        made.frame = random_frame(random);
        made.sender = (int8_t)can_bus_model_place[(bits >> 8 & 0xFF) % CAN_BUS_MODEL_NODES];
    }
    if (made.kind == FAULT_CUT && made.sender == FAULT_ANY) made.bus = CAN_BUS_MODEL_BUS;
    if (made.count == 0 && ((more & 3) || made.kind == FAULT_BABBLE)) made.for_ns = random_span(more >> 4);
    return made;
}

// ---- what is done --------------------------------------------------------------------------------------------------

static void act_of_fault(random_t *random, int64_t now_ns)
{
    fault_t drawn = random_fault(random);
    unsigned active = 0;
    for (size_t i = 0; i < model.fault_count; i++) active += !model.faults[i].over;
    if (active > 0 && random_next(random) % 3 == 0) { // one that lasts, or did
        const fault_t like = model.faults[random_next(random) % model.fault_count].fault;
        if (telling) printf("%lld us: clears kind %d\n", (long long)now_ns / 1000, like.kind);
        expect_same(fault_plan_clear(&plan, &like, now_ns), can_bus_model_clear_faults(&model, &like, now_ns),
                    "number of cleared faults");
        return;
    }
    if (telling)
        printf("%lld us: fault kind %d bus %d sender %d to %d id %d %x count %u for %lld us by %lld us\n",
               (long long)now_ns / 1000, drawn.kind, drawn.bus, drawn.sender, drawn.to, drawn.selects, drawn.id,
               drawn.count, (long long)drawn.for_ns / 1000, (long long)drawn.by_ns / 1000);
    if (fault_plan_begin(&plan, &drawn, now_ns)) can_bus_model_begin_fault(&model, &drawn, now_ns);
}

static void act_of_node(random_t *random, uint64_t bits, int64_t now_ns)
{
    uint8_t node = (uint8_t)(bits % CAN_BUS_MODEL_NODES);
    unsigned choice = bits >> 8 & 63;
    if (choice == 0) {
        bool powered = !model.nodes[node].powered;
        if (telling) printf("%lld us: power of %u %d\n", (long long)now_ns / 1000, node, powered);
        can_bus_set_power(&bus, can_bus_model_place[node], powered, now_ns);
        can_bus_model_set_power(&model, node, powered, now_ns);
    } else if (choice < 4) {
        bool hold = choice == 1 && model.nodes[node].powered;
        if (telling) printf("%lld us: hold of %u %d\n", (long long)now_ns / 1000, node, hold);
        can_bus_set_hold(&bus, can_bus_model_place[node], hold, now_ns);
        can_bus_model_set_hold(&model, node, hold, now_ns);
    } else {
        char text[FRAME_TEXT_MAX];
        can_frame_t asked = random_frame(random);
        uint8_t flags = bits >> 16 & 7;
        can_bus_request_t is = can_bus_request(&bus, can_bus_model_place[node], &asked, flags, now_ns);
        if (telling)
            printf("%lld us: %u asks for %s, %d: %d\n", (long long)now_ns / 1000, node, frame_format(&asked, text),
                   flags, is);
        expect_same(is, can_bus_model_request(&model, node, &asked, flags, now_ns), "answer to a request");
    }
}

static void act_at_random(random_t *random, int64_t now_ns)
{
    uint64_t bits = random_next(random);
    if (seed % 4 != 0 && (bits >> 40) % (seed % 8 == 1 ? 400 : 30) == 0)
        act_of_fault(random, now_ns);
    else
        act_of_node(random, bits, now_ns);
}

// ---- what is compared ----------------------------------------------------------------------------------------------

static void expect_same_told(const can_bus_outcome_t *a, const can_bus_outcome_t *b)
{
    static const can_bus_outcome_t NONE;
    const can_bus_outcome_t *told = a->told ? a : &NONE;
    expect_same_set(among(told->woke, false), among(b->woke, false), "set of those whose bus woke");
    expect_same_set(among(told->slept, false), among(b->slept, false), "set of those whose bus fell asleep");
    expect_same_set(told->passive, b->passive, "set of those that are passive now");
    expect_same_set(told->off, b->off, "set of those that are off now");
    expect_same_set(told->active, b->active, "set of those that are active now");
}

static void expect_same_lost(void)
{
    uint8_t node;
    can_frame_t frame;
    size_t count = 0;
    for (; can_bus_take_lost(&bus, &node, &frame); count++) {
        bool found = false;
        for (size_t i = 0; i < model.lost_count && !found; i++) {
            can_bus_model_lost_t *lost = &model.lost[i];
            found = can_bus_model_place[lost->node] == node && frame_equal(&lost->frame, &frame);
            if (found) *lost = model.lost[--model.lost_count];
        }
        expect_same(true, found, "loss of a request");
    }
    expect_same(0, (int64_t)model.lost_count, "number of lost requests that were not told");
}

static void expect_same_outcome(int64_t now_ns)
{
    can_bus_outcome_t a = {0}, b = can_bus_model_finish(&model, now_ns);
    can_bus_finish(&bus, now_ns, &a);
    if (telling && b.kind) {
        char text[FRAME_TEXT_MAX], other[FRAME_TEXT_MAX];
        printf("%lld us: outcome %d %s of %llx (model: %d %s of %llx) error %d\n", (long long)now_ns / 1000, a.kind,
               frame_format(&a.frame, text), (unsigned long long)a.senders.low, b.kind, frame_format(&b.frame, other),
               (unsigned long long)b.senders.low, a.error_frame);
    }
    expect_same(a.kind, b.kind, "outcome");
    expect_same_told(&a, &b);
    expect_same_lost();
    if (a.kind != CAN_BUS_CARRIED && a.kind != CAN_BUS_FAILED) return;
    expect_same_set(a.senders, b.senders, "set of senders");
    expect_same_set(a.reports, b.reports, "set of reports");
    expect_same(a.error_frame, b.error_frame, "error frame");
    expect_same(frame_equal(&a.frame, &b.frame), true, "equality of the frame");
    if (a.kind == CAN_BUS_CARRIED) expect_same_set(among(a.deaf, true), among(b.deaf, true), "set of the deaf");
}

static void expect_same_nodes(int64_t now_ns)
{
    for (unsigned node = 0; node < CAN_BUS_MODEL_NODES; node++) {
        uint8_t place = can_bus_model_place[node];
        if (!model.nodes[node].powered) continue;
        expect_same(can_bus_error_state(&bus, place), can_bus_model_error_state(&model, node), "error state");
        expect_same(can_bus_is_awake_for(&bus, place), model.wires[model.nodes[node].wire].state == CAN_BUS_AWAKE,
                    "being awake");
        if (model.nodes[node].off) continue;
        expect_same(can_bus_transmit_errors(&bus, place), model.nodes[node].tec, "transmit error counter");
        expect_same(can_bus_receive_errors(&bus, place), model.nodes[node].rec, "receive error counter");
    }
    expect_same(can_bus_next(&bus), can_bus_model_next(&model, now_ns), "next instant");
}

static void switch_on(void)
{
    can_bus_init(&bus, 100000);
    can_bus_model_init(&model, 100000, seed);
    fault_plan_init(&plan, seed);
    can_bus_set_plan(&bus, &plan, CAN_BUS_MODEL_BUS);
    can_bus_set_listen_only(&bus, can_bus_model_place[5]);
    model.nodes[5].listen_only = true;
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
        int64_t now_ns = at_ns = time_earlier(act_ns, can_bus_next(&bus));
        expect_same_outcome(now_ns);
        if (act_ns <= now_ns) {
            for (uint64_t acts = 1 + random_next(&random) % 4; acts > 0; acts--) act_at_random(&random, now_ns);
            act_ns = now_ns + random_pause(&random);
        }
        can_bus_start(&bus, now_ns);
        can_bus_model_start(&model, now_ns);
        expect_same_nodes(now_ns);
    }
}

START_TEST(random_traffic_is_as_the_naive_model_has_it)
{
    const char *only = getenv("CAN_BUS_SEED"), *runs = getenv("CAN_BUS_RUNS");
    unsigned long long last = only ? strtoull(only, NULL, 0) : runs ? strtoull(runs, NULL, 0) : RANDOM_RUNS;
    telling = only != NULL;
    for (seed = only ? last : 1; seed <= last; seed++) run_beside_the_model();
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("can bus, random traffic");
    tcase_set_timeout(tests, 1200);
    tcase_add_test(tests, random_traffic_is_as_the_naive_model_has_it);
    return suite_run("can bus, random traffic", tests);
}
