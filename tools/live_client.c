// SPDX-License-Identifier: MIT
#include "tools/live_client.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bus/zmq/process.h"
#include "bus/zmq/observer.h"
#include "scenarios/actors/tester.h"

#define LISTENS_MAX 128
#define KNOCK_NS (200 * TIME_MS)   // a car that is just beginning does not answer yet
#define LOOK_UP_NS (100 * TIME_MS) // a signal may come just before we wait

static const char STRANGER[] = "stranger"; // how the kernel names who belongs to no unit

typedef struct {
    uint8_t bus;
    bool extended;
    uint32_t id;
} listen_t;

struct live_client {
    const vehicle_t *vehicle;
    observer_t *bus;
    zsock_t *up;
    uint64_t definitions;
    uint32_t knocks;
    bool heard; // the bus's subscription has reached us: what we send reaches it
    bool gone;
    bool asks; // listens for what a tester must hear
    size_t listen_count;
    listen_t listens[LISTENS_MAX];
    uds_client_t client;
    uint8_t body[WIRE_SIZE_MAX];
};

// ---- messages ------------------------------------------------------------------------------------------------------

// Waits until something has come, or that time.
static void wait_until(live_client_t *self, int64_t until_ns)
{
    void *up = zsock_resolve(self->up);
    observer_wait(self->bus, up, time_earlier(until_ns - socket_clock_ns(), LOOK_UP_NS));
    char topic[WIRE_TOPIC_MAX + 1];
    bool begins;
    while (socket_receive_subscription(up, topic, &begins, NULL)) self->heard = self->heard || begins;
}

// The next message of whatever kind; false when there is none, or no bus.
static bool next_message(live_client_t *self, observer_result_t *result)
{
    *result = observer_receive(self->bus);
    if (*result == OBSERVER_ENDED || *result == OBSERVER_GONE) self->gone = true;
    return *result == OBSERVER_MESSAGE || *result == OBSERVER_OTHER;
}

static bool is_listened_for(const live_client_t *self)
{
    const wire_public_t *content = observer_content(self->bus);
    for (size_t i = 0; i < self->listen_count; i++) {
        const listen_t *listen = &self->listens[i];
        if (listen->bus == content->stream && listen->id == content->frame.id &&
            listen->extended == content->frame.extended)
            return true;
    }
    return false;
}

static bool take_frame(live_client_t *self, live_client_frame_t *frame)
{
    const wire_public_t *content = observer_content(self->bus);
    if (content->kind != WIRE_FRAME || !is_listened_for(self)) return false;
    *frame = (live_client_frame_t){.bus = content->stream,
                                   .stranger = strcmp(content->sender, STRANGER) == 0,
                                   .time_ns = content->time_ns,
                                   .frame = content->frame};
    return true;
}

live_client_result_t live_client_receive(live_client_t *self, int64_t patience_ns, live_client_frame_t *frame)
{
    for (int64_t until_ns = socket_clock_ns() + patience_ns;; wait_until(self, until_ns)) {
        observer_result_t result;
        while (next_message(self, &result))
            if (result == OBSERVER_MESSAGE && take_frame(self, frame)) return LIVE_CLIENT_FRAME;
        if (self->gone) return LIVE_CLIENT_GONE;
        if (socket_clock_ns() >= until_ns || process_interrupted()) return LIVE_CLIENT_NOTHING;
    }
}

void live_client_send(live_client_t *self, uint8_t bus, const can_frame_t *frame)
{
    assert(bus < self->vehicle->bus_count);
    char topic[WIRE_TOPIC_MAX];
    size_t size = wire_topic("stranger/", self->vehicle->buses[bus].name, topic);
    socket_send(zsock_resolve(self->up), topic, size, self->body, wire_encode_stranger(frame, self->body));
}

// ---- attaching -----------------------------------------------------------------------------------------------------

typedef enum { KNOCK_ANSWERED, KNOCK_UNANSWERED, KNOCK_FOREIGN } knock_t;

static knock_t take_answer(const live_client_t *self, const char *topic)
{
    uint64_t definitions;
    int64_t time_ns;
    const socket_message_t *message = observer_message(self->bus);
    if (strcmp(message->topic, topic) != 0) return KNOCK_UNANSWERED;
    if (!wire_decode_attached(&definitions, &time_ns, message->body, message->body_size)) return KNOCK_FOREIGN;
    return definitions == self->definitions ? KNOCK_ANSWERED : KNOCK_FOREIGN;
}

// One knock at the door of the car.
static knock_t knock(live_client_t *self, int64_t until_ns)
{
    char topic[WIRE_TOPIC_MAX + 1];
    snprintf(topic, sizeof topic, "live/%08lx%016" PRIx64 "%08" PRIx32, (unsigned long)getpid(),
             (uint64_t)socket_clock_ns(), self->knocks++);
    observer_subscribe(self->bus, topic);
    knock_t answer = KNOCK_UNANSWERED;
    for (until_ns = time_earlier(until_ns, socket_clock_ns() + KNOCK_NS);; wait_until(self, until_ns)) {
        observer_result_t result;
        while (answer == KNOCK_UNANSWERED && next_message(self, &result)) answer = take_answer(self, topic);
        bool complete = answer == KNOCK_FOREIGN || (answer == KNOCK_ANSWERED && self->heard);
        if (complete || self->gone || socket_clock_ns() >= until_ns || process_interrupted()) break;
    }
    observer_unsubscribe(self->bus, topic);
    return answer == KNOCK_ANSWERED && !self->heard ? KNOCK_UNANSWERED : answer;
}

// Until all that was subscribed to is in effect.
static bool settle(live_client_t *self, error_t *error)
{
    knock_t answer = KNOCK_UNANSWERED;
    int64_t until_ns = socket_clock_ns() + LIVE_CLIENT_PATIENCE_NS;
    while (answer == KNOCK_UNANSWERED && !self->gone && socket_clock_ns() < until_ns && !process_interrupted())
        answer = knock(self, until_ns);
    if (answer == KNOCK_ANSWERED) return true;
    const char *place = observer_endpoint(self->bus)->down;
    if (process_interrupted()) return error_add(error, "interrupted by signal %d", process_interrupted());
    if (answer == KNOCK_FOREIGN) return error_add(error, "%s: the car has another vehicle file or DBC", place);
    if (self->gone) return error_add(error, "%s: the car was switched off", place);
    if (self->heard) return error_add(error, "%s: there is a run in virtual time, no live car", place);
    return error_add(error, "no live car at %s (kmsim up starts one)", place);
}

static bool attach(live_client_t *self, const char *endpoint, error_t *error)
{
    self->bus = observer_new(endpoint, error);
    if (!self->bus || !socket_definitions(self->vehicle, &self->definitions, error)) return false;
    self->up = socket_new(ZMQ_XPUB, 0);
    if (!self->up) return error_add(error, "no socket: %s", zmq_strerror(zmq_errno()));
    const char *up = observer_endpoint(self->bus)->up;
    if (zsock_connect(self->up, "%s", up) != 0) return error_add(error, "%s: %s", up, zmq_strerror(zmq_errno()));
    observer_subscribe(self->bus, "sim/end");
    return settle(self, error);
}

live_client_t *live_client_new(const char *endpoint, const vehicle_t *vehicle, error_t *error)
{
    live_client_t *self = calloc(1, sizeof *self);
    assert(self);
    self->vehicle = vehicle;
    uds_client_init(&self->client);
    self->client.margin_ns = LIVE_CLIENT_MARGIN_NS;
    if (!attach(self, endpoint, error)) live_client_destroy(&self);
    return self;
}

void live_client_destroy(live_client_t **self_p)
{
    live_client_t *self = *self_p;
    if (!self) return;
    observer_destroy(&self->bus);
    zsock_destroy(&self->up);
    zsys_shutdown();
    free(self);
    *self_p = NULL;
}

static void listen_for(live_client_t *self, uint8_t bus, uint32_t id, bool extended)
{
    assert(bus < self->vehicle->bus_count && self->listen_count < LISTENS_MAX);
    self->listens[self->listen_count++] = (listen_t){bus, extended, id};
    can_frame_t frame = {.id = id, .extended = extended};
    char topic[WIRE_TOPIC_MAX + 1];
    topic[wire_topic_frame(self->vehicle->buses[bus].name, &frame, topic)] = '\0';
    observer_subscribe(self->bus, topic);
}

bool live_client_listen(live_client_t *self, uint8_t bus, uint32_t id, bool extended, error_t *error)
{
    listen_for(self, bus, id, extended);
    return settle(self, error);
}

// ---- diagnosis -----------------------------------------------------------------------------------------------------

static bool begin_asking(live_client_t *self, uint8_t bus, error_t *error)
{
    if (self->asks) return true;
    self->asks = true;
    listen_for(self, bus, UDS_REQUEST_ID, false); // our own requests, when the bus has carried them
    for (size_t i = 0; i < self->vehicle->node_count; i++)
        if (self->vehicle->nodes[i].address != 0)
            listen_for(self, bus, UDS_RESPONSE_ID + self->vehicle->nodes[i].address, false);
    return settle(self, error);
}

static void take(live_client_t *self, const live_client_frame_t *frame)
{
    if (frame->stranger && uds_client_sent(&self->client, &frame->frame, socket_clock_ns())) return;
    uds_client_accept(&self->client, &frame->frame, socket_clock_ns());
}

static bool wait_for_answer(live_client_t *self, uint8_t bus, uds_answer_t *answer, error_t *error)
{
    for (;;) {
        can_frame_t frame;
        int64_t now_ns = socket_clock_ns();
        while (uds_client_pull(&self->client, now_ns, &frame)) live_client_send(self, bus, &frame);
        if (uds_client_take_answer(&self->client, answer)) return true;
        int64_t patience_ns = time_earlier(uds_client_deadline(&self->client) - now_ns, LOOK_UP_NS);
        live_client_frame_t come;
        live_client_result_t result = live_client_receive(self, patience_ns, &come);
        if (result == LIVE_CLIENT_FRAME && come.bus == bus) take(self, &come);
        if (result == LIVE_CLIENT_GONE)
            return error_add(error, "%s: the car was switched off", observer_endpoint(self->bus)->down);
        if (process_interrupted()) return error_add(error, "interrupted by signal %d", process_interrupted());
    }
}

bool live_client_ask(live_client_t *self, uint8_t address, const uds_step_t *step, uds_answer_t *answer, error_t *error)
{
    uint8_t bus = tester_bus(self->vehicle);
    if (!begin_asking(self, bus, error)) return false;
    bool begun = uds_client_begin(&self->client, address, step, 1);
    assert(begun);
    bool answered = wait_for_answer(self, bus, answer, error);
    if (!answered) uds_client_cancel(&self->client);
    return answered;
}
