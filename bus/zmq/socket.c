// SPDX-License-Identifier: MIT
#include "bus/zmq/socket.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

zsock_t *socket_new(int type, int receive_ms)
{
    zsys_handler_set(NULL); // before anything else of CZMQ, which would take SIGINT and SIGTERM
    zsock_t *self = zsock_new(type);
    if (!self) return NULL;
    zsock_set_sndhwm(self, SOCKET_HIGH_WATER);
    zsock_set_rcvhwm(self, SOCKET_HIGH_WATER);
    zsock_set_linger(self, 0);
    zsock_set_rcvtimeo(self, receive_ms);
    zsock_set_maxmsgsize(self, WIRE_SIZE_MAX);
    if (type == ZMQ_XPUB) zsock_set_xpub_verbose(self, 1);
    return self;
}

void socket_send(void *handle, const char *topic, size_t topic_size, const uint8_t *body, size_t body_size)
{
    if (zmq_send(handle, topic, topic_size, ZMQ_SNDMORE) < 0) return;
    zmq_send(handle, body, body_size, 0);
}

static bool has_more(void *handle)
{
    int more = 0;
    size_t size = sizeof more;
    return zmq_getsockopt(handle, ZMQ_RCVMORE, &more, &size) == 0 && more != 0;
}

static int connection_of(zmq_msg_t *frame)
{
    return zmq_msg_get(frame, ZMQ_SRCFD);
}

// The first frame into the topic; whether it may be one.
static bool receive_topic(void *handle, socket_message_t *message, int flags, int *size)
{
    zmq_msg_t frame;
    zmq_msg_init(&frame);
    *size = zmq_msg_recv(&frame, handle, flags);
    bool fits = *size >= 0 && *size <= WIRE_TOPIC_MAX;
    if (fits) memcpy(message->topic, zmq_msg_data(&frame), (size_t)*size);
    if (fits) message->topic[*size] = '\0';
    message->connection = message->traced && *size >= 0 ? connection_of(&frame) : -1;
    zmq_msg_close(&frame);
    return fits;
}

socket_result_t socket_receive(void *handle, socket_message_t *message, int flags)
{
    int topic_size;
    bool good = receive_topic(handle, message, flags, &topic_size) && has_more(handle);
    if (topic_size < 0) return SOCKET_NOTHING;
    int body_size = has_more(handle) ? zmq_recv(handle, message->body, WIRE_SIZE_MAX, 0) : -1;
    good = good && body_size >= 0 && body_size <= WIRE_SIZE_MAX;
    while (has_more(handle)) {
        good = false;
        char rest[1];
        if (zmq_recv(handle, rest, sizeof rest, 0) < 0) break;
    }
    if (!good) return SOCKET_GARBAGE;
    message->body_size = (size_t)body_size;
    return SOCKET_MESSAGE;
}

enum { SUBSCRIPTION_ENDS, SUBSCRIPTION_BEGINS }; // its first byte

bool socket_receive_subscription(void *handle, char topic[WIRE_TOPIC_MAX + 1], bool *begins, int *connection)
{
    zmq_msg_t frame;
    zmq_msg_init(&frame);
    int size = zmq_msg_recv(&frame, handle, ZMQ_DONTWAIT);
    const char *bytes = size > 0 ? zmq_msg_data(&frame) : NULL;
    bool known = bytes && (bytes[0] == SUBSCRIPTION_ENDS || bytes[0] == SUBSCRIPTION_BEGINS);
    size_t length = known ? (size_t)size - 1 : 0;
    if (length > WIRE_TOPIC_MAX) length = WIRE_TOPIC_MAX;
    if (length > 0) memcpy(topic, bytes + 1, length);
    topic[length] = '\0';
    *begins = known && bytes[0] == SUBSCRIPTION_BEGINS;
    if (connection) *connection = size >= 0 ? connection_of(&frame) : -1;
    zmq_msg_close(&frame);
    return size >= 0;
}

// A number that no other monitor has had: one that was destroyed holds its place until libzmq's own thread gets to it,
// and a new socket may well have the address of the old one by then.
zsock_t *socket_monitor_new(zsock_t *socket)
{
    static atomic_uint count;
    char place[64];
    zsock_t *self = socket_new(ZMQ_PAIR, 0);
    snprintf(place, sizeof place, "inproc://monitor-%u", atomic_fetch_add(&count, 1));
    if (!self || zmq_socket_monitor(zsock_resolve(socket), place, ZMQ_EVENT_DISCONNECTED) != 0 ||
        zsock_connect(self, "%s", place) != 0)
        zsock_destroy(&self);
    return self;
}

// An event is a message of two frames, number and address: of no further interest, one kind was asked for.
bool socket_monitor_lost(zsock_t *monitor)
{
    bool lost = false;
    for (zmsg_t *event; (event = zmsg_recv(monitor)); zmsg_destroy(&event)) lost = true;
    return lost;
}

static bool hash_file(const char *path, uint64_t *hash, error_t *error)
{
    FILE *file = fopen(path, "rb");
    if (!file) return error_add(error, "%s: %s", path, strerror(errno));
    uint8_t bytes[4096];
    for (size_t size; (size = fread(bytes, 1, sizeof bytes, file)) > 0;) *hash = wire_hash(*hash, bytes, size);
    bool good = !ferror(file);
    fclose(file);
    return good || error_add(error, "%s: cannot be read", path);
}

bool socket_definitions(const vehicle_t *vehicle, uint64_t *definitions, error_t *error)
{
    *definitions = 0;
    return hash_file(vehicle->path, definitions, error) && hash_file(vehicle->dbc_path, definitions, error);
}

int64_t socket_clock_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * TIME_S + now.tv_nsec;
}

int64_t socket_clock_ms(void)
{
    return socket_clock_ns() / TIME_MS;
}
