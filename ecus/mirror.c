// SPDX-License-Identifier: MIT
#include "ecus/mirror.h"

#include "bus/car/lines.h"
#include "ecus/coding.h"
#include "ecus/motor_unit.h"
#include "bus/car/words.h"

#define KERB_TILT 50 // 5.0 deg in the wire's 0.1 deg (own)

enum { MESSAGE_STATUS, MESSAGE_NETWORK };
enum { TIMER_MOTORS };

static const motor_speed_t SPEEDS[] = {
    {"driver_horizontal", 40}, // 4 deg/s
    {"driver_vertical", 40},
    {"passenger_horizontal", 40},
    {"passenger_vertical", 40},
};

static const motor_unit_type_t MOTORS = {
    .speeds = SPEEDS,
    .speed_count = sizeof SPEEDS / sizeof SPEEDS[0],
    .at_once = sizeof SPEEDS / sizeof SPEEDS[0],
    .status = MESSAGE_STATUS,
    .timer = TIMER_MOTORS,
};

typedef struct {
    ecu_t ecu;
    key_memory_t memory;
    motor_unit_t motors;
    uint8_t vertical; // the setting passenger_vertical
    uint8_t gear_line;
    const dbc_signal_t *tilt_signal;
    bool reverse, tilted;
    int64_t set_value; // of passenger_vertical
} mirror_t;

// ---- the passenger's mirror ----------------------------------------------------------------------------------------

static motor_purpose_t vertical_purpose(const mirror_t *self)
{
    return self->motors.motors.motors[self->vertical].purpose;
}

// The passenger's mirror has two places, of which only one is remembered:
//
//   gear       d        r            d
//   set value  ── 30 ─────────────────────────>   what Key Memory stores and recalls
//   goal       ── 30 ───┐ 30 - 50 ┌── 30 ──────>   not beyond the end stop
//                       └─────────┘
static int64_t vertical_goal(const mirror_t *self)
{
    int64_t tilted = self->set_value - KERB_TILT, minimum = self->memory.settings[self->vertical].minimum;
    if (!self->tilted) return self->set_value;
    return tilted < minimum ? minimum : tilted;
}

// Where the driver's switch takes the mirror is what he wants of it, except while it looks at the kerb: then he looks
// for the kerb, and finds the mirror as he had set it when he drives forward again.
static void follow_switch(mirror_t *self)
{
    if (self->tilted || vertical_purpose(self) != MOTOR_SWITCH) return;
    self->set_value = motor_unit_position(&self->motors, self->vertical);
}

static void settle(mirror_t *self)
{
    bool tilted = self->reverse && self->memory.terminal_15_on && !ecu_option_is(&self->ecu, "kerb_tilt", "off");
    if (tilted != self->tilted) {
        self->tilted = tilted;
        ecu_log(&self->ecu, LOG_KERB_TILT, tilted, 0, 0);
        motors_drive(&self->motors.motors, self->vertical, self->ecu.now_ns, vertical_goal(self));
        ecu_send(&self->ecu, MESSAGE_STATUS);
    }
    uint16_t switched = motor_unit_settle(&self->motors);
    if (self->tilted) switched &= (uint16_t) ~(1U << self->vertical);
    key_memory_note_changes(&self->memory, switched);
}

// ---- key memory ----------------------------------------------------------------------------------------------------

static void implement(void *unit)
{
    mirror_t *self = unit;
    if (!motor_unit_begin_recall(&self->motors)) return;
    for (uint8_t i = 0; i < self->memory.setting_count; i++) {
        if (key_memory_is_car(&self->memory, i)) continue;
        int64_t goal = key_memory_value(&self->memory, i);
        if (i == self->vertical) {
            self->set_value = goal;
            goal = vertical_goal(self);
        }
        motor_unit_recall(&self->motors, i, goal);
    }
}

static int64_t current(void *unit, uint8_t setting)
{
    const mirror_t *self = unit;
    return setting == self->vertical ? self->set_value : motor_unit_position(&self->motors, setting);
}

static int64_t shown(void *unit, uint8_t setting)
{
    const mirror_t *self = unit;
    return motor_unit_position(&self->motors, setting);
}

static const key_memory_hooks_t MEMORY_HOOKS = {.implement = implement, .current = current, .shown = shown};

// ---- inputs --------------------------------------------------------------------------------------------------------

static void take_line(mirror_t *self, const node_line_t *line)
{
    if (line->line == self->gear_line) {
        self->reverse = line->value == LINE_GEAR_R;
        return;
    }
    bool pressed, recalled = vertical_purpose(self) == MOTOR_RECALL;
    if (!motor_unit_take_line(&self->motors, line, &pressed) || !pressed) return;
    // A recall that a switch ends leaves the mirror where it is: that is its set value from now on.
    if (recalled && !self->tilted) self->set_value = motor_unit_position(&self->motors, self->vertical);
}

static void input(void *unit, const node_input_t *input)
{
    mirror_t *self = unit;
    follow_switch(self); // before the input, which may let the switch go or tilt the mirror
    if (input->kind == INPUT_FRAME)
        key_memory_take_frame(&self->memory, &input->frame);
    else if (input->kind == INPUT_LINE)
        take_line(self, &input->line);
    else
        return;
    settle(self);
}

static void timer(void *unit, uint8_t timer)
{
    (void)timer; // there is only one
    mirror_t *self = unit;
    follow_switch(self);
    settle(self);
}

// ---- the unit ------------------------------------------------------------------------------------------------------

static void start(void *unit, const image_t *image)
{
    mirror_t *self = unit;
    key_memory_start(&self->memory, image);
    motor_unit_start(&self->motors, image);
    self->reverse = self->tilted = false;
    self->set_value = motor_unit_position(&self->motors, self->vertical);
}

// Stored is the set value: a mirror that loses power while tilted stands there when power is back (own).
static void save(void *unit, image_t *image)
{
    mirror_t *self = unit;
    key_memory_save(&self->memory, image);
    motor_unit_save(&self->motors, image);
    follow_switch(self);
    image_set(image, "position", -1, self->memory.settings[self->vertical].signal->setting, self->set_value);
}

static void compose(void *unit, uint8_t message, uint8_t bus, can_frame_t *frame)
{
    (void)bus;
    const mirror_t *self = unit;
    key_memory_compose(&self->memory, message, frame);
    if (message != MESSAGE_STATUS) return;
    motor_unit_compose(&self->motors, frame);
    dbc_set(self->tilt_signal, frame, self->tilted);
}

static const ecu_type_t TYPE = {
    .message_count = 2,
    .messages = {[MESSAGE_STATUS] = {.find = ECU_STATUS}, [MESSAGE_NETWORK] = {.find = ECU_NETWORK}},
    .hooks = {.start = start, .input = input, .timer = timer, .compose = compose, .save = save},
};

static bool bind_tilt(mirror_t *self, const node_setup_t *setup, node_ports_t *ports, const char **missing)
{
    *missing = "passenger_vertical";
    int vertical = key_memory_find(&self->memory, *missing);
    if (vertical < 0) return false;
    self->vertical = (uint8_t)vertical;
    *missing = "KerbTilt";
    self->tilt_signal = dbc_signal(dbc_status_message(setup->dbc, setup->entry->name), *missing);
    if (!self->tilt_signal) return false;
    self->gear_line = node_accept_line(ports, LINE_GEAR);
    return true;
}

static bool bind(void *unit, const node_setup_t *setup, node_ports_t *ports, const char **missing)
{
    mirror_t *self = unit;
    if (!ecu_bind(&self->ecu, &TYPE, self, setup, ports, missing) ||
        !key_memory_bind(&self->memory, &self->ecu, &MEMORY_HOOKS, setup, ports, missing)) {
        return false;
    }
    ecu_serve(&self->ecu, &coding_diagnosis, &self->memory);
    return motor_unit_bind(&self->motors, &MOTORS, &self->ecu, &self->memory, setup, ports, missing) &&
           bind_tilt(self, setup, ports, missing);
}

ECU_IS_FIRST(mirror_t);
const node_class_t mirror_class = {
    .name = "mirror", .size = sizeof(mirror_t), .bind = bind, .power_on = ecu_power_on, .activate = ecu_activate};
