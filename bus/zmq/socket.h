// SPDX-License-Identifier: MIT
// Messages of two ZeroMQ frames, topic and body, in and out of a CZMQ socket; what hub, runner and observers share.
// The hot path goes by the socket's libzmq handle, without an allocation per message.
#ifndef KMSIM_BUS_ZMQ_SOCKET_H
#define KMSIM_BUS_ZMQ_SOCKET_H

#include <czmq.h>

#include "bus/base/error.h"
#include "bus/kernel/vehicle.h"
#include "bus/zmq/wire.h"

#define SOCKET_HIGH_WATER 100000 // observers may be slow, and then lose

typedef struct {
    char topic[WIRE_TOPIC_MAX + 1]; // terminated
    bool traced;                    // to be set before: tell on which connection it came
    int connection;                 // its descriptor, -1: not known
    size_t body_size;
    uint8_t body[WIRE_SIZE_MAX];
} socket_message_t;

typedef enum {
    SOCKET_MESSAGE,
    SOCKET_GARBAGE, // not two frames, or larger than any of ours: read and gone
    SOCKET_NOTHING, // within the socket's time limit, or a signal came
} socket_result_t;

/// Returns a new socket (ZMQ_SUB, ZMQ_XPUB) that the caller destroys by zsock_destroy, with our high-water mark, no
/// linger, and that many ms for one receive (-1: no limit). CZMQ's signal handlers stay out.
zsock_t *socket_new(int type, int receive_ms);

/// Sends topic and body; what has no room at a slow receiver is lost there.
void socket_send(void *handle, const char *topic, size_t topic_size, const uint8_t *body, size_t body_size);

/// Receives one message, waiting as the socket was told; with ZMQ_DONTWAIT in flags not at all.
socket_result_t socket_receive(void *handle, socket_message_t *message, int flags);

/// Receives one subscription from an XPUB without waiting: terminated text of at most WIRE_TOPIC_MAX bytes (longer ones
/// are cut), whether it begins or ends, and the descriptor of its connection (-1: not known; null: of no interest).
/// What comes up and is neither is the end of "". False when there is none.
bool socket_receive_subscription(void *handle, char topic[WIRE_TOPIC_MAX + 1], bool *begins, int *connection);

/// Returns a new socket, that the caller destroys after the other, at which something can be read once that one loses a
/// connection; losses before are not told. Null when there is none.
zsock_t *socket_monitor_new(zsock_t *socket);

/// Whether a connection was lost, since the last call.
bool socket_monitor_lost(zsock_t *monitor);

/// What both sides must agree on: a hash over the vehicle file and its DBC (wire.h, hello).
bool socket_definitions(const vehicle_t *vehicle, uint64_t *definitions, error_t *error);

/// A clock that only goes forward, in nanoseconds; and in milliseconds.
int64_t socket_clock_ns(void);
int64_t socket_clock_ms(void);

#endif
