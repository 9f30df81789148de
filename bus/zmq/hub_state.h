// SPDX-License-Identifier: MIT
// The inside of a hub, for its own files alone, which build on each other in one direction:
//
//   hub          a whole life: bind, begin, end; the public face
//   hub_round    instants: publish, grant, collect
//   hub_join     units begin; observers are waited for        hub_live   what comes from outside between the instants
//   hub_pulse    who is there, though nobody needs him
//   hub_watch    who has ended, who makes us wait too long
//   hub_peers    who is there, what is sent to them, what they subscribe to
//   hub_door     who floods us
//   hub_state    this
#ifndef KMSIM_BUS_ZMQ_HUB_STATE_H
#define KMSIM_BUS_ZMQ_HUB_STATE_H

#include "bus/zmq/affinity.h"
#include "bus/zmq/connections.h"
#include "bus/zmq/endpoint.h"
#include "bus/kernel/kernel.h"
#include "bus/zmq/lane.h"
#include "bus/zmq/process.h"
#include "bus/zmq/unit_program.h"
#include "bus/zmq/socket.h"
#include "bus/zmq/hub_options.h"

#define HUB_TICK_MS 20 // how often a wait looks up from its socket
#define HUB_CANDIDATES_MAX 8
#define HUB_OBSERVERS_MAX 1000
#define HUB_APART_MAX 256     // identifiers on buses
#define HUB_STRANGERS_MAX 256 // frames per bus that wait; what is more is lost

typedef enum {
    HUB_PEER_AWAY,    // no process, or none that has spoken
    HUB_PEER_GREETED, // a hello was good
    HUB_PEER_READY,   // and all its subscriptions have arrived
} hub_peer_state_t;

// Whose hello was good: it has still to prove that it hears us, and that it is who said it.
typedef struct {
    wire_welcome_t welcome;
    node_ports_t ports;
    uint8_t secret[WIRE_SECRET_SIZE];
    int connection_up;              // on which the hello came
    char ready[WIRE_TOPIC_MAX + 1]; // what it subscribes to when it has read its welcome
} hub_candidate_t;

typedef struct {              // whether a unit is there
    uint64_t asked, answered; // numbers
    int64_t asked_ms;
    bool told; // that it is not
} hub_pulse_t;

typedef struct {
    bool remote;        // lives in another process; else in ours, or nowhere
    const char *launch; // command, or null
    process_t process;
    char program[UNIT_PROGRAM_PATH_MAX + 1]; // that this is
    hub_peer_state_t state;
    hub_pulse_t pulse;
    bool stopped; // and that was told
    bool crashed; // its process was killed, because the story said so
    bool by_lane; // said hello on its lane, and is spoken with there
    bool listens; // it would hear what is sent to it alone: its subscription to step/NODE has been seen, or by lane
    uint64_t incarnation;
    uint8_t secret[WIRE_SECRET_SIZE];   // shared with that life of it
    int connection_up, connection_down; // descriptors, of one that is ready
    bool has_ports;
    node_ports_t ports;
    // Anybody may say hello for an external unit. The first who answers his welcome is it; older ones make room.
    size_t greeted;
    hub_candidate_t candidates[HUB_CANDIDATES_MAX];
    // One that we have started may say hello on its lane, and proves by a subscription that it hears what is public.
    char proof[WIRE_TOPIC_MAX + 1];
    bool proved;
    uint64_t refused_incarnation;
    char refused[WIRE_REASON_MAX + 1]; // why the last hello was, "" for none
    int16_t activation;                // whose packet is awaited, -1: none
} hub_peer_t;

typedef struct { // where a public event of the instant is found
    uint8_t stream;
    uint64_t sequence;
} hub_reference_t;

typedef struct { // a ring: frames of strangers for one bus
    size_t first, count;
    can_frame_t frames[HUB_STRANGERS_MAX];
} hub_strangers_t;

typedef struct { // a connection, by its descriptor
    unsigned generation;
    unsigned subscriptions; // that it has
} hub_visitor_t;

typedef struct {
    int64_t memory;    // bytes that we may have, and HUB_GROWTH_MAX more; 0: not watched
    int64_t looked_ms; // when memory was last counted
    hub_visitor_t visitors[CONNECTIONS_MAX];
} hub_door_t;

typedef struct { // an identifier that a unit tells apart by the first data byte
    uint8_t bus; // the vehicle's
    bool extended;
    uint32_t id;
} hub_apart_t;

typedef struct hub {
    hub_options_t options;
    const vehicle_t *vehicle;
    endpoint_claim_t *claim;
    zsock_t *down, *up;
    void *down_handle, *up_handle; // libzmq's, for the hot path
    affinity_t *affinity;          // what to restore
    int processor;
    bool broken;    // a unit failed: no courtesy at the end
    int64_t now_ns; // virtual time, -1 before the story begins
    int observers;
    uint64_t observer_names[HUB_OBSERVERS_MAX]; // hashes
    hub_door_t door;
    int64_t pulse_ms; // when we last felt it
    bool invites;     // external units and observers may come when they like
    random_t random;  // incarnations and barriers
    uint64_t definitions;
    uint64_t round;
    uint64_t sequences[WIRE_STREAM_COUNT]; // last ones used
    unsigned children_signals;
    hub_figures_t figures;
    size_t apart_count;
    hub_apart_t apart[HUB_APART_MAX];
    hub_strangers_t strangers[VEHICLE_BUSES_MAX];
    char unit_directory[VEHICLE_PATH_MAX + 1];
    hub_peer_t peers[VEHICLE_NODES_MAX];
    hub_reference_t references[KERNEL_EVENTS_MAX];
    wire_grant_t grant;
    socket_message_t message;
    uint8_t body[WIRE_SIZE_MAX];
} hub_t;

#endif
