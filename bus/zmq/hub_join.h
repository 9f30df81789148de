// SPDX-License-Identifier: MIT
// Units begin: started in parallel, hello, welcome, ready. Observers are waited for. Over ZeroMQ:
//
//   hub                                     unit
//    │ bind XPUB, SUB; start process ────────>│ bind the node; connect; subscribe to all it accepts, last step/NODE
//    │<── subscription step/NODE ─────────────│
//    │─── subscription (our SUB's) ──────────>│ now a hello can reach us
//    │<── hello ──────────────────────────────│
//    │─── welcome (barrier) ─────────────────>│ both directions work
//    │<── subscription ready/NODE/TAG ────│ on a connection that keeps order: whatever it subscribed to is here too
//
// A unit with a lane (bus/zmq/lane.h) needs one socket, and waits for nothing:
//
//    │ bind XPUB; start process ─────────────>│ bind the node; connect SUB; subscribe to all it accepts, last
//    │<── subscription ready/NODE/TAG ────│ ready/NODE/TAG, the tag over its incarnation, which is known to both
//    │<══ hello, on the lane ═════════════════│ whichever of the two comes first
//    │═══ welcome ═══════════════════════════>│
//
// Order is everything here, for ZeroMQ drops what nobody has subscribed to and tells nobody:
// - The hub's sockets are bound before the first process is started (hub.c): whoever connects to nobody sleeps 100 ms.
// - The unit subscribes to all that it accepts before it says hello, and to step/NODE last: the subscriptions travel on
//   one connection, so one that has come vouches for those before it.
// - It says hello only after the hub's own subscription has reached it: an earlier one would go nowhere.
// - Hello (up) and the subscription to step/NODE (down) travel on two connections and overtake each other: the hub
//   welcomes when it has both, whichever came last.
// - Welcomes differ, and the tag over one is known to the unit and us alone (bus/zmq/wire.h): such a subscription is
// not
//   left over from an earlier life of that unit, and nobody else's. Only when it is here is the unit granted anything.
//
// Hellos may be anybody's. That of a unit that we started has its tag, or counts for nothing. For an external unit the
// first who proves that he has read his welcome is it; what cannot be it is refused and counted, and waited on.
#ifndef KMSIM_BUS_ZMQ_HUB_JOIN_H
#define KMSIM_BUS_ZMQ_HUB_JOIN_H

#include "bus/zmq/hub_state.h"

/// Starts the processes of all remote units that are not external.
bool hub_join_start_units(hub_t *self, error_t *error);

/// Starts (again) the process of one unit.
bool hub_join_start_unit(hub_t *self, uint8_t node, error_t *error);

/// Waits until every remote unit that runs, or is external, is ready.
bool hub_join_units(hub_t *self, error_t *error);

/// Waits until as many observers are there as the options say.
bool hub_join_observers(hub_t *self, error_t *error);

#endif
