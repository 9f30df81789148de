// SPDX-License-Identifier: MIT
#include "bus/car/identifiers.h"

void identifiers_write_key(const identifiers_key_t *key, int number, uint8_t record[KEY_RECORD_SIZE])
{
    bool known = key->personalization > 0;
    record[KEY_RECORD_EXISTS] = key->exists;
    record[KEY_RECORD_PERSONALIZATION] = known ? (uint8_t)(key->personalization - 1) : IDENTIFIER_NUMBER_INVALID;
    record[KEY_RECORD_LEARNED] = key->learned;
    record[KEY_RECORD_BLOCKED] = key->blocked;
    record[KEY_RECORD_BATTERY_LOW] = key->battery_low;
    record[KEY_RECORD_NUMBER] = (uint8_t)(number - 1);
}

identifiers_key_t identifiers_read_key(const uint8_t record[KEY_RECORD_SIZE])
{
    uint8_t number = record[KEY_RECORD_PERSONALIZATION];
    return (identifiers_key_t){
        .exists = record[KEY_RECORD_EXISTS] != 0,
        .learned = record[KEY_RECORD_LEARNED] != 0,
        .blocked = record[KEY_RECORD_BLOCKED] != 0,
        .battery_low = record[KEY_RECORD_BATTERY_LOW] != 0,
        .personalization = number == IDENTIFIER_NUMBER_INVALID ? 0 : number + 1,
    };
}

int16_t identifiers_saturate(int64_t raw)
{
    return (int16_t)(raw < INT16_MIN ? INT16_MIN : raw > INT16_MAX ? INT16_MAX : raw);
}
