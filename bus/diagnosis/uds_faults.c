// SPDX-License-Identifier: MIT
// The fault memory as diagnosis reads and clears it, and the unit enters into it. A code that a unit can have is in one
// of its tables; its status is 0 until there is an entry.
#include "bus/diagnosis/uds_services.h"

#define FORMAT_ISO_14229 0x01
#define RECORD 0x01 // the only snapshot, and the only extended record
#define RECORD_ALL 0xFF
#define SNAPSHOT_IDS 2

static bool is_supported(const uds_server_t *self, uint32_t code)
{
    for (size_t i = 0; i < self->served_count; i++) {
        const uds_tables_t *tables = self->served[i].tables;
        for (size_t k = 0; k < tables->fault_count; k++) {
            if (tables->faults[k] == code) return true;
        }
    }
    return false;
}

// ---- entering and clearing -----------------------------------------------------------------------------------------

static uint8_t context_of(const uds_server_t *self)
{
    for (size_t i = 0; i < self->served_count; i++) {
        const uds_served_t *served = &self->served[i];
        if (served->tables->context) return served->tables->context(served->owner);
    }
    return 0;
}

bool uds_server_enter_fault(uds_server_t *self, uint16_t code, bool *is_new)
{
    *is_new = false;
    if (self->faults_off) return false;
    *is_new = fault_memory_set(self->port.faults, code, *self->port.now_ns);
    if (*is_new) fault_memory_set_context(self->port.faults, code, context_of(self));
    return true;
}

uds_nrc_t uds_service_clear_faults(uds_server_t *self, const uint8_t *request, size_t size)
{
    if (size != 1 + UDS_FAULT_SIZE) return UDS_INCORRECT_LENGTH;
    uint32_t code = uds_number(request + 1, UDS_FAULT_SIZE);
    if (code == UDS_FAULTS_ALL)
        fault_memory_clear(self->port.faults);
    else if (is_supported(self, code))
        fault_memory_remove(self->port.faults, (uint16_t)code);
    else
        return UDS_OUT_OF_RANGE;
    uds_service_wait(self, self->port.store(self->port.unit));
    return UDS_ACCEPTED;
}

// ---- reading -------------------------------------------------------------------------------------------------------

static uint8_t status_of(const stored_fault_t *fault)
{
    return fault ? fault->status & UDS_SERVER_FAULT_STATUS_MASK : 0;
}

static void put_fault(uds_server_t *self, uint16_t code)
{
    uds_message_put_number(&self->response, code, UDS_FAULT_SIZE);
    uds_message_put_number(&self->response, status_of(fault_memory_find(self->port.faults, code)), 1);
}

static void put_count(uds_server_t *self, uint8_t mask)
{
    uint32_t count = 0;
    for (size_t i = 0; i < self->port.faults->count; i++)
        count += (status_of(&self->port.faults->faults[i]) & mask) != 0;
    uds_message_put_number(&self->response, UDS_SERVER_FAULT_STATUS_MASK, 1);
    uds_message_put_number(&self->response, FORMAT_ISO_14229, 1);
    uds_message_put_number(&self->response, count, 2);
}

static void put_by_status(uds_server_t *self, uint8_t mask)
{
    uds_message_put_number(&self->response, UDS_SERVER_FAULT_STATUS_MASK, 1);
    for (size_t i = 0; i < self->port.faults->count; i++) {
        const stored_fault_t *fault = &self->port.faults->faults[i];
        if ((status_of(fault) & mask) != 0) put_fault(self, fault->code);
    }
}

static void put_supported(uds_server_t *self)
{
    uds_message_put_number(&self->response, UDS_SERVER_FAULT_STATUS_MASK, 1);
    for (size_t i = 0; i < self->served_count; i++) {
        const uds_tables_t *tables = self->served[i].tables;
        for (size_t k = 0; k < tables->fault_count; k++) put_fault(self, tables->faults[k]);
    }
}

static void put_snapshot(uds_server_t *self, const stored_fault_t *fault)
{
    int64_t first_ms = fault->first_ns / TIME_MS;
    uds_message_put_number(&self->response, RECORD, 1);
    uds_message_put_number(&self->response, SNAPSHOT_IDS, 1);
    uds_message_put_number(&self->response, UDS_SERVER_SNAPSHOT_TIME, 2);
    uds_message_put_number(&self->response, first_ms > UINT32_MAX ? UINT32_MAX : (uint32_t)first_ms, 4);
    uds_message_put_number(&self->response, UDS_SERVER_SNAPSHOT_CONTEXT, 2);
    uds_message_put_number(&self->response, fault->context, 1);
}

static void put_extended(uds_server_t *self, const stored_fault_t *fault)
{
    uds_message_put_number(&self->response, RECORD, 1);
    uds_message_put_number(&self->response, fault->count, 1);
}

static uds_nrc_t put_record(uds_server_t *self, uint32_t code, uint8_t record)
{
    const stored_fault_t *fault = code <= UINT16_MAX ? fault_memory_find(self->port.faults, (uint16_t)code) : NULL;
    if (!fault && !is_supported(self, code)) return UDS_OUT_OF_RANGE;
    if (record != RECORD && record != RECORD_ALL) return UDS_OUT_OF_RANGE;
    put_fault(self, (uint16_t)code);
    if (!fault) return UDS_ACCEPTED;
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
