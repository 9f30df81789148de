// SPDX-License-Identifier: MIT
// The sniffer's --filter: which frames are shown.
//
//   kcan-s          frames of that bus                   130, 130-2FF       that identifier (11 bits), or that range
//   SeatStatus      frames of that message of the DBC    00000130-1FFFFFFF  the same with eight digits: 29 bits
//   bus:NAME        a bus that the vehicle file lacks    !TERM              not those
//
// Terms are separated by commas. A frame is shown when its bus is one of those named, if any is, and its identifier or
// message is one of those named, if any is, and no term with ! says otherwise.
#ifndef KMSIM_TOOLS_SNIFFER_FILTER_H
#define KMSIM_TOOLS_SNIFFER_FILTER_H

#include "bus/can/dbc.h"
#include "bus/base/error.h"
#include "bus/kernel/vehicle.h"

#define SNIFFER_TERMS_MAX 32

typedef struct {
    bool is_not;
    bool is_bus;
    char bus[VEHICLE_NAME_MAX + 1]; // of a bus term
    bool extended;                  // of the others
    uint32_t first, last;
} sniffer_term_t;

typedef struct {
    size_t count;
    sniffer_term_t terms[SNIFFER_TERMS_MAX];
} sniffer_filter_t;

/// Reads an expression. False with the error told for a term that is neither identifier, message nor bus.
bool sniffer_filter_parse(sniffer_filter_t *self, const char *text, const dbc_t *dbc, const vehicle_t *vehicle,
                          error_t *error);

/// Whether a frame on that bus is shown; an empty filter shows all.
bool sniffer_filter_shows(const sniffer_filter_t *self, const char *bus, const can_frame_t *frame);

/// Whether any frame of that bus may be shown; with a null bus: whether the filter names no bus.
bool sniffer_filter_wants_bus(const sniffer_filter_t *self, const char *bus);

#endif
