// SPDX-License-Identifier: MIT
#include "tools/kmsim_names.h"

#include <stdio.h>
#include <string.h>

#include "bus/files/dbc_file.h"
#include "bus/files/vehicle_file.h"
#include "tools/kmsim_command.h"
#include "tools/names_print.h"

typedef struct {
    const char *vehicle, *dbc;
    int json;
} told_t;

typedef struct {
    told_t told;
    vehicle_t vehicle;
    dbc_file_t *file;
    char **wanted; // names of messages; all when there are none
    int wanted_count;
    json_printer_t json;
} names_t;

static const option_t OPTIONS[] = {
    {"dbc", 0, "FILE", OPTION_TEXT, offsetof(told_t, dbc),
     "of a DBC file; all that is doubtful in it is told on standard error"},
    {"vehicle", 0, "V", OPTION_TEXT, offsetof(told_t, vehicle), "of a vehicle, by name or file, \"e65\" unless told"},
    {"json", 0, NULL, OPTION_FLAG, offsetof(told_t, json), "as JSON; what is doubtful is then a member, \"warnings\""},
};

static const command_t NAMES = {
    "kmsim names [--dbc FILE|--vehicle V] [OPTION...] [MESSAGE...]",
    "Tells what buses, control units, messages, signals and values are called: all of a vehicle, the messages of a "
    "DBC\n"
    "file, or those named. Stories, --filter and --decode know them by these names.",
    OPTIONS,
    sizeof OPTIONS / sizeof OPTIONS[0],
    "Exit status: 0 done, 2 wrong usage or a file that cannot be read. What is doubtful in a DBC file is no failure.",
};

static bool load(names_t *self, error_t *error)
{
    if (self->told.dbc && self->told.vehicle) return error_add(error, "--dbc or --vehicle, not both");
    if (self->told.dbc) {
        self->file = dbc_file_new_lenient(self->told.dbc, error);
        return self->file != NULL;
    }
    const char *vehicle = self->told.vehicle ? self->told.vehicle : "e65";
    if (!vehicle_file_load(&self->vehicle, vehicle, NULL, error)) return false;
    self->file = vehicle_file_dbc(&self->vehicle, error);
    return self->file != NULL;
}

static bool is_wanted(const names_t *self, const dbc_message_t *message)
{
    for (int i = 0; i < self->wanted_count; i++)
        if (strcmp(self->wanted[i], message->name) == 0) return true;
    return self->wanted_count == 0;
}

static bool find_wanted(const names_t *self, error_t *error)
{
    for (int i = 0; i < self->wanted_count; i++)
        if (!dbc_message(dbc_file_dbc(self->file), self->wanted[i]))
            error_add(error, "no message \"%s\"", self->wanted[i]);
    return error->count == 0;
}

static void print_warnings(const names_t *self)
{
    const char *warning;
    size_t count = dbc_file_warning_count(self->file), told = 0;
    for (; (warning = dbc_file_warning(self->file, told)) != NULL; told++) fprintf(stderr, "%s\n", warning);
    if (count > told) fprintf(stderr, "kmsim: %zu more\n", count - told);
}

static void print(const names_t *self)
{
    const dbc_t *dbc = dbc_file_dbc(self->file);
    bool any = false;
    print_warnings(self);
    if (!self->told.dbc && self->wanted_count == 0) names_print_vehicle(&self->vehicle);
    for (size_t i = 0; i < dbc->message_count; i++) {
        if (!is_wanted(self, &dbc->messages[i])) continue;
        if (any) printf("\n");
        any = true;
        names_print_message(&dbc->messages[i]);
    }
}

static void print_json(names_t *self)
{
    json_printer_t *json = &self->json;
    const dbc_t *dbc = dbc_file_dbc(self->file);
    const char *warning;
    json_printer_init(json, stdout);
    json_printer_begin_object(json, NULL);
    if (!self->told.dbc) names_json_vehicle(json, &self->vehicle);
    json_printer_begin_array(json, "messages");
    for (size_t i = 0; i < dbc->message_count; i++)
        if (is_wanted(self, &dbc->messages[i])) names_json_message(json, &dbc->messages[i]);
    json_printer_end(json);
    json_printer_begin_array(json, "warnings");
    for (size_t i = 0; (warning = dbc_file_warning(self->file, i)) != NULL; i++) json_printer_text(json, NULL, warning);
    json_printer_end(json);
    json_printer_whole(json, "warning_count", (int64_t)dbc_file_warning_count(self->file));
    json_printer_end(json);
}

int kmsim_names(int count, char **arguments)
{
    names_t self = {.wanted = arguments};
    int status = EXIT_PASSED;
    error_t error;
    error_clear(&error);
    if (!kmsim_take_arguments(&NAMES, count, arguments, &self.told, &self.wanted_count, &status)) return status;
    if (!load(&self, &error) || !find_wanted(&self, &error))
        status = kmsim_wrong(error.text);
    else if (self.told.json)
        print_json(&self);
    else
        print(&self);
    dbc_file_destroy(&self.file);
    return status;
}
