// SPDX-License-Identifier: MIT
// Frames in the words of a DBC, on one line: "SeatStatus Profile=2 Coded=yes Longitudinal=180.0 mm". Pure but for
// snprintf.
#ifndef KMSIM_BUS_CAN_FRAME_TEXT_H
#define KMSIM_BUS_CAN_FRAME_TEXT_H

#include "bus/can/dbc.h"

#define FRAME_TEXT_LINE_MAX 2048
#define FRAME_TEXT_VALUE_MAX 160 // a value's name, or its number and unit

/// A physical value with its unit, with as many decimals as the signal's resolution has: "180.0 mm". What does not fit
/// into size bytes is cut, the text is always terminated and returned.
const char *frame_text_physical(const dbc_signal_t *signal, double physical, char *text, size_t size);

/// A raw value: by the name that the DBC gives it, "unlock", else as its physical value.
const char *frame_text_raw(const dbc_signal_t *signal, int64_t raw, char *text, size_t size);

/// The message's name and all signals that the frame holds, in the DBC's order; "" for a message that the DBC lacks.
const char *frame_text_format(const dbc_t *dbc, const can_frame_t *frame, char *text, size_t size);

#endif
