// SPDX-License-Identifier: MIT
// Binding, once: which messages of the DBC the unit sends, what diagnosis finds in it, and what it counts.
#include "ecus/ecu.h"

#include <assert.h>
#include <string.h>

static const dbc_message_t *find_network_message(const dbc_t *dbc, uint8_t address)
{
    for (size_t i = 0; address != 0 && i < dbc->message_count; i++) {
        const dbc_message_t *message = &dbc->messages[i];
        if (!message->extended && message->id == ECU_NETWORK_ID + address) return message;
    }
    return NULL;
}

static const dbc_message_t *find_own_message(const dbc_t *dbc, const char *name, const char *sender)
{
    const dbc_message_t *message = dbc_message(dbc, name);
    return message && strcmp(message->sender, sender) == 0 ? message : NULL;
}

static const dbc_message_t *find_message(const ecu_message_t *wanted, const node_setup_t *setup)
{
    switch (wanted->find) {
    case ECU_BY_NAME:
        return dbc_message(setup->dbc, wanted->name);
    case ECU_OWN:
        return find_own_message(setup->dbc, wanted->name, setup->entry->name);
    case ECU_STATUS:
        return dbc_status_message(setup->dbc, setup->entry->name);
    case ECU_NETWORK:
        return find_network_message(setup->dbc, setup->entry->address);
    }
    return NULL;
}

static bool bind_message(ecu_t *self, size_t index, const node_setup_t *setup, const char **missing)
{
    const ecu_message_t *wanted = &self->type->messages[index];
    const dbc_message_t *message = find_message(wanted, setup);
    if (!message && (wanted->find == ECU_BY_NAME || wanted->find == ECU_STATUS)) {
        *missing = wanted->find == ECU_STATUS ? setup->entry->name : wanted->name;
        return false;
    }
    self->messages[index] = message;
    // An event message has nothing to say at power-on: a remote key status would call a profile up.
    self->at_power_on[index] =
        message && (wanted->find == ECU_STATUS || (wanted->find != ECU_NETWORK && message->cycle_ms > 0));
    return true;
}

static uint8_t find_bound(const ecu_t *self, const dbc_message_t *message)
{
    uint8_t i = 0;
    while (i < self->message_count && self->messages[i] != message) i++;
    return i;
}

// The messages with settings beside the status: one that has a row of its own is not sent twice.
static bool bind_further(ecu_t *self, const node_setup_t *setup, const char **missing)
{
    dbc_setting_t setting = {NULL, NULL};
    while (dbc_next_setting(setup->dbc, setup->entry->name, &setting)) {
        uint8_t index = find_bound(self, setting.message);
        *missing = setting.message->name;
        if (index == ECU_MESSAGES_MAX) return false;
        if (index == self->message_count) self->messages[self->message_count++] = setting.message;
        self->at_power_on[index] = self->is_status[index] = true;
    }
    return true;
}

void ecu_count(ecu_t *self, const char *name, const uint32_t *value)
{
    assert(self->counter_count < ECU_COUNTERS_MAX);
    self->counters[self->counter_count++] = (ecu_counter_t){name, value};
}

static void count_what_is_ignored(ecu_t *self)
{
    const diagnosis_t *diagnosis = &self->diagnosis;
    const isotp_counters_t *link = &diagnosis->link.counters;
    self->counter_count = 0;
    ecu_count(self, "frames_not_sent", &self->not_sent);
    ecu_count(self, "diagnosis_ignored", &diagnosis->ignored);
    ecu_count(self, "diagnosis_malformed", &link->malformed);
    ecu_count(self, "diagnosis_unexpected", &link->unexpected);
    ecu_count(self, "diagnosis_lost", &link->lost);
    ecu_count(self, "diagnosis_too_long", &link->overflowed);
    ecu_count(self, "diagnosis_requests_broken", &link->receive_failed);
    ecu_count(self, "diagnosis_answers_broken", &link->send_failed);
}

bool ecu_bind(ecu_t *self, const ecu_type_t *type, void *unit, const node_setup_t *setup, node_ports_t *ports,
              const char **missing)
{
    assert(type->message_count <= ECU_MESSAGES_MAX && type->hooks.compose);
    self->type = type;
    self->unit = unit;
    self->entry = setup->entry;
    self->bus_count = setup->entry->bus_count;
    self->message_count = (uint8_t)type->message_count;
    memset(self->is_status, 0, sizeof self->is_status);
    for (size_t bus = 0; bus < self->bus_count; bus++) {
        self->bit_ns[bus] = TIME_S / setup->vehicle->buses[setup->entry->buses[bus]].bit_rate;
    }
    for (size_t i = 0; i < type->message_count; i++) {
        if (!bind_message(self, i, setup, missing)) return false;
    }
    for (size_t i = 0; i < type->message_count; i++) {
        if (type->messages[i].find == ECU_STATUS && !bind_further(self, setup, missing)) return false;
    }
    for (size_t i = 0; i < self->message_count; i++)
        if (self->messages[i]) self->blanks[i] = dbc_frame(self->messages[i]);
    diagnosis_bind(&self->diagnosis, self, setup, ports);
    count_what_is_ignored(self);
    return true;
}

void ecu_serve(ecu_t *self, const uds_tables_t *tables, void *owner)
{
    uds_server_serve(&self->diagnosis.server, tables, owner);
}
