// SPDX-License-Identifier: MIT
// pcapng (draft-ietf-opsawg-pcapng): little-endian blocks, each with its length in front and behind. A section, one
// interface per bus, then one enhanced packet per frame, laid out as SocketCAN does:
//
//   | type 4 | length 4 | bus 4 | time 8 | captured 4 | on the wire 4 | packet, filled up to a multiple of 4 | length 4
//   |
//
//   packet   | identifier and flags 4, first byte first | bytes 1 | 0 0 0 | data 0 .. 8 |
#include <string.h>

#include "bus/trace/trace_format.h"

#define BLOCK_MAX 160

#define BLOCK_SECTION 0x0A0D0D0Au
#define BLOCK_INTERFACE 1u
#define BLOCK_PACKET 6u
#define BYTE_ORDER_MARK 0x1A2B3C4Du
#define OPTION_NAME 2
#define OPTION_RESOLUTION 9
#define NANOSECONDS 9 // 10^-9 s
#define LINKTYPE_SOCKETCAN 227
#define SOCKETCAN_EXTENDED 0x80000000u
#define SOCKETCAN_REMOTE 0x40000000u
#define PACKET_MAX 16

typedef struct {
    uint8_t bytes[BLOCK_MAX];
    size_t size;
} block_t;

static void add_number(block_t *self, uint64_t number, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) self->bytes[self->size++] = (uint8_t)(number >> (8 * i));
}

static void add_bytes(block_t *self, const void *bytes, size_t size)
{
    memcpy(self->bytes + self->size, bytes, size);
    self->size += size;
    while (self->size % 4 != 0) self->bytes[self->size++] = 0;
}

static void add_option(block_t *self, unsigned code, const void *bytes, size_t size)
{
    add_number(self, code, 2);
    add_number(self, size, 2);
    add_bytes(self, bytes, size);
}

static block_t begin_block(unsigned type)
{
    block_t block = {0};
    add_number(&block, type, 4);
    add_number(&block, 0, 4); // the length, known at the end
    return block;
}

static void put_block(trace_sink_t *sink, block_t *block)
{
    size_t size = block->size + 4;
    add_number(block, size, 4);
    memcpy(block->bytes + 4, block->bytes + size - 4, 4);
    trace_sink_put(sink, block->bytes, size);
}

static void begin(trace_sink_t *sink)
{
    const uint8_t resolution = NANOSECONDS;
    block_t section = begin_block(BLOCK_SECTION);
    add_number(&section, BYTE_ORDER_MARK, 4);
    add_number(&section, 1, 4);          // version 1.0
    add_number(&section, UINT64_MAX, 8); // length of the section: not told
    put_block(sink, &section);
    for (uint8_t i = 0; i < sink->vehicle->bus_count; i++) {
        const char *name = sink->vehicle->buses[i].name;
        block_t interface = begin_block(BLOCK_INTERFACE);
        add_number(&interface, LINKTYPE_SOCKETCAN, 4);
        add_number(&interface, 0, 4); // no limit of a packet's length
        add_option(&interface, OPTION_NAME, name, strlen(name));
        add_option(&interface, OPTION_RESOLUTION, &resolution, 1);
        add_number(&interface, 0, 4); // end of options
        put_block(sink, &interface);
    }
}

// The identifier stands first byte first, unlike all else.
static size_t make_packet(uint32_t id, uint8_t length, const uint8_t *data, size_t size, uint8_t packet[PACKET_MAX])
{
    for (unsigned i = 0; i < 4; i++) packet[i] = (uint8_t)(id >> (24 - 8 * i));
    packet[4] = length;
    memset(packet + 5, 0, 3);
    memcpy(packet + 8, data, size);
    return 8 + size;
}

static void put_packet(trace_sink_t *sink, int64_t now_ns, uint8_t bus, const uint8_t *packet, size_t size)
{
    block_t block = begin_block(BLOCK_PACKET);
    add_number(&block, bus, 4);
    add_number(&block, (uint64_t)now_ns >> 32, 4);
    add_number(&block, (uint64_t)now_ns & UINT32_MAX, 4);
    add_number(&block, size, 4); // captured
    add_number(&block, size, 4); // on the wire
    add_bytes(&block, packet, size);
    put_block(sink, &block);
}

static void write_frame(trace_sink_t *sink, int64_t now_ns, uint8_t bus, const can_frame_t *frame)
{
    uint8_t packet[PACKET_MAX];
    uint32_t id = frame->id | (frame->extended ? SOCKETCAN_EXTENDED : 0) | (frame->remote ? SOCKETCAN_REMOTE : 0);
    size_t size = make_packet(id, frame->length, frame->data, frame->remote ? 0 : frame->length, packet);
    put_packet(sink, now_ns, bus, packet, size);
}

static void write_error(trace_sink_t *sink, int64_t now_ns, uint8_t bus)
{
    static const uint8_t NOTHING_TOLD[TRACE_ERROR_LENGTH] = {0};
    uint8_t packet[PACKET_MAX];
    size_t size = make_packet(TRACE_ERROR_ID, TRACE_ERROR_LENGTH, NOTHING_TOLD, TRACE_ERROR_LENGTH, packet);
    put_packet(sink, now_ns, bus, packet, size);
}

const trace_format_t trace_pcapng = {"pcapng", ".pcapng", begin, write_frame, write_error, NULL};
