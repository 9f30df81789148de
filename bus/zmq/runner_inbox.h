// SPDX-License-Identifier: MIT
// The public messages of one instant, as they have come to a unit: its grant says which of them are its inputs. Pure.
//
//   can/… #7   line/… #3   can/… #8     keep: whatever the unit subscribed to, before it knows what of it is meant
//   step/NODE: 0 #7, air#1 (private)    fill: a grant's inputs in the grant's order, public ones from here
//
// All of an instant come before its grant, on one connection. So what the grant names and is not here never comes.
#ifndef KMSIM_BUS_ZMQ_RUNNER_INBOX_H
#define KMSIM_BUS_ZMQ_RUNNER_INBOX_H

#include "bus/zmq/wire.h"

#define RUNNER_INBOX_MAX 1024 // messages of one instant

typedef struct { // zeroed: empty
    size_t count;
    wire_public_t messages[RUNNER_INBOX_MAX + 1]; // one more than are kept, to read the next one into
} runner_inbox_t;

/// Keeps a public message; with the first of a later instant those before are gone. What is none, or finds no room, is
/// as if it had never come: a grant that names it will tell.
void runner_inbox_keep(runner_inbox_t *self, const uint8_t *body, size_t size);

/// Fills the inputs that a grant means. Returns null, or the input of it (borrowed) that never came.
const wire_input_t *runner_inbox_fill(const runner_inbox_t *self, const wire_grant_t *grant,
                                      node_input_t inputs[NODE_INPUTS_MAX]);

#endif
