// SPDX-License-Identifier: MIT
#include "bus/zmq/hub_door.h"

#include <malloc.h>
#include <stdio.h>

#include "bus/zmq/connections.h"
#include "bus/zmq/socket.h"

#define LOOK_MS 20 // malloc counts block by block: not at every message; a flood of a gigabyte a second is seen in time

// What is in use of what malloc has been given, in bytes: messages that wait, subscriptions. Not the pages that we
// hold: a sanitizer keeps what was freed, and libc keeps it for the next time.
static int64_t memory_used(void)
{
    struct mallinfo2 used = mallinfo2();
    return (int64_t)(used.uordblks + used.hblkhd);
}

void hub_door_open(hub_t *self)
{
    self->door.memory = memory_used();
}

static void put_out(hub_t *self, int connection)
{
    if (connections_end(connection)) self->figures.put_out++;
}

bool hub_door_take_subscription(hub_t *self, int connection, bool begins)
{
    unsigned generation = connections_generation(connection);
    if (generation == 0) return true;
    hub_visitor_t *visitor = &self->door.visitors[connection];
    if (visitor->generation != generation) *visitor = (hub_visitor_t){.generation = generation};
    if (!begins && visitor->subscriptions > 0) visitor->subscriptions--;
    if (begins && visitor->subscriptions < HUB_SUBSCRIPTIONS_MAX)
        visitor->subscriptions++;
    else if (begins) {
        put_out(self, connection);
        return false;
    }
    return true;
}

static bool is_units(const hub_t *self, int connection)
{
    for (size_t i = 0; i < self->vehicle->node_count; i++)
        if (self->peers[i].state == HUB_PEER_READY &&
            (self->peers[i].connection_up == connection || self->peers[i].connection_down == connection))
            return true;
    return false;
}

void hub_door_look(hub_t *self)
{
    int64_t now_ms = socket_clock_ms();
    if (now_ms - self->door.looked_ms < LOOK_MS) return;
    self->door.looked_ms = now_ms;
    int64_t memory = memory_used();
    if (self->door.memory == 0 || memory - self->door.memory < HUB_GROWTH_MAX) return;
    uint64_t before = self->figures.put_out;
    for (int i = 0; i < CONNECTIONS_MAX; i++)
        if (!is_units(self, i)) put_out(self, i);
    fprintf(stderr, "kmsim: memory has grown by %lld MB; %llu connections that are no unit's were ended\n",
            (long long)((memory - self->door.memory) / 1000000), (unsigned long long)(self->figures.put_out - before));
    self->door.memory = memory; // what is given back is used again
}
