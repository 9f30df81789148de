// SPDX-License-Identifier: MIT
// What the parts of the ISO-TP link share: isotp.c (the link: addressing, the frame handed out, time-outs) calls
// isotp_send.c and isotp_receive.c. Private to them.
//
//   byte           0        1                      2               3
//   single         address  0000 length(4)         data …
//   first          address  0001 length(4 high)    length(8 low)   data …        (length 0: 32 bits of length follow)
//   consecutive    address  0010 sequence(4)       data …
//   flow control   address  0011 status(4)         block size      STmin
#ifndef KMSIM_BUS_ISOTP_LINK_H
#define KMSIM_BUS_ISOTP_LINK_H

#include "bus/isotp.h"

#define ISOTP_HEADER_SIZE 2 // address and PCI byte
#define ISOTP_SEQUENCE_MASK 0x0FU

enum { ISOTP_PCI_SINGLE, ISOTP_PCI_FIRST, ISOTP_PCI_CONSECUTIVE, ISOTP_PCI_FLOW };

static inline size_t isotp_smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/// now + span, or TIME_NEVER when there is no such time.
static inline int64_t isotp_later(int64_t now_ns, int64_t span_ns)
{
    return now_ns > TIME_NEVER - span_ns ? TIME_NEVER : now_ns + span_ns;
}

/// A frame of this link: address, then body (PCI byte and what follows), padded if so configured.
can_frame_t isotp_make_frame(const isotp_t *self, const uint8_t *body, size_t size);

/// The message being sent ends with this result.
void isotp_send_end(isotp_t *self, isotp_result_t result);
/// N_Bs or N_Cs, whichever runs; TIME_NEVER for none.
int64_t isotp_send_deadline(const isotp_t *self);
/// When the sender's next frame can be pulled, if nothing is out.
int64_t isotp_send_due(const isotp_t *self);
/// The sender's next frame, which is due.
can_frame_t isotp_send_make(isotp_t *self);
void isotp_send_carried(isotp_t *self, int64_t now_ns);
void isotp_send_accept_flow(isotp_t *self, const can_frame_t *frame, int64_t now_ns);

/// The reception under way ends with this result.
void isotp_receive_fail(isotp_t *self, isotp_result_t result);
/// N_Cr.
int64_t isotp_receive_deadline(const isotp_t *self);
/// The flow control that is waiting, and waits no longer.
can_frame_t isotp_receive_make_flow(isotp_t *self);
void isotp_receive_carried(isotp_t *self, int64_t now_ns);
void isotp_receive_accept_single(isotp_t *self, const can_frame_t *frame);
void isotp_receive_accept_first(isotp_t *self, const can_frame_t *frame);
void isotp_receive_accept_consecutive(isotp_t *self, const can_frame_t *frame, int64_t now_ns);

#endif
