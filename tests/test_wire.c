// SPDX-License-Identifier: MIT
// Every kind of message made at random, there and back; then cut off, lengthened and changed. What a decoder accepts
// must encode to the very bytes it was read from: so there is one way to write each message, and nothing is read twice
// or not.
#include "bus/zmq/wire.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/suite.h"

#define ROUNDS 60
#define MUTATIONS 4000

typedef union {
    wire_public_t public;
    wire_welcome_t welcome;
    wire_refuse_t refuse;
    wire_power_on_t power_on;
    wire_grant_t grant;
    wire_hello_t hello;
    wire_packet_t packet;
    wire_beat_t beat;
} any_t;

typedef struct { // a message with all that may belong to it
    any_t any;
    image_t image;
    outbox_t outbox;
} whole_t;

static whole_t made, read_back;
static uint8_t body[WIRE_SIZE_MAX], again[WIRE_SIZE_MAX];

// ---- random content ------------------------------------------------------------------------------------------------

static random_t source;

static uint64_t below(uint64_t limit)
{
    return random_next(&source) % limit;
}

static void make_text(char *text, size_t maximum)
{
    size_t length = below(maximum + 1);
    for (size_t i = 0; i < length; i++) text[i] = (char)(1 + below(255));
    text[length] = '\0';
}

static can_frame_t make_frame(void)
{
    can_frame_t frame = {.extended = below(2) == 1, .remote = below(4) == 0, .length = (uint8_t)below(9)};
    frame.id = (uint32_t)below(frame.extended ? 0x20000000 : 0x800);
    for (size_t i = 0; i < frame.length && !frame.remote; i++) frame.data[i] = (uint8_t)below(256);
    return frame;
}

static air_t make_air(void)
{
    air_t air = {.channel = (uint8_t)below(3), .size = (uint8_t)below(AIR_BYTES_MAX + 1)};
    air.transmission = (uint32_t)random_next(&source);
    for (size_t i = 0; i < air.size; i++) air.bytes[i] = (uint8_t)below(256);
    return air;
}

static node_line_t make_line(void)
{
    return (node_line_t){
        .line = (uint8_t)below(256), .momentary = below(2) == 1, .value = (int64_t)random_next(&source)};
}

static log_entry_t make_log(void)
{
    log_entry_t log = {.code = (uint16_t)below(65536)};
    for (size_t i = 0; i < 3; i++) log.values[i] = (int64_t)random_next(&source);
    return log;
}

static void make_image(image_t *image)
{
    image->count = (uint32_t)(below(4) == 0 ? IMAGE_ENTRIES_MAX : below(20));
    for (uint32_t i = 0; i < image->count; i++) {
        image_entry_t *entry = &image->entries[i];
        *entry = (image_entry_t){.size = (uint8_t)below(IMAGE_BYTES_MAX + 1)};
        make_text(entry->name, IMAGE_NAME_MAX);
        if (entry->size == 0) entry->value = (int64_t)random_next(&source);
        for (size_t j = 0; j < entry->size; j++) entry->bytes[j] = (uint8_t)below(256);
    }
}

static void make_outbox(outbox_t *outbox)
{
    outbox_clear(outbox);
    outbox->deadline_ns = (int64_t)random_next(&source);
    outbox->hold = (uint8_t)below(256);
    outbox->dropped = (uint32_t)random_next(&source);
    outbox->frame_count = (uint8_t)below(OUTBOX_FRAMES_MAX + 1);
    for (size_t i = 0; i < outbox->frame_count; i++)
        outbox->frames[i] = (outbox_frame_t){(uint8_t)below(256), (uint8_t)below(8), make_frame()};
    outbox->line_count = (uint8_t)below(OUTBOX_LINES_MAX + 1);
    for (size_t i = 0; i < outbox->line_count; i++) outbox->lines[i] = make_line();
    outbox->air_count = (uint8_t)below(OUTBOX_AIR_MAX + 1);
    for (size_t i = 0; i < outbox->air_count; i++) outbox->air[i] = make_air();
    outbox->log_count = (uint8_t)below(OUTBOX_LOGS_MAX + 1);
    for (size_t i = 0; i < outbox->log_count; i++) outbox->logs[i] = make_log();
    outbox->store = below(2) == 1;
    if (outbox->store) make_image(&outbox->image);
}

static void make_public(wire_public_t *message)
{
    memset(message, 0, sizeof *message);
    message->kind = (uint8_t)(WIRE_FRAME + below(WIRE_STATE));
    message->stream = WIRE_STREAM_SIM;
    message->sequence = random_next(&source);
    message->time_ns = (int64_t)random_next(&source);
    make_text(message->sender, NODE_NAME_MAX);
    if (message->kind == WIRE_FRAME || message->kind == WIRE_ERROR)
        message->stream = (uint8_t)below(VEHICLE_BUSES_MAX), message->frame = make_frame();
    if (message->kind == WIRE_LINE) message->stream = WIRE_STREAM_LINE, message->line = (int64_t)random_next(&source);
    if (message->kind == WIRE_AIR) message->stream = WIRE_STREAM_AIR, message->air = make_air();
    if (message->kind == WIRE_POWER) message->power = (uint8_t)below(3);
    if (message->kind == WIRE_BUS || message->kind == WIRE_STATE)
        make_text(message->bus.name, NODE_NAME_MAX), message->bus.state = (uint8_t)below(3);
    if (message->kind == WIRE_LOG) message->log = make_log();
    if (message->kind != WIRE_END) return;
    message->end.count = (uint8_t)below(WIRE_STREAM_COUNT + 1);
    for (size_t i = 0; i < message->end.count; i++) {
        message->end.streams[i] = (uint8_t)below(WIRE_STREAM_COUNT);
        message->end.sequences[i] = random_next(&source);
    }
}

static wire_input_t make_input(void)
{
    wire_input_t input = {.is_public = below(2) == 1, .input.kind = (uint8_t)below(INPUT_DEADLINE + 1)};
    if (input.is_public) {
        static const uint8_t STREAMS[] = {2, WIRE_STREAM_LINE, WIRE_STREAM_AIR};
        input.input.kind = (uint8_t)(INPUT_FRAME + below(3));
        input.stream = STREAMS[input.input.kind - INPUT_FRAME];
        input.sequence = random_next(&source);
    }
    if (!input.is_public || input.input.kind != INPUT_LINE) input.input.bus = (uint8_t)below(256);
    if (input.input.kind == INPUT_LINE) input.input.line = make_line();
    if (input.is_public && input.input.kind == INPUT_LINE) input.input.line.value = 0;
    if (input.is_public) return input;
    if (input.input.kind >= INPUT_SENT && input.input.kind <= INPUT_FRAME) input.input.frame = make_frame();
    if (input.input.kind == INPUT_AIR) input.input.air = make_air();
    return input;
}

// ---- one table of all kinds ----------------------------------------------------------------------------------------

static size_t make_public_body(uint8_t *bytes)
{
    make_public(&made.any.public);
    return wire_encode_public(&made.any.public, bytes);
}

static size_t make_welcome_body(uint8_t *bytes)
{
    wire_welcome_t *welcome = &made.any.welcome;
    *welcome = (wire_welcome_t){random_next(&source), random_next(&source), (int16_t)below(65536), below(2) == 1, {0}};
    for (size_t i = 0; i < WIRE_SEALED_SIZE && welcome->has_secret; i++) welcome->sealed[i] = (uint8_t)below(256);
    return wire_encode_welcome(&made.any.welcome, bytes);
}

static size_t make_refuse_body(uint8_t *bytes)
{
    made.any.refuse.incarnation = random_next(&source);
    make_text(made.any.refuse.reason, WIRE_REASON_MAX);
    return wire_encode_refuse(&made.any.refuse, bytes);
}

static size_t make_power_on_body(uint8_t *bytes)
{
    wire_power_on_t *start = &made.any.power_on;
    *start = (wire_power_on_t){.incarnation = random_next(&source), .round = random_next(&source)};
    start->time_ns = (int64_t)random_next(&source);
    start->state = (image_state_t)below(4);
    start->random.state = random_next(&source);
    make_image(&made.image);
    return wire_encode_power_on(start, &made.image, bytes);
}

static size_t make_grant_body(uint8_t *bytes)
{
    wire_grant_t *grant = &made.any.grant;
    grant->incarnation = random_next(&source);
    grant->round = random_next(&source);
    grant->time_ns = (int64_t)random_next(&source);
    grant->count = (uint8_t)below(NODE_INPUTS_MAX + 1);
    for (size_t i = 0; i < grant->count; i++) grant->inputs[i] = make_input();
    return wire_encode_grant(grant, bytes);
}

static size_t make_hello_body(uint8_t *bytes)
{
    wire_hello_t *hello = &made.any.hello;
    memset(hello, 0, sizeof *hello);
    hello->incarnation = random_next(&source);
    hello->definitions = random_next(&source);
    for (size_t i = 0; i < WIRE_KEY_SIZE; i++) hello->key[i] = (uint8_t)below(256);
    make_text(hello->class_name, NODE_NAME_MAX);
    hello->ports.accept_count = below(NODE_ACCEPTS_MAX + 1);
    for (size_t i = 0; i < hello->ports.accept_count; i++) {
        node_accept_t *accept = &hello->ports.accepts[i];
        *accept = (node_accept_t){.bus = (uint8_t)below(VEHICLE_BUSES_MAX), .extended = below(2) == 1};
        accept->id = (uint32_t)below(0x20000000);
        accept->mask = (uint32_t)random_next(&source);
        accept->byte0 = (uint8_t)below(256);
        accept->byte0_mask = (uint8_t)below(256);
    }
    hello->ports.line_count = below(NODE_LINES_MAX + 1);
    for (size_t i = 0; i < hello->ports.line_count; i++) make_text(hello->ports.lines[i], NODE_LINE_NAME_MAX);
    hello->ports.air = (uint8_t)below(8);
    return wire_encode_hello(hello, bytes);
}

static size_t make_packet_body(uint8_t *bytes)
{
    wire_packet_t *packet = &made.any.packet;
    *packet = (wire_packet_t){.incarnation = random_next(&source), .round = random_next(&source)};
    packet->status = (wire_status_t)below(2);
    packet->stream = (uint8_t)below(WIRE_STREAM_COUNT);
    packet->sequence = random_next(&source);
    make_outbox(&made.outbox);
    return wire_encode_packet(packet, &made.outbox, bytes);
}

static size_t make_ping_body(uint8_t *bytes)
{
    made.any.beat = (wire_beat_t){random_next(&source), random_next(&source)};
    return wire_encode_beat(&made.any.beat, WIRE_PING, bytes);
}

static bool read_ping(const uint8_t *bytes, size_t size)
{
    return wire_decode_beat(&read_back.any.beat, WIRE_PING, bytes, size);
}

static size_t write_ping(uint8_t *bytes)
{
    return wire_encode_beat(&read_back.any.beat, WIRE_PING, bytes);
}

static size_t make_echo_body(uint8_t *bytes)
{
    made.any.beat = (wire_beat_t){random_next(&source), random_next(&source)};
    return wire_encode_beat(&made.any.beat, WIRE_ECHO, bytes);
}

static bool read_echo(const uint8_t *bytes, size_t size)
{
    return wire_decode_beat(&read_back.any.beat, WIRE_ECHO, bytes, size);
}

static size_t write_echo(uint8_t *bytes)
{
    return wire_encode_beat(&read_back.any.beat, WIRE_ECHO, bytes);
}

static bool read_public(const uint8_t *bytes, size_t size)
{
    return wire_decode_public(&read_back.any.public, bytes, size);
}

static size_t write_public(uint8_t *bytes)
{
    return wire_encode_public(&read_back.any.public, bytes);
}

static bool read_welcome(const uint8_t *bytes, size_t size)
{
    return wire_decode_welcome(&read_back.any.welcome, bytes, size);
}

static size_t write_welcome(uint8_t *bytes)
{
    return wire_encode_welcome(&read_back.any.welcome, bytes);
}

static bool read_refuse(const uint8_t *bytes, size_t size)
{
    return wire_decode_refuse(&read_back.any.refuse, bytes, size);
}

static size_t write_refuse(uint8_t *bytes)
{
    return wire_encode_refuse(&read_back.any.refuse, bytes);
}

static bool read_power_on(const uint8_t *bytes, size_t size)
{
    return wire_decode_power_on(&read_back.any.power_on, &read_back.image, bytes, size);
}

static size_t write_power_on(uint8_t *bytes)
{
    return wire_encode_power_on(&read_back.any.power_on, &read_back.image, bytes);
}

static bool read_grant(const uint8_t *bytes, size_t size)
{
    return wire_decode_grant(&read_back.any.grant, bytes, size);
}

static size_t write_grant(uint8_t *bytes)
{
    return wire_encode_grant(&read_back.any.grant, bytes);
}

static bool read_hello(const uint8_t *bytes, size_t size)
{
    return wire_decode_hello(&read_back.any.hello, bytes, size);
}

static size_t write_hello(uint8_t *bytes)
{
    return wire_encode_hello(&read_back.any.hello, bytes);
}

static bool read_packet(const uint8_t *bytes, size_t size)
{
    return wire_decode_packet(&read_back.any.packet, &read_back.outbox, bytes, size);
}

static size_t write_packet(uint8_t *bytes)
{
    return wire_encode_packet(&read_back.any.packet, &read_back.outbox, bytes);
}

static const struct {
    const char *name;
    size_t (*make)(uint8_t *bytes);
    bool (*read)(const uint8_t *bytes, size_t size);
    size_t (*write)(uint8_t *bytes); // what was read
} KINDS[] = {
    {"public", make_public_body, read_public, write_public},
    {"welcome", make_welcome_body, read_welcome, write_welcome},
    {"refuse", make_refuse_body, read_refuse, write_refuse},
    {"power_on", make_power_on_body, read_power_on, write_power_on},
    {"grant", make_grant_body, read_grant, write_grant},
    {"hello", make_hello_body, read_hello, write_hello},
    {"packet", make_packet_body, read_packet, write_packet},
    {"ping", make_ping_body, read_ping, write_ping},
    {"echo", make_echo_body, read_echo, write_echo},
};
#define KIND_COUNT (sizeof KINDS / sizeof KINDS[0])

static void begin(size_t kind, uint64_t seed)
{
    source = random_derive(seed, KINDS[kind].name, 1);
    memset(&read_back, 0xA5, sizeof read_back); // what a decoder does not set shows
}

// The bytes in storage of exactly their size, so that the sanitizer sees any read past them.
static bool read_exactly(size_t kind, const uint8_t *bytes, size_t size)
{
    uint8_t *copy = malloc(size > 0 ? size : 1);
    ck_assert_ptr_nonnull(copy);
    if (size > 0) memcpy(copy, bytes, size);
    bool good = KINDS[kind].read(copy, size);
    free(copy);
    return good;
}

START_TEST(every_message_comes_back_as_it_was)
{
    size_t kind = (size_t)_i;
    begin(kind, 1);
    for (int i = 0; i < ROUNDS; i++) {
        size_t size = KINDS[kind].make(body);
        ck_assert_uint_le(size, WIRE_SIZE_MAX);
        ck_assert_msg(read_exactly(kind, body, size), "%s %d", KINDS[kind].name, i);
        ck_assert_uint_eq(KINDS[kind].write(again), size);
        ck_assert_mem_eq(again, body, size);
    }
}
END_TEST

START_TEST(no_message_is_read_from_fewer_or_more_bytes)
{
    size_t kind = (size_t)_i;
    begin(kind, 2);
    for (int i = 0; i < 4; i++) {
        size_t size = KINDS[kind].make(body);
        for (size_t cut = 0; cut<size; cut += size> 4000 ? 17 : 1)
            ck_assert_msg(!read_exactly(kind, body, cut), "%s cut to %zu of %zu", KINDS[kind].name, cut, size);
        body[size] = 0;
        ck_assert_msg(!read_exactly(kind, body, size + 1), "%s with one byte too many", KINDS[kind].name);
    }
}
END_TEST

START_TEST(another_version_or_kind_is_refused)
{
    size_t kind = (size_t)_i;
    begin(kind, 3);
    size_t size = KINDS[kind].make(body);
    for (unsigned value = 0; value < 256; value++) {
        uint8_t was = body[0];
        body[0] = (uint8_t)value;
        ck_assert(read_exactly(kind, body, size) == (value == WIRE_VERSION));
        body[0] = was;
    }
    body[1] = 0xEE;
    ck_assert(!read_exactly(kind, body, size));
}
END_TEST

START_TEST(a_changed_message_is_refused_or_means_what_it_says)
{
    size_t kind = (size_t)_i;
    begin(kind, 4);
    size_t accepted = 0;
    for (int i = 0; i < MUTATIONS; i++) {
        size_t size = KINDS[kind].make(body);
        for (uint64_t changes = 1 + below(3); changes > 0; changes--) {
            size_t at = below(size < 64 || below(2) == 0 ? size : 64); // heads and counts stand in front
            body[at] = (uint8_t)(below(2) ? below(256) : body[at] ^ UINT64_C(1) << below(8));
        }
        if (below(8) == 0) size = below(size + 1);
        if (!read_exactly(kind, body, size)) continue;
        accepted++;
        ck_assert_uint_eq(KINDS[kind].write(again), size);
        ck_assert_msg(memcmp(again, body, size) == 0, "%s: mutation %d", KINDS[kind].name, i);
    }
    ck_assert_uint_gt(accepted, 0);
}
END_TEST

START_TEST(garbage_is_refused_without_harm)
{
    size_t kind = (size_t)_i;
    begin(kind, 5);
    for (int i = 0; i < MUTATIONS; i++) {
        size_t size = below(300);
        for (size_t j = 0; j < size; j++) body[j] = (uint8_t)below(256);
        if (size > 1 && below(4) != 0) body[0] = WIRE_VERSION, body[1] = (uint8_t)(1 + below(34));
        if (!read_exactly(kind, body, size)) continue;
        ck_assert_uint_eq(KINDS[kind].write(again), size);
        ck_assert_mem_eq(again, body, size);
    }
}
END_TEST

int main(void)
{
    TCase *all = tcase_create("every kind");
    tcase_add_loop_test(all, every_message_comes_back_as_it_was, 0, (int)KIND_COUNT);
    tcase_add_loop_test(all, no_message_is_read_from_fewer_or_more_bytes, 0, (int)KIND_COUNT);
    tcase_add_loop_test(all, another_version_or_kind_is_refused, 0, (int)KIND_COUNT);
    tcase_add_loop_test(all, a_changed_message_is_refused_or_means_what_it_says, 0, (int)KIND_COUNT);
    tcase_add_loop_test(all, garbage_is_refused_without_harm, 0, (int)KIND_COUNT);
    tcase_set_timeout(all, 120);
    return suite_run("wire", all);
}
