// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <string.h>

#include "bus/hex.h"
#include "bus/lines.h"
#include "scenarios/story_parts.h"

#define REMOTE_HOLD_NS (100 * TIME_MS)
#define HOLD_MINIMUM_NS (1 * TIME_US)
#define BUTTONS "unlock", "lock", "boot"

static const key_button_t BUTTON_OF[] = {KEY_BUTTON_UNLOCK, KEY_BUTTON_LOCK, KEY_BUTTON_BOOT};

// ---- key ------------------------------------------------------------------------------------------------------------

void story_load_remote(story_loader_t *self, const json_t *json, story_step_t *step)
{
    typedef struct {
        int64_t key, button, hold_ns;
        bool out_of_range;
    } told_t;
    static const field_t FIELDS_OF_REMOTE[] = {
        {"key", FIELD_INTEGER, true, offsetof(told_t, key), 1, KEY_COUNT_MAX, {0}},
        {"button", FIELD_CHOICE, true, offsetof(told_t, button), 0, 0, {BUTTONS}},
        {"hold", FIELD_TIME, false, offsetof(told_t, hold_ns), HOLD_MINIMUM_NS, 0, {0}},
        {"out_of_range", FIELD_BOOLEAN, false, offsetof(told_t, out_of_range), 0, 0, {0}},
    };
    told_t told = {.hold_ns = REMOTE_HOLD_NS};
    json_reader_object(&self->reader, json, FIELDS(FIELDS_OF_REMOTE), &told);
    story_check_key(self, "key", told.key);
    step->remote = (story_remote_t){(int)told.key, BUTTON_OF[told.button], told.hold_ns, told.out_of_range};
}

static void load_forge(story_loader_t *self, const json_t *json, story_radio_t *radio)
{
    typedef struct {
        int64_t key, button, personalization;
    } told_t;
    static const field_t FIELDS_OF_FORGE[] = {
        {"key", FIELD_INTEGER, true, offsetof(told_t, key), 1, KEY_COUNT_MAX, {0}},
        {"button", FIELD_CHOICE, true, offsetof(told_t, button), 0, 0, {BUTTONS}},
        {"personalization", FIELD_INTEGER, false, offsetof(told_t, personalization), 1, KEY_PERSONALIZATION_MAX, {0}},
    };
    told_t told = {0};
    size_t mark = json_reader_enter(&self->reader, "forge");
    json_reader_object(&self->reader, json, FIELDS(FIELDS_OF_FORGE), &told);
    story_check_key(self, "key", told.key);
    json_reader_leave(&self->reader, mark);
    radio->kind = RADIO_FORGE;
    radio->key = (int)told.key;
    radio->button = BUTTON_OF[told.button];
    radio->personalization = (int)told.personalization;
}

static void load_raw(story_loader_t *self, const char *hex, story_radio_t *radio)
{
    size_t length = strlen(hex);
    bool good = length % 2 == 0 && length / 2 <= AIR_BYTES_MAX;
    radio->kind = RADIO_RAW;
    radio->raw = (air_t){.channel = AIR_RF, .size = (uint8_t)(good ? length / 2 : 0)};
    for (size_t i = 0; good && i < length; i++) {
        int digit = hex_value(hex[i]);
        good = digit >= 0;
        radio->raw.bytes[i / 2] = (uint8_t)(radio->raw.bytes[i / 2] << 4 | (digit & 0xF));
    }
    if (good) return;
    json_reader_mistake_at(&self->reader, "hex", "must be 1 to %d bytes of two hex digits each, without blanks",
                           AIR_BYTES_MAX);
}

// Tells when not exactly one of the members that exclude each other is there.
static bool require_one(story_loader_t *self, const json_t *json, const char *const *names, size_t count)
{
    size_t there = 0;
    char list[128] = "";
    for (size_t i = 0; i < count; i++) {
        if (json_object_get(json, names[i])) there++;
        size_t length = strlen(list);
        snprintf(list + length, sizeof list - length, "%s%s", i == 0 ? "" : i + 1 == count ? " or " : ", ", names[i]);
    }
    if (there == 1 || !json_is_object(json)) return there == 1;
    return json_reader_mistake(&self->reader, "must have exactly one of %s", list);
}

void story_load_radio(story_loader_t *self, const json_t *json, story_step_t *step)
{
    typedef struct {
        int64_t replay;
        const json_t *forge;
        const char *hex;
    } told_t;
    static const field_t FIELDS_OF_RADIO[] = {
        {"replay", FIELD_INTEGER, false, offsetof(told_t, replay), 1, 1000000, {0}},
        {"forge", FIELD_OBJECT, false, offsetof(told_t, forge), 0, 0, {0}},
        {"hex", FIELD_TEXT, false, offsetof(told_t, hex), 0, 0, {0}},
    };
    static const char *const ONE[] = {"replay", "forge", "hex"};
    told_t told = {0};
    json_reader_object(&self->reader, json, FIELDS(FIELDS_OF_RADIO), &told);
    require_one(self, json, ONE, 3);
    step->radio.kind = RADIO_REPLAY;
    step->radio.replay = told.replay;
    if (told.forge) load_forge(self, told.forge, &step->radio);
    if (told.hex) load_raw(self, told.hex, &step->radio);
}

void story_load_ignition(story_loader_t *self, const json_t *json, story_step_t *step)
{
    typedef struct {
        int64_t insert, terminal;
        bool insert_foreign, remove;
    } told_t;
    static const field_t FIELDS_OF_IGNITION[] = {
        {"insert", FIELD_INTEGER, false, offsetof(told_t, insert), 1, KEY_COUNT_MAX, {0}},
        {"insert_foreign", FIELD_TRUE, false, offsetof(told_t, insert_foreign), 0, 0, {0}},
        {"remove", FIELD_TRUE, false, offsetof(told_t, remove), 0, 0, {0}},
        {"terminal", FIELD_CHOICE, false, offsetof(told_t, terminal), 0, 0, {STORY_TERMINALS}},
    };
    static const char *const ONE[] = {"insert", "insert_foreign", "remove", "terminal"};
    told_t told = {0};
    json_reader_object(&self->reader, json, FIELDS(FIELDS_OF_IGNITION), &told);
    require_one(self, json, ONE, 4);
    story_check_key(self, "insert", told.insert);
    step->ignition = (story_ignition_t){
        .kind = told.insert           ? IGNITION_INSERT
                : told.insert_foreign ? IGNITION_INSERT_FOREIGN
                : told.remove         ? IGNITION_REMOVE
                                      : IGNITION_TERMINAL,
        .key = (int)told.insert,
        .terminal = (story_terminal_t)told.terminal,
    };
}

// ---- what the driver moves ------------------------------------------------------------------------------------------

void story_load_door(story_loader_t *self, const json_t *json, story_step_t *step)
{
    static const field_t FIELDS_OF_DOOR[] = {{"driver", FIELD_CHOICE, true, 0, 0, 0, {"closed", "open"}}};
    int64_t driver = 0;
    json_reader_object(&self->reader, json, FIELDS(FIELDS_OF_DOOR), &driver);
    step->door_open = driver == 1;
}

void story_load_gear(story_loader_t *self, const json_t *json, story_step_t *step)
{
    static const field_t GEAR = {.kind = FIELD_CHOICE, .choices = {STORY_GEARS}};
    int64_t gear = 0;
    json_reader_value(&self->reader, json, &GEAR, &gear);
    step->gear = (uint8_t)gear;
}

static const char *name_line(story_loader_t *self, const char *kind, uint8_t node, const char *setting)
{
    char name[NODE_LINE_NAME_MAX + DBC_NAME_MAX];
    snprintf(name, sizeof name, "%s/%s/%.63s", kind, self->story->vehicle->nodes[node].name, setting);
    return arena_text(&self->whole->arena, name);
}

// A setting of the unit that the driver changes in that way, at the present place.
static const dbc_signal_t *find_control(story_loader_t *self, uint8_t node, const char *name, dbc_control_t control)
{
    const dbc_message_t *status = story_find_status(self, NULL, node);
    const dbc_signal_t *signal = status ? story_find_setting(self, node, status, name) : NULL;
    if (!signal || signal->control == control) return signal;
    json_reader_mistake(&self->reader, "%s is changed by a %s", name,
                        signal->control == DBC_CONTROL_KNOB ? "knob: use adjust" : "switch: use switch");
    return NULL;
}

typedef struct {
    const char *ecu, *axis;
    const json_t *to;
    int64_t direction, hold_ns;
} switch_told_t;

static void load_target(story_loader_t *self, const switch_told_t *told, const json_t *json, story_switch_t *axis)
{
    axis->hold_ns = STORY_NO_TIME;
    if (json_object_get(json, "direction") || json_object_get(json, "hold"))
        json_reader_mistake(&self->reader, "to stands instead of both direction and hold");
    if (!axis->signal) return;
    story_value_t value;
    size_t mark = json_reader_enter(&self->reader, "to");
    if (story_load_value(self, axis->signal, told->to, VALUE_SETTING, &value)) {
        axis->to_raw = value.raw;
        if (value.raw < 0 || value.raw > LINE_SWITCH_TO_MAX)
            json_reader_mistake(&self->reader, "has no place on a switch line");
    }
    json_reader_leave(&self->reader, mark);
}

void story_load_switch(story_loader_t *self, const json_t *json, story_step_t *step)
{
    static const field_t FIELDS_OF_SWITCH[] = {
        {"ecu", FIELD_TEXT, true, offsetof(switch_told_t, ecu), 0, 0, {0}},
        {"axis", FIELD_TEXT, true, offsetof(switch_told_t, axis), 0, 0, {0}},
        {"direction", FIELD_CHOICE, false, offsetof(switch_told_t, direction), 0, 0, {"increase", "decrease"}},
        {"hold", FIELD_TIME, false, offsetof(switch_told_t, hold_ns), HOLD_MINIMUM_NS, 0, {0}},
        {"to", FIELD_ANY, false, offsetof(switch_told_t, to), 0, 0, {0}},
    };
    switch_told_t told = {0};
    json_reader_object(&self->reader, json, FIELDS(FIELDS_OF_SWITCH), &told);
    story_switch_t *axis = &step->axis;
    *axis = (story_switch_t){.increase = told.direction == 0, .hold_ns = told.hold_ns};
    if (story_find_node(self, "ecu", told.ecu, &axis->node) && told.axis) {
        size_t mark = json_reader_enter(&self->reader, "axis");
        axis->signal = find_control(self, axis->node, told.axis, DBC_CONTROL_SWITCH);
        if (axis->signal) axis->line = name_line(self, LINE_SWITCH, axis->node, told.axis);
        json_reader_leave(&self->reader, mark);
    }
    if (told.to)
        load_target(self, &told, json, axis);
    else if (json_is_object(json) && (!json_object_get(json, "direction") || !json_object_get(json, "hold")))
        json_reader_mistake(&self->reader, "must have direction and hold, or to");
}

void story_load_adjust(story_loader_t *self, const json_t *json, story_step_t *step)
{
    typedef struct {
        const char *ecu;
        const json_t *settings;
    } told_t;
    static const field_t FIELDS_OF_ADJUST[] = {
        {"ecu", FIELD_TEXT, true, offsetof(told_t, ecu), 0, 0, {0}},
        {"settings", FIELD_OBJECT, true, offsetof(told_t, settings), 0, 0, {0}},
    };
    told_t told = {0};
    story_adjust_t *adjust = &step->adjust;
    json_reader_object(&self->reader, json, FIELDS(FIELDS_OF_ADJUST), &told);
    if (!story_find_node(self, "ecu", told.ecu, &adjust->node) || !told.settings) return;
    story_knob_t *knobs = arena_allocate(&self->whole->arena, json_object_size(told.settings), sizeof *knobs);
    adjust->knobs = knobs;
    size_t mark = json_reader_enter(&self->reader, "settings");
    const char *name;
    json_t *json_value;
    json_object_foreach((json_t *)(uintptr_t)told.settings, name, json_value)
    {
        size_t inner = json_reader_enter(&self->reader, name);
        const dbc_signal_t *signal = find_control(self, adjust->node, name, DBC_CONTROL_KNOB);
        story_value_t value;
        if (signal && story_load_value(self, signal, json_value, VALUE_SETTING, &value))
            knobs[adjust->count++] = (story_knob_t){name_line(self, LINE_KNOB, adjust->node, name), signal, value.raw};
        json_reader_leave(&self->reader, inner);
    }
    json_reader_leave(&self->reader, mark);
}

// ---- the rest -------------------------------------------------------------------------------------------------------

void story_load_frame(story_loader_t *self, const json_t *json, story_step_t *step)
{
    typedef struct {
        const char *bus, *frame;
    } told_t;
    static const field_t FIELDS_OF_FRAME[] = {
        {"bus", FIELD_TEXT, true, offsetof(told_t, bus), 0, 0, {0}},
        {"frame", FIELD_TEXT, true, offsetof(told_t, frame), 0, 0, {0}},
    };
    told_t told = {0};
    json_reader_object(&self->reader, json, FIELDS(FIELDS_OF_FRAME), &told);
    story_find_bus(self, "bus", told.bus, &step->frame.bus);
    if (!told.frame || frame_parse(told.frame, &step->frame.frame)) return;
    json_reader_mistake_at(&self->reader, "frame", "must be a frame like \"23A#11300101\", at most eight bytes");
}

void story_load_power(story_loader_t *self, const json_t *json, story_step_t *step)
{
    typedef struct {
        const char *ecu;
        int64_t state;
    } told_t;
    static const field_t FIELDS_OF_POWER[] = {
        {"ecu", FIELD_TEXT, true, offsetof(told_t, ecu), 0, 0, {0}},
        {"state", FIELD_CHOICE, true, offsetof(told_t, state), 0, 0, {STORY_POWERS}},
    };
    told_t told = {0};
    json_reader_object(&self->reader, json, FIELDS(FIELDS_OF_POWER), &told);
    story_find_node(self, "ecu", told.ecu, &step->power.node);
    step->power.state = (kernel_power_t)told.state;
}

void story_load_wait(story_loader_t *self, const json_t *json, story_step_t *step)
{
    static const field_t WAIT = {.kind = FIELD_TIME};
    json_reader_value(&self->reader, json, &WAIT, &step->wait_ns);
}
