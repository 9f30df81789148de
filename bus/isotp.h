// SPDX-License-Identifier: MIT
// ISO-TP (ISO 15765-2, classic CAN, extended addressing: byte 0 is the target address). Pure, pull style.
// One isotp_t is one link between two addresses and is full duplex: one message out and one in at the same time.
//
//   isotp_send ──────────────────────────> ┌─────────┐ ──isotp_pull──> one frame at a time to the bus
//   isotp_accept (every frame received) ─> │ isotp_t │ <─isotp_sent── … which carried it (isotp_not_sent: lost it)
//   isotp_tick at isotp_deadline ────────> └─────────┘ ──isotp_received … isotp_release, isotp_take_…──> the user
//
// What a caller does at an instant: confirmations, then frames, then isotp_tick, then take results and send, then
// isotp_pull until it returns false; after that isotp_deadline is strictly ahead. Nothing is called back.
//
//   sender    FF ─sent─┐        ┌─ CF ─sent─ STmin ─ CF ─sent─┐        ┌─ …     N_As  pull to sent, every frame
//                      └─ N_Bs ─┤                 (block full)└─ N_Bs ─┤        N_Bs  sent or WAIT to flow control
//   receiver          FC ───────┘                            FC ───────┘        N_Cr  FC sent, or CF, to the next CF
//
// It is not an UDS server and knows no session. Memory is the caller's: about 8.5 KiB, nothing else is needed.
#ifndef KMSIM_BUS_ISOTP_H
#define KMSIM_BUS_ISOTP_H

#include "bus/frame.h"
#include "bus/time.h"

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

/// An idle link; the configuration is copied.
void isotp_init(isotp_t *self, const isotp_config_t *config);

/// Starts to send a message of 1 .. 4,095 bytes (6 on a functional link), which is copied. False, with nothing changed,
/// for another size or while a message is being sent. A result not yet taken is forgotten.
bool isotp_send(isotp_t *self, const uint8_t *payload, size_t size, int64_t now_ns);

/// Takes a frame from the bus (ISO 15765-2, 9.8.3: what is unexpected is ignored, except that a single or first frame
/// ends a reception and begins a new one). Returns whether the frame was addressed to this link.
bool isotp_accept(isotp_t *self, const can_frame_t *frame, int64_t now_ns);

/// The next frame for the bus, or false: nothing to send now, or the frame handed out before is not confirmed yet.
bool isotp_pull(isotp_t *self, int64_t now_ns, can_frame_t *frame);

/// The bus has carried this frame. False, and nothing changed, when it is not the one that was handed out.
bool isotp_sent(isotp_t *self, const can_frame_t *frame, int64_t now_ns);

/// The host has lost this frame: its message fails at once with ISOTP_NOT_SENT. False when it is not the one handed
/// out.
bool isotp_not_sent(isotp_t *self, const can_frame_t *frame, int64_t now_ns);

/// Lets the time-outs elapse that are due by now. What arrives in the very instant of a time-out is in time if it comes
/// before this call; the other functions let elapse only what was due earlier.
void isotp_tick(isotp_t *self, int64_t now_ns);

/// When isotp_tick or isotp_pull next has something to do; TIME_NEVER: nothing by itself.
int64_t isotp_deadline(const isotp_t *self);

/// A complete message, until isotp_release; the bytes are the link's. Until then the link takes no other message:
/// first frames are answered with OVFLW, single frames are counted as lost.
bool isotp_received(const isotp_t *self, const uint8_t **payload, size_t *size);
void isotp_release(isotp_t *self);

/// Whether a message is being sent, or a segmented one being received.
bool isotp_sending(const isotp_t *self);
bool isotp_receiving(const isotp_t *self);

/// Why the last message to send ended; told once.
isotp_result_t isotp_take_send_result(isotp_t *self);

/// Why the last reception failed; told once. A complete message is told by isotp_received, not here.
isotp_result_t isotp_take_receive_result(isotp_t *self);

/// The first frame indication (N_USData_FF): the size of the message whose reception began, or 0; told once.
size_t isotp_take_first_frame(isotp_t *self);

const isotp_counters_t *isotp_counters(const isotp_t *self);

#endif
