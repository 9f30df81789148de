// SPDX-License-Identifier: MIT
#include "bus/zmq/hub_watch.h"

#include <stdio.h>

#include "bus/zmq/hub_peers.h"

bool hub_watch_fail(hub_t *self, uint8_t node, const char *what, error_t *error)
{
    self->broken = true;
    const char *joined = self->peers[node].state == HUB_PEER_READY ? "" : " before it had joined";
    char time[TIME_TEXT_MAX];
    if (*joined && self->now_ns < 0) return error_add(error, "%s: %s%s", self->vehicle->nodes[node].name, what, joined);
    return error_add(error, "%s: %s%s at %s s of virtual time", self->vehicle->nodes[node].name, what, joined,
                     time_format(self->now_ns < 0 ? 0 : self->now_ns, time));
}

// Nobody may ask a quiet car's unit for anything for a long time; that it cannot answer is told at once.
static void tell_stopped(hub_t *self, uint8_t node)
{
    hub_peer_t *peer = &self->peers[node];
    if (!self->options.live || peer->stopped == peer->process.stopped) return;
    peer->stopped = peer->process.stopped;
    fprintf(stderr, "kmsim: %s: process %ld %s\n", self->vehicle->nodes[node].name, (long)peer->process.pid,
            peer->stopped ? "is stopped" : "goes on");
}

bool hub_watch_units(hub_t *self, error_t *error)
{
    // A live car is ended between its instants, by whoever drives it.
    if (process_interrupted() && !(self->options.live && self->now_ns >= 0)) {
        self->broken = true;
        return error_add(error, "interrupted by signal %d", process_interrupted());
    }
    unsigned signals = process_children_signals();
    if (signals == self->children_signals) return true;
    self->children_signals = signals;
    bool alive = true;
    for (uint8_t i = 0; i < self->vehicle->node_count; i++) {
        int status;
        bool ended = process_ended(&self->peers[i].process, &status);
        if (!ended) tell_stopped(self, i);
        if (!ended) continue;
        char what[PROCESS_TEXT_MAX], text[PROCESS_TEXT_MAX + 16];
        snprintf(text, sizeof text, "process %s", process_describe(status, what));
        alive = hub_watch_fail(self, i, text, error);
    }
    return alive;
}

hub_watch_wait_t hub_watch_begin(void)
{
    return (hub_watch_wait_t){.last_ms = socket_clock_ms()};
}

void hub_watch_look(hub_watch_wait_t *wait)
{
    int64_t now_ms = socket_clock_ms();
    wait->waited_ms += time_earlier(now_ms - wait->last_ms, INT64_C(2) * HUB_TICK_MS);
    wait->last_ms = now_ms;
}

bool hub_watch_is_overdue(const hub_t *self, const hub_watch_wait_t *wait)
{
    return wait->waited_ms * TIME_MS > self->options.patience_ns;
}

bool hub_watch_fail_overdue(hub_t *self, uint8_t node, const hub_watch_wait_t *wait, error_t *error)
{
    if (!hub_watch_is_overdue(self, wait)) return true;
    char process[32] = "external unit", text[128 + WIRE_REASON_MAX];
    const char *refused = self->peers[node].refused;
    bool own = hub_peers_process(self, node) != 0;
    if (own) snprintf(process, sizeof process, "process %ld", hub_peers_process(self, node));
    snprintf(text, sizeof text, "%s does not answer%s (waited %.1f s)%s%s", process, own ? ", stopped?" : "",
             (double)wait->waited_ms / 1000.0, *refused ? "; refused: " : "", refused);
    return hub_watch_fail(self, node, text, error);
}
