// SPDX-License-Identifier: MIT
#include "bus/wire_parts.h"

#include <assert.h>
#include <string.h>

#define IDENTIFIER_EXTENDED UINT32_C(0x80000000)
#define IDENTIFIER_REMOTE UINT32_C(0x40000000)
#define FLAGS_ALL (OUTBOX_CYCLIC | OUTBOX_REPLACE | OUTBOX_REPORT)

void wire_put_frame(wire_writer_t *writer, const can_frame_t *frame)
{
    assert(frame->length <= FRAME_DATA_MAX);
    put_u32(writer, frame->id | (frame->extended ? IDENTIFIER_EXTENDED : 0) | (frame->remote ? IDENTIFIER_REMOTE : 0));
    put_u8(writer, frame->length);
    if (!frame->remote) put_bytes(writer, frame->data, frame->length);
}

void wire_get_frame(wire_reader_t *reader, can_frame_t *frame)
{
    uint32_t word = get_u32(reader);
    *frame = (can_frame_t){.id = word & ~(IDENTIFIER_EXTENDED | IDENTIFIER_REMOTE)};
    frame->extended = (word & IDENTIFIER_EXTENDED) != 0;
    frame->remote = (word & IDENTIFIER_REMOTE) != 0;
    if (frame->id > frame_id_max(frame->extended)) reader->bad = true;
    frame->length = get_u8(reader, FRAME_DATA_MAX);
    const uint8_t *data = frame->remote ? NULL : get_bytes(reader, frame->length);
    if (data) memcpy(frame->data, data, frame->length);
}

void wire_put_air(wire_writer_t *writer, const air_t *air)
{
    assert(air->size <= AIR_BYTES_MAX);
    put_u8(writer, air->channel);
    put_u32(writer, air->transmission);
    put_u8(writer, air->size);
    put_bytes(writer, air->bytes, air->size);
}

void wire_get_air(wire_reader_t *reader, air_t *air)
{
    memset(air, 0, sizeof *air);
    air->channel = get_u8(reader, AIR_LF);
    air->transmission = get_u32(reader);
    air->size = get_u8(reader, AIR_BYTES_MAX);
    const uint8_t *bytes = get_bytes(reader, air->size);
    if (bytes && air->size > 0) memcpy(air->bytes, bytes, air->size);
}

void wire_put_line(wire_writer_t *writer, const node_line_t *line)
{
    put_u8(writer, line->line);
    put_u8(writer, line->momentary);
    put_i64(writer, line->value);
}

void wire_get_line(wire_reader_t *reader, node_line_t *line)
{
    line->line = get_u8(reader, UINT8_MAX);
    line->momentary = get_bool(reader);
    line->value = get_i64(reader);
}

void wire_put_log(wire_writer_t *writer, const log_entry_t *log)
{
    put_unsigned(writer, log->code, 2);
    for (size_t i = 0; i < 3; i++) put_i64(writer, log->values[i]);
}

void wire_get_log(wire_reader_t *reader, log_entry_t *log)
{
    log->code = (uint16_t)get_unsigned(reader, 2);
    for (size_t i = 0; i < 3; i++) log->values[i] = get_i64(reader);
}

void wire_put_image(wire_writer_t *writer, const image_t *image)
{
    assert(image->count <= IMAGE_ENTRIES_MAX);
    put_unsigned(writer, image->count, 2);
    for (uint32_t i = 0; i < image->count; i++) {
        const image_entry_t *entry = &image->entries[i];
        put_text(writer, entry->name);
        put_u8(writer, entry->size);
        if (entry->size == 0)
            put_i64(writer, entry->value);
        else
            put_bytes(writer, entry->bytes, entry->size);
    }
}

void wire_get_image(wire_reader_t *reader, image_t *image)
{
    uint32_t count = (uint32_t)get_unsigned(reader, 2);
    if (count > IMAGE_ENTRIES_MAX) reader->bad = true;
    for (image->count = 0; image->count < count && !reader->bad; image->count++) {
        image_entry_t *entry = &image->entries[image->count];
        memset(entry, 0, sizeof *entry);
        get_text(reader, entry->name, IMAGE_NAME_MAX);
        entry->size = get_u8(reader, IMAGE_BYTES_MAX);
        if (entry->size == 0) entry->value = get_i64(reader);
        const uint8_t *bytes = get_bytes(reader, entry->size);
        if (bytes && entry->size > 0) memcpy(entry->bytes, bytes, entry->size);
    }
}

void wire_put_outbox(wire_writer_t *writer, const outbox_t *outbox)
{
    put_i64(writer, outbox->deadline_ns);
    put_u8(writer, outbox->hold);
    put_u32(writer, outbox->dropped);
    put_u8(writer, outbox->frame_count);
    for (size_t i = 0; i < outbox->frame_count; i++) {
        put_u8(writer, outbox->frames[i].bus);
        put_u8(writer, outbox->frames[i].flags);
        wire_put_frame(writer, &outbox->frames[i].frame);
    }
    put_u8(writer, outbox->line_count);
    for (size_t i = 0; i < outbox->line_count; i++) wire_put_line(writer, &outbox->lines[i]);
    put_u8(writer, outbox->air_count);
    for (size_t i = 0; i < outbox->air_count; i++) wire_put_air(writer, &outbox->air[i]);
    put_u8(writer, outbox->log_count);
    for (size_t i = 0; i < outbox->log_count; i++) wire_put_log(writer, &outbox->logs[i]);
    put_u8(writer, outbox->store);
    if (outbox->store) wire_put_image(writer, &outbox->image);
}

void wire_get_outbox(wire_reader_t *reader, outbox_t *outbox)
{
    outbox_clear(outbox);
    outbox->deadline_ns = get_i64(reader);
    outbox->hold = get_u8(reader, UINT8_MAX);
    outbox->dropped = get_u32(reader);
    outbox->frame_count = get_u8(reader, OUTBOX_FRAMES_MAX);
    for (size_t i = 0; i < outbox->frame_count; i++) {
        outbox->frames[i].bus = get_u8(reader, UINT8_MAX);
        outbox->frames[i].flags = get_u8(reader, FLAGS_ALL);
        wire_get_frame(reader, &outbox->frames[i].frame);
    }
    outbox->line_count = get_u8(reader, OUTBOX_LINES_MAX);
    for (size_t i = 0; i < outbox->line_count; i++) wire_get_line(reader, &outbox->lines[i]);
    outbox->air_count = get_u8(reader, OUTBOX_AIR_MAX);
    for (size_t i = 0; i < outbox->air_count; i++) wire_get_air(reader, &outbox->air[i]);
    outbox->log_count = get_u8(reader, OUTBOX_LOGS_MAX);
    for (size_t i = 0; i < outbox->log_count; i++) wire_get_log(reader, &outbox->logs[i]);
    outbox->store = get_bool(reader);
    if (outbox->store) wire_get_image(reader, &outbox->image);
}

void wire_put_ports(wire_writer_t *writer, const node_ports_t *ports)
{
    put_u8(writer, (uint8_t)ports->accept_count);
    for (size_t i = 0; i < ports->accept_count; i++) {
        const node_accept_t *accept = &ports->accepts[i];
        put_u8(writer, accept->bus);
        put_u32(writer, accept->id | (accept->extended ? IDENTIFIER_EXTENDED : 0));
        put_u32(writer, accept->mask);
    }
    put_u8(writer, (uint8_t)ports->line_count);
    for (size_t i = 0; i < ports->line_count; i++) put_text(writer, ports->lines[i]);
    put_u8(writer, ports->air);
}

void wire_get_ports(wire_reader_t *reader, node_ports_t *ports)
{
    memset(ports, 0, sizeof *ports);
    ports->accept_count = get_u8(reader, NODE_ACCEPTS_MAX);
    for (size_t i = 0; i < ports->accept_count; i++) {
        uint8_t bus = get_u8(reader, VEHICLE_BUSES_MAX - 1);
        uint32_t word = get_u32(reader);
        node_accept_t accept = {.bus = bus, .extended = (word & IDENTIFIER_EXTENDED) != 0};
        accept.id = word & ~IDENTIFIER_EXTENDED;
        accept.mask = get_u32(reader);
        if (accept.id > FRAME_EXTENDED_ID_MAX) reader->bad = true;
        ports->accepts[i] = accept;
    }
    ports->line_count = get_u8(reader, NODE_LINES_MAX);
    for (size_t i = 0; i < ports->line_count; i++) get_text(reader, ports->lines[i], NODE_LINE_NAME_MAX);
    ports->air = get_u8(reader, (1 << AIR_RF) | (1 << AIR_RF_END) | (1 << AIR_LF));
}
