// SPDX-License-Identifier: MIT
#include "cas/services.h"

#include "bus/car/identifiers.h"
#include "cas/cas.h"
#include "bus/car/words.h"

// The slot of a key number as it is on the wire, zero-based; null when nothing is prepared there.
static key_slot_t *find_slot(cas_t *self, uint8_t number)
{
    return keys_find(&self->keys, number + 1);
}

static uds_nrc_t lock_key(void *owner, const uint8_t *option, uint32_t *ticket)
{
    cas_t *self = owner;
    key_slot_t *slot = find_slot(self, option[ROUTINE_LOCK_KEY]);
    if (slot == NULL || !slot->learned || option[ROUTINE_LOCK_ACTION] > ROUTINE_ACTION_BLOCK) return UDS_OUT_OF_RANGE;
    int key = option[ROUTINE_LOCK_KEY] + 1;
    if (ignition_holds(self, key)) return UDS_CONDITIONS_NOT_CORRECT;
    slot->blocked = option[ROUTINE_LOCK_ACTION] == ROUTINE_ACTION_BLOCK;
    *ticket = ecu_store(&self->ecu);
    ecu_log(&self->ecu, LOG_KEY_LOCKED, key, slot->blocked, 0);
    return UDS_ACCEPTED;
}

static uds_nrc_t enter_personalization(void *owner, const uint8_t *option, uint32_t *ticket)
{
    cas_t *self = owner;
    key_slot_t *slot = find_slot(self, option[ROUTINE_ASSIGN_KEY]);
    if (slot == NULL || option[ROUTINE_ASSIGN_NUMBER] >= KEY_PERSONALIZATION_MAX) return UDS_OUT_OF_RANGE;
    int key = option[ROUTINE_ASSIGN_KEY] + 1;
    slot->personalization = option[ROUTINE_ASSIGN_NUMBER] + 1;
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
        const key_slot_t *slot = find_slot(self, i);
        identifiers_key_t key = {.exists = false};
        if (slot) {
            key = (identifiers_key_t){.exists = slot->prepared,
                                      .learned = slot->learned,
                                      .blocked = slot->blocked,
                                      .battery_low = slot->battery_low,
                                      .personalization = slot->personalization};
        }
        uint8_t record[KEY_RECORD_SIZE];
        identifiers_write_key(&key, i + 1, record);
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

static const uds_data_t DATA[] = {{IDENTIFIER_KEYS, IDENTIFIER_KEYS, read_keys, NULL}};

static const uds_routine_t ROUTINES[] = {
    {ROUTINE_KEY_LOCK, ROUTINE_LOCK_SIZE, lock_key},
    {ROUTINE_KEY_PERSONALIZATION, ROUTINE_ASSIGN_SIZE, enter_personalization},
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
