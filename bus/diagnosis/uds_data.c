// SPDX-License-Identifier: MIT
// Reading and writing by identifier, and routines: looked up in the tables that are served, the server's own first.
#include "bus/diagnosis/uds_services.h"

#define ID_SIZE 2
#define ROUTINE_DONE 0

// ---- tables --------------------------------------------------------------------------------------------------------

static bool read_session(void *owner, uint16_t id, uds_message_t *message)
{
    (void)id;
    const uds_server_t *self = owner;
    uds_message_put_number(message, self->session, 1);
    return true;
}

static const uds_data_t OWN_DATA[] = {{UDS_DATA_SESSION, UDS_DATA_SESSION, read_session, NULL}};
static const uds_tables_t OWN = {.data = OWN_DATA, .data_count = sizeof OWN_DATA / sizeof OWN_DATA[0]};

static const uds_data_t *find_in(const uds_tables_t *tables, uint16_t id)
{
    for (size_t i = 0; i < tables->data_count; i++) {
        if (id >= tables->data[i].first && id <= tables->data[i].last) return &tables->data[i];
    }
    return NULL;
}

// The row of an identifier and whose it is; null for one that there is not.
static const uds_data_t *find_data(uds_server_t *self, uint16_t id, void **owner)
{
    *owner = self;
    const uds_data_t *data = find_in(&OWN, id);
    for (size_t i = 0; !data && i < self->served_count; i++) {
        *owner = self->served[i].owner;
        data = find_in(self->served[i].tables, id);
    }
    return data;
}

// The same for a routine; *number is its place in routine_started.
static const uds_routine_t *find_routine(uds_server_t *self, uint16_t id, void **owner, size_t *number)
{
    *number = 0;
    for (size_t i = 0; i < self->served_count; i++) {
        const uds_tables_t *tables = self->served[i].tables;
        *owner = self->served[i].owner;
        for (size_t k = 0; k < tables->routine_count; k++, ++*number) {
            if (tables->routines[k].id == id) return &tables->routines[k];
        }
    }
    return NULL;
}

// ---- the services --------------------------------------------------------------------------------------------------

static bool read_one(uds_server_t *self, uint16_t id)
{
    void *owner;
    const uds_data_t *data = find_data(self, id, &owner);
    if (!data) return false;
    size_t before = self->response.size;
    uds_message_put_number(&self->response, id, ID_SIZE);
    if (data->read(owner, id, &self->response)) return true;
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
    void *owner;
    const uds_data_t *data = find_data(self, id, &owner);
    if (!data || !data->write) return UDS_OUT_OF_RANGE;
    uint32_t ticket = 0;
    uds_nrc_t result = data->write(owner, id, request + 1 + ID_SIZE, size - 1 - ID_SIZE, &ticket);
    if (result != UDS_ACCEPTED) return result;
    uds_service_wait(self, ticket);
    uds_message_put_number(&self->response, id, ID_SIZE);
    return UDS_ACCEPTED;
}

// The identifier is judged before the length that it needs (ISO 14229-1, 14.2).
uds_nrc_t uds_service_routine(uds_server_t *self, const uint8_t *request, size_t size)
{
    const size_t header = 2 + ID_SIZE;
    uint16_t id = (uint16_t)uds_number(request + 2, ID_SIZE);
    void *owner;
    size_t number;
    const uds_routine_t *routine = find_routine(self, id, &owner, &number);
    if (!routine) return UDS_OUT_OF_RANGE;
    bool starts = self->sub_function == UDS_ROUTINE_START;
    if (size - header != (starts ? routine->option_size : 0U)) return UDS_INCORRECT_LENGTH;
    if (!starts && !self->routine_started[number]) return UDS_SEQUENCE_ERROR;
    if (starts) {
        uint32_t ticket = 0;
        uds_nrc_t result = routine->start(owner, request + header, &ticket);
        if (result != UDS_ACCEPTED) return result;
        self->routine_started[number] = true;
        uds_service_wait(self, ticket);
    }
    uds_message_put_number(&self->response, self->sub_function, 1);
    uds_message_put_number(&self->response, id, ID_SIZE);
    uds_message_put_number(&self->response, ROUTINE_DONE, 1);
    return UDS_ACCEPTED;
}
