// SPDX-License-Identifier: MIT
#include "bus/zmq/hub.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bus/zmq/connections.h"
#include "bus/zmq/hub_state.h"
#include "bus/zmq/hub_door.h"
#include "bus/zmq/limits.h"
#include "bus/zmq/hub_join.h"
#include "bus/zmq/hub_live.h"
#include "bus/zmq/hub_peers.h"
#include "bus/zmq/hub_round.h"

#define GRACE_MS 1000          // for units to end by themselves
#define GRACE_BROKEN_MS 200    // the same when one has failed
#define GRACE_LAUNCHED_MS 3000 // and for those under a tool, which may have something to tell
#define LINGER_MS 1000         // for observers and external units, all told

// A live car does not read ahead of its time: whoever sends faster than that loses.
#define STRANGERS_HIGH_WATER 1000

static unsigned hub_count; // of this process: the last one takes CZMQ's context down

// ---- beginning -----------------------------------------------------------------------------------------------------

static bool find_units(hub_t *self, error_t *error)
{
    if (self->options.unit_directory) {
        snprintf(self->unit_directory, sizeof self->unit_directory, "%s", self->options.unit_directory);
        return true;
    }
    char program[PATH_MAX], beside[PATH_MAX + 64];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    if (length <= 0) return error_add(error, "/proc/self/exe: %s", strerror(errno));
    program[length] = '\0';
    *strrchr(program, '/') = '\0';
    snprintf(beside, sizeof beside, "%s/../libexec/kmsim", program);
    bool installed = access(beside, X_OK) == 0;
    int size = snprintf(self->unit_directory, sizeof self->unit_directory, "%s", installed ? beside : program);
    return size < (int)sizeof self->unit_directory || error_add(error, "%s: the path is too long", program);
}

static bool set_peers(hub_t *self, error_t *error)
{
    for (uint8_t i = 0; i < self->vehicle->node_count; i++) {
        self->peers[i].remote = !self->options.actors || !host_in_process_has(self->options.actors, i);
        self->peers[i].activation = -1;
    }
    for (size_t i = 0; i < self->options.launch_count; i++) {
        const hub_launch_t *launch = &self->options.launches[i];
        int node = hub_peers_find(self, launch->unit);
        if (node < 0) return error_add(error, "--launch: unknown control unit \"%s\"", launch->unit);
        self->peers[node].launch = launch->command;
    }
    return true;
}

static bool bind_socket(zsock_t *socket, const char *endpoint, error_t *error)
{
    if (zsock_bind(socket, "%s", endpoint) >= 0) return true;
    bool busy = zmq_errno() == EADDRINUSE;
    return error_add(error, "%s: %s", endpoint,
                     busy ? "another run is using this endpoint" : zmq_strerror(zmq_errno()));
}

// Both sockets are bound before any process starts: a peer that finds nobody would wait for the reconnect interval.
static bool open_sockets(hub_t *self, error_t *error)
{
    bool own = self->options.observers == 0 && !self->options.live;
    self->claim = endpoint_claim_new(self->options.endpoint, own, error);
    if (!self->claim) return false;
    self->down = socket_new(ZMQ_XPUB, HUB_TICK_MS);
    self->up = socket_new(ZMQ_SUB, HUB_TICK_MS);
    if (!self->down || !self->up) return error_add(error, "no socket: %s", zmq_strerror(zmq_errno()));
    self->down_handle = zsock_resolve(self->down);
    self->up_handle = zsock_resolve(self->up);
    zsock_set_subscribe(self->up, "");
    zsock_set_maxmsgsize(self->down, HUB_SUBSCRIPTION_SIZE_MAX);
    zsock_set_rcvhwm(self->down, HUB_SUBSCRIPTIONS_WAITING);
    hub_door_open(self);
    if (self->options.live) zsock_set_rcvhwm(self->up, STRANGERS_HIGH_WATER);
    const endpoint_t *endpoint = endpoint_claim_endpoint(self->claim);
    return bind_socket(self->down, endpoint->down, error) && bind_socket(self->up, endpoint->up, error);
}

// The sockets before the processes, which connect to them.
// Signals are caught before there is a process whose end could be missed. We are put on one processor last, which our
// units were told in their welcome: while they start, in parallel, they may have all of them.
static bool begin(hub_t *self, error_t *error)
{
    if (!limits_allow_bus(self->vehicle->node_count, error)) return false;
    if (!find_units(self, error) || !set_peers(self, error)) return false;
    if (!socket_definitions(self->vehicle, &self->definitions, error)) return false;
    if (!open_sockets(self, error)) return false;
    process_catch_signals();
    self->children_signals = process_children_signals();
    self->processor = affinity_processor();
    if (!hub_join_start_units(self, error) || !hub_join_units(self, error)) return false;
    if (!hub_join_observers(self, error)) return false;
    if (!self->options.spread) {
        self->affinity = affinity_new();
        affinity_pin(self->processor);
    }
    return true;
}

hub_t *hub_new(const hub_options_t *options, error_t *error)
{
    hub_t *self = calloc(1, sizeof *self);
    assert(self);
    self->options = *options;
    self->invites = options->patience_ns <= 0;
    if (self->invites) self->options.patience_ns = HUB_PATIENCE_NS;
    self->vehicle = options->vehicle;
    self->now_ns = -1;
    for (size_t i = 0; i < self->vehicle->node_count; i++) self->peers[i].process = process_none();
    self->random = process_random("hub");
    hub_count++;
    if (begin(self, error)) return self;
    self->broken = true;
    hub_destroy(&self);
    return NULL;
}

// ---- again ---------------------------------------------------------------------------------------------------------

// An endpoint that was named is one that others know.
static bool is_of_use_again(const hub_t *self)
{
    if (self->broken || self->options.live || self->options.endpoint || self->observers > 0) return false;
    for (size_t i = 0; i < self->vehicle->node_count; i++) {
        const hub_peer_t *peer = &self->peers[i];
        if (peer->remote && (!peer->by_lane || peer->state != HUB_PEER_READY || peer->crashed)) return false;
    }
    return true;
}

bool hub_can_begin_anew(hub_t *self)
{
    int status;
    if (!is_of_use_again(self)) return false;
    for (size_t i = 0; i < self->vehicle->node_count; i++) {
        hub_peer_t *peer = &self->peers[i];
        if (peer->remote && (process_ended(&peer->process, &status) || peer->process.pid == 0)) return false;
    }
    return true;
}

// Rounds and sequence numbers go on, so that nothing that is still under way can be taken for what is to come. Nobody
// needs to answer: what a unit is told next on its lane it hears as the one it has become. Whether all are alive is not
// asserted: one may end at any moment, and the first round tells.
void hub_begin_anew(hub_t *self)
{
    assert(is_of_use_again(self));
    self->now_ns = -1;
    self->figures = (hub_figures_t){0};
    for (uint8_t i = 0; i < self->vehicle->node_count; i++)
        if (self->peers[i].remote) hub_peers_begin_anew(self, i);
}

// ---- end -----------------------------------------------------------------------------------------------------------

static void publish_end(hub_t *self)
{
    wire_public_t message = {.kind = WIRE_END, .stream = WIRE_STREAM_SIM};
    message.time_ns = self->now_ns < 0 ? 0 : self->now_ns;
    message.end.count = WIRE_STREAM_COUNT;
    for (size_t i = 0; i < WIRE_STREAM_COUNT; i++) {
        message.end.streams[i] = (uint8_t)i;
        message.end.sequences[i] = self->sequences[i] + (i == WIRE_STREAM_SIM); // this one included
    }
    char topic[WIRE_TOPIC_MAX];
    if (self->observers > 0) { // one who is behind would lose just this message, which tells him what else he has lost
        zmq_setsockopt(self->down_handle, ZMQ_XPUB_NODROP, &(int){1}, sizeof(int));
        zsock_set_sndtimeo(self->down, LINGER_MS);
    }
    hub_peers_publish(self, &message, topic, wire_topic("sim/", "end", topic));
}

// Whether a process of those launched under a tool (or of the others) still runs; those that have ended are reaped.
static bool any_runs(hub_t *self, bool launched)
{
    bool any = false;
    for (size_t i = 0; i < self->vehicle->node_count; i++) {
        int status;
        hub_peer_t *peer = &self->peers[i];
        if (!peer->process.pid || process_ended(&peer->process, &status)) continue;
        if (!peer->launch == !launched) any = true;
    }
    return any;
}

static void end_units(hub_t *self)
{
    int64_t began_ms = socket_clock_ms();
    int64_t grace_ms = self->broken ? GRACE_BROKEN_MS : GRACE_MS;
    for (;;) {
        unsigned seen = process_children_signals();
        bool plain = any_runs(self, false), launched = any_runs(self, true);
        int64_t waited_ms = socket_clock_ms() - began_ms;
        if (!(plain && waited_ms < grace_ms) && !(launched && waited_ms < GRACE_LAUNCHED_MS)) break;
        process_wait_for_children(seen, HUB_TICK_MS);
    }
    for (size_t i = 0; i < self->vehicle->node_count; i++) process_kill(&self->peers[i].process);
}

// Observers, and units that somebody else has started: nothing but our last words (a refusal, the end) ends those.
static bool others_listen(const hub_t *self)
{
    for (size_t i = 0; i < self->vehicle->node_count; i++)
        if (self->peers[i].remote && self->vehicle->nodes[i].external) return true;
    return self->observers > 0;
}

//    sim/end published ──> units end; observers know what they have missed
//    lifelines cut ──> so do those who listen there, at once, and whoever missed that at his next look around
//    grace over ──> killed, whoever is left
//    sockets closed, context down: waits for the linger
//    endpoint given up: from here on the next run may bind it, and nobody of ours is there any more
void hub_destroy(hub_t **self_p)
{
    hub_t *self = *self_p;
    if (!self) return;
    if (self->down_handle) {
        hub_peers_take_subscriptions(self);
        int64_t began_ms = socket_clock_ms();
        publish_end(self);
        int64_t left_ms = LINGER_MS - (socket_clock_ms() - began_ms);
        if (others_listen(self) && left_ms > 0) zsock_set_linger(self->down, (int)left_ms);
    }
    for (size_t i = 0; i < self->vehicle->node_count; i++) process_cut(&self->peers[i].process);
    end_units(self);
    zsock_destroy(&self->down);
    zsock_destroy(&self->up);
    if (--hub_count == 0) zsys_shutdown(); // waits until the sockets are closed and the linger is over
    endpoint_claim_destroy(&self->claim);
    affinity_restore(&self->affinity);
    free(self);
    *self_p = NULL;
}

// ---- questions -----------------------------------------------------------------------------------------------------

const node_ports_t *hub_ports(const hub_t *self, uint8_t node)
{
    if (node >= self->vehicle->node_count || !self->peers[node].has_ports) return NULL;
    return &self->peers[node].ports;
}

host_t hub_host(hub_t *self)
{
    return hub_round_host(self);
}

const char *hub_endpoint(const hub_t *self)
{
    return endpoint_claim_endpoint(self->claim)->down;
}

const char *hub_endpoint_steps(const hub_t *self)
{
    return endpoint_claim_endpoint(self->claim)->steps;
}

bool hub_wait(hub_t *self, void *socket, int64_t wait_ns, error_t *error)
{
    return hub_live_wait(self, socket, wait_ns, error);
}

bool hub_has_stranger(const hub_t *self, uint8_t bus)
{
    return hub_live_has_stranger(self, bus);
}

bool hub_take_stranger(hub_t *self, uint8_t bus, can_frame_t *frame)
{
    return hub_live_take_stranger(self, bus, frame);
}

hub_figures_t hub_figures(const hub_t *self)
{
    hub_figures_t figures = self->figures;
    figures.turned_away = connections_turned_away();
    return figures;
}

long hub_process(const hub_t *self, uint8_t node)
{
    return hub_peers_process(self, node);
}
