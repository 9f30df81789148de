// SPDX-License-Identifier: MIT
#include "bus/zmq/hub_peers.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "bus/zmq/connections.h"
#include "bus/zmq/hub_door.h"

#define SUBSCRIPTIONS_AT_ONCE                                                                                          \
    4096 // more than come meanwhile, even from who floods us; then whoever called looks at something else

// ---- who -----------------------------------------------------------------------------------------------------------

int hub_peers_find(const hub_t *self, const char *name)
{
    for (int i = 0; i < self->vehicle->node_count; i++)
        if (self->peers[i].remote && strcmp(self->vehicle->nodes[i].name, name) == 0) return i;
    return -1;
}

long hub_peers_process(const hub_t *self, uint8_t node)
{
    return node < VEHICLE_NODES_MAX ? (long)self->peers[node].process.pid : 0;
}

// ---- down ----------------------------------------------------------------------------------------------------------

bool hub_peers_tell_apart(const hub_t *self, uint8_t bus, const can_frame_t *frame)
{
    for (size_t i = 0; i < self->apart_count; i++)
        if (self->apart[i].id == frame->id && self->apart[i].bus == bus && self->apart[i].extended == frame->extended)
            return frame->length > 0 && !frame->remote;
    return false;
}

static can_frame_t frame_of(const node_accept_t *accept)
{
    return (can_frame_t){.id = accept->id, .extended = accept->extended, .length = 1};
}

bool hub_peers_have_room(const hub_t *self, uint8_t node, const node_ports_t *ports)
{
    size_t more = 0;
    for (size_t i = 0; i < ports->accept_count; i++) {
        can_frame_t frame = frame_of(&ports->accepts[i]);
        uint8_t bus = self->vehicle->nodes[node].buses[ports->accepts[i].bus];
        more += ports->accepts[i].byte0_mask != 0 && !hub_peers_tell_apart(self, bus, &frame);
    }
    return self->apart_count + more <= HUB_APART_MAX;
}

static void note_apart(hub_t *self, uint8_t node)
{
    const node_ports_t *ports = &self->peers[node].ports;
    for (size_t i = 0; i < ports->accept_count; i++) {
        const node_accept_t *accept = &ports->accepts[i];
        uint8_t bus = self->vehicle->nodes[node].buses[accept->bus];
        can_frame_t frame = frame_of(accept);
        if (accept->byte0_mask == 0 || hub_peers_tell_apart(self, bus, &frame)) continue;
        assert(self->apart_count < HUB_APART_MAX);
        self->apart[self->apart_count++] = (hub_apart_t){bus, accept->extended, accept->id};
    }
}

uint64_t hub_peers_publish(hub_t *self, wire_public_t *message, const char *topic, size_t topic_size)
{
    message->sequence = ++self->sequences[message->stream];
    self->figures.published++;
    socket_send(self->down_handle, topic, topic_size, self->body, wire_encode_public(message, self->body));
    return message->sequence;
}

void hub_peers_send_step(hub_t *self, uint8_t node, size_t size)
{
    const hub_peer_t *peer = &self->peers[node];
    if (peer->by_lane) {
        lane_send(peer->process.line, self->body, size);
        return;
    }
    char topic[WIRE_TOPIC_MAX];
    socket_send(self->down_handle, topic, wire_topic("step/", self->vehicle->nodes[node].name, topic), self->body,
                size);
}

void hub_peers_greet(hub_t *self, uint8_t node, const hub_candidate_t *candidate)
{
    hub_peer_t *peer = &self->peers[node];
    hub_candidate_t *place = &peer->candidates[peer->greeted++ % HUB_CANDIDATES_MAX];
    *place = *candidate;
    place->welcome.barrier = random_next(&self->random);
    place->welcome.processor = (int16_t)(self->options.spread ? -1 : self->processor);
    uint8_t tag[WIRE_TAG_SIZE];
    wire_tag(self->body, wire_encode_welcome(&place->welcome, self->body), place->secret, tag);
    place->ready[wire_topic_ready(self->vehicle->nodes[node].name, tag, place->ready)] = '\0';
    peer->state = HUB_PEER_GREETED;
    if (peer->listens) hub_peers_send_step(self, node, wire_encode_welcome(&place->welcome, self->body));
}

static void take_in_by_lane(hub_peer_t *peer)
{
    if (peer->by_lane && peer->proved) peer->state = HUB_PEER_READY;
}

static void welcome_by_lane(hub_t *self, uint8_t node)
{
    wire_welcome_t welcome = {.incarnation = self->peers[node].incarnation, .barrier = random_next(&self->random)};
    welcome.processor = (int16_t)(self->options.spread ? -1 : self->processor);
    hub_peers_send_step(self, node, wire_encode_welcome(&welcome, self->body));
}

void hub_peers_greet_by_lane(hub_t *self, uint8_t node, const node_ports_t *ports)
{
    hub_peer_t *peer = &self->peers[node];
    peer->ports = *ports;
    peer->has_ports = true;
    note_apart(self, node);
    peer->state = HUB_PEER_GREETED;
    welcome_by_lane(self, node);
    take_in_by_lane(peer);
}

void hub_peers_begin_anew(hub_t *self, uint8_t node)
{
    self->peers[node].incarnation = random_next(&self->random) | 1;
    self->peers[node].activation = -1;
    welcome_by_lane(self, node);
}

void hub_peers_refuse(hub_t *self, uint8_t node)
{
    const hub_peer_t *peer = &self->peers[node];
    wire_refuse_t message = {.incarnation = peer->refused_incarnation};
    if (!*peer->refused || !peer->listens) return;
    snprintf(message.reason, sizeof message.reason, "%s", peer->refused);
    hub_peers_send_step(self, node, wire_encode_refuse(&message, self->body));
}

static size_t candidate_count(const hub_peer_t *peer)
{
    return peer->greeted < HUB_CANDIDATES_MAX ? peer->greeted : HUB_CANDIDATES_MAX;
}

// ---- up: who listens -----------------------------------------------------------------------------------------------

// Whoever listens now may be one of those greeted, and not have heard his welcome.
static void take_listener(hub_t *self, const char *name)
{
    int node = hub_peers_find(self, name);
    if (node < 0) return;
    hub_peer_t *peer = &self->peers[node];
    peer->listens = true;
    hub_peers_refuse(self, (uint8_t)node);
    if (peer->state != HUB_PEER_GREETED) return;
    for (size_t i = 0; i < candidate_count(peer); i++)
        hub_peers_send_step(self, (uint8_t)node, wire_encode_welcome(&peer->candidates[i].welcome, self->body));
}

static void take_in(hub_t *self, uint8_t node, const hub_candidate_t *candidate, int connection)
{
    hub_peer_t *peer = &self->peers[node];
    peer->connection_up = candidate->connection_up;
    peer->connection_down = connection;
    peer->incarnation = candidate->welcome.incarnation;
    memcpy(peer->secret, candidate->secret, WIRE_SECRET_SIZE);
    peer->ports = candidate->ports;
    peer->has_ports = true;
    peer->state = HUB_PEER_READY;
    peer->greeted = 0;
    note_apart(self, node);
}

// The proof of one that speaks by lane may come before its hello.
static void take_ready(hub_t *self, const char *topic, int connection)
{
    for (uint8_t i = 0; i < self->vehicle->node_count; i++) {
        hub_peer_t *peer = &self->peers[i];
        if (peer->process.pid != 0 && !peer->proved && strcmp(topic, peer->proof) == 0) {
            peer->proved = true;
            peer->connection_down = connection;
            take_in_by_lane(peer);
        }
        for (size_t j = 0; j < candidate_count(peer) && peer->state == HUB_PEER_GREETED; j++)
            if (strcmp(topic, peer->candidates[j].ready) == 0) take_in(self, i, &peer->candidates[j], connection);
    }
}

// Before the story begins nobody is answered: frames that came then would be lost. Whoever asks, asks again.
static void answer_knock(hub_t *self, const char *topic)
{
    if (!self->options.live || self->now_ns < 0) return;
    size_t size = wire_encode_attached(self->definitions, self->now_ns, self->body);
    socket_send(self->down_handle, topic, strlen(topic), self->body, size);
}

// By name, since what ends may never have begun: only whoever was counted is counted off.
static void take_observer(hub_t *self, const char *topic, bool begins)
{
    uint64_t name = wire_hash(0, (const uint8_t *)topic, strlen(topic));
    int i = 0;
    while (i < self->observers && self->observer_names[i] != name) i++;
    bool there = i < self->observers;
    if (begins && !there && self->observers < HUB_OBSERVERS_MAX) self->observer_names[self->observers++] = name;
    if (!begins && there) self->observer_names[i] = self->observer_names[--self->observers];
}

static void take_subscription(hub_t *self, const char *topic, bool begins, int connection)
{
    if (wire_topic_behind(topic, "sim/observer/")) take_observer(self, topic, begins);
    if (!begins) return;
    const char *listener = wire_topic_behind(topic, "step/");
    if (listener) take_listener(self, listener);
    if (wire_topic_behind(topic, "ready/")) take_ready(self, topic, connection);
    if (wire_topic_behind(topic, "live/")) answer_knock(self, topic);
}

void hub_peers_take_subscriptions(hub_t *self)
{
    char topic[WIRE_TOPIC_MAX + 1];
    bool begins;
    int connection;
    for (int i = 0; i < SUBSCRIPTIONS_AT_ONCE; i++) {
        if (!socket_receive_subscription(self->down_handle, topic, &begins, &connection)) {
            connections_settle();
            return;
        }
        if (hub_door_take_subscription(self, connection, begins)) take_subscription(self, topic, begins, connection);
    }
}
