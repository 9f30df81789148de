// SPDX-License-Identifier: MIT
#include "cas/gateway.h"

#include <string.h>

#include "bus/diagnosis/uds.h"

static int own_bus(const vehicle_node_t *entry, uint8_t bus)
{
    for (int i = 0; i < entry->bus_count; i++)
        if (entry->buses[i] == bus) return i;
    return -1;
}

static void bind_unit(gateway_t *self, const node_setup_t *setup, const vehicle_node_t *node, node_ports_t *ports)
{
    gateway_unit_t unit = {.address = node->address};
    for (size_t i = 0; i < node->bus_count; i++) {
        int bus = own_bus(setup->entry, node->buses[i]);
        if (bus >= 0) unit.buses |= (uint8_t)(1U << bus);
    }
    // A unit on all our buses hears every tester itself, one on none is out of our reach.
    bool elsewhere = unit.buses != (1U << self->bus_count) - 1;
    if (node->address == 0 || unit.buses == 0 || !elsewhere) return;
    self->units[self->unit_count++] = unit;
    for (uint8_t bus = 0; bus < self->bus_count; bus++)
        if ((unit.buses >> bus & 1) != 0) node_accept_id(ports, bus, UDS_RESPONSE_ID + node->address);
}

void gateway_bind(gateway_t *self, const node_setup_t *setup, node_ports_t *ports)
{
    self->bus_count = setup->entry->bus_count;
    self->route_count = 0;
    for (size_t i = 0; i < setup->vehicle->route_count; i++) {
        const vehicle_route_t *route = &setup->vehicle->routes[i];
        int from = own_bus(setup->entry, route->from), to = own_bus(setup->entry, route->to);
        if (from < 0 || to < 0) continue; // another gateway's
        self->routes[self->route_count++] =
            (gateway_route_t){.id = route->id, .from = (uint8_t)from, .to = (uint8_t)to};
        node_accept_id(ports, (uint8_t)from, route->id);
    }
    for (uint8_t bus = 0; self->bus_count > 1 && bus < self->bus_count; bus++)
        node_accept_id(ports, bus, UDS_REQUEST_ID);
    self->unit_count = 0;
    for (size_t i = 0; i < setup->vehicle->node_count; i++) {
        if (&setup->vehicle->nodes[i] != setup->entry) bind_unit(self, setup, &setup->vehicle->nodes[i], ports);
    }
}

void gateway_reset(gateway_t *self)
{
    self->tester_bus = 0;
    self->count = 0;
    self->dropped = 0;
}

bool gateway_forward(gateway_t *self, int64_t now_ns, uint8_t to, const can_frame_t *frame)
{
    if (self->count == GATEWAY_QUEUE_MAX) {
        self->dropped++;
        return false;
    }
    // One delay for all: what comes last is due last, and the queue is in order of time by itself.
    self->queue[self->count++] = (gateway_item_t){.due_ns = now_ns + GATEWAY_DELAY_NS, .to = to, .frame = *frame};
    return true;
}

// Every own bus of `buses`.
static bool forward_to_buses(gateway_t *self, int64_t now_ns, unsigned buses, const can_frame_t *frame)
{
    bool taken = true;
    for (uint8_t bus = 0; bus < self->bus_count; bus++)
        if ((buses >> bus & 1) != 0) taken = gateway_forward(self, now_ns, bus, frame) && taken;
    return taken;
}

// A tester may be on either bus, its target on the other; what comes back finds the way by the last request:
//
//   tester ── 0x6F1 [target …] ──> bus 0 ──┐                  tester_bus = 0
//                                          ├─ if target is only on bus 1 ──> bus 1
//   tester <── 0x600 + target ──── bus 0 <─┘  <── if the tester is on bus 0 ──┘
//
// A functional address means everybody: it goes to all other buses.
static bool route_request(gateway_t *self, int64_t now_ns, uint8_t bus, const can_frame_t *frame)
{
    if (frame->length == 0) return true;
    uint8_t target = frame->data[0];
    unsigned here = 1U << bus;
    self->tester_bus = bus; // also when the target is here: its response must not go where a tester was before
    if (uds_is_functional(target)) return forward_to_buses(self, now_ns, ~here, frame);
    for (size_t i = 0; i < self->unit_count; i++) {
        const gateway_unit_t *unit = &self->units[i];
        if (unit->address == target && (unit->buses & here) == 0)
            return forward_to_buses(self, now_ns, unit->buses, frame);
    }
    return true;
}

static bool route_response(gateway_t *self, int64_t now_ns, uint8_t bus, const can_frame_t *frame)
{
    for (size_t i = 0; i < self->unit_count; i++) {
        const gateway_unit_t *unit = &self->units[i];
        // On a bus where that unit is not, a frame with its identifier is somebody else's.
        bool from_there = frame->id == UDS_RESPONSE_ID + unit->address && (unit->buses >> bus & 1) != 0;
        if (from_there && (unit->buses >> self->tester_bus & 1) == 0)
            return gateway_forward(self, now_ns, self->tester_bus, frame);
    }
    return true;
}

bool gateway_accept(gateway_t *self, int64_t now_ns, uint8_t bus, const can_frame_t *frame)
{
    bool taken = true;
    if (!frame->extended && frame->id == UDS_REQUEST_ID)
        taken = route_request(self, now_ns, bus, frame);
    else if (!frame->extended)
        taken = route_response(self, now_ns, bus, frame);
    // Besides: a vehicle may route an identifier of diagnosis as well.
    for (size_t i = 0; i < self->route_count; i++) {
        const gateway_route_t *route = &self->routes[i];
        if (route->from != bus || route->id != frame->id || frame->extended) continue;
        taken = gateway_forward(self, now_ns, route->to, frame) && taken;
    }
    return taken;
}

int64_t gateway_next(const gateway_t *self)
{
    return self->count > 0 ? self->queue[0].due_ns : TIME_NEVER;
}

bool gateway_pull(gateway_t *self, int64_t now_ns, uint8_t *to, can_frame_t *frame)
{
    if (gateway_next(self) > now_ns) return false;
    *to = self->queue[0].to;
    *frame = self->queue[0].frame;
    memmove(self->queue, self->queue + 1, --self->count * sizeof self->queue[0]);
    return true;
}
