// SPDX-License-Identifier: MIT
// A hub's door: whoever floods it is put out, so that its memory stays bounded whatever comes.
//
//   subscriptions   each connection may have HUB_SUBSCRIPTIONS_MAX; a larger one than any of ours ends its connection
//                   within libzmq (ZMQ_MAXMSGSIZE)
//   messages        a part larger than any of ours likewise. One that never ends libzmq keeps until it does, and tells
//                   nobody: when our memory has grown by HUB_GROWTH_MAX, all connections but those of our units are
//                   ended. Who is no enemy connects again by himself.
#ifndef KMSIM_BUS_ZMQ_HUB_DOOR_H
#define KMSIM_BUS_ZMQ_HUB_DOOR_H

#include "bus/zmq/hub_state.h"

#define HUB_SUBSCRIPTION_SIZE_MAX 128           // of a frame
#define HUB_SUBSCRIPTIONS_WAITING 1000          // of a connection, before we have read them
#define HUB_SUBSCRIPTIONS_MAX 256               // of a connection
#define HUB_GROWTH_MAX (INT64_C(128) * 1048576) // bytes

/// Our memory is what it should be: from here on it is watched.
void hub_door_open(hub_t *self);

/// Takes note of a subscription that has begun or ended on that connection (-1: not known). False when it was one too
/// many, and the connection has been ended.
bool hub_door_take_subscription(hub_t *self, int connection, bool begins);

/// Looks at our memory.
void hub_door_look(hub_t *self);

#endif
