// SPDX-License-Identifier: MIT
// A hub's peers: who they are, what is sent to them, and what they subscribe to. They speak for themselves in hub_join
// (hello) and hub_round (packet).
//
//   hub ──publish──────> whoever subscribes        public messages, numbered per stream
//       ──send_step────> one unit                  welcome, refuse, power_on, grant: by lane or step/NODE
//       <─subscription── step/NODE                 the unit hears us: a greeted one is welcomed
//                        ready/NODE/TAG            and all that it had subscribed to before is in effect: the tag
//                                                  is that of its welcome, by lane that of its incarnation
//                        sim/observer/NONCE        counted, up and down
//                        live/NONCE                somebody asks for a live car: attached
#ifndef KMSIM_BUS_ZMQ_HUB_PEERS_H
#define KMSIM_BUS_ZMQ_HUB_PEERS_H

#include "bus/zmq/hub_state.h"

/// The node whose name that is, when it is a remote one; else -1.
int hub_peers_find(const hub_t *self, const char *name);

/// The process of a unit, 0 when it has none.
long hub_peers_process(const hub_t *self, uint8_t node);

/// Whether frames of that identifier go out as "can/BUS/ID/B0".
bool hub_peers_tell_apart(const hub_t *self, uint8_t bus, const can_frame_t *frame);

/// Whether there is room for the identifiers that a unit with these ports would have told apart.
bool hub_peers_have_room(const hub_t *self, uint8_t node, const node_ports_t *ports);

/// Publishes under the topic in the message's stream, with the next sequence number of that, which is returned.
uint64_t hub_peers_publish(hub_t *self, wire_public_t *message, const char *topic, size_t topic_size);

/// Sends so many bytes of self->body to one unit: on its lane, else to step/NODE.
void hub_peers_send_step(hub_t *self, uint8_t node, size_t size);

/// Takes note of somebody whose hello was good (incarnation, sealed secret, ports and secret are told), and welcomes
/// him as soon as the unit listens.
void hub_peers_greet(hub_t *self, uint8_t node, const hub_candidate_t *candidate);

/// The same for a unit whose hello on its lane was good: it is ready when it has also proved that it hears us.
void hub_peers_greet_by_lane(hub_t *self, uint8_t node, const node_ports_t *ports);

/// Makes a unit that speaks on its lane what a fresh process would be.
void hub_peers_begin_anew(hub_t *self, uint8_t node);

/// Sends whoever was refused last as that unit the reason, if he listens.
void hub_peers_refuse(hub_t *self, uint8_t node);

/// Takes note of subscriptions that have come; a bounded number of them.
void hub_peers_take_subscriptions(hub_t *self);

#endif
