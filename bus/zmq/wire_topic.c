// SPDX-License-Identifier: MIT
#include "bus/zmq/wire_topic.h"

#include <assert.h>
#include <string.h>

static size_t put_hex(char *text, uint64_t value, unsigned digits, const char *alphabet)
{
    for (unsigned i = 0; i < digits; i++) text[i] = alphabet[value >> 4 * (digits - 1 - i) & 0xF];
    return digits;
}

static size_t put_name(char *topic, size_t length, const char *name)
{
    for (; *name; name++) {
        assert(length < WIRE_TOPIC_MAX);
        topic[length++] = *name;
    }
    return length;
}

size_t wire_topic_frame(const char *bus, const can_frame_t *frame, char *topic)
{
    size_t length = put_name(topic, put_name(topic, 0, "can/"), bus);
    length = put_name(topic, length, "/");
    return length + put_hex(topic + length, frame->id, frame->extended ? 8 : 3, "0123456789ABCDEF");
}

size_t wire_topic_frame_apart(const char *bus, const can_frame_t *frame, char *topic)
{
    size_t length = put_name(topic, wire_topic_frame(bus, frame, topic), "/");
    return length + put_hex(topic + length, frame->data[0], 2, "0123456789ABCDEF");
}

size_t wire_topic_error(const char *bus, char *topic)
{
    return put_name(topic, put_name(topic, put_name(topic, 0, "can/"), bus), "/error");
}

size_t wire_topic(const char *prefix, const char *name, char *topic)
{
    return put_name(topic, put_name(topic, 0, prefix), name);
}

size_t wire_topic_ready(const char *node, const uint8_t tag[WIRE_TAG_SIZE], char *topic)
{
    size_t length = put_name(topic, put_name(topic, 0, "ready/"), node);
    length = put_name(topic, length, "/");
    for (size_t i = 0; i < WIRE_TAG_SIZE; i++) length += put_hex(topic + length, tag[i], 2, "0123456789abcdef");
    return length;
}

const char *wire_topic_behind(const char *topic, const char *prefix)
{
    size_t length = strlen(prefix);
    return strncmp(topic, prefix, length) == 0 ? topic + length : NULL;
}
