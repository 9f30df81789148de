// SPDX-License-Identifier: MIT
#include "scenarios/actors/workshop_requests.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "bus/diagnosis/uds_server.h"

#define STEP_TOLERANCE 1e-9
#define NUMBER_MAX 255
#define PROFILE_MAX 15   // what the identifier has room for
#define PROFILE_NONE 0xF // does not exist
#define READ_HEADER 3    // service, identifier
#define FAULTS_HEADER 3  // service, sub-function, status mask
#define FAULT_RECORD (UDS_FAULT_SIZE + 1)
#define ROUTINE_HEADER 4                  // service, sub-function, identifier
#define DETAILS_HEADER (2 + FAULT_RECORD) // service, sub-function, fault; then the record
#define RECORD_FIRST 0x01                 // the only one that units here have
#define RECORD_ALL 0xFF
#define EXTENDED_SIZE 2 // number, occurrences
#define SNAPSHOT_IDS 2  // number, count of identifiers, identifier, time, identifier, context
#define SNAPSHOT_SIZE 11
#define SNAPSHOT_TIME 4
#define SNAPSHOT_CONTEXT 10

static void put(workshop_request_t *self, uint32_t number, size_t size)
{
    assert(size <= WORKSHOP_REQUEST_MAX - self->size);
    for (size_t i = 0; i < size; i++) self->bytes[self->size++] = (uint8_t)(number >> (8 * (size - 1 - i)));
}

// ---- service functions ---------------------------------------------------------------------------------------------

// A number that counts from 1 as the wire's byte: 1 .. 255 less one, anything else IDENTIFIER_NUMBER_INVALID.
static uint8_t wire_number(double number)
{
    bool fits = number >= 1 && number <= NUMBER_MAX && number == floor(number);
    return fits ? (uint8_t)(number - 1) : IDENTIFIER_NUMBER_INVALID;
}

static uint16_t routine_of(const workshop_service_t *service)
{
    return service->function == WORKSHOP_SET_PERSONALIZATION ? ROUTINE_KEY_PERSONALIZATION : ROUTINE_KEY_LOCK;
}

workshop_request_t workshop_service_request(const workshop_service_t *service)
{
    bool assigns = service->function == WORKSHOP_SET_PERSONALIZATION;
    workshop_request_t request = {0};
    put(&request, UDS_ROUTINE_CONTROL, 1);
    put(&request, UDS_ROUTINE_START, 1);
    put(&request, routine_of(service), 2);
    put(&request, wire_number(service->key), 1);
    if (assigns)
        put(&request, wire_number(service->personalization), 1);
    else
        put(&request, service->function == WORKSHOP_BLOCK_KEY ? ROUTINE_ACTION_BLOCK : ROUTINE_ACTION_RELEASE, 1);
    return request;
}

bool workshop_read_result(const uint8_t *bytes, size_t size, const workshop_service_t *service, uint8_t *result)
{
    if (size != ROUTINE_HEADER + ROUTINE_RESULT_SIZE || bytes[0] != UDS_ROUTINE_CONTROL + UDS_POSITIVE) return false;
    if (bytes[1] != UDS_ROUTINE_START || uds_number(bytes + 2, 2) != routine_of(service)) return false;
    *result = bytes[ROUTINE_HEADER];
    return true;
}

workshop_request_t workshop_keys_request(void)
{
    return workshop_read_request(IDENTIFIER_KEYS);
}

static bool is_record(const uint8_t *bytes, size_t size, uint16_t id, size_t count)
{
    return size >= READ_HEADER && bytes[0] == UDS_READ_DATA + UDS_POSITIVE && uds_number(bytes + 1, 2) == id &&
           identifiers_is_record(id, bytes + READ_HEADER, size - READ_HEADER, count);
}

bool workshop_read_record(const uint8_t *bytes, size_t size, uint16_t id, size_t count, const uint8_t **record,
                          size_t *record_size)
{
    if (!is_record(bytes, size, id, count)) return false;
    *record = bytes + READ_HEADER;
    *record_size = size - READ_HEADER;
    return true;
}

bool workshop_read_keys(const uint8_t *bytes, size_t size, identifiers_key_t keys[KEY_COUNT_MAX + 1])
{
    if (!is_record(bytes, size, IDENTIFIER_KEYS, 0)) return false;
    keys[0] = (identifiers_key_t){.personalization = 0};
    for (size_t i = 0; i < KEY_COUNT_MAX; i++) {
        keys[i + 1] = identifiers_read_key(bytes + READ_HEADER + i * KEY_RECORD_SIZE);
    }
    return true;
}

// ---- coding --------------------------------------------------------------------------------------------------------

workshop_settings_t workshop_settings(const dbc_t *dbc, const char *unit)
{
    workshop_settings_t settings = {.count = 0};
    dbc_setting_t setting = {NULL, NULL};
    while (settings.count < WORKSHOP_SETTINGS_MAX && dbc_next_setting(dbc, unit, &setting))
        settings.signals[settings.count++] = setting.signal;
    return settings;
}

int workshop_find_setting(const workshop_settings_t *settings, const char *name)
{
    for (size_t i = 0; i < settings->count; i++)
        if (strcmp(settings->signals[i]->setting, name) == 0) return (int)i;
    return -1;
}

int16_t workshop_raw(const dbc_signal_t *setting, double physical)
{
    double steps = (physical - setting->offset) / setting->factor;
    double low = (double)dbc_raw_minimum(setting), high = (double)dbc_raw_maximum(setting);
    // Rounding must not take what is out of range into it.
    if (steps > high + STEP_TOLERANCE)
        steps = fmax(ceil(steps), high + 1);
    else if (steps < low - STEP_TOLERANCE)
        steps = fmin(floor(steps), low - 1);
    else
        steps = round(steps);
    if (!(steps > INT16_MIN)) return INT16_MIN;
    return steps < INT16_MAX ? (int16_t)steps : INT16_MAX;
}

uint16_t workshop_profile_id(double profile)
{
    bool fits = profile >= 0 && profile <= PROFILE_MAX && profile == floor(profile);
    return (uint16_t)(IDENTIFIER_PROFILE + (fits ? (unsigned)profile : PROFILE_NONE));
}

workshop_request_t workshop_read_request(uint16_t id)
{
    workshop_request_t request = {0};
    put(&request, UDS_READ_DATA, 1);
    put(&request, id, 2);
    return request;
}

bool workshop_read_profile(const uint8_t *bytes, size_t size, uint16_t id, size_t count, workshop_profile_t *profile)
{
    if (count > WORKSHOP_SETTINGS_MAX || !is_record(bytes, size, id, count)) return false;
    profile->coded = bytes[READ_HEADER] == 1;
    for (size_t i = 0; i < count; i++)
        profile->values[i] =
            (int16_t)uds_number(bytes + READ_HEADER + 1 + i * IDENTIFIER_RAW_SIZE, IDENTIFIER_RAW_SIZE);
    return true;
}

workshop_request_t workshop_write_request(uint16_t id, size_t count, const workshop_profile_t *profile)
{
    assert(count <= WORKSHOP_SETTINGS_MAX);
    workshop_request_t request = {0};
    put(&request, UDS_WRITE_DATA, 1);
    put(&request, id, 2);
    put(&request, profile->coded, 1);
    for (size_t i = 0; i < count; i++) put(&request, (uint16_t)profile->values[i], IDENTIFIER_RAW_SIZE);
    return request;
}

// ---- fault memory --------------------------------------------------------------------------------------------------

workshop_request_t workshop_faults_request(void)
{
    workshop_request_t request = {0};
    put(&request, UDS_READ_FAULTS, 1);
    put(&request, UDS_FAULTS_BY_STATUS, 1);
    put(&request, UINT8_MAX, 1);
    return request;
}

bool workshop_read_fault(const uint8_t *bytes, size_t size, size_t index, workshop_fault_t *fault)
{
    if (size < FAULTS_HEADER || bytes[0] != UDS_READ_FAULTS + UDS_POSITIVE || bytes[1] != UDS_FAULTS_BY_STATUS)
        return false;
    if ((size - FAULTS_HEADER) % FAULT_RECORD != 0) return false;
    if (index >= (size - FAULTS_HEADER) / FAULT_RECORD) return false;
    const uint8_t *record = bytes + FAULTS_HEADER + index * FAULT_RECORD;
    fault->code = uds_number(record, UDS_FAULT_SIZE);
    fault->status = record[UDS_FAULT_SIZE];
    return true;
}

static workshop_request_t details_request(uint8_t sub_function, uint32_t code)
{
    workshop_request_t request = {0};
    put(&request, UDS_READ_FAULTS, 1);
    put(&request, sub_function, 1);
    put(&request, code, UDS_FAULT_SIZE);
    put(&request, RECORD_ALL, 1);
    return request;
}

workshop_request_t workshop_occurrences_request(uint32_t code)
{
    return details_request(UDS_FAULTS_EXTENDED, code);
}

workshop_request_t workshop_snapshot_request(uint32_t code)
{
    return details_request(UDS_FAULTS_SNAPSHOT, code);
}

// The record behind the fault: none, or the first one, of that size. False for anything else.
static bool find_details(const uint8_t *bytes, size_t size, uint8_t sub_function, uint32_t code, size_t record_size,
                         const uint8_t **record)
{
    if (size < DETAILS_HEADER || bytes[0] != UDS_READ_FAULTS + UDS_POSITIVE || bytes[1] != sub_function) return false;
    if (uds_number(bytes + 2, UDS_FAULT_SIZE) != code) return false;
    *record = size > DETAILS_HEADER ? bytes + DETAILS_HEADER : NULL;
    return !*record || (size == DETAILS_HEADER + record_size && (*record)[0] == RECORD_FIRST);
}

bool workshop_read_occurrences(const uint8_t *bytes, size_t size, uint32_t code, workshop_fault_details_t *details)
{
    const uint8_t *record;
    if (!find_details(bytes, size, UDS_FAULTS_EXTENDED, code, EXTENDED_SIZE, &record)) return false;
    details->has_count = record;
    if (record) details->occurrences = record[1];
    return true;
}

bool workshop_read_snapshot(const uint8_t *bytes, size_t size, uint32_t code, workshop_fault_details_t *details)
{
    const uint8_t *record;
    if (!find_details(bytes, size, UDS_FAULTS_SNAPSHOT, code, SNAPSHOT_SIZE, &record)) return false;
    details->has_snapshot = record;
    if (!record) return true;
    bool ours = record[1] == SNAPSHOT_IDS && uds_number(record + SNAPSHOT_TIME - 2, 2) == UDS_SERVER_SNAPSHOT_TIME &&
                uds_number(record + SNAPSHOT_CONTEXT - 2, 2) == UDS_SERVER_SNAPSHOT_CONTEXT;
    details->has_snapshot = ours;
    if (!ours) return false;
    details->first_ms = uds_number(record + SNAPSHOT_TIME, 4);
    details->context = record[SNAPSHOT_CONTEXT];
    return true;
}
