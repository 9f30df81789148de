// SPDX-License-Identifier: MIT
#include "bus/can/frame.h"

#include <assert.h>
#include <string.h>

#include "bus/base/hex.h"

#define BASE_DIGITS 3
#define EXTENDED_DIGITS 8
#define BASE_HEADER_BITS 19 // start of frame to data length code
#define EXTENDED_HEADER_BITS 39
#define CRC_BITS 15
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

// The CRC register goes on by two bytes at a time, the run of equal bits by one: what they do to it stands in tables,
// which the preprocessor writes. Of n bits it writes those of n - 1 twice: behind a 0, behind a 1.

// What two bytes leave in a register of 0 (x^15 + x^14 + x^10 + x^8 + x^7 + x^4 + x^3 + 1, ISO 11898-1, 10.4.2.6): the
// sum of what their bits leave, the lowest of them the polynomial itself, each other that of its neighbour shifted on.
#define CRC_SHIFTED(crc) (((crc) << 1 & 0x7FFF) ^ ((crc) >> 14 ? 0x4599 : 0))
enum {
    LOW_BIT_0 = 0x4599,
    LOW_BIT_1 = CRC_SHIFTED(LOW_BIT_0),
    LOW_BIT_2 = CRC_SHIFTED(LOW_BIT_1),
    LOW_BIT_3 = CRC_SHIFTED(LOW_BIT_2),
    LOW_BIT_4 = CRC_SHIFTED(LOW_BIT_3),
    LOW_BIT_5 = CRC_SHIFTED(LOW_BIT_4),
    LOW_BIT_6 = CRC_SHIFTED(LOW_BIT_5),
    LOW_BIT_7 = CRC_SHIFTED(LOW_BIT_6),
    HIGH_BIT_0 = CRC_SHIFTED(LOW_BIT_7),
    HIGH_BIT_1 = CRC_SHIFTED(HIGH_BIT_0),
    HIGH_BIT_2 = CRC_SHIFTED(HIGH_BIT_1),
    HIGH_BIT_3 = CRC_SHIFTED(HIGH_BIT_2),
    HIGH_BIT_4 = CRC_SHIFTED(HIGH_BIT_3),
    HIGH_BIT_5 = CRC_SHIFTED(HIGH_BIT_4),
    HIGH_BIT_6 = CRC_SHIFTED(HIGH_BIT_5),
    HIGH_BIT_7 = CRC_SHIFTED(HIGH_BIT_6),
};
#define CRC_1(byte, crc) (crc), (crc) ^ byte##_BIT_0
#define CRC_2(byte, crc) CRC_1(byte, crc), CRC_1(byte, (crc) ^ byte##_BIT_1)
#define CRC_3(byte, crc) CRC_2(byte, crc), CRC_2(byte, (crc) ^ byte##_BIT_2)
#define CRC_4(byte, crc) CRC_3(byte, crc), CRC_3(byte, (crc) ^ byte##_BIT_3)
#define CRC_5(byte, crc) CRC_4(byte, crc), CRC_4(byte, (crc) ^ byte##_BIT_4)
#define CRC_6(byte, crc) CRC_5(byte, crc), CRC_5(byte, (crc) ^ byte##_BIT_5)
#define CRC_7(byte, crc) CRC_6(byte, crc), CRC_6(byte, (crc) ^ byte##_BIT_6)
static const uint16_t CRC_OF_LOW_BYTE[256] = {CRC_7(LOW, 0), CRC_7(LOW, LOW_BIT_7)};
static const uint16_t CRC_OF_HIGH_BYTE[256] = {CRC_7(HIGH, 0), CRC_7(HIGH, HIGH_BIT_7)};

// How the wire stands: so many dominant or recessive bits in a row. After five a stuff bit of the other kind follows at
// once, which is the first of a run of its own.
enum { D1, D2, D3, D4, R1, R2, R3, R4, RUN_COUNT };
#define ZERO_D1 D2
#define ZERO_D2 D3
#define ZERO_D3 D4
#define ZERO_D4 R1 // stuffed
#define ZERO_R1 D1
#define ZERO_R2 D1
#define ZERO_R3 D1
#define ZERO_R4 D1
#define ONE_D1 R1
#define ONE_D2 R1
#define ONE_D3 R1
#define ONE_D4 R1
#define ONE_R1 R2
#define ONE_R2 R3
#define ONE_R3 R4
#define ONE_R4 D1 // stuffed

// An entry: the run that the last bit leaves, in bits 8 to 10, and how many stuff bits there were.
#define ZERO(run) ZERO_##run
#define ONE(run) ONE_##run
#define RUN_0(run, stuffed) ((run) << 8 | (stuffed))
#define RUN_1(run, stuffed) RUN_0(ZERO(run), (stuffed) + ((run) == D4)), RUN_0(ONE(run), (stuffed) + ((run) == R4))
#define RUN_2(run, stuffed) RUN_1(ZERO(run), (stuffed) + ((run) == D4)), RUN_1(ONE(run), (stuffed) + ((run) == R4))
#define RUN_3(run, stuffed) RUN_2(ZERO(run), (stuffed) + ((run) == D4)), RUN_2(ONE(run), (stuffed) + ((run) == R4))
#define RUN_4(run, stuffed) RUN_3(ZERO(run), (stuffed) + ((run) == D4)), RUN_3(ONE(run), (stuffed) + ((run) == R4))
#define RUN_5(run, stuffed) RUN_4(ZERO(run), (stuffed) + ((run) == D4)), RUN_4(ONE(run), (stuffed) + ((run) == R4))
#define RUN_6(run, stuffed) RUN_5(ZERO(run), (stuffed) + ((run) == D4)), RUN_5(ONE(run), (stuffed) + ((run) == R4))
#define RUN_7(run, stuffed) RUN_6(ZERO(run), (stuffed) + ((run) == D4)), RUN_6(ONE(run), (stuffed) + ((run) == R4))
#define RUN_8(run, stuffed) RUN_7(ZERO(run), (stuffed) + ((run) == D4)), RUN_7(ONE(run), (stuffed) + ((run) == R4))
static const uint16_t RUN_OF_BYTE[RUN_COUNT << 8] = {
    RUN_8(D1, 0), RUN_8(D2, 0), RUN_8(D3, 0), RUN_8(D4, 0), RUN_8(R1, 0), RUN_8(R2, 0), RUN_8(R3, 0), RUN_8(R4, 0),
};

typedef struct { // what a controller's bit stream processor knows while it sends
    unsigned crc, run, stuffed;
} bit_stream_t;

static void check_two_bytes(bit_stream_t *self, unsigned bytes)
{
    unsigned sum = self->crc << 1 ^ bytes; // the register's last bit goes out with the last of these
    self->crc = CRC_OF_HIGH_BYTE[sum >> 8] ^ CRC_OF_LOW_BYTE[sum & 0xFFu];
}

static void check_byte(bit_stream_t *self, unsigned byte)
{
    self->crc = (self->crc << 8 & 0x7FFFu) ^ CRC_OF_LOW_BYTE[(self->crc >> (CRC_BITS - 8)) ^ byte];
}

static void put_byte(bit_stream_t *self, unsigned byte)
{
    unsigned entry = RUN_OF_BYTE[self->run | byte];
    self->run = entry & 0x700u;
    self->stuffed += entry & 0xFFu;
}

// The header's bits from the identifier to the length code, the last one sent lowest.
static uint64_t header_of(const can_frame_t *self)
{
    uint64_t header = (uint64_t)self->remote << 6 | self->length;
    if (!self->extended) return header | (uint64_t)self->id << 7;
    return header | (uint64_t)(self->id >> 18) << 27 | UINT64_C(3) << 25 | (self->id & 0x3FFFFu) << 7;
}

// Bits before the start of frame fill the first byte, and one behind the CRC the last. The CRC takes zeros there: in a
// register of 0 they change nothing. On the wire they alternate and so add no stuff bit, the last before the start of
// frame being recessive, as the idle bus is, and the one behind the CRC other than its neighbour.
//
//  base      10101 | SOF | identifier 11 | RTR | IDE 0 | r0 | DLC 4 | data | CRC 15 | 1
//  extended  1 | SOF | base 11 | SRR 1 | IDE 1 | extension 18 | RTR | r1 | r0 | DLC 4 | data | CRC 15 | 1
unsigned frame_bits(const can_frame_t *self)
{
    uint64_t header = header_of(self);
    unsigned header_bits = self->extended ? EXTENDED_HEADER_BITS : BASE_HEADER_BITS;
    uint64_t filled = header | UINT64_C(0x15) << header_bits;
    bit_stream_t stream = {.run = D1 << 8};
    for (unsigned left = (header_bits + 15) / 16 * 16; left > 0; left -= 16)
        check_two_bytes(&stream, header >> (left - 16) & 0xFFFFu);
    for (unsigned left = (header_bits + 7) / 8 * 8; left > 0; left -= 8)
        put_byte(&stream, filled >> (left - 8) & 0xFFu);
    unsigned size = self->remote ? 0 : self->length;
    for (unsigned i = 0; i + 1 < size; i += 2)
        check_two_bytes(&stream, (unsigned)self->data[i] << 8 | self->data[i + 1]);
    if (size % 2 == 1) check_byte(&stream, self->data[size - 1]);
    for (unsigned i = 0; i < size; i++) put_byte(&stream, self->data[i]);
    put_byte(&stream, stream.crc >> 7);
    put_byte(&stream, (stream.crc << 1 & 0xFEu) | (~stream.crc & 1u));
    return header_bits + 8 * size + CRC_BITS + stream.stuffed + TAIL_BITS;
}

static bool bit_at(const can_frame_t *self, uint64_t header, unsigned header_bits, unsigned index)
{
    if (index < header_bits) return header >> (header_bits - 1 - index) & 1;
    index -= header_bits;
    return self->data[index / 8] >> (7 - index % 8) & 1;
}

// Bit by bit: it is rare. Up to where they differ both have the same stuff bits. What differs in the CRC differs in the
// data before it.
unsigned frame_bits_until_different(const can_frame_t *a, const can_frame_t *b, bool *recessive)
{
    unsigned header_bits = a->extended ? EXTENDED_HEADER_BITS : BASE_HEADER_BITS;
    unsigned size = a->remote ? 0 : a->length, run = 0, stuffed = 0;
    uint64_t header_a = header_of(a), header_b = header_of(b);
    bool last = true; // the idle bus
    for (unsigned i = 0; i < header_bits + 8 * size; i++) {
        bool bit = bit_at(a, header_a, header_bits, i);
        if (run == 5) { // a stuff bit stands before this one, and is the first of its own kind
            stuffed++;
            last = !last;
            run = 1;
        }
        if (bit != bit_at(b, header_b, header_bits, i)) {
            *recessive = bit;
            return i + 1 + stuffed;
        }
        run = bit == last ? run + 1 : 1;
        last = bit;
    }
    return 0;
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
