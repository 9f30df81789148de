// SPDX-License-Identifier: MIT
#include "bus/zmq/wire.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "bus/kernel/kernel.h"
#include "bus/zmq/wire_parts.h"

#define INPUT_PUBLIC 0x80

static_assert(INPUT_KIND_COUNT <= INPUT_PUBLIC, "a kind and the bit for public share a byte");
static_assert(NODE_INPUTS_MAX <= UINT8_MAX, "counted in a byte");
// The largest body is a packet with everything full: nothing that a unit may put into its outbox is lost on the way.
static_assert(2 + 8 + 8 + 1 + WIRE_PARTS_OUTBOX_SIZE + WIRE_PARTS_IMAGE_SIZE + WIRE_TAG_SIZE <= WIRE_SIZE_MAX,
              "it fits into a body");
static_assert(WIRE_REASON_MAX <= UINT8_MAX, "counted in a byte");

static wire_writer_t body_begin(uint8_t *body, wire_kind_t kind)
{
    wire_writer_t writer = {body, 0, WIRE_SIZE_MAX};
    wire_bytes_put_u8(&writer, WIRE_VERSION);
    wire_bytes_put_u8(&writer, (uint8_t)kind);
    return writer;
}

// Of a kind that has been the same since that version.
static wire_reader_t body_open_since(const uint8_t *body, size_t size, wire_kind_t kind, uint8_t oldest)
{
    wire_reader_t reader = wire_bytes_open(body, size);
    wire_bytes_field(&reader, "version");
    uint8_t version = wire_bytes_get_u8(&reader, UINT8_MAX);
    if (version < oldest || version > WIRE_VERSION) wire_bytes_fail(&reader, WIRE_UNFIT, version, 0);
    wire_bytes_field(&reader, "kind");
    uint8_t told = wire_bytes_get_u8(&reader, UINT8_MAX);
    if (told != kind) wire_bytes_fail(&reader, WIRE_UNFIT, told, 0);
    return reader;
}

static wire_reader_t body_open(const uint8_t *body, size_t size, wire_kind_t kind)
{
    return body_open_since(body, size, kind, WIRE_VERSION);
}

// ---- public messages -----------------------------------------------------------------------------------------------

static void put_public_content(wire_writer_t *writer, const wire_public_t *self)
{
    switch (self->kind) {
    case WIRE_FRAME:
    case WIRE_ERROR:
        wire_parts_put_frame(writer, &self->frame);
        break;
    case WIRE_LINE:
        wire_bytes_put_i64(writer, self->line);
        break;
    case WIRE_AIR:
        wire_parts_put_air(writer, &self->air);
        break;
    case WIRE_POWER:
        wire_bytes_put_u8(writer, self->power);
        break;
    case WIRE_BUS:
    case WIRE_STATE:
        wire_bytes_put_text(writer, self->bus.name);
        wire_bytes_put_u8(writer, self->bus.state);
        break;
    case WIRE_LOG:
        wire_parts_put_log(writer, &self->log);
        break;
    case WIRE_END:
        wire_bytes_put_u8(writer, self->end.count);
        for (size_t i = 0; i < self->end.count; i++) {
            wire_bytes_put_u8(writer, self->end.streams[i]);
            wire_bytes_put_u64(writer, self->end.sequences[i]);
        }
        break;
    default:
        assert(false);
    }
}

static void get_public_content(wire_reader_t *reader, wire_public_t *self)
{
    switch (self->kind) {
    case WIRE_FRAME:
    case WIRE_ERROR:
        wire_parts_get_frame(reader, &self->frame);
        break;
    case WIRE_LINE:
        self->line = wire_bytes_get_i64(reader);
        break;
    case WIRE_AIR:
        wire_parts_get_air(reader, &self->air);
        break;
    case WIRE_POWER:
        self->power = wire_bytes_get_u8(reader, KERNEL_POWER_COUNT - 1);
        break;
    case WIRE_BUS:
    case WIRE_STATE:
        wire_bytes_get_text(reader, self->bus.name, NODE_NAME_MAX);
        self->bus.state = wire_bytes_get_u8(reader, self->kind == WIRE_BUS ? CAN_BUS_STATE_COUNT - 1 : CAN_BUS_OFF);
        break;
    case WIRE_LOG:
        wire_parts_get_log(reader, &self->log);
        break;
    case WIRE_END:
        self->end.count = wire_bytes_get_u8(reader, WIRE_STREAM_COUNT);
        for (size_t i = 0; i < self->end.count; i++) {
            self->end.streams[i] = wire_bytes_get_u8(reader, WIRE_STREAM_COUNT - 1);
            self->end.sequences[i] = wire_bytes_get_u64(reader);
        }
        break;
    default:
        wire_bytes_fail(reader, WIRE_UNFIT, self->kind, 0);
    }
}

// Which streams a kind of public message belongs to.
static bool stream_fits(uint8_t kind, uint8_t stream)
{
    switch (kind) {
    case WIRE_FRAME:
    case WIRE_ERROR:
        return stream < WIRE_STREAM_LINE;
    case WIRE_LINE:
        return stream == WIRE_STREAM_LINE;
    case WIRE_AIR:
        return stream == WIRE_STREAM_AIR;
    default:
        return stream == WIRE_STREAM_SIM;
    }
}

size_t wire_encode_public(const wire_public_t *self, uint8_t *body)
{
    assert(stream_fits(self->kind, self->stream));
    wire_writer_t writer = body_begin(body, (wire_kind_t)self->kind);
    wire_bytes_put_u8(&writer, self->stream);
    wire_bytes_put_u64(&writer, self->sequence);
    wire_bytes_put_i64(&writer, self->time_ns);
    wire_bytes_put_text(&writer, self->sender);
    put_public_content(&writer, self);
    return writer.size;
}

bool wire_decode_public(wire_public_t *self, const uint8_t *body, size_t size)
{
    wire_kind_t kind;
    if (!wire_kind(body, size, &kind)) return false;
    wire_reader_t reader = body_open(body, size, kind);
    self->kind = (uint8_t)kind;
    self->stream = wire_bytes_get_u8(&reader, WIRE_STREAM_COUNT - 1);
    self->sequence = wire_bytes_get_u64(&reader);
    self->time_ns = wire_bytes_get_i64(&reader);
    wire_bytes_get_text(&reader, self->sender, NODE_NAME_MAX);
    get_public_content(&reader, self);
    return wire_bytes_at_end(&reader) && stream_fits(self->kind, self->stream);
}

// ---- step ----------------------------------------------------------------------------------------------------------

size_t wire_encode_welcome(const wire_welcome_t *self, uint8_t *body)
{
    wire_writer_t writer = body_begin(body, WIRE_WELCOME);
    wire_bytes_put_u64(&writer, self->incarnation);
    wire_bytes_put_u64(&writer, self->barrier);
    wire_bytes_put_unsigned(&writer, (uint16_t)self->processor, 2);
    wire_bytes_put_u8(&writer, self->has_secret ? WIRE_SEALED_SIZE : 0);
    if (self->has_secret) wire_bytes_put(&writer, self->sealed, WIRE_SEALED_SIZE);
    return writer.size;
}

bool wire_decode_welcome(wire_welcome_t *self, const uint8_t *body, size_t size)
{
    wire_reader_t reader = body_open(body, size, WIRE_WELCOME);
    self->incarnation = wire_bytes_get_u64(&reader);
    self->barrier = wire_bytes_get_u64(&reader);
    self->processor = (int16_t)wire_bytes_get_unsigned(&reader, 2);
    uint8_t size_of_sealed = wire_bytes_get_u8(&reader, WIRE_SEALED_SIZE);
    self->has_secret = size_of_sealed > 0;
    if (self->has_secret && size_of_sealed != WIRE_SEALED_SIZE) wire_bytes_fail(&reader, WIRE_UNFIT, size_of_sealed, 0);
    wire_bytes_get_bytes(&reader, self->sealed, size_of_sealed);
    return wire_bytes_at_end(&reader);
}

size_t wire_encode_refuse(const wire_refuse_t *self, uint8_t *body)
{
    wire_writer_t writer = body_begin(body, WIRE_REFUSE);
    wire_bytes_put_u64(&writer, self->incarnation);
    wire_bytes_put_text(&writer, self->reason);
    return writer.size;
}

bool wire_decode_refuse(wire_refuse_t *self, const uint8_t *body, size_t size)
{
    wire_reader_t reader = body_open(body, size, WIRE_REFUSE);
    self->incarnation = wire_bytes_get_u64(&reader);
    wire_bytes_get_text(&reader, self->reason, WIRE_REASON_MAX);
    return wire_bytes_at_end(&reader);
}

size_t wire_encode_power_on(const wire_power_on_t *self, const image_t *image, uint8_t *body)
{
    wire_writer_t writer = body_begin(body, WIRE_POWER_ON);
    wire_bytes_put_u64(&writer, self->incarnation);
    wire_bytes_put_u64(&writer, self->round);
    wire_bytes_put_i64(&writer, self->time_ns);
    wire_bytes_put_u8(&writer, (uint8_t)self->state);
    wire_bytes_put_u64(&writer, self->random.state);
    wire_parts_put_image(&writer, image);
    return writer.size;
}

bool wire_decode_power_on(wire_power_on_t *self, image_t *image, const uint8_t *body, size_t size)
{
    wire_reader_t reader = body_open(body, size, WIRE_POWER_ON);
    self->incarnation = wire_bytes_get_u64(&reader);
    self->round = wire_bytes_get_u64(&reader);
    self->time_ns = wire_bytes_get_i64(&reader);
    self->state = (image_state_t)wire_bytes_get_u8(&reader, IMAGE_STATE_COUNT - 1);
    self->random.state = wire_bytes_get_u64(&reader);
    wire_parts_get_image(&reader, image);
    return wire_bytes_at_end(&reader);
}

static void put_input(wire_writer_t *writer, const wire_input_t *self)
{
    const node_input_t *input = &self->input;
    if (self->is_public) {
        bool line = input->kind == INPUT_LINE;
        wire_bytes_put_u8(writer, (uint8_t)(input->kind | INPUT_PUBLIC));
        wire_bytes_put_u8(writer, line ? input->line.line : input->bus);
        wire_bytes_put_u8(writer, line && input->line.momentary);
        wire_bytes_put_u8(writer, self->stream);
        wire_bytes_put_u64(writer, self->sequence);
        return;
    }
    wire_bytes_put_u8(writer, input->kind);
    wire_bytes_put_u8(writer, input->bus);
    if (input->kind >= INPUT_SENT && input->kind <= INPUT_FRAME) wire_parts_put_frame(writer, &input->frame);
    if (input->kind == INPUT_LINE) wire_parts_put_line(writer, &input->line);
    if (input->kind == INPUT_AIR) wire_parts_put_air(writer, &input->air);
}

static void get_public_input(wire_reader_t *reader, wire_input_t *self)
{
    node_input_t *input = &self->input;
    uint8_t index = wire_bytes_get_u8(reader, UINT8_MAX);
    bool momentary = wire_bytes_get_bool(reader);
    self->stream = wire_bytes_get_u8(reader, WIRE_STREAM_COUNT - 1);
    self->sequence = wire_bytes_get_u64(reader);
    static const uint8_t KINDS[] = {[INPUT_FRAME] = WIRE_FRAME, [INPUT_LINE] = WIRE_LINE, [INPUT_AIR] = WIRE_AIR};
    bool known = input->kind >= INPUT_FRAME && input->kind <= INPUT_AIR;
    if (!known || !stream_fits(KINDS[input->kind], self->stream)) wire_bytes_fail(reader, WIRE_UNFIT, self->stream, 0);
    if (input->kind == INPUT_LINE)
        input->line = (node_line_t){.line = index, .momentary = momentary};
    else
        input->bus = index;
    if (momentary && input->kind != INPUT_LINE) wire_bytes_fail(reader, WIRE_UNFIT, momentary, 0);
}

static void get_input(wire_reader_t *reader, wire_input_t *self)
{
    uint8_t kind = wire_bytes_get_u8(reader, UINT8_MAX);
    memset(self, 0, sizeof *self);
    self->is_public = (kind & INPUT_PUBLIC) != 0;
    self->input.kind = (uint8_t)(kind & ~INPUT_PUBLIC);
    if (self->input.kind >= INPUT_KIND_COUNT) wire_bytes_fail(reader, WIRE_UNFIT, kind, 0);
    if (self->is_public) {
        get_public_input(reader, self);
        return;
    }
    self->input.bus = wire_bytes_get_u8(reader, UINT8_MAX);
    if (self->input.kind >= INPUT_SENT && self->input.kind <= INPUT_FRAME)
        wire_parts_get_frame(reader, &self->input.frame);
    if (self->input.kind == INPUT_LINE) wire_parts_get_line(reader, &self->input.line);
    if (self->input.kind == INPUT_AIR) wire_parts_get_air(reader, &self->input.air);
}

size_t wire_encode_grant(const wire_grant_t *self, uint8_t *body)
{
    assert(self->count <= NODE_INPUTS_MAX);
    wire_writer_t writer = body_begin(body, WIRE_GRANT);
    wire_bytes_put_u64(&writer, self->incarnation);
    wire_bytes_put_u64(&writer, self->round);
    wire_bytes_put_i64(&writer, self->time_ns);
    wire_bytes_put_u8(&writer, self->count);
    for (size_t i = 0; i < self->count; i++) put_input(&writer, &self->inputs[i]);
    return writer.size;
}

bool wire_decode_grant(wire_grant_t *self, const uint8_t *body, size_t size)
{
    wire_reader_t reader = body_open(body, size, WIRE_GRANT);
    self->incarnation = wire_bytes_get_u64(&reader);
    self->round = wire_bytes_get_u64(&reader);
    self->time_ns = wire_bytes_get_i64(&reader);
    self->count = wire_bytes_get_u8(&reader, NODE_INPUTS_MAX);
    for (size_t i = 0; i < self->count && !reader.bad; i++) get_input(&reader, &self->inputs[i]);
    return wire_bytes_at_end(&reader);
}

size_t wire_encode_attached(uint64_t definitions, int64_t time_ns, uint8_t *body)
{
    wire_writer_t writer = body_begin(body, WIRE_ATTACHED);
    wire_bytes_put_u64(&writer, definitions);
    wire_bytes_put_i64(&writer, time_ns);
    return writer.size;
}

bool wire_decode_attached(uint64_t *definitions, int64_t *time_ns, const uint8_t *body, size_t size)
{
    wire_reader_t reader = body_open(body, size, WIRE_ATTACHED);
    *definitions = wire_bytes_get_u64(&reader);
    *time_ns = wire_bytes_get_i64(&reader);
    return wire_bytes_at_end(&reader);
}

// ---- both ways -----------------------------------------------------------------------------------------------------

size_t wire_encode_beat(const wire_beat_t *self, wire_kind_t kind, uint8_t *body)
{
    assert(kind == WIRE_PING || kind == WIRE_ECHO);
    wire_writer_t writer = body_begin(body, kind);
    wire_bytes_put_u64(&writer, self->incarnation);
    wire_bytes_put_u64(&writer, self->number);
    return writer.size;
}

bool wire_decode_beat(wire_beat_t *self, wire_kind_t kind, const uint8_t *body, size_t size)
{
    wire_reader_t reader = body_open(body, size, kind);
    self->incarnation = wire_bytes_get_u64(&reader);
    self->number = wire_bytes_get_u64(&reader);
    return wire_bytes_at_end(&reader);
}

// ---- up ------------------------------------------------------------------------------------------------------------

size_t wire_encode_stranger(const can_frame_t *frame, uint8_t *body)
{
    wire_writer_t writer = body_begin(body, WIRE_STRANGER);
    wire_parts_put_frame(&writer, frame);
    return writer.size;
}

bool wire_decode_stranger(can_frame_t *frame, const uint8_t *body, size_t size)
{
    wire_reader_t reader = body_open_since(body, size, WIRE_STRANGER, WIRE_VERSION_STRANGER);
    wire_parts_get_frame(&reader, frame);
    return wire_bytes_at_end(&reader);
}

size_t wire_encode_hello(const wire_hello_t *self, uint8_t *body)
{
    wire_writer_t writer = body_begin(body, WIRE_HELLO);
    wire_bytes_put_u64(&writer, self->incarnation);
    wire_bytes_put_u64(&writer, self->definitions);
    wire_bytes_put(&writer, self->key, WIRE_KEY_SIZE);
    wire_bytes_put_text(&writer, self->class_name);
    wire_parts_put_ports(&writer, &self->ports);
    return writer.size;
}

wire_mistake_t wire_hello_mistake(wire_hello_t *self, const uint8_t *body, size_t size)
{
    wire_reader_t reader = body_open(body, size, WIRE_HELLO);
    wire_bytes_field(&reader, "incarnation");
    self->incarnation = wire_bytes_get_u64(&reader);
    wire_bytes_field(&reader, "definitions");
    self->definitions = wire_bytes_get_u64(&reader);
    wire_bytes_field(&reader, "public key");
    wire_bytes_get_bytes(&reader, self->key, WIRE_KEY_SIZE);
    wire_bytes_field(&reader, "class");
    wire_bytes_get_text(&reader, self->class_name, NODE_NAME_MAX);
    wire_parts_get_ports(&reader, &self->ports);
    wire_bytes_at_end(&reader);
    return reader.mistake;
}

bool wire_decode_hello(wire_hello_t *self, const uint8_t *body, size_t size)
{
    return wire_hello_mistake(self, body, size).kind == WIRE_FITS;
}

size_t wire_encode_packet(const wire_packet_t *self, const outbox_t *outbox, uint8_t *body)
{
    wire_writer_t writer = body_begin(body, WIRE_PACKET);
    wire_bytes_put_u64(&writer, self->incarnation);
    wire_bytes_put_u64(&writer, self->round);
    wire_bytes_put_u8(&writer, (uint8_t)self->status);
    if (self->status == WIRE_DONE) {
        wire_parts_put_outbox(&writer, outbox);
    } else {
        wire_bytes_put_u8(&writer, self->stream);
        wire_bytes_put_u64(&writer, self->sequence);
    }
    return writer.size;
}

static wire_mistake_t decode_packet(wire_packet_t *self, outbox_t *outbox, const uint8_t *body, size_t size)
{
    wire_reader_t reader = body_open(body, size, WIRE_PACKET);
    wire_bytes_field(&reader, "incarnation");
    self->incarnation = wire_bytes_get_u64(&reader);
    wire_bytes_field(&reader, "round");
    self->round = wire_bytes_get_u64(&reader);
    wire_bytes_field(&reader, "status");
    self->status = (wire_status_t)wire_bytes_get_u8(&reader, WIRE_STATUS_COUNT - 1);
    if (self->status == WIRE_DONE) {
        wire_parts_get_outbox(&reader, outbox);
    } else {
        wire_bytes_field(&reader, "stream");
        self->stream = wire_bytes_get_u8(&reader, WIRE_STREAM_COUNT - 1);
        wire_bytes_field(&reader, "sequence");
        self->sequence = wire_bytes_get_u64(&reader);
    }
    wire_bytes_at_end(&reader);
    return reader.mistake;
}

bool wire_decode_packet(wire_packet_t *self, outbox_t *outbox, const uint8_t *body, size_t size)
{
    return decode_packet(self, outbox, body, size).kind == WIRE_FITS;
}

wire_mistake_t wire_packet_mistake(outbox_t *outbox, const uint8_t *body, size_t size)
{
    wire_packet_t packet;
    return decode_packet(&packet, outbox, body, size);
}

// ---- tags ----------------------------------------------------------------------------------------------------------

static_assert(WIRE_TAG_SIZE == crypto_shorthash_BYTES && WIRE_SECRET_SIZE == crypto_shorthash_KEYBYTES, "SipHash-2-4");

void wire_tag(const uint8_t *bytes, size_t size, const uint8_t secret[WIRE_SECRET_SIZE], uint8_t tag[WIRE_TAG_SIZE])
{
    crypto_shorthash(tag, bytes, size, secret);
}

void wire_tag_incarnation(uint64_t incarnation, const uint8_t secret[WIRE_SECRET_SIZE], uint8_t tag[WIRE_TAG_SIZE])
{
    uint8_t bytes[sizeof incarnation];
    for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (uint8_t)(incarnation >> (8 * i));
    wire_tag(bytes, sizeof bytes, secret, tag);
}

size_t wire_sign(uint8_t *body, size_t size, const uint8_t secret[WIRE_SECRET_SIZE])
{
    assert(size + WIRE_TAG_SIZE <= WIRE_SIZE_MAX);
    wire_tag(body, size, secret, body + size);
    return size + WIRE_TAG_SIZE;
}

bool wire_is_signed(const uint8_t *body, size_t *size, const uint8_t secret[WIRE_SECRET_SIZE])
{
    if (*size < WIRE_TAG_SIZE) return false;
    uint8_t tag[WIRE_TAG_SIZE], differences = 0;
    wire_tag(body, *size - WIRE_TAG_SIZE, secret, tag);
    for (size_t i = 0; i < WIRE_TAG_SIZE; i++) differences |= (uint8_t)(tag[i] ^ body[*size - WIRE_TAG_SIZE + i]);
    if (differences != 0) return false;
    *size -= WIRE_TAG_SIZE;
    return true;
}

// ---- the rest ------------------------------------------------------------------------------------------------------

bool wire_kind(const uint8_t *body, size_t size, wire_kind_t *kind)
{
    if (size < 2 || body[0] != WIRE_VERSION) return false;
    *kind = (wire_kind_t)body[1];
    return true;
}

bool wire_hello_origin(const uint8_t *body, size_t size, uint8_t *version, uint64_t *incarnation)
{
    wire_reader_t reader = wire_bytes_open(body, size);
    *version = wire_bytes_get_u8(&reader, UINT8_MAX);
    wire_bytes_get_u8(&reader, UINT8_MAX);
    *incarnation = wire_bytes_get_u64(&reader);
    return !reader.bad;
}

bool wire_packet_origin(const uint8_t *body, size_t size, uint64_t *incarnation, uint64_t *round)
{
    wire_reader_t reader = body_open(body, size, WIRE_PACKET);
    *incarnation = wire_bytes_get_u64(&reader);
    *round = wire_bytes_get_u64(&reader);
    return !reader.bad;
}

uint64_t wire_hash(uint64_t hash, const uint8_t *bytes, size_t size)
{
    if (hash == 0) hash = UINT64_C(0xCBF29CE484222325);
    for (size_t i = 0; i < size; i++) hash = (hash ^ bytes[i]) * UINT64_C(0x100000001B3);
    return hash;
}
