// SPDX-License-Identifier: MIT
// Frames in the words of a DBC, on one line: "SeatStatus Profile=2 Coded=yes Longitudinal=180.0 mm". Pure but for
// snprintf.
#ifndef KMSIM_BUS_CAN_FRAME_TEXT_H
#define KMSIM_BUS_CAN_FRAME_TEXT_H

#include "bus/can/dbc.h"

#define FRAME_TEXT_LINE_MAX 8192
#define FRAME_TEXT_VALUE_MAX 512 // a value's name, or its number and unit

/// A raw value's physical value with its unit, exact: integers to 64 bits, with as many decimals as factor and offset
/// have ("180.0 mm"); a floating-point number with the fewest digits that are it and no other. What does not fit into
/// size bytes is cut between characters and ends with TEXT_CUT; the text is always terminated and returned.
const char *frame_text_number(const dbc_signal_t *signal, int64_t raw, char *text, size_t size);

/// A physical value that was told, with as many decimals.
const char *frame_text_physical(const dbc_signal_t *signal, double physical, char *text, size_t size);

/// A raw value: by the name that the DBC gives it, "unlock", else as its number.
const char *frame_text_raw(const dbc_signal_t *signal, int64_t raw, char *text, size_t size);

/// The message's name and all signals that the frame holds, in the DBC's order; "" for a message that the DBC lacks.
const char *frame_text_format(const dbc_t *dbc, const can_frame_t *frame, char *text, size_t size);

#endif
