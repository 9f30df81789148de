// SPDX-License-Identifier: MIT
// What the sniffer prints: one line for one public message of a bus.
#ifndef KMSIM_TOOLS_SNIFFER_LINE_H
#define KMSIM_TOOLS_SNIFFER_LINE_H

#include <stdio.h>

#include "bus/can/dbc.h"
#include "bus/zmq/wire.h"

/// The bus in a frame's topic, "can/BUS/ID", into VEHICLE_NAME_MAX + 1 bytes; false for another topic.
bool sniffer_line_bus(const char *topic, char *bus);

/// Prints a frame as candump does, `(S.UUUUUU) BUS ID#DATA`; with a DBC the decoded text stands behind it.
void sniffer_line_frame(FILE *file, const wire_public_t *message, const char *bus, const dbc_t *dbc);

/// Prints an error frame as candump does, and behind it whose frame has failed.
void sniffer_line_error(FILE *file, const wire_public_t *message, const char *bus);

/// Prints how a node stands on a bus from now on (WIRE_STATE).
void sniffer_line_state(FILE *file, const wire_public_t *message);

/// Prints what is no frame: lines, radio, power, sleep, log entries.
void sniffer_line_other(FILE *file, const wire_public_t *message, const char *topic);

#endif
