// SPDX-License-Identifier: MIT
#include <string.h>

#include "bus/base/words.h"
#include "tools/cip_commands.h"
#include "tools/text_table.h"

#define HEADING_MAX 47

typedef struct {
    bool read;
    uint8_t active;
    workshop_profile_t profiles[WORKBENCH_PROFILES + 1]; // by number
} memory_t;

// ---- what the commands share ---------------------------------------------------------------------------------------

bool cip_take_memories(workbench_t *self, const char *name, index_set_t *units)
{
    uint8_t node = 0;
    *units = (index_set_t){0};
    if (name && !workbench_take_memory(self, name, &node, NULL)) return false;
    for (uint8_t i = 0; i < self->vehicle.node_count; i++)
        if (name ? i == node : workbench_has_memory(self, i, NULL)) index_set_put(units, i, true);
    return true;
}

bool cip_read_active(workbench_t *self, uint8_t node, uint8_t *active)
{
    const uint8_t *record;
    size_t size;
    if (!workbench_read(self, node, IDENTIFIER_STATUS, 0, &record, &size)) return false;
    *active = record[STATUS_RECORD_ACTIVE];
    return true;
}

bool cip_read_car(workbench_t *self, uint8_t node, size_t count, uint8_t *in_car)
{
    const uint8_t *record;
    size_t size;
    if (!workbench_read(self, node, IDENTIFIER_MEMORY, count, &record, &size)) return false;
    memcpy(in_car, record, count);
    return true;
}

void cip_json_settings(workbench_t *self, const workshop_settings_t *settings, const workshop_profile_t *profile)
{
    json_printer_begin_object(&self->json, "settings");
    for (size_t i = 0; i < settings->count; i++)
        workbench_json_value(self, settings->signals[i]->setting, settings->signals[i], profile->values[i]);
    json_printer_end(&self->json);
}

// ---- read ----------------------------------------------------------------------------------------------------------

typedef struct {
    uint8_t node, active;
    int first, last; // profiles
    workshop_settings_t settings;
    uint8_t in_car[WORKSHOP_SETTINGS_MAX];
    workshop_profile_t profiles[WORKBENCH_PROFILES + 1];
} reading_t;

static void print_reading(const workbench_t *self, const reading_t *reading)
{
    char texts[WORKBENCH_PROFILES + 1][HEADING_MAX + 1];
    const char *headings[WORKBENCH_PROFILES + 1] = {workbench_unit_name(self, reading->node)};
    size_t columns = 1;
    for (int i = reading->first; i <= reading->last; i++) {
        snprintf(texts[i], sizeof texts[i], ">profile %d%s", i, i == reading->active ? " (active)" : "");
        headings[columns++] = texts[i];
    }
    text_table_t *table = text_table_new(headings, columns);
    text_table_add(table, "coded");
    for (int i = reading->first; i <= reading->last; i++)
        text_table_add(table, "%s", reading->profiles[i].coded ? "yes" : "no");
    for (size_t setting = 0; setting < reading->settings.count; setting++) {
        const dbc_signal_t *signal = reading->settings.signals[setting];
        char text[FRAME_TEXT_VALUE_MAX];
        text_table_add(table, "%s%s", signal->setting, reading->in_car[setting] ? " (car memory)" : "");
        for (int i = reading->first; i <= reading->last; i++)
            text_table_add(table, "%s", workbench_value(signal, reading->profiles[i].values[setting], text));
    }
    text_table_print(table, stdout);
    text_table_destroy(&table);
}

static void print_profile_members(workbench_t *self, const reading_t *reading, int profile)
{
    json_printer_whole(&self->json, "profile", profile);
    json_printer_bool(&self->json, "active", profile == reading->active);
    json_printer_bool(&self->json, "coded", reading->profiles[profile].coded);
    cip_json_settings(self, &reading->settings, &reading->profiles[profile]);
}

static void print_reading_json(workbench_t *self, const reading_t *reading)
{
    json_printer_begin_object(&self->json, NULL);
    json_printer_text(&self->json, "unit", workbench_unit_name(self, reading->node));
    if (reading->first == reading->last) {
        print_profile_members(self, reading, reading->first);
        return;
    }
    json_printer_begin_array(&self->json, "profiles");
    for (int i = reading->first; i <= reading->last; i++) {
        json_printer_begin_object(&self->json, NULL);
        print_profile_members(self, reading, i);
        json_printer_end(&self->json);
    }
    json_printer_end(&self->json);
}

// With --unchecked a profile that there is not is asked for as well: the unit's refusal is what comes of it.
static bool read_one(workbench_t *self, const char *operand, reading_t *reading)
{
    double profile;
    workshop_profile_t content;
    if (!workbench_take_number(self, operand, "profile", 1, WORKBENCH_PROFILES, &profile)) return false;
    if (!workbench_read_profile(self, reading->node, &reading->settings, profile, &content)) return false;
    int number = workshop_profile_id(profile) - IDENTIFIER_PROFILE;
    if (number < 1 || number > WORKBENCH_PROFILES) return workbench_tell_unreadable(self, reading->node, operand);
    reading->first = reading->last = number;
    reading->profiles[number] = content;
    return true;
}

static bool read_all(workbench_t *self, reading_t *reading)
{
    reading->first = 1;
    reading->last = WORKBENCH_PROFILES;
    for (int i = 1; i <= WORKBENCH_PROFILES; i++)
        if (!workbench_read_profile(self, reading->node, &reading->settings, i, &reading->profiles[i])) return false;
    return true;
}

void cip_read(workbench_t *self, int count, char **operands)
{
    reading_t reading = {.active = 0};
    if (!workbench_take_memory(self, operands[0], &reading.node, &reading.settings)) return;
    if (!(count > 1 ? read_one(self, operands[1], &reading) : read_all(self, &reading))) return;
    if (!cip_read_active(self, reading.node, &reading.active)) return;
    if (!cip_read_car(self, reading.node, reading.settings.count, reading.in_car)) return;
    if (self->wants_json)
        print_reading_json(self, &reading);
    else
        print_reading(self, &reading);
}

// ---- status --------------------------------------------------------------------------------------------------------

static bool read_memory(workbench_t *self, uint8_t node, memory_t *memory)
{
    workshop_settings_t settings;
    if (!workbench_has_memory(self, node, &settings) || !cip_read_active(self, node, &memory->active)) return false;
    for (int i = 1; i <= WORKBENCH_PROFILES; i++)
        if (!workbench_read_profile(self, node, &settings, i, &memory->profiles[i])) return false;
    memory->read = true;
    return true;
}

static void print_memories(const workbench_t *self, const memory_t *memories)
{
    static const char *const HEADINGS[] = {"unit", "profile 1", "profile 2", "profile 3", "profile 4", "active"};
    text_table_t *table = text_table_new(HEADINGS, sizeof HEADINGS / sizeof HEADINGS[0]);
    for (uint8_t node = 0; node < self->vehicle.node_count; node++) {
        const memory_t *memory = &memories[node];
        if (!workbench_has_memory(self, node, NULL)) continue;
        text_table_add(table, "%s", workbench_unit_name(self, node));
        for (int i = 1; i <= WORKBENCH_PROFILES; i++)
            text_table_add(table, "%s", !memory->read ? "?" : memory->profiles[i].coded ? "coded" : "not coded");
        if (!memory->read)
            text_table_add(table, "?");
        else if (memory->active > 0)
            text_table_add(table, "profile %u", memory->active);
        else
            text_table_add(table, "none");
    }
    text_table_print(table, stdout);
    text_table_destroy(&table);
}

static void print_numbers_that(workbench_t *self, const char *name, const memory_t *memory, bool coded)
{
    json_printer_begin_array(&self->json, name);
    for (int i = 1; i <= WORKBENCH_PROFILES; i++)
        if (memory->profiles[i].coded == coded) json_printer_whole(&self->json, NULL, i);
    json_printer_end(&self->json);
}

static void print_memories_json(workbench_t *self, const memory_t *memories)
{
    json_printer_begin_object(&self->json, NULL);
    json_printer_begin_array(&self->json, "units");
    for (uint8_t node = 0; node < self->vehicle.node_count; node++) {
        if (!memories[node].read) continue;
        json_printer_begin_object(&self->json, NULL);
        json_printer_text(&self->json, "unit", workbench_unit_name(self, node));
        print_numbers_that(self, "coded", &memories[node], true);
        print_numbers_that(self, "not_coded", &memories[node], false);
        if (memories[node].active > 0)
            json_printer_whole(&self->json, "active", memories[node].active);
        else
            json_printer_null(&self->json, "active");
        json_printer_end(&self->json);
    }
    json_printer_end(&self->json);
}

static bool lacks(const memory_t *memory, int number)
{
    return memory->read && !memory->profiles[number].coded;
}

static bool has_number(const identifiers_key_t *key, int number)
{
    return key->exists && key->personalization == number;
}

// "personalization number 3 (key 3, key 5): not coded in seat, mirror"
static bool print_number(const workbench_t *self, const memory_t *memories, const identifiers_key_t *keys, int number)
{
    char key_text[TEXT_TABLE_CELL_MAX], unit_text[VEHICLE_NODES_MAX * (VEHICLE_NAME_MAX + 2)];
    words_t key_words = words_make(key_text, sizeof key_text), unit_words = words_make(unit_text, sizeof unit_text);
    for (int i = 1; i <= KEY_COUNT_MAX; i++)
        if (has_number(&keys[i], number)) words_add(&key_words, "%skey %d", key_words.length > 0 ? ", " : "", i);
    for (uint8_t node = 0; node < self->vehicle.node_count; node++)
        if (lacks(&memories[node], number))
            words_add(&unit_words, "%s%s", unit_words.length > 0 ? ", " : "", workbench_unit_name(self, node));
    if (key_words.length == 0 || unit_words.length == 0) return false;
    printf("personalization number %d (%s): not coded in %s\n", number, key_text, unit_text);
    return true;
}

static void print_numbers(const workbench_t *self, const memory_t *memories, const identifiers_key_t *keys)
{
    bool any = false;
    for (int i = 1; i <= WORKBENCH_PROFILES; i++) any |= print_number(self, memories, keys, i);
    if (!any)
        printf("every personalization number in use is coded in %s\n",
               self->failure_count > 0 ? "every unit that answered" : "every unit");
}

static void print_number_json(workbench_t *self, const memory_t *memories, const identifiers_key_t *keys, int number)
{
    bool used = false;
    for (int i = 1; i <= KEY_COUNT_MAX; i++) used |= has_number(&keys[i], number);
    if (!used) return;
    json_printer_begin_object(&self->json, NULL);
    json_printer_whole(&self->json, "personalization", number);
    json_printer_begin_array(&self->json, "keys");
    for (int i = 1; i <= KEY_COUNT_MAX; i++)
        if (has_number(&keys[i], number)) json_printer_whole(&self->json, NULL, i);
    json_printer_end(&self->json);
    json_printer_begin_array(&self->json, "not_coded_in");
    for (uint8_t node = 0; node < self->vehicle.node_count; node++)
        if (lacks(&memories[node], number)) json_printer_text(&self->json, NULL, workbench_unit_name(self, node));
    json_printer_end(&self->json);
    json_printer_end(&self->json);
}

void cip_status(workbench_t *self, int count, char **operands)
{
    (void)count;
    (void)operands;
    static memory_t memories[VEHICLE_NODES_MAX];
    uint8_t cas;
    identifiers_key_t keys[KEY_COUNT_MAX + 1];
    if (!workbench_find_cas(self, &cas)) return;
    bool has_keys = workbench_read_keys(self, cas, keys), any = false;
    for (uint8_t i = 0; i < self->vehicle.node_count && !self->gone; i++)
        any |= workbench_has_memory(self, i, NULL) && read_memory(self, i, &memories[i]);
    if (self->gone) return;
    if (self->wants_json)
        print_memories_json(self, memories);
    else if (any)
        print_memories(self, memories);
    if (!has_keys) return;
    if (!self->wants_json) {
        print_numbers(self, memories, keys);
        return;
    }
    json_printer_begin_array(&self->json, "personalization_numbers");
    for (int i = 1; i <= WORKBENCH_PROFILES; i++) print_number_json(self, memories, keys, i);
    json_printer_end(&self->json);
}
