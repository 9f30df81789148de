// SPDX-License-Identifier: MIT
// Lock-step rounds per second: N units, each a process of its own, each with an identifier of its own, of which it
// sends a frame once per virtual millisecond; every unit hears the frames of all others. Against the same messages in
// bare libzmq (bare.h), and beside what is left of ours without bus, time and coding (its limit), alternating, on the
// same processors.
//
//   a round    0 ms: N grants, each packet brings a frame; all N are pending, and the bus carries one after the other
//              N instants: a frame carried and published, N-1 grants to who hears it, N-1 packets      1 ms: the next
//
// An ear without inputs, called directly, acknowledges where a unit is alone. What was carried, published and granted
// is counted: a turn that has not done all of that is no measurement. The program is also the units, and the bare
// peers.
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bus/files/vehicle_file.h"
#include "bus/zmq/affinity.h"
#include "bus/zmq/hub.h"
#include "bus/zmq/runner.h"
#include "bus/zmq/wire.h"
#include "tests/bench/bare.h"
#include "tests/bench/guard.h"
#include "tests/bench/measure.h"
#include "tests/scratch.h"

#define TURNS_MAX 7
#define ACTIVATIONS 8000  // about so many in a turn
#define WARM_UP_ROUNDS 25 // the bus awakes, and what has waited for that is carried
#define PERIOD_NS TIME_MS
#define ID_FIRST 0x2A0
#define ALTERNATING 0x55 // few stuff bits: eight frames are to fit into a millisecond

// ---- the unit ------------------------------------------------------------------------------------------------------

typedef struct {
    uint32_t id;
    uint8_t count;
    int64_t next_ns;
} unit_t;

static bool unit_bind(void *unit, const node_setup_t *setup, node_ports_t *ports, const char **missing)
{
    (void)missing;
    unit_t *self = unit;
    int own = (int)(setup->entry - setup->vehicle->nodes);
    self->id = ID_FIRST + (uint32_t)own;
    for (int i = 0; i < setup->vehicle->node_count; i++)
        if (i != own) node_accept_id(ports, 0, ID_FIRST + (uint32_t)i);
    return true;
}

static void unit_activate(void *unit, int64_t now_ns, const node_input_t *inputs, size_t count, outbox_t *outbox)
{
    (void)inputs, (void)count;
    unit_t *self = unit;
    if (now_ns == self->next_ns) {
        uint8_t data[FRAME_DATA_MAX];
        memset(data, ALTERNATING, sizeof data);
        data[FRAME_DATA_MAX - 1] = ++self->count;
        can_frame_t frame = frame_make(self->id, data, sizeof data);
        outbox_send(outbox, 0, &frame, OUTBOX_REPLACE);
        self->next_ns += PERIOD_NS;
    }
    outbox->deadline_ns = self->next_ns;
}

static void unit_power_on(void *unit, int64_t now_ns, const image_t *image, image_state_t state, random_t random,
                          outbox_t *outbox)
{
    (void)image, (void)state, (void)random;
    ((unit_t *)unit)->next_ns = now_ns + PERIOD_NS;
    outbox->deadline_ns = now_ns + PERIOD_NS;
}

static const node_class_t UNIT_CLASS = {"bench_rounds", sizeof(unit_t), unit_bind, unit_power_on, unit_activate};

// ---- the ear -------------------------------------------------------------------------------------------------------

static bool ear_bind(void *ear, const node_setup_t *setup, node_ports_t *ports, const char **missing)
{
    (void)ear, (void)setup, (void)ports, (void)missing;
    return true;
}

static void ear_activate(void *ear, int64_t now_ns, const node_input_t *inputs, size_t count, outbox_t *outbox)
{
    (void)ear, (void)now_ns, (void)inputs, (void)count, (void)outbox;
}

static void ear_power_on(void *ear, int64_t now_ns, const image_t *image, image_state_t state, random_t random,
                         outbox_t *outbox)
{
    (void)ear, (void)now_ns, (void)image, (void)state, (void)random, (void)outbox;
}

static const node_class_t EAR_CLASS = {"ear", 1, ear_bind, ear_power_on, ear_activate};

// ---- through hub and units -----------------------------------------------------------------------------------------

typedef struct {
    vehicle_t vehicle;
    host_in_process_t *actors;
    hub_t *hub;
    kernel_t *kernel;
    simulation_t simulation;
    int64_t until_ns;
    error_t error;
} ours_t;

typedef struct {
    uint64_t carried, published, grants;
} counts_t;

static counts_t count(const ours_t *self)
{
    hub_figures_t figures = hub_figures(self->hub);
    return (counts_t){kernel_bus(self->kernel, 0)->carried, figures.published, figures.rounds};
}

static bool look_on(void *self, kernel_t *kernel)
{
    (void)self, (void)kernel;
    return true;
}

static void write_vehicle(const char *path, int nodes, ours_t *self)
{
    if (!vehicle_file_load(&self->vehicle, "e65", NULL, &self->error)) measure_fail("%s", self->error.text);
    FILE *file = fopen(path, "w");
    assert(file);
    fprintf(file,
            "{\"name\": \"bench\", \"dbc\": \"%s\", \"buses\": [{\"name\": \"can\", \"bit_rate\": 1000000}], "
            "\"nodes\": [",
            self->vehicle.dbc_path);
    for (int i = 0; i < nodes; i++)
        fprintf(file, "%s{\"name\": \"node%d\", \"executable\": \"bench_rounds\", \"buses\": [\"can\"]}", i ? ", " : "",
                i);
    fprintf(file, "], \"routes\": []}\n");
    fclose(file);
}

static void add_nodes(ours_t *self)
{
    uint8_t units = self->vehicle.node_count, bus = 0;
    for (uint8_t i = 0; i < units; i++) {
        const vehicle_node_t *node = &self->vehicle.nodes[i];
        kernel_add_node(self->kernel, node->name, node->buses, node->bus_count, hub_ports(self->hub, i), NULL,
                        IMAGE_NONE);
    }
    node_ports_t ports;
    host_in_process_add(self->actors, units, &EAR_CLASS, NULL, &(node_setup_t){.vehicle = &self->vehicle}, &ports,
                        &self->error);
    int ear = kernel_add_node(self->kernel, "ear", &bus, 1, &ports, NULL, IMAGE_NONE);
    assert(ear == units);
}

static void ours_begin(ours_t *self, int nodes, const char *units, const char *directory, bool spread)
{
    error_clear(&self->error);
    char path[128];
    snprintf(path, sizeof path, "%s/car.json", directory);
    write_vehicle(path, nodes, self);
    if (!vehicle_file_load(&self->vehicle, path, NULL, &self->error)) measure_fail("%s", self->error.text);
    self->actors = host_in_process_new();
    hub_options_t options = {
        .vehicle = &self->vehicle, .unit_directory = units, .actors = self->actors, .spread = spread};
    self->hub = hub_new(&options, &self->error);
    if (!self->hub) measure_fail("%s", self->error.text);
    self->kernel = calloc(1, kernel_size());
    outbox_t *outboxes = calloc(KERNEL_NODES_MAX, sizeof *outboxes);
    assert(self->kernel && outboxes);
    kernel_init(self->kernel, &self->vehicle, 1);
    add_nodes(self);
    kernel_start(self->kernel);
    self->simulation = (simulation_t){.kernel = self->kernel, .host = hub_host(self->hub), .outboxes = outboxes};
    self->simulation.player.step = look_on;
    self->until_ns = 0;
}

// Every instant of the next so many virtual milliseconds.
static void ours_rounds(ours_t *self, uint64_t rounds)
{
    self->until_ns += (int64_t)rounds * PERIOD_NS;
    for (bool over, idle = false; !idle;)
        if (!simulation_step(&self->simulation, self->until_ns - 1, &over, &idle, &self->error))
            measure_fail("%s", self->error.text);
}

static void ours_end(ours_t *self)
{
    hub_destroy(&self->hub);
    host_in_process_destroy(&self->actors);
    free(self->kernel);
    free(self->simulation.outboxes);
}

// ---- the same messages ---------------------------------------------------------------------------------------------

// What hub and units say to each other in a round, topics included.
static bare_sizes_t message_sizes(void)
{
    static outbox_t outbox;
    static uint8_t body[WIRE_SIZE_MAX];
    char topic[WIRE_TOPIC_MAX];
    can_frame_t frame = frame_make(ID_FIRST, (uint8_t[FRAME_DATA_MAX]){0}, FRAME_DATA_MAX);
    wire_public_t public = {.kind = WIRE_FRAME, .sender = "node0", .frame = frame};
    wire_grant_t grant = {.count = 1, .inputs = {{.input = {.kind = INPUT_DEADLINE}}}};
    wire_packet_t packet = {.status = WIRE_DONE};
    size_t step = wire_topic("step/", "node0", topic), up = wire_topic("packet/", "node0", topic) + WIRE_TAG_SIZE;
    bare_sizes_t sizes = {.frame = wire_topic_frame("can", &frame, topic) + wire_encode_public(&public, body)};
    sizes.grant_send = step + wire_encode_grant(&grant, body);
    grant.inputs[0] = (wire_input_t){.is_public = true, .input = {.kind = INPUT_FRAME, .frame = frame}};
    sizes.grant_hear = step + wire_encode_grant(&grant, body);
    outbox_clear(&outbox);
    sizes.packet_hear = up + wire_encode_packet(&packet, &outbox, body);
    outbox_send(&outbox, 0, &frame, OUTBOX_REPLACE);
    sizes.packet_send = up + wire_encode_packet(&packet, &outbox, body);
    return sizes;
}

// ---- the table -----------------------------------------------------------------------------------------------------

typedef struct {
    int nodes;
    bool spread;        // else all on one processor
    double least;       // of bare libzmq's rate, 0: not asked
    double least_limit; // or, where that cannot be had, of the limit's
} row_t;

static const row_t ROWS[] = {
    {.nodes = 1}, {.nodes = 2}, {.nodes = 4, .least = 1.5, .least_limit = 0.9},
    {.nodes = 5}, {.nodes = 8}, {.nodes = 4, .spread = true}, // shows why one processor is the default
};

typedef struct { // rounds per second, median; ratios of turns beside each other
    double bare, limit, ours, to_bare, to_limit;
} rates_t;

static ours_t ours;
static bare_t bare, limit;

static void check_peer(const char *name, const bare_t *peer, const counts_t *ours_done)
{
    char text[64];
    const struct {
        const char *what;
        uint64_t done, same;
    } rows[] = {{"frames", peer->frames, ours_done->published},
                {"grants", peer->grants, ours_done->grants},
                {"packets", peer->packets, ours_done->grants}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        snprintf(text, sizeof text, "%s: %s", name, rows[i].what);
        measure_counted(text, rows[i].done, rows[i].same);
    }
}

// All did all of so many rounds since then, and the same.
static void check_work(int nodes, uint64_t rounds, counts_t since)
{
    uint64_t n = (uint64_t)nodes;
    counts_t now = count(&ours);
    counts_t done = {now.carried - since.carried, now.published - since.published, now.grants - since.grants};
    measure_counted("frames carried", done.carried, rounds * n);
    measure_counted("frames published", done.published, rounds * n);
    measure_counted("activations", done.grants, rounds * n * n);
    check_peer("the peer", &bare, &done);
    check_peer("the limit", &limit, &done);
}

static void print_row(const row_t *row, uint64_t rounds, const rates_t *rates)
{
    char name[80], least[32] = "";
    uint64_t n = (uint64_t)row->nodes;
    if (row->least > 0) snprintf(least, sizeof least, "%.1f, or %.1f of the limit", row->least, row->least_limit);
    printf("| %d | %s | %" PRIu64 " | %" PRIu64 " | %" PRIu64 " | %.0f | %.0f | %.0f | %.2f | %.2f | %s | %.1f |\n",
           row->nodes, row->spread ? "all" : "one", rounds, rounds * n, rounds * n * n, rates->bare, rates->limit,
           rates->ours, rates->to_bare, rates->to_limit, least, 1e6 / rates->ours / (double)(n * n));
    fflush(stdout);
    if (row->least <= 0 || rates->to_bare >= row->least) return;
    snprintf(name, sizeof name, "lock-step rounds, %d nodes, %.2f of bare libzmq, and of the limit", row->nodes,
             rates->to_bare);
    measure_at_least(rates->to_limit, row->least_limit, "", name);
}

static void peer_begin(bare_t *peer, int nodes, bool by_lanes, const char *program, const char *directory)
{
    *peer = (bare_t){.nodes = nodes, .by_lanes = by_lanes, .sizes = message_sizes()};
    bare_begin(peer, program, directory);
    bare_rounds(peer, WARM_UP_ROUNDS);
    peer->frames = peer->grants = peer->packets = 0;
}

static double bare_rate(bare_t *peer, uint64_t rounds)
{
    double began_s = measure_now_s();
    bare_rounds(peer, rounds);
    return (double)rounds / (measure_now_s() - began_s);
}

static double ours_rate(uint64_t rounds)
{
    double began_s = measure_now_s();
    ours_rounds(&ours, rounds);
    return (double)rounds / (measure_now_s() - began_s);
}

static rates_t take_turns(size_t turns, uint64_t rounds)
{
    double rates[3][TURNS_MAX], to_bare[TURNS_MAX], to_limit[TURNS_MAX];
    for (size_t turn = 0; turn < turns; turn++) {
        rates[0][turn] = bare_rate(&bare, rounds);
        rates[1][turn] = ours_rate(rounds);
        rates[2][turn] = bare_rate(&limit, rounds);
        to_bare[turn] = rates[1][turn] / rates[0][turn];
        to_limit[turn] = rates[1][turn] / rates[2][turn];
    }
    return (rates_t){.bare = measure_median(rates[0], turns),
                     .ours = measure_median(rates[1], turns),
                     .limit = measure_median(rates[2], turns),
                     .to_bare = measure_median(to_bare, turns),
                     .to_limit = measure_median(to_limit, turns)};
}

static void measure(const row_t *row, const char *program, const char *units)
{
    char directory[SCRATCH_PATH_MAX];
    affinity_t *before = affinity_new();
    scratch_make(directory);
    if (!row->spread) affinity_pin(affinity_processor());
    peer_begin(&bare, row->nodes, false, program, directory);
    peer_begin(&limit, row->nodes, true, program, directory);
    ours_begin(&ours, row->nodes, units, directory, row->spread);
    int turns = measure_times(TURNS_MAX, 1);
    uint64_t rounds = (uint64_t)(measure_times(ACTIVATIONS, ACTIVATIONS / 20) / row->nodes / row->nodes);
    ours_rounds(&ours, WARM_UP_ROUNDS);
    counts_t begun = count(&ours);
    rates_t rates = take_turns((size_t)turns, rounds);
    check_work(row->nodes, rounds * (uint64_t)turns, begun);
    ours_end(&ours);
    bare_end(&bare);
    bare_end(&limit);
    affinity_restore(&before);
    scratch_remove_all(directory);
    print_row(row, rounds * (uint64_t)turns, &rates);
}

static int work(int argc, char **argv)
{
    (void)argc, (void)argv;
    char program[MEASURE_PATH_MAX], units[MEASURE_PATH_MAX];
    measure_beside("bench_rounds", program);
    measure_beside(".", units);
    measure_title(
        "| nodes | processors | rounds | frames carried | activations | bare libzmq /s | limit /s | kmsim /s | "
        "to bare libzmq | to the limit | at least | us per activation |",
        "Lock-step rounds: N processes, each sends 8 bytes of its own per virtual millisecond, and hears all "
        "others.\nMedian of %d turns, alternating with the peer: bare libzmq, the same frames (published once), grants "
        "and packets\namong as many processes, without bus, time or coding. The limit: the same, grants and packets "
        "over a pair of sockets.",
        measure_times(TURNS_MAX, 1));
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) measure(&ROWS[i], program, units);
    return measure_status();
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "--bare") == 0) return bare_peer_main(argc, argv);
    if (argc > 1) return runner_main(&UNIT_CLASS, argc, argv);
    return guard_run(work, argc, argv);
}
