// SPDX-License-Identifier: MIT
#include "scenarios/play/controllers.h"

#include <string.h>

#include "bus/diagnosis/uds.h"
#include "scenarios/actors/tester.h"

#define STRANGER "stranger"

// ---- names ---------------------------------------------------------------------------------------------------------

bool controllers_find(story_loader_t *loader, const char *member, const char *name, uint8_t *node)
{
    const vehicle_t *vehicle = loader->story->vehicle;
    bool is_unit = vehicle && name && vehicle_find_node(vehicle, name) >= 0;
    if (!vehicle || !name || is_unit) return story_find_node(loader, member, name, node);
    if (strcmp(name, STRANGER) == 0) {
        *node = KERNEL_STRANGER;
        return true;
    }
    if (strcmp(name, tester_class.name) != 0) return story_find_node(loader, member, name, node);
    loader->story->diagnosis = true;
    *node = tester_node(vehicle);
    return true;
}

const char *controllers_name(const vehicle_t *vehicle, uint8_t node)
{
    if (node < vehicle->node_count) return vehicle->nodes[node].name;
    return node == KERNEL_STRANGER ? STRANGER : tester_class.name;
}

// ---- what they may send --------------------------------------------------------------------------------------------

static bool unit_is_on(const vehicle_node_t *unit, uint8_t bus)
{
    for (uint8_t i = 0; i < unit->bus_count; i++)
        if (unit->buses[i] == bus) return true;
    return false;
}

bool controllers_are_on(const vehicle_t *vehicle, uint8_t node, uint8_t bus)
{
    if (node < vehicle->node_count) return unit_is_on(&vehicle->nodes[node], bus);
    return node == KERNEL_STRANGER || bus == tester_bus(vehicle);
}

// Of a unit on both buses of a route: which of them forwards is nowhere said.
static bool is_routed(const vehicle_t *vehicle, const vehicle_node_t *unit, uint8_t bus, uint32_t id)
{
    for (uint8_t i = 0; i < vehicle->route_count; i++) {
        const vehicle_route_t *route = &vehicle->routes[i];
        if (route->id == id && route->to == bus && unit_is_on(unit, route->from)) return true;
    }
    return false;
}

static bool shares_bus(const vehicle_node_t *unit, const vehicle_node_t *other)
{
    for (uint8_t i = 0; i < unit->bus_count; i++)
        if (unit_is_on(other, unit->buses[i])) return true;
    return false;
}

// What a gateway carries of diagnosis: requests from one of its buses to the others, and back the responses of units
// that are not on that bus.
static bool is_diagnosis_forwarded(const vehicle_t *vehicle, const vehicle_node_t *unit, uint8_t bus, uint32_t id)
{
    if (unit->bus_count < 2) return false;
    if (id == UDS_REQUEST_ID) return true;
    for (uint8_t i = 0; i < vehicle->node_count; i++) {
        const vehicle_node_t *other = &vehicle->nodes[i];
        if (other->address == 0 || id != UDS_RESPONSE_ID + other->address) continue;
        return !unit_is_on(other, bus) && shares_bus(unit, other);
    }
    return false;
}

static bool unit_sends(const vehicle_t *vehicle, const vehicle_node_t *unit, uint8_t bus, const dbc_message_t *message)
{
    if (strcmp(message->sender, unit->name) == 0) return true;
    if (message->extended) return false;
    return (unit->address != 0 && message->id == UDS_RESPONSE_ID + unit->address) ||
           is_routed(vehicle, unit, bus, message->id) || is_diagnosis_forwarded(vehicle, unit, bus, message->id);
}

bool controllers_send(const vehicle_t *vehicle, uint8_t node, uint8_t bus, const dbc_message_t *message)
{
    if (node < vehicle->node_count) return unit_sends(vehicle, &vehicle->nodes[node], bus, message);
    return node == KERNEL_STRANGER || (!message->extended && message->id == UDS_REQUEST_ID);
}
