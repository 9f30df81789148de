// SPDX-License-Identifier: MIT
#include "ecus/identification.h"

#include <assert.h>
#include <string.h>

#include "bus/car/words.h"
#include "ecus/ecu.h"

static bool read_name(void *owner, uint16_t id, uds_message_t *message)
{
    (void)id;
    static const char MAKER[] = "KMSIM ";
    const ecu_t *ecu = owner;
    uds_message_put(message, MAKER, sizeof MAKER - 1);
    uds_message_put(message, ecu->entry->name, strlen(ecu->entry->name));
    return true;
}

static bool read_vin(void *owner, uint16_t id, uds_message_t *message)
{
    (void)owner;
    (void)id;
    uds_message_put(message, IDENTIFIER_VIN_TEXT, sizeof IDENTIFIER_VIN_TEXT - 1);
    return true;
}

static bool read_scratch(void *owner, uint16_t id, uds_message_t *message)
{
    (void)id;
    const diagnosis_t *diagnosis = &((const ecu_t *)owner)->diagnosis;
    uds_message_put(message, diagnosis->scratch, diagnosis->scratch_size);
    return true;
}

static uds_nrc_t write_scratch(void *owner, uint16_t id, const uint8_t *record, size_t size, uint32_t *ticket)
{
    (void)id;
    ecu_t *ecu = owner;
    memcpy(ecu->diagnosis.scratch, record, size);
    ecu->diagnosis.scratch_size = size;
    *ticket = ecu->storing.stored; // nothing of it is stored
    return UDS_ACCEPTED;
}

static bool read_counters(void *owner, uint16_t id, uds_message_t *message)
{
    (void)id;
    const ecu_t *ecu = owner;
    uds_message_put_number(message, ecu->counter_count, 1);
    for (size_t i = 0; i < ecu->counter_count; i++) {
        uint8_t bytes[IDENTIFIER_COUNTER_SIZE_MAX];
        size_t size = identifiers_write_counter(*ecu->counters[i].value, ecu->counters[i].name, bytes);
        uds_message_put(message, bytes, size);
    }
    return true;
}

static bool read_options(void *owner, uint16_t id, uds_message_t *message)
{
    (void)id;
    const ecu_t *ecu = owner;
    uds_message_put(message, ecu->options, ecu->entry->option_count);
    return ecu->entry->option_count > 0;
}

static uds_nrc_t write_options(void *owner, uint16_t id, const uint8_t *record, size_t size, uint32_t *ticket)
{
    (void)id;
    ecu_t *ecu = owner;
    if (ecu->entry->option_count == 0 || size != ecu->entry->option_count) return UDS_OUT_OF_RANGE;
    for (size_t i = 0; i < size; i++) {
        if (record[i] >= ecu->entry->options[i].value_count) return UDS_OUT_OF_RANGE;
    }
    memcpy(ecu->options, record, size);
    *ticket = storing_ask(&ecu->storing);
    return UDS_ACCEPTED;
}

static_assert(IDENTIFIER_SCRATCH_MAX == UDS_MESSAGE_MAX - 3, "the longest record");

static const uds_data_t DATA[] = {
    {IDENTIFIER_NAME, IDENTIFIER_NAME, read_name, NULL},
    {IDENTIFIER_VIN, IDENTIFIER_VIN, read_vin, NULL},
    {IDENTIFIER_SCRATCH, IDENTIFIER_SCRATCH, read_scratch, write_scratch},
    {IDENTIFIER_COUNTERS, IDENTIFIER_COUNTERS, read_counters, NULL},
    {IDENTIFIER_OPTIONS, IDENTIFIER_OPTIONS, read_options, write_options},
};

static const uint16_t BUS_FAULTS[] = {FAULT_BUS_OFF, FAULT_BUS_OFF + 1, FAULT_BUS_OFF + 2, FAULT_BUS_OFF + 3};
static_assert(sizeof BUS_FAULTS / sizeof BUS_FAULTS[0] == VEHICLE_BUSES_MAX, "one for each bus that a unit may have");

#define IDENTIFICATION_OF(buses)                                                                                       \
    {                                                                                                                  \
        .data = DATA, .data_count = sizeof DATA / sizeof DATA[0], .faults = BUS_FAULTS, .fault_count = (buses)         \
    }

static const uds_tables_t BY_BUSES[VEHICLE_BUSES_MAX + 1] = {
    IDENTIFICATION_OF(0), IDENTIFICATION_OF(1), IDENTIFICATION_OF(2), IDENTIFICATION_OF(3), IDENTIFICATION_OF(4),
};

const uds_tables_t *identification_diagnosis(uint8_t bus_count)
{
    assert(bus_count <= VEHICLE_BUSES_MAX);
    return &BY_BUSES[bus_count];
}
