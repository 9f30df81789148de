// SPDX-License-Identifier: MIT
#include "tests/memory_unit.h"

static void hook_implement(void *self)
{
    memory_unit_t *unit = self;
    unit->implemented++;
    for (uint8_t i = 0; i < unit->memory.setting_count; i++) {
        if (!key_memory_is_car(&unit->memory, i)) unit->values[i] = key_memory_value(&unit->memory, i);
    }
}

static int64_t hook_current(void *self, uint8_t setting)
{
    return ((memory_unit_t *)self)->values[setting];
}

static void hook_locked(void *self)
{
    ((memory_unit_t *)self)->locked++;
}

static const key_memory_hooks_t MEMORY_HOOKS = {
    .implement = hook_implement, .current = hook_current, .locked = hook_locked};

static void hook_start(void *self, const image_t *image)
{
    memory_unit_t *unit = self;
    key_memory_start(&unit->memory, image);
    for (uint8_t i = 0; i < unit->memory.setting_count; i++) unit->values[i] = key_memory_value(&unit->memory, i);
}

static void hook_input(void *self, const node_input_t *input)
{
    memory_unit_t *unit = self;
    if (input->kind == INPUT_FRAME) key_memory_take_frame(&unit->memory, &input->frame);
    if (input->kind != INPUT_LINE) return;
    unit->values[input->line.line] = input->line.value;
    key_memory_note_changes(&unit->memory, (uint16_t)(1U << input->line.line));
}

static void hook_compose(void *self, uint8_t message, uint8_t bus, can_frame_t *frame)
{
    (void)bus;
    key_memory_compose(&((memory_unit_t *)self)->memory, message, frame);
}

static void hook_save(void *self, image_t *image)
{
    key_memory_save(&((memory_unit_t *)self)->memory, image);
}

static const ecu_type_t TYPE = {
    .message_count = 1,
    .messages = {{.find = ECU_STATUS}},
    .hooks = {.start = hook_start, .input = hook_input, .compose = hook_compose, .save = hook_save},
};

static bool unit_bind(void *self, const node_setup_t *setup, node_ports_t *ports, const char **missing)
{
    memory_unit_t *unit = self;
    uint8_t first;
    return ecu_bind(&unit->ecu, &TYPE, unit, setup, ports, missing) &&
           key_memory_bind(&unit->memory, &unit->ecu, &MEMORY_HOOKS, setup, ports, missing) &&
           key_memory_bind_lines(&unit->memory, "knob", setup, ports, &first, missing);
}

ECU_IS_FIRST(memory_unit_t);
const node_class_t memory_unit_class = {"unit", sizeof(memory_unit_t), unit_bind, ecu_power_on, ecu_activate};
