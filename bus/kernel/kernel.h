// SPDX-License-Identifier: MIT
// Virtual time and the order of everything in it. Pure: the host does what the kernel says and hands back outboxes.
//
// An instant, as simulation.c drives it:
//
//   kernel_begin ──> activations (who is concerned, by what)   + events (what anybody could see)
//        host: every activation -> an outbox
//   kernel_merge, in the order of the nodes, never of arrival
//        player: looks at the events, acts by the control interface
//   kernel_next_power, until none is left: host powers a node on or off
//   kernel_end   ──> the media arbitrate
#ifndef KMSIM_BUS_KERNEL_KERNEL_H
#define KMSIM_BUS_KERNEL_KERNEL_H

#include "bus/can/can_bus.h"
#include "bus/kernel/node.h"

#define KERNEL_NODES_MAX (CAN_BUS_NODES_MAX - 1) // units, then actors
#define KERNEL_STRANGER KERNEL_NODES_MAX         // the last place on each bus, of one who only injects
#define KERNEL_LINES_MAX 2048
#define KERNEL_EVENTS_MAX 512
#define KERNEL_QUEUE_MAX 1024 // lines and air under way
#define KERNEL_POWER_MAX 128

#define KERNEL_LINE_NS (100 * TIME_US) // latency of a line (own)
#define KERNEL_RF_NS (1 * TIME_MS)     // from the button to the receiver (own)
#define KERNEL_LF_NS (1 * TIME_MS)     // from one side of the coil to the other (own)
#define KERNEL_STORE_NS (5 * TIME_MS)  // from a request until its image is durable (own)
#define KERNEL_BUSY_MAX 1000000        // activations within one virtual millisecond that end the run

// ---- what anybody could see at an instant: trace, sniffer, player --------------------------------------------------

typedef enum {
    EVENT_FRAME, // bus, node (sender), frame: carried by the bus
    EVENT_ERROR, // bus, node (sender), frame, senders: it failed, and everybody saw the error frame
    EVENT_LINE,  // line, node, value
    EVENT_AIR,   // node, air: heard now
    EVENT_POWER, // node, value kernel_power_t
    EVENT_BUS,   // bus, value can_bus_state_t: fell asleep, woke
    EVENT_LOG,   // node, log
    EVENT_STATE, // bus, node, value can_bus_error_state_t: how it stands there from now on
} kernel_event_kind_t;

typedef struct {
    uint8_t kind;
    uint8_t bus;     // index in the vehicle
    uint8_t node;    // sender, or KERNEL_STRANGER
    uint16_t line;   // index of kernel_line_name
    int64_t time_ns; // when it happened: power, and what was said at power-on, are seen an instant later
    int64_t value;
    union {
        struct {
            can_frame_t frame;
            index_set_t senders; // of an error: all whose frame that was; node is the first
        };
        air_t air;
        log_entry_t log;
    };
} kernel_event_t;

// ---- who is concerned ----------------------------------------------------------------------------------------------

typedef struct {
    uint8_t node;
    size_t count;
    node_input_t inputs[NODE_INPUTS_MAX];
    int16_t event[NODE_INPUTS_MAX]; // index of the public event that the input stands for, -1: private to the node
} kernel_activation_t;

typedef enum { POWER_OFF, POWER_ON, POWER_CRASH } kernel_power_t;
#define KERNEL_POWER_COUNT (POWER_CRASH + 1)

typedef struct {
    uint8_t node;
    kernel_power_t state;
} kernel_power_request_t;

typedef struct kernel kernel_t; // a value of the caller's, some megabytes: allocate it; fields are the kernel's own

// ---- set-up --------------------------------------------------------------------------------------------------------

/// Bytes that a kernel needs; what they hold before kernel_init does not matter.
size_t kernel_size(void);

/// Begins a run: no nodes yet, buses as the vehicle has them, the seed of every random draw. The vehicle is borrowed. A
/// kernel that has run is as good as a fresh one, and cheaper than clearing it: nothing is touched but what counts.
void kernel_init(kernel_t *self, const vehicle_t *vehicle, uint64_t seed);

/// What goes wrong on buses and air: the media ask this plan (borrowed; null, as it begins: none), in which a bus has
/// its index in the vehicle. After kernel_init.
void kernel_set_plan(kernel_t *self, fault_plan_t *plan);

/// Adds a node: those of the vehicle first and in its order, then actors. Its index, or -1 when the kernel is full or a
/// line, bus or acceptance cannot be. An actor that is on no bus has bus_count 0. The image is copied; null: none.
int kernel_add_node(kernel_t *self, const char *name, const uint8_t *buses, uint8_t bus_count,
                    const node_ports_t *ports, const image_t *image, image_state_t image_state);

/// Queues the first power-on of every node, at time 0. The story begins with units that have long had power: the frames
/// that they would send at that first power-on are left out.
void kernel_start(kernel_t *self);

// ---- the instant ---------------------------------------------------------------------------------------------------

/// Goes to the next instant at which anything happens, no later than limit_ns; false when there is none. (At time 0 the
/// first call is always true.) A bus that is idle again, and arbitrates, is nothing that happens to anybody: time
/// passes over it.
bool kernel_begin(kernel_t *self, int64_t limit_ns);

int64_t kernel_now(const kernel_t *self);

/// When kernel_begin next has something to do (TIME_NEVER: nothing will happen by itself).
int64_t kernel_next(const kernel_t *self);

/// The activations of this instant, in node order.
size_t kernel_activations(const kernel_t *self, const kernel_activation_t **activations);

/// The events of this instant so far: before kernel_merge what is heard and carried; after it log entries as well.
size_t kernel_events(const kernel_t *self, const kernel_event_t **events);

/// Takes a node's outbox. Call it for every activation in node order, and right after a power-on. What a bus or line
/// index says that the node does not have is ignored and counted (kernel_nonsense).
void kernel_merge(kernel_t *self, uint8_t node, const outbox_t *outbox);

/// The next power request of this instant: the caller powers the node on (with kernel_power_on and kernel_merge) or
/// off.
bool kernel_next_power(kernel_t *self, kernel_power_request_t *request);

/// What power_on gets; valid until the next call.
typedef struct {
    const image_t *image;
    image_state_t state;
    random_t random;
} kernel_power_on_t;
kernel_power_on_t kernel_power_on(kernel_t *self, uint8_t node);

/// The media arbitrate; the instant is over.
void kernel_end(kernel_t *self);

// ---- control interface: for the player alone -----------------------------------------------------------------------

/// The index of a line by name, or -1 when no node has such a port.
int kernel_find_line(const kernel_t *self, const char *name);
const char *kernel_line_name(const kernel_t *self, uint16_t line);

/// Sets a line from outside; nodes hear of it KERNEL_LINE_NS later, in the order of the calls. A level stays and is
/// told to a node that gets power; a momentary event is not. What finds no room is lost and counted (kernel_nonsense),
/// here and in the next three.
void kernel_set_line(kernel_t *self, uint16_t line, int64_t value, bool momentary);

/// Sends on the air from outside; heard KERNEL_RF_NS (or KERNEL_LF_NS) later, in the order of the calls. An AIR_RF gets
/// the next transmission number, which is returned, lost or not; an AIR_RF_END carries the one in air->transmission.
uint32_t kernel_transmit(kernel_t *self, const air_t *air);

/// Puts a frame on a bus (index in the vehicle) from a stranger: a node that belongs to no unit and never acknowledges.
/// One that is bus-off (can_bus_error_state) sends nothing: that is nonsense too.
void kernel_inject(kernel_t *self, uint8_t bus, const can_frame_t *frame);

/// Asks for a change of power, which takes effect at the end of this instant. To one that is so already: nothing
/// happens.
void kernel_set_power(kernel_t *self, uint8_t node, kernel_power_t state);

/// Calls the player at that time (its own next deadline; TIME_NEVER for none). Not before the present instant's
/// successor.
void kernel_wake_player(kernel_t *self, int64_t at_ns);

/// A node's stored image (what it would start from), for the host that keeps it in files; and an actor's direct store.
const image_t *kernel_image(const kernel_t *self, uint8_t node);
void kernel_store(kernel_t *self, uint8_t node, const image_t *image);

/// Nodes whose image became durable in this instant: one after the other; -1 at the end. The host writes files then,
/// before it lets the instant's activations run.
int kernel_next_stored(kernel_t *self);

/// Whether a store that a node asked for is still under way.
bool kernel_storing(const kernel_t *self);

// ---- figures -------------------------------------------------------------------------------------------------------

const char *kernel_node_name(const kernel_t *self, uint8_t node); // "stranger" for KERNEL_STRANGER
int kernel_find_node(const kernel_t *self, const char *name);     // -1: none
bool kernel_powered(const kernel_t *self, uint8_t node);

/// The same at the end of this instant, when what has been asked for so far (kernel_set_power) takes effect.
bool kernel_will_be_powered(const kernel_t *self, uint8_t node);

const can_bus_t *kernel_bus(const kernel_t *self, uint8_t bus);
uint64_t kernel_nonsense(const kernel_t *self); // what could not be: of outboxes, and of the control interface

// ---- what ends a run -----------------------------------------------------------------------------------------------

typedef enum {
    KERNEL_FITS,
    KERNEL_EVENTS_OVERFLOW, // more than KERNEL_EVENTS_MAX at one instant
    KERNEL_QUEUE_OVERFLOW,  // more than KERNEL_QUEUE_MAX under way, and it was no player who was too much
} kernel_overflow_t;

/// Whether something was lost that somebody should have seen or heard: from then on nothing that the run says is worth
/// anything.
kernel_overflow_t kernel_overflow(const kernel_t *self);

/// More than KERNEL_BUSY_MAX activations within one millisecond.
bool kernel_runs_wild(const kernel_t *self);

/// Neither: one question where both would be asked several times at every instant.
bool kernel_is_sound(const kernel_t *self);

#endif
