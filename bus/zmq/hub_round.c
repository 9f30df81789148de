// SPDX-License-Identifier: MIT
#include "bus/zmq/hub_round.h"

#include <stdio.h>

#include "bus/zmq/hub_door.h"
#include "bus/zmq/hub_join.h"
#include "bus/zmq/hub_live.h"
#include "bus/zmq/hub_peers.h"
#include "bus/zmq/hub_pulse.h"
#include "bus/zmq/hub_watch.h"

#define CLOCK_EVERY 1024   // messages of others, after which a wait looks at the clock
#define OTHERS_EVERY 16    // rounds, after which we look at others at all: each look is a system call or two
#define OTHERS_AT_ONCE 256 // messages of theirs, then it is our turn again

// The first unit that still owes a packet and is not under a tool, where it may take its time; -1 for none.
static int owing_unit(const hub_t *self)
{
    for (uint8_t i = 0; i < self->vehicle->node_count; i++)
        if (self->peers[i].activation >= 0 && !self->peers[i].launch) return i;
    return -1;
}

// ---- down ----------------------------------------------------------------------------------------------------------

static void set_sender(wire_public_t *message, const char *name)
{
    snprintf(message->sender, sizeof message->sender, "%s", name);
}

static const char *bus_name(const hub_t *self, const kernel_event_t *event)
{
    return self->vehicle->buses[event->bus].name;
}

// Power and log entries are not published here: they are told when they happen, not an instant later.
static void publish_event(hub_t *self, const kernel_t *kernel, const kernel_event_t *event, hub_reference_t *reference)
{
    wire_public_t message = {.time_ns = kernel_now(kernel)};
    char topic[WIRE_TOPIC_MAX];
    size_t size;
    set_sender(&message, event->kind == EVENT_BUS ? "" : kernel_node_name(kernel, event->node));
    switch ((kernel_event_kind_t)event->kind) {
    case EVENT_FRAME:
        message.kind = WIRE_FRAME;
        message.stream = event->bus;
        message.frame = event->frame;
        size = hub_peers_tell_apart(self, event->bus, &event->frame)
                   ? wire_topic_frame_apart(bus_name(self, event), &event->frame, topic)
                   : wire_topic_frame(bus_name(self, event), &event->frame, topic);
        break;
    case EVENT_ERROR:
        message.kind = WIRE_ERROR;
        message.stream = event->bus;
        message.frame = event->frame;
        size = wire_topic_error(bus_name(self, event), topic);
        break;
    case EVENT_LINE:
        message.kind = WIRE_LINE;
        message.stream = WIRE_STREAM_LINE;
        message.line = event->value;
        size = wire_topic("line/", kernel_line_name(kernel, event->line), topic);
        break;
    case EVENT_AIR:
        message.kind = WIRE_AIR;
        message.stream = WIRE_STREAM_AIR;
        message.air = event->air;
        size = wire_topic("air/", event->air.channel == AIR_LF ? "lf" : "rf", topic);
        break;
    case EVENT_BUS:
    case EVENT_STATE:
        message.kind = event->kind == EVENT_BUS ? WIRE_BUS : WIRE_STATE;
        message.stream = WIRE_STREAM_SIM;
        snprintf(message.bus.name, sizeof message.bus.name, "%s", bus_name(self, event));
        message.bus.state = (uint8_t)event->value;
        size = wire_topic("sim/", event->kind == EVENT_BUS ? "bus" : "state", topic);
        break;
    case EVENT_POWER:
    case EVENT_LOG:
    default:
        return;
    }
    *reference = (hub_reference_t){message.stream, hub_peers_publish(self, &message, topic, size)};
}

static void publish_logs(hub_t *self, const char *name, int64_t now_ns, const outbox_t *outbox)
{
    char topic[WIRE_TOPIC_MAX];
    size_t size = wire_topic("sim/", "log", topic);
    for (size_t i = 0; i < outbox->log_count; i++) {
        wire_public_t message = {
            .kind = WIRE_LOG, .stream = WIRE_STREAM_SIM, .time_ns = now_ns, .log = outbox->logs[i]};
        set_sender(&message, name);
        hub_peers_publish(self, &message, topic, size);
    }
}

static bool refers_to_public(const kernel_event_t *events, int16_t event)
{
    if (event < 0) return false;
    uint8_t kind = events[event].kind;
    return kind == EVENT_FRAME || kind == EVENT_LINE || kind == EVENT_AIR;
}

static void send_grant(hub_t *self, const kernel_t *kernel, const kernel_activation_t *activation)
{
    const kernel_event_t *events;
    kernel_events(kernel, &events);
    wire_grant_t *grant = &self->grant;
    grant->incarnation = self->peers[activation->node].incarnation;
    grant->round = self->round;
    grant->time_ns = kernel_now(kernel);
    grant->count = (uint8_t)activation->count;
    for (size_t i = 0; i < activation->count; i++) {
        wire_input_t *input = &grant->inputs[i];
        input->input = activation->inputs[i];
        input->is_public = refers_to_public(events, activation->event[i]);
        if (!input->is_public) continue;
        input->stream = self->references[activation->event[i]].stream;
        input->sequence = self->references[activation->event[i]].sequence;
    }
    hub_peers_send_step(self, activation->node, wire_encode_grant(grant, self->body));
}

// ---- up ------------------------------------------------------------------------------------------------------------

// The unit from which a packet of this round is awaited and this is it, by its tag, else -1. Only then is the outbox
// touched: a packet that came before would otherwise be overwritten by anybody.
static int find_sender(hub_t *self)
{
    if (hub_live_note_stranger(self) || hub_pulse_note(self)) return -1;
    socket_message_t *message = &self->message;
    const char *name = wire_topic_behind(message->topic, "packet/");
    int node = name ? hub_peers_find(self, name) : -1;
    uint64_t incarnation, round;
    if (node < 0 || !wire_packet_origin(message->body, message->body_size, &incarnation, &round)) {
        self->figures.outsiders++;
        return -1;
    }
    const hub_peer_t *peer = &self->peers[node];
    if (peer->activation < 0 || incarnation != peer->incarnation || round != self->round) {
        self->figures.mismatched++;
        return -1;
    }
    if (wire_is_signed(message->body, &message->body_size, peer->secret)) return node;
    self->figures.forged++;
    return -1;
}

static bool fail_nonsense(hub_t *self, uint8_t node, outbox_t *outbox, error_t *error)
{
    wire_mistake_t mistake = wire_packet_mistake(outbox, self->message.body, self->message.body_size);
    char wrong[WIRE_MISTAKE_TEXT_MAX], text[WIRE_MISTAKE_TEXT_MAX + 32];
    snprintf(text, sizeof text, "process answers nonsense (%s)", wire_mistake_describe(&mistake, wrong));
    return hub_watch_fail(self, node, text, error);
}

static bool take_packet(hub_t *self, uint8_t node, outbox_t *outboxes, error_t *error)
{
    hub_peer_t *peer = &self->peers[node];
    outbox_t *outbox = &outboxes[peer->activation];
    wire_packet_t packet;
    if (!wire_decode_packet(&packet, outbox, self->message.body, self->message.body_size))
        return fail_nonsense(self, node, outbox, error);
    if (packet.status == WIRE_GAP)
        return hub_watch_fail(self, node, "process has missed a message that was meant for it", error);
    peer->activation = -1;
    return true;
}

// Nothing has come for a while: is everybody there, and who makes us wait?
static bool look_around(hub_t *self, hub_watch_wait_t *wait, error_t *error)
{
    hub_door_look(self);
    if (!hub_watch_units(self, error)) return false;
    if (wait->last_ms < 0) *wait = hub_watch_begin(); // the clock is not asked while all goes well
    hub_watch_look(wait);
    int owing = owing_unit(self);
    return owing < 0 || hub_watch_fail_overdue(self, (uint8_t)owing, wait, error);
}

// On a lane nobody else speaks: what is no packet of this round is an echo, or nonsense.
static bool is_packet_by_lane(hub_t *self, uint8_t node)
{
    const socket_message_t *message = &self->message;
    uint64_t incarnation, round;
    if (wire_packet_origin(message->body, message->body_size, &incarnation, &round) &&
        incarnation == self->peers[node].incarnation && round == self->round)
        return true;
    if (!hub_pulse_note_by_lane(self, node)) self->figures.mismatched++;
    return false;
}

static bool collect_by_lane(hub_t *self, uint8_t node, outbox_t *outboxes, hub_watch_wait_t *wait, error_t *error)
{
    socket_message_t *message = &self->message;
    for (;;) {
        lane_result_t result =
            lane_receive(self->peers[node].process.line, message->body, WIRE_SIZE_MAX, &message->body_size, true);
        if (result == LANE_MESSAGE && is_packet_by_lane(self, node)) return take_packet(self, node, outboxes, error);
        // Its end is told in a moment, if that has not come already.
        if (result == LANE_CLOSED) process_wait_for_children(self->children_signals, HUB_TICK_MS);
        if (result != LANE_MESSAGE && !look_around(self, wait, error)) return false;
    }
}

static bool collect_over_zmq(hub_t *self, size_t pending, outbox_t *outboxes, hub_watch_wait_t *wait, error_t *error)
{
    self->message.traced = false;
    for (size_t others = 0; pending > 0;) {
        socket_result_t result = socket_receive(self->up_handle, &self->message, 0);
        int node = result == SOCKET_MESSAGE ? find_sender(self) : -1;
        if (node >= 0) {
            if (!take_packet(self, (uint8_t)node, outboxes, error)) return false;
            pending--;
            continue;
        }
        if (result == SOCKET_GARBAGE) self->figures.garbage++;
        if (result != SOCKET_NOTHING && ++others % CLOCK_EVERY != 0) continue;
        if (!look_around(self, wait, error)) return false;
    }
    return true;
}

// One lane after the other, since all packets are wanted before anything goes on.
static bool collect(hub_t *self, outbox_t *outboxes, error_t *error)
{
    hub_watch_wait_t wait = {.last_ms = -1};
    size_t pending = 0;
    for (uint8_t i = 0; i < self->vehicle->node_count; i++) {
        if (self->peers[i].activation < 0) continue;
        if (!self->peers[i].by_lane)
            pending++;
        else if (!collect_by_lane(self, i, outboxes, &wait, error))
            return false;
    }
    return collect_over_zmq(self, pending, outboxes, &wait, error);
}

// ---- host_t --------------------------------------------------------------------------------------------------------

static bool is_actor(const hub_t *self, uint8_t node)
{
    return self->options.actors && host_in_process_has(self->options.actors, node);
}

// Whoever else is connected: what he subscribes to, what he sends and nobody awaits, whether he floods us.
static void look_at_others(hub_t *self)
{
    hub_peers_take_subscriptions(self);
    for (int i = 0; i < OTHERS_AT_ONCE; i++) {
        socket_result_t result = socket_receive(self->up_handle, &self->message, ZMQ_DONTWAIT);
        if (result == SOCKET_NOTHING) break;
        if (result == SOCKET_GARBAGE)
            self->figures.garbage++;
        else
            find_sender(self);
    }
    hub_door_look(self);
}

// Everything public goes out before the first grant, since a grant only names what its unit must have by then; all
// grants before the actors are called, so that the units compute meanwhile; log entries only when all packets are in,
// in the kernel's order: published as they came they would tell who was fastest.
static bool run_round(void *hub, const kernel_t *kernel, outbox_t *outboxes, error_t *error)
{
    hub_t *self = hub;
    int64_t now_ns = self->now_ns = kernel_now(kernel);
    if (self->round % OTHERS_EVERY == 0) look_at_others(self);
    if (!hub_watch_units(self, error)) return false;
    const kernel_event_t *events;
    size_t event_count = kernel_events(kernel, &events);
    for (size_t i = 0; i < event_count; i++) publish_event(self, kernel, &events[i], &self->references[i]);
    const kernel_activation_t *activations;
    size_t count = kernel_activations(kernel, &activations);
    self->round++;
    for (size_t i = 0; i < count; i++) {
        uint8_t node = activations[i].node;
        if (is_actor(self, node)) continue;
        send_grant(self, kernel, &activations[i]);
        self->figures.rounds++;
        self->peers[node].activation = (int16_t)i;
    }
    for (size_t i = 0; i < count; i++)
        if (is_actor(self, activations[i].node))
            host_in_process_activate(self->options.actors, now_ns, &activations[i], &outboxes[i]);
    if (!collect(self, outboxes, error)) return false;
    for (size_t i = 0; i < count; i++)
        publish_logs(self, kernel_node_name(kernel, activations[i].node), now_ns, &outboxes[i]);
    return true;
}

static void publish_power(hub_t *self, uint8_t node, int64_t now_ns, kernel_power_t state)
{
    if (node >= self->vehicle->node_count) return; // an actor has none
    wire_public_t message = {.kind = WIRE_POWER, .stream = WIRE_STREAM_SIM, .time_ns = now_ns, .power = (uint8_t)state};
    set_sender(&message, self->vehicle->nodes[node].name);
    char topic[WIRE_TOPIC_MAX];
    hub_peers_publish(self, &message, topic, wire_topic("sim/", "power", topic));
}

static bool power_on(void *hub, uint8_t node, int64_t now_ns, const kernel_power_on_t *start, outbox_t *outbox,
                     error_t *error)
{
    hub_t *self = hub;
    self->now_ns = now_ns;
    publish_power(self, node, now_ns, POWER_ON);
    if (is_actor(self, node)) {
        host_in_process_power_on(self->options.actors, node, now_ns, start, outbox);
        return true;
    }
    hub_peer_t *peer = &self->peers[node];
    bool gone = peer->process.pid == 0 && !self->vehicle->nodes[node].external;
    if (gone && (!hub_join_start_unit(self, node, error) || !hub_join_units(self, error))) {
        self->broken = true;
        return false;
    }
    // Read only now: the incarnation of a process that has just been started is a new one.
    wire_power_on_t message = {.incarnation = peer->incarnation, .round = ++self->round, .time_ns = now_ns};
    message.state = start->state;
    message.random = start->random;
    hub_peers_send_step(self, node, wire_encode_power_on(&message, start->image, self->body));
    self->figures.rounds++;
    peer->activation = 0;
    if (!collect(self, outbox, error)) return false;
    publish_logs(self, self->vehicle->nodes[node].name, now_ns, outbox);
    return true;
}

// Without a crash the process stays: it is not called any more, and starts afresh with the next power_on.
static bool power_off(void *hub, uint8_t node, int64_t now_ns, bool crash, error_t *error)
{
    (void)error;
    hub_t *self = hub;
    if (crash && !is_actor(self, node)) {
        process_kill(&self->peers[node].process);
        self->peers[node].crashed = true;
    }
    publish_power(self, node, now_ns, crash ? POWER_CRASH : POWER_OFF);
    return true;
}

host_t hub_round_host(hub_t *self)
{
    return (host_t){.self = self, .round = run_round, .power_on = power_on, .power_off = power_off};
}
