// SPDX-License-Identifier: MIT
#include <string.h>

#include "tools/service_commands.h"
#include "tools/text_table.h"

#define TEXT_MAX 63
#define TEXT_CUT "..."

// Text as it comes off a bus: what is not printable ASCII is shown as '?', and that a long one is cut.
static bool read_text(workbench_t *self, uint8_t node, uint16_t id, char text[TEXT_MAX + 1])
{
    const uint8_t *record;
    size_t size;
    if (!workbench_read(self, node, id, 0, &record, &size)) return false;
    bool cut = size > TEXT_MAX;
    if (cut) size = TEXT_MAX;
    for (size_t i = 0; i < size; i++) text[i] = record[i] >= ' ' && record[i] <= '~' ? (char)record[i] : '?';
    text[size] = '\0';
    if (cut) memcpy(text + TEXT_MAX - strlen(TEXT_CUT), TEXT_CUT, strlen(TEXT_CUT));
    return true;
}

static void buses_of(const workbench_t *self, uint8_t node, char *text, size_t size)
{
    const vehicle_node_t *entry = &self->vehicle.nodes[node];
    size_t length = 0;
    text[0] = '\0';
    for (uint8_t i = 0; i < entry->bus_count && length < size; i++)
        length += (size_t)snprintf(text + length, size - length, "%s%s", i > 0 ? ", " : "",
                                   self->vehicle.buses[entry->buses[i]].name);
}

static void print_unit_json(workbench_t *self, uint8_t node, const char *identification, const char *vin)
{
    const vehicle_node_t *entry = &self->vehicle.nodes[node];
    char address[2 + 2 + 1];
    snprintf(address, sizeof address, "0x%02X", entry->address);
    json_printer_begin_object(&self->json, NULL);
    json_printer_text(&self->json, "unit", entry->name);
    json_printer_text(&self->json, "address", address);
    json_printer_begin_array(&self->json, "buses");
    for (uint8_t i = 0; i < entry->bus_count; i++)
        json_printer_text(&self->json, NULL, self->vehicle.buses[entry->buses[i]].name);
    json_printer_end(&self->json);
    json_printer_text(&self->json, "identification", identification);
    json_printer_text(&self->json, "vin", vin);
    json_printer_end(&self->json);
}

static void print_unit(const workbench_t *self, uint8_t node, text_table_t *table, const char *identification,
                       const char *vin)
{
    char buses[VEHICLE_BUSES_MAX * (VEHICLE_NAME_MAX + 2) + 1];
    buses_of(self, node, buses, sizeof buses);
    text_table_add(table, "%s", workbench_unit_name(self, node));
    text_table_add(table, "0x%02X", self->vehicle.nodes[node].address);
    text_table_add(table, "%s", buses);
    text_table_add(table, "%s", identification);
    text_table_add(table, "%s", vin);
}

void service_ident(workbench_t *self, int count, char **operands)
{
    (void)count;
    (void)operands;
    static const char *const HEADINGS[] = {"unit", "address", "buses", "identification", "VIN"};
    text_table_t *table = text_table_new(HEADINGS, sizeof HEADINGS / sizeof HEADINGS[0]);
    bool any = false;
    for (uint8_t node = 0; node < self->vehicle.node_count && !self->gone; node++) {
        char identification[TEXT_MAX + 1], vin[TEXT_MAX + 1];
        if (!workbench_is_diagnosed(self, node)) continue;
        if (!read_text(self, node, IDENTIFIER_NAME, identification)) continue;
        if (!read_text(self, node, IDENTIFIER_VIN, vin)) continue;
        any = true;
        workbench_begin_list(self, "units");
        if (self->wants_json)
            print_unit_json(self, node, identification, vin);
        else
            print_unit(self, node, table, identification, vin);
    }
    workbench_end_list(self);
    if (!self->wants_json && any) text_table_print(table, stdout);
    text_table_destroy(&table);
}
