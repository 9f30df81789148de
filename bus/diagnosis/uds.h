// SPDX-License-Identifier: MIT
// Diagnosis as units and testers both know it (ISO 14229-1 over ISO 15765-2): addresses, services, negative responses,
// the seed and key. Pure. The server is bus/diagnosis/uds_server.h, a tester's side bus/diagnosis/uds_client.h.
//
// Addresses: a request has identifier 0x6F1 and the target's address in byte 0, a response identifier 0x600 + the
// unit's address and the tester's (0xF1) in byte 0. To 0xEF all units listen, to 0xEE those that adapt to a person;
// single frames only.
//
// What there is to read, write and start is the units' own: of this car it stands in bus/car/identifiers.h.
#ifndef KMSIM_BUS_DIAGNOSIS_UDS_H
#define KMSIM_BUS_DIAGNOSIS_UDS_H

#include "bus/diagnosis/isotp.h"
#include "bus/base/time.h"

#define UDS_TESTER_ADDRESS 0xF1
#define UDS_FUNCTIONAL_ALL 0xEF
#define UDS_FUNCTIONAL_PERSONALIZATION 0xEE
#define UDS_REQUEST_ID 0x6F1U
#define UDS_RESPONSE_ID 0x600U // + the unit's address

#define UDS_P2_NS (50 * TIME_MS)        // until a response begins
#define UDS_P2_EXTENDED_NS (5 * TIME_S) // … after a "response pending"
#define UDS_S3_NS (5 * TIME_S)          // until a session ends that nobody uses

#define UDS_MESSAGE_MAX ISOTP_PAYLOAD_MAX
#define UDS_WAITS_MAX UINT8_MAX // flow controls WAIT in a row: how many there are is the receiver's business (N_WFTmax)
#define UDS_POSITIVE 0x40       // added to a service in its positive response
#define UDS_NEGATIVE 0x7F       // begins a negative response
#define UDS_SUPPRESS 0x80       // bit of a sub-function: no positive response
#define UDS_SEED_SIZE 8
#define UDS_KEY_SIZE 8
#define UDS_SECRET_SIZE 16
#define UDS_FAULT_SIZE 3 // bytes of a fault code: 0x1234 is 00 12 34
#define UDS_FAULTS_ALL 0xFFFFFFU
#define UDS_DATA_SESSION 0xF186 // the identifier of the active session (ISO 14229-1, annex C.1)

typedef enum {
    UDS_SESSION_CONTROL = 0x10,
    UDS_RESET = 0x11,
    UDS_CLEAR_FAULTS = 0x14,
    UDS_READ_FAULTS = 0x19,
    UDS_READ_DATA = 0x22,
    UDS_SECURITY_ACCESS = 0x27,
    UDS_COMMUNICATION_CONTROL = 0x28,
    UDS_WRITE_DATA = 0x2E,
    UDS_ROUTINE_CONTROL = 0x31,
    UDS_TESTER_PRESENT = 0x3E,
    UDS_FAULT_SETTING = 0x85,
} uds_service_t;

typedef enum { UDS_SESSION_DEFAULT = 1, UDS_SESSION_EXTENDED = 3 } uds_session_t;
typedef enum { UDS_RESET_HARD = 1, UDS_RESET_SOFT = 3 } uds_reset_t;
typedef enum { UDS_SECURITY_SEED = 1, UDS_SECURITY_KEY = 2 } uds_security_t;
typedef enum { UDS_ROUTINE_START = 1, UDS_ROUTINE_RESULTS = 3 } uds_routine_control_t;
typedef enum { UDS_FAULTS_ON = 1, UDS_FAULTS_OFF = 2 } uds_fault_setting_t;
typedef enum {
    UDS_FAULTS_COUNT_BY_STATUS = 0x01,
    UDS_FAULTS_BY_STATUS = 0x02,
    UDS_FAULTS_SNAPSHOT = 0x04,
    UDS_FAULTS_EXTENDED = 0x06,
    UDS_FAULTS_SUPPORTED = 0x0A
} uds_read_faults_t;

/// Negative response codes (ISO 14229-1, annex A.1): those that a unit here can give.
typedef enum {
    UDS_ACCEPTED = 0x00, // none
    UDS_SERVICE_NOT_SUPPORTED = 0x11,
    UDS_SUB_FUNCTION_NOT_SUPPORTED = 0x12,
    UDS_INCORRECT_LENGTH = 0x13,
    UDS_RESPONSE_TOO_LONG = 0x14,
    UDS_CONDITIONS_NOT_CORRECT = 0x22,
    UDS_SEQUENCE_ERROR = 0x24,
    UDS_OUT_OF_RANGE = 0x31,
    UDS_SECURITY_DENIED = 0x33,
    UDS_INVALID_KEY = 0x35,
    UDS_TOO_MANY_ATTEMPTS = 0x36,
    UDS_DELAY_NOT_EXPIRED = 0x37,
    UDS_RESPONSE_PENDING = 0x78,
    UDS_SUB_FUNCTION_NOT_IN_SESSION = 0x7E,
    UDS_SERVICE_NOT_IN_SESSION = 0x7F,
} uds_nrc_t;

/// The standard's name of a negative response code ("requestOutOfRange"), or null for a reserved one; and the other way
/// round: false, and *code untouched, for an unknown name.
const char *uds_nrc_name(uint8_t code);
bool uds_nrc_find(const char *name, uint8_t *code);

/// Whether the service's second byte is a sub-function (with the bit that suppresses the positive response).
bool uds_has_sub_function(uint8_t service);

/// Whether an address is one that several units listen to.
bool uds_is_functional(uint8_t address);

/// How a unit's, and a tester's, ISO-TP link is configured. A functional target gives a tester's functional link.
isotp_config_t uds_unit_link(uint8_t address);
isotp_config_t uds_tester_link(uint8_t target);

/// The key to a seed of the unit at that address: SipHash-2-4 under the unit's secret (own; no secret of a real car).
void uds_security_key(uint8_t address, const uint8_t seed[UDS_SEED_SIZE], uint8_t key[UDS_KEY_SIZE]);

// ---- composing and reading messages --------------------------------------------------------------------------------

typedef struct {
    size_t size;
    bool overflow; // something did not fit, and was left out
    uint8_t bytes[UDS_MESSAGE_MAX];
} uds_message_t;

/// Empties the message; appends bytes, or the low 1 .. 4 bytes of a number, most significant first.
void uds_message_clear(uds_message_t *self);
void uds_message_put(uds_message_t *self, const void *bytes, size_t size);
void uds_message_put_number(uds_message_t *self, uint32_t number, size_t size);

/// A number of 1 .. 4 bytes, most significant first.
uint32_t uds_number(const uint8_t *bytes, size_t size);

#endif
