// SPDX-License-Identifier: MIT
// The node contract: a control unit is a pure state machine; a host gives it time and a network.
//
//      power_on(image, random) ─┐            ┌─> outbox: frames, lines, air, a store request, log entries,
//                               ├─> node_t ──┤           holds (buses to keep awake), the next deadline
//      activate(now, inputs) ───┘            └
//
// A node knows no socket, clock, thread, allocation, stdio, random source or global. It is activated at most once per
// instant with everything that concerns it then, in this order: bus states (asleep or awake, then how the node itself
// stands there), sent and not_sent, frames in bus order,
// lines in the order in which they were set, air, stored; last, if its deadline is now, a deadline.
// It is called for nothing that it does not accept (node_ports_t). The same closed set of inputs is the wire format's.
//
// Buses and lines are named by index: bus 0 is the first bus that the vehicle file gives the node, line 0 its first
// port.
#ifndef KMSIM_BUS_KERNEL_NODE_H
#define KMSIM_BUS_KERNEL_NODE_H

#include "bus/can/dbc.h"
#include "bus/can/frame.h"
#include "bus/kernel/image.h"
#include "bus/kernel/log.h"
#include "bus/base/random.h"
#include "bus/base/time.h"
#include "bus/kernel/vehicle.h"

#define NODE_NAME_MAX VEHICLE_NAME_MAX
#define NODE_ACCEPTS_MAX 255
#define NODE_LINES_MAX 32
#define NODE_LINE_NAME_MAX 47
#define NODE_INPUTS_MAX 64
#define OUTBOX_FRAMES_MAX 32
#define OUTBOX_LINES_MAX 8
#define OUTBOX_AIR_MAX 8
#define OUTBOX_LOGS_MAX 16
#define AIR_BYTES_MAX 64

// ---- what a node accepts -------------------------------------------------------------------------------------------

typedef struct {
    uint8_t bus; // index among the node's own buses
    bool extended;
    uint32_t id, mask;         // accepted when (frame.id & mask) == (id & mask)
    uint8_t byte0, byte0_mask; // and (data[0] & byte0_mask) == (byte0 & byte0_mask); with no data only if the mask is 0
} node_accept_t;

typedef enum {
    AIR_RF,     // a telegram of a remote control, from its first moment
    AIR_RF_END, // that transmission ends (no bytes): the button is no longer held
    AIR_LF,     // the coil at the ignition lock, both ways; who speaks first and in what layout: bus/car/key_radio.h
} air_channel_t;
#define AIR_CHANNEL_COUNT (AIR_LF + 1)

typedef struct {
    size_t accept_count;
    node_accept_t accepts[NODE_ACCEPTS_MAX];
    size_t line_count;
    char lines[NODE_LINES_MAX][NODE_LINE_NAME_MAX + 1]; // what it may set and what it is told of
    uint8_t air;                                        // 1 << air_channel_t of each channel it hears
} node_ports_t;

// ---- inputs --------------------------------------------------------------------------------------------------------

typedef struct {
    uint8_t channel;       // air_channel_t
    uint8_t size;          // 0 .. AIR_BYTES_MAX
    uint32_t transmission; // numbers the transmissions of a run from 1; an AIR_RF_END carries that of its AIR_RF
    uint8_t bytes[AIR_BYTES_MAX];
} air_t;

typedef struct {
    uint8_t line;   // index among the node's own ports
    bool momentary; // an event (a knob turned), not a level that stays
    int64_t value;
} node_line_t;

typedef enum {
    INPUT_BUS_AWAKE,   // bus
    INPUT_BUS_ASLEEP,  // bus; pending frames are gone
    INPUT_BUS_PASSIVE, // bus: the node is error-passive on it (ISO 11898-1, fault confinement)
    INPUT_BUS_OFF,     // bus: it neither sends nor hears anything there; pending frames are gone, each with not_sent
    INPUT_BUS_ACTIVE,  // bus: it is error-active again
    INPUT_SENT,        // bus, frame: asked for with OUTBOX_REPORT, and a bus carried it
    INPUT_NOT_SENT,    // bus, frame: lost to overflow, or to a node that is bus-off
    INPUT_FRAME,       // bus, frame
    INPUT_LINE,        // line
    INPUT_AIR,         // air
    INPUT_STORED,      // the last store request is durable
    INPUT_DEADLINE,    // the deadline that the node had named is now
} node_input_kind_t;
#define INPUT_KIND_COUNT (INPUT_DEADLINE + 1)

typedef struct {
    uint8_t kind; // node_input_kind_t
    uint8_t bus;
    union {
        can_frame_t frame;
        node_line_t line;
        air_t air;
    };
} node_input_t;

// ---- outbox --------------------------------------------------------------------------------------------------------

enum {
    OUTBOX_CYCLIC = 1,  // no event: neither wakes a bus nor keeps it awake; not sent at all on a sleeping bus
    OUTBOX_REPLACE = 2, // takes the place of its predecessor with the same identifier that is still waiting
    OUTBOX_REPORT = 4,  // tell me by INPUT_SENT when a bus has carried it
    OUTBOX_FLAGS_ALL = 7,
};

typedef struct {
    uint8_t bus;
    uint8_t flags;
    can_frame_t frame;
} outbox_frame_t;

typedef struct {
    uint8_t frame_count, line_count, air_count, log_count;
    bool store;          // make `image` durable; at most one request may be under way (INPUT_STORED ends it)
    uint8_t hold;        // bit per own bus: keep it awake as long as this stays set; stated anew by every activation
    uint32_t dropped;    // pushes refused because an array was full
    int64_t deadline_ns; // call me then: strictly ahead of now, or TIME_NEVER; stated anew by every activation
    outbox_frame_t frames[OUTBOX_FRAMES_MAX];
    node_line_t lines[OUTBOX_LINES_MAX];
    air_t air[OUTBOX_AIR_MAX]; // the host numbers AIR_RF transmissions
    log_entry_t logs[OUTBOX_LOGS_MAX];
    image_t image; // valid when store
} outbox_t;

/// Empties the outbox: nothing to send, no hold, no deadline.
void outbox_clear(outbox_t *self);

/// Appends; when the array is full it counts in `dropped` and returns false.
bool outbox_send(outbox_t *self, uint8_t bus, const can_frame_t *frame, uint8_t flags);
bool outbox_set_line(outbox_t *self, uint8_t line, int64_t value, bool momentary);
bool outbox_transmit(outbox_t *self, air_channel_t channel, const uint8_t *bytes, uint8_t size);
bool outbox_log(outbox_t *self, uint16_t code, int64_t a, int64_t b, int64_t c);

// ---- a kind of node ------------------------------------------------------------------------------------------------

typedef struct {
    const dbc_t *dbc;            // borrowed for the node's life
    const vehicle_t *vehicle;    // likewise
    const vehicle_node_t *entry; // the node's own entry in it
} node_setup_t;

typedef struct {
    const char *name; // the executable in the vehicle file
    size_t size;      // bytes of the state that the host provides
    /// Binds names of the DBC and states what the node accepts. Called once, before power_on, on zeroed storage; what
    /// it leaves there follows from the setup alone, so that a host may copy it back for another run. False when the
    /// DBC or vehicle lacks something; *missing then names it (static or setup's storage).
    bool (*bind)(void *self, const node_setup_t *setup, node_ports_t *ports, const char **missing);
    /// Starts from nothing but what is stored; called again after every loss of power.
    void (*power_on)(void *self, int64_t now_ns, const image_t *image, image_state_t state, random_t random,
                     outbox_t *outbox);
    /// Takes everything of this instant.
    void (*activate)(void *self, int64_t now_ns, const node_input_t *inputs, size_t count, outbox_t *outbox);
} node_class_t;

/// Adds an acceptance of one 11-bit identifier, the same with a data byte 0 that is this one where the mask's bits are
/// set, or a line by name; asserts that there is room. The line's index is returned.
void node_accept_id(node_ports_t *self, uint8_t bus, uint32_t id);
void node_accept_byte0(node_ports_t *self, uint8_t bus, uint32_t id, uint8_t byte0, uint8_t byte0_mask);
uint8_t node_accept_line(node_ports_t *self, const char *name);

#endif
