// SPDX-License-Identifier: MIT
#include "bus/zmq/observer.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "bus/zmq/limits.h"
#include "bus/zmq/process.h"

struct observer {
    endpoint_t endpoint;
    zsock_t *bus, *monitor;
    observer_result_t over; // OBSERVER_ENDED or OBSERVER_GONE; until then OBSERVER_NOTHING
    bool lost;              // the connection is; there may still be something to read
    uint64_t missed;
    uint64_t sequences[WIRE_STREAM_COUNT]; // last ones seen, 0: none yet
    socket_message_t message;
    wire_public_t content;
};

// ---- attaching -----------------------------------------------------------------------------------------------------

static bool attach(observer_t *self, const char *endpoint, error_t *error)
{
    if (!endpoint_find(&self->endpoint, endpoint, error)) return false;
    if (!limits_allow_bus(0, error)) return false;
    self->bus = socket_new(ZMQ_SUB, 0);
    self->monitor = self->bus ? socket_monitor_new(self->bus) : NULL; // before it connects: nothing escapes it
    if (!self->monitor) return error_add(error, "no socket: %s", zmq_strerror(zmq_errno()));
    if (zsock_connect(self->bus, "%s", self->endpoint.down) == 0) return true;
    return error_add(error, "%s: %s", self->endpoint.down, zmq_strerror(zmq_errno()));
}

observer_t *observer_new(const char *endpoint, error_t *error)
{
    observer_t *self = calloc(1, sizeof *self);
    assert(self);
    self->over = OBSERVER_NOTHING;
    if (!attach(self, endpoint, error)) observer_destroy(&self);
    return self;
}

void observer_destroy(observer_t **self_p)
{
    observer_t *self = *self_p;
    if (!self) return;
    zsock_destroy(&self->bus);
    zsock_destroy(&self->monitor);
    free(self);
    *self_p = NULL;
}

void observer_subscribe(observer_t *self, const char *topic)
{
    zsock_set_subscribe(self->bus, topic);
}

void observer_unsubscribe(observer_t *self, const char *topic)
{
    zsock_set_unsubscribe(self->bus, topic);
}

void observer_announce(observer_t *self)
{
    char topic[WIRE_TOPIC_MAX + 1];
    random_t random = process_random("observer");
    snprintf(topic, sizeof topic, "sim/observer/%016" PRIx64, random_next(&random));
    observer_subscribe(self, topic);
}

// ---- receiving -----------------------------------------------------------------------------------------------------

// A stream's first message says nothing of those before it: we may have come later.
static void count_missed(observer_t *self, uint8_t stream, uint64_t sequence, bool last)
{
    uint64_t *seen = &self->sequences[stream];
    uint64_t next = *seen + (last ? 0 : 1); // the end names the last one, not one more
    if (*seen > 0 && sequence > next) self->missed += sequence - next;
    *seen = sequence;
}

static void end_streams(observer_t *self)
{
    for (size_t i = 0; i < self->content.end.count; i++) {
        uint8_t stream = self->content.end.streams[i];
        if (stream != WIRE_STREAM_SIM) count_missed(self, stream, self->content.end.sequences[i], true);
    }
}

static observer_result_t take_message(observer_t *self)
{
    const wire_public_t *content = &self->content;
    if (!wire_decode_public(&self->content, self->message.body, self->message.body_size)) return OBSERVER_OTHER;
    count_missed(self, content->stream, content->sequence, false);
    if (content->kind != WIRE_END) return OBSERVER_MESSAGE;
    end_streams(self);
    return self->over = OBSERVER_ENDED;
}

// The monitor tells of a lost connection on a way of its own, which may be quicker than the last messages: only when
// nothing is there to read although we know is the bus gone.
//
//   read: nothing ── monitor: nothing ──> nothing has come
//   read: nothing ── monitor: lost ── read: a message … ── read: nothing ──> gone
observer_result_t observer_receive(observer_t *self)
{
    while (self->over == OBSERVER_NOTHING) {
        socket_result_t result = socket_receive(zsock_resolve(self->bus), &self->message, ZMQ_DONTWAIT);
        if (result == SOCKET_MESSAGE) return take_message(self);
        if (result == SOCKET_GARBAGE) continue;
        if (self->lost)
            self->over = OBSERVER_GONE;
        else if (socket_monitor_lost(self->monitor))
            self->lost = true;
        else
            return OBSERVER_NOTHING;
    }
    return self->over;
}

const socket_message_t *observer_message(const observer_t *self)
{
    return &self->message;
}

const wire_public_t *observer_content(const observer_t *self)
{
    return &self->content;
}

void observer_wait(observer_t *self, void *socket, int64_t wait_ns)
{
    zmq_pollitem_t items[] = {{.socket = zsock_resolve(self->bus), .events = ZMQ_POLLIN},
                              {.socket = zsock_resolve(self->monitor), .events = ZMQ_POLLIN},
                              {.socket = socket, .events = ZMQ_POLLIN}};
    if (wait_ns > 0) zmq_poll(items, socket ? 3 : 2, (long)((wait_ns + TIME_MS - 1) / TIME_MS));
}

uint64_t observer_missed(const observer_t *self)
{
    return self->missed;
}

const endpoint_t *observer_endpoint(const observer_t *self)
{
    return &self->endpoint;
}
