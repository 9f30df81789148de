// SPDX-License-Identifier: MIT
#include "bus/diagnosis/uds_response.h"

#include <string.h>

#define NEGATIVE_SIZE 3
#define ID_SIZE 2
#define ANY 0x00   // no bit of the sub-function matters
#define EXACT 0x7F // all of them do, that which suppresses the response excepted
#define PARITY 0x01
#define FAULT_ENTRY (UDS_FAULT_SIZE + 1) // a fault's code and its status, or one more number
#define FAULT_SEVERITY_ENTRY 6           // severity, functional unit, code, status

#define READ_MEMORY 0x23
#define READ_SCALING 0x24
#define READ_PERIODIC 0x2A
#define DEFINE_DATA 0x2C
#define CONTROL_OUTPUT 0x2F
#define REQUEST_DOWNLOAD 0x34
#define REQUEST_UPLOAD 0x35
#define TRANSFER_DATA 0x36
#define WRITE_MEMORY 0x3D
#define LINK_CONTROL 0x87

typedef struct {
    uint8_t service;
    uint8_t mask, value;  // of the sub-function, where there are several rows of a service: the first that fits
    uint8_t echoed;       // bytes behind the service that are the request's
    uint16_t least, most; // bytes of the whole response
    uint8_t entry;        // size of the entries behind `least`, by which they must divide
} shape_t;

static const shape_t SHAPES[] = {
    {UDS_SESSION_CONTROL, ANY, 0, 1, 6, 6, 1}, // session, P2 and P2*
    {UDS_RESET, EXACT, 0x04, 1, 3, 3, 1},      // rapid power shut-down: its time
    {UDS_RESET, ANY, 0, 1, 2, 2, 1},
    {UDS_CLEAR_FAULTS, ANY, 0, 0, 1, 1, 1},
    {UDS_READ_FAULTS, EXACT, 0x01, 1, 6, 6, 1}, // availability mask, format, count
    {UDS_READ_FAULTS, EXACT, 0x07, 1, 6, 6, 1},
    {UDS_READ_FAULTS, EXACT, 0x02, 1, 3, UDS_MESSAGE_MAX, FAULT_ENTRY}, // availability mask, list
    {UDS_READ_FAULTS, EXACT, 0x03, 1, 2, UDS_MESSAGE_MAX, FAULT_ENTRY}, // list
    {UDS_READ_FAULTS, EXACT, 0x04, 4, 6, UDS_MESSAGE_MAX, 1},           // code, status, records
    {UDS_READ_FAULTS, EXACT, 0x06, 4, 6, UDS_MESSAGE_MAX, 1},
    {UDS_READ_FAULTS, EXACT, 0x08, 1, 3, UDS_MESSAGE_MAX, FAULT_SEVERITY_ENTRY},
    {UDS_READ_FAULTS, EXACT, 0x09, 1, 3, 3 + FAULT_SEVERITY_ENTRY, FAULT_SEVERITY_ENTRY},
    {UDS_READ_FAULTS, EXACT, 0x0A, 1, 3, UDS_MESSAGE_MAX, FAULT_ENTRY},
    {UDS_READ_FAULTS, EXACT, 0x0B, 1, 3, 3 + FAULT_ENTRY, FAULT_ENTRY}, // first and most recent: one at most
    {UDS_READ_FAULTS, EXACT, 0x0C, 1, 3, 3 + FAULT_ENTRY, FAULT_ENTRY},
    {UDS_READ_FAULTS, EXACT, 0x0D, 1, 3, 3 + FAULT_ENTRY, FAULT_ENTRY},
    {UDS_READ_FAULTS, EXACT, 0x0E, 1, 3, 3 + FAULT_ENTRY, FAULT_ENTRY},
    {UDS_READ_FAULTS, EXACT, 0x14, 1, 2, UDS_MESSAGE_MAX, FAULT_ENTRY},
    {UDS_READ_FAULTS, EXACT, 0x15, 1, 3, UDS_MESSAGE_MAX, FAULT_ENTRY},
    {UDS_READ_FAULTS, ANY, 0, 1, 2, UDS_MESSAGE_MAX, 1},
    {UDS_READ_DATA, ANY, 0, ID_SIZE, 3, UDS_MESSAGE_MAX, 1}, // of several identifiers: see echoes
    {READ_MEMORY, ANY, 0, 0, 2, UDS_MESSAGE_MAX, 1},
    {READ_SCALING, ANY, 0, ID_SIZE, 4, UDS_MESSAGE_MAX, 1},
    {UDS_SECURITY_ACCESS, PARITY, 1, 1, 3, UDS_MESSAGE_MAX, 1}, // a seed
    {UDS_SECURITY_ACCESS, PARITY, 0, 1, 2, 2, 1},               // a key is taken
    {UDS_COMMUNICATION_CONTROL, ANY, 0, 1, 2, 2, 1},
    {READ_PERIODIC, ANY, 0, 0, 1, 1, 1},
    {DEFINE_DATA, ANY, 0, 1, 2, 4, ID_SIZE}, // 03 clears all: the identifier may be left out
    {UDS_WRITE_DATA, ANY, 0, ID_SIZE, 3, 3, 1},
    {CONTROL_OUTPUT, ANY, 0, ID_SIZE + 1, 4, UDS_MESSAGE_MAX, 1},
    {UDS_ROUTINE_CONTROL, ANY, 0, 1 + ID_SIZE, 4, UDS_MESSAGE_MAX, 1},
    {REQUEST_DOWNLOAD, ANY, 0, 0, 3, UDS_MESSAGE_MAX, 1},
    {REQUEST_UPLOAD, ANY, 0, 0, 3, UDS_MESSAGE_MAX, 1},
    {TRANSFER_DATA, ANY, 0, 1, 2, UDS_MESSAGE_MAX, 1},
    {WRITE_MEMORY, ANY, 0, 1, 4, UDS_MESSAGE_MAX, 1},
    {UDS_TESTER_PRESENT, ANY, 0, 1, 2, 2, 1},
    {UDS_FAULT_SETTING, ANY, 0, 1, 2, 2, 1},
    {LINK_CONTROL, ANY, 0, 1, 2, 2, 1},
};
#define SHAPE_COUNT (sizeof SHAPES / sizeof SHAPES[0])

// A request of one byte has no sub-function: 0.
static const shape_t *find_shape(const uint8_t *request, size_t size)
{
    uint8_t sub_function = size > 1 ? request[1] : 0;
    for (size_t i = 0; i < SHAPE_COUNT; i++)
        if (SHAPES[i].service == request[0] && (sub_function & SHAPES[i].mask) == SHAPES[i].value) return &SHAPES[i];
    return NULL;
}

// A unit leaves out the identifiers that it does not have: the response begins with any of those that were asked for.
static bool echoes_one(const uint8_t *request, size_t request_size, const uint8_t *response)
{
    for (size_t at = 1; at + ID_SIZE <= request_size; at += ID_SIZE)
        if (memcmp(request + at, response + 1, ID_SIZE) == 0) return true;
    return false;
}

// The bit that suppresses the response does not come back: the unit said "response pending" and answers all the same.
static bool echoes(const shape_t *shape, const uint8_t *request, size_t request_size, const uint8_t *response)
{
    if (shape->service == UDS_READ_DATA) return echoes_one(request, request_size, response);
    if (request_size < 1U + shape->echoed) return false;
    for (size_t i = 1; i <= shape->echoed; i++) {
        bool sub_function = i == 1 && uds_has_sub_function(shape->service);
        if (response[i] != (sub_function ? request[i] & (uint8_t)~UDS_SUPPRESS : request[i])) return false;
    }
    return true;
}

static bool is_positive(const uint8_t *request, size_t request_size, const uint8_t *response, size_t size)
{
    const shape_t *shape = find_shape(request, request_size);
    if (!shape) return true;
    if (size < shape->least || size > shape->most || (size - shape->least) % shape->entry != 0) return false;
    return echoes(shape, request, request_size, response);
}

uds_response_t uds_response_judge(const uint8_t *request, size_t request_size, const uint8_t *response, size_t size)
{
    if (request_size == 0 || size == 0) return UDS_RESPONSE_WRONG;
    if (response[0] == UDS_NEGATIVE) {
        // 00 would be a positive one, and says nothing (ISO 14229-1, A.1).
        bool refuses = size == NEGATIVE_SIZE && response[1] == request[0] && response[2] != UDS_ACCEPTED;
        return refuses ? UDS_RESPONSE_NEGATIVE : UDS_RESPONSE_WRONG;
    }
    bool positive =
        response[0] == (uint8_t)(request[0] + UDS_POSITIVE) && is_positive(request, request_size, response, size);
    return positive ? UDS_RESPONSE_POSITIVE : UDS_RESPONSE_WRONG;
}
