// SPDX-License-Identifier: MIT
// Bytes in and out for wire and wire_parts alone: a writer that must not overflow (our own bug), a reader that
// trusts nothing.
#ifndef KMSIM_BUS_ZMQ_WIRE_BYTES_H
#define KMSIM_BUS_ZMQ_WIRE_BYTES_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "bus/zmq/wire_mistake.h"

typedef struct {
    uint8_t *bytes;
    size_t size, capacity;
} wire_writer_t;

static inline void wire_bytes_put(wire_writer_t *self, const void *bytes, size_t size)
{
    assert(size <= self->capacity - self->size);
    if (size > 0) memcpy(self->bytes + self->size, bytes, size);
    self->size += size;
}

static inline void wire_bytes_put_unsigned(wire_writer_t *self, uint64_t value, size_t size)
{
    assert(size <= self->capacity - self->size);
    for (size_t i = 0; i < size; i++) self->bytes[self->size++] = (uint8_t)(value >> 8 * i);
}

static inline void wire_bytes_put_u8(wire_writer_t *self, uint8_t value)
{
    wire_bytes_put_unsigned(self, value, 1);
}

static inline void wire_bytes_put_u32(wire_writer_t *self, uint32_t value)
{
    wire_bytes_put_unsigned(self, value, 4);
}

static inline void wire_bytes_put_u64(wire_writer_t *self, uint64_t value)
{
    wire_bytes_put_unsigned(self, value, 8);
}

static inline void wire_bytes_put_i64(wire_writer_t *self, int64_t value)
{
    wire_bytes_put_unsigned(self, (uint64_t)value, 8);
}

static inline void wire_bytes_put_text(wire_writer_t *self, const char *text)
{
    size_t length = strlen(text);
    assert(length <= UINT8_MAX);
    wire_bytes_put_u8(self, (uint8_t)length);
    wire_bytes_put(self, text, length);
}

// Once anything was wrong the reader stays bad and reads zeros, so that only the end needs to ask. What was wrong first
// is kept with the name of the field that was being read.
typedef struct {
    const uint8_t *bytes;
    size_t size, at;
    bool bad;
    wire_mistake_t mistake;
} wire_reader_t;

static inline wire_reader_t wire_bytes_open(const uint8_t *bytes, size_t size)
{
    return (wire_reader_t){.bytes = bytes, .size = size};
}

/// Names the field that is read next, by itself or of an element of a list.
static inline void wire_bytes_field(wire_reader_t *self, const char *field)
{
    if (!self->bad) self->mistake = (wire_mistake_t){.field = field};
}

static inline void wire_bytes_field_of(wire_reader_t *self, const char *list, size_t index, const char *field)
{
    if (!self->bad) self->mistake = (wire_mistake_t){.list = list, .index = (uint32_t)index, .field = field};
}

/// The next field of the same element, or by itself.
static inline void wire_bytes_next_field(wire_reader_t *self, const char *field)
{
    if (!self->bad) self->mistake.field = field;
}

static inline void wire_bytes_fail(wire_reader_t *self, wire_mistake_kind_t kind, uint64_t value, uint64_t maximum)
{
    if (self->bad) return;
    self->bad = true;
    self->mistake.kind = kind;
    self->mistake.value = value;
    self->mistake.maximum = maximum;
}

static inline const uint8_t *wire_bytes_get(wire_reader_t *self, size_t size)
{
    if (size > self->size - self->at) wire_bytes_fail(self, WIRE_ENDS_EARLY, 0, 0);
    if (self->bad) return NULL;
    const uint8_t *bytes = self->bytes + self->at;
    self->at += size;
    return bytes;
}

/// So many bytes, zeros when there are fewer.
static inline void wire_bytes_get_bytes(wire_reader_t *self, uint8_t *bytes, size_t size)
{
    const uint8_t *from = wire_bytes_get(self, size);
    for (size_t i = 0; i < size; i++) bytes[i] = from ? from[i] : 0;
}

static inline uint64_t wire_bytes_get_unsigned(wire_reader_t *self, size_t size)
{
    const uint8_t *bytes = wire_bytes_get(self, size);
    uint64_t value = 0;
    for (size_t i = 0; bytes && i < size; i++) value |= (uint64_t)bytes[i] << 8 * i;
    return value;
}

/// A byte no larger than maximum.
static inline uint8_t wire_bytes_get_u8(wire_reader_t *self, uint8_t maximum)
{
    uint8_t value = (uint8_t)wire_bytes_get_unsigned(self, 1);
    if (value > maximum) wire_bytes_fail(self, WIRE_ABOVE, value, maximum);
    return value > maximum ? 0 : value;
}

static inline uint32_t wire_bytes_get_u32(wire_reader_t *self)
{
    return (uint32_t)wire_bytes_get_unsigned(self, 4);
}

static inline uint64_t wire_bytes_get_u64(wire_reader_t *self)
{
    return wire_bytes_get_unsigned(self, 8);
}

static inline int64_t wire_bytes_get_i64(wire_reader_t *self)
{
    return (int64_t)wire_bytes_get_unsigned(self, 8);
}

static inline bool wire_bytes_get_bool(wire_reader_t *self)
{
    return wire_bytes_get_u8(self, 1) == 1;
}

/// A text of at most maximum bytes into maximum + 1 bytes.
static inline void wire_bytes_get_text(wire_reader_t *self, char *text, uint8_t maximum)
{
    size_t length = wire_bytes_get_u8(self, maximum);
    const uint8_t *bytes = wire_bytes_get(self, length);
    if (bytes && memchr(bytes, 0, length)) wire_bytes_fail(self, WIRE_ZERO_BYTE, 0, 0);
    if (bytes && length > 0) memcpy(text, bytes, length);
    text[bytes ? length : 0] = '\0';
}

/// Whether all went well and nothing is left.
static inline bool wire_bytes_at_end(wire_reader_t *self)
{
    if (self->at != self->size) wire_bytes_fail(self, WIRE_TOO_LONG, self->size - self->at, 0);
    return !self->bad;
}

#endif
