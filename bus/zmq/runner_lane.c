// SPDX-License-Identifier: MIT
#include "bus/zmq/runner_lane.h"

#include <assert.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

#include "bus/zmq/affinity.h"
#include "bus/zmq/lane.h"
#include "bus/zmq/runner_options.h"

#define LOOK_UP_MS 250  // how often an idle unit takes what it has subscribed to and nobody grants
#define GRANTS_MAX 1024 // after so many grants it does so too
#define YIELDS_MAX 64   // how often a processor is left to whoever brings a message, before we sleep for it
#define SILENCES_MAX 8  // times the SUB's time limit, then what is missing never comes

typedef struct {
    runner_unit_t *unit;
    int lane;
    void *down;
    unsigned grants; // since everything was taken last
    socket_message_t message;
} lane_server_t;

static void keep(lane_server_t *self)
{
    runner_inbox_keep(&self->unit->inbox, self->message.body, self->message.body_size);
}

// What nobody grants (frames of buses that the unit hears without power) must not fill our queue for ever: at its
// high-water mark what is needed would be lost.
static void take_all(lane_server_t *self)
{
    self->grants = 0;
    while (socket_receive(self->down, &self->message, ZMQ_DONTWAIT) != SOCKET_NOTHING) keep(self);
}

// One message more from the SUB. Who brings it is another thread, mostly on this very processor: it gets it before we
// go to sleep, and then needs not wake us.
static bool take_one(lane_server_t *self)
{
    socket_result_t result = SOCKET_NOTHING;
    for (int i = 0; i < YIELDS_MAX && result == SOCKET_NOTHING; i++) {
        result = socket_receive(self->down, &self->message, ZMQ_DONTWAIT);
        if (result == SOCKET_NOTHING) sched_yield();
    }
    if (result == SOCKET_NOTHING) result = socket_receive(self->down, &self->message, 0);
    if (result == SOCKET_MESSAGE) keep(self);
    return result != SOCKET_NOTHING;
}

// Null when everything that the grant names has come.
static const wire_input_t *gather(lane_server_t *self)
{
    const wire_input_t *missing;
    for (int silences = 0; (missing = runner_unit_missing(self->unit)) && silences < SILENCES_MAX;)
        if (!take_one(self)) silences++;
    return missing;
}

static int take_grant(lane_server_t *self, const uint8_t *body, size_t size)
{
    runner_unit_t *unit = self->unit;
    if (!runner_unit_take_grant(unit, body, size)) return RUNNER_GOES_ON;
    const wire_input_t *missing = gather(self);
    size = missing ? runner_unit_gap(unit, missing) : runner_unit_activate(unit);
    lane_send(self->lane, unit->body, size);
    if (++self->grants == GRANTS_MAX) take_all(self);
    return RUNNER_GOES_ON;
}

static int take_power_on(lane_server_t *self, const uint8_t *body, size_t size)
{
    size = runner_unit_power_on(self->unit, body, size);
    if (size > 0) lane_send(self->lane, self->unit->body, size);
    return RUNNER_GOES_ON;
}

// The first one finds us as we have said hello; a later one begins another story.
static int take_welcome(lane_server_t *self, const uint8_t *body, size_t size)
{
    wire_welcome_t welcome;
    if (!wire_decode_welcome(&welcome, body, size)) return RUNNER_GOES_ON;
    if (welcome.incarnation != self->unit->incarnation) runner_unit_begin_anew(self->unit, welcome.incarnation);
    affinity_pin(welcome.processor);
    return RUNNER_GOES_ON;
}

static int take_ping(lane_server_t *self, const uint8_t *body, size_t size)
{
    size = runner_unit_echo(self->unit, body, size);
    if (size > 0) lane_send(self->lane, self->unit->body, size);
    return RUNNER_GOES_ON;
}

static int take_refuse(const lane_server_t *self, const uint8_t *body, size_t size)
{
    wire_refuse_t refuse;
    if (!runner_unit_is_refused(self->unit, &refuse, body, size)) return RUNNER_GOES_ON;
    fprintf(stderr, "%s: %s\n", self->unit->name, refuse.reason);
    return RUNNER_BROKEN;
}

static int take(lane_server_t *self, const uint8_t *body, size_t size)
{
    wire_kind_t kind;
    if (!wire_kind(body, size, &kind)) return RUNNER_GOES_ON;
    if (kind == WIRE_GRANT) return take_grant(self, body, size);
    if (kind == WIRE_POWER_ON) return take_power_on(self, body, size);
    if (kind == WIRE_WELCOME) return take_welcome(self, body, size);
    if (kind == WIRE_PING) return take_ping(self, body, size);
    if (kind == WIRE_REFUSE) return take_refuse(self, body, size);
    return RUNNER_GOES_ON;
}

int runner_lane_serve(runner_unit_t *unit, const wire_hello_t *hello, int lane, void *down)
{
    lane_server_t *self = calloc(1, sizeof *self);
    uint8_t *body = malloc(WIRE_SIZE_MAX);
    assert(self && body);
    *self = (lane_server_t){.unit = unit, .lane = lane, .down = down};
    lane_set_wait(lane, LOOK_UP_MS);
    lane_send(lane, unit->body, wire_encode_hello(hello, unit->body));
    int status = RUNNER_GOES_ON;
    while (status == RUNNER_GOES_ON) {
        size_t size;
        lane_result_t result = lane_receive(lane, body, WIRE_SIZE_MAX, &size, true);
        if (result == LANE_MESSAGE) status = take(self, body, size);
        if (result == LANE_NOTHING) take_all(self);
        if (result == LANE_CLOSED) status = RUNNER_ENDED;
    }
    free(body);
    free(self);
    return status;
}
