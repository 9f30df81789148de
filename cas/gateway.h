// SPDX-License-Identifier: MIT
// The CAS as gateway between its buses: forwards the identifiers of the vehicle's routes, first-in first-out per
// identifier, 1 ms later; bounded, drops are counted. Pure.
//
// Diagnosis besides: a request (0x6F1) goes to the bus of the unit that its byte 0 names, if that is on another one; to
// functional addresses on all; a unit's response (0x600 + address) goes back to the bus from which requests last came.
#ifndef KMSIM_CAS_GATEWAY_H
#define KMSIM_CAS_GATEWAY_H

#include "bus/kernel/node.h"

#define GATEWAY_DELAY_NS (1 * TIME_MS) // own: what a real one needs is not known
#define GATEWAY_QUEUE_MAX 32

typedef struct {
    uint32_t id;
    uint8_t from, to; // the node's own buses
} gateway_route_t;

typedef struct {
    uint8_t address;
    uint8_t buses; // bit per own bus on which the unit is
} gateway_unit_t;

typedef struct {
    int64_t due_ns;
    uint8_t to;
    can_frame_t frame;
} gateway_item_t;

typedef struct {
    // bound once
    size_t route_count;
    gateway_route_t routes[VEHICLE_ROUTES_MAX];
    uint8_t bus_count;
    size_t unit_count;
    gateway_unit_t units[VEHICLE_NODES_MAX]; // those that diagnosis may reach through us
    // since power-on
    uint8_t tester_bus;
    size_t count;
    gateway_item_t queue[GATEWAY_QUEUE_MAX]; // one delay for all: in order of their time
    uint32_t dropped;
} gateway_t;

/// Takes the vehicle's routes between buses of this node, and its other units with a diagnostic address, and accepts
/// their identifiers, and diagnostic requests to whomever.
void gateway_bind(gateway_t *self, const node_setup_t *setup, node_ports_t *ports);

/// Forgets what is under way.
void gateway_reset(gateway_t *self);

/// Puts a received frame on its way, if a route says so. False when it had to be dropped.
bool gateway_accept(gateway_t *self, int64_t now_ns, uint8_t bus, const can_frame_t *frame);

/// Puts a frame on its way to that bus, route or not. False when it had to be dropped.
bool gateway_forward(gateway_t *self, int64_t now_ns, uint8_t to, const can_frame_t *frame);

/// When the next frame is due, TIME_NEVER: none; and the frame itself, false when none is due yet.
int64_t gateway_next(const gateway_t *self);
bool gateway_pull(gateway_t *self, int64_t now_ns, uint8_t *to, can_frame_t *frame);

#endif
