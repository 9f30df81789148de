// SPDX-License-Identifier: MIT
// The fault memory as diagnosis reads and clears it. A code that a unit can have is on its table; status 0 until then.
#include "ecus/uds_services.h"

#define FORMAT_ISO_14229 0x01
#define RECORD 0x01 // the only snapshot, and the only extended record
#define RECORD_ALL 0xFF
#define SNAPSHOT_IDS 2

static bool is_supported(const uds_server_t *self, uint32_t code)
{
    for (size_t i = 0; i < self->unit->fault_count; i++) {
        if (self->unit->faults[i] == code) return true;
    }
    return false;
}

uds_nrc_t uds_service_clear_faults(uds_server_t *self, const uint8_t *request, size_t size)
{
    if (size != 1 + UDS_FAULT_SIZE) return UDS_INCORRECT_LENGTH;
    uint32_t code = uds_number(request + 1, UDS_FAULT_SIZE);
    if (code == UDS_FAULTS_ALL)
        fault_memory_clear(&self->ecu->faults);
    else if (is_supported(self, code))
        fault_memory_remove(&self->ecu->faults, (uint16_t)code);
    else
        return UDS_OUT_OF_RANGE;
    uds_server_wait(self, ecu_store(self->ecu));
    return UDS_ACCEPTED;
}

// ---- reading -------------------------------------------------------------------------------------------------------

static uint8_t status_of(const fault_t *fault)
{
    return fault != NULL ? fault->status & UDS_SERVER_FAULT_STATUS_MASK : 0;
}

static void put_fault(uds_server_t *self, uint16_t code)
{
    uds_message_put_number(&self->response, code, UDS_FAULT_SIZE);
    uds_message_put_number(&self->response, status_of(fault_memory_find(&self->ecu->faults, code)), 1);
}

static void put_count(uds_server_t *self, uint8_t mask)
{
    uint32_t count = 0;
    for (size_t i = 0; i < self->ecu->faults.count; i++) count += (status_of(&self->ecu->faults.faults[i]) & mask) != 0;
    uds_message_put_number(&self->response, UDS_SERVER_FAULT_STATUS_MASK, 1);
    uds_message_put_number(&self->response, FORMAT_ISO_14229, 1);
    uds_message_put_number(&self->response, count, 2);
}

static void put_by_status(uds_server_t *self, uint8_t mask)
{
    uds_message_put_number(&self->response, UDS_SERVER_FAULT_STATUS_MASK, 1);
    for (size_t i = 0; i < self->ecu->faults.count; i++) {
        const fault_t *fault = &self->ecu->faults.faults[i];
        if ((status_of(fault) & mask) != 0) put_fault(self, fault->code);
    }
}

static void put_supported(uds_server_t *self)
{
    uds_message_put_number(&self->response, UDS_SERVER_FAULT_STATUS_MASK, 1);
    for (size_t i = 0; i < self->unit->fault_count; i++) put_fault(self, self->unit->faults[i]);
}

static void put_snapshot(uds_server_t *self, const fault_t *fault)
{
    int64_t first_ms = fault->first_ns / TIME_MS;
    uds_message_put_number(&self->response, RECORD, 1);
    uds_message_put_number(&self->response, SNAPSHOT_IDS, 1);
    uds_message_put_number(&self->response, UDS_DATA_SNAPSHOT_TIME, 2);
    uds_message_put_number(&self->response, first_ms > UINT32_MAX ? UINT32_MAX : (uint32_t)first_ms, 4);
    uds_message_put_number(&self->response, UDS_DATA_SNAPSHOT_CONTEXT, 2);
    uds_message_put_number(&self->response, fault->context, 1);
}

static void put_extended(uds_server_t *self, const fault_t *fault)
{
    uds_message_put_number(&self->response, RECORD, 1);
    uds_message_put_number(&self->response, fault->count, 1);
}

static uds_nrc_t put_record(uds_server_t *self, uint32_t code, uint8_t record)
{
    const fault_t *fault = code <= UINT16_MAX ? fault_memory_find(&self->ecu->faults, (uint16_t)code) : NULL;
    if (fault == NULL && !is_supported(self, code)) return UDS_OUT_OF_RANGE;
    if (record != RECORD && record != RECORD_ALL) return UDS_OUT_OF_RANGE;
    put_fault(self, (uint16_t)code);
    if (fault == NULL) return UDS_ACCEPTED;
    if (self->sub_function == UDS_FAULTS_SNAPSHOT)
        put_snapshot(self, fault);
    else
        put_extended(self, fault);
    return UDS_ACCEPTED;
}

uds_nrc_t uds_service_read_faults(uds_server_t *self, const uint8_t *request, size_t size)
{
    (void)size;
    uds_message_put_number(&self->response, self->sub_function, 1);
    switch (self->sub_function) {
    case UDS_FAULTS_COUNT_BY_STATUS:
        put_count(self, request[2]);
        return UDS_ACCEPTED;
    case UDS_FAULTS_BY_STATUS:
        put_by_status(self, request[2]);
        return UDS_ACCEPTED;
    case UDS_FAULTS_SUPPORTED:
        put_supported(self);
        return UDS_ACCEPTED;
    default:
        return put_record(self, uds_number(request + 2, UDS_FAULT_SIZE), request[2 + UDS_FAULT_SIZE]);
    }
}
