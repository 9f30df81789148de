// SPDX-License-Identifier: MIT
#include "bus/kernel/node.h"

#include <assert.h>
#include <string.h>

void outbox_clear(outbox_t *self)
{
    self->frame_count = self->line_count = self->air_count = self->log_count = 0;
    self->store = false;
    self->hold = 0;
    self->dropped = 0;
    self->deadline_ns = TIME_NEVER;
}

bool outbox_send(outbox_t *self, uint8_t bus, const can_frame_t *frame, uint8_t flags)
{
    if (self->frame_count == OUTBOX_FRAMES_MAX) {
        self->dropped++;
        return false;
    }
    self->frames[self->frame_count++] = (outbox_frame_t){.bus = bus, .flags = flags, .frame = *frame};
    return true;
}

bool outbox_set_line(outbox_t *self, uint8_t line, int64_t value, bool momentary)
{
    if (self->line_count == OUTBOX_LINES_MAX) {
        self->dropped++;
        return false;
    }
    self->lines[self->line_count++] = (node_line_t){.line = line, .momentary = momentary, .value = value};
    return true;
}

bool outbox_transmit(outbox_t *self, air_channel_t channel, const uint8_t *bytes, uint8_t size)
{
    if (self->air_count == OUTBOX_AIR_MAX || size > AIR_BYTES_MAX) {
        self->dropped++;
        return false;
    }
    air_t *air = &self->air[self->air_count++];
    *air = (air_t){.channel = (uint8_t)channel, .size = size};
    if (size > 0) memcpy(air->bytes, bytes, size);
    return true;
}

bool outbox_log(outbox_t *self, uint16_t code, int64_t a, int64_t b, int64_t c)
{
    if (self->log_count == OUTBOX_LOGS_MAX) {
        self->dropped++;
        return false;
    }
    self->logs[self->log_count++] = (log_entry_t){.code = code, .values = {a, b, c}};
    return true;
}

void node_accept_id(node_ports_t *self, uint8_t bus, uint32_t id)
{
    node_accept_byte0(self, bus, id, 0, 0);
}

void node_accept_byte0(node_ports_t *self, uint8_t bus, uint32_t id, uint8_t byte0, uint8_t byte0_mask)
{
    assert(self->accept_count < NODE_ACCEPTS_MAX);
    self->accepts[self->accept_count++] =
        (node_accept_t){.bus = bus, .id = id, .mask = FRAME_EXTENDED_ID_MAX, .byte0 = byte0, .byte0_mask = byte0_mask};
}

uint8_t node_accept_line(node_ports_t *self, const char *name)
{
    size_t length = strlen(name);
    assert(self->line_count < NODE_LINES_MAX && length <= NODE_LINE_NAME_MAX);
    memcpy(self->lines[self->line_count], name, length + 1);
    return (uint8_t)self->line_count++;
}
