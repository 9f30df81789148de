// SPDX-License-Identifier: MIT
#include "bus/zmq/wire_parts.h"

#include <assert.h>
#include <string.h>

#define IDENTIFIER_EXTENDED UINT32_C(0x80000000)
#define IDENTIFIER_REMOTE UINT32_C(0x40000000)

static_assert(OUTBOX_FLAGS_ALL == (OUTBOX_CYCLIC | OUTBOX_REPLACE | OUTBOX_REPORT), "all flags and no other bit");
static_assert(AIR_CHANNEL_COUNT <= 8, "a byte has a bit for every channel");
static_assert(NODE_ACCEPTS_MAX <= UINT8_MAX, "counted in a byte");
static_assert(NODE_LINES_MAX <= UINT8_MAX, "counted in a byte");
static_assert(NODE_LINE_NAME_MAX <= UINT8_MAX, "counted in a byte");
static_assert(OUTBOX_FRAMES_MAX <= UINT8_MAX, "counted in a byte");
static_assert(OUTBOX_LINES_MAX <= UINT8_MAX, "counted in a byte");
static_assert(OUTBOX_AIR_MAX <= UINT8_MAX, "counted in a byte");
static_assert(OUTBOX_LOGS_MAX <= UINT8_MAX, "counted in a byte");
static_assert(AIR_BYTES_MAX <= UINT8_MAX, "counted in a byte");
static_assert(IMAGE_NAME_MAX <= UINT8_MAX, "counted in a byte");
static_assert(IMAGE_ENTRIES_MAX <= UINT16_MAX, "counted in two bytes");

void wire_parts_put_frame(wire_writer_t *writer, const can_frame_t *frame)
{
    assert(frame->length <= FRAME_DATA_MAX);
    wire_bytes_put_u32(writer, frame->id | (frame->extended ? IDENTIFIER_EXTENDED : 0) |
                                   (frame->remote ? IDENTIFIER_REMOTE : 0));
    wire_bytes_put_u8(writer, frame->length);
    if (!frame->remote) wire_bytes_put(writer, frame->data, frame->length);
}

void wire_parts_get_frame(wire_reader_t *reader, can_frame_t *frame)
{
    wire_bytes_next_field(reader, "identifier");
    uint32_t word = wire_bytes_get_u32(reader);
    *frame = (can_frame_t){.id = word & ~(IDENTIFIER_EXTENDED | IDENTIFIER_REMOTE)};
    frame->extended = (word & IDENTIFIER_EXTENDED) != 0;
    frame->remote = (word & IDENTIFIER_REMOTE) != 0;
    uint32_t highest = frame_id_max(frame->extended);
    if (frame->id > highest) wire_bytes_fail(reader, WIRE_ABOVE, frame->id, highest);
    wire_bytes_next_field(reader, "length");
    frame->length = wire_bytes_get_u8(reader, FRAME_DATA_MAX);
    wire_bytes_next_field(reader, "data");
    const uint8_t *data = frame->remote ? NULL : wire_bytes_get(reader, frame->length);
    if (data) memcpy(frame->data, data, frame->length);
}

void wire_parts_put_air(wire_writer_t *writer, const air_t *air)
{
    assert(air->size <= AIR_BYTES_MAX);
    wire_bytes_put_u8(writer, air->channel);
    wire_bytes_put_u32(writer, air->transmission);
    wire_bytes_put_u8(writer, air->size);
    wire_bytes_put(writer, air->bytes, air->size);
}

void wire_parts_get_air(wire_reader_t *reader, air_t *air)
{
    memset(air, 0, sizeof *air);
    wire_bytes_next_field(reader, "channel");
    air->channel = wire_bytes_get_u8(reader, AIR_CHANNEL_COUNT - 1);
    wire_bytes_next_field(reader, "transmission");
    air->transmission = wire_bytes_get_u32(reader);
    wire_bytes_next_field(reader, "bytes");
    air->size = wire_bytes_get_u8(reader, AIR_BYTES_MAX);
    const uint8_t *bytes = wire_bytes_get(reader, air->size);
    if (bytes && air->size > 0) memcpy(air->bytes, bytes, air->size);
}

void wire_parts_put_line(wire_writer_t *writer, const node_line_t *line)
{
    wire_bytes_put_u8(writer, line->line);
    wire_bytes_put_u8(writer, line->momentary);
    wire_bytes_put_i64(writer, line->value);
}

void wire_parts_get_line(wire_reader_t *reader, node_line_t *line)
{
    wire_bytes_next_field(reader, "line");
    line->line = wire_bytes_get_u8(reader, UINT8_MAX);
    wire_bytes_next_field(reader, "momentary");
    line->momentary = wire_bytes_get_bool(reader);
    wire_bytes_next_field(reader, "value");
    line->value = wire_bytes_get_i64(reader);
}

void wire_parts_put_log(wire_writer_t *writer, const log_entry_t *log)
{
    wire_bytes_put_unsigned(writer, log->code, 2);
    for (size_t i = 0; i < 3; i++) wire_bytes_put_i64(writer, log->values[i]);
}

void wire_parts_get_log(wire_reader_t *reader, log_entry_t *log)
{
    wire_bytes_next_field(reader, "code");
    log->code = (uint16_t)wire_bytes_get_unsigned(reader, 2);
    wire_bytes_next_field(reader, "values");
    for (size_t i = 0; i < 3; i++) log->values[i] = wire_bytes_get_i64(reader);
}

void wire_parts_put_image(wire_writer_t *writer, const image_t *image)
{
    assert(image->count <= IMAGE_ENTRIES_MAX);
    wire_bytes_put_unsigned(writer, image->count, 2);
    for (uint32_t i = 0; i < image->count; i++) {
        const image_entry_t *entry = &image->entries[i];
        wire_bytes_put_text(writer, entry->name);
        wire_bytes_put_u8(writer, entry->size);
        if (entry->size == 0)
            wire_bytes_put_i64(writer, entry->value);
        else
            wire_bytes_put(writer, entry->bytes, entry->size);
    }
}

void wire_parts_get_image(wire_reader_t *reader, image_t *image)
{
    wire_bytes_field(reader, "image count");
    uint32_t count = (uint32_t)wire_bytes_get_unsigned(reader, 2);
    if (count > IMAGE_ENTRIES_MAX) wire_bytes_fail(reader, WIRE_ABOVE, count, IMAGE_ENTRIES_MAX);
    for (image->count = 0; image->count < count && !reader->bad; image->count++) {
        image_entry_t *entry = &image->entries[image->count];
        memset(entry, 0, sizeof *entry);
        wire_bytes_field_of(reader, "image", image->count, "name");
        wire_bytes_get_text(reader, entry->name, IMAGE_NAME_MAX);
        wire_bytes_next_field(reader, "size");
        entry->size = wire_bytes_get_u8(reader, IMAGE_BYTES_MAX);
        wire_bytes_next_field(reader, "value");
        if (entry->size == 0) entry->value = wire_bytes_get_i64(reader);
        const uint8_t *bytes = wire_bytes_get(reader, entry->size);
        if (bytes && entry->size > 0) memcpy(entry->bytes, bytes, entry->size);
    }
}

void wire_parts_put_outbox(wire_writer_t *writer, const outbox_t *outbox)
{
    wire_bytes_put_i64(writer, outbox->deadline_ns);
    wire_bytes_put_u8(writer, outbox->hold);
    wire_bytes_put_u32(writer, outbox->dropped);
    wire_bytes_put_u8(writer, outbox->frame_count);
    for (size_t i = 0; i < outbox->frame_count; i++) {
        wire_bytes_put_u8(writer, outbox->frames[i].bus);
        wire_bytes_put_u8(writer, outbox->frames[i].flags);
        wire_parts_put_frame(writer, &outbox->frames[i].frame);
    }
    wire_bytes_put_u8(writer, outbox->line_count);
    for (size_t i = 0; i < outbox->line_count; i++) wire_parts_put_line(writer, &outbox->lines[i]);
    wire_bytes_put_u8(writer, outbox->air_count);
    for (size_t i = 0; i < outbox->air_count; i++) wire_parts_put_air(writer, &outbox->air[i]);
    wire_bytes_put_u8(writer, outbox->log_count);
    for (size_t i = 0; i < outbox->log_count; i++) wire_parts_put_log(writer, &outbox->logs[i]);
    wire_bytes_put_u8(writer, outbox->store);
    if (outbox->store) wire_parts_put_image(writer, &outbox->image);
}

static void get_frames(wire_reader_t *reader, outbox_t *outbox)
{
    wire_bytes_field(reader, "frame count");
    outbox->frame_count = wire_bytes_get_u8(reader, OUTBOX_FRAMES_MAX);
    for (size_t i = 0; i < outbox->frame_count; i++) {
        wire_bytes_field_of(reader, "frames", i, "bus");
        outbox->frames[i].bus = wire_bytes_get_u8(reader, UINT8_MAX);
        wire_bytes_next_field(reader, "flags");
        outbox->frames[i].flags = wire_bytes_get_u8(reader, OUTBOX_FLAGS_ALL);
        wire_parts_get_frame(reader, &outbox->frames[i].frame);
    }
}

void wire_parts_get_outbox(wire_reader_t *reader, outbox_t *outbox)
{
    outbox_clear(outbox);
    wire_bytes_field(reader, "deadline");
    outbox->deadline_ns = wire_bytes_get_i64(reader);
    wire_bytes_field(reader, "hold");
    outbox->hold = wire_bytes_get_u8(reader, UINT8_MAX);
    wire_bytes_field(reader, "dropped");
    outbox->dropped = wire_bytes_get_u32(reader);
    get_frames(reader, outbox);
    wire_bytes_field(reader, "line count");
    outbox->line_count = wire_bytes_get_u8(reader, OUTBOX_LINES_MAX);
    for (size_t i = 0; i < outbox->line_count; i++) {
        wire_bytes_field_of(reader, "lines", i, NULL);
        wire_parts_get_line(reader, &outbox->lines[i]);
    }
    wire_bytes_field(reader, "air count");
    outbox->air_count = wire_bytes_get_u8(reader, OUTBOX_AIR_MAX);
    for (size_t i = 0; i < outbox->air_count; i++) {
        wire_bytes_field_of(reader, "air", i, NULL);
        wire_parts_get_air(reader, &outbox->air[i]);
    }
    wire_bytes_field(reader, "log count");
    outbox->log_count = wire_bytes_get_u8(reader, OUTBOX_LOGS_MAX);
    for (size_t i = 0; i < outbox->log_count; i++) {
        wire_bytes_field_of(reader, "log", i, NULL);
        wire_parts_get_log(reader, &outbox->logs[i]);
    }
    wire_bytes_field(reader, "store");
    outbox->store = wire_bytes_get_bool(reader);
    if (outbox->store) wire_parts_get_image(reader, &outbox->image);
}

void wire_parts_put_ports(wire_writer_t *writer, const node_ports_t *ports)
{
    wire_bytes_put_u8(writer, (uint8_t)ports->accept_count);
    for (size_t i = 0; i < ports->accept_count; i++) {
        const node_accept_t *accept = &ports->accepts[i];
        wire_bytes_put_u8(writer, accept->bus);
        wire_bytes_put_u32(writer, accept->id | (accept->extended ? IDENTIFIER_EXTENDED : 0));
        wire_bytes_put_u32(writer, accept->mask);
        wire_bytes_put_u8(writer, accept->byte0);
        wire_bytes_put_u8(writer, accept->byte0_mask);
    }
    wire_bytes_put_u8(writer, (uint8_t)ports->line_count);
    for (size_t i = 0; i < ports->line_count; i++) wire_bytes_put_text(writer, ports->lines[i]);
    wire_bytes_put_u8(writer, ports->air);
}

void wire_parts_get_ports(wire_reader_t *reader, node_ports_t *ports)
{
    memset(ports, 0, sizeof *ports);
    wire_bytes_field(reader, "accept count");
    ports->accept_count = wire_bytes_get_u8(reader, NODE_ACCEPTS_MAX);
    for (size_t i = 0; i < ports->accept_count; i++) {
        wire_bytes_field_of(reader, "accepts", i, "bus");
        uint8_t bus = wire_bytes_get_u8(reader, VEHICLE_BUSES_MAX - 1);
        wire_bytes_next_field(reader, "identifier");
        uint32_t word = wire_bytes_get_u32(reader);
        node_accept_t accept = {.bus = bus, .extended = (word & IDENTIFIER_EXTENDED) != 0};
        accept.id = word & ~IDENTIFIER_EXTENDED;
        if (accept.id > FRAME_EXTENDED_ID_MAX) wire_bytes_fail(reader, WIRE_ABOVE, accept.id, FRAME_EXTENDED_ID_MAX);
        wire_bytes_next_field(reader, "mask");
        accept.mask = wire_bytes_get_u32(reader);
        wire_bytes_next_field(reader, "byte 0");
        accept.byte0 = wire_bytes_get_u8(reader, UINT8_MAX);
        wire_bytes_next_field(reader, "byte 0 mask");
        accept.byte0_mask = wire_bytes_get_u8(reader, UINT8_MAX);
        ports->accepts[i] = accept;
    }
    wire_bytes_field(reader, "line count");
    ports->line_count = wire_bytes_get_u8(reader, NODE_LINES_MAX);
    for (size_t i = 0; i < ports->line_count; i++) {
        wire_bytes_field_of(reader, "lines", i, "name");
        wire_bytes_get_text(reader, ports->lines[i], NODE_LINE_NAME_MAX);
    }
    wire_bytes_field(reader, "air channels");
    ports->air = wire_bytes_get_u8(reader, (1 << AIR_CHANNEL_COUNT) - 1);
}
