// SPDX-License-Identifier: MIT
#include "tests/hub_fixture.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <zmq.h>

#include "bus/zmq/endpoint.h"
#include "bus/zmq/runner.h"
#include "bus/zmq/secret.h"
#include "bus/zmq/wire.h"
#include "tests/suite.h"
#include "bus/files/vehicle_file.h"

#define PACKET_FLAGS (2 + 8 + 8 + 1 + 8 + 1 + 4 + 1 + 1) // where they stand in a packet: of its first frame

extern char **environ;

// ---- a peer in bare libzmq that joins like a unit, and then does not behave ----------------------------------------

typedef struct {
    void *context, *down, *up;
    const char *mode;
    char name[8];
    uint64_t incarnation;
    secret_pair_t pair;
    uint8_t secret[WIRE_SECRET_SIZE];
    uint8_t body[WIRE_SIZE_MAX];
} peer_t;

static void peer_send(peer_t *self, const char *prefix, size_t size)
{
    char topic[WIRE_TOPIC_MAX];
    zmq_send(self->up, topic, wire_topic(prefix, self->name, topic), ZMQ_SNDMORE);
    zmq_send(self->up, self->body, size, 0);
}

static void peer_hello(peer_t *self)
{
    static wire_hello_t hello;
    hello.incarnation = self->incarnation;
    secret_make_pair(&self->pair);
    memcpy(hello.key, self->pair.public, WIRE_KEY_SIZE);
    if (strcmp(self->mode, "key") == 0) memset(hello.key, 0, WIRE_KEY_SIZE);
    if (strcmp(self->mode, "definitions") == 0) hello.definitions = 1;
    if (strcmp(self->mode, "bus") == 0) hello.ports.accepts[hello.ports.accept_count++].bus = 3;
    size_t size = wire_encode_hello(&hello, self->body);
    if (strcmp(self->mode, "version") == 0) self->body[0] = 9;
    if (strcmp(self->mode, "hello") == 0) self->body[size++] = 0;
    peer_send(self, "hello/", size);
}

static void peer_packet(peer_t *self, size_t size)
{
    peer_send(self, "packet/", wire_sign(self->body, size, self->secret));
}

static void peer_answer(peer_t *self, uint64_t round)
{
    static outbox_t outbox;
    outbox_clear(&outbox);
    bool gap = strcmp(self->mode, "gap") == 0, flags = strcmp(self->mode, "flags") == 0;
    if (strcmp(self->mode, "deadline") == 0) outbox.deadline_ns = 0;
    if (flags) outbox_send(&outbox, 0, &(can_frame_t){.id = 1}, 0);
    wire_packet_t packet = {.incarnation = self->incarnation, .round = round + 1, .status = WIRE_GAP};
    peer_packet(self, wire_encode_packet(&packet, &outbox, self->body)); // of another round: to be ignored
    packet = (wire_packet_t){.incarnation = self->incarnation + 1, .round = round, .status = WIRE_GAP};
    peer_packet(self, wire_encode_packet(&packet, &outbox, self->body)); // of an earlier process: likewise
    packet = (wire_packet_t){.incarnation = self->incarnation, .round = round, .status = WIRE_GAP};
    size_t size = wire_encode_packet(&packet, &outbox, self->body);
    peer_send(self, "packet/", size); // somebody else's, who knows all but the secret: likewise
    memset(self->body + size, 0, WIRE_TAG_SIZE);
    peer_send(self, "packet/", size + WIRE_TAG_SIZE);
    packet = (wire_packet_t){.incarnation = self->incarnation, .round = round, .status = gap ? WIRE_GAP : WIRE_DONE};
    size = wire_encode_packet(&packet, &outbox, self->body);
    if (strcmp(self->mode, "nonsense") == 0) self->body[size++] = 0;
    if (flags) self->body[PACKET_FLAGS] = 9;
    peer_packet(self, size);
}

static bool peer_take(peer_t *self, size_t size)
{
    wire_kind_t kind;
    wire_welcome_t welcome;
    wire_refuse_t refuse;
    static wire_power_on_t start;
    static image_t image;
    char topic[WIRE_TOPIC_MAX];
    if (!wire_kind(self->body, size, &kind) || kind == WIRE_END) return false;
    if (wire_decode_refuse(&refuse, self->body, size)) return refuse.incarnation != self->incarnation;
    uint8_t tag[WIRE_TAG_SIZE];
    bool silent = strcmp(self->mode, "silent") == 0; // says hello, and no more
    if (!silent && wire_decode_welcome(&welcome, self->body, size) &&
        secret_open(welcome.sealed, &self->pair, self->secret)) {
        wire_tag(self->body, size, self->secret, tag);
        zmq_setsockopt(self->down, ZMQ_SUBSCRIBE, topic, wire_topic_ready(self->name, tag, topic));
    }
    if (!silent && wire_decode_power_on(&start, &image, self->body, size)) peer_answer(self, start.round);
    return true;
}

static int peer_main(const char *mode, const char *endpoint, const char *name)
{
    static peer_t self;
    static error_t error;
    endpoint_t names;
    error_clear(&error);
    if (!endpoint_parse(&names, endpoint, &error)) return 2;
    self.mode = mode;
    self.incarnation = (uint64_t)getpid();
    snprintf(self.name, sizeof self.name, "%s", name);
    self.context = zmq_ctx_new();
    self.down = zmq_socket(self.context, ZMQ_SUB);
    self.up = zmq_socket(self.context, ZMQ_XPUB);
    zmq_connect(self.down, names.down);
    zmq_connect(self.up, names.up);
    char topic[WIRE_TOPIC_MAX];
    zmq_setsockopt(self.down, ZMQ_SUBSCRIBE, "sim/end", 7);
    zmq_setsockopt(self.down, ZMQ_SUBSCRIBE, topic, wire_topic("step/", name, topic));
    zmq_recv(self.up, topic, sizeof topic, 0);
    peer_hello(&self);
    for (int size = 0; size >= 0;) {
        if (zmq_recv(self.down, topic, sizeof topic, 0) < 0) break;
        size = zmq_recv(self.down, self.body, sizeof self.body, 0);
        if (size >= 0 && !peer_take(&self, (size_t)size)) break;
    }
    zmq_close(self.down);
    zmq_close(self.up);
    zmq_ctx_term(self.context);
    return 0;
}

// ---- a process that throws garbage at the hub ----------------------------------------------------------------------

static void throw_one(void *up, random_t *random)
{
    static const char *const TOPICS[] = {"packet/a", "hello/a", "packet/z", "can/one/100", "step/a", "hello/", ""};
    const char *topic = TOPICS[random_next(random) % (sizeof TOPICS / sizeof TOPICS[0])];
    uint8_t bytes[256];
    size_t size = random_next(random) % sizeof bytes;
    for (size_t i = 0; i < size; i++) bytes[i] = (uint8_t)random_next(random);
    if (size > 1 && random_next(random) % 2) bytes[0] = WIRE_VERSION, bytes[1] = WIRE_PACKET;
    unsigned parts = (unsigned)(random_next(random) % 4);
    zmq_send(up, topic, strlen(topic), parts > 0 ? ZMQ_SNDMORE : 0);
    for (; parts > 0; parts--) zmq_send(up, bytes, size, parts > 1 ? ZMQ_SNDMORE : 0);
}

static int garbage_main(const char *endpoint)
{
    static error_t error;
    endpoint_t names;
    error_clear(&error);
    if (!endpoint_parse(&names, endpoint, &error)) return 2;
    void *context = zmq_ctx_new(), *up = zmq_socket(context, ZMQ_PUB), *down = zmq_socket(context, ZMQ_SUB);
    zmq_connect(up, names.up);
    zmq_connect(down, names.down);
    random_t random = {1};
    for (size_t i = 0; i < 200; i++) { // subscriptions can be garbage too; who has too many is put out
        uint64_t bytes[2] = {random_next(&random), random_next(&random)};
        zmq_setsockopt(down, ZMQ_SUBSCRIBE, bytes, i % sizeof bytes);
    }
    zmq_setsockopt(down, ZMQ_SUBSCRIBE, "sim/observer/1", 14);
    for (;;) {
        for (int i = 0; i < 50; i++) throw_one(up, &random);
        nanosleep(&(struct timespec){.tv_nsec = 200000}, NULL);
    }
}

// ---- main ----------------------------------------------------------------------------------------------------------

static void own_program(char *directory, size_t size, char **name)
{
    ssize_t length = readlink("/proc/self/exe", directory, size - 1);
    assert(length > 0);
    directory[length] = '\0';
    *name = strrchr(directory, '/') + 1;
    (*name)[-1] = '\0';
}

int hub_fixture_main(int argc, char **argv, Suite *suite)
{
    if (argc == 5 && strcmp(argv[1], "--peer") == 0) return peer_main(argv[2], argv[3], argv[4]);
    if (argc == 3 && strcmp(argv[1], "--garbage") == 0) return garbage_main(argv[2]);
    if (argc > 1) {
        char directory[512], *name;
        own_program(directory, sizeof directory, &name);
        node_class_t class = synthetic_class(name);
        return runner_main(&class, argc, argv);
    }
    return suite_run_cases(suite);
}

// ---- the car -------------------------------------------------------------------------------------------------------

hub_fixture_t *hub_fixture_new(int nodes, int external)
{
    hub_fixture_t *self = calloc(1, sizeof *self);
    assert(self);
    char *name;
    own_program(self->directory, sizeof self->directory, &name);
    snprintf(self->program, sizeof self->program, "%s", name);
    scratch_make(self->scratch);
    snprintf(self->path, sizeof self->path, "%s/car.json", self->scratch);
    synthetic_write_vehicle(self->path, self->program, nodes, external);
    error_clear(&self->error);
    bool loaded = vehicle_file_load(&self->vehicle, self->path, NULL, &self->error);
    if (loaded) self->dbc = dbc_file_new(self->vehicle.dbc_path, &self->error);
    ck_assert_msg(self->dbc != NULL, "%s", self->error.text);
    self->kernel = calloc(1, kernel_size());
    self->outboxes = calloc(KERNEL_NODES_MAX, sizeof *self->outboxes);
    self->text = calloc(1, 1);
    assert(self->kernel && self->outboxes && self->text);
    kernel_init(self->kernel, &self->vehicle, 42);
    return self;
}

void hub_fixture_destroy(hub_fixture_t **self_p)
{
    hub_fixture_t *self = *self_p;
    hub_destroy(&self->hub);
    host_in_process_destroy(&self->host);
    dbc_file_destroy(&self->dbc);
    scratch_remove_all(self->scratch);
    free(self->kernel);
    free(self->outboxes);
    free(self->text);
    free(self);
    *self_p = NULL;
}

static void add_node(hub_fixture_t *self, uint8_t index, const node_ports_t *ports)
{
    const vehicle_node_t *node = &self->vehicle.nodes[index];
    ck_assert_int_eq(kernel_add_node(self->kernel, node->name, node->buses, node->bus_count, ports, NULL, IMAGE_NONE),
                     index);
}

static bool look_on(void *self, kernel_t *kernel)
{
    (void)self, (void)kernel;
    return true;
}

static void begin(hub_fixture_t *self, host_t host)
{
    kernel_start(self->kernel);
    self->simulation = (simulation_t){.kernel = self->kernel, .host = host, .outboxes = self->outboxes};
    self->simulation.player.step = look_on;
}

void hub_fixture_use_host(hub_fixture_t *self)
{
    static node_class_t class;
    class = synthetic_class(self->program);
    self->host = host_in_process_new();
    for (uint8_t i = 0; i < self->vehicle.node_count; i++) {
        node_setup_t setup = {dbc_file_dbc(self->dbc), &self->vehicle, &self->vehicle.nodes[i]};
        node_ports_t ports;
        ck_assert(host_in_process_add(self->host, i, &class, NULL, &setup, &ports, &self->error));
        add_node(self, i, &ports);
    }
    begin(self, host_in_process_host(self->host));
}

bool hub_fixture_use_hub(hub_fixture_t *self, hub_options_t options)
{
    options.vehicle = &self->vehicle;
    if (!options.unit_directory) options.unit_directory = self->directory;
    self->hub = hub_new(&options, &self->error);
    if (!self->hub) return false;
    for (uint8_t i = 0; i < self->vehicle.node_count; i++) add_node(self, i, hub_ports(self->hub, i));
    begin(self, hub_host(self->hub));
    return true;
}

bool hub_fixture_run(hub_fixture_t *self, int64_t until_ns)
{
    for (bool over = false, idle = false; !idle;) {
        if (!simulation_step(&self->simulation, until_ns, &over, &idle, &self->error)) return false;
        if (!idle) synthetic_record(&self->text, &self->size, self->kernel);
    }
    return true;
}

// ---- processes and files -------------------------------------------------------------------------------------------

void hub_fixture_assert_told(const hub_fixture_t *self, const char *part)
{
    ck_assert_msg(strstr(self->error.text, part) != NULL, "\"%s\" lacks \"%s\"", self->error.text, part);
}

void hub_fixture_assert_waited(const hub_fixture_t *self, double seconds)
{
    static const char WAITED[] = " does not answer, stopped? (waited ";
    const char *told = strstr(self->error.text, WAITED);
    ck_assert_msg(told != NULL, "\"%s\" lacks \"%s\"", self->error.text, WAITED);
    ck_assert_msg(strtod(told + strlen(WAITED), NULL) >= seconds, "%s", self->error.text);
}

pid_t hub_fixture_spawn(const char *a, const char *b, const char *c, const char *d)
{
    const char *const argv[] = {"/proc/self/exe", a, b, c, d, NULL};
    pid_t process = 0;
    int reason = posix_spawn(&process, argv[0], NULL, NULL, (char *const *)(uintptr_t)argv, environ);
    ck_assert_int_eq(reason, 0);
    return process;
}

// The letter of /proc/PID/stat, X for a process that there is not.
static char state_of(pid_t process)
{
    char path[64], line[256] = "";
    snprintf(path, sizeof path, "/proc/%ld/stat", (long)process);
    FILE *file = fopen(path, "r");
    if (!file) return 'X';
    char *got = fgets(line, sizeof line, file);
    fclose(file);
    const char *state = got ? strrchr(line, ')') : NULL;
    return state ? state[2] : 'X';
}

static bool gets_into(pid_t process, const char *states)
{
    for (int i = 0; i < 2000; i++) {
        if (strchr(states, state_of(process))) return true;
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    }
    return false;
}

bool hub_fixture_gone(pid_t process)
{
    return gets_into(process, "ZX");
}

bool hub_fixture_stop(pid_t process)
{
    return kill(process, SIGSTOP) == 0 && gets_into(process, "T");
}

static void directory_of_buses(char *path, size_t size)
{
    snprintf(path, size, "%s/kmsim-%u", getenv("XDG_RUNTIME_DIR"), (unsigned)geteuid());
}

int hub_fixture_leftovers(void)
{
    char path[256];
    directory_of_buses(path, sizeof path);
    DIR *directory = opendir(path);
    int count = 0;
    for (struct dirent *entry; directory && (entry = readdir(directory));) count += entry->d_name[0] != '.';
    if (directory) closedir(directory);
    return count;
}

void hub_fixture_own_directory(void)
{
    char path[SCRATCH_PATH_MAX];
    scratch_make(path);
    setenv("XDG_RUNTIME_DIR", path, 1);
}

void hub_fixture_remove_directory(void)
{
    const char *directory = getenv("XDG_RUNTIME_DIR");
    ck_assert_msg(scratch_remove(directory), "something was left in %s", directory);
}

const char *hub_fixture_endpoint(void)
{
    static char endpoint[96];
    snprintf(endpoint, sizeof endpoint, "ipc://%s/own", getenv("XDG_RUNTIME_DIR"));
    return endpoint;
}
