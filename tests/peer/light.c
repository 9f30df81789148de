// SPDX-License-Identifier: MIT
// A control unit of one's own in C: an interior light whose brightness is in Key Memory. What it shares with all units
// (cycles, sleep, storing, Key Memory, and diagnosis if it has an address) comes from ecus/.
#include "bus/zmq/runner.h"
#include "ecus/coding.h"
#include "ecus/key_memory.h"

typedef struct {
    ecu_t ecu;
    key_memory_t memory;
} light_t;

static void implement(void *unit)
{
    (void)unit; // nothing moves: what is remembered is what shines, and the status is sent by itself
}

static int64_t current(void *unit, uint8_t setting)
{
    const light_t *self = unit;
    return key_memory_value(&self->memory, setting);
}

static void start(void *unit, const image_t *image)
{
    light_t *self = unit;
    key_memory_start(&self->memory, image);
}

static void input(void *unit, const node_input_t *input)
{
    light_t *self = unit;
    if (input->kind == INPUT_FRAME) key_memory_take_frame(&self->memory, &input->frame);
}

static void compose(void *unit, uint8_t message, uint8_t bus, can_frame_t *frame)
{
    (void)bus;
    const light_t *self = unit;
    key_memory_compose(&self->memory, message, frame);
}

static void save(void *unit, image_t *image)
{
    const light_t *self = unit;
    key_memory_save(&self->memory, image);
}

static const key_memory_hooks_t MEMORY = {.implement = implement, .current = current};
static const ecu_type_t TYPE = {
    .message_count = 1,
    .messages = {{.find = ECU_STATUS}},
    .hooks = {.start = start, .input = input, .compose = compose, .save = save},
};

static bool bind(void *unit, const node_setup_t *setup, node_ports_t *ports, const char **missing)
{
    light_t *self = unit;
    if (!ecu_bind(&self->ecu, &TYPE, self, setup, ports, missing)) return false;
    ecu_serve(&self->ecu, &coding_diagnosis, &self->memory);
    return key_memory_bind(&self->memory, &self->ecu, &MEMORY, setup, ports, missing);
}

static const node_class_t LIGHT = {
    .name = "light", .size = sizeof(light_t), .bind = bind, .power_on = ecu_power_on, .activate = ecu_activate};

int main(int argc, char **argv)
{
    return runner_main(&LIGHT, argc, argv);
}
