// SPDX-License-Identifier: MIT
// The saturated buses of bench_kernel in SystemC: buses and nodes are SC_METHODs, which are its cheapest processes (no
// stack of their own); a bus wakes itself, a node wakes by an event.
#include <memory>
#include <systemc>

#include "tests/bench/peers/saturated.h"

using namespace sc_core;

SC_MODULE(listener_t)
{
    sc_event sent, told;

    SC_HAS_PROCESS(listener_t);
    listener_t(sc_module_name name, medium_t & medium, size_t number) : sc_module(name), medium(medium), number(number)
    {
        SC_METHOD(say);
        sensitive << sent;
        SC_METHOD(hear);
        dont_initialize();
        sensitive << told;
    }

    void say()
    {
        medium.nodes[number].say();
    }

    void hear()
    {
        medium.nodes[number].hear(medium.wire);
    }

    medium_t &medium;
    size_t number;
};

SC_MODULE(bus_t)
{
    medium_t medium;
    std::array<std::unique_ptr<listener_t>, NODES> listeners;
    size_t sender = NODES;
    const sc_time bit{static_cast<double>(BIT_NS), SC_NS};

    SC_HAS_PROCESS(bus_t);
    bus_t(sc_module_name name, size_t number) : sc_module(name), medium(number)
    {
        for (size_t i = 0; i < NODES; i++)
            listeners[i] = std::make_unique<listener_t>(sc_gen_unique_name("node"), medium, i);
        SC_METHOD(go_on);
    }

    // At 0 until the bus is awake; then a frame's end, and the end of its intermission, in turn.
    void go_on()
    {
        if (sc_time_stamp() == SC_ZERO_TIME) {
            next_trigger(sc_time(static_cast<double>(BEGIN_NS), SC_NS));
        } else if (sender == NODES) {
            sender = medium.arbitrate();
            next_trigger(length(&medium.wire) * bit);
        } else {
            medium.carry(sender, [this](size_t i) {
                (i == sender ? listeners[i]->sent : listeners[i]->told).notify(SC_ZERO_TIME);
            });
            sender = NODES;
            next_trigger(FRAME_INTERMISSION_BITS * bit);
        }
    }
};

int sc_main(int argc, char **argv)
{
    std::array<std::unique_ptr<bus_t>, BUSES> buses;
    for (size_t i = 0; i < BUSES; i++) buses[i] = std::make_unique<bus_t>(sc_gen_unique_name("bus"), i);
    return measure(argc, argv, [] { sc_start(sc_time(static_cast<double>(END_NS), SC_NS)); });
}
