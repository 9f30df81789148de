// SPDX-License-Identifier: MIT
#include "bus/zmq/hub_live.h"

#include "bus/zmq/hub_door.h"
#include "bus/zmq/hub_peers.h"
#include "bus/zmq/hub_pulse.h"
#include "bus/zmq/hub_watch.h"

#define LOOK_UP_NS (100 * TIME_MS) // a signal may come just before we wait
#define MESSAGES_AT_ONCE 256       // then the car's own time goes on

bool hub_live_note_stranger(hub_t *self)
{
    const socket_message_t *message = &self->message;
    const char *name = wire_topic_behind(message->topic, "stranger/");
    if (!self->options.live || !name) return false;
    int bus = vehicle_find_bus(self->vehicle, name);
    can_frame_t frame;
    if (bus < 0 || !wire_decode_stranger(&frame, message->body, message->body_size)) {
        self->figures.garbage++;
        return true;
    }
    hub_strangers_t *waiting = &self->strangers[bus];
    if (waiting->count == HUB_STRANGERS_MAX) {
        self->figures.crowded++;
        return true;
    }
    waiting->frames[(waiting->first + waiting->count++) % HUB_STRANGERS_MAX] = frame;
    self->figures.strangers++;
    return true;
}

bool hub_live_has_stranger(const hub_t *self, uint8_t bus)
{
    return self->strangers[bus].count > 0;
}

bool hub_live_take_stranger(hub_t *self, uint8_t bus, can_frame_t *frame)
{
    hub_strangers_t *waiting = &self->strangers[bus];
    if (waiting->count == 0) return false;
    *frame = waiting->frames[waiting->first];
    waiting->first = (waiting->first + 1) % HUB_STRANGERS_MAX;
    waiting->count--;
    return true;
}

// No packet is awaited between instants: whatever is no stranger's frame belongs to nobody.
static void take_messages(hub_t *self)
{
    for (int i = 0; i < MESSAGES_AT_ONCE; i++) {
        socket_result_t result = socket_receive(self->up_handle, &self->message, ZMQ_DONTWAIT);
        if (result == SOCKET_NOTHING) return;
        if (result == SOCKET_GARBAGE)
            self->figures.garbage++;
        else if (!hub_live_note_stranger(self) && !hub_pulse_note(self))
            self->figures.outsiders++;
    }
}

bool hub_live_wait(hub_t *self, void *socket, int64_t wait_ns, error_t *error)
{
    zmq_pollitem_t items[] = {{.socket = self->down_handle, .events = ZMQ_POLLIN},
                              {.socket = self->up_handle, .events = ZMQ_POLLIN},
                              {.socket = socket, .events = ZMQ_POLLIN}};
    wait_ns = time_earlier(wait_ns < 0 ? 0 : wait_ns, LOOK_UP_NS);
    int come = zmq_poll(items, socket ? 3 : 2, (long)(wait_ns / TIME_MS));
    // libzmq counts in milliseconds, buses do not.
    if (come == 0 && wait_ns < TIME_MS) nanosleep(&(struct timespec){.tv_nsec = (long)wait_ns}, NULL);
    hub_peers_take_subscriptions(self);
    take_messages(self);
    hub_pulse_take_by_lane(self);
    hub_door_look(self);
    hub_pulse_beat(self);
    return hub_watch_units(self, error);
}
