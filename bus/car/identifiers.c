// SPDX-License-Identifier: MIT
#include "bus/car/identifiers.h"

#include <assert.h>
#include <string.h>

#include "bus/car/key_radio.h"

#define PROFILE_LAST (IDENTIFIER_PROFILE + 0xF) // what the range has room for
#define COUNTER_VALUE_SIZE 4
#define COUNTER_HEADER_SIZE (COUNTER_VALUE_SIZE + 1)

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

// ---- layouts -------------------------------------------------------------------------------------------------------

static bool are_flags(const uint8_t *record, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (record[i] > 1) return false;
    return true;
}

static bool is_profile(const uint8_t *record, size_t size, size_t count)
{
    (void)size;
    (void)count;
    return are_flags(record, 1);
}

static bool is_memory(const uint8_t *record, size_t size, size_t count)
{
    (void)size;
    return are_flags(record, count);
}

static bool is_status(const uint8_t *record, size_t size, size_t count)
{
    (void)size;
    (void)count;
    return record[STATUS_RECORD_ACTIVE] <= KEY_PERSONALIZATION_MAX && are_flags(record + STATUS_RECORD_CODED, 1);
}

// A key's number is its place in the table, told once more.
static bool is_key(const uint8_t *record, size_t place)
{
    uint8_t personalization = record[KEY_RECORD_PERSONALIZATION];
    return record[KEY_RECORD_NUMBER] == place && are_flags(record + KEY_RECORD_EXISTS, 1) &&
           (personalization < KEY_PERSONALIZATION_MAX || personalization == IDENTIFIER_NUMBER_INVALID) &&
           are_flags(record + KEY_RECORD_LEARNED, KEY_RECORD_NUMBER - KEY_RECORD_LEARNED);
}

static bool are_keys(const uint8_t *record, size_t size, size_t count)
{
    (void)size;
    (void)count;
    for (size_t i = 0; i < KEY_COUNT_MAX; i++)
        if (!is_key(record + i * KEY_RECORD_SIZE, i)) return false;
    return true;
}

// Each name's length leads to the next setting, the last one's to the end.
static bool is_description(const uint8_t *record, size_t size, size_t count)
{
    const size_t header = 2 * IDENTIFIER_RAW_SIZE + 1;
    if (record[0] != count) return false;
    size_t at = 1;
    for (size_t i = 0; i < count; i++) {
        if (size - at < header || size - at - header < record[at + header - 1]) return false;
        at += header + record[at + header - 1];
    }
    return at == size;
}

static bool are_counters(const uint8_t *record, size_t size, size_t count)
{
    (void)count;
    identifiers_counter_t counters[IDENTIFIER_COUNTERS_MAX];
    size_t told;
    return identifiers_read_counters(record, size, counters, &told);
}

typedef struct {
    uint16_t first, last;
    uint16_t least, each; // bytes: so many, and so many of each setting or option …
    bool open;            // … or more
    bool (*is_right)(const uint8_t *record, size_t size, size_t count); // null: whatever the bytes are
} layout_t;

static const layout_t LAYOUTS[] = {
    {IDENTIFIER_PROFILE, PROFILE_LAST, 1, IDENTIFIER_RAW_SIZE, false, is_profile},
    {IDENTIFIER_DESCRIPTION, IDENTIFIER_DESCRIPTION, 1, 0, true, is_description},
    {IDENTIFIER_MEMORY, IDENTIFIER_MEMORY, 0, 1, false, is_memory},
    {IDENTIFIER_OPTIONS, IDENTIFIER_OPTIONS, 0, 1, false, NULL},
    {IDENTIFIER_STATUS, IDENTIFIER_STATUS, STATUS_RECORD_SIZE, 0, false, is_status},
    {IDENTIFIER_KEYS, IDENTIFIER_KEYS, KEY_COUNT_MAX *KEY_RECORD_SIZE, 0, false, are_keys},
    {IDENTIFIER_COUNTERS, IDENTIFIER_COUNTERS, 1, 0, true, are_counters},
    {IDENTIFIER_NAME, IDENTIFIER_NAME, 1, 0, true, NULL}, // another maker's units have texts of their own
    {IDENTIFIER_VIN, IDENTIFIER_VIN, 1, 0, true, NULL},
};

bool identifiers_is_record(uint16_t id, const uint8_t *record, size_t size, size_t count)
{
    for (size_t i = 0; i < sizeof LAYOUTS / sizeof LAYOUTS[0]; i++) {
        const layout_t *layout = &LAYOUTS[i];
        if (id < layout->first || id > layout->last) continue;
        size_t whole = layout->least + layout->each * count;
        if (layout->open ? size < whole : size != whole) return false;
        return !layout->is_right || layout->is_right(record, size, count);
    }
    return true;
}

// ---- counters ------------------------------------------------------------------------------------------------------

size_t identifiers_write_counter(uint32_t value, const char *name, uint8_t bytes[IDENTIFIER_COUNTER_SIZE_MAX])
{
    size_t length = strlen(name);
    assert(length >= 1 && length <= IDENTIFIER_COUNTER_NAME_MAX);
    for (unsigned i = 0; i < COUNTER_VALUE_SIZE; i++) bytes[i] = (uint8_t)(value >> (8 * (COUNTER_VALUE_SIZE - 1 - i)));
    bytes[COUNTER_VALUE_SIZE] = (uint8_t)length;
    memcpy(bytes + COUNTER_HEADER_SIZE, name, length);
    return COUNTER_HEADER_SIZE + length;
}

static bool read_counter(const uint8_t *bytes, size_t size, identifiers_counter_t *counter, size_t *used)
{
    if (size < COUNTER_HEADER_SIZE) return false;
    size_t length = bytes[COUNTER_VALUE_SIZE];
    if (length == 0 || length > IDENTIFIER_COUNTER_NAME_MAX || size - COUNTER_HEADER_SIZE < length) return false;
    counter->value = 0;
    for (unsigned i = 0; i < COUNTER_VALUE_SIZE; i++) counter->value = counter->value << 8 | bytes[i];
    for (size_t i = 0; i < length; i++) {
        uint8_t letter = bytes[COUNTER_HEADER_SIZE + i];
        if (letter <= ' ' || letter > '~') return false;
        counter->name[i] = (char)letter;
    }
    counter->name[length] = '\0';
    *used = COUNTER_HEADER_SIZE + length;
    return true;
}

bool identifiers_read_counters(const uint8_t *record, size_t size,
                               identifiers_counter_t counters[IDENTIFIER_COUNTERS_MAX], size_t *count)
{
    if (size == 0) return false;
    *count = record[0];
    size_t place = 1, used;
    for (size_t i = 0; i < *count; i++, place += used)
        if (!read_counter(record + place, size - place, &counters[i], &used)) return false;
    return place == size;
}

// ---- settings ------------------------------------------------------------------------------------------------------

int16_t identifiers_saturate(int64_t raw)
{
    return (int16_t)(raw < INT16_MIN ? INT16_MIN : raw > INT16_MAX ? INT16_MAX : raw);
}
