// SPDX-License-Identifier: MIT
// A vehicle of as many units as there may be, all on one bus, with the actors and a stranger: everybody sends,
// everybody hears all others.
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bus/kernel/kernel.h"
#include "tests/suite.h"

#define NODES (VEHICLE_NODES_MAX + 2) // and the key fobs, which are on no bus, and the tester
#define FOBS VEHICLE_NODES_MAX
#define TESTER (VEHICLE_NODES_MAX + 1)
#define FIRST_ID 0x100
#define STRANGER_ID 0x300
#define ASK_NS (100 * TIME_MS)

static kernel_t *kernel;
static vehicle_t vehicle;
static outbox_t outbox;
static int64_t ask_ns[NODES]; // each asks then
static size_t carried_count;
static uint8_t carried[NODES + 1]; // who sent, in order
static index_set_t heard[NODES], sent, awake, line_heard, air_heard, stored;

static uint32_t id_of(size_t node)
{
    return FIRST_ID + (uint32_t)(NODES - 1 - node); // the last node has the lowest: arbitration turns the order round
}

static void add_node(uint8_t node)
{
    char name[8];
    node_ports_t ports = {.air = 1 << AIR_RF};
    snprintf(name, sizeof name, "n%d", node);
    bool on_bus = node != FOBS;
    if (on_bus) ports.accepts[ports.accept_count++] = (node_accept_t){.id = 0, .mask = 0};
    node_accept_line(&ports, "line");
    ck_assert_int_eq(kernel_add_node(kernel, name, (const uint8_t[]){0}, on_bus, &ports, NULL, IMAGE_NONE), node);
}

static void set_up(void)
{
    vehicle = (vehicle_t){.bus_count = 1, .node_count = VEHICLE_NODES_MAX};
    vehicle.buses[0].bit_rate = 500000;
    kernel = malloc(kernel_size());
    ck_assert_ptr_nonnull(kernel);
    memset(kernel, 0xA5, kernel_size());
    kernel_init(kernel, &vehicle, 1);
    for (uint8_t node = 0; node < NODES; node++) add_node(node);
    kernel_start(kernel);
    carried_count = 0;
    memset(heard, 0, sizeof heard);
    sent = awake = line_heard = air_heard = stored = (index_set_t){0};
}

static void tear_down(void)
{
    free(kernel);
}

static void take_input(uint8_t node, const node_input_t *input)
{
    uint32_t id = input->frame.id;
    if (input->kind == INPUT_SENT) index_set_put(&sent, node, true);
    if (input->kind == INPUT_BUS_AWAKE) index_set_put(&awake, node, true);
    if (input->kind == INPUT_LINE) index_set_put(&line_heard, node, true);
    if (input->kind == INPUT_AIR) index_set_put(&air_heard, node, true);
    if (input->kind == INPUT_STORED) index_set_put(&stored, node, true);
    if (input->kind != INPUT_FRAME) return;
    unsigned sender = id == STRANGER_ID ? NODES : NODES - 1 - (id - FIRST_ID);
    ck_assert(!index_set_has(heard[node], sender));
    index_set_put(&heard[node], sender, true);
}

static void answer(uint8_t node, const kernel_activation_t *activation)
{
    outbox_clear(&outbox);
    if (ask_ns[node] > kernel_now(kernel)) outbox.deadline_ns = ask_ns[node];
    for (size_t i = 0; i < activation->count; i++) {
        take_input(node, &activation->inputs[i]);
        if (activation->inputs[i].kind != INPUT_DEADLINE) continue;
        can_frame_t frame = frame_make(id_of(node), &node, 1);
        if (node != FOBS) outbox_send(&outbox, 0, &frame, OUTBOX_REPORT);
        outbox.store = true;
        image_clear(&outbox.image);
    }
    kernel_merge(kernel, node, &outbox);
}

static void look(void)
{
    const kernel_event_t *events;
    size_t count = kernel_events(kernel, &events);
    for (size_t i = 0; i < count; i++) {
        if (events[i].kind != EVENT_FRAME) continue;
        ck_assert_uint_lt(carried_count, sizeof carried);
        carried[carried_count++] = events[i].node;
    }
}

static void give_power(void)
{
    kernel_power_request_t request;
    while (kernel_next_power(kernel, &request)) {
        if (request.state != POWER_ON) continue;
        kernel_power_on(kernel, request.node);
        outbox_clear(&outbox);
        outbox.deadline_ns = ask_ns[request.node] = kernel_now(kernel) + ASK_NS; // all in the same instant
        kernel_merge(kernel, request.node, &outbox);
    }
}

static void run_to(int64_t until_ns)
{
    while (kernel_begin(kernel, until_ns)) {
        const kernel_activation_t *activations;
        size_t count = kernel_activations(kernel, &activations);
        for (size_t i = 0; i < count; i++) answer(activations[i].node, &activations[i]);
        look();
        give_power();
        kernel_end(kernel);
        ck_assert_int_eq(kernel_overflow(kernel), KERNEL_FITS);
    }
    ck_assert_uint_eq(kernel_nonsense(kernel), 0);
}

static index_set_t all_nodes(void)
{
    index_set_t all = {0};
    for (unsigned node = 0; node < NODES; node++) index_set_put(&all, node, true);
    return all;
}

static void expect_same(index_set_t is, index_set_t expected)
{
    ck_assert_uint_eq(is.low, expected.low);
    ck_assert_uint_eq(is.high, expected.high);
}

START_TEST(all_of_64_units_tester_and_stranger_are_heard_by_all_others)
{
    run_to(ASK_NS);
    can_frame_t frame = frame_make(STRANGER_ID, NULL, 0);
    kernel_inject(kernel, 0, &frame);
    run_to(TIME_S);
    index_set_t on_bus = index_set_without(all_nodes(), index_set_of(FOBS));
    expect_same(sent, on_bus);
    expect_same(awake, on_bus);
    for (unsigned node = 0; node < NODES; node++) {
        index_set_t others = index_set_without(on_bus, index_set_of(node));
        index_set_put(&others, NODES, true); // the stranger
        if (node == FOBS) others = (index_set_t){0};
        expect_same(heard[node], others);
    }
    ck_assert_uint_eq(kernel_bus(kernel, 0)->carried, NODES); // not the fobs, but the stranger
}
END_TEST

START_TEST(the_lowest_identifier_of_all_goes_first)
{
    run_to(TIME_S);
    ck_assert_uint_eq(carried_count, NODES - 1);
    for (size_t i = 0; i < carried_count; i++) ck_assert_uint_eq(carried[i], i == 0 ? TESTER : NODES - 2 - i);
}
END_TEST

START_TEST(lines_air_and_stores_reach_all)
{
    kernel_set_line(kernel, 0, 1, false);
    kernel_transmit(kernel, &(air_t){.channel = AIR_RF});
    run_to(TIME_S);
    expect_same(line_heard, all_nodes());
    expect_same(air_heard, all_nodes());
    expect_same(stored, all_nodes());
    ck_assert(!kernel_storing(kernel));
}
END_TEST

START_TEST(power_of_all_goes_and_comes_at_once)
{
    run_to(TIME_S);
    for (uint8_t node = 0; node < NODES; node++) kernel_set_power(kernel, node, POWER_OFF);
    kernel_wake_player(kernel, TIME_S + 1);
    run_to(TIME_S + 1);
    for (uint8_t node = 0; node < NODES; node++) {
        ck_assert(!kernel_powered(kernel, node));
        kernel_set_power(kernel, node, POWER_ON);
    }
    kernel_wake_player(kernel, TIME_S + 2);
    run_to(TIME_S + 2);
    memset(heard, 0, sizeof heard);
    carried_count = 0;
    run_to(2 * TIME_S);
    ck_assert_uint_eq(carried_count, NODES - 1);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("kernel, many nodes");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, all_of_64_units_tester_and_stranger_are_heard_by_all_others);
    tcase_add_test(tests, the_lowest_identifier_of_all_goes_first);
    tcase_add_test(tests, lines_air_and_stores_reach_all);
    tcase_add_test(tests, power_of_all_goes_and_comes_at_once);
    return suite_run("kernel, many nodes", tests);
}
