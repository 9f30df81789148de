// SPDX-License-Identifier: MIT
#include <check.h>
#include <string.h>

#include "tests/can_bus_model.h"

#define CRC_BITS 15
#define CRC_POLYNOMIAL 0x4599U // x15 + x14 + x10 + x8 + x7 + x4 + x3 + 1, without x15
#define STUFF_BEHIND 5
#define END_BITS 7

typedef struct {
    unsigned count;
    bool bits[FRAME_BITS_MODEL_MAX];
} plain_t;

static void put(plain_t *self, uint32_t value, unsigned bits)
{
    while (bits-- > 0) self->bits[self->count++] = value >> bits & 1;
}

static void put_content(plain_t *self, const can_frame_t *frame)
{
    put(self, 0, 1); // start of frame
    if (frame->extended) {
        put(self, frame->id >> 18, 11);
        put(self, 3, 2); // substitute remote request, identifier extension
        put(self, frame->id & 0x3FFFF, 18);
        put(self, frame->remote, 1);
        put(self, 0, 2); // r1, r0
    } else {
        put(self, frame->id, 11);
        put(self, frame->remote, 1);
        put(self, 0, 2); // identifier extension, r0
    }
    put(self, frame->length, 4);
    for (unsigned i = 0; i < frame->length && !frame->remote; i++) put(self, frame->data[i], 8);
}

static void put_crc(plain_t *self)
{
    unsigned crc = 0;
    for (unsigned i = 0; i < self->count; i++) {
        bool next = self->bits[i] != (crc >> (CRC_BITS - 1) & 1);
        crc = crc << 1 & ((1U << CRC_BITS) - 1);
        if (next) crc ^= CRC_POLYNOMIAL;
    }
    put(self, crc, CRC_BITS);
}

static void put_stuffed(frame_bits_model_t *made, const plain_t *plain)
{
    unsigned equal = 0;
    for (unsigned i = 0; i < plain->count; i++) {
        bool bit = plain->bits[i];
        equal = made->count > 0 && made->bits[made->count - 1] == bit ? equal + 1 : 1;
        made->bits[made->count++] = bit;
        if (equal < STUFF_BEHIND) continue;
        made->bits[made->count++] = !bit;
        equal = 1;
    }
}

void frame_bits_model(const can_frame_t *frame, frame_bits_model_t *made)
{
    plain_t plain = {0};
    put_content(&plain, frame);
    put_crc(&plain);
    memset(made, 0, sizeof *made);
    put_stuffed(made, &plain);
    made->delimiter = made->count;
    for (unsigned i = 0; i < 3 + END_BITS; i++)
        made->bits[made->count++] = true; // delimiter, acknowledgement, delimiter
    ck_assert_uint_le(made->count, FRAME_BITS_MODEL_MAX);
}
