// SPDX-License-Identifier: MIT
#include <inttypes.h>

#include "tools/service_commands.h"
#include "tools/text_table.h"

static const char *const HEADINGS[] = {"unit", "counter", ">ignored"};

static void print_counters_json(workbench_t *self, uint8_t node, const identifiers_counter_t *counters, size_t count)
{
    json_printer_begin_object(&self->json, NULL);
    json_printer_text(&self->json, "unit", workbench_unit_name(self, node));
    json_printer_begin_object(&self->json, "counters");
    for (size_t i = 0; i < count; i++) json_printer_whole(&self->json, counters[i].name, counters[i].value);
    json_printer_end(&self->json);
    json_printer_end(&self->json);
}

static void print_counters(const workbench_t *self, uint8_t node, text_table_t *table,
                           const identifiers_counter_t *counters, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        text_table_add(table, "%s", workbench_unit_name(self, node));
        text_table_add(table, "%s", counters[i].name);
        text_table_add(table, "%" PRIu32, counters[i].value);
    }
}

static bool read_counters(workbench_t *self, uint8_t node, identifiers_counter_t *counters, size_t *count)
{
    const uint8_t *record;
    size_t size;
    if (!workbench_read(self, node, IDENTIFIER_COUNTERS, 0, &record, &size)) return false;
    return identifiers_read_counters(record, size, counters, count); // it is laid out so: it could be read
}

void service_counters(workbench_t *self, int count, char **operands)
{
    index_set_t units;
    if (!workbench_take_units(self, count, operands, &units)) return;
    text_table_t *table = text_table_new(HEADINGS, sizeof HEADINGS / sizeof HEADINGS[0]);
    bool any = false;
    for (uint8_t node = 0; node < self->vehicle.node_count && !self->gone; node++) {
        identifiers_counter_t counters[IDENTIFIER_COUNTERS_MAX];
        size_t counter_count;
        if (!index_set_has(units, node) || !read_counters(self, node, counters, &counter_count)) continue;
        any = true;
        workbench_begin_list(self, "units");
        if (self->wants_json)
            print_counters_json(self, node, counters, counter_count);
        else
            print_counters(self, node, table, counters, counter_count);
    }
    workbench_end_list(self);
    if (!self->wants_json && any) text_table_print(table, stdout);
    text_table_destroy(&table);
}
