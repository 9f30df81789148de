// SPDX-License-Identifier: MIT
// One who looks on at a bus without being part of it: the SUB side of bus/zmq/wire.h, for sniffers, live clients,
// recorders.
//
//   observer ──subscriptions──> hub    air/ can/… line/ …             what it wants to see
//            ──sim/observer/N─> hub    last: all before it is in effect, `--observers` counts it
//            <──public───────── hub    with a sequence number per stream: a gap is a loss
//            <──sim/end──────── hub    with the last numbers: what was lost at the very end shows too
//
// It may attach before the bus begins or at any time later, and is never waited for: when it is slow it loses, and
// knows how much. A bus that disappears without sim/end has broken off.
#ifndef KMSIM_BUS_ZMQ_OBSERVER_H
#define KMSIM_BUS_ZMQ_OBSERVER_H

#include "bus/zmq/endpoint.h"
#include "bus/base/error.h"
#include "bus/zmq/socket.h"
#include "bus/zmq/wire.h"

typedef struct observer observer_t;

typedef enum {
    OBSERVER_MESSAGE, // a public one
    OBSERVER_OTHER,   // under a topic that was subscribed to, but no public message: its body is not looked at
    OBSERVER_NOTHING, // has come
    OBSERVER_ENDED,   // sim/end; every further call says so
    OBSERVER_GONE,    // the bus was there and has broken off; likewise
} observer_result_t;

/// Returns a new observer, connected to the endpoint (null: the user's well-known one), that the caller destroys;
/// subscribed to nothing yet. There need not be a bus. Null with the error told for what is no endpoint.
observer_t *observer_new(const char *endpoint, error_t *error);

/// Closes its sockets; CZMQ's context (zsys_shutdown) stays the program's.
void observer_destroy(observer_t **self_p);

/// Subscribes to every topic that begins so, or no longer. ZeroMQ repeats subscriptions in the order of the alphabet
/// when it has to connect again; who wants the last one to vouch for all subscribes in that order too. Losses are
/// counted per stream: they are losses only when all of the stream was subscribed to.
void observer_subscribe(observer_t *self, const char *topic);
void observer_unsubscribe(observer_t *self, const char *topic);

/// Tells the hub that it is there, by a nonce of its own below sim/observer/. Last, after sim/.
void observer_announce(observer_t *self);

/// The next message, without waiting.
observer_result_t observer_receive(observer_t *self);

/// What was received last, until the next call: topic and body; of a public message its content.
const socket_message_t *observer_message(const observer_t *self);
const wire_public_t *observer_content(const observer_t *self);

/// Waits until something may have come, here or at one socket more (libzmq's; null: none), so long at most.
void observer_wait(observer_t *self, void *socket, int64_t wait_ns);

/// How many messages were lost so far, as far as later ones tell.
uint64_t observer_missed(const observer_t *self);

/// Where it is attached, in full.
const endpoint_t *observer_endpoint(const observer_t *self);

#endif
