// SPDX-License-Identifier: MIT
#include "cas/services.h"

#include "bus/car/words.h"

// The slot of a key number as it is on the wire, zero-based; null when nothing is prepared there.
static key_slot_t *find_slot(keys_t *keys, uint8_t number)
{
    return keys_find(keys, number + 1);
}

uds_nrc_t services_lock_key(keys_t *keys, const ignition_t *ignition, const uint8_t option[ROUTINE_LOCK_SIZE],
                            log_entry_t *entry)
{
    key_slot_t *slot = find_slot(keys, option[ROUTINE_LOCK_KEY]);
    if (!slot || !slot->learned || option[ROUTINE_LOCK_ACTION] > ROUTINE_ACTION_BLOCK) return UDS_OUT_OF_RANGE;
    int key = option[ROUTINE_LOCK_KEY] + 1;
    if (ignition_holds(ignition, key)) return UDS_CONDITIONS_NOT_CORRECT;
    slot->blocked = option[ROUTINE_LOCK_ACTION] == ROUTINE_ACTION_BLOCK;
    *entry = (log_entry_t){LOG_KEY_LOCKED, {key, slot->blocked, 0}};
    return UDS_ACCEPTED;
}

uds_nrc_t services_enter_personalization(keys_t *keys, ignition_t *ignition, const uint8_t option[ROUTINE_ASSIGN_SIZE],
                                         log_entry_t *entry)
{
    key_slot_t *slot = find_slot(keys, option[ROUTINE_ASSIGN_KEY]);
    if (!slot || option[ROUTINE_ASSIGN_NUMBER] >= KEY_PERSONALIZATION_MAX) return UDS_OUT_OF_RANGE;
    int key = option[ROUTINE_ASSIGN_KEY] + 1;
    slot->personalization = option[ROUTINE_ASSIGN_NUMBER] + 1;
    ignition_rewrite(ignition, keys, key); // after the table: that is what is written
    *entry = (log_entry_t){LOG_KEY_ASSIGNED, {key, slot->personalization, 0}};
    return UDS_ACCEPTED;
}

void services_read_keys(keys_t *keys, uds_message_t *message)
{
    for (uint8_t i = 0; i < KEY_COUNT_MAX; i++) {
        const key_slot_t *slot = find_slot(keys, i);
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
}

uint8_t services_context(const ignition_t *ignition)
{
    return (uint8_t)((unsigned)ignition->key << 4 | ignition->terminal);
}
