// SPDX-License-Identifier: MIT
// The saturated buses of bench_kernel in SimGrid: buses and nodes are actors, which is what it has; a bus sleeps, a
// node is suspended until it is concerned.
#include <memory>
#include <simgrid/s4u.hpp>

#include "tests/bench/peers/saturated.h"

namespace sg4 = simgrid::s4u;
namespace self = simgrid::s4u::this_actor;

constexpr double SECOND = 1e-9;

struct bus_t {
    medium_t medium;
    std::array<sg4::ActorPtr, NODES> actors;
    size_t sender = NODES;

    bus_t(size_t number, sg4::Host *host) : medium(number)
    {
        for (size_t i = 0; i < NODES; i++) {
            actors[i] = sg4::Actor::create("node", host, [this, i] { live(i); });
            actors[i]->daemonize();
        }
        sg4::Actor::create("bus", host, [this] { carry(); })->daemonize();
    }

    void live(size_t number)
    {
        for (medium.nodes[number].say();;) {
            self::suspend();
            if (number == sender)
                medium.nodes[number].say();
            else
                medium.nodes[number].hear(medium.wire);
        }
    }

    void carry()
    {
        for (self::sleep_for(BEGIN_NS * SECOND);; self::sleep_for(FRAME_INTERMISSION_BITS * BIT_NS * SECOND)) {
            sender = medium.arbitrate();
            self::sleep_for(length(&medium.wire) * BIT_NS * SECOND);
            medium.carry(sender, [this](size_t i) { actors[i]->resume(); });
        }
    }
};

int main(int argc, char **argv)
{
    sg4::Engine engine(&argc, argv);
    auto *zone = sg4::create_full_zone("car");
    auto *host = zone->create_host("host", 1e9);
    zone->seal();
    std::array<std::unique_ptr<bus_t>, BUSES> buses;
    for (size_t i = 0; i < BUSES; i++) buses[i] = std::make_unique<bus_t>(i, host);
    sg4::Actor::create("clock", host, [] { self::sleep_until(END_NS * SECOND); });
    return measure(argc, argv, [&engine] { engine.run(); });
}
