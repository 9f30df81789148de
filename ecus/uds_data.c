// SPDX-License-Identifier: MIT
// Reading and writing by identifier, routines, and the identifiers that every unit has.
#include "ecus/uds_services.h"

#include <string.h>

#define ID_SIZE 2
#define ROUTINE_DONE 0

// ---- what every unit has -------------------------------------------------------------------------------------------

static bool read_session(ecu_t *ecu, uint16_t id, uds_message_t *message)
{
    (void)id;
    uds_message_put_number(message, ecu->diagnosis.server.session, 1);
    return true;
}

static bool read_identification(ecu_t *ecu, uint16_t id, uds_message_t *message)
{
    (void)id;
    static const char MAKER[] = "KMSIM ";
    uds_message_put(message, MAKER, sizeof MAKER - 1);
    uds_message_put(message, ecu->entry->name, strlen(ecu->entry->name));
    return true;
}

static bool read_vin(ecu_t *ecu, uint16_t id, uds_message_t *message)
{
    (void)ecu;
    (void)id;
    uds_message_put(message, UDS_VIN, sizeof UDS_VIN - 1);
    return true;
}

static bool read_scratch(ecu_t *ecu, uint16_t id, uds_message_t *message)
{
    (void)id;
    uds_message_put(message, ecu->diagnosis.server.scratch, ecu->diagnosis.server.scratch_size);
    return true;
}

static uds_nrc_t write_scratch(ecu_t *ecu, uint16_t id, const uint8_t *record, size_t size, uint32_t *ticket)
{
    (void)id;
    memcpy(ecu->diagnosis.server.scratch, record, size);
    ecu->diagnosis.server.scratch_size = size;
    *ticket = ecu->ticket_stored; // nothing of it is stored
    return UDS_ACCEPTED;
}

static bool read_options(ecu_t *ecu, uint16_t id, uds_message_t *message)
{
    (void)id;
    uds_message_put(message, ecu->options, ecu->entry->option_count);
    return ecu->entry->option_count > 0;
}

static uds_nrc_t write_options(ecu_t *ecu, uint16_t id, const uint8_t *record, size_t size, uint32_t *ticket)
{
    (void)id;
    if (ecu->entry->option_count == 0 || size != ecu->entry->option_count) return UDS_OUT_OF_RANGE;
    for (size_t i = 0; i < size; i++) {
        if (record[i] >= ecu->entry->options[i].value_count) return UDS_OUT_OF_RANGE;
    }
    memcpy(ecu->options, record, size);
    *ticket = ecu_store(ecu);
    return UDS_ACCEPTED;
}

static const uds_data_t COMMON[] = {
    {UDS_DATA_SESSION, UDS_DATA_SESSION, read_session, NULL},
    {UDS_DATA_IDENTIFICATION, UDS_DATA_IDENTIFICATION, read_identification, NULL},
    {UDS_DATA_VIN, UDS_DATA_VIN, read_vin, NULL},
    {UDS_DATA_SCRATCH, UDS_DATA_SCRATCH, read_scratch, write_scratch},
    {UDS_DATA_OPTIONS, UDS_DATA_OPTIONS, read_options, write_options},
};

static const uds_data_t *find_in(const uds_data_t *table, size_t count, uint16_t id)
{
    for (size_t i = 0; i < count; i++) {
        if (id >= table[i].first && id <= table[i].last) return &table[i];
    }
    return NULL;
}

static const uds_data_t *find_data(const uds_server_t *self, uint16_t id)
{
    const uds_data_t *common = find_in(COMMON, sizeof COMMON / sizeof COMMON[0], id);
    return common != NULL ? common : find_in(self->unit->data, self->unit->data_count, id);
}

// ---- the services --------------------------------------------------------------------------------------------------

static bool read_one(uds_server_t *self, uint16_t id)
{
    const uds_data_t *data = find_data(self, id);
    if (data == NULL) return false;
    size_t before = self->response.size;
    uds_message_put_number(&self->response, id, ID_SIZE);
    if (data->read(self->ecu, id, &self->response)) return true;
    self->response.size = before;
    return false;
}

// Identifiers that the unit does not have are left out, as long as it has one of them (ISO 14229-1, 11.2).
uds_nrc_t uds_service_read(uds_server_t *self, const uint8_t *request, size_t size)
{
    if (size % ID_SIZE == 0) return UDS_INCORRECT_LENGTH;
    bool any = false;
    for (size_t i = 1; i < size && !self->response.overflow; i += ID_SIZE) {
        any |= read_one(self, (uint16_t)uds_number(request + i, ID_SIZE));
    }
    return any ? UDS_ACCEPTED : UDS_OUT_OF_RANGE;
}

uds_nrc_t uds_service_write(uds_server_t *self, const uint8_t *request, size_t size)
{
    uint16_t id = (uint16_t)uds_number(request + 1, ID_SIZE);
    const uds_data_t *data = find_data(self, id);
    if (data == NULL || data->write == NULL) return UDS_OUT_OF_RANGE;
    uint32_t ticket = 0;
    uds_nrc_t result = data->write(self->ecu, id, request + 1 + ID_SIZE, size - 1 - ID_SIZE, &ticket);
    if (result != UDS_ACCEPTED) return result;
    uds_server_wait(self, ticket);
    uds_message_put_number(&self->response, id, ID_SIZE);
    return UDS_ACCEPTED;
}

static uds_nrc_t start_routine(uds_server_t *self, size_t number, const uint8_t *option, size_t size)
{
    const uds_routine_t *routine = &self->unit->routines[number];
    if (size != routine->option_size) return UDS_INCORRECT_LENGTH;
    uint32_t ticket = 0;
    uds_nrc_t result = routine->start(self->ecu, option, &ticket);
    if (result != UDS_ACCEPTED) return result;
    self->routine_started[number] = true;
    uds_server_wait(self, ticket);
    return UDS_ACCEPTED;
}

// The identifier is judged before the length that it needs (ISO 14229-1, 14.2).
uds_nrc_t uds_service_routine(uds_server_t *self, const uint8_t *request, size_t size)
{
    const size_t header = 2 + ID_SIZE;
    uint16_t id = (uint16_t)uds_number(request + 2, ID_SIZE);
    size_t number = 0;
    while (number < self->unit->routine_count && self->unit->routines[number].id != id) number++;
    if (number == self->unit->routine_count) return UDS_OUT_OF_RANGE;
    uds_nrc_t result = UDS_ACCEPTED;
    if (self->sub_function == UDS_ROUTINE_START)
        result = start_routine(self, number, request + header, size - header);
    else if (size != header)
        result = UDS_INCORRECT_LENGTH;
    else if (!self->routine_started[number])
        result = UDS_SEQUENCE_ERROR;
    uds_message_put_number(&self->response, self->sub_function, 1);
    uds_message_put_number(&self->response, id, ID_SIZE);
    uds_message_put_number(&self->response, ROUTINE_DONE, 1);
    return result;
}
