// SPDX-License-Identifier: MIT
#include "bus/zmq/hub_pulse.h"

#include <stdio.h>

#include "bus/zmq/hub_peers.h"

#define BEAT_MS 2000

static void ask(hub_t *self, uint8_t node, int64_t now_ms)
{
    hub_pulse_t *pulse = &self->peers[node].pulse;
    wire_beat_t beat = {self->peers[node].incarnation, ++pulse->asked};
    pulse->asked_ms = now_ms;
    hub_peers_send_step(self, node, wire_encode_beat(&beat, WIRE_PING, self->body));
}

static void tell(const hub_t *self, uint8_t node, const char *what)
{
    char process[32] = "external unit";
    if (hub_peers_process(self, node) != 0)
        snprintf(process, sizeof process, "process %ld", hub_peers_process(self, node));
    fprintf(stderr, "kmsim: %s: %s %s\n", self->vehicle->nodes[node].name, process, what);
}

// One that was stopped is told already; one under a tool may stand there as long as it likes.
static bool is_of_interest(const hub_peer_t *peer)
{
    return peer->remote && peer->state == HUB_PEER_READY && !peer->launch && !peer->stopped;
}

void hub_pulse_beat(hub_t *self)
{
    int64_t now_ms = socket_clock_ms();
    // Time in which we stood still ourselves is not held against a unit.
    bool stood_still = now_ms - self->pulse_ms > BEAT_MS;
    self->pulse_ms = now_ms;
    for (uint8_t i = 0; i < self->vehicle->node_count; i++) {
        hub_pulse_t *pulse = &self->peers[i].pulse;
        if (!is_of_interest(&self->peers[i])) continue;
        bool answered = pulse->answered == pulse->asked;
        if (stood_still && !answered) pulse->asked_ms = now_ms;
        int64_t since_ms = now_ms - pulse->asked_ms;
        if (answered && since_ms >= BEAT_MS) ask(self, i, now_ms);
        if (answered || pulse->told || since_ms * TIME_MS <= self->options.patience_ns) continue;
        pulse->told = true;
        tell(self, i, "does not answer");
    }
}

static bool take_echo(hub_t *self, uint8_t node)
{
    hub_peer_t *peer = &self->peers[node];
    wire_beat_t beat;
    if (!wire_decode_beat(&beat, WIRE_ECHO, self->message.body, self->message.body_size) ||
        beat.incarnation != peer->incarnation || beat.number != peer->pulse.asked)
        return false;
    peer->pulse.answered = beat.number;
    if (peer->pulse.told) tell(self, node, "answers again");
    peer->pulse.told = false;
    return true;
}

bool hub_pulse_note(hub_t *self)
{
    socket_message_t *message = &self->message;
    const char *name = wire_topic_behind(message->topic, "echo/");
    if (!name || !self->options.live) return false;
    int node = hub_peers_find(self, name);
    if (node < 0 || !wire_is_signed(message->body, &message->body_size, self->peers[node].secret))
        self->figures.forged++;
    else if (!take_echo(self, (uint8_t)node))
        self->figures.mismatched++;
    return true;
}

bool hub_pulse_note_by_lane(hub_t *self, uint8_t node)
{
    return self->options.live && take_echo(self, node);
}

void hub_pulse_take_by_lane(hub_t *self)
{
    socket_message_t *message = &self->message;
    for (uint8_t i = 0; i < self->vehicle->node_count; i++) {
        const hub_peer_t *peer = &self->peers[i];
        if (!peer->by_lane || peer->pulse.asked == peer->pulse.answered || peer->process.line < 0) continue;
        while (lane_receive(peer->process.line, message->body, WIRE_SIZE_MAX, &message->body_size, false) ==
               LANE_MESSAGE)
            if (!hub_pulse_note_by_lane(self, i)) self->figures.mismatched++;
    }
}
