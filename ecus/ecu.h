// SPDX-License-Identifier: MIT
// What every control unit shares: cyclic messages, sleep, timers, storing, fault memory, diagnosis. Composition: a
// unit's state begins with an ecu_t, a constant ecu_type_t tells what the unit adds, and power_on and activate of its
// node_class_t are the ecu's own. Pure. The Car Access System is a unit with keys (cas/cas.c).
//
//   node inputs ──> ecu_activate ──> hooks of the unit ──> ecu_send, ecu_timer_set, ecu_store, … ──> outbox
//
// Between hooks nothing is remembered of `now` and the outbox: they are there only while a hook runs.
#ifndef KMSIM_ECUS_ECU_H
#define KMSIM_ECUS_ECU_H

#include <assert.h>

#include "bus/diagnosis/fault_memory.h"
#include "bus/kernel/node.h"
#include "ecus/diagnosis.h"
#include "ecus/storing.h"

#define ECU_NETWORK_ID 0x480U // known: + diagnostic address
#define ECU_NETWORK_MASK 0x780U
#define ECU_TIMERS_MAX 16
#define ECU_MESSAGES_MAX 16
#define ECU_COUNTERS_MAX 32

typedef struct {
    const char *name;      // "telegrams_replayed"
    const uint32_t *value; // since power-on
} ecu_counter_t;

typedef enum {
    ECU_BY_NAME,
    ECU_OWN,     // by name, if the DBC has it from this unit: a second unit of its kind must not send it as well
    ECU_STATUS,  // the unit's own status message (dbc_status_message), whatever its name, and with it every further
                 // message of the unit that holds Key Memory settings: that needs no row
    ECU_NETWORK, // the unit's network management: 0x480 + diagnostic address; a unit may have none
} ecu_find_t;

/// A message that the unit sends by itself: at wake-up, at its cycle while a bus is awake (GenMsgCycleTime of the DBC,
/// GenMsgCycleTimeFast while ecu_set_fast), and by ecu_send. It goes out on every bus of the unit. The cyclic ones and
/// the status message go out at power-on as well, network management excepted. The messages that hold settings are one
/// status in several frames: to send one of them, or to make it fast, is to do so with all.
typedef struct {
    const char *name; // in the DBC; null unless it is found by name
    bool counts;      // the content counts the frames carried (alive counter): composed again when one was carried
    ecu_find_t find;
} ecu_message_t;

/// The unit's own behaviour. `unit` is the pointer given to ecu_bind. Every hook but compose may be null.
typedef struct {
    /// Power is there: forget everything, take what is stored (the fault memory is read already).
    void (*start)(void *unit, const image_t *image);
    /// A frame, line or air input, or what a bus does (INPUT_BUS_…), INPUT_SENT or INPUT_NOT_SENT, after the ecu has
    /// taken note.
    void (*input)(void *unit, const node_input_t *input);
    /// A timer elapsed (it is stopped already).
    void (*timer)(void *unit, uint8_t timer);
    /// Fills the signals of message number `message` for this bus; frame holds the start values. Numbers past the
    /// type's table are the status's further messages.
    void (*compose)(void *unit, uint8_t message, uint8_t bus, can_frame_t *frame);
    /// Writes the unit's own names into the image.
    void (*save)(void *unit, image_t *image);
    /// Everything that was asked for up to this ticket is durable.
    void (*stored)(void *unit, uint32_t ticket);
} ecu_hooks_t;

typedef struct {
    size_t message_count;
    ecu_message_t messages[ECU_MESSAGES_MAX];
    ecu_hooks_t hooks;
    bool gateway; // gets every frame, also those of diagnosis and those that it is told not to receive
} ecu_type_t;

typedef struct ecu {
    // bound once
    const ecu_type_t *type;
    void *unit;
    const vehicle_node_t *entry;
    uint8_t bus_count;
    int64_t bit_ns[VEHICLE_BUSES_MAX];
    uint8_t message_count;                           // the type's, then the status's further ones in the file's order
    const dbc_message_t *messages[ECU_MESSAGES_MAX]; // null: one that this unit does not send
    can_frame_t blanks[ECU_MESSAGES_MAX];            // each with nothing but start values
    bool at_power_on[ECU_MESSAGES_MAX];              // sent then
    bool is_status[ECU_MESSAGES_MAX];                // holds settings: sent with the others that do
    uint8_t counter_count;
    ecu_counter_t counters[ECU_COUNTERS_MAX];
    // since power-on
    int64_t now_ns;   // of the running activation
    outbox_t *outbox; // of the running activation, null outside
    random_t random;
    uint8_t awake; // bit per bus
    uint8_t hold;  // bit per bus
    uint8_t off;   // bit per bus: bus-off there
    storing_t storing;
    int64_t timers[ECU_TIMERS_MAX];
    int64_t due_ns[ECU_MESSAGES_MAX];
    bool fast[ECU_MESSAGES_MAX];
    int64_t asked_ns[ECU_MESSAGES_MAX][VEHICLE_BUSES_MAX];    // when a frame was last asked for …
    uint8_t asked_flags[ECU_MESSAGES_MAX][VEHICLE_BUSES_MAX]; // … and how
    uint8_t options[VEHICLE_OPTIONS_MAX];                     // coded value of each option of the vehicle's entry
    fault_memory_t faults;
    uint32_t not_sent; // frames for which a bus had no mailbox, or which went when the unit was bus-off
    diagnosis_t diagnosis;
} ecu_t;

/// Binds the type's messages and the status's further ones; of the ports it adds the diagnostic request. False with
/// *missing set when the DBC lacks a message, or has more with settings than there is room for.
bool ecu_bind(ecu_t *self, const ecu_type_t *type, void *unit, const node_setup_t *setup, node_ports_t *ports,
              const char **missing);

/// Lets diagnosis find what these tables have (borrowed, as is their owner). Call it after ecu_bind, at most three
/// times.
void ecu_serve(ecu_t *self, const uds_tables_t *tables, void *owner);

/// Lets diagnosis read a counter of what the unit ignores (the name is static, the value a member of the unit, which
/// its start sets to 0). Call it after ecu_bind has begun, at most ECU_COUNTERS_MAX times.
void ecu_count(ecu_t *self, const char *name, const uint32_t *value);

/// For the node_class_t of a unit whose state begins with its ecu_t.
void ecu_power_on(void *unit, int64_t now_ns, const image_t *image, image_state_t state, random_t random,
                  outbox_t *outbox);
void ecu_activate(void *unit, int64_t now_ns, const node_input_t *inputs, size_t count, outbox_t *outbox);

/// Stands beside such a class: a structure's first member has the structure's address (C17, 6.7.2.1).
#define ECU_IS_FIRST(type) static_assert(offsetof(type, ecu) == 0, "the state begins with its ecu_t")

// ---- for hooks -----------------------------------------------------------------------------------------------------

/// Sends message number `message` (of the status: every part) now on all buses of the unit, as an event: it wakes them;
/// its cycle starts anew.
void ecu_send(ecu_t *self, uint8_t message);

/// Sends any other frame. False, and it is not sent, while diagnosis silences the unit.
bool ecu_send_frame(ecu_t *self, uint8_t bus, const can_frame_t *frame, uint8_t flags);

/// Passes a frame on that is not the unit's own.
void ecu_forward_frame(ecu_t *self, uint8_t bus, const can_frame_t *frame);

/// Whether the unit is bus-off there: whatever it asks for is lost.
bool ecu_is_off(const ecu_t *self, uint8_t bus);

/// Uses the message's fast cycle (of the status: each part its own), or no longer.
void ecu_set_fast(ecu_t *self, uint8_t message, bool fast);

/// Starts (or restarts) one of the unit's timers to elapse at that time, not before now; TIME_NEVER stops it.
void ecu_timer_set(ecu_t *self, uint8_t timer, int64_t at_ns);

/// Keeps all buses of the unit awake (a motor moves, a terminal is on), or no longer; a diagnostic session does so too.
void ecu_set_hold(ecu_t *self, bool hold);

/// Asks for the unit's image to be stored as it is at the end of this activation. The hook `stored` is told the ticket.
uint32_t ecu_store(ecu_t *self);

/// Whether the coding option has that value; false for an option that the unit does not have.
bool ecu_option_is(const ecu_t *self, const char *option, const char *value);

/// Makes a fault memory entry, stores it and logs it when it is new; not while diagnosis has switched that off.
void ecu_fault(ecu_t *self, uint16_t code);

void ecu_log(ecu_t *self, uint16_t code, int64_t a, int64_t b, int64_t c);

#endif
