// SPDX-License-Identifier: MIT
#include "ecus/climate.h"

#include "bus/car/lines.h"
#include "ecus/coding.h"
#include "ecus/key_memory.h"

enum { MESSAGE_STATUS, MESSAGE_PASSENGER, MESSAGE_MEMORY, MESSAGE_NETWORK };

typedef struct {
    ecu_t ecu;
    key_memory_t memory;
    const dbc_signal_t *passenger_signal; // of the message for the passenger's side
    int passenger;                        // the setting that it tells, -1: the DBC has none
    uint8_t first_knob;
    int64_t values[KEY_MEMORY_SETTINGS_MAX];
    uint32_t ignored; // knob values out of range
} climate_t;

static void implement(void *unit)
{
    climate_t *self = unit;
    for (uint8_t i = 0; i < self->memory.setting_count; i++) {
        if (!key_memory_is_car(&self->memory, i)) self->values[i] = key_memory_value(&self->memory, i);
    }
}

static int64_t current(void *unit, uint8_t setting)
{
    const climate_t *self = unit;
    return self->values[setting];
}

static const key_memory_hooks_t MEMORY_HOOKS = {.implement = implement, .current = current};

static void take_line(climate_t *self, const node_line_t *line)
{
    if (line->line < self->first_knob || line->line >= self->first_knob + self->memory.setting_count) return;
    uint8_t number = (uint8_t)(line->line - self->first_knob);
    const key_memory_setting_t *setting = &self->memory.settings[number];
    if (line->value < setting->minimum || line->value > setting->maximum) {
        self->ignored++;
        return;
    }
    if (line->value == self->values[number]) return;
    self->values[number] = line->value;
    key_memory_note_changes(&self->memory, (uint16_t)(1U << number));
    ecu_send(&self->ecu, MESSAGE_STATUS);
    if (number == self->passenger) ecu_send(&self->ecu, MESSAGE_PASSENGER);
}

static void input(void *unit, const node_input_t *input)
{
    climate_t *self = unit;
    if (input->kind == INPUT_FRAME) key_memory_take_frame(&self->memory, &input->frame);
    if (input->kind == INPUT_LINE) take_line(self, &input->line);
}

static void start(void *unit, const image_t *image)
{
    climate_t *self = unit;
    key_memory_start(&self->memory, image);
    self->ignored = 0;
    for (uint8_t i = 0; i < self->memory.setting_count; i++) self->values[i] = key_memory_value(&self->memory, i);
}

static void save(void *unit, image_t *image)
{
    const climate_t *self = unit;
    key_memory_save(&self->memory, image);
}

static void compose(void *unit, uint8_t message, uint8_t bus, can_frame_t *frame)
{
    (void)bus;
    const climate_t *self = unit;
    key_memory_compose(&self->memory, message, frame);
    if (message == MESSAGE_PASSENGER && self->passenger >= 0)
        dbc_set(self->passenger_signal, frame, self->values[self->passenger]);
}

static const ecu_type_t TYPE = {
    .message_count = 4,
    .messages =
        {
            [MESSAGE_STATUS] = {.find = ECU_STATUS},
            [MESSAGE_PASSENGER] = {"ClimateStatusPassenger", .find = ECU_OWN},
            [MESSAGE_MEMORY] = {"ClimateMemoryStatus", .find = ECU_OWN},
            [MESSAGE_NETWORK] = {.find = ECU_NETWORK},
        },
    .hooks = {.start = start, .input = input, .compose = compose, .save = save},
};

static bool bind_passenger(climate_t *self, const char **missing)
{
    static const char *const NAMES[] = {"Temperature"};
    const dbc_message_t *message = self->ecu.messages[MESSAGE_PASSENGER];
    self->passenger = key_memory_find(&self->memory, "passenger_temperature");
    return !message || dbc_bind_signals(message, NAMES, 1, &self->passenger_signal, missing);
}

static bool bind(void *unit, const node_setup_t *setup, node_ports_t *ports, const char **missing)
{
    climate_t *self = unit;
    if (!ecu_bind(&self->ecu, &TYPE, self, setup, ports, missing) ||
        !key_memory_bind(&self->memory, &self->ecu, &MEMORY_HOOKS, setup, ports, missing)) {
        return false;
    }
    ecu_serve(&self->ecu, &coding_diagnosis, &self->memory);
    ecu_count(&self->ecu, "knobs_ignored", &self->ignored);
    return bind_passenger(self, missing) &&
           key_memory_bind_lines(&self->memory, LINE_KNOB, setup, ports, &self->first_knob, missing);
}

ECU_IS_FIRST(climate_t);
const node_class_t climate_class = {
    .name = "climate", .size = sizeof(climate_t), .bind = bind, .power_on = ecu_power_on, .activate = ecu_activate};
