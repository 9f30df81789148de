// SPDX-License-Identifier: MIT
// The peer of bench_rounds: bare libzmq, which moves the messages of a lock-step and does nothing else. No bus, no
// time, no coding: buffers of the right sizes. As with hub and units, one XPUB goes down to everybody and one XPUB
// comes up from each peer, a process of its own.
//
//   a round    N grants down, N packets up      everybody sends: each packet has a frame in it
//              N times: a frame down, published once to the N-1 others; a grant to each of them; N-1 packets up
//
// By lanes, grants and packets go over a pair of sockets to each peer, and frames as before: what is left of our own
// lock-step without bus, time and coding, the limit of what it can reach.
//
// A message is one ZeroMQ frame that begins with its topic, which spares libzmq the second frame that hub and units
// use.
#ifndef KMSIM_TESTS_BENCH_BARE_H
#define KMSIM_TESTS_BENCH_BARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define BARE_NODES_MAX 8
#define BARE_MESSAGE_MAX 256

typedef struct { // of the same messages among hub and units, topic included
    size_t frame;
    size_t grant_send, packet_send; // of who sends
    size_t grant_hear, packet_hear; // of who hears
} bare_sizes_t;

typedef struct {
    void *context, *down, *up;
    int nodes;
    bool by_lanes;
    int lanes[BARE_NODES_MAX]; // our ends
    bare_sizes_t sizes;
    pid_t peers[BARE_NODES_MAX];
    uint64_t frames, grants, packets; // moved
} bare_t;

/// Starts the peers (this program with --bare …) with sockets in the directory; returns when all listen. Nodes,
/// by_lanes and sizes have been told in self, all else is zero.
void bare_begin(bare_t *self, const char *program, const char *directory);

/// Moves the messages of so many rounds. Ends the bench when a peer is silent, or has not had each frame.
void bare_rounds(bare_t *self, uint64_t rounds);

void bare_end(bare_t *self);

/// The peer itself: `--bare ENDPOINT NUMBER NODES PACKET_SEND PACKET_HEAR LANE` (a descriptor, -1: none); its exit
/// status.
int bare_peer_main(int argc, char **argv);

#endif
