// SPDX-License-Identifier: MIT
// One real node of the E65 in the hands of a test: told of frames, lines and stores at exact instants, called at its
// deadlines, with what it says collected. Every activation is checked against the node contract.
//
//   node_fixture_run_to(f, t)   deadlines and stores before t take place; then the test acts at t
#ifndef KMSIM_TESTS_NODE_FIXTURE_H
#define KMSIM_TESTS_NODE_FIXTURE_H

#include "bus/files/dbc_file.h"
#include "bus/kernel/node.h"

#define NODE_FIXTURE_LOGS_MAX 256

typedef struct {
    const node_class_t *class;
    vehicle_t vehicle;
    dbc_file_t *file;
    const dbc_t *dbc;
    const dbc_message_t *status_message;
    vehicle_node_t *entry;
    void *state;
    node_ports_t ports;
    outbox_t outbox; // of the last activation
    image_t image;   // durable
    image_t next_image;
    int64_t now_ns, stored_ns;
    uint64_t power_count;
    bool awake;            // its bus
    can_frame_t status;    // the last one that it asked for
    unsigned status_count; // how many it asked for, events and cyclic ones
    unsigned event_count;  // of these the events
    unsigned activation_count;
    size_t log_count;
    log_entry_t logs[NODE_FIXTURE_LOGS_MAX];
} node_fixture_t;

/// Loads the vehicle and binds the node of that name; power is off. Fails the test when that cannot be.
node_fixture_t *node_fixture_new(const node_class_t *class, const char *name);

/// The same in another vehicle than the E65, by its path.
node_fixture_t *node_fixture_new_in(const char *vehicle, const node_class_t *class, const char *name);
void node_fixture_destroy(node_fixture_t **self_p);

/// Power at this instant, from the durable image.
void node_fixture_power_on(node_fixture_t *self, int64_t now_ns, image_state_t state);

/// Lets every deadline and store before that time take place, and goes there.
void node_fixture_run_to(node_fixture_t *self, int64_t now_ns);

/// Acts at the instant that run_to has reached.
void node_fixture_input(node_fixture_t *self, const node_input_t *input);
void node_fixture_frame(node_fixture_t *self, const can_frame_t *frame);
void node_fixture_line(node_fixture_t *self, const char *name, int64_t value, bool momentary);

/// The bus wakes or falls asleep.
void node_fixture_set_awake(node_fixture_t *self, bool awake);

/// RemoteKeyStatus of key 1 with that button ("unlock") and number (1 .. 4; 16 is invalid, others are wrong).
void node_fixture_remote(node_fixture_t *self, const char *button, int number);

/// TerminalStatus: 0 off, 1 R, 2 R and 15. DoorState: the driver's door.
void node_fixture_terminal(node_fixture_t *self, int terminal);
void node_fixture_door(node_fixture_t *self, bool open);

/// The frame with that identifier that the unit asked for in its last activation, or null.
const outbox_frame_t *node_fixture_asked(const node_fixture_t *self, uint32_t id);

/// The raw value of a status signal as the unit would send it now.
int64_t node_fixture_status(node_fixture_t *self, const char *signal);

/// How many log entries with that code there were so far.
unsigned node_fixture_logged(const node_fixture_t *self, uint16_t code);

/// Codes an option in the durable image; it holds from the next power-on.
void node_fixture_code(node_fixture_t *self, const char *option, const char *value);

#endif
