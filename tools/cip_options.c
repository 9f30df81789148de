// SPDX-License-Identifier: MIT
// Key or car memory per setting, and the unit's coding options: a byte each in one record, which is written whole.
#include <string.h>

#include "bus/base/words.h"
#include "tools/cip_commands.h"

#define BYTES_MAX WORKSHOP_SETTINGS_MAX
#define TEXT_MAX 1024

static const char *const MEMORIES[] = {"key", "car"};

typedef struct {
    uint8_t node;
    size_t count; // bytes of the record
    workshop_settings_t settings;
    int told[BYTES_MAX]; // new values, -1: as it is
} options_t;

// Cuts NAME=VALUE in two and gives the value; null and told when it cannot be.
static const char *cut(workbench_t *self, char *text)
{
    char *equals = strchr(text, '=');
    if (!equals) {
        workbench_wrong(self, "\"%s\": must be NAME=VALUE", text);
        return NULL;
    }
    *equals = '\0';
    return equals + 1;
}

// Changes what was told of the record that was read, and writes it. Gives what it is now.
static bool rewrite(workbench_t *self, const options_t *options, uint16_t id, const char *act, uint8_t *now)
{
    workshop_request_t write = {.size = 3 + options->count,
                                .bytes = {UDS_WRITE_DATA, (uint8_t)(id >> 8), (uint8_t)(id & 0xFF)}};
    for (size_t i = 0; i < options->count; i++)
        now[i] = write.bytes[3 + i] = options->told[i] < 0 ? now[i] : (uint8_t)options->told[i];
    workshop_job_write(&self->job, &write);
    return workbench_do(self, options->node, act, NULL);
}

static void begin_result(workbench_t *self, uint8_t node, const char *name)
{
    if (!self->wants_json) return;
    json_printer_begin_object(&self->json, NULL);
    json_printer_text(&self->json, "unit", workbench_unit_name(self, node));
    json_printer_begin_object(&self->json, name);
}

static void tell_result(workbench_t *self, const char *name, const char *value)
{
    if (self->wants_json)
        json_printer_text(&self->json, name, value);
    else
        printf("%s=%s\n", name, value);
}

static void end_result(workbench_t *self)
{
    if (self->wants_json) json_printer_end(&self->json);
}

// ---- memory --------------------------------------------------------------------------------------------------------

static bool take_memory(workbench_t *self, options_t *options, char *operand)
{
    const char *name = operand, *value = cut(self, operand);
    if (!value) return false;
    int setting = workshop_find_setting(&options->settings, name);
    if (setting < 0)
        return workbench_wrong(self, "%s has no setting \"%s\"; `cip show` tells them",
                               workbench_unit_name(self, options->node), name);
    if (strcmp(value, MEMORIES[0]) != 0 && strcmp(value, MEMORIES[1]) != 0)
        return workbench_wrong(self, "%s must be key or car", name);
    options->told[setting] = strcmp(value, MEMORIES[1]) == 0;
    return true;
}

void cip_memory(workbench_t *self, int count, char **operands)
{
    options_t options;
    uint8_t now[BYTES_MAX] = {0};
    memset(options.told, -1, sizeof options.told);
    if (!workbench_take_memory(self, operands[0], &options.node, &options.settings)) return;
    options.count = options.settings.count;
    for (int i = 1; i < count; i++)
        if (!take_memory(self, &options, operands[i])) return;
    if (!cip_read_car(self, options.node, options.count, now)) return;
    if (!rewrite(self, &options, IDENTIFIER_MEMORY, "code key and car memory", now)) return;
    begin_result(self, options.node, "memory");
    for (size_t i = 0; i < options.count; i++)
        tell_result(self, options.settings.signals[i]->setting, MEMORIES[now[i] == 1]);
    end_result(self);
}

// ---- options -------------------------------------------------------------------------------------------------------

static bool tell_values(workbench_t *self, const vehicle_option_t *option)
{
    char text[TEXT_MAX];
    words_t words = words_make(text, sizeof text);
    for (uint8_t i = 0; i < option->value_count; i++)
        words_add_choice(&words, option->values[i], i, option->value_count);
    return workbench_wrong(self, "%s must be %s", option->name, text);
}

static bool take_option(workbench_t *self, options_t *options, char *operand)
{
    const vehicle_node_t *entry = &self->vehicle.nodes[options->node];
    const char *name = operand, *value = cut(self, operand);
    if (!value) return false;
    const vehicle_option_t *option = vehicle_find_option(entry, name);
    if (!option) return workbench_wrong(self, "%s has no option \"%s\"; `cip show` tells them", entry->name, name);
    int index = vehicle_find_value(option, value);
    if (index < 0) return tell_values(self, option);
    options->told[option - entry->options] = index;
    return true;
}

void cip_option(workbench_t *self, int count, char **operands)
{
    options_t options;
    uint8_t now[BYTES_MAX] = {0};
    memset(options.told, -1, sizeof options.told);
    if (!workbench_take_unit(self, operands[0], &options.node)) return;
    const vehicle_node_t *entry = &self->vehicle.nodes[options.node];
    options.count = entry->option_count;
    for (int i = 1; i < count; i++)
        if (!take_option(self, &options, operands[i])) return;
    if (!workbench_read_options(self, options.node, now)) return;
    if (!rewrite(self, &options, IDENTIFIER_OPTIONS, "code options", now)) return;
    begin_result(self, options.node, "options");
    for (uint8_t i = 0; i < entry->option_count; i++)
        tell_result(self, entry->options[i].name, entry->options[i].values[now[i]]);
    end_result(self);
}
