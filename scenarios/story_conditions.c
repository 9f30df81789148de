// SPDX-License-Identifier: MIT
#include <string.h>

#include "scenarios/story_parts.h"

typedef struct { // the members that a condition of any kind may have
    const char *message, *bus, *frame, *ecu, *fault;
    const json_t *signals, *settings, *period, *parts;
    int64_t profile, car, terminal;
    bool coded, key_valid, active;
} told_t;

// ---- values --------------------------------------------------------------------------------------------------------

static void load_values(story_loader_t *self, const char *member, const json_t *json, condition_t *condition)
{
    bool settings = condition->kind == CONDITION_SETTINGS;
    story_value_t *values = arena_allocate(&self->whole->arena, json_object_size(json), sizeof *values);
    condition->values = values;
    size_t mark = json_reader_enter(&self->reader, member);
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)json, name, value)
    {
        size_t inner = json_reader_enter(&self->reader, name);
        const dbc_signal_t *signal = settings ? story_find_setting(self, condition->node, condition->message, name)
                                              : story_find_signal(self, condition->message, name);
        value_use_t use = settings ? VALUE_EXPECTED : VALUE_SIGNAL;
        if (signal && story_load_value(self, signal, value, use, &values[condition->value_count]))
            condition->value_count++;
        json_reader_leave(&self->reader, inner);
    }
    json_reader_leave(&self->reader, mark);
}

// ---- kinds ---------------------------------------------------------------------------------------------------------

static void load_bus(story_loader_t *self, const told_t *told, condition_t *condition)
{
    uint8_t bus;
    if (told->bus && story_find_bus(self, "bus", told->bus, &bus)) condition->bus = (int8_t)bus;
}

static void load_message(story_loader_t *self, const told_t *told, condition_t *condition)
{
    load_bus(self, told, condition);
    condition->message = story_find_message(self, "message", told->message);
    if (condition->message && told->signals) load_values(self, "signals", told->signals, condition);
}

static void load_period(story_loader_t *self, const told_t *told, condition_t *condition)
{
    static const field_t TIME = {.kind = FIELD_TIME};
    load_message(self, told, condition);
    if (!told->period) return;
    size_t mark = json_reader_enter(&self->reader, "period");
    if (json_array_size(told->period) != 2) {
        json_reader_mistake(&self->reader, "must be two times, the shortest and the longest");
    } else {
        int64_t times_ns[2] = {0, INT64_MAX};
        for (size_t i = 0; i < 2; i++) {
            size_t inner = json_reader_enter_index(&self->reader, i);
            json_reader_value(&self->reader, json_array_get(told->period, i), &TIME, &times_ns[i]);
            json_reader_leave(&self->reader, inner);
        }
        if (times_ns[0] > times_ns[1]) json_reader_mistake(&self->reader, "the shortest is longer than the longest");
        condition->minimum_ns = times_ns[0];
        condition->maximum_ns = times_ns[1];
    }
    json_reader_leave(&self->reader, mark);
}

static void load_frame(story_loader_t *self, const told_t *told, condition_t *condition)
{
    load_bus(self, told, condition);
    if (!told->frame) return;
    const char *hash = strchr(told->frame, '#');
    if (!frame_pattern_valid(told->frame) || !hash) {
        json_reader_mistake_at(&self->reader, "frame",
                               "must be an identifier and bytes like \"23A#11??\", ? for any digit, * at the end");
        return;
    }
    size_t id_length = (size_t)(hash - told->frame) + 1;
    char *pattern_id = arena_allocate(&self->whole->arena, id_length + 2, 1);
    memcpy(pattern_id, told->frame, id_length);
    pattern_id[id_length] = '*';
    condition->pattern_id = pattern_id;
    condition->pattern = arena_text(&self->whole->arena, told->frame);
}

static bool load_unit(story_loader_t *self, const told_t *told, condition_t *condition)
{
    if (!story_find_node(self, "ecu", told->ecu, &condition->node)) return false;
    condition->message = story_find_status(self, "ecu", condition->node);
    return condition->message;
}

static void load_profile(story_loader_t *self, const told_t *told, condition_t *condition)
{
    condition->profile = (uint8_t)told->profile;
    if (!load_unit(self, told, condition)) return;
    if (!dbc_signal(condition->message, "Profile") || !dbc_signal(condition->message, "Coded"))
        json_reader_mistake(&self->reader, "%s has no signals Profile and Coded", condition->message->name);
}

static void load_settings(story_loader_t *self, const told_t *told, condition_t *condition)
{
    if (load_unit(self, told, condition) && told->settings) load_values(self, "settings", told->settings, condition);
}

static void load_fault(story_loader_t *self, const told_t *told, condition_t *condition)
{
    story_load_fault_code(self, told->fault, &condition->code);
    if (story_find_diagnosed(self, "ecu", told->ecu, &condition->node))
        condition->read = UINT32_C(1) << condition->node;
}

static void require_signal(story_loader_t *self, const char *message_name, const char *signal_name)
{
    if (!self->story->dbc) return;
    const dbc_message_t *message = dbc_message(self->story->dbc, message_name);
    if (message && dbc_signal(message, signal_name)) return;
    json_reader_mistake(&self->reader, "this vehicle's messages have no %s.%s to tell it", message_name, signal_name);
}

static void load_car(story_loader_t *self, const told_t *told, condition_t *condition)
{
    condition->flag = told->car == 1;
    require_signal(self, "CentralLocking", "DriverDoor");
}

static void load_terminal(story_loader_t *self, const told_t *told, condition_t *condition)
{
    condition->terminal = (story_terminal_t)told->terminal;
    require_signal(self, "TerminalStatus", "TerminalR");
    require_signal(self, "TerminalStatus", "Terminal15");
    require_signal(self, "TerminalStatus", "Terminal50");
}

static void load_key_valid(story_loader_t *self, const told_t *told, condition_t *condition)
{
    condition->flag = told->key_valid;
    require_signal(self, "TerminalStatus", "KeyValid");
}

// ---- the table of kinds --------------------------------------------------------------------------------------------

#define TOLD(member) offsetof(told_t, member)
#define BUS "bus", FIELD_TEXT, false, TOLD(bus), 0, 0
#define ECU "ecu", FIELD_TEXT, true, TOLD(ecu), 0, 0

static const field_t MESSAGE_FIELDS[] = {{"message", FIELD_TEXT, true, TOLD(message), 0, 0, {0}},
                                         {BUS, {0}},
                                         {"signals", FIELD_OBJECT, false, TOLD(signals), 0, 0, {0}}};
static const field_t PERIOD_FIELDS[] = {{"message", FIELD_TEXT, true, TOLD(message), 0, 0, {0}},
                                        {BUS, {0}},
                                        {"period", FIELD_ARRAY, true, TOLD(period), 0, 0, {0}}};
static const field_t FRAME_FIELDS[] = {{"frame", FIELD_TEXT, true, TOLD(frame), 0, 0, {0}}, {BUS, {0}}};
static const field_t PROFILE_FIELDS[] = {
    {ECU, {0}},
    {"profile", FIELD_INTEGER, true, TOLD(profile), 1, KEY_PERSONALIZATION_MAX, {0}},
    {"coded", FIELD_BOOLEAN, false, TOLD(coded), 0, 0, {0}}};
static const field_t SETTINGS_FIELDS[] = {{ECU, {0}}, {"settings", FIELD_OBJECT, true, TOLD(settings), 0, 0, {0}}};
static const field_t CAR_FIELDS[] = {{"car", FIELD_CHOICE, true, TOLD(car), 0, 0, {"locked", "unlocked"}}};
static const field_t TERMINAL_FIELDS[] = {{"terminal", FIELD_CHOICE, true, TOLD(terminal), 0, 0, {STORY_TERMINALS}}};
static const field_t KEY_VALID_FIELDS[] = {{"key_valid", FIELD_BOOLEAN, true, TOLD(key_valid), 0, 0, {0}}};
static const field_t FAULT_FIELDS[] = {{ECU, {0}},
                                       {"dtc", FIELD_TEXT, true, TOLD(fault), 0, 0, {0}},
                                       {"active", FIELD_BOOLEAN, false, TOLD(active), 0, 0, {0}}};
static const field_t ANY_FIELDS[] = {{"any", FIELD_ARRAY, true, TOLD(parts), 0, 0, {0}}};
static const field_t ALL_FIELDS[] = {{"all", FIELD_ARRAY, true, TOLD(parts), 0, 0, {0}}};

typedef struct {
    const char *mark; // the member that tells the kind; the first that is there
    condition_kind_t kind;
    const field_t *fields;
    size_t field_count;
    void (*load)(story_loader_t *self, const told_t *told, condition_t *condition); // null: parts
    void (*refuse)(story_loader_t *self, const json_t *json);                       // not of this version
} kind_row_t;

static const kind_row_t KINDS[] = {
    {"any", CONDITION_ANY, FIELDS(ANY_FIELDS), NULL, NULL},
    {"all", CONDITION_ALL, FIELDS(ALL_FIELDS), NULL, NULL},
    {"period", CONDITION_PERIOD, FIELDS(PERIOD_FIELDS), load_period, NULL},
    {"message", CONDITION_MESSAGE, FIELDS(MESSAGE_FIELDS), load_message, NULL},
    {"frame", CONDITION_FRAME, FIELDS(FRAME_FIELDS), load_frame, NULL},
    {"profile", CONDITION_PROFILE, FIELDS(PROFILE_FIELDS), load_profile, NULL},
    {"settings", CONDITION_SETTINGS, FIELDS(SETTINGS_FIELDS), load_settings, NULL},
    {"car", CONDITION_CAR, FIELDS(CAR_FIELDS), load_car, NULL},
    {"terminal", CONDITION_TERMINAL, FIELDS(TERMINAL_FIELDS), load_terminal, NULL},
    {"key_valid", CONDITION_KEY_VALID, FIELDS(KEY_VALID_FIELDS), load_key_valid, NULL},
    {"dtc", CONDITION_FAULT, FIELDS(FAULT_FIELDS), load_fault, NULL},
    {"state", CONDITION_ALL, NULL, 0, NULL, story_load_bus_state},
};

static void load_parts(story_loader_t *self, const char *member, const json_t *json, bool expected,
                       condition_t *condition)
{
    condition_t *parts = arena_allocate(&self->whole->arena, json_array_size(json), sizeof *parts);
    condition->part_count = json_array_size(json);
    condition->parts = parts;
    size_t mark = json_reader_enter(&self->reader, member);
    for (size_t i = 0; i < condition->part_count; i++) {
        size_t inner = json_reader_enter_index(&self->reader, i);
        story_load_condition(self, json_array_get(json, i), expected, &parts[i]);
        condition->read |= parts[i].read;
        json_reader_leave(&self->reader, inner);
    }
    json_reader_leave(&self->reader, mark);
}

static const kind_row_t *find_kind(const json_t *json)
{
    for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++)
        if (json_object_get(json, KINDS[i].mark)) return &KINDS[i];
    return NULL;
}

void story_load_condition(story_loader_t *self, const json_t *json, bool expected, condition_t *condition)
{
    const kind_row_t *row = find_kind(json);
    if (!row) {
        json_reader_mistake(&self->reader,
                            json_is_object(json)
                                ? "is no condition: it needs message, frame, ecu with profile, settings or "
                                  "dtc, car, terminal, key_valid, bus with state, any or all"
                                : "must be an object");
        return;
    }
    if (row->refuse) {
        row->refuse(self, json);
        return;
    }
    told_t told = {0};
    *condition = (condition_t){.kind = row->kind, .bus = STORY_ANY_BUS, .coded = -1, .active = -1};
    condition->slot = (uint32_t)self->story->condition_count++;
    json_reader_object(&self->reader, json, row->fields, row->field_count, &told);
    if (json_is_boolean(json_object_get(json, "coded"))) condition->coded = told.coded;
    if (json_is_boolean(json_object_get(json, "active"))) condition->active = told.active;
    if (row->kind == CONDITION_PERIOD && expected)
        json_reader_mistake(&self->reader, "period goes with never and always only");
    if (row->load)
        row->load(self, &told, condition);
    else if (told.parts)
        load_parts(self, row->mark, told.parts, expected, condition);
}
