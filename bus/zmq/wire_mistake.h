// SPDX-License-Identifier: MIT
// What is wrong with a body that a peer has sent, for whoever writes that peer: the field, by the name that it has in
// the layouts of bus/zmq/wire.h, and why. Pure.
#ifndef KMSIM_BUS_ZMQ_WIRE_MISTAKE_H
#define KMSIM_BUS_ZMQ_WIRE_MISTAKE_H

#include <stdint.h>

#define WIRE_MISTAKE_TEXT_MAX 96

typedef enum {
    WIRE_FITS,
    WIRE_ENDS_EARLY, // in the field
    WIRE_ABOVE,      // its value is above its maximum
    WIRE_ZERO_BYTE,  // a text has one
    WIRE_UNFIT,      // its value does not go with another field
    WIRE_TOO_LONG,   // value bytes behind the last field
} wire_mistake_kind_t;

typedef struct {
    wire_mistake_kind_t kind;
    const char *list; // "frames", or null: the field stands by itself
    uint32_t index;   // in the list
    const char *field;
    uint64_t value, maximum;
} wire_mistake_t;

/// "frames[0].flags is 9, at most 7", "it ends within deadline", "1 byte too many".
const char *wire_mistake_describe(const wire_mistake_t *self, char text[WIRE_MISTAKE_TEXT_MAX]);

#endif
