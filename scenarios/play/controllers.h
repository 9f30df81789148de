// SPDX-License-Identifier: MIT
// Who has a CAN controller, by the name that stories give it: a control unit, "tester" (the workshop's computer), or
// "stranger" (who sends the frames of `frame` steps, and is on every bus); and what they may send. What a unit may send
// is what the messages say of their senders, besides its diagnostic responses, and what a gateway forwards.
#ifndef KMSIM_SCENARIOS_PLAY_CONTROLLERS_H
#define KMSIM_SCENARIOS_PLAY_CONTROLLERS_H

#include "bus/can/dbc.h"
#include "bus/kernel/kernel.h"
#include "scenarios/story/story_parts.h"

/// The node of that name; told at the member when there is none. A story that names the tester has one in its car.
/// False also, silently, without a vehicle or name.
bool controllers_find(story_loader_t *loader, const char *member, const char *name, uint8_t *node);

/// "seat", "tester", "stranger"
const char *controllers_name(const vehicle_t *vehicle, uint8_t node);

/// Whether the node is on that bus (index in the vehicle).
bool controllers_are_on(const vehicle_t *vehicle, uint8_t node, uint8_t bus);

/// Whether the node, which is on that bus, ever sends the message there.
bool controllers_send(const vehicle_t *vehicle, uint8_t node, uint8_t bus, const dbc_message_t *message);

#endif
