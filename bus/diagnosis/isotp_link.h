// SPDX-License-Identifier: MIT
// The ISO-TP link as a value, and what both of its halves need. Pure.
//
//   isotp.c (addressing, the frame handed out, time-outs) ──> isotp_send.c, isotp_receive.c ──> this
//
// The halves do not know each other, nor isotp.h: a user includes that one.
//
//   byte           0        1                      2               3
//   single         address  0000 length(4)         data …
//   first          address  0001 length(4 high)    length(8 low)   data …        (length 0: 32 bits of length follow)
//   consecutive    address  0010 sequence(4)       data …
//   flow control   address  0011 status(4)         block size      STmin
#ifndef KMSIM_BUS_DIAGNOSIS_ISOTP_LINK_H
#define KMSIM_BUS_DIAGNOSIS_ISOTP_LINK_H

#include <string.h>

#include "bus/can/frame.h"
#include "bus/base/time.h"

#define ISOTP_PAYLOAD_MAX 4095
#define ISOTP_SINGLE_MAX 6      // bytes of payload in a single frame …
#define ISOTP_FIRST_BYTES 5     // … in a first frame
#define ISOTP_CONSECUTIVE_MAX 6 // … and in a consecutive frame, all with extended addressing
#define ISOTP_TIMEOUT_NS TIME_S // default of every time-out

/// How a link is addressed and behaves. Zeroed members mean: no padding, no limit of a block, no separation time,
/// no WAIT tolerated, and ISOTP_TIMEOUT_NS for each time-out.
typedef struct {
    uint32_t tx_id, rx_id;          // 11 bits
    uint8_t tx_address, rx_address; // byte 0 of what goes out, and of what this link listens to
    bool functional;                // one to many: single frames only, both ways
    bool padding;                   // fill every frame to eight bytes with padding_byte
    uint8_t padding_byte;
    uint8_t block_size;   // that we ask for as a receiver; 0: all in one block
    uint8_t st_min;       // that we ask for, as on the wire: 0x00 .. 0x7F ms, 0xF1 .. 0xF9 100 .. 900 us
    uint8_t wait_maximum; // flow controls WAIT in a row that a sender of ours puts up with; we never send WAIT
    int64_t n_as_ns;      // from isotp_pull to isotp_sent; for flow control frames it is N_Ar
    int64_t n_bs_ns;      // until the flow control arrives
    int64_t n_cr_ns;      // until the next consecutive frame arrives
    int64_t n_cs_ns;      // from when a consecutive frame is due, STmin over, until it is pulled
} isotp_config_t;

typedef enum {
    ISOTP_NOTHING,        // nothing ended since the last question
    ISOTP_DONE,           // the last frame of the message was carried
    ISOTP_TIMEOUT_A,      // N_As, N_Ar: the bus did not carry a frame in time
    ISOTP_TIMEOUT_BS,     // no flow control
    ISOTP_TIMEOUT_CR,     // no consecutive frame
    ISOTP_TIMEOUT_CS,     // the host did not fetch a consecutive frame
    ISOTP_NOT_SENT,       // the host lost a frame (isotp_not_sent)
    ISOTP_OVERFLOW,       // N_BUFFER_OVFLW: the receiver has no room
    ISOTP_INVALID_FLOW,   // N_INVALID_FS: a reserved flow status
    ISOTP_TOO_MANY_WAITS, // more than wait_maximum in a row
    ISOTP_WRONG_SEQUENCE, // N_WRONG_SN: a consecutive frame was lost, doubled or out of order
    ISOTP_UNEXPECTED,     // N_UNEXP_PDU: a new message began inside another one
} isotp_result_t;

typedef struct {
    uint32_t sent, send_failed;        // messages
    uint32_t received, receive_failed; // messages; one refused with OVFLW is in neither
    uint32_t foreign;                  // frames with another identifier or address
    uint32_t malformed;  // frames for this link that the standard has ignored: length, PCI type, DL out of its range,
                         // first frames on a functional link
    uint32_t unexpected; // well-formed frames that nothing waited for
    uint32_t lost;       // single frames that met a message not yet released
    uint32_t overflowed; // first frames answered with OVFLW
} isotp_counters_t;

typedef enum { ISOTP_SEND_IDLE, ISOTP_SEND_START, ISOTP_SEND_AWAIT_FLOW, ISOTP_SEND_CONSECUTIVE } isotp_send_state_t;
typedef enum {
    ISOTP_RECEIVE_IDLE,
    ISOTP_RECEIVE_FLOW,
    ISOTP_RECEIVE_CONSECUTIVE,
    ISOTP_RECEIVE_COMPLETE,
} isotp_receive_state_t;
typedef enum {
    ISOTP_FLOW_CONTINUE, // the wire's, so are the next two
    ISOTP_FLOW_WAIT,
    ISOTP_FLOW_OVERFLOW,
    ISOTP_FLOW_NONE,
} isotp_flow_t;
typedef enum { ISOTP_OUT_NONE, ISOTP_OUT_DATA, ISOTP_OUT_FLOW, ISOTP_OUT_STALE } isotp_out_t;

typedef struct {
    isotp_config_t config;
    isotp_counters_t counters;
    struct {              // the frame that was handed out and is not confirmed
        isotp_out_t kind; // stale: its message has ended meanwhile
        can_frame_t frame;
        int64_t deadline_ns; // N_As
    } out;
    struct {
        isotp_send_state_t state;
        isotp_result_t result;
        size_t size, offset; // offset: bytes handed out
        uint8_t sequence;    // of the next consecutive frame
        uint8_t block_size;  // of the last flow control; 0: no end
        uint8_t block_left;  // consecutive frames until the next flow control
        uint8_t waits;       // in a row
        int64_t st_min_ns;   // of the last flow control
        int64_t carried_ns;  // the last consecutive frame was carried then
        int64_t due_ns;      // the next one may go then
        int64_t deadline_ns; // N_Bs or N_Cs, by state
        uint8_t payload[ISOTP_PAYLOAD_MAX];
    } send;
    struct {
        isotp_receive_state_t state;
        isotp_result_t result;
        isotp_flow_t flow;   // flow control that waits to be pulled
        size_t first_size;   // first frame indication, 0: none
        size_t size, offset; // offset: bytes received
        uint8_t sequence;    // expected next
        uint8_t block_left;
        int64_t deadline_ns; // N_Cr
        uint8_t payload[ISOTP_PAYLOAD_MAX];
    } receive;
} isotp_t;

// ---- for its halves ------------------------------------------------------------------------------------------------

#define ISOTP_HEADER_SIZE 2 // address and PCI byte
#define ISOTP_SEQUENCE_MASK 0x0FU

enum { ISOTP_PCI_SINGLE, ISOTP_PCI_FIRST, ISOTP_PCI_CONSECUTIVE, ISOTP_PCI_FLOW };

static inline size_t isotp_link_smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/// now + span, or TIME_NEVER when there is no such time.
static inline int64_t isotp_link_later(int64_t now_ns, int64_t span_ns)
{
    return now_ns > TIME_NEVER - span_ns ? TIME_NEVER : now_ns + span_ns;
}

/// A frame of this link: address, then body (PCI byte and what follows), padded if so configured.
static inline can_frame_t isotp_link_make_frame(const isotp_t *self, const uint8_t *body, size_t size)
{
    const isotp_config_t *config = &self->config;
    uint8_t data[FRAME_DATA_MAX];
    memset(data, config->padding_byte, sizeof data);
    data[0] = config->tx_address;
    memcpy(data + 1, body, size);
    return frame_make(config->tx_id, data, (uint8_t)(config->padding ? FRAME_DATA_MAX : size + 1));
}

/// Whether a segmented message is being received.
static inline bool isotp_link_is_receiving(const isotp_t *self)
{
    return self->receive.state == ISOTP_RECEIVE_FLOW || self->receive.state == ISOTP_RECEIVE_CONSECUTIVE;
}

#endif
