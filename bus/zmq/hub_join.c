// SPDX-License-Identifier: MIT
#include "bus/zmq/hub_join.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "bus/zmq/hub_door.h"
#include "bus/zmq/hub_peers.h"
#include "bus/zmq/hub_watch.h"
#include "bus/zmq/secret.h"

#define HELLOS_AT_ONCE 256
#define TELL_AFTER_MS 1000 // a wait that long is told to the user
#define LISTENER_MS 1000   // for one who is to be refused

static const char *endpoint_of(const hub_t *self)
{
    return endpoint_claim_endpoint(self->claim)->down;
}

// ---- processes -----------------------------------------------------------------------------------------------------

static void make_proof(hub_peer_t *peer, const char *name)
{
    uint8_t tag[WIRE_TAG_SIZE];
    wire_tag_incarnation(peer->incarnation, peer->secret, tag);
    peer->proof[wire_topic_ready(name, tag, peer->proof)] = '\0';
}

static bool start(hub_t *self, uint8_t node, error_t *error)
{
    hub_peer_t *peer = &self->peers[node];
    const vehicle_node_t *entry = &self->vehicle->nodes[node];
    peer->state = HUB_PEER_AWAY;
    peer->listens = peer->by_lane = peer->proved = false;
    peer->connection_up = peer->connection_down = -1;
    peer->incarnation = random_next(&self->random) | 1;
    peer->greeted = 0;
    peer->stopped = false;
    peer->pulse = (hub_pulse_t){0};
    secret_make(peer->secret);
    make_proof(peer, entry->name);
    char incarnation[24], lifeline[8];
    if (!unit_program_find(self->vehicle, entry, self->unit_directory, peer->program, error)) return false;
    snprintf(incarnation, sizeof incarnation, "%016" PRIx64, peer->incarnation);
    snprintf(lifeline, sizeof lifeline, "%d", PROCESS_LIFELINE);
    const char *const argv[] = {
        peer->program,       "--bus",         endpoint_of(self), "--node",     entry->name, "--vehicle",
        self->vehicle->path, "--incarnation", incarnation,       "--lifeline", lifeline,    NULL,
    };
    char secret[SECRET_TEXT_SIZE];
    secret_write(peer->secret, secret);
    if (peer->launch) return process_launch(&peer->process, peer->launch, argv, secret, error);
    return process_start(&peer->process, argv, secret, error);
}

bool hub_join_start_unit(hub_t *self, uint8_t node, error_t *error)
{
    return start(self, node, error) && process_begins(&self->peers[node].process, error);
}

// All of them before one is waited for: so they begin beside each other, and the wait for the last one is short.
bool hub_join_start_units(hub_t *self, error_t *error)
{
    for (uint8_t i = 0; i < self->vehicle->node_count; i++)
        if (self->peers[i].remote && !self->vehicle->nodes[i].external && !start(self, i, error)) return false;
    for (uint8_t i = 0; i < self->vehicle->node_count; i++)
        if (!process_begins(&self->peers[i].process, error)) return false;
    return true;
}

// ---- up: hello -----------------------------------------------------------------------------------------------------

// A hello comes on another connection than the subscription to step/NODE, and may overtake it: what is sent before that
// is here goes nowhere.
static void wait_for_listener(hub_t *self, uint8_t node)
{
    zmq_pollitem_t item = {.socket = self->down_handle, .events = ZMQ_POLLIN};
    int64_t until_ms = socket_clock_ms() + LISTENER_MS;
    for (hub_peers_take_subscriptions(self); !self->peers[node].listens; hub_peers_take_subscriptions(self)) {
        if (socket_clock_ms() >= until_ms || process_interrupted()) return;
        zmq_poll(&item, 1, HUB_TICK_MS);
    }
}

// One of ours ends the run. For an external unit it may be anybody: the first one is told to the user as well.
static bool refuse(hub_t *self, uint8_t node, uint64_t incarnation, const char *reason, error_t *error)
{
    hub_peer_t *peer = &self->peers[node];
    const vehicle_node_t *entry = &self->vehicle->nodes[node];
    bool first = !*peer->refused;
    snprintf(peer->refused, sizeof peer->refused, "%s", reason);
    peer->refused_incarnation = incarnation;
    if (!entry->external) wait_for_listener(self, node);
    hub_peers_refuse(self, node);
    if (!entry->external) return error_add(error, "%s: refused: %s", entry->name, reason);
    self->figures.refused++;
    if (first) fprintf(stderr, "kmsim: %s: refused: %s\n", entry->name, reason);
    return true;
}

static bool ports_equal(const node_ports_t *a, const node_ports_t *b)
{
    if (a->accept_count != b->accept_count || a->line_count != b->line_count || a->air != b->air) return false;
    for (size_t i = 0; i < a->accept_count; i++) {
        const node_accept_t *x = &a->accepts[i], *y = &b->accepts[i];
        if (x->bus != y->bus || x->extended != y->extended || x->id != y->id || x->mask != y->mask ||
            x->byte0 != y->byte0 || x->byte0_mask != y->byte0_mask)
            return false;
    }
    for (size_t i = 0; i < a->line_count; i++)
        if (strcmp(a->lines[i], b->lines[i]) != 0) return false;
    return true;
}

// Why somebody cannot be that unit, null when he can.
static const char *find_objection(const hub_t *self, uint8_t node, const wire_hello_t *hello,
                                  char text[WIRE_REASON_MAX])
{
    const hub_peer_t *peer = &self->peers[node];
    const vehicle_node_t *entry = &self->vehicle->nodes[node];
    if (hello->definitions != 0 && hello->definitions != self->definitions)
        return "it has another vehicle file or DBC than this run";
    if (!entry->external && strcmp(hello->class_name, entry->executable) != 0) {
        snprintf(text, WIRE_REASON_MAX, "it is a \"%s\", not a \"%s\"", hello->class_name, entry->executable);
        return text;
    }
    for (size_t i = 0; i < hello->ports.accept_count; i++)
        if (hello->ports.accepts[i].bus >= entry->bus_count) return "it accepts from a bus that it is not on";
    if (!hub_peers_have_room(self, node, &hello->ports))
        return "the units accept by the first data byte of more identifiers than a run can tell apart";
    if (peer->has_ports && !ports_equal(&peer->ports, &hello->ports))
        return "it accepts other things than before its restart";
    return NULL;
}

static bool accept_hello(hub_t *self, uint8_t node, const wire_hello_t *hello, error_t *error)
{
    hub_peer_t *peer = &self->peers[node];
    char text[WIRE_REASON_MAX];
    const char *objection = find_objection(self, node, hello, text);
    if (objection) return refuse(self, node, hello->incarnation, objection, error);
    if (peer->by_lane) {
        hub_peers_greet_by_lane(self, node, &hello->ports);
        return true;
    }
    hub_candidate_t candidate = {.welcome.incarnation = hello->incarnation, .ports = hello->ports};
    candidate.connection_up = self->message.connection;
    memcpy(candidate.secret, peer->secret, WIRE_SECRET_SIZE);
    if (self->vehicle->nodes[node].external) {
        secret_make(candidate.secret);
        candidate.welcome.has_secret = true;
        if (!secret_seal(candidate.secret, hello->key, candidate.welcome.sealed))
            return refuse(self, node, hello->incarnation, "its public key is none", error);
    }
    hub_peers_greet(self, node, &candidate);
    return true;
}

// A hello counts only from whom it is expected of: of a unit that we started, only under its incarnation and tag; of an
// external one until somebody is it.
static bool is_awaited(hub_t *self, uint8_t node, uint64_t incarnation)
{
    const hub_peer_t *peer = &self->peers[node];
    if (self->vehicle->nodes[node].external) return peer->state != HUB_PEER_READY && incarnation != 0;
    return peer->state == HUB_PEER_AWAY && incarnation == peer->incarnation;
}

// One under a tool is spoken with over ZeroMQ, where it can be seen.
static bool may_speak_by_lane(const hub_peer_t *peer)
{
    return peer->state == HUB_PEER_AWAY && peer->process.pid != 0 && peer->process.line >= 0 && !peer->launch;
}

static bool is_authentic(hub_t *self, uint8_t node)
{
    socket_message_t *message = &self->message;
    if (self->vehicle->nodes[node].external || self->peers[node].by_lane) return true;
    return wire_is_signed(message->body, &message->body_size, self->peers[node].secret);
}

static bool refuse_version(hub_t *self, uint8_t node, uint64_t incarnation, uint8_t version, error_t *error)
{
    char reason[WIRE_REASON_MAX];
    snprintf(reason, sizeof reason, "it speaks version %u of the protocol, this run version %d", version, WIRE_VERSION);
    return refuse(self, node, incarnation, reason, error);
}

static bool refuse_nonsense(hub_t *self, uint8_t node, uint64_t incarnation, wire_hello_t *hello, error_t *error)
{
    wire_mistake_t mistake = wire_hello_mistake(hello, self->message.body, self->message.body_size);
    char wrong[WIRE_MISTAKE_TEXT_MAX], reason[WIRE_REASON_MAX];
    snprintf(reason, sizeof reason, "its hello is nonsense (%s)", wire_mistake_describe(&mistake, wrong));
    return refuse(self, node, incarnation, reason, error);
}

static bool take_hello(hub_t *self, uint8_t node, error_t *error)
{
    const socket_message_t *message = &self->message;
    uint8_t version;
    uint64_t incarnation;
    if (!wire_hello_origin(message->body, message->body_size, &version, &incarnation) ||
        !is_awaited(self, node, incarnation)) {
        self->figures.outsiders++;
        return true;
    }
    if (!is_authentic(self, node)) {
        self->figures.forged++;
        return true;
    }
    if (version != WIRE_VERSION) return refuse_version(self, node, incarnation, version, error);
    wire_hello_t hello;
    if (wire_decode_hello(&hello, message->body, message->body_size)) return accept_hello(self, node, &hello, error);
    return refuse_nonsense(self, node, incarnation, &hello, error);
}

static bool take_hellos(hub_t *self, error_t *error)
{
    self->message.traced = true;
    for (int i = 0; i < HELLOS_AT_ONCE; i++) {
        socket_result_t result = socket_receive(self->up_handle, &self->message, ZMQ_DONTWAIT);
        if (result == SOCKET_NOTHING) return true;
        if (result == SOCKET_GARBAGE) {
            self->figures.garbage++;
            continue;
        }
        const char *name = wire_topic_behind(self->message.topic, "hello/");
        int node = name ? hub_peers_find(self, name) : -1;
        if (node < 0)
            self->figures.outsiders++;
        else if (!take_hello(self, (uint8_t)node, error))
            return false;
    }
    return true;
}

// A lane that was closed, and the process goes on: it is one that knows of none.
static bool take_hellos_by_lane(hub_t *self, error_t *error)
{
    socket_message_t *message = &self->message;
    for (uint8_t i = 0; i < self->vehicle->node_count; i++) {
        hub_peer_t *peer = &self->peers[i];
        if (!may_speak_by_lane(peer)) continue;
        lane_result_t result =
            lane_receive(peer->process.line, message->body, WIRE_SIZE_MAX, &message->body_size, false);
        if (result == LANE_CLOSED) process_cut(&peer->process);
        if (result != LANE_MESSAGE) continue;
        peer->by_lane = peer->listens = true;
        lane_set_wait(peer->process.line, HUB_TICK_MS);
        if (!take_hello(self, i, error)) return false;
    }
    return true;
}

// ---- wait ----------------------------------------------------------------------------------------------------------

static bool units_ready(const hub_t *self)
{
    for (size_t i = 0; i < self->vehicle->node_count; i++) {
        const hub_peer_t *peer = &self->peers[i];
        if (peer->remote && peer->state != HUB_PEER_READY &&
            (peer->process.pid != 0 || self->vehicle->nodes[i].external))
            return false;
    }
    return true;
}

static bool check_patience(hub_t *self, const hub_watch_wait_t *wait, error_t *error)
{
    for (uint8_t i = 0; i < self->vehicle->node_count; i++) {
        const hub_peer_t *peer = &self->peers[i];
        bool expected = peer->process.pid != 0 || (self->vehicle->nodes[i].external && !self->invites);
        if (!expected || peer->launch || peer->state == HUB_PEER_READY) continue;
        if (!hub_watch_fail_overdue(self, i, wait, error)) return false;
    }
    if (self->invites || !units_ready(self) || !hub_watch_is_overdue(self, wait)) return true;
    return error_add(error, "%d of %d observers are there (waited %.1f s)", self->observers, self->options.observers,
                     (double)wait->waited_ms / 1000.0);
}

static void tell_wait(const hub_t *self)
{
    for (size_t i = 0; i < self->vehicle->node_count; i++)
        if (self->peers[i].remote && self->peers[i].state != HUB_PEER_READY)
            fprintf(stderr, "kmsim: waiting for unit %s at %s\n", self->vehicle->nodes[i].name, endpoint_of(self));
    if (units_ready(self))
        fprintf(stderr, "kmsim: waiting for observers at %s, %d of %d are there\n", endpoint_of(self), self->observers,
                self->options.observers);
}

// Until something comes: a subscription, a hello up, a hello on a lane.
static void wait_for_anything(const hub_t *self)
{
    zmq_pollitem_t items[2 + VEHICLE_NODES_MAX] = {{.socket = self->down_handle, .events = ZMQ_POLLIN},
                                                   {.socket = self->up_handle, .events = ZMQ_POLLIN}};
    int count = 2;
    for (size_t i = 0; i < self->vehicle->node_count; i++) {
        const hub_peer_t *peer = &self->peers[i];
        if (may_speak_by_lane(peer)) items[count++] = (zmq_pollitem_t){.fd = peer->process.line, .events = ZMQ_POLLIN};
    }
    zmq_poll(items, count, HUB_TICK_MS);
}

static bool join(hub_t *self, bool (*there)(const hub_t *self), error_t *error)
{
    hub_watch_wait_t wait = hub_watch_begin();
    for (bool told = false;;) {
        hub_peers_take_subscriptions(self);
        if (!take_hellos(self, error) || !take_hellos_by_lane(self, error)) return false;
        if (there(self)) return true;
        if (!hub_watch_units(self, error) || !check_patience(self, &wait, error)) return false;
        if (!told && wait.waited_ms >= (self->options.verbose ? HUB_TICK_MS : TELL_AFTER_MS)) {
            tell_wait(self);
            told = true;
        }
        wait_for_anything(self);
        hub_watch_look(&wait);
        hub_door_look(self);
    }
}

bool hub_join_units(hub_t *self, error_t *error)
{
    return join(self, units_ready, error);
}

static bool observers_there(const hub_t *self)
{
    return self->observers >= self->options.observers;
}

bool hub_join_observers(hub_t *self, error_t *error)
{
    return join(self, observers_there, error);
}
