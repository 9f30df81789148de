// SPDX-License-Identifier: MIT
#include <string.h>

#include "tools/cip_commands.h"
#include "tools/cip_values.h"
#include "tools/text_table.h"

#define ACT_MAX 96

static const char *hint(uint8_t nrc)
{
    return nrc == UDS_OUT_OF_RANGE ? "no such profile, or a value that the setting cannot have" : NULL;
}

// ---- code ----------------------------------------------------------------------------------------------------------

static void print_profile(const workshop_settings_t *settings, const workshop_profile_t *profile)
{
    static const char *const HEADINGS[] = {"setting", ">value"};
    text_table_t *table = text_table_new(HEADINGS, sizeof HEADINGS / sizeof HEADINGS[0]);
    for (size_t i = 0; i < settings->count; i++) {
        char text[FRAME_TEXT_VALUE_MAX];
        text_table_add(table, "%s", settings->signals[i]->setting);
        text_table_add(table, "%s", workbench_value(settings->signals[i], profile->values[i], text));
    }
    text_table_print(table, stdout);
    text_table_destroy(&table);
}

static bool take_values(workbench_t *self, int count, char **operands, cip_values_t *values)
{
    error_t error;
    error_clear(&error);
    for (int i = 0; i < count; i++) {
        if (strchr(operands[i], '='))
            cip_values_take(values, operands[i], &error);
        else
            cip_values_load(values, operands[i], &error);
    }
    return error.count == 0 || workbench_wrong(self, "%s", error.text);
}

void cip_code(workbench_t *self, int count, char **operands)
{
    workshop_settings_t settings;
    cip_values_t values = {.settings = &settings, .unit = operands[0], .unchecked = self->unchecked > 0};
    double profile;
    uint8_t node;
    if (!workbench_take_memory(self, operands[0], &node, &settings)) return;
    if (!workbench_take_number(self, operands[1], "profile", 1, WORKBENCH_PROFILES, &profile)) return;
    if (!take_values(self, count - 2, operands + 2, &values)) return;
    char act[ACT_MAX];
    snprintf(act, sizeof act, "code profile %.15g", profile);
    workshop_coding_t coding = {profile, settings.count, values.count, values.changes};
    workshop_job_coding(&self->job, &coding);
    if (!workbench_do(self, node, act, hint)) return;
    if (!self->wants_json) {
        printf("%s profile %.15g is coded\n", workbench_unit_name(self, node), profile);
        print_profile(&settings, &self->job.profile);
        return;
    }
    json_printer_begin_object(&self->json, NULL);
    json_printer_text(&self->json, "unit", workbench_unit_name(self, node));
    json_printer_number(&self->json, "profile", profile);
    json_printer_bool(&self->json, "coded", true);
    cip_json_settings(self, &settings, &self->job.profile);
}

// ---- copy, reset ---------------------------------------------------------------------------------------------------

// What a profile holds that was never coded.
static workshop_profile_t factory_profile(const workshop_settings_t *settings)
{
    workshop_profile_t profile = {.coded = false};
    for (size_t i = 0; i < settings->count; i++)
        profile.values[i] = identifiers_saturate(settings->signals[i]->start_raw);
    return profile;
}

static bool write_profile(workbench_t *self, uint8_t node, double number, const workshop_settings_t *settings,
                          const workshop_profile_t *content, const char *verb)
{
    char act[ACT_MAX];
    snprintf(act, sizeof act, "%s profile %.15g", verb, number);
    workshop_request_t request = workshop_write_request(workshop_profile_id(number), settings->count, content);
    workshop_job_write(&self->job, &request);
    return workbench_do(self, node, act, hint);
}

static void tell_written(workbench_t *self, uint8_t node, double number, bool coded)
{
    const char *unit = workbench_unit_name(self, node);
    workbench_begin_list(self, "profiles");
    if (!self->wants_json) {
        printf("%s profile %.15g is %s\n", unit, number, coded ? "coded" : "not coded");
        return;
    }
    json_printer_begin_object(&self->json, NULL);
    json_printer_text(&self->json, "unit", unit);
    json_printer_number(&self->json, "profile", number);
    json_printer_bool(&self->json, "coded", coded);
    json_printer_end(&self->json);
}

// A profile that is not coded is copied as that.
static void copy_profile(workbench_t *self, uint8_t node, double from, double to)
{
    workshop_settings_t settings;
    workshop_profile_t content;
    if (!workbench_has_memory(self, node, &settings)) return;
    if (!workbench_read_profile(self, node, &settings, from, &content)) return;
    if (!content.coded) content = factory_profile(&settings);
    if (write_profile(self, node, to, &settings, &content, "write")) tell_written(self, node, to, content.coded);
}

void cip_copy(workbench_t *self, int count, char **operands)
{
    double from, to;
    index_set_t units;
    if (!workbench_take_number(self, operands[0], "profile", 1, WORKBENCH_PROFILES, &from)) return;
    if (!workbench_take_number(self, operands[1], "profile", 1, WORKBENCH_PROFILES, &to)) return;
    if (!cip_take_memories(self, count > 2 ? operands[2] : NULL, &units)) return;
    if (from == to) {
        workbench_wrong(self, "a profile is copied to another one");
        return;
    }
    for (uint8_t node = 0; node < self->vehicle.node_count && !self->gone; node++)
        if (index_set_has(units, node)) copy_profile(self, node, from, to);
    workbench_end_list(self);
}

static void reset_profile(workbench_t *self, uint8_t node, double number)
{
    workshop_settings_t settings;
    if (!workbench_has_memory(self, node, &settings)) return;
    workshop_profile_t content = factory_profile(&settings);
    if (write_profile(self, node, number, &settings, &content, "reset")) tell_written(self, node, number, false);
}

void cip_reset(workbench_t *self, int count, char **operands)
{
    double profile = 0;
    index_set_t units;
    if (!cip_take_memories(self, count > 0 ? operands[0] : NULL, &units)) return;
    if (count > 1 && !workbench_take_number(self, operands[1], "profile", 1, WORKBENCH_PROFILES, &profile)) return;
    for (uint8_t node = 0; node < self->vehicle.node_count; node++) {
        if (!index_set_has(units, node)) continue;
        if (count > 1) reset_profile(self, node, profile);
        // A unit that does not answer is not asked four times.
        size_t failures = self->failure_count;
        for (int i = 1; count < 2 && i <= WORKBENCH_PROFILES && !self->gone && self->failure_count == failures; i++)
            reset_profile(self, node, i);
    }
    workbench_end_list(self);
}
