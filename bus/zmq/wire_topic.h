// SPDX-License-Identifier: MIT
// The topics of the wire (bus/zmq/wire.h), by which ZeroMQ decides who gets what. Pure. They are written without
// terminating zero into WIRE_TOPIC_MAX bytes; their length is returned.
#ifndef KMSIM_BUS_ZMQ_WIRE_TOPIC_H
#define KMSIM_BUS_ZMQ_WIRE_TOPIC_H

#include <stddef.h>
#include <stdint.h>

#include "bus/can/frame.h"

#define WIRE_TOPIC_MAX 63
#define WIRE_TAG_SIZE 8

/// "can/BUS/ID", three or eight upper-case hex digits.
size_t wire_topic_frame(const char *bus, const can_frame_t *frame, char *topic);
/// "can/BUS/ID/B0": the same of a frame with data whose identifier a unit of the run tells apart by the first data
/// byte, two upper-case hex digits.
size_t wire_topic_frame_apart(const char *bus, const can_frame_t *frame, char *topic);
/// "can/BUS/error": no identifier begins so, and can/BUS/ has it too.
size_t wire_topic_error(const char *bus, char *topic);
/// PREFIX and NAME one after the other: ("line/", "door/driver").
size_t wire_topic(const char *prefix, const char *name, char *topic);
/// "ready/NODE/TAG".
size_t wire_topic_ready(const char *node, const uint8_t tag[WIRE_TAG_SIZE], char *topic);

/// What stands behind the prefix in a topic (both terminated), or null when the topic does not begin with it.
const char *wire_topic_behind(const char *topic, const char *prefix);

#endif
