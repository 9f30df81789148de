// SPDX-License-Identifier: MIT
// The half of an ISO-TP link that sends: single, first and consecutive frames, and the flow control that comes back.
// Pure; isotp.c alone calls it.
#ifndef KMSIM_BUS_DIAGNOSIS_ISOTP_SEND_H
#define KMSIM_BUS_DIAGNOSIS_ISOTP_SEND_H

#include "bus/diagnosis/isotp_link.h"

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

#endif
