// SPDX-License-Identifier: MIT
#include "bus/can/frame.h"

#include <assert.h>
#include <string.h>

#include "bus/base/hex.h"

#define BASE_DIGITS 3
#define EXTENDED_DIGITS 8
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
    bool last;
    unsigned crc;
} bit_stream_t;

// Of four bits at the top of the register: what they leave behind when they are shifted out of it by the polynomial
// x^15 + x^14 + x^10 + x^8 + x^7 + x^4 + x^3 + 1 (ISO 11898-1, 10.4.2.6), which is itself what the lowest of them
// leaves.
static const uint16_t CRC_OF_FOUR[16] = {
    0x0000, 0x4599, 0x4EAB, 0x0B32, 0x58CF, 0x1D56, 0x1664, 0x53FD,
    0x7407, 0x319E, 0x3AAC, 0x7F35, 0x2CC8, 0x6951, 0x6263, 0x27FA,
};

static void check(bit_stream_t *self, uint64_t value, unsigned count)
{
    // Zeros before the first bit change nothing: a register that holds 0 stays 0.
    for (unsigned left = (count + 3) / 4 * 4; left > 0; left -= 4) {
        unsigned four = (unsigned)(value >> (left - 4)) & 0xFu;
        self->crc = ((self->crc << 4) & 0x7FFFu) ^ CRC_OF_FOUR[(self->crc >> (CRC_BITS - 4)) ^ four];
    }
}

// A run at a time instead of a bit: those bits of the value that go on as the last one was, then the first that does
// not. After five equal bits a stuff bit of the other kind is the first of the next run.
static void put_on_wire(bit_stream_t *self, uint64_t value, unsigned count)
{
    while (count > 0) {
        uint64_t changes = (self->last ? ~value : value) << (64 - count);
        unsigned same = changes ? (unsigned)__builtin_clzll(changes) : count;
        if (same > count) same = count;
        if (self->run + same >= STUFF_RUN) {
            count -= STUFF_RUN - self->run;
            self->count += STUFF_RUN - self->run + 1;
            self->last = !self->last;
            self->run = 1;
            continue;
        }
        self->run += same;
        self->count += same;
        count -= same;
        if (count == 0) return;
        self->last = !self->last;
        self->run = 1;
        self->count++;
        count--;
    }
}

static void put_bits(bit_stream_t *self, uint64_t value, unsigned count)
{
    check(self, value, count);
    put_on_wire(self, value, count);
}

//  base      SOF | identifier 11 | RTR | IDE 0 | r0 | DLC 4 | data | CRC 15
//  extended  SOF | base 11 | SRR 1 | IDE 1 | extension 18 | RTR | r1 | r0 | DLC 4 | data | CRC 15
unsigned frame_bits(const can_frame_t *self)
{
    bit_stream_t stream = {.last = true}; // the bus was idle: recessive, and not counted in a run
    uint64_t control = (uint64_t)self->remote << 6 | self->length;
    if (self->extended)
        put_bits(&stream, (uint64_t)(self->id >> 18) << 27 | UINT64_C(3) << 25 | (self->id & 0x3FFFFu) << 7 | control,
                 39);
    else
        put_bits(&stream, (uint64_t)self->id << 7 | control, 19);
    uint64_t data = 0;
    uint8_t size = self->remote ? 0 : self->length;
    for (uint8_t i = 0; i < size; i++) data = data << 8 | self->data[i];
    put_bits(&stream, data, 8 * size);
    put_on_wire(&stream, stream.crc, CRC_BITS);
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
