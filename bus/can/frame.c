// SPDX-License-Identifier: MIT
#include "bus/can/frame.h"

#include <assert.h>
#include <string.h>

#include "bus/base/hex.h"

#define BASE_DIGITS 3
#define EXTENDED_DIGITS 8
#define CRC_POLYNOMIAL 0x4599u // x^15 + x^14 + x^10 + x^8 + x^7 + x^4 + x^3 + 1 (ISO 11898-1, 10.4.2.6)
#define CRC_BITS 15
#define STUFF_RUN 5
#define TAIL_BITS 10 // CRC delimiter 1, acknowledge slot and delimiter 2, end of frame 7: never stuffed

static const char HEX[] = "0123456789ABCDEF";

can_frame_t frame_make(uint32_t id, const uint8_t *data, uint8_t length)
{
    assert(length <= FRAME_DATA_MAX && id <= FRAME_BASE_ID_MAX);
    can_frame_t frame = {.id = id, .length = length};
    if (length > 0) memcpy(frame.data, data, length);
    return frame;
}

bool frame_equal(const can_frame_t *a, const can_frame_t *b)
{
    return a->id == b->id && a->extended == b->extended && a->remote == b->remote && a->length == b->length &&
           (a->remote || memcmp(a->data, b->data, a->length) == 0);
}

// ---- length on the wire --------------------------------------------------------------------------------------------

// What a controller's bit stream processor knows while it sends.
typedef struct {
    unsigned count; // bits on the wire, stuff bits included
    unsigned run;   // equal bits in a row
    unsigned last;
    unsigned crc;
} bit_stream_t;

static void put_on_wire(bit_stream_t *self, unsigned bit)
{
    self->run = bit == self->last ? self->run + 1 : 1;
    self->last = bit;
    self->count++;
    if (self->run < STUFF_RUN) return;
    self->last = !bit; // the stuff bit is the first of the next run
    self->run = 1;
    self->count++;
}

static void put_bits(bit_stream_t *self, uint64_t value, unsigned count)
{
    while (count-- > 0) {
        unsigned bit = (unsigned)(value >> count) & 1u;
        unsigned feedback = bit ^ (self->crc >> (CRC_BITS - 1));
        self->crc = (self->crc << 1) & 0x7FFFu;
        if (feedback) self->crc ^= CRC_POLYNOMIAL;
        put_on_wire(self, bit);
    }
}

//  base      SOF | identifier 11 | RTR | IDE 0 | r0 | DLC 4 | data | CRC 15
//  extended  SOF | base 11 | SRR 1 | IDE 1 | extension 18 | RTR | r1 | r0 | DLC 4 | data | CRC 15
unsigned frame_bits(const can_frame_t *self)
{
    bit_stream_t stream = {.last = 1}; // the bus was idle: recessive, and not counted in a run
    put_bits(&stream, 0, 1);
    if (self->extended) {
        put_bits(&stream, self->id >> 18, 11);
        put_bits(&stream, 3, 2);
        put_bits(&stream, self->id & 0x3FFFFu, 18);
        put_bits(&stream, (uint64_t)self->remote << 2, 3);
    } else {
        put_bits(&stream, self->id, 11);
        put_bits(&stream, (uint64_t)self->remote << 2, 3);
    }
    put_bits(&stream, self->length, 4);
    for (uint8_t i = 0; i < self->length && !self->remote; i++) put_bits(&stream, self->data[i], 8);
    unsigned crc = stream.crc;
    put_bits(&stream, crc, CRC_BITS);
    return stream.count + TAIL_BITS;
}

uint64_t frame_priority(const can_frame_t *self)
{
    if (!self->extended) return (uint64_t)self->id << 21 | (uint64_t)self->remote << 20;
    return (uint64_t)(self->id >> 18) << 21 | UINT64_C(3) << 19 | (uint64_t)(self->id & 0x3FFFFu) << 1 | self->remote;
}

// ---- text ----------------------------------------------------------------------------------------------------------

const char *frame_format(const can_frame_t *self, char text[FRAME_TEXT_MAX])
{
    char *out = text;
    unsigned digits = self->extended ? EXTENDED_DIGITS : BASE_DIGITS;
    while (digits-- > 0) *out++ = HEX[(self->id >> (4 * digits)) & 0xFu];
    *out++ = '#';
    if (self->remote) {
        *out++ = 'R';
        if (self->length > 0) *out++ = HEX[self->length & 0xFu];
    }
    for (uint8_t i = 0; i < self->length && !self->remote; i++) {
        *out++ = HEX[self->data[i] >> 4];
        *out++ = HEX[self->data[i] & 0xFu];
    }
    *out = '\0';
    return text;
}

// Reads "130#" or "01234567#"; null when the text does not begin so, or the identifier is too large.
static const char *parse_id(const char *text, can_frame_t *frame)
{
    size_t digits = 0;
    for (; digits < EXTENDED_DIGITS && hex_value(text[digits]) >= 0; digits++) {
        frame->id = frame->id << 4 | (uint32_t)hex_value(text[digits]);
    }
    if (text[digits] != '#' || (digits != BASE_DIGITS && digits != EXTENDED_DIGITS)) return NULL;
    frame->extended = digits == EXTENDED_DIGITS;
    if (frame->id > frame_id_max(frame->extended)) return NULL;
    return text + digits + 1;
}

static bool parse_remote(const char *text, can_frame_t *frame)
{
    frame->remote = true;
    if (*text == '\0') return true;
    if (text[0] < '0' || text[0] > '8' || text[1] != '\0') return false;
    frame->length = (uint8_t)(text[0] - '0');
    return true;
}

static bool parse_data(const char *text, can_frame_t *frame)
{
    for (; *text; text += 2) {
        int high = hex_value(text[0]);
        int low = high < 0 ? -1 : hex_value(text[1]);
        if (low < 0 || frame->length == FRAME_DATA_MAX) return false;
        frame->data[frame->length++] = (uint8_t)(high << 4 | low);
    }
    return true;
}

bool frame_parse(const char *text, can_frame_t *frame)
{
    can_frame_t read = {0};
    text = parse_id(text, &read);
    if (!text) return false;
    bool remote = *text == 'R' || *text == 'r';
    if (!(remote ? parse_remote(text + 1, &read) : parse_data(text, &read))) return false;
    *frame = read;
    return true;
}

// A pattern is valid when it becomes a frame's text by putting 0 for each '?' and for what a '*' leaves open.
bool frame_pattern_valid(const char *pattern)
{
    char text[FRAME_TEXT_MAX] = "";
    size_t length = strlen(pattern);
    if (length == 0 || length > FRAME_TEXT_MAX - 2) return false;
    for (size_t i = 0; i <= length; i++) text[i] = pattern[i] == '?' ? '0' : pattern[i];
    const char *number = strchr(text, '#');
    if (!number) return false;
    if (text[length - 1] == '*') {
        size_t open = length - 1 - (size_t)(number + 1 - text); // characters between '#' and '*'
        bool half_a_byte = open % 2 == 1 && hex_value(number[1]) >= 0;
        text[length - 1] = half_a_byte ? '0' : '\0';
    }
    can_frame_t frame;
    return frame_parse(text, &frame);
}

// Hex digits in any case, '#', and the R of a remote frame in any case.
static bool same_character(char a, char b)
{
    if (hex_value(a) >= 0) return hex_value(a) == hex_value(b);
    return a == b || (a == 'r' && b == 'R');
}

bool frame_matches(const can_frame_t *self, const char *pattern)
{
    char text[FRAME_TEXT_MAX];
    const char *c = frame_format(self, text);
    for (; *pattern && *pattern != '*'; pattern++, c++) {
        if (*pattern == '?' ? hex_value(*c) < 0 : !same_character(*pattern, *c)) return false;
    }
    return *pattern == '*' || *c == '\0';
}
