// SPDX-License-Identifier: MIT
#include <inttypes.h>

#include "bus/car/words.h"
#include "bus/diagnosis/uds_server.h"
#include "tools/service_commands.h"
#include "tools/text_table.h"

#define FAULTS_MAX 64 // of a unit, told
#define RECORD_ALL 0xFF
#define RECORD_BEGIN 6      // of 59 04 and 59 06: service, sub-function, code, status; then the record
#define RECORD_COUNT 1      // in an extended record: number, occurrences
#define SNAPSHOT_TIME 4     // in a snapshot: number, count of identifiers, identifier; then the time
#define SNAPSHOT_CONTEXT 10 // … the time, identifier; then the context
#define MS_PER_S 1000.0

typedef struct {
    workshop_fault_t fault;
    bool has_count, has_snapshot;
    uint8_t occurrences, context;
    uint32_t first_ms;
} entry_t;

// ---- reading -------------------------------------------------------------------------------------------------------

static workshop_request_t record_request(uint8_t sub_function, uint32_t code)
{
    return (workshop_request_t){.size = 6,
                                .bytes = {UDS_READ_FAULTS, sub_function, (uint8_t)(code >> 16), (uint8_t)(code >> 8),
                                          (uint8_t)code, RECORD_ALL}};
}

// The record in the answer, of at least that size; null when there is none.
static const uint8_t *record_of(const workshop_job_t *job, size_t least)
{
    return job->size >= RECORD_BEGIN + least ? job->bytes + RECORD_BEGIN : NULL;
}

static bool read_details(workbench_t *self, uint8_t node, entry_t *entry)
{
    workshop_request_t request = record_request(UDS_FAULTS_EXTENDED, entry->fault.code);
    if (!workbench_ask(self, node, &request, "read occurrences")) return false;
    const uint8_t *record = record_of(&self->job, RECORD_COUNT + 1);
    entry->has_count = record;
    if (record) entry->occurrences = record[RECORD_COUNT];
    request = record_request(UDS_FAULTS_SNAPSHOT, entry->fault.code);
    if (!workbench_ask(self, node, &request, "read snapshot")) return false;
    record = record_of(&self->job, SNAPSHOT_CONTEXT + 1);
    entry->has_snapshot = record && uds_number(record + 2, 2) == UDS_SERVER_SNAPSHOT_TIME;
    if (!entry->has_snapshot) return true;
    entry->first_ms = uds_number(record + SNAPSHOT_TIME, 4);
    entry->context = record[SNAPSHOT_CONTEXT];
    return true;
}

static bool read_entries(workbench_t *self, uint8_t node, entry_t *entries, size_t *count)
{
    workshop_request_t request = workshop_faults_request();
    *count = 0;
    if (!workbench_ask(self, node, &request, "read fault memory")) return false;
    while (*count < FAULTS_MAX) {
        entry_t entry = {.has_count = false};
        if (!workshop_read_fault(self->job.bytes, self->job.size, *count, &entry.fault)) break;
        entries[(*count)++] = entry;
    }
    for (size_t i = 0; i < *count; i++)
        if (!read_details(self, node, &entries[i])) return false;
    return true;
}

// ---- telling -------------------------------------------------------------------------------------------------------

static const char *const HEADINGS[] = {"unit", "fault", "active", ">times", ">first at", "meaning"};

static void print_entry(text_table_t *table, const char *unit, const entry_t *entry)
{
    text_table_add(table, "%s", unit);
    text_table_add(table, "0x%04" PRIX32, entry->fault.code);
    text_table_add(table, "%s", entry->fault.status & WORKSHOP_FAULT_ACTIVE ? "yes" : "no");
    if (entry->has_count)
        text_table_add(table, "%u", entry->occurrences);
    else
        text_table_add(table, "-");
    if (entry->has_snapshot)
        text_table_add(table, "%.3f s", entry->first_ms / MS_PER_S);
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
    if (entry->has_count) json_printer_whole(json, "times", entry->occurrences);
    if (entry->has_snapshot) {
        json_printer_whole(json, "first_ms", entry->first_ms);
        json_printer_whole(json, "context", entry->context);
    }
    json_printer_text(json, "meaning", words_find_fault(entry->fault.code));
    json_printer_end(json);
}

static void print_empty(const workbench_t *self, uint32_t units)
{
    for (uint8_t i = 0; i < self->vehicle.node_count; i++)
        if (units >> i & 1) printf("%s: no faults\n", workbench_unit_name(self, i));
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
    uint32_t units, empty = 0;
    size_t total = 0;
    if (!workbench_take_units(self, count, operands, &units)) return;
    text_table_t *table = text_table_new(HEADINGS, sizeof HEADINGS / sizeof HEADINGS[0]);
    for (uint8_t node = 0; node < self->vehicle.node_count && !self->gone; node++) {
        entry_t entries[FAULTS_MAX];
        size_t entry_count;
        if (!(units >> node & 1) || !read_entries(self, node, entries, &entry_count)) continue;
        print_entries(self, node, table, entries, entry_count);
        total += entry_count;
        if (entry_count == 0) empty |= UINT32_C(1) << node;
    }
    workbench_end_list(self);
    if (!self->wants_json && total > 0) text_table_print(table, stdout);
    if (!self->wants_json) print_empty(self, empty);
    text_table_destroy(&table);
}

void service_clear(workbench_t *self, int count, char **operands)
{
    static const workshop_request_t CLEAR = {.size = 1 + UDS_FAULT_SIZE, .bytes = {UDS_CLEAR_FAULTS, 0xFF, 0xFF, 0xFF}};
    uint32_t units;
    if (!workbench_take_units(self, count, operands, &units)) return;
    for (uint8_t node = 0; node < self->vehicle.node_count && !self->gone; node++) {
        if (!(units >> node & 1) || !workbench_ask(self, node, &CLEAR, "clear fault memory")) continue;
        workbench_begin_list(self, "cleared");
        if (self->wants_json)
            json_printer_text(&self->json, NULL, workbench_unit_name(self, node));
        else
            printf("%s: fault memory is cleared\n", workbench_unit_name(self, node));
    }
    workbench_end_list(self);
}
