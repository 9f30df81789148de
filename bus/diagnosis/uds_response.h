// SPDX-License-Identifier: MIT
// What a response to a request must look like (ISO 14229-1), for whoever asks: one table of all services (in the .c
// file) with the bytes of the request that come back, the length, and the entries by which a list must divide. Pure.
//
// What identifiers and routines hold is the units' own: of this car it is told in bus/car/identifiers.h.
#ifndef KMSIM_BUS_DIAGNOSIS_UDS_RESPONSE_H
#define KMSIM_BUS_DIAGNOSIS_UDS_RESPONSE_H

#include "bus/diagnosis/uds.h"

typedef enum {
    UDS_RESPONSE_POSITIVE,
    UDS_RESPONSE_NEGATIVE, // a refusal of this service, with its code; "response pending" among them
    UDS_RESPONSE_WRONG,    // to another request, cut short, too long: nothing that it says may be believed
} uds_response_t;

/// What this is as a response to that request, read to its last byte. Of a service that the table does not
/// know any positive response is right.
uds_response_t uds_response_judge(const uint8_t *request, size_t request_size, const uint8_t *response, size_t size);

#endif
