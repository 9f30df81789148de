// SPDX-License-Identifier: MIT
#include "ecus/seat.h"

#include "ecus/coding.h"
#include "ecus/motor_unit.h"
#include "bus/car/words.h"

enum { MESSAGE_STATUS, MESSAGE_POSITIONING, MESSAGE_POSITIONS, MESSAGE_NETWORK };
enum { TIMER_MOTORS };

static const motor_speed_t SPEEDS[] = {
    {"longitudinal", 200},  // 20 mm/s
    {"height", 100},        // 10 mm/s
    {"cushion_tilt", 30},   // 3 deg/s
    {"backrest_tilt", 60},  // 6 deg/s
    {"head_restraint", 200} // 20 mm/s
};

static const motor_unit_type_t MOTORS = {
    .speeds = SPEEDS,
    .speed_count = sizeof SPEEDS / sizeof SPEEDS[0],
    .at_once = 2, // own
    .status = MESSAGE_STATUS,
    .timer = TIMER_MOTORS,
};

typedef struct {
    ecu_t ecu;
    key_memory_t memory;
    motor_unit_t motors;
    const dbc_message_t *door;
    const dbc_signal_t *driver_door;
    bool door_open;
    bool waits; // a recall waits for the driver's door
} seat_t;

// ---- recall --------------------------------------------------------------------------------------------------------

static void recall(seat_t *self)
{
    self->waits = false;
    if (!motor_unit_begin_recall(&self->motors)) return;
    for (uint8_t i = 0; i < self->memory.setting_count; i++) {
        if (!key_memory_is_car(&self->memory, i))
            motor_unit_recall(&self->motors, i, key_memory_value(&self->memory, i));
    }
}

static void implement(void *unit)
{
    seat_t *self = unit;
    bool under_way = self->motors.recalled == self->memory.active;
    if (under_way || self->door_open || !ecu_option_is(&self->ecu, "recall", "door_open")) {
        recall(self);
        return;
    }
    motor_unit_stop_recall(&self->motors, false); // of another profile
    self->waits = true;
    ecu_log(&self->ecu, LOG_RECALL_WAITS, self->memory.active, 0, 0);
}

static void locked(void *unit)
{
    seat_t *self = unit;
    self->waits = false;
}

static int64_t current(void *unit, uint8_t setting)
{
    const seat_t *self = unit;
    return motor_unit_position(&self->motors, setting);
}

static const key_memory_hooks_t MEMORY_HOOKS = {.implement = implement, .current = current, .locked = locked};

// ---- inputs --------------------------------------------------------------------------------------------------------

static void take_door(seat_t *self, const can_frame_t *frame)
{
    if (frame->id != self->door->id || frame->extended != self->door->extended) return;
    if (frame->remote || frame->length < self->door->length) {
        self->memory.ignored++;
        return;
    }
    self->door_open = dbc_get(self->driver_door, frame) == 1;
    if (self->door_open && self->waits) recall(self);
}

static void take_line(seat_t *self, const node_line_t *line)
{
    bool pressed;
    if (!motor_unit_take_line(&self->motors, line, &pressed) || !pressed || !self->waits) return;
    self->waits = false;
    ecu_log(&self->ecu, LOG_RECALL_STOPPED, self->memory.active, 0, 0);
}

static void settle(seat_t *self)
{
    key_memory_note_changes(&self->memory, motor_unit_settle(&self->motors));
}

static void input(void *unit, const node_input_t *input)
{
    seat_t *self = unit;
    if (input->kind == INPUT_FRAME) {
        if (!key_memory_take_frame(&self->memory, &input->frame)) take_door(self, &input->frame);
    } else if (input->kind == INPUT_LINE) {
        take_line(self, &input->line);
    } else {
        return;
    }
    settle(self);
}

static void timer(void *unit, uint8_t timer)
{
    (void)timer; // there is only one
    settle(unit);
}

// ---- the unit ------------------------------------------------------------------------------------------------------

static void start(void *unit, const image_t *image)
{
    seat_t *self = unit;
    key_memory_start(&self->memory, image);
    motor_unit_start(&self->motors, image);
    self->door_open = self->waits = false;
}

static void save(void *unit, image_t *image)
{
    const seat_t *self = unit;
    key_memory_save(&self->memory, image);
    motor_unit_save(&self->motors, image);
}

static void compose(void *unit, uint8_t message, uint8_t bus, can_frame_t *frame)
{
    (void)bus;
    const seat_t *self = unit;
    key_memory_compose(&self->memory, message, frame);
    if (message == MESSAGE_STATUS) motor_unit_compose(&self->motors, frame);
}

static const ecu_type_t TYPE = {
    .message_count = 4,
    .messages =
        {
            [MESSAGE_STATUS] = {.find = ECU_STATUS},
            [MESSAGE_POSITIONING] = {"MemoryPositioning", .find = ECU_OWN},
            [MESSAGE_POSITIONS] = {"MemoryPositionsStatus", .find = ECU_OWN},
            [MESSAGE_NETWORK] = {.find = ECU_NETWORK},
        },
    .hooks = {.start = start, .input = input, .timer = timer, .compose = compose, .save = save},
};

static bool bind_door(seat_t *self, const node_setup_t *setup, node_ports_t *ports, const char **missing)
{
    static const char *const NAMES[] = {"DriverDoor"};
    self->door = dbc_bind(setup->dbc, "DoorState", NAMES, 1, &self->driver_door, missing);
    if (!self->door) return false;
    for (uint8_t bus = 0; bus < setup->entry->bus_count; bus++) node_accept_id(ports, bus, self->door->id);
    return true;
}

static bool bind(void *unit, const node_setup_t *setup, node_ports_t *ports, const char **missing)
{
    seat_t *self = unit;
    if (!ecu_bind(&self->ecu, &TYPE, self, setup, ports, missing) ||
        !key_memory_bind(&self->memory, &self->ecu, &MEMORY_HOOKS, setup, ports, missing)) {
        return false;
    }
    ecu_serve(&self->ecu, &coding_diagnosis, &self->memory);
    return motor_unit_bind(&self->motors, &MOTORS, &self->ecu, &self->memory, setup, ports, missing) &&
           bind_door(self, setup, ports, missing);
}

ECU_IS_FIRST(seat_t);
const node_class_t seat_class = {
    .name = "seat", .size = sizeof(seat_t), .bind = bind, .power_on = ecu_power_on, .activate = ecu_activate};
