// SPDX-License-Identifier: MIT
#include "tools/service_commands.h"
#include "tools/text_table.h"

#define ACT_MAX 96

// ---- the table of keys ---------------------------------------------------------------------------------------------

static const char *const HEADINGS[] = {">key", ">personalization", "learned", "blocked", "battery"};

static void print_key(text_table_t *table, int number, const identifiers_key_t *key)
{
    text_table_add(table, "%d", number);
    if (key->personalization > 0)
        text_table_add(table, "%d", key->personalization);
    else
        text_table_add(table, "-");
    text_table_add(table, "%s", key->learned ? "yes" : "no");
    text_table_add(table, "%s", key->blocked ? "yes" : "no");
    text_table_add(table, "%s", key->battery_low ? "low" : "ok");
}

static void print_keys(const identifiers_key_t *keys)
{
    text_table_t *table = text_table_new(HEADINGS, sizeof HEADINGS / sizeof HEADINGS[0]);
    for (int i = 1; i <= KEY_COUNT_MAX; i++)
        if (keys[i].exists) print_key(table, i, &keys[i]);
    text_table_print(table, stdout);
    text_table_destroy(&table);
}

static void print_keys_json(json_printer_t *json, const identifiers_key_t *keys)
{
    json_printer_begin_object(json, NULL);
    json_printer_begin_array(json, "keys");
    for (int i = 1; i <= KEY_COUNT_MAX; i++) {
        const identifiers_key_t *key = &keys[i];
        if (!key->exists) continue;
        json_printer_begin_object(json, NULL);
        json_printer_whole(json, "key", i);
        if (key->personalization > 0)
            json_printer_whole(json, "personalization", key->personalization);
        else
            json_printer_null(json, "personalization");
        json_printer_bool(json, "learned", key->learned);
        json_printer_bool(json, "blocked", key->blocked);
        json_printer_text(json, "battery", key->battery_low ? "low" : "ok");
        json_printer_end(json);
    }
    json_printer_end(json);
}

void service_keys(workbench_t *self, int count, char **operands)
{
    (void)count;
    (void)operands;
    identifiers_key_t keys[KEY_COUNT_MAX + 1];
    uint8_t cas;
    if (!workbench_find_cas(self, &cas) || !workbench_read_keys(self, cas, keys)) return;
    if (self->wants_json)
        print_keys_json(&self->json, keys);
    else
        print_keys(keys);
}

// ---- functions -----------------------------------------------------------------------------------------------------

static const char *lock_hint(uint8_t nrc)
{
    if (nrc == UDS_CONDITIONS_NOT_CORRECT) return "the key is in the ignition lock";
    return nrc == UDS_OUT_OF_RANGE ? "no key of that number was learned" : NULL;
}

static const char *personalization_hint(uint8_t nrc)
{
    return nrc == UDS_OUT_OF_RANGE ? "there is no key of that number, or no such personalization number" : NULL;
}

static void lock_key(workbench_t *self, const char *operand, workshop_function_t function)
{
    workshop_service_t service = {.function = function};
    uint8_t cas;
    if (!workbench_take_number(self, operand, "key number", 1, KEY_COUNT_MAX, &service.key)) return;
    if (!workbench_find_cas(self, &cas)) return;
    bool blocks = function == WORKSHOP_BLOCK_KEY;
    char act[ACT_MAX];
    snprintf(act, sizeof act, "%s key %.15g", blocks ? "block" : "release", service.key);
    workshop_job_service(&self->job, &service);
    if (!workbench_do(self, cas, act, lock_hint)) return;
    if (!self->wants_json) {
        printf("key %.15g is %s\n", service.key, blocks ? "blocked" : "released");
        return;
    }
    json_printer_begin_object(&self->json, NULL);
    json_printer_number(&self->json, "key", service.key);
    json_printer_bool(&self->json, "blocked", blocks);
}

void service_block(workbench_t *self, int count, char **operands)
{
    (void)count;
    lock_key(self, operands[0], WORKSHOP_BLOCK_KEY);
}

void service_release(workbench_t *self, int count, char **operands)
{
    (void)count;
    lock_key(self, operands[0], WORKSHOP_RELEASE_KEY);
}

void service_personalization(workbench_t *self, int count, char **operands)
{
    (void)count;
    workshop_service_t service = {.function = WORKSHOP_SET_PERSONALIZATION};
    uint8_t cas;
    bool right = workbench_take_number(self, operands[0], "key number", 1, KEY_COUNT_MAX, &service.key);
    right &= workbench_take_number(self, operands[1], "personalization number", 1, WORKBENCH_PROFILES,
                                   &service.personalization);
    if (!right || !workbench_find_cas(self, &cas)) return;
    char act[ACT_MAX];
    snprintf(act, sizeof act, "give key %.15g personalization number %.15g", service.key, service.personalization);
    workshop_job_service(&self->job, &service);
    if (!workbench_do(self, cas, act, personalization_hint)) return;
    if (!self->wants_json) {
        printf("key %.15g has personalization number %.15g; `cip status` tells whether every unit is coded for it\n",
               service.key, service.personalization);
        return;
    }
    json_printer_begin_object(&self->json, NULL);
    json_printer_number(&self->json, "key", service.key);
    json_printer_number(&self->json, "personalization", service.personalization);
}
