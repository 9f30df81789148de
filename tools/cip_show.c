// SPDX-License-Identifier: MIT
#include "bus/can/frame_text.h"
#include "bus/base/words.h"
#include "tools/cip_commands.h"
#include "tools/text_table.h"

typedef struct {
    uint8_t node, active;
    workshop_settings_t settings;
    uint8_t in_car[WORKSHOP_SETTINGS_MAX];
    uint8_t options[VEHICLE_OPTIONS_MAX];
} unit_t;

static const vehicle_node_t *entry_of(const workbench_t *self, const unit_t *unit)
{
    return &self->vehicle.nodes[unit->node];
}

static bool read_unit(workbench_t *self, unit_t *unit)
{
    workbench_has_memory(self, unit->node, &unit->settings);
    if (!cip_read_active(self, unit->node, &unit->active)) return false;
    if (!cip_read_car(self, unit->node, unit->settings.count, unit->in_car)) return false;
    return entry_of(self, unit)->option_count == 0 || workbench_read_options(self, unit->node, unit->options);
}

// ---- as text -------------------------------------------------------------------------------------------------------

static void add_range(text_table_t *table, const dbc_signal_t *signal)
{
    char text[TEXT_TABLE_CELL_MAX + 1], low[FRAME_TEXT_VALUE_MAX], high[FRAME_TEXT_VALUE_MAX];
    words_t words = words_make(text, sizeof text);
    for (size_t i = 0; i < signal->value_count; i++)
        words_add(&words, "%s%s", i > 0 ? ", " : "", signal->values[i].name);
    if (signal->value_count == 0) {
        frame_text_number(signal, dbc_raw_minimum(signal), low, sizeof low);
        frame_text_number(signal, dbc_raw_maximum(signal), high, sizeof high);
        low[strcspn(low, " ")] = '\0';
        words_add(&words, "%s to %s", low, high);
    }
    text_table_add(table, "%s", text);
}

static void print_settings(const workbench_t *self, const unit_t *unit)
{
    const char *headings[] = {workbench_unit_name(self, unit->node), "values", ">step", ">factory", "memory"};
    text_table_t *table = text_table_new(headings, sizeof headings / sizeof headings[0]);
    for (size_t i = 0; i < unit->settings.count; i++) {
        const dbc_signal_t *signal = unit->settings.signals[i];
        char text[FRAME_TEXT_VALUE_MAX];
        text_table_add(table, "%s", signal->setting);
        add_range(table, signal);
        text_table_add(table, "%s",
                       signal->value_count > 0 ? "" : frame_text_physical(signal, signal->factor, text, sizeof text));
        text_table_add(table, "%s", workbench_value(signal, signal->start_raw, text));
        text_table_add(table, "%s", unit->in_car[i] ? "car" : "key");
    }
    text_table_print(table, stdout);
    text_table_destroy(&table);
}

static void print_options(const workbench_t *self, const unit_t *unit)
{
    const vehicle_node_t *entry = entry_of(self, unit);
    for (uint8_t i = 0; i < entry->option_count; i++) {
        const vehicle_option_t *option = &entry->options[i];
        printf("option %s=%s (", option->name, option->values[unit->options[i]]);
        for (uint8_t value = 0; value < option->value_count; value++)
            printf("%s%s", value > 0 ? ", " : "", option->values[value]);
        printf(")\n");
    }
}

// ---- as JSON -------------------------------------------------------------------------------------------------------

static void print_setting_json(workbench_t *self, const dbc_signal_t *signal, bool in_car)
{
    json_printer_t *json = &self->json;
    json_printer_begin_object(json, NULL);
    json_printer_text(json, "setting", signal->setting);
    if (signal->value_count > 0) {
        json_printer_begin_array(json, "values");
        for (size_t i = 0; i < signal->value_count; i++) json_printer_text(json, NULL, signal->values[i].name);
        json_printer_end(json);
    } else {
        json_printer_number(json, "minimum", dbc_physical(signal, dbc_raw_minimum(signal)));
        json_printer_number(json, "maximum", dbc_physical(signal, dbc_raw_maximum(signal)));
        json_printer_number(json, "step", signal->factor);
        json_printer_text(json, "unit_of_measure", signal->unit);
    }
    workbench_json_value(self, "factory", signal, signal->start_raw);
    json_printer_text(json, "memory", in_car ? "car" : "key");
    json_printer_end(json);
}

static void print_unit_json(workbench_t *self, const unit_t *unit)
{
    const vehicle_node_t *entry = entry_of(self, unit);
    json_printer_t *json = &self->json;
    json_printer_begin_object(json, NULL);
    json_printer_text(json, "unit", entry->name);
    if (unit->active > 0)
        json_printer_whole(json, "active", unit->active);
    else
        json_printer_null(json, "active");
    json_printer_begin_array(json, "settings");
    for (size_t i = 0; i < unit->settings.count; i++)
        print_setting_json(self, unit->settings.signals[i], unit->in_car[i]);
    json_printer_end(json);
    json_printer_begin_object(json, "options");
    for (uint8_t i = 0; i < entry->option_count; i++)
        json_printer_text(json, entry->options[i].name, entry->options[i].values[unit->options[i]]);
    json_printer_end(json);
    json_printer_end(json);
}

void cip_show(workbench_t *self, int count, char **operands)
{
    index_set_t units;
    bool first = true;
    if (!cip_take_memories(self, count > 0 ? operands[0] : NULL, &units)) return;
    for (uint8_t node = 0; node < self->vehicle.node_count && !self->gone; node++) {
        unit_t unit = {.node = node};
        if (!index_set_has(units, node) || !read_unit(self, &unit)) continue;
        workbench_begin_list(self, "units");
        if (self->wants_json) {
            print_unit_json(self, &unit);
            continue;
        }
        if (!first) putchar('\n');
        first = false;
        print_settings(self, &unit);
        print_options(self, &unit);
    }
    workbench_end_list(self);
}
