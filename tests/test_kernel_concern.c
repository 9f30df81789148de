// SPDX-License-Identifier: MIT
// Whom an instant concerns: the kernel, which looks at those alone, beside the naive way, which asks every node about
// everything that happened. Random nodes say random things on random buses, lines and in the air, lose power and get it
// back; for some time nothing that they send is carried. CONCERN_SEED=N replays one run.
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "bus/base/random.h"
#include "bus/kernel/kernel.h"
#include "tests/suite.h"

#define RANDOM_RUNS 60
#define RUN_INSTANTS 1500
#define LINES 12
#define TOLD_MAX 4096

typedef struct { // told to one node alone, at its power-on
    int64_t at_ns;
    uint8_t node, bus;
} told_t;

typedef struct { // what the naive way knows of a node
    uint8_t bus_count, buses[VEHICLE_BUSES_MAX];
    node_ports_t ports;
    bool powered;
    int64_t deadline_ns, stored_ns;
} naive_t;

static kernel_t *kernel;
static vehicle_t vehicle;
static fault_plan_t plan;
static size_t node_count, told_count;
static naive_t naive[KERNEL_NODES_MAX];
static told_t told[TOLD_MAX];
static size_t met[INPUT_KIND_COUNT]; // so many inputs of each kind
static random_t source;
static unsigned long long seed;

static unsigned below(unsigned limit)
{
    return (unsigned)(random_next(&source) % limit);
}

// ---- the nodes -----------------------------------------------------------------------------------------------------

static uint32_t own_id(size_t node)
{
    return 0x100 + (uint32_t)node;
}

static void make_ports(naive_t *node)
{
    node_ports_t *ports = &node->ports;
    *ports = (node_ports_t){.air = (uint8_t)below(8)};
    for (unsigned count = below(6); node->bus_count > 0 && count > 0; count--) {
        uint8_t bus = (uint8_t)below(node->bus_count);
        uint32_t id = own_id(below((unsigned)node_count));
        if (below(4) == 0)
            ports->accepts[ports->accept_count++] = (node_accept_t){.bus = bus, .id = id, .mask = 0x7F0};
        else
            node_accept_byte0(ports, bus, id, (uint8_t)below(4), below(2) ? 0xFF : 0);
    }
    static const char *const NAMES[LINES] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"};
    for (unsigned line = below(LINES); line < LINES; line += 1 + below(LINES)) node_accept_line(ports, NAMES[line]);
}

static void make_nodes(void)
{
    for (size_t i = 0; i < node_count; i++) {
        naive_t *node = &naive[i];
        *node = (naive_t){.deadline_ns = TIME_NEVER, .stored_ns = TIME_NEVER};
        for (uint8_t bus = 0; bus < vehicle.bus_count; bus++)
            if (below(3) != 0) node->buses[node->bus_count++] = bus;
        make_ports(node);
        int index = kernel_add_node(kernel, "n", node->buses, node->bus_count, &node->ports, NULL, IMAGE_NONE);
        ck_assert_int_eq(index, (int)i);
    }
}

static void say_at_random(size_t index, outbox_t *outbox)
{
    naive_t *node = &naive[index];
    outbox_clear(outbox);
    if (node->bus_count > 0 && below(3) == 0) {
        uint8_t byte0 = (uint8_t)below(4);
        can_frame_t frame = frame_make(own_id(index), &byte0, (uint8_t)below(2));
        outbox_send(outbox, (uint8_t)below(node->bus_count), &frame, below(2) ? OUTBOX_REPORT : 0);
    }
    // The more hear it the less often, or one word would become an avalanche.
    unsigned rarely = 4 + (unsigned)node_count;
    if (node->ports.line_count > 0 && below(rarely) == 0)
        outbox_set_line(outbox, (uint8_t)below((unsigned)node->ports.line_count), 1, true);
    if (below(2 * rarely) == 0) outbox_transmit(outbox, below(AIR_CHANNEL_COUNT), NULL, 0);
    outbox->store = node->stored_ns == TIME_NEVER && below(8) == 0;
    if (outbox->store) image_clear(&outbox->image);
    if (below(2)) outbox->deadline_ns = kernel_now(kernel) + 1 + below(3000000);
}

// ---- the naive way: every node, about everything -------------------------------------------------------------------

static bool accepts(const naive_t *node, uint8_t own, const can_frame_t *frame)
{
    for (size_t i = 0; i < node->ports.accept_count; i++) {
        const node_accept_t *accept = &node->ports.accepts[i];
        bool same_byte0 = frame->length > 0 && (frame->data[0] & accept->byte0_mask) == accept->byte0;
        if (accept->bus == own && (frame->id & accept->mask) == (accept->id & accept->mask) &&
            (accept->byte0_mask == 0 || same_byte0))
            return true;
    }
    return false;
}

typedef struct {
    size_t count;
    uint8_t kinds[NODE_INPUTS_MAX];
    int events[NODE_INPUTS_MAX]; // -1: private
} expected_t;

static void expect(expected_t *self, node_input_kind_t kind, int event)
{
    ck_assert_uint_lt(self->count, NODE_INPUTS_MAX);
    self->kinds[self->count] = (uint8_t)kind;
    self->events[self->count++] = event;
}

static void expect_bus_states(expected_t *self, const naive_t *node, size_t index, const kernel_event_t *events,
                              size_t count)
{
    static const uint8_t INPUTS[] = {INPUT_BUS_ACTIVE, INPUT_BUS_PASSIVE, INPUT_BUS_OFF}; // can_bus_error_state_t
    for (uint8_t own = 0; own < node->bus_count; own++)
        for (size_t i = 0; i < count; i++) {
            if (events[i].bus != node->buses[own]) continue;
            if (events[i].kind == EVENT_BUS)
                expect(self, events[i].value == CAN_BUS_AWAKE ? INPUT_BUS_AWAKE : INPUT_BUS_ASLEEP, (int)i);
            if (events[i].kind == EVENT_STATE && events[i].node == index)
                expect(self, (node_input_kind_t)INPUTS[events[i].value], -1);
        }
    for (size_t i = 0; i < told_count; i++)
        if (told[i].node == index && told[i].at_ns == kernel_now(kernel) &&
            kernel_bus(kernel, told[i].bus)->wire.state == CAN_BUS_AWAKE)
            expect(self, INPUT_BUS_AWAKE, -1);
}

static void expect_frames(expected_t *self, const naive_t *node, size_t index, const kernel_event_t *events,
                          size_t count)
{
    for (uint8_t own = 0; own < node->bus_count; own++)
        for (size_t i = 0; i < count; i++) {
            const kernel_event_t *event = &events[i];
            if (event->kind != EVENT_FRAME || event->bus != node->buses[own] || event->node == index) continue;
            if (can_bus_error_state(kernel_bus(kernel, event->bus), (uint8_t)index) == CAN_BUS_OFF) continue;
            if (accepts(node, own, &event->frame)) expect(self, INPUT_FRAME, (int)i);
        }
}

static void expect_lines_and_air(expected_t *self, const naive_t *node, size_t index, const kernel_event_t *events,
                                 size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t port = 0; port < node->ports.line_count; port++)
            if (events[i].kind == EVENT_LINE && events[i].node != index &&
                strcmp(node->ports.lines[port], kernel_line_name(kernel, events[i].line)) == 0)
                expect(self, INPUT_LINE, (int)i);
    for (size_t i = 0; i < count; i++)
        if (events[i].kind == EVENT_AIR && events[i].node != index && (node->ports.air >> events[i].air.channel & 1))
            expect(self, INPUT_AIR, (int)i);
}

static expected_t ask_node(size_t index)
{
    const naive_t *node = &naive[index];
    const kernel_event_t *events;
    size_t count = kernel_events(kernel, &events);
    expected_t expected = {0};
    if (!node->powered) return expected;
    expect_bus_states(&expected, node, index, events, count);
    expect_frames(&expected, node, index, events, count);
    expect_lines_and_air(&expected, node, index, events, count);
    if (node->stored_ns <= kernel_now(kernel)) expect(&expected, INPUT_STORED, -1);
    if (node->deadline_ns <= kernel_now(kernel)) expect(&expected, INPUT_DEADLINE, -1);
    return expected;
}

// The medium's own reports (test_can_bus_random.c) are left out.
static expected_t without_reports(const kernel_activation_t *activation)
{
    expected_t left = {0};
    for (size_t i = 0; i < activation->count; i++) {
        uint8_t kind = activation->inputs[i].kind;
        met[kind]++;
        if (kind != INPUT_SENT && kind != INPUT_NOT_SENT) expect(&left, kind, activation->event[i]);
    }
    return left;
}

static bool same(const expected_t *a, const expected_t *b)
{
    return a->count == b->count && memcmp(a->kinds, b->kinds, a->count) == 0 &&
           memcmp(a->events, b->events, a->count * sizeof a->events[0]) == 0;
}

static void expect_activations(void)
{
    const kernel_activation_t *activations;
    size_t count = kernel_activations(kernel, &activations), next = 0;
    for (size_t node = 0; node < node_count; node++) {
        expected_t expected = ask_node(node), is = {0};
        if (next < count && activations[next].node == node) {
            ck_assert(activations[next].count > 0);
            is = without_reports(&activations[next++]);
        }
        if (!same(&expected, &is))
            ck_abort_msg("node %zu at %lld ns; CONCERN_SEED=%llu build/tests/test_kernel_concern replays it", node,
                         (long long)kernel_now(kernel), seed);
    }
    ck_assert_uint_eq(next, count); // in the order of the nodes, and no others
}

// ---- the run -------------------------------------------------------------------------------------------------------

static void take_outbox(uint8_t node, const outbox_t *outbox)
{
    kernel_merge(kernel, node, outbox);
    naive[node].deadline_ns = outbox->deadline_ns;
    if (outbox->store) naive[node].stored_ns = kernel_now(kernel) + KERNEL_STORE_NS;
}

static void activate_all(void)
{
    static outbox_t outbox;
    const kernel_activation_t *activations;
    size_t count = kernel_activations(kernel, &activations);
    for (size_t node = 0; node < node_count; node++) {
        if (naive[node].stored_ns <= kernel_now(kernel)) naive[node].stored_ns = TIME_NEVER;
        if (naive[node].deadline_ns <= kernel_now(kernel)) naive[node].deadline_ns = TIME_NEVER;
    }
    for (size_t i = 0; i < count; i++) {
        say_at_random(activations[i].node, &outbox);
        take_outbox(activations[i].node, &outbox);
    }
}

static void tell_awake_buses(uint8_t node)
{
    for (uint8_t own = 0; own < naive[node].bus_count; own++) {
        uint8_t bus = naive[node].buses[own];
        if (kernel_bus(kernel, bus)->wire.state != CAN_BUS_AWAKE) continue;
        ck_assert_uint_lt(told_count, TOLD_MAX);
        told[told_count++] = (told_t){kernel_now(kernel) + KERNEL_LINE_NS, node, bus};
    }
}

static void switch_power(void)
{
    static outbox_t outbox;
    if (below(40) == 0) kernel_set_power(kernel, (uint8_t)below((unsigned)node_count), below(3) ? POWER_ON : POWER_OFF);
    kernel_power_request_t request;
    while (kernel_next_power(kernel, &request)) {
        naive_t *node = &naive[request.node];
        node->powered = request.state == POWER_ON;
        node->deadline_ns = node->stored_ns = TIME_NEVER;
        if (!node->powered) continue;
        tell_awake_buses(request.node);
        kernel_power_on(kernel, request.node);
        outbox_clear(&outbox);
        outbox.deadline_ns = kernel_now(kernel) + 1 + below(1000000);
        take_outbox(request.node, &outbox);
    }
}

// Long enough for some to be bus-off, short enough that they come back.
static void break_buses(void)
{
    if (below(200) != 0) return;
    const fault_t fault = {
        .kind = FAULT_CORRUPT, .bus = FAULT_ANY, .sender = FAULT_ANY, .to = FAULT_ANY, .for_ns = below(12) * TIME_MS};
    fault_plan_begin(&plan, &fault, kernel_now(kernel));
}

static void run(void)
{
    source = random_derive(seed, "concern", 0);
    vehicle.bus_count = (uint8_t)(1 + below(VEHICLE_BUSES_MAX));
    for (uint8_t bus = 0; bus < vehicle.bus_count; bus++) vehicle.buses[bus].bit_rate = 500000;
    node_count = 1 + below(seed % 4 == 0 ? KERNEL_NODES_MAX : 8);
    told_count = 0;
    kernel_init(kernel, &vehicle, seed);
    fault_plan_init(&plan, seed);
    if (seed % 2 == 0) kernel_set_plan(kernel, &plan);
    make_nodes();
    kernel_start(kernel);
    for (int instant = 0; instant < RUN_INSTANTS && kernel_begin(kernel, TIME_NEVER); instant++) {
        expect_activations();
        activate_all();
        switch_power();
        break_buses();
        kernel_end(kernel);
        ck_assert_int_eq(kernel_overflow(kernel), KERNEL_FITS);
    }
}

START_TEST(an_instant_concerns_whom_asking_everybody_finds)
{
    const char *only = getenv("CONCERN_SEED");
    unsigned long long last = only ? strtoull(only, NULL, 0) : RANDOM_RUNS;
    kernel = malloc(kernel_size());
    ck_assert_ptr_nonnull(kernel);
    memset(kernel, 0xA5, kernel_size());
    for (seed = only ? last : 1; seed <= last; seed++) run(); // each in what the one before has left
    free(kernel);
    for (int kind = 0; kind < INPUT_KIND_COUNT; kind++)
        ck_assert_msg(only || met[kind] > 50, "kind %d: %zu inputs", kind, met[kind]);
}
END_TEST

int main(void)
{
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 120);
    tcase_add_test(all, an_instant_concerns_whom_asking_everybody_finds);
    return suite_run("kernel, whom an instant concerns", all);
}
