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
// It is not an UDS server and knows no session. How a link is configured, what ends a message and what is counted
// stands in isotp_link.h. Memory is the caller's: about 8.5 KiB, nothing else is needed.
#ifndef KMSIM_BUS_DIAGNOSIS_ISOTP_H
#define KMSIM_BUS_DIAGNOSIS_ISOTP_H

#include "bus/diagnosis/isotp_link.h"

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

/// Whether the message being sent has waited that long already for one thing: the bus to carry its frame (which may be
/// lost, with nobody to tell), or a flow control.
bool isotp_is_stuck(const isotp_t *self, int64_t span_ns, int64_t now_ns);

/// Ends the message being sent, if there is one, with ISOTP_UNEXPECTED: whoever receives it wants something else now.
void isotp_give_up(isotp_t *self);

/// Why the last message to send ended; told once.
isotp_result_t isotp_take_send_result(isotp_t *self);

/// Why the last reception failed; told once. A complete message is told by isotp_received, not here.
isotp_result_t isotp_take_receive_result(isotp_t *self);

/// The first frame indication (N_USData_FF): the size of the message whose reception began, or 0; told once.
size_t isotp_take_first_frame(isotp_t *self);

const isotp_counters_t *isotp_counters(const isotp_t *self);

#endif
