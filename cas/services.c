// SPDX-License-Identifier: MIT
#include "cas/services.h"

#include "cas/cas.h"
#include "bus/car/words.h"

enum { ACTION_RELEASE, ACTION_BLOCK };
enum { LOCK_KEY, LOCK_ACTION, LOCK_SIZE };
enum { ENTER_KEY, ENTER_NUMBER, ENTER_SIZE };

// The slot of a key number as it is on the wire, zero-based; null when nothing is prepared there.
static key_slot_t *find_slot(cas_t *self, uint8_t number)
{
    return keys_find(&self->keys, number + 1);
}

static uds_nrc_t lock_key(void *owner, const uint8_t *option, uint32_t *ticket)
{
    cas_t *self = owner;
    key_slot_t *slot = find_slot(self, option[LOCK_KEY]);
    if (slot == NULL || !slot->learned || option[LOCK_ACTION] > ACTION_BLOCK) return UDS_OUT_OF_RANGE;
    int key = option[LOCK_KEY] + 1;
    if (ignition_holds(self, key)) return UDS_CONDITIONS_NOT_CORRECT;
    slot->blocked = option[LOCK_ACTION] == ACTION_BLOCK;
    *ticket = ecu_store(&self->ecu);
    ecu_log(&self->ecu, LOG_KEY_LOCKED, key, slot->blocked, 0);
    return UDS_ACCEPTED;
}

static uds_nrc_t enter_personalization(void *owner, const uint8_t *option, uint32_t *ticket)
{
    cas_t *self = owner;
    key_slot_t *slot = find_slot(self, option[ENTER_KEY]);
    if (slot == NULL || option[ENTER_NUMBER] >= KEY_PERSONALIZATION_MAX) return UDS_OUT_OF_RANGE;
    int key = option[ENTER_KEY] + 1;
    slot->personalization = option[ENTER_NUMBER] + 1;
    ignition_rewrite(self, key);
    *ticket = ecu_store(&self->ecu);
    ecu_log(&self->ecu, LOG_KEY_ASSIGNED, key, slot->personalization, 0);
    return UDS_ACCEPTED;
}

static bool read_keys(void *owner, uint16_t id, uds_message_t *message)
{
    (void)id;
    cas_t *self = owner;
    for (uint8_t i = 0; i < KEY_COUNT_MAX; i++) {
        static const key_slot_t EMPTY;
        const key_slot_t *found = find_slot(self, i), *slot = found != NULL ? found : &EMPTY;
        const uint8_t record[UDS_KEY_RECORD_SIZE] = {
            [UDS_KEY_EXISTS] = slot->prepared,
            [UDS_KEY_PERSONALIZATION] =
                slot->personalization > 0 ? (uint8_t)(slot->personalization - 1) : UDS_NUMBER_INVALID,
            [UDS_KEY_LEARNED] = slot->learned,
            [UDS_KEY_BLOCKED] = slot->blocked,
            [UDS_KEY_BATTERY_LOW] = slot->battery_low,
            [UDS_KEY_NUMBER] = i,
        };
        uds_message_put(message, record, sizeof record);
    }
    return true;
}

static uint8_t context(const void *owner)
{
    const cas_t *self = owner;
    return (uint8_t)((unsigned)self->ignition.key << 4 | self->ignition.terminal);
}

// ---- the tables ----------------------------------------------------------------------------------------------------

static const uds_data_t DATA[] = {{UDS_DATA_KEYS, UDS_DATA_KEYS, read_keys, NULL}};

static const uds_routine_t ROUTINES[] = {
    {UDS_ROUTINE_KEY_LOCK, LOCK_SIZE, lock_key},
    {UDS_ROUTINE_KEY_PERSONALIZATION, ENTER_SIZE, enter_personalization},
};

static const uint16_t FAULTS[] = {FAULT_KEY_BLOCKED, FAULT_KEY_FOREIGN, FAULT_KEY_SILENT, FAULT_KEY_DIFFERS,
                                  FAULT_IMAGE_DAMAGED};

const uds_tables_t services_diagnosis = {
    .data = DATA,
    .data_count = sizeof DATA / sizeof DATA[0],
    .routines = ROUTINES,
    .routine_count = sizeof ROUTINES / sizeof ROUTINES[0],
    .faults = FAULTS,
    .fault_count = sizeof FAULTS / sizeof FAULTS[0],
    .context = context,
};
