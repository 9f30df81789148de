// SPDX-License-Identifier: MIT
#include "ecus/coding.h"
#include "bus/car/words.h"

#include <string.h>

#include "bus/car/identifiers.h"

static int64_t read_raw(const uint8_t *bytes)
{
    return (int16_t)uds_number(bytes, IDENTIFIER_RAW_SIZE);
}

static void put_raw(uds_message_t *message, int64_t raw)
{
    uds_message_put_number(message, (uint16_t)identifiers_saturate(raw), IDENTIFIER_RAW_SIZE);
}

// ---- profiles ------------------------------------------------------------------------------------------------------

static bool read_profile(void *owner, uint16_t id, uds_message_t *message)
{
    const key_memory_t *memory = owner;
    const key_memory_profile_t *profile = key_memory_profile(memory, (uint8_t)(id - IDENTIFIER_PROFILE));
    uds_message_put_number(message, profile->coded, 1);
    for (size_t i = 0; i < memory->setting_count; i++) put_raw(message, profile->values[i]);
    return true;
}

static bool take_values(const key_memory_t *memory, const uint8_t *record, key_memory_profile_t *profile)
{
    for (size_t i = 0; i < memory->setting_count; i++) {
        const key_memory_setting_t *setting = &memory->settings[i];
        int64_t value = read_raw(record + i * IDENTIFIER_RAW_SIZE);
        if (value < setting->minimum || value > setting->maximum) return false;
        profile->values[i] = profile->coded ? value : setting->factory;
    }
    return true;
}

static uds_nrc_t write_profile(void *owner, uint16_t id, const uint8_t *record, size_t size, uint32_t *ticket)
{
    key_memory_t *memory = owner;
    uint8_t number = (uint8_t)(id - IDENTIFIER_PROFILE);
    if (size != 1 + IDENTIFIER_RAW_SIZE * (size_t)memory->setting_count) return UDS_OUT_OF_RANGE;
    key_memory_profile_t profile = {.coded = record[0] == 1};
    if (record[0] > 1 || !take_values(memory, record + 1, &profile)) return UDS_OUT_OF_RANGE;
    if (!key_memory_set_profile(memory, number, &profile, ticket)) return UDS_OUT_OF_RANGE;
    ecu_log(memory->ecu, LOG_PROFILE_CODED, number, profile.coded, 0);
    if (memory->active == number) key_memory_tell_coded(memory);
    return UDS_ACCEPTED;
}

// ---- about the settings --------------------------------------------------------------------------------------------

static bool read_description(void *owner, uint16_t id, uds_message_t *message)
{
    (void)id;
    const key_memory_t *memory = owner;
    uds_message_put_number(message, memory->setting_count, 1);
    for (size_t i = 0; i < memory->setting_count; i++) {
        const key_memory_setting_t *setting = &memory->settings[i];
        size_t length = strlen(setting->signal->setting);
        put_raw(message, setting->minimum);
        put_raw(message, setting->maximum);
        uds_message_put_number(message, (uint32_t)length, 1);
        uds_message_put(message, setting->signal->setting, length);
    }
    return true;
}

static bool read_memory(void *owner, uint16_t id, uds_message_t *message)
{
    (void)id;
    const key_memory_t *memory = owner;
    for (uint8_t i = 0; i < memory->setting_count; i++) {
        uds_message_put_number(message, key_memory_is_car(memory, i), 1);
    }
    return true;
}

static uds_nrc_t write_memory(void *owner, uint16_t id, const uint8_t *record, size_t size, uint32_t *ticket)
{
    (void)id;
    key_memory_t *memory = owner;
    if (size != memory->setting_count) return UDS_OUT_OF_RANGE;
    for (size_t i = 0; i < size; i++) {
        if (record[i] > 1) return UDS_OUT_OF_RANGE;
    }
    for (size_t i = 0; i < size; i++) key_memory_set_car(memory, (uint8_t)i, record[i] == 1, ticket);
    return UDS_ACCEPTED;
}

static bool read_status(void *owner, uint16_t id, uds_message_t *message)
{
    (void)id;
    const key_memory_t *memory = owner;
    uds_message_put_number(message, memory->active, 1);
    uds_message_put_number(message, key_memory_is_coded(memory), 1);
    return true;
}

static uint8_t context(const void *owner)
{
    return ((const key_memory_t *)owner)->active;
}

// ---- the tables ----------------------------------------------------------------------------------------------------

static const uds_data_t DATA[] = {
    {IDENTIFIER_PROFILE + 1, IDENTIFIER_PROFILE + KEY_MEMORY_PROFILES, read_profile, write_profile},
    {IDENTIFIER_DESCRIPTION, IDENTIFIER_DESCRIPTION, read_description, NULL},
    {IDENTIFIER_MEMORY, IDENTIFIER_MEMORY, read_memory, write_memory},
    {IDENTIFIER_STATUS, IDENTIFIER_STATUS, read_status, NULL},
};

static const uint16_t FAULTS[] = {
    FAULT_PROFILE_NOT_CODED + 1, FAULT_PROFILE_NOT_CODED + 2, FAULT_PROFILE_NOT_CODED + 3,
    FAULT_PROFILE_NOT_CODED + 4, FAULT_NUMBER_INVALID,        FAULT_IMAGE_DAMAGED,
};

const uds_tables_t coding_diagnosis = {
    .data = DATA,
    .data_count = sizeof DATA / sizeof DATA[0],
    .faults = FAULTS,
    .fault_count = sizeof FAULTS / sizeof FAULTS[0],
    .functional = UDS_FUNCTIONAL_PERSONALIZATION,
    .context = context,
};
