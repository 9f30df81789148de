// SPDX-License-Identifier: MIT
// ISO-TP against a naive model that lives in ticks of 100 us and ages everything by hand, and over a bus with one
// fault. Usage: test_isotp_random [SEED [COUNT]]
#include "bus/diagnosis/isotp.h"
#include "bus/base/random.h"
#include "tests/isotp_model.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/suite.h"

#define TICK_NS (100 * TIME_US)

static uint64_t first_seed = 1, seed_count = 400;

static unsigned draw(random_t *random, unsigned limit)
{
    return (unsigned)(random_next(random) % limit);
}

// ---- a random life -------------------------------------------------------------------------------------------------

typedef struct {
    uint64_t seed;
    random_t random;
    int64_t now_ns;
    model_t model;
    isotp_t link;
    can_frame_t out;
} life_t;

static void life_begin(life_t *life, uint64_t seed)
{
    memset(life, 0, sizeof *life);
    life->seed = seed;
    life->random = random_derive(seed, "isotp", 0);
    random_t *random = &life->random;
    model_t *m = &life->model;
    m->n_as = 10 + (int)draw(random, 30), m->n_bs = 10 + (int)draw(random, 30);
    m->n_cr = 10 + (int)draw(random, 30), m->n_cs = 10 + (int)draw(random, 30);
    m->our_block = (int)draw(random, 5), m->our_st_min = (int)draw(random, 4), m->wait_maximum = (int)draw(random, 3);
    m->out = m->tx = m->rx = m->flow = '-';
    isotp_init(&life->link, &(isotp_config_t){.tx_id = 0x640,
                                              .rx_id = 0x6F1,
                                              .tx_address = 0xF1,
                                              .rx_address = 0x40,
                                              .block_size = (uint8_t)m->our_block,
                                              .st_min = (uint8_t)m->our_st_min,
                                              .wait_maximum = (uint8_t)m->wait_maximum,
                                              .n_as_ns = m->n_as * TICK_NS,
                                              .n_bs_ns = m->n_bs * TICK_NS,
                                              .n_cr_ns = m->n_cr * TICK_NS,
                                              .n_cs_ns = m->n_cs * TICK_NS});
}

// Mostly what the link waits for, sometimes anything.
static int draw_frame(life_t *life, uint8_t data[8])
{
    random_t *random = &life->random;
    model_t *m = &life->model;
    static const uint8_t FLOWS[] = {0x30, 0x30, 0x30, 0x30, 0x30, 0x30, 0x31, 0x31, 0x32, 0x33, 0x3F};
    static const uint8_t GAPS[] = {0, 0, 0, 1, 2, 0xF1, 0xF5, 0xF9, 0xFA, 0x80};
    for (int i = 0; i < 8; i++) data[i] = (uint8_t)random_next(random);
    data[0] = draw(random, 50) == 0 ? 0x41 : 0x40;
    switch (draw(random, 10)) {
    case 0:
        data[1] = (uint8_t)draw(random, 9);
        break;
    case 1:
        data[1] = 0x10;
        data[2] = (uint8_t)(draw(random, 8) ? 5 + draw(random, MODEL_SIZE_MAX - 5) : 0);
        break;
    case 2:
        break;
    case 3:
    case 4:
    case 5:
        data[1] = FLOWS[draw(random, sizeof FLOWS)];
        data[2] = (uint8_t)draw(random, 4);
        data[3] = GAPS[draw(random, sizeof GAPS)];
        break;
    default:
        data[1] = (uint8_t)(0x20 + (m->next + (draw(random, 30) == 0)) % 16);
        break;
    }
    if (data[1] >= 0x10 && data[1] <= 0x1F && (data[1] != 0x10 || data[2] >= MODEL_SIZE_MAX)) data[1] = 0xE0;
    return draw(random, 20) == 0 ? (int)draw(random, 9) : 8;
}

static void step_hear(life_t *life)
{
    uint8_t data[8];
    int length = draw_frame(life, data);
    can_frame_t frame = frame_make(0x6F1, data, (uint8_t)length);
    model_expire(&life->model, 1);
    model_hear(&life->model, data, length);
    isotp_accept(&life->link, &frame, life->now_ns);
}

static void step_pull(life_t *life)
{
    uint8_t data[8];
    int length = 0;
    can_frame_t frame;
    model_expire(&life->model, 1);
    bool expected = model_pull(&life->model, data, &length);
    bool pulled = isotp_pull(&life->link, life->now_ns, &frame);
    ck_assert_msg(pulled == expected, "seed %llu: pull", (unsigned long long)life->seed);
    if (!pulled) return;
    can_frame_t same = frame_make(0x640, data, (uint8_t)length);
    ck_assert_msg(frame_equal(&frame, &same), "seed %llu: frame", (unsigned long long)life->seed);
    life->out = frame;
}

static void step_confirm(life_t *life, bool lost)
{
    model_expire(&life->model, 1);
    bool expected = life->model.out != '-';
    if (expected && lost) model_lose(&life->model, ISOTP_NOT_SENT);
    if (expected && !lost) model_sent(&life->model);
    bool done = (lost ? isotp_not_sent : isotp_sent)(&life->link, &life->out, life->now_ns);
    ck_assert_msg(done == expected, "seed %llu: confirmation", (unsigned long long)life->seed);
}

static void step_send(life_t *life)
{
    model_t *m = &life->model;
    uint8_t bytes[MODEL_SIZE_MAX];
    int size = 1 + (int)draw(&life->random, draw(&life->random, 3) ? MODEL_SIZE_MAX : 8);
    for (int i = 0; i < size; i++) bytes[i] = (uint8_t)random_next(&life->random);
    model_expire(m, 1);
    bool expected = m->tx == '-';
    ck_assert_msg(isotp_send(&life->link, bytes, (size_t)size, life->now_ns) == expected, "seed %llu: send",
                  (unsigned long long)life->seed);
    if (!expected) return;
    memcpy(m->bytes, bytes, (size_t)size);
    m->tx = 's', m->tx_result = ISOTP_NOTHING, m->size = size;
    m->done = m->number = m->in_block = m->waits = 0;
}

// Time passes: ticked in every instant, only in the last, or not at all; then the next call notices.
static void step_wait(life_t *life)
{
    unsigned ticks = draw(&life->random, 8) ? draw(&life->random, 4) : draw(&life->random, 60);
    enum { EACH, LAST, NONE } when = draw(&life->random, 3);
    for (unsigned i = 1; i <= ticks; i++) {
        life->now_ns += TICK_NS;
        model_age(&life->model);
        if (when == NONE || (when == LAST && i < ticks)) continue;
        model_expire(&life->model, 0);
        isotp_tick(&life->link, life->now_ns);
    }
}

static void life_compare(life_t *life)
{
    model_t *m = &life->model;
    isotp_t *link = &life->link;
    const uint8_t *payload = NULL;
    size_t size = 0;
    bool whole = isotp_received(link, &payload, &size);
    const char *wrong = NULL;
    if (memcmp(isotp_counters(link), &m->counters, sizeof m->counters) != 0) wrong = "counters";
    if (isotp_take_send_result(link) != m->tx_result) wrong = "send result";
    if (isotp_take_receive_result(link) != m->rx_result) wrong = "receive result";
    if (isotp_take_first_frame(link) != (size_t)m->indicated) wrong = "first frame";
    if (isotp_sending(link) != (m->tx != '-') || isotp_receiving(link) != (m->rx == 'f' || m->rx == 'c'))
        wrong = "state";
    if (whole != (m->rx == 'm') || (whole && (size != (size_t)m->want || memcmp(payload, m->got, size) != 0)))
        wrong = "message";
    ck_assert_msg(wrong == NULL, "seed %llu at %lld: %s", (unsigned long long)life->seed, (long long)life->now_ns,
                  wrong);
    m->tx_result = m->rx_result = ISOTP_NOTHING;
    m->indicated = 0;
}

// After everything was ticked and pulled, the deadline is ahead and something happens there, not before.
static void life_check_deadline(life_t *life)
{
    can_frame_t frame;
    static isotp_t copy;
    copy = life->link;
    isotp_tick(&copy, life->now_ns);
    while (isotp_pull(&copy, life->now_ns, &frame)) {
    }
    int64_t deadline_ns = isotp_deadline(&copy);
    ck_assert_msg(deadline_ns > life->now_ns, "seed %llu: deadline", (unsigned long long)life->seed);
    if (deadline_ns == TIME_NEVER) return;
    isotp_counters_t before = copy.counters;
    isotp_tick(&copy, deadline_ns - 1);
    bool early = isotp_pull(&copy, deadline_ns - 1, &frame) || memcmp(&before, &copy.counters, sizeof before) != 0;
    isotp_out_t out = copy.out.kind;
    isotp_tick(&copy, deadline_ns);
    bool due = isotp_pull(&copy, deadline_ns, &frame) || memcmp(&before, &copy.counters, sizeof before) != 0 ||
               copy.out.kind != out;
    ck_assert_msg(!early && due, "seed %llu: deadline %s", (unsigned long long)life->seed,
                  early ? "late" : "of nothing");
}

static void life_step(life_t *life)
{
    switch (draw(&life->random, 12)) {
    case 0:
        step_send(life);
        break;
    case 1:
        model_expire(&life->model, 0);
        isotp_tick(&life->link, life->now_ns);
        if (life->model.rx == 'm') life->model.rx = '-';
        isotp_release(&life->link);
        break;
    case 2:
        step_wait(life);
        break;
    case 3:
        step_confirm(life, draw(&life->random, 20) == 0);
        break;
    case 4:
    case 5:
        step_confirm(life, false);
        break;
    case 6:
    case 7:
    case 8:
        step_pull(life);
        break;
    default:
        step_hear(life);
        break;
    }
}

START_TEST(a_random_life_is_that_of_the_naive_model)
{
    static life_t life;
    isotp_counters_t total = {0};
    for (uint64_t seed = first_seed; seed < first_seed + seed_count; seed++) {
        life_begin(&life, seed);
        for (int i = 0; i < 2000; i++) {
            life_step(&life);
            life_compare(&life);
            if (i % 16 == 0) life_check_deadline(&life);
        }
        total.sent += life.model.counters.sent, total.received += life.model.counters.received;
        total.send_failed += life.model.counters.send_failed;
        total.receive_failed += life.model.counters.receive_failed;
    }
    ck_assert_uint_gt(total.sent, seed_count); // the draw reaches what it should
    ck_assert_uint_gt(total.received, seed_count);
    ck_assert_uint_gt(total.send_failed, seed_count);
    ck_assert_uint_gt(total.receive_failed, seed_count);
}
END_TEST

// ---- one fault on the bus ------------------------------------------------------------------------------------------

typedef enum { FAULT_NONE, FAULT_LOST, FAULT_DOUBLED, FAULT_SWAPPED, FAULT_LATE, FAULT_KINDS } fault_t;

typedef struct {
    isotp_t sender, receiver;
    fault_t fault;
    unsigned countdown; // frames until the fault
    bool held_from_sender, has_held;
    int64_t now_ns;
    can_frame_t held;
} pair_t;

static void pair_deliver(pair_t *pair, bool from_sender, const can_frame_t *frame, int64_t now_ns)
{
    isotp_accept(from_sender ? &pair->receiver : &pair->sender, frame, now_ns);
}

static void pair_carry(pair_t *pair, bool from_sender, const can_frame_t *frame, int64_t now_ns)
{
    isotp_sent(from_sender ? &pair->sender : &pair->receiver, frame, now_ns);
    fault_t fault = pair->countdown-- == 0 ? pair->fault : FAULT_NONE;
    if (fault == FAULT_LATE || fault == FAULT_SWAPPED) {
        pair->held = *frame, pair->held_from_sender = from_sender, pair->has_held = true;
        return;
    }
    if (fault != FAULT_LOST) pair_deliver(pair, from_sender, frame, now_ns);
    if (fault == FAULT_DOUBLED) pair_deliver(pair, from_sender, frame, now_ns);
    if (pair->has_held && pair->fault == FAULT_SWAPPED) {
        pair->has_held = false;
        pair_deliver(pair, pair->held_from_sender, &pair->held, now_ns);
    }
}

static void pair_run(pair_t *pair)
{
    int64_t now_ns = pair->now_ns;
    for (int idle = 0; idle < 3;) {
        can_frame_t frame;
        bool from_sender = isotp_pull(&pair->sender, now_ns, &frame);
        if (from_sender || isotp_pull(&pair->receiver, now_ns, &frame)) {
            now_ns += TIME_MS;
            pair_carry(pair, from_sender, &frame, now_ns);
            continue;
        }
        int64_t next_ns = time_earlier(isotp_deadline(&pair->sender), isotp_deadline(&pair->receiver));
        idle = next_ns == TIME_NEVER ? idle + 1 : 0;
        now_ns = next_ns == TIME_NEVER ? now_ns : next_ns;
        isotp_tick(&pair->sender, now_ns);
        isotp_tick(&pair->receiver, now_ns);
        if (pair->has_held && idle > 0) { // late: everything has timed out
            pair->has_held = false;
            pair_deliver(pair, pair->held_from_sender, &pair->held, now_ns);
        }
    }
    pair->now_ns = now_ns;
}

static void pair_send(pair_t *pair, const uint8_t *bytes, size_t size, bool must_arrive, uint64_t seed)
{
    const uint8_t *payload;
    size_t count;
    ck_assert_msg(isotp_send(&pair->sender, bytes, size, pair->now_ns), "seed %llu: busy", (unsigned long long)seed);
    pair_run(pair);
    bool arrived = isotp_received(&pair->receiver, &payload, &count);
    bool same = arrived && count == size && memcmp(payload, bytes, size) == 0;
    ck_assert_msg(arrived ? same : !must_arrive, "seed %llu: message", (unsigned long long)seed);
    isotp_result_t result = isotp_take_send_result(&pair->sender);
    ck_assert_msg(result != ISOTP_NOTHING, "seed %llu: no result", (unsigned long long)seed);
    ck_assert_msg(!must_arrive || result == ISOTP_DONE, "seed %llu: result %d", (unsigned long long)seed, (int)result);
    isotp_release(&pair->receiver);
}

START_TEST(one_fault_never_makes_a_wrong_message_and_the_next_one_arrives)
{
    static pair_t pair;
    static uint8_t bytes[ISOTP_PAYLOAD_MAX];
    for (uint64_t seed = first_seed; seed < first_seed + seed_count; seed++) {
        random_t random = random_derive(seed, "pair", 0);
        isotp_config_t one = {.tx_id = 0x6F1, .rx_id = 0x640, .tx_address = 0x40, .rx_address = 0xF1};
        isotp_config_t other = {.tx_id = 0x640, .rx_id = 0x6F1, .tx_address = 0xF1, .rx_address = 0x40};
        other.block_size = (uint8_t)draw(&random, 20);
        other.st_min = (uint8_t)draw(&random, 5);
        isotp_init(&pair.sender, &one);
        isotp_init(&pair.receiver, &other);
        size_t size = 1 + draw(&random, draw(&random, 4) ? 300 : ISOTP_PAYLOAD_MAX);
        for (size_t i = 0; i < size; i++) bytes[i] = (uint8_t)random_next(&random);
        pair.fault = (fault_t)draw(&random, FAULT_KINDS);
        pair.countdown = draw(&random, 1 + (unsigned)size / 5);
        pair.has_held = false;
        pair.now_ns = 0;
        pair_send(&pair, bytes, size, pair.fault == FAULT_NONE, seed);
        pair.fault = FAULT_NONE;
        pair_send(&pair, bytes, 1 + draw(&random, ISOTP_PAYLOAD_MAX), true, seed);
    }
}
END_TEST

int main(int argc, char **argv)
{
    if (argc > 1) first_seed = strtoull(argv[1], NULL, 0), seed_count = 1;
    if (argc > 2) seed_count = strtoull(argv[2], NULL, 0);
    printf("seeds %llu to %llu; one alone: %s SEED\n", (unsigned long long)first_seed,
           (unsigned long long)(first_seed + seed_count - 1), argv[0]);
    fflush(stdout);
    TCase *tcase = tcase_create("random");
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, a_random_life_is_that_of_the_naive_model);
    tcase_add_test(tcase, one_fault_never_makes_a_wrong_message_and_the_next_one_arrives);
    return suite_run("isotp random", tcase);
}
