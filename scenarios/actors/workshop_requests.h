// SPDX-License-Identifier: MIT
// The workshop's words as diagnostic requests, and the answers read back (bus/car/identifiers.h has the layouts):
// service functions of the CAS, CIP coding, fault memory. Pure. A story's verbs and the workshop's tools use the same.
//
// Nothing is judged here: numbers as people write them go to the unit, which refuses what cannot be. What does not fit
// into the wire's byte is sent as 0xFF, the invalid number; it never wraps around to one that exists.
#ifndef KMSIM_SCENARIOS_ACTORS_WORKSHOP_REQUESTS_H
#define KMSIM_SCENARIOS_ACTORS_WORKSHOP_REQUESTS_H

#include "bus/car/identifiers.h"
#include "bus/can/dbc.h"
#include "bus/car/key_radio.h"
#include "bus/diagnosis/uds.h"

#define WORKSHOP_SETTINGS_MAX 64 // of a unit
#define WORKSHOP_REQUEST_MAX (4 + 2 * WORKSHOP_SETTINGS_MAX)

typedef struct {
    size_t size;
    uint8_t bytes[WORKSHOP_REQUEST_MAX];
} workshop_request_t;

// ---- service functions ---------------------------------------------------------------------------------------------

typedef enum { WORKSHOP_BLOCK_KEY, WORKSHOP_RELEASE_KEY, WORKSHOP_SET_PERSONALIZATION } workshop_function_t;

typedef struct {
    workshop_function_t function;
    double key;             // as people count; any number
    double personalization; // likewise; of WORKSHOP_SET_PERSONALIZATION
} workshop_service_t;

/// The request that starts the function's routine; what the routine answers (ROUTINE_DONE, or not done). False when it
/// is no answer to it.
workshop_request_t workshop_service_request(const workshop_service_t *service);
bool workshop_read_result(const uint8_t *bytes, size_t size, const workshop_service_t *service, uint8_t *result);

/// Asks for the table of keys; reads the answer, keys by number 1 .. 10. False when it is none.
workshop_request_t workshop_keys_request(void);
bool workshop_read_keys(const uint8_t *bytes, size_t size, identifiers_key_t keys[KEY_COUNT_MAX + 1]);

// ---- coding --------------------------------------------------------------------------------------------------------

typedef struct { // of a unit, in the order of the wire
    size_t count;
    const dbc_signal_t *signals[WORKSHOP_SETTINGS_MAX];
} workshop_settings_t;

typedef struct {
    bool coded;
    int16_t values[WORKSHOP_SETTINGS_MAX]; // raw
} workshop_profile_t;

/// The settings of a unit, in the order of the file, which is that of the wire; none past WORKSHOP_SETTINGS_MAX.
workshop_settings_t workshop_settings(const dbc_t *dbc, const char *unit);

/// A setting's index by name, or -1.
int workshop_find_setting(const workshop_settings_t *settings, const char *name);

/// The raw value nearest to a physical one. One outside the setting's range stays outside, and does not wrap around.
int16_t workshop_raw(const dbc_signal_t *setting, double physical);

/// Where a profile is found: 1 .. 4 exist; whatever is no number 0 .. 15 gives one that does not.
uint16_t workshop_profile_id(double profile);

/// Asks for a data identifier.
workshop_request_t workshop_read_request(uint16_t id);

/// The record in the answer to it, which must be laid out as the car's identifiers are (identifiers_is_record). False
/// when it is none.
bool workshop_read_record(const uint8_t *bytes, size_t size, uint16_t id, size_t count, const uint8_t **record,
                          size_t *record_size);

/// Reads the answer to the request for a profile with that many settings. False when it is none.
bool workshop_read_profile(const uint8_t *bytes, size_t size, uint16_t id, size_t count, workshop_profile_t *profile);

/// Writes the whole profile.
workshop_request_t workshop_write_request(uint16_t id, size_t count, const workshop_profile_t *profile);

// ---- fault memory --------------------------------------------------------------------------------------------------

typedef struct {
    uint32_t code;  // 24 bits
    uint8_t status; // ISO 14229-1, D.2: bit 0 testFailed
} workshop_fault_t;

#define WORKSHOP_FAULT_ACTIVE 0x01

#define WORKSHOP_FAULTS_MAX ((UDS_MESSAGE_MAX - 3) / (UDS_FAULT_SIZE + 1)) // what an answer has room for

/// Asks for all entries; the one of that index in the answer, false past the end or when it is no answer: a list that
/// does not divide has no entries.
workshop_request_t workshop_faults_request(void);
bool workshop_read_fault(const uint8_t *bytes, size_t size, size_t index, workshop_fault_t *fault);

typedef struct { // of one entry, as far as the unit has it
    bool has_count, has_snapshot;
    uint8_t occurrences;
    uint32_t first_ms; // first occurrence
    uint8_t context;   // what the unit was about then
} workshop_fault_details_t;

/// Asks for a fault's occurrences, or its snapshot; adds what the answer tells. False when it is none.
workshop_request_t workshop_occurrences_request(uint32_t code);
workshop_request_t workshop_snapshot_request(uint32_t code);
bool workshop_read_occurrences(const uint8_t *bytes, size_t size, uint32_t code, workshop_fault_details_t *details);
bool workshop_read_snapshot(const uint8_t *bytes, size_t size, uint32_t code, workshop_fault_details_t *details);

#endif
