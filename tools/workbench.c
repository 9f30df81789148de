// SPDX-License-Identifier: MIT
#include "tools/workbench.h"

#include <czmq.h>
#include <math.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "bus/zmq/endpoint.h"
#include "bus/zmq/limits.h"
#include "bus/zmq/process.h"
#include "bus/base/version.h"
#include "tools/options.h"
#include "tools/workbench_help.h"
#include "bus/files/vehicle_file.h"
#include "bus/car/units.h"

enum { STATUS_DONE, STATUS_REFUSED, STATUS_WRONG, STATUS_BROKEN, STATUS_SIGNAL = 128 };

#define END_TEXT_MAX 160

static const char HELP[] = "help"; // [COMMAND], of each tool

static const option_t OPTIONS[] = {
    {"json", 0, NULL, OPTION_FLAG, offsetof(workbench_t, wants_json), "tell everything as one JSON object"},
    {"unchecked", 0, NULL, OPTION_FLAG, offsetof(workbench_t, unchecked),
     "send numbers and values that cannot be as well: the control unit\nrefuses them"},
    {"bus", 0, "ENDPOINT", OPTION_TEXT, offsetof(workbench_t, bus),
     "the car's bus: ipc://PATH or tcp://127.0.0.1:PORT; else the user's own\nwell-known bus"},
    {"vehicle", 0, "V", OPTION_TEXT, offsetof(workbench_t, vehicle_name),
     "the car's kind, by name or file, \"e65\" unless told"},
};

static void note_status(workbench_t *self, int status)
{
    if (status > self->status) self->status = status;
}

// Every line with the tool's name before it.
static void tell(const workbench_t *self, const char *text)
{
    for (size_t length; length = strcspn(text, "\n"), length > 0; text += length + (text[length] == '\n'))
        fprintf(stderr, "%s: %.*s\n", self->tool->name, (int)length, text);
}

// ---- arguments -----------------------------------------------------------------------------------------------------

bool workbench_wrong(workbench_t *self, const char *format, ...)
{
    char text[ERROR_TEXT_MAX];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    tell(self, text);
    note_status(self, STATUS_WRONG);
    return false;
}

bool workbench_take_number(workbench_t *self, const char *text, const char *what, int low, int high, double *number)
{
    char *end;
    bool begins = *text == '-' || (*text >= '0' && *text <= '9');
    double value = strtod(text, &end);
    if (!begins || *end || !isfinite(value)) return workbench_wrong(self, "%s must be %d to %d", what, low, high);
    bool fits = value >= low && value <= high && value == floor(value);
    if (!fits && !self->unchecked) return workbench_wrong(self, "%s must be %d to %d", what, low, high);
    *number = value;
    return true;
}

static bool is_any(const workbench_t *self, uint8_t node, bool with_memory)
{
    return with_memory ? workbench_has_memory(self, node, NULL) : workbench_is_diagnosed(self, node);
}

// "unknown control unit "seet": must be cas, seat, mirror or climate"
static bool tell_units(workbench_t *self, const char *name, bool with_memory)
{
    char text[ERROR_TEXT_MAX];
    words_t words = words_make(text, sizeof text);
    size_t count = 0, told = 0;
    for (uint8_t i = 0; i < self->vehicle.node_count; i++) count += is_any(self, i, with_memory);
    for (uint8_t i = 0; i < self->vehicle.node_count; i++)
        if (is_any(self, i, with_memory)) words_add_choice(&words, self->vehicle.nodes[i].name, told++, count);
    const char *lacks = with_memory ? "Key Memory" : "diagnostic address";
    if (vehicle_find_node(&self->vehicle, name) >= 0)
        return workbench_wrong(self, "control unit \"%s\" has no %s: must be %s", name, lacks, text);
    return workbench_wrong(self, "unknown control unit \"%s\": must be %s", name, text);
}

bool workbench_take_unit(workbench_t *self, const char *name, uint8_t *node)
{
    int found = vehicle_find_node(&self->vehicle, name);
    if (found < 0 || !workbench_is_diagnosed(self, (uint8_t)found)) return tell_units(self, name, false);
    *node = (uint8_t)found;
    return true;
}

bool workbench_take_memory(workbench_t *self, const char *name, uint8_t *node, workshop_settings_t *settings)
{
    int found = vehicle_find_node(&self->vehicle, name);
    if (found < 0 || !workbench_has_memory(self, (uint8_t)found, settings)) return tell_units(self, name, true);
    *node = (uint8_t)found;
    return true;
}

bool workbench_take_units(workbench_t *self, int count, char **operands, index_set_t *units)
{
    uint8_t node = 0;
    *units = (index_set_t){0};
    if (count > 0 && !workbench_take_unit(self, operands[0], &node)) return false;
    for (uint8_t i = 0; i < self->vehicle.node_count; i++)
        if (count > 0 ? i == node : workbench_is_diagnosed(self, i)) index_set_put(units, i, true);
    return true;
}

// ---- units ---------------------------------------------------------------------------------------------------------

bool workbench_is_diagnosed(const workbench_t *self, uint8_t node)
{
    return self->vehicle.nodes[node].address != 0;
}

bool workbench_has_memory(const workbench_t *self, uint8_t node, workshop_settings_t *settings)
{
    workshop_settings_t own = workshop_settings(self->dbc, self->vehicle.nodes[node].name);
    if (!workbench_is_diagnosed(self, node) || own.count == 0) return false;
    if (settings) *settings = own;
    return true;
}

bool workbench_find_cas(workbench_t *self, uint8_t *node)
{
    int cas = vehicle_find_kind(&self->vehicle, UNIT_CAS);
    if (cas < 0) return workbench_wrong(self, "vehicle %s has no Car Access System", self->vehicle.name);
    *node = (uint8_t)cas;
    return true;
}

const char *workbench_unit_name(const workbench_t *self, uint8_t node)
{
    return self->vehicle.nodes[node].name;
}

// ---- asking --------------------------------------------------------------------------------------------------------

static bool lose_car(workbench_t *self, const char *text)
{
    tell(self, text);
    self->gone = true;
    note_status(self, STATUS_BROKEN);
    return false;
}

static bool connect_car(workbench_t *self)
{
    if (self->car || self->gone) return !self->gone;
    error_t error;
    error_clear(&error);
    self->car = live_client_new(self->bus, &self->vehicle, &error);
    return self->car || lose_car(self, error.text);
}

static void note_failure(workbench_t *self, uint8_t node)
{
    const workshop_job_t *job = &self->job;
    bool refused = job->end == WORKSHOP_REFUSED || job->end == WORKSHOP_DIFFERENT || job->end == WORKSHOP_NOT_DONE;
    note_status(self, refused ? STATUS_REFUSED : STATUS_BROKEN);
    if (self->failure_count == WORKBENCH_FAILURES_MAX) return;
    workbench_failure_t *failure = &self->failures[self->failure_count++];
    *failure = (workbench_failure_t){node, job->end, job->nrc, workshop_job_is_done(job), 0, {0}};
    if (job->end != WORKSHOP_UNREADABLE) return;
    failure->size = job->size;
    memcpy(failure->bytes, job->bytes, job->size < sizeof failure->bytes ? job->size : sizeof failure->bytes);
}

// In words, why a unit refuses; null when the code says all. The hint knows of what was wanted, not of the session.
static const char *reason_of(const workshop_job_t *job, const char *(*hint)(uint8_t nrc))
{
    if (job->end != WORKSHOP_REFUSED) return NULL;
    bool wanted = job->ended_in == WORKSHOP_STAGE_ACT || job->ended_in == WORKSHOP_STAGE_READ;
    const char *reason = hint && wanted ? hint(job->nrc) : NULL;
    if (!reason && job->nrc == UDS_DELAY_NOT_EXPIRED) reason = "too many wrong keys were sent to it; wait 10 s";
    return reason;
}

static void tell_failure(workbench_t *self, uint8_t node, const char *act, const char *(*hint)(uint8_t nrc))
{
    const workshop_job_t *job = &self->job;
    char end[END_TEXT_MAX];
    words_t words = words_make(end, sizeof end);
    words_add_end(&words, job);
    const char *why = reason_of(job, hint);
    fprintf(stderr, "%s: %s: %s: %s%s%s%s\n", self->tool->name, workbench_unit_name(self, node), act, end,
            why ? " (" : "", why ? why : "", why ? ")" : "");
    note_failure(self, node);
}

bool workbench_do(workbench_t *self, uint8_t node, const char *act, const char *(*hint)(uint8_t nrc))
{
    if (!connect_car(self)) return false;
    error_t error;
    error_clear(&error);
    uds_step_t step;
    while (workshop_job_next(&self->job, &step)) {
        uds_answer_t answer;
        if (!live_client_ask(self->car, self->vehicle.nodes[node].address, &step, &answer, &error))
            return lose_car(self, error.text);
        workshop_job_take(&self->job, &answer);
    }
    if (self->job.end != WORKSHOP_ACCEPTED) tell_failure(self, node, act, hint);
    return workshop_job_is_done(&self->job);
}

bool workbench_ask(workbench_t *self, uint8_t node, const workshop_request_t *request, const char *act)
{
    self->request = *request;
    workshop_job_request(&self->job, self->request.bytes, self->request.size);
    return workbench_do(self, node, act, NULL);
}

bool workbench_tell_unreadable(workbench_t *self, uint8_t node, const char *act)
{
    self->job.end = WORKSHOP_UNREADABLE;
    tell_failure(self, node, act, NULL);
    return false;
}

static const struct {
    uint16_t id;
    const char *act;
} READ_ACTS[] = {
    {IDENTIFIER_MEMORY, "read key and car memory"}, {IDENTIFIER_OPTIONS, "read coding options"},
    {IDENTIFIER_STATUS, "read active profile"},     {IDENTIFIER_VIN, "read VIN"},
    {IDENTIFIER_NAME, "read identification"},       {IDENTIFIER_COUNTERS, "read counters"},
};

static const char *act_of(uint16_t id)
{
    for (size_t i = 0; i < sizeof READ_ACTS / sizeof READ_ACTS[0]; i++)
        if (READ_ACTS[i].id == id) return READ_ACTS[i].act;
    return "read data";
}

bool workbench_read(workbench_t *self, uint8_t node, uint16_t id, size_t count, const uint8_t **record, size_t *size)
{
    const char *act = act_of(id);
    workshop_request_t request = workshop_read_request(id);
    if (!workbench_ask(self, node, &request, act)) return false;
    return workshop_read_record(self->job.bytes, self->job.size, id, count, record, size) ||
           workbench_tell_unreadable(self, node, act);
}

bool workbench_read_options(workbench_t *self, uint8_t node, uint8_t values[VEHICLE_OPTIONS_MAX])
{
    const vehicle_node_t *entry = &self->vehicle.nodes[node];
    const uint8_t *record;
    size_t size;
    if (!workbench_read(self, node, IDENTIFIER_OPTIONS, entry->option_count, &record, &size)) return false;
    for (size_t i = 0; i < size; i++) {
        if (record[i] >= entry->options[i].value_count)
            return workbench_tell_unreadable(self, node, act_of(IDENTIFIER_OPTIONS));
        values[i] = record[i];
    }
    return true;
}

bool workbench_read_profile(workbench_t *self, uint8_t node, const workshop_settings_t *settings, double profile,
                            workshop_profile_t *content)
{
    char act[END_TEXT_MAX];
    snprintf(act, sizeof act, "read profile %.15g", profile);
    uint16_t id = workshop_profile_id(profile);
    workshop_request_t request = workshop_read_request(id);
    if (!workbench_ask(self, node, &request, act)) return false;
    if (workshop_read_profile(self->job.bytes, self->job.size, id, settings->count, content)) return true;
    return workbench_tell_unreadable(self, node, act);
}

bool workbench_read_keys(workbench_t *self, uint8_t cas, identifiers_key_t keys[KEY_COUNT_MAX + 1])
{
    static const char ACT[] = "read keys";
    workshop_request_t request = workshop_keys_request();
    if (!workbench_ask(self, cas, &request, ACT)) return false;
    return workshop_read_keys(self->job.bytes, self->job.size, keys) || workbench_tell_unreadable(self, cas, ACT);
}

// ---- telling -------------------------------------------------------------------------------------------------------

void workbench_begin_list(workbench_t *self, const char *name)
{
    if (!self->wants_json || self->json.depth > 0) return;
    json_printer_begin_object(&self->json, NULL);
    json_printer_begin_array(&self->json, name);
}

void workbench_end_list(workbench_t *self)
{
    if (self->json.depth > 0) json_printer_end(&self->json);
}

void workbench_json_value(workbench_t *self, const char *name, const dbc_signal_t *setting, int64_t raw)
{
    const char *value_name = dbc_value_name(setting, raw);
    if (value_name)
        json_printer_text(&self->json, name, value_name);
    else
        json_printer_number(&self->json, name, dbc_physical(setting, raw));
}

const char *workbench_value(const dbc_signal_t *setting, int64_t raw, char text[FRAME_TEXT_VALUE_MAX])
{
    return frame_text_raw(setting, raw, text, FRAME_TEXT_VALUE_MAX);
}

static const char *const END_NAMES[] = {
    [WORKSHOP_UNDER_WAY] = "broken",    [WORKSHOP_ACCEPTED] = "broken",   [WORKSHOP_REFUSED] = "refused",
    [WORKSHOP_SILENT] = "no answer",    [WORKSHOP_BROKEN] = "broken",     [WORKSHOP_UNREADABLE] = "unreadable",
    [WORKSHOP_DIFFERENT] = "different", [WORKSHOP_NOT_DONE] = "not done", [WORKSHOP_ENDLESS] = "pending",
};

static void print_answer(workbench_t *self, const workbench_failure_t *failure)
{
    char text[END_TEXT_MAX];
    words_t words = words_make(text, sizeof text);
    words_add_bytes(&words, failure->bytes, failure->size);
    json_printer_text(&self->json, "answer", text);
}

static void print_failures(workbench_t *self)
{
    if (self->failure_count == 0) return;
    json_printer_begin_array(&self->json, "failures");
    for (size_t i = 0; i < self->failure_count; i++) {
        const workbench_failure_t *failure = &self->failures[i];
        json_printer_begin_object(&self->json, NULL);
        json_printer_text(&self->json, "unit", workbench_unit_name(self, failure->node));
        json_printer_text(&self->json, "error", END_NAMES[failure->end]);
        const char *nrc = uds_nrc_name(failure->nrc);
        if (failure->end == WORKSHOP_REFUSED) {
            json_printer_whole(&self->json, "code", failure->nrc);
            if (nrc) json_printer_text(&self->json, "refused", nrc);
        }
        if (failure->end == WORKSHOP_UNREADABLE) print_answer(self, failure);
        if (failure->closing) json_printer_bool(&self->json, "done", true);
        json_printer_end(&self->json);
    }
    json_printer_end(&self->json);
}

// ---- main ----------------------------------------------------------------------------------------------------------

static const workbench_command_t *find_command(const workbench_tool_t *tool, const char *name)
{
    for (size_t i = 0; i < tool->command_count; i++)
        if (strcmp(tool->commands[i].name, name) == 0) return &tool->commands[i];
    return NULL;
}

static bool load(workbench_t *self)
{
    error_t error;
    endpoint_t endpoint;
    error_clear(&error);
    if (self->bus && !endpoint_parse(&endpoint, self->bus, &error)) return workbench_wrong(self, "%s", error.text);
    if (!vehicle_file_load(&self->vehicle, self->vehicle_name, NULL, &error))
        return workbench_wrong(self, "%s", error.text);
    self->dbc_file = vehicle_file_dbc(&self->vehicle, &error);
    if (!self->dbc_file) return workbench_wrong(self, "%s", error.text);
    self->dbc = dbc_file_dbc(self->dbc_file);
    return true;
}

static void run(workbench_t *self, const workbench_command_t *command, int count, char **operands)
{
    process_catch_signals();
    signal(SIGPIPE, SIG_IGN);
    // The object is begun when there is something to tell; wrong usage leaves standard output empty.
    command->run(self, count, operands);
    if (self->wants_json && (self->json.depth > 0 || self->failure_count > 0)) {
        if (self->json.depth == 0) json_printer_begin_object(&self->json, NULL);
        print_failures(self);
        json_printer_end(&self->json);
    }
    live_client_destroy(&self->car);
    zsys_shutdown();
    if (process_interrupted()) self->status = STATUS_SIGNAL + process_interrupted();
}

static void tell_no_command(workbench_t *self, const char *name)
{
    workbench_wrong(self, *name ? "unknown command \"%s\"; see %s --help" : "no command%s; see %s --help", name,
                    self->tool->name);
}

// Of the command that is named first, or the tool's.
static void take_help(workbench_t *self, int count, char **arguments)
{
    const workbench_command_t *command = count > 0 ? find_command(self->tool, arguments[0]) : NULL;
    if (count > 0 && !command)
        tell_no_command(self, arguments[0]);
    else
        workbench_help_print(self->tool, command, OPTIONS, sizeof OPTIONS / sizeof OPTIONS[0]);
}

static void take_command(workbench_t *self, int count, char **arguments)
{
    const char *name = count > 0 ? arguments[0] : "";
    const workbench_command_t *command = find_command(self->tool, name);
    if (strcmp(name, HELP) == 0)
        take_help(self, count - 1, arguments + 1);
    else if (!command)
        tell_no_command(self, name);
    else if (count - 1 < command->least || count - 1 > command->most)
        workbench_wrong(self, "usage: %s %s%s%s", self->tool->name, command->name, *command->operands ? " " : "",
                        command->operands);
    else if (load(self))
        run(self, command, count - 1, arguments + 1);
    dbc_file_destroy(&self->dbc_file);
}

int workbench_main(const workbench_tool_t *tool, int count, char **arguments)
{
    static workbench_t self; // too large for a stack
    process_hold_standard_files();
    limits_begin();
    self = (workbench_t){.tool = tool, .vehicle_name = "e65"};
    json_printer_init(&self.json, stdout);
    command_t command = {NULL, NULL, OPTIONS, sizeof OPTIONS / sizeof OPTIONS[0], NULL};
    error_t error;
    error_clear(&error);
    int operand_count = 0;
    options_outcome_t outcome = options_parse(&command, count - 1, arguments + 1, &self, &operand_count, &error);
    if (outcome == OPTIONS_HELP) take_help(&self, operand_count, arguments + 1);
    if (outcome == OPTIONS_VERSION) printf("%s (kmsim) " KMSIM_VERSION "\n", tool->name);
    if (outcome == OPTIONS_WRONG) workbench_wrong(&self, "%s", error.text);
    if (outcome == OPTIONS_GO) take_command(&self, operand_count, arguments + 1);
    if (fflush(stdout) == 0 && !ferror(stdout)) return self.status;
    tell(&self, "standard output cannot be written");
    return self.status == STATUS_DONE ? STATUS_BROKEN : self.status;
}
