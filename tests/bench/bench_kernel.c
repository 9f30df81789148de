// SPDX-License-Identifier: MIT
// What the kernel takes for a frame of two saturated buses in-process: on each, four synthetic nodes ask for their next
// frame as soon as the one before was carried, so that the bus never idles. And what it takes for an activation when
// more and more of them are on one bus: each should cost what it costs among few. And what it costs that a plan of
// faults is asked in which there are none.
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bus/host/host_in_process.h"
#include "tests/bench/guard.h"
#include "tests/bench/measure.h"

#define TURNS_MAX 7
#define PLAN_TURNS 41
#define BUSES 2
#define NODES_PER_BUS 4
#define VIRTUAL_NS (60 * TIME_S)
#define MOST_NS 300.0
#define LOAD_MINIMUM 0.99 // less, and it was not this work that was timed
#define EMPTY_PLAN_MOST 1.03
#define MOST_TIMES 1.5 // of what an activation takes among the fewest units, among the most

typedef struct {
    uint32_t id;
    uint64_t count;
} talker_t;

typedef struct {
    uint64_t carried;
    double load, cpu_s;
} done_t;

static fault_plan_t *plan; // null: none
static uint64_t heard, called;
static bool hear_all;

static bool bind(void *node, const node_setup_t *setup, node_ports_t *ports, const char **missing)
{
    (void)missing;
    talker_t *self = node;
    self->id = 0x100 + (uint32_t)(setup->entry - setup->vehicle->nodes);
    node_accept_id(ports, 0, self->id ^ 1); // each hears one other
    if (hear_all) ports->accepts[0].mask = 0;
    return true;
}

static void say(talker_t *self, outbox_t *outbox)
{
    uint8_t data[FRAME_DATA_MAX];
    self->count++;
    for (size_t i = 0; i < sizeof data; i++) data[i] = (uint8_t)(self->count >> (8 * (i % 4)));
    can_frame_t frame = frame_make(self->id, data, sizeof data);
    outbox_send(outbox, 0, &frame, OUTBOX_REPORT);
}

static void power_on(void *node, int64_t now_ns, const image_t *image, image_state_t state, random_t random,
                     outbox_t *outbox)
{
    (void)node, (void)image, (void)state, (void)random;
    outbox->deadline_ns = now_ns + TIME_MS;
}

static void activate(void *node, int64_t now_ns, const node_input_t *inputs, size_t count, outbox_t *outbox)
{
    (void)now_ns;
    called++;
    for (size_t i = 0; i < count; i++) {
        if (inputs[i].kind == INPUT_SENT || inputs[i].kind == INPUT_DEADLINE) say(node, outbox);
        if (inputs[i].kind == INPUT_FRAME) heard++;
    }
}

static const node_class_t TALKER = {
    .name = "talker", .size = sizeof(talker_t), .bind = bind, .power_on = power_on, .activate = activate};

static bool play(void *self, kernel_t *kernel)
{
    (void)self;
    kernel_wake_player(kernel, VIRTUAL_NS);
    return kernel_now(kernel) < VIRTUAL_NS;
}

static void make_vehicle(vehicle_t *vehicle, uint8_t buses, int nodes_per_bus)
{
    memset(vehicle, 0, sizeof *vehicle);
    vehicle->bus_count = buses;
    for (uint8_t bus = 0; bus < buses; bus++) {
        snprintf(vehicle->buses[bus].name, sizeof vehicle->buses[bus].name, "bus%d", bus);
        vehicle->buses[bus].bit_rate = 100000;
        for (int i = 0; i < nodes_per_bus; i++) {
            vehicle_node_t *node = &vehicle->nodes[vehicle->node_count++];
            snprintf(node->name, sizeof node->name, "node%d", vehicle->node_count);
            node->bus_count = 1;
            node->buses[0] = bus;
        }
    }
}

static done_t run(const vehicle_t *vehicle)
{
    static error_t error;
    error_clear(&error);
    kernel_t *kernel = calloc(1, kernel_size());
    outbox_t *outboxes = calloc(KERNEL_NODES_MAX, sizeof *outboxes);
    host_in_process_t *host = host_in_process_new();
    assert(kernel && outboxes);
    kernel_init(kernel, vehicle, 1);
    for (uint8_t i = 0; i < vehicle->node_count; i++) {
        node_setup_t setup = {.vehicle = vehicle, .entry = &vehicle->nodes[i]};
        node_ports_t ports;
        bool added = host_in_process_add(host, i, &TALKER, NULL, &setup, &ports, &error);
        assert(added);
        int index = kernel_add_node(kernel, setup.entry->name, setup.entry->buses, 1, &ports, NULL, IMAGE_NONE);
        assert(index == i);
    }
    if (plan) kernel_set_plan(kernel, plan);
    kernel_start(kernel);
    simulation_t simulation = {.kernel = kernel,
                               .host = host_in_process_host(host),
                               .player = {.self = NULL, .step = play},
                               .outboxes = outboxes};
    double began_s = measure_cpu_s();
    bool good = simulation_run(&simulation, &error);
    done_t done = {.cpu_s = measure_cpu_s() - began_s};
    assert(good);
    for (uint8_t bus = 0; bus < vehicle->bus_count; bus++) done.carried += kernel_bus(kernel, bus)->carried;
    done.load = (double)kernel_bus(kernel, 0)->busy_total_ns / (double)VIRTUAL_NS;
    host_in_process_destroy(&host);
    free(outboxes);
    free(kernel);
    if (done.carried == 0 || done.load < LOAD_MINIMUM) measure_fail("the buses idled");
    return done;
}

// For bench_peers, which alternates us with others: frames carried, frames heard, seconds.
static int run_once(const vehicle_t *vehicle)
{
    done_t done = run(vehicle);
    printf("%" PRIu64 " %" PRIu64 " %.9f\n", done.carried, heard, done.cpu_s);
    return 0;
}

static void measure_saturated(const vehicle_t *vehicle, int turns)
{
    double cpu_s[TURNS_MAX];
    done_t done = {0};
    for (int i = 0; i < turns; i++) {
        done = run(vehicle);
        cpu_s[i] = done.cpu_s;
    }
    double median_s = measure_median(cpu_s, (size_t)turns), frame_ns = median_s * 1e9 / (double)done.carried;
    measure_title(
        "| virtual time | frames carried | load | CPU time | per frame | at most |",
        "The kernel in-process: two saturated buses at 100 kbit/s, on each four nodes that send 8 bytes as soon as the "
        "frame before\nwas carried, and hear one other. Median of %d turns. Peers: make bench-peers.",
        turns);
    printf("| %.0f s | %" PRIu64 " | %.0f %% | %.3f s | %.0f ns | %.0f ns |\n", (double)VIRTUAL_NS / 1e9, done.carried,
           done.load * 100, median_s, frame_ns, MOST_NS);
    measure_at_most(frame_ns, MOST_NS, " ns", "saturated kernel, per frame");
}

// Turn by turn with and without: what a machine does meanwhile meets both. The least of each is what it took alone.
static void measure_empty_plan(const vehicle_t *vehicle, int turns)
{
    static fault_plan_t empty;
    double least_s[2] = {0};
    for (int i = 0; i < 2 * turns; i++) {
        fault_plan_init(&empty, 1);
        plan = i % 2 == 1 ? &empty : NULL;
        double cpu_s = run(vehicle).cpu_s;
        if (i < 2 || cpu_s < least_s[i % 2]) least_s[i % 2] = cpu_s;
    }
    plan = NULL;
    double times = least_s[1] / least_s[0];
    measure_title("| no plan | an empty one | times | at most |",
                  "The same buses with a plan of faults in which there are none. The least CPU time of %d turns each, "
                  "alternating.",
                  turns);
    printf("| %.1f ms | %.1f ms | %.3f | %.2f |\n", least_s[0] * 1e3, least_s[1] * 1e3, times, EMPTY_PLAN_MOST);
    measure_at_most(times, EMPTY_PLAN_MOST, " times", "saturated kernel with an empty plan");
}

// In ns; *frames and *calls of each turn, which are always the same.
static double measure_activation(int units, bool all, int turns, uint64_t *frames, uint64_t *calls)
{
    static vehicle_t vehicle;
    double call_ns[TURNS_MAX];
    make_vehicle(&vehicle, 1, units);
    hear_all = all;
    for (int i = 0; i < turns; i++) {
        called = 0;
        done_t done = run(&vehicle);
        call_ns[i] = done.cpu_s * 1e9 / (double)called;
        *frames = done.carried;
        *calls = called;
    }
    return measure_median(call_ns, (size_t)turns);
}

static void measure_units(bool all, int turns)
{
    static const int UNITS[] = {8, 16, 32, 64};
    const char *who = all ? "all others" : "one other";
    double most_ns = 0; // by what it takes among the fewest
    for (size_t i = 0; i < sizeof UNITS / sizeof UNITS[0]; i++) {
        uint64_t frames = 0, calls = 0;
        double call_ns = measure_activation(UNITS[i], all, turns, &frames, &calls);
        printf("| %d | %s | %" PRIu64 " | %" PRIu64 " | %.0f ns |", UNITS[i], who, frames, calls, call_ns);
        if (i > 0) {
            printf(" %.0f ns |\n", most_ns);
            measure_at_most(call_ns, most_ns, " ns", "an activation among more units");
        } else {
            printf("  |\n");
            most_ns = call_ns * MOST_TIMES;
        }
    }
}

static int work(int argc, char **argv)
{
    static vehicle_t vehicle;
    make_vehicle(&vehicle, BUSES, NODES_PER_BUS);
    if (argc == 2 && strcmp(argv[1], "once") == 0) return run_once(&vehicle);
    if (argc != 1) return fprintf(stderr, "usage: bench_kernel [once]\n"), 2;
    int turns = measure_times(TURNS_MAX, 1);
    measure_saturated(&vehicle, turns);
    printf("\n");
    measure_empty_plan(&vehicle, measure_times(PLAN_TURNS, 1));
    printf("\n");
    measure_title("| units | heard by | frames carried | activations | CPU time per activation | at most |",
                  "The same on one bus, with more and more units. Median of %d turns.", turns);
    measure_units(false, turns);
    measure_units(true, turns);
    return measure_status();
}

int main(int argc, char **argv)
{
    return guard_run(work, argc, argv);
}
