// SPDX-License-Identifier: MIT
#include <inttypes.h>

#include "bus/car/words.h"
#include "tools/service_commands.h"
#include "tools/text_table.h"

#define MS_PER_S 1000.0

typedef struct {
    workshop_fault_t fault;
    workshop_fault_details_t details;
} entry_t;

// ---- reading -------------------------------------------------------------------------------------------------------

static bool read_occurrences(workbench_t *self, uint8_t node, entry_t *entry)
{
    static const char ACT[] = "read occurrences";
    workshop_request_t request = workshop_occurrences_request(entry->fault.code);
    if (!workbench_ask(self, node, &request, ACT)) return false;
    return workshop_read_occurrences(self->job.bytes, self->job.size, entry->fault.code, &entry->details) ||
           workbench_tell_unreadable(self, node, ACT);
}

static bool read_snapshot(workbench_t *self, uint8_t node, entry_t *entry)
{
    static const char ACT[] = "read snapshot";
    workshop_request_t request = workshop_snapshot_request(entry->fault.code);
    if (!workbench_ask(self, node, &request, ACT)) return false;
    return workshop_read_snapshot(self->job.bytes, self->job.size, entry->fault.code, &entry->details) ||
           workbench_tell_unreadable(self, node, ACT);
}

// That an entry is there is told though nothing more of it can be read; after the first such the unit is not asked on.
static bool read_entries(workbench_t *self, uint8_t node, entry_t *entries, size_t *count)
{
    workshop_request_t request = workshop_faults_request();
    if (!workbench_ask(self, node, &request, "read fault memory")) return false;
    entry_t entry = {.details = {.has_count = false}};
    for (*count = 0; workshop_read_fault(self->job.bytes, self->job.size, *count, &entry.fault);)
        entries[(*count)++] = entry;
    bool more = true;
    for (size_t i = 0; more && i < *count; i++)
        more = read_occurrences(self, node, &entries[i]) && read_snapshot(self, node, &entries[i]);
    return true;
}

// ---- telling -------------------------------------------------------------------------------------------------------

static const char *const HEADINGS[] = {"unit", "fault", "active", ">times", ">first at", "meaning"};

static void print_entry(text_table_t *table, const char *unit, const entry_t *entry)
{
    text_table_add(table, "%s", unit);
    text_table_add(table, "0x%04" PRIX32, entry->fault.code);
    text_table_add(table, "%s", entry->fault.status & WORKSHOP_FAULT_ACTIVE ? "yes" : "no");
    if (entry->details.has_count)
        text_table_add(table, "%u", entry->details.occurrences);
    else
        text_table_add(table, "-");
    if (entry->details.has_snapshot)
        text_table_add(table, "%.3f s", entry->details.first_ms / MS_PER_S);
    else
        text_table_add(table, "-");
    text_table_add(table, "%s", words_find_fault(entry->fault.code));
}

static void print_entry_json(json_printer_t *json, const char *unit, const entry_t *entry)
{
    char code[2 + 8 + 1];
    snprintf(code, sizeof code, "0x%04" PRIX32, entry->fault.code);
    json_printer_begin_object(json, NULL);
    json_printer_text(json, "unit", unit);
    json_printer_text(json, "fault", code);
    json_printer_bool(json, "active", entry->fault.status & WORKSHOP_FAULT_ACTIVE);
    json_printer_whole(json, "status", entry->fault.status);
    if (entry->details.has_count) json_printer_whole(json, "times", entry->details.occurrences);
    if (entry->details.has_snapshot) {
        json_printer_whole(json, "first_ms", entry->details.first_ms);
        json_printer_whole(json, "context", entry->details.context);
    }
    json_printer_text(json, "meaning", words_find_fault(entry->fault.code));
    json_printer_end(json);
}

static void print_empty(const workbench_t *self, index_set_t units)
{
    for (uint8_t i = 0; i < self->vehicle.node_count; i++)
        if (index_set_has(units, i)) printf("%s: no faults\n", workbench_unit_name(self, i));
}

// ---- commands ------------------------------------------------------------------------------------------------------

static void print_entries(workbench_t *self, uint8_t node, text_table_t *table, const entry_t *entries, size_t count)
{
    const char *unit = workbench_unit_name(self, node);
    workbench_begin_list(self, "faults");
    for (size_t i = 0; i < count; i++) {
        if (self->wants_json)
            print_entry_json(&self->json, unit, &entries[i]);
        else
            print_entry(table, unit, &entries[i]);
    }
}

void service_faults(workbench_t *self, int count, char **operands)
{
    static entry_t entries[WORKSHOP_FAULTS_MAX]; // too large for a stack
    index_set_t units, empty = {0};
    size_t total = 0;
    if (!workbench_take_units(self, count, operands, &units)) return;
    text_table_t *table = text_table_new(HEADINGS, sizeof HEADINGS / sizeof HEADINGS[0]);
    for (uint8_t node = 0; node < self->vehicle.node_count && !self->gone; node++) {
        size_t entry_count;
        if (!index_set_has(units, node) || !read_entries(self, node, entries, &entry_count)) continue;
        print_entries(self, node, table, entries, entry_count);
        total += entry_count;
        if (entry_count == 0) index_set_put(&empty, node, true);
    }
    workbench_end_list(self);
    if (!self->wants_json && total > 0) text_table_print(table, stdout);
    if (!self->wants_json) print_empty(self, empty);
    text_table_destroy(&table);
}

void service_clear(workbench_t *self, int count, char **operands)
{
    static const workshop_request_t CLEAR = {.size = 1 + UDS_FAULT_SIZE, .bytes = {UDS_CLEAR_FAULTS, 0xFF, 0xFF, 0xFF}};
    index_set_t units;
    if (!workbench_take_units(self, count, operands, &units)) return;
    for (uint8_t node = 0; node < self->vehicle.node_count && !self->gone; node++) {
        if (!index_set_has(units, node) || !workbench_ask(self, node, &CLEAR, "clear fault memory")) continue;
        workbench_begin_list(self, "cleared");
        if (self->wants_json)
            json_printer_text(&self->json, NULL, workbench_unit_name(self, node));
        else
            printf("%s: fault memory is cleared\n", workbench_unit_name(self, node));
    }
    workbench_end_list(self);
}
