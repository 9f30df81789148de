// SPDX-License-Identifier: MIT
// A CAN 2.0 frame (ISO 11898-1): its content, its length on the wire and its candump text. Pure.
#ifndef KMSIM_BUS_CAN_FRAME_H
#define KMSIM_BUS_CAN_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FRAME_DATA_MAX 8
#define FRAME_BASE_ID_MAX UINT32_C(0x7FF)          // 11 bits
#define FRAME_EXTENDED_ID_MAX UINT32_C(0x1FFFFFFF) // 29 bits
#define FRAME_TEXT_MAX 32
#define FRAME_INTERMISSION_BITS 3
#define FRAME_ERROR_BITS 14 // error flag 6, error delimiter 8

typedef struct {
    uint32_t id; // 11 bits, or 29 when extended
    bool extended;
    bool remote;                  // a remote transmission request: length, no data
    uint8_t length;               // 0 .. 8
    uint8_t data[FRAME_DATA_MAX]; // bytes past length are zero
} can_frame_t;

/// The largest identifier of that format.
static inline uint32_t frame_id_max(bool extended)
{
    return extended ? FRAME_EXTENDED_ID_MAX : FRAME_BASE_ID_MAX;
}

/// A data frame with an 11-bit identifier; bytes are copied, length 0 .. 8.
can_frame_t frame_make(uint32_t id, const uint8_t *data, uint8_t length);

/// True when both would be the same on the wire.
bool frame_equal(const can_frame_t *a, const can_frame_t *b);

/// Length on the wire in bits, from start of frame to the end of the end-of-frame field, with the stuff bits that this
/// content and its CRC need (ISO 11898-1, 10.4 and 10.5); the intermission is not included.
unsigned frame_bits(const can_frame_t *self);

/// Of two frames that arbitration cannot tell apart: the bits on the wire up to and with the first in which they
/// differ, stuff bits included; 0: they are equal. *recessive is set to whether that bit is recessive in the first.
unsigned frame_bits_until_different(const can_frame_t *a, const can_frame_t *b, bool *recessive);

/// Rank in arbitration: the smaller value wins (ISO 11898-1, 10.4.2: base identifier, then RTR/SRR, IDE, extension,
/// RTR).
uint64_t frame_priority(const can_frame_t *self);

/// Writes candump's form, "130#4500", eight digits for an extended identifier, "321#R" for a remote frame. Returns
/// text.
const char *frame_format(const can_frame_t *self, char text[FRAME_TEXT_MAX]);

/// Reads candump's form (any case; three digits up to 7FF, or eight). False, and *frame untouched, for anything else.
bool frame_parse(const char *text, can_frame_t *frame);

/// A pattern of identifier and bytes: '?' is any hex digit, a final '*' any rest ("23A#11??", "640#F1*").
/// Returns whether the text is such a pattern.
bool frame_pattern_valid(const char *pattern);

/// Whether the frame matches a valid pattern; without '*' the lengths must agree.
bool frame_matches(const can_frame_t *self, const char *pattern);

#endif
