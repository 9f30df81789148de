// SPDX-License-Identifier: MIT
// The half of an ISO-TP link that receives: single, first and consecutive frames, and the flow control that it answers.
// Pure; isotp.c alone calls it.
#ifndef KMSIM_BUS_DIAGNOSIS_ISOTP_RECEIVE_H
#define KMSIM_BUS_DIAGNOSIS_ISOTP_RECEIVE_H

#include "bus/diagnosis/isotp_link.h"

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
