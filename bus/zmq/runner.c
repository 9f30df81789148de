// SPDX-License-Identifier: MIT
#include "bus/zmq/runner.h"

#include <assert.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bus/zmq/affinity.h"
#include "bus/files/dbc_file.h"
#include "bus/zmq/endpoint.h"
#include "bus/zmq/limits.h"
#include "bus/zmq/process.h"
#include "bus/zmq/socket.h"
#include "bus/zmq/lane.h"
#include "bus/zmq/runner_lane.h"
#include "bus/zmq/runner_options.h"
#include "bus/zmq/runner_unit.h"
#include "bus/zmq/secret.h"
#include "bus/files/vehicle_file.h"

#define LOOK_UP_MS 250 // how often an idle runner looks at its lifeline

typedef struct {
    runner_options_t options;
    vehicle_t vehicle;
    dbc_file_t *dbc;
    const vehicle_node_t *entry;
    runner_unit_t unit;
    wire_hello_t hello;
    secret_pair_t pair; // without one when our secret was handed to us
    bool has_secret;
    uint8_t secret[WIRE_SECRET_SIZE];
    zsock_t *down, *up;
    void *down_handle, *up_handle;
    bool by_lane;
    socket_message_t message;
    error_t error;
} runner_t;

// ---- beginning -----------------------------------------------------------------------------------------------------

static bool bind_node(runner_t *self, error_t *error)
{
    if (!vehicle_file_load(&self->vehicle, self->options.vehicle, NULL, error)) return false;
    int index = vehicle_find_node(&self->vehicle, self->options.node);
    if (index < 0) return error_add(error, "%s: has no node \"%s\"", self->vehicle.path, self->options.node);
    self->entry = &self->vehicle.nodes[index];
    self->dbc = vehicle_file_dbc(&self->vehicle, error);
    if (!self->dbc) return false;
    node_setup_t setup = {dbc_file_dbc(self->dbc), &self->vehicle, self->entry};
    const char *missing = NULL;
    const node_class_t *class = self->unit.class;
    if (!class->bind(self->unit.node, &setup, &self->hello.ports, &missing))
        return error_add(error, "%s: unit \"%s\" finds no \"%s\" in %s", self->vehicle.path, self->entry->name,
                         missing ? missing : "?", self->vehicle.dbc_path);
    runner_unit_keep_bound(&self->unit);
    snprintf(self->hello.class_name, sizeof self->hello.class_name, "%s", class->name);
    return socket_definitions(&self->vehicle, &self->hello.definitions, error);
}

static void subscribe(runner_t *self, const char *topic, size_t size)
{
    zmq_setsockopt(self->down_handle, ZMQ_SUBSCRIBE, topic, size);
}

#define BYTES_APART_MAX                                                                                                \
    2 // as many subscriptions as an acceptance may need; diagnosis has an address, or a group of two

static size_t count_bytes(const node_accept_t *accept)
{
    size_t count = 1;
    for (int bit = 0; bit < 8; bit++) count <<= !(accept->byte0_mask >> bit & 1);
    return count;
}

// To each first data byte that is asked for, so that what is for somebody else does not wake us.
static void subscribe_bytes(runner_t *self, const node_accept_t *accept, const char *bus)
{
    char topic[WIRE_TOPIC_MAX];
    can_frame_t frame = {.id = accept->id, .extended = accept->extended, .length = 1};
    for (unsigned byte = 0; byte <= UINT8_MAX; byte++) {
        if ((byte & accept->byte0_mask) != (accept->byte0 & accept->byte0_mask)) continue;
        frame.data[0] = (uint8_t)byte;
        subscribe(self, topic, wire_topic_frame_apart(bus, &frame, topic));
    }
}

static void subscribe_accept(runner_t *self, const node_accept_t *accept)
{
    const char *bus = self->vehicle.buses[self->entry->buses[accept->bus]].name;
    char topic[WIRE_TOPIC_MAX];
    can_frame_t frame = {.id = accept->id, .extended = accept->extended};
    size_t size = wire_topic_frame(bus, &frame, topic);
    uint32_t whole = frame_id_max(accept->extended);
    if ((accept->mask & whole) != whole) {
        subscribe(self, topic, size - (accept->extended ? 8 : 3)); // then all of the bus
    } else if (count_bytes(accept) <= BYTES_APART_MAX) {
        subscribe_bytes(self, accept, bus);
    } else {
        subscribe(self, topic, size);
    }
}

// In the order of the alphabet, step/NODE last: ZeroMQ repeats them in that order when it has to connect again. On a
// lane, where the hub is there and stays as long as we, what proves that all of them have come to it.
static void subscribe_all(runner_t *self)
{
    const node_ports_t *ports = &self->hello.ports;
    char topic[WIRE_TOPIC_MAX];
    if (ports->air & (1 << AIR_LF)) subscribe(self, topic, wire_topic("air/", "lf", topic));
    if (ports->air & (1 << AIR_RF | 1 << AIR_RF_END)) subscribe(self, topic, wire_topic("air/", "rf", topic));
    for (size_t i = 0; i < ports->accept_count; i++) subscribe_accept(self, &ports->accepts[i]);
    for (size_t i = 0; i < ports->line_count; i++) subscribe(self, topic, wire_topic("line/", ports->lines[i], topic));
    subscribe(self, topic, wire_topic("sim/", "end", topic));
    if (!self->by_lane) {
        subscribe(self, topic, wire_topic("step/", self->entry->name, topic));
        return;
    }
    uint8_t tag[WIRE_TAG_SIZE];
    wire_tag_incarnation(self->hello.incarnation, self->secret, tag);
    subscribe(self, topic, wire_topic_ready(self->entry->name, tag, topic));
}

static bool connect_bus(runner_t *self, error_t *error)
{
    endpoint_t endpoint;
    if (!endpoint_find(&endpoint, self->options.endpoint, error)) return false;
    self->down = socket_new(ZMQ_SUB, LOOK_UP_MS);
    if (!self->by_lane) self->up = socket_new(ZMQ_XPUB, 0);
    if (!self->down || (!self->by_lane && !self->up))
        return error_add(error, "no socket: %s", zmq_strerror(zmq_errno()));
    self->down_handle = zsock_resolve(self->down);
    self->up_handle = self->up ? zsock_resolve(self->up) : NULL;
    if (zsock_connect(self->down, "%s", endpoint.down) != 0 ||
        (self->up && zsock_connect(self->up, "%s", endpoint.up) != 0))
        return error_add(error, "%s: %s", endpoint.down, zmq_strerror(zmq_errno()));
    subscribe_all(self);
    return true;
}

// An incarnation of its own for a unit that was not told one, not 0.
static uint64_t make_incarnation(void)
{
    random_t random = process_random("runner");
    return random_next(&random) | 1;
}

// ---- serving -------------------------------------------------------------------------------------------------------

static int fail(const runner_t *self, const char *what)
{
    fprintf(stderr, "%s: %s\n", self->options.node, what);
    return RUNNER_BROKEN;
}

static void send_up(runner_t *self, const char *prefix, size_t size)
{
    char topic[WIRE_TOPIC_MAX];
    socket_send(self->up_handle, topic, wire_topic(prefix, self->entry->name, topic), self->unit.body, size);
}

// A hub subscribes to everything: it is there now, for the first time or after another has gone. Only then can it hear
// us. To a new one we are without power, and what an old one may still grant us is nobody's.
static void greet(runner_t *self)
{
    char topic[WIRE_TOPIC_MAX + 1];
    bool begins;
    while (socket_receive_subscription(self->up_handle, topic, &begins, NULL)) {
        if (!begins) continue;
        self->unit.powered = false;
        size_t size = wire_encode_hello(&self->hello, self->unit.body);
        if (self->has_secret) size = wire_sign(self->unit.body, size, self->secret);
        send_up(self, "hello/", size);
    }
}

static void send_packet(runner_t *self, size_t size)
{
    send_up(self, "packet/", wire_sign(self->unit.body, size, self->secret));
}

static int take_grant(runner_t *self)
{
    runner_unit_t *unit = &self->unit;
    if (!runner_unit_take_grant(unit, self->message.body, self->message.body_size)) return RUNNER_GOES_ON;
    const wire_input_t *missing = runner_unit_missing(unit);
    send_packet(self, missing ? runner_unit_gap(unit, missing) : runner_unit_activate(unit));
    return RUNNER_GOES_ON; // the hub ends a run in which something was missed
}

static int take_power_on(runner_t *self)
{
    size_t size = runner_unit_power_on(&self->unit, self->message.body, self->message.body_size);
    if (size > 0) send_packet(self, size);
    return RUNNER_GOES_ON;
}

static int take_welcome(runner_t *self)
{
    wire_welcome_t welcome;
    if (!wire_decode_welcome(&welcome, self->message.body, self->message.body_size)) return RUNNER_GOES_ON;
    if (welcome.incarnation != self->hello.incarnation) return RUNNER_GOES_ON;
    if (welcome.has_secret && !secret_open(welcome.sealed, &self->pair, self->secret)) return RUNNER_GOES_ON;
    affinity_pin(welcome.processor);
    char topic[WIRE_TOPIC_MAX];
    uint8_t tag[WIRE_TAG_SIZE];
    wire_tag(self->message.body, self->message.body_size, self->secret, tag);
    subscribe(self, topic, wire_topic_ready(self->entry->name, tag, topic));
    return RUNNER_GOES_ON;
}

static int take_ping(runner_t *self)
{
    size_t size = runner_unit_echo(&self->unit, self->message.body, self->message.body_size);
    if (size > 0) send_up(self, "echo/", wire_sign(self->unit.body, size, self->secret));
    return RUNNER_GOES_ON;
}

static int take_refuse(runner_t *self)
{
    wire_refuse_t refuse;
    if (!runner_unit_is_refused(&self->unit, &refuse, self->message.body, self->message.body_size))
        return RUNNER_GOES_ON;
    return fail(self, refuse.reason);
}

static int take_message(runner_t *self)
{
    wire_kind_t kind;
    if (!wire_kind(self->message.body, self->message.body_size, &kind)) return RUNNER_GOES_ON;
    if (kind == WIRE_END) return RUNNER_ENDED;
    if (kind < WIRE_WELCOME) runner_inbox_keep(&self->unit.inbox, self->message.body, self->message.body_size);
    if (kind == WIRE_WELCOME) return take_welcome(self);
    if (kind == WIRE_REFUSE) return take_refuse(self);
    if (kind == WIRE_POWER_ON) return take_power_on(self);
    if (kind == WIRE_GRANT) return take_grant(self);
    if (kind == WIRE_PING) return take_ping(self);
    return RUNNER_GOES_ON;
}

static bool lifeline_cut(const runner_t *self)
{
    struct pollfd lifeline = {.fd = self->options.lifeline, .events = POLLIN};
    return self->options.lifeline >= 0 && poll(&lifeline, 1, 0) > 0;
}

// Until the hub has heard us both sockets matter; afterwards only the down socket, and a look around when it is quiet.
//
//    not powered   poll down and up ── subscription: hello ── welcome: ready/… ── power_on ──┐
//                  ^                                                                        v
//    powered       └── another hub: hello ── quiet for LOOK_UP_MS ── receive down: grant, packet, grant, packet …
//
// While it is busy nobody asks for the lifeline: a hub that grants is alive, and the next silence is never far.
static int serve(runner_t *self)
{
    zmq_pollitem_t items[] = {{.socket = self->down_handle, .events = ZMQ_POLLIN},
                              {.socket = self->up_handle, .events = ZMQ_POLLIN}};
    for (int status = RUNNER_GOES_ON;;) {
        if (!self->unit.powered) zmq_poll(items, 2, LOOK_UP_MS);
        socket_result_t result =
            socket_receive(self->down_handle, &self->message, self->unit.powered ? 0 : ZMQ_DONTWAIT);
        if (result == SOCKET_MESSAGE) status = take_message(self);
        if (status != RUNNER_GOES_ON) return status;
        if (self->unit.powered && result != SOCKET_NOTHING) continue;
        greet(self);
        if (lifeline_cut(self)) return RUNNER_BROKEN;
    }
}

// To a person who tries the program, or starts a unit of his own: what this is, and who will take it in.
static void tell_who_we_are(const runner_t *self)
{
    endpoint_t endpoint;
    error_t none;
    error_clear(&none);
    if (self->options.lifeline >= 0 || !endpoint_parse(&endpoint, self->options.endpoint, &none)) return;
    const char *name = self->entry->name, *vehicle = self->vehicle.name;
    if (self->entry->external)
        fprintf(stderr, "%s: unit \"%s\" of %s, waits for kmsim at %s\n", self->unit.class->name, name, vehicle,
                endpoint.down);
    else
        fprintf(
            stderr,
            "%s: a control unit, which kmsim run and kmsim up start themselves: \"%s\" is not external in %s, so no "
            "run takes this process in (--help tells more); waits at %s\n",
            self->unit.class->name, name, vehicle, endpoint.down);
}

static int run(runner_t *self)
{
    error_t *error = &self->error;
    self->hello.incarnation = self->options.incarnation ? self->options.incarnation : make_incarnation();
    self->unit.incarnation = self->hello.incarnation;
    self->unit.name = self->options.node;
    self->has_secret = secret_take(self->secret);
    self->by_lane = self->has_secret && self->options.incarnation && lane_is(self->options.lifeline);
    if (!self->has_secret) {
        secret_make_pair(&self->pair);
        memcpy(self->hello.key, self->pair.public, WIRE_KEY_SIZE);
    }
    if (!limits_allow_bus(0, error)) return fail(self, error->text);
    if (!bind_node(self, error) || !connect_bus(self, error)) {
        fprintf(stderr, "%s\n", error->text);
        return RUNNER_USAGE;
    }
    tell_who_we_are(self);
    if (self->options.lifeline >= 0) signal(SIGINT, SIG_IGN); // Ctrl-C is kmsim's to act on
    if (!self->by_lane) return serve(self);
    return runner_lane_serve(&self->unit, &self->hello, self->options.lifeline, self->down_handle);
}

int runner_main(const node_class_t *class, int argc, char **argv)
{
    process_hold_standard_files();
    limits_begin();
    runner_t *self = calloc(1, sizeof *self);
    assert(self);
    runner_unit_init(&self->unit, class);
    error_clear(&self->error);
    int status = runner_options_parse(&self->options, class->name, argc, argv);
    if (status == RUNNER_GOES_ON) {
        status = run(self);
        zsock_destroy(&self->down);
        zsock_destroy(&self->up);
        zsys_shutdown();
    }
    dbc_file_destroy(&self->dbc);
    runner_unit_release(&self->unit);
    free(self);
    return status;
}
