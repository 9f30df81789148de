// SPDX-License-Identifier: MIT
// The unit in a runner: a node, what it has heard, and what it answers, whichever way that is carried. Pure but for
// the storage.
//
//   power_on, grant (bodies of bus/zmq/wire.h) ──> node's power_on, activate ──> outbox ──> packet in self->body
#ifndef KMSIM_BUS_ZMQ_RUNNER_UNIT_H
#define KMSIM_BUS_ZMQ_RUNNER_UNIT_H

#include "bus/zmq/runner_inbox.h"
#include "bus/zmq/wire.h"

typedef struct {
    const char *name; // in the vehicle
    const node_class_t *class;
    void *node; // its state
    uint64_t incarnation;
    bool powered;
    runner_inbox_t inbox;
    wire_grant_t grant; // the last one taken
    uint8_t body[WIRE_SIZE_MAX];
    // its own
    void *pristine; // a copy of the node as it was bound
    node_input_t inputs[NODE_INPUTS_MAX];
    image_t image;
    outbox_t outbox;
} runner_unit_t;

/// A unit of that class, all zeros: its class's bind is the caller's to call.
void runner_unit_init(runner_unit_t *self, const node_class_t *class);
void runner_unit_release(runner_unit_t *self);

/// The node is bound: to what it is now it comes back when it begins anew.
void runner_unit_keep_bound(runner_unit_t *self);

/// Is what a fresh process would be, under another incarnation: without power, and with nothing heard.
void runner_unit_begin_anew(runner_unit_t *self, uint64_t incarnation);

/// Takes a power_on; the size of the packet that answers it, 0 when it is not meant for this life.
size_t runner_unit_power_on(runner_unit_t *self, const uint8_t *body, size_t size);

/// Takes a grant; false when it is not meant for this life, or the unit has no power.
bool runner_unit_take_grant(runner_unit_t *self, const uint8_t *body, size_t size);

/// Fills in what the grant taken names. Null when all is there, else what is missing (borrowed).
const wire_input_t *runner_unit_missing(runner_unit_t *self);

/// Acts on the grant taken, once nothing is missing; the size of its packet.
size_t runner_unit_activate(runner_unit_t *self);

/// The packet that says what never came.
size_t runner_unit_gap(runner_unit_t *self, const wire_input_t *missing);

/// Answers a ping; the size of the echo in self->body, 0 when it is not meant for this life.
size_t runner_unit_echo(runner_unit_t *self, const uint8_t *body, size_t size);

/// Whether that refuses this life; the reason is made harmless to a terminal.
bool runner_unit_is_refused(const runner_unit_t *self, wire_refuse_t *refuse, const uint8_t *body, size_t size);

#endif
