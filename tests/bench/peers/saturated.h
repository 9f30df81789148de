// SPDX-License-Identifier: MIT
// What the peers of bench_kernel have in common, so that they differ in their kernels alone and carry the same frames:
// a bus's requests and acceptances, how a node fills its frames, and what is told at the end. How long a frame is
// bus/can/frame.h says, or with the argument "bits" what its bits are counted one by one.
//
// What a peer does: arbitration among all requests by identifier, lengths to the bit, intermission; whoever accepts a
// frame's identifier is told of it, its sender is told that it was carried and asks for the next. What it does not:
// acknowledgement and errors, sleeping buses, queues within a node, power, lines and radio, order of nodes within an
// instant that does not depend on the kernel, limits, observers.
#ifndef KMSIM_TESTS_BENCH_PEERS_SATURATED_H
#define KMSIM_TESTS_BENCH_PEERS_SATURATED_H

#include <array>
#include <cstdio>
#include <cstring>
#include <ctime>

extern "C" {
#include "bus/can/frame.h"
}

constexpr size_t BUSES = 2, NODES = 4; // on each
constexpr int64_t BIT_NS = 10000, BEGIN_NS = 6000000, END_NS = 60000000000;
constexpr unsigned FRAME_FIXED_BITS = 10; // CRC delimiter to end of frame

static uint64_t carried, heard;
static unsigned (*length)(const can_frame_t *frame) = frame_bits;

/// A base data frame's length, as ISO 11898-1 reads: CRC and stuff bits one bit after the other.
static unsigned count_bits(const can_frame_t *frame)
{
    unsigned crc = 0, run = 0, last = 2, bits = 0;
    auto put = [&](unsigned bit) {
        bits++;
        run = bit == last ? run + 1 : 1;
        last = bit;
        if (run == 5) bits++, last = !bit, run = 1;
    };
    auto field = [&](unsigned value, int size) {
        for (int i = size - 1; i >= 0; i--) {
            unsigned bit = value >> i & 1, next = bit ^ (crc >> 14 & 1);
            crc = (crc << 1 & 0x7FFF) ^ (next ? 0x4599 : 0);
            put(bit);
        }
    };
    field(0, 1);
    field(frame->id, 11);
    field(0, 3); // RTR, IDE, reserved
    field(frame->length, 4);
    for (size_t i = 0; i < frame->length; i++) field(frame->data[i], 8);
    for (int i = 14, sum = (int)crc; i >= 0; i--) put((unsigned)sum >> i & 1);
    return bits + FRAME_FIXED_BITS;
}

struct node_t {
    uint32_t id = 0, accepts = 0;
    uint64_t count = 0;
    bool pending = false;
    can_frame_t request{}, last{}; // the one that it would send, the last that it has heard

    void say() // as bench_kernel.c does
    {
        uint8_t data[FRAME_DATA_MAX];
        count++;
        for (size_t i = 0; i < sizeof data; i++) data[i] = static_cast<uint8_t>(count >> (8 * (i % 4)));
        request = frame_make(id, data, sizeof data);
        pending = true;
    }

    void hear(const can_frame_t &frame)
    {
        last = frame;
        heard++;
    }
};

struct medium_t {
    std::array<node_t, NODES> nodes;
    can_frame_t wire{}; // the frame that is being sent

    explicit medium_t(size_t bus)
    {
        for (size_t i = 0; i < NODES; i++) {
            nodes[i].id = static_cast<uint32_t>(0x100 + NODES * bus + i);
            nodes[i].accepts = nodes[i].id ^ 1;
        }
    }

    size_t arbitrate() // who sends
    {
        size_t winner = NODES;
        for (size_t i = 0; i < NODES; i++)
            if (nodes[i].pending && (winner == NODES || frame_priority(&nodes[i].request) < frame_priority(&wire)))
                winner = i, wire = nodes[i].request;
        return winner;
    }

    template <typename tell_t> void carry(size_t sender, tell_t tell) // to everybody who is concerned
    {
        carried++;
        nodes[sender].pending = false;
        for (size_t i = 0; i < NODES; i++)
            if (i == sender || nodes[i].accepts == wire.id) tell(i);
    }
};

static double cpu_s()
{
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/// Runs; prints frames carried, frames heard, and seconds of CPU time.
template <typename run_t> int measure(int argc, char **argv, run_t run)
{
    if (argc > 1 && std::strcmp(argv[1], "bits") == 0) length = count_bits;
    double began_s = cpu_s();
    run();
    double took_s = cpu_s() - began_s;
    std::printf("%llu %llu %.9f\n", static_cast<unsigned long long>(carried), static_cast<unsigned long long>(heard),
                took_s);
    return 0;
}

#endif
