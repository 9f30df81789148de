// SPDX-License-Identifier: MIT
// Instants: publish, grant, collect. The order in which packets arrive decides nothing.
//
//   hub          │ A, B: units    S: a sniffer                                          virtual time stands still
//    │ can/… ────┼──> A  B  S     every public event of the instant, once, for all who subscribe
//    │ step/A ───┼──> A           then the grants: which of those events are A's, and A's private inputs
//    │ step/B ───┼─────> B        (one connection each, which keeps order: the events are there when the grant is)
//    │ actors    │                called directly, while A and B think
//    │<─ packet/B ──────── B      exactly one packet from each, in any order, each into its own outbox
//    │<─ packet/A ──── A
//    │ sim/log ──┼────────> S     what they had to tell, in the order of nodes
//    v the kernel merges the outboxes in the order of nodes; virtual time goes on
#ifndef KMSIM_BUS_ZMQ_HUB_ROUND_H
#define KMSIM_BUS_ZMQ_HUB_ROUND_H

#include "bus/zmq/hub_state.h"
#include "bus/host/simulation.h"

/// As hub.h says of hub_host.
host_t hub_round_host(hub_t *self);

#endif
