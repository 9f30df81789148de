// SPDX-License-Identifier: MIT
#include "tests/bench/bare.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zmq.h>

#include "bus/zmq/lane.h"
#include "tests/bench/guard.h"
#include "tests/bench/measure.h"

#define PATIENCE_MS 10000 // a peer that is silent so long is gone
#define YIELDS_MAX 64
#define TOPIC_SIZE 2 // its kind, and a node's letter
#define ENDPOINT_MAX 107

enum { // first byte of a message
    TO_SEND = 's',
    TO_HEAR = 'h',
    TO_END = 'e',
    FRAME = 'f',
};

static char letter(int node)
{
    return (char)('A' + node);
}

// ---- a peer --------------------------------------------------------------------------------------------------------

static void subscribe(void *down, char kind, int node)
{
    zmq_setsockopt(down, ZMQ_SUBSCRIBE, (char[]){kind, letter(node)}, TOPIC_SIZE);
}

// The frames of the others before grants to itself: whoever can be granted something hears everything.
static void subscribe_all(void *down, int number, int nodes)
{
    for (int i = 0; i < nodes; i++)
        if (i != number) subscribe(down, FRAME, i);
    // On a lane no grant comes this way, and the end is asked for all the same: it is the last, and tells that all is
    // here.
    subscribe(down, TO_SEND, number);
    subscribe(down, TO_HEAR, number);
    subscribe(down, TO_END, number);
}

// Who is to hear, and has not had a frame since he last was, falls silent.
static void answer(void *down, void *up, size_t packet_send, size_t packet_hear)
{
    char message[BARE_MESSAGE_MAX], packet[BARE_MESSAGE_MAX] = {0};
    for (int frames = 0; zmq_recv(down, message, sizeof message, 0) >= 0;) {
        if (message[0] == TO_END) return;
        if (message[0] == FRAME) frames++;
        if (message[0] == TO_SEND) zmq_send(up, packet, packet_send, 0);
        if (message[0] != TO_HEAR) continue;
        if (frames != 1) return;
        frames = 0;
        zmq_send(up, packet, packet_hear, 0);
    }
}

// As a unit does it: it leaves the processor to who brings the frame before it sleeps for it.
static bool hear(void *down)
{
    char message[BARE_MESSAGE_MAX];
    for (int i = 0; i < YIELDS_MAX; i++) {
        if (zmq_recv(down, message, sizeof message, ZMQ_DONTWAIT) >= 0) return message[0] == FRAME;
        sched_yield();
    }
    return zmq_recv(down, message, sizeof message, 0) >= 0 && message[0] == FRAME;
}

static void answer_by_lane(void *down, int lane, size_t packet_send, size_t packet_hear)
{
    char message[BARE_MESSAGE_MAX], packet[BARE_MESSAGE_MAX] = {0};
    while (recv(lane, message, sizeof message, 0) > 0) {
        if (message[0] == TO_END || (message[0] == TO_HEAR && !hear(down))) return;
        send(lane, packet, message[0] == TO_SEND ? packet_send : packet_hear, 0);
    }
}

int bare_peer_main(int argc, char **argv)
{
    assert(argc == 8);
    int lane = atoi(argv[7]);
    char endpoint[ENDPOINT_MAX + 4];
    void *context = zmq_ctx_new(), *up = zmq_socket(context, ZMQ_XPUB), *down = zmq_socket(context, ZMQ_SUB);
    snprintf(endpoint, sizeof endpoint, "%s-up", argv[2]);
    zmq_connect(up, endpoint);
    zmq_recv(up, endpoint, 1, 0); // the hub's subscription: it is there
    zmq_connect(down, argv[2]);
    subscribe_all(down, atoi(argv[3]), atoi(argv[4]));
    size_t packet_send = strtoul(argv[5], NULL, 10), packet_hear = strtoul(argv[6], NULL, 10);
    if (lane >= 0)
        answer_by_lane(down, lane, packet_send, packet_hear);
    else
        answer(down, up, packet_send, packet_hear);
    zmq_setsockopt(up, ZMQ_LINGER, &(int){0}, sizeof(int));
    zmq_close(up);
    zmq_close(down);
    zmq_ctx_term(context);
    return 0;
}

// ---- all of them ---------------------------------------------------------------------------------------------------

// Its end of a lane it inherits; ours nobody does.
static int make_lane(bare_t *self, int number)
{
    int ends[2];
    if (!self->by_lanes) return -1;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) != 0) measure_fail("socketpair: %s", strerror(errno));
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    lane_set_wait(ends[0], PATIENCE_MS);
    self->lanes[number] = ends[0];
    return ends[1];
}

static void start_peer(bare_t *self, int number, const char *program, const char *endpoint)
{
    char texts[5][16];
    int lane = make_lane(self, number);
    snprintf(texts[0], sizeof texts[0], "%d", number);
    snprintf(texts[1], sizeof texts[1], "%d", self->nodes);
    snprintf(texts[2], sizeof texts[2], "%zu", self->sizes.packet_send);
    snprintf(texts[3], sizeof texts[3], "%zu", self->sizes.packet_hear);
    snprintf(texts[4], sizeof texts[4], "%d", lane);
    const char *const argv[] = {program, "--bare", endpoint, texts[0], texts[1], texts[2], texts[3], texts[4], NULL};
    self->peers[number] = guard_start(argv, -1);
    if (lane >= 0) close(lane);
}

void bare_begin(bare_t *self, const char *program, const char *directory)
{
    char endpoint[ENDPOINT_MAX + 1], endpoint_up[sizeof endpoint + 4];
    snprintf(endpoint, sizeof endpoint, "ipc://%s/%s", directory, self->by_lanes ? "limit" : "bare");
    snprintf(endpoint_up, sizeof endpoint_up, "%s-up", endpoint);
    self->context = zmq_ctx_new();
    self->down = zmq_socket(self->context, ZMQ_XPUB);
    self->up = zmq_socket(self->context, ZMQ_SUB);
    zmq_setsockopt(self->up, ZMQ_SUBSCRIBE, "", 0);
    zmq_setsockopt(self->up, ZMQ_RCVTIMEO, &(int){PATIENCE_MS}, sizeof(int));
    if (zmq_bind(self->down, endpoint) != 0 || zmq_bind(self->up, endpoint_up) != 0)
        measure_fail("%s: %s", endpoint, zmq_strerror(errno));
    for (int i = 0; i < self->nodes; i++) start_peer(self, i, program, endpoint);
    // Both are polled: a socket's own thread must look at it, or its subscription never goes out to who has connected.
    zmq_pollitem_t items[] = {{.socket = self->down, .events = ZMQ_POLLIN}, {.socket = self->up, .events = ZMQ_POLLIN}};
    for (int joined = 0; joined < self->nodes;) {
        char subscription[1 + TOPIC_SIZE];
        if (zmq_poll(items, 2, PATIENCE_MS) <= 0) measure_fail("a bare peer does not come");
        while (zmq_recv(self->down, subscription, sizeof subscription, ZMQ_DONTWAIT) >= 0)
            if (subscription[1] == TO_END) joined++; // the last one
    }
}

static void send_down(bare_t *self, char kind, int node, size_t size)
{
    char message[BARE_MESSAGE_MAX] = {kind, letter(node)};
    bool lane = self->by_lanes && kind != FRAME;
    ssize_t sent = lane ? send(self->lanes[node], message, size, 0) : zmq_send(self->down, message, size, 0);
    if (sent < 0) measure_fail("to a bare peer: %s", zmq_strerror(errno));
}

// From everybody but one, -1: from all. Over ZeroMQ in any order.
static void take_packets(bare_t *self, int but, size_t size)
{
    char packet[BARE_MESSAGE_MAX];
    for (int i = 0; i < self->nodes; i++) {
        if (i == but) continue;
        ssize_t got = self->by_lanes ? recv(self->lanes[i], packet, sizeof packet, 0)
                                     : zmq_recv(self->up, packet, sizeof packet, 0);
        if (got != (ssize_t)size) measure_fail("a bare peer: %s", got <= 0 ? "silent" : "another packet");
        self->packets++;
    }
}

static void everybody_sends(bare_t *self)
{
    for (int i = 0; i < self->nodes; i++) send_down(self, TO_SEND, i, self->sizes.grant_send);
    self->grants += (uint64_t)self->nodes;
    take_packets(self, -1, self->sizes.packet_send);
}

static void others_hear(bare_t *self, int sender)
{
    send_down(self, FRAME, sender, self->sizes.frame);
    self->frames++;
    for (int i = 0; i < self->nodes; i++)
        if (i != sender) send_down(self, TO_HEAR, i, self->sizes.grant_hear);
    self->grants += (uint64_t)self->nodes - 1;
    take_packets(self, sender, self->sizes.packet_hear);
}

void bare_rounds(bare_t *self, uint64_t rounds)
{
    for (uint64_t round = 0; round < rounds; round++) {
        everybody_sends(self);
        for (int sender = 0; sender < self->nodes; sender++) others_hear(self, sender);
    }
}

void bare_end(bare_t *self)
{
    for (int i = 0; i < self->nodes; i++) send_down(self, TO_END, i, TOPIC_SIZE);
    for (int i = 0; i < self->nodes; i++)
        if (guard_wait(self->peers[i]) != 0) measure_fail("a bare peer has failed");
    for (int i = 0; i < self->nodes && self->by_lanes; i++) close(self->lanes[i]);
    zmq_close(self->down);
    zmq_close(self->up);
    zmq_ctx_term(self->context);
}
