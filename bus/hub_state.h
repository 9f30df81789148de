// SPDX-License-Identifier: MIT
// The inside of a hub, for its own files: hub.c (whole life), hub_join.c (units begin), hub_round.c (instants),
// hub_live.c (what comes from outside between them).
#ifndef KMSIM_BUS_HUB_STATE_H
#define KMSIM_BUS_HUB_STATE_H

#include "bus/affinity.h"
#include "bus/endpoint.h"
#include "bus/hub.h"
#include "bus/process.h"
#include "bus/socket.h"

#define HUB_TICK_MS 20        // how often a wait looks up from its socket
#define HUB_STRANGERS_MAX 256 // frames per bus that wait; what is more is lost

typedef enum {
    PEER_AWAY,    // no process, or none that has spoken
    PEER_GREETED, // its hello was good
    PEER_READY,   // and all its subscriptions have arrived
} peer_state_t;

typedef struct {
    bool remote;        // lives in another process; else in ours, or nowhere
    const char *launch; // command, or null
    process_t process;
    peer_state_t state;
    bool listens; // its subscription to step/NODE has been seen
    uint64_t incarnation, barrier;
    bool has_ports;
    node_ports_t ports;
    int16_t activation; // whose packet is awaited, -1: none
} peer_t;

typedef struct { // where a public event of the instant is found
    uint8_t stream;
    uint64_t sequence;
} hub_reference_t;

typedef struct { // a ring: frames of strangers for one bus
    size_t first, count;
    can_frame_t frames[HUB_STRANGERS_MAX];
} hub_strangers_t;

struct hub {
    hub_options_t options;
    const vehicle_t *vehicle;
    endpoint_claim_t *claim;
    zsock_t *down, *up;
    void *down_handle, *up_handle; // libzmq's, for the hot path
    process_lifeline_t lifeline;
    affinity_t *affinity; // what to restore
    int processor;
    bool broken;    // a unit failed: no courtesy at the end
    int64_t now_ns; // virtual time, -1 before the story begins
    int observers;
    bool invites;    // external units and observers may come when they like
    random_t random; // incarnations and barriers
    uint64_t definitions;
    uint64_t round;
    uint64_t sequences[WIRE_STREAM_COUNT]; // last ones used
    unsigned children_signals;
    hub_figures_t figures;
    hub_strangers_t strangers[VEHICLE_BUSES_MAX];
    char unit_directory[VEHICLE_PATH_MAX + 1];
    peer_t peers[VEHICLE_NODES_MAX];
    hub_reference_t references[KERNEL_EVENTS_MAX];
    wire_grant_t grant;
    socket_message_t message;
    uint8_t body[WIRE_SIZE_MAX];
};

/// Starts the processes of all remote units that are not external. hub_join.c
bool hub_start_units(hub_t *self, error_t *error);

/// Starts (again) the process of one unit.
bool hub_start_unit(hub_t *self, uint8_t node, error_t *error);

/// Waits until every remote unit that runs, or is external, is ready.
bool hub_join_units(hub_t *self, error_t *error);

/// Waits until as many observers are there as the options say.
bool hub_join_observers(hub_t *self, error_t *error);

/// Patience is counted while we look: time in which we stood still ourselves (Ctrl-Z, a laptop's lid) is not held
/// against a unit.
typedef struct {
    int64_t last_ms, waited_ms;
} hub_wait_t;
hub_wait_t hub_wait_begin(void);
void hub_wait_look(hub_wait_t *self);

/// Takes note of subscriptions that have come; a bounded number of them.
void hub_take_subscriptions(hub_t *self);

/// Sends a body to step/NODE.
void hub_send_step(hub_t *self, uint8_t node, size_t size);

/// Publishes the body under the topic in the message's stream, with its next sequence number. hub_round.c
uint64_t hub_publish(hub_t *self, wire_public_t *message, const char *topic, size_t topic_size);

/// False with the error told when a unit's process has ended or an interrupt came.
bool hub_watch(hub_t *self, error_t *error);

/// Returns false, with `unit: what` and the virtual time told.
bool hub_fail_unit(hub_t *self, uint8_t node, const char *what, error_t *error);

/// Whether the wait is longer than the patience.
bool hub_is_overdue(const hub_t *self, const hub_wait_t *wait);

/// False with the error told when the unit has been waited for longer than the patience.
bool hub_fail_overdue(hub_t *self, uint8_t node, const hub_wait_t *wait, error_t *error);

/// Takes in the message just received when it is a stranger's to a live car; false: it is something else. hub_live.c
bool hub_note_stranger(hub_t *self);

/// Answers somebody who asks whether this is a live car, and whether his subscriptions are in effect.
void hub_attach(hub_t *self, const char *topic);

/// The node whose name that is, when it is a remote one; else -1.
int hub_find_remote(const hub_t *self, const char *name);

#endif
