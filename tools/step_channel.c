// SPDX-License-Identifier: MIT
#include "tools/step_channel.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "bus/zmq/limits.h"
#include "bus/zmq/process.h"
#include "bus/zmq/socket.h"

#define FRAMES_MAX 3     // who, nothing (of a REQ), the step
#define WAITING_MAX 64   // requests of one client
#define ANSWERS_MAX 1000 // to one client: libzmq counts half of what he has taken as not yet taken, and drops
#define LINGER_MS 200    // for the last answer
#define CONNECT_MS 1000  // until there must be a car
#define ANSWER_MS 30000  // longer than any step takes
#define LOOK_UP_MS 100   // a signal may come just before we wait

struct step_channel {
    zsock_t *socket;
    zmsg_t *envelope; // whom to answer, null: nobody
    zframe_t *step;
};

// ---- the car's side ------------------------------------------------------------------------------------------------

step_channel_t *step_channel_new(const char *endpoint, error_t *error)
{
    step_channel_t *self = calloc(1, sizeof *self);
    assert(self);
    self->socket = socket_new(ZMQ_ROUTER, 0);
    if (!self->socket) {
        error_add(error, "no socket: %s", zmq_strerror(zmq_errno()));
    } else {
        zsock_set_rcvhwm(self->socket, WAITING_MAX);
        zsock_set_sndhwm(self->socket, ANSWERS_MAX);
        zsock_set_maxmsgsize(self->socket, STEP_SIZE_MAX);
        if (zsock_bind(self->socket, "%s", endpoint) >= 0) return self;
        error_add(error, "%s: %s", endpoint, zmq_strerror(zmq_errno()));
    }
    step_channel_destroy(&self);
    return NULL;
}

void step_channel_destroy(step_channel_t **self_p)
{
    step_channel_t *self = *self_p;
    if (!self) return;
    zmsg_destroy(&self->envelope);
    zframe_destroy(&self->step);
    if (self->socket) zsock_set_linger(self->socket, LINGER_MS);
    zsock_destroy(&self->socket);
    free(self);
    *self_p = NULL;
}

void *step_channel_handle(const step_channel_t *self)
{
    return zsock_resolve(self->socket);
}

static bool is_request(const zmsg_t *message)
{
    size_t count = zmsg_size((zmsg_t *)(uintptr_t)message);
    return count == FRAMES_MAX - 1 || count == FRAMES_MAX;
}

const char *step_channel_receive(step_channel_t *self, size_t *size)
{
    zmsg_t *message = zmsg_recv(self->socket);
    if (!message) return NULL;
    bool good = is_request(message);
    zmsg_destroy(&self->envelope);
    zframe_destroy(&self->step);
    self->envelope = zmsg_new();
    zframe_t *frame = zmsg_pop(message);
    zmsg_append(self->envelope, &frame);
    frame = zmsg_first(message);
    if (frame && zframe_size(frame) == 0 && zmsg_size(message) > 1) {
        frame = zmsg_pop(message);
        zmsg_append(self->envelope, &frame);
    } else {
        good = good && zmsg_size(message) == 1;
    }
    self->step = zmsg_pop(message);
    zmsg_destroy(&message);
    if (!good || !self->step) {
        step_channel_answer(self, 2, "step: a request is one frame");
        return NULL;
    }
    *size = zframe_size(self->step);
    return (const char *)zframe_data(self->step);
}

void step_channel_answer(step_channel_t *self, int status, const char *text)
{
    zframe_destroy(&self->step);
    if (!self->envelope) return;
    zmsg_addstrf(self->envelope, "%d", status);
    zmsg_addstr(self->envelope, text);
    if (zmsg_send(&self->envelope, self->socket) != 0) zmsg_destroy(&self->envelope);
}

// ---- the other side ------------------------------------------------------------------------------------------------

static zsock_t *connect_car(const char *endpoint, error_t *error)
{
    zsock_t *socket = socket_new(ZMQ_REQ, LOOK_UP_MS);
    if (!socket) {
        error_add(error, "no socket: %s", zmq_strerror(zmq_errno()));
        return NULL;
    }
    zsock_set_immediate(socket, 1); // sending waits for a car, for so long
    zsock_set_sndtimeo(socket, CONNECT_MS);
    if (zsock_connect(socket, "%s", endpoint) == 0) return socket;
    error_add(error, "%s: %s", endpoint, zmq_strerror(zmq_errno()));
    zsock_destroy(&socket);
    return NULL;
}

// Null also when a signal came, or the car has gone without a word.
static zmsg_t *wait_for_answer(zsock_t *socket, zsock_t *monitor)
{
    zmsg_t *answer = NULL;
    int64_t began_ms = socket_clock_ms();
    for (bool gone = false; !answer && !gone && socket_clock_ms() - began_ms < ANSWER_MS && !process_interrupted();) {
        gone = socket_monitor_lost(monitor);
        answer = zmsg_recv(socket);
    }
    return answer;
}

static char *ask(zsock_t *socket, zsock_t *monitor, const char *endpoint, const char *step, int *status, error_t *error)
{
    char *text = NULL;
    if (zstr_send(socket, step) != 0) {
        error_add(error, "no live car at %s (kmsim up starts one)", endpoint);
        return NULL;
    }
    zmsg_t *answer = wait_for_answer(socket, monitor);
    char *number = answer ? zmsg_popstr(answer) : NULL;
    if (number && strlen(number) == 1 && *number >= '0' && *number <= '3') text = zmsg_popstr(answer);
    if (text)
        *status = *number - '0';
    else
        error_add(error, answer ? "%s: what answers there is no live car" : "%s: the car does not answer", endpoint);
    zstr_free(&number);
    zmsg_destroy(&answer);
    return text;
}

char *step_channel_ask(const char *endpoint, const char *step, int *status, error_t *error)
{
    zsock_t *socket = limits_allow_bus(0, error) ? connect_car(endpoint, error) : NULL;
    if (!socket) return NULL;
    zsock_t *monitor = socket_monitor_new(socket);
    assert(monitor);
    char *text = ask(socket, monitor, endpoint, step, status, error);
    zsock_destroy(&socket);
    zsock_destroy(&monitor);
    return text;
}
