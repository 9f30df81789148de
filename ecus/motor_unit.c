// SPDX-License-Identifier: MIT
#include "ecus/motor_unit.h"

#include <string.h>

#include "bus/car/lines.h"
#include "bus/car/words.h"

// ---- binding -------------------------------------------------------------------------------------------------------

static int64_t find_speed(const motor_unit_type_t *type, const char *setting)
{
    for (size_t i = 0; i < type->speed_count; i++) {
        if (strcmp(type->speeds[i].setting, setting) == 0) return type->speeds[i].speed;
    }
    return 0;
}

bool motor_unit_bind(motor_unit_t *self, const motor_unit_type_t *type, ecu_t *ecu, key_memory_t *memory,
                     const node_setup_t *setup, node_ports_t *ports, const char **missing)
{
    self->type = type;
    self->ecu = ecu;
    self->memory = memory;
    ecu_count(ecu, "switches_ignored", &self->ignored);
    *missing = "Moving";
    self->moving_signal = dbc_signal(dbc_status_message(setup->dbc, setup->entry->name), *missing);
    if (!self->moving_signal) return false;
    for (size_t i = 0; i < memory->setting_count; i++) {
        *missing = memory->settings[i].signal->setting;
        self->speeds[i] = find_speed(type, *missing);
        if (self->speeds[i] == 0) return false;
    }
    return key_memory_bind_lines(memory, LINE_SWITCH, setup, ports, &self->first_line, missing);
}

// ---- stored images -------------------------------------------------------------------------------------------------

void motor_unit_start(motor_unit_t *self, const image_t *image)
{
    motors_init(&self->motors, self->type->at_once);
    for (uint8_t i = 0; i < self->memory->setting_count; i++) {
        const key_memory_setting_t *setting = &self->memory->settings[i];
        motor_axis_t axis;
        motor_axis_init(&axis, setting->minimum, setting->maximum, self->speeds[i],
                        key_memory_stored(self->memory, i, image, "position"));
        motors_add(&self->motors, &axis);
    }
    self->recalled = 0;
    self->held = 0;
    self->moving = false;
    self->ignored = 0;
}

void motor_unit_save(const motor_unit_t *self, image_t *image)
{
    for (uint8_t i = 0; i < self->memory->setting_count; i++) {
        const char *name = self->memory->settings[i].signal->setting;
        image_set(image, "position", -1, name, motor_unit_position(self, i));
    }
}

// ---- switches ------------------------------------------------------------------------------------------------------

static int64_t goal_of(const key_memory_setting_t *setting, int64_t value)
{
    if (value == LINE_SWITCH_INCREASE) return setting->maximum;
    if (value == LINE_SWITCH_DECREASE) return setting->minimum;
    int64_t goal = value - LINE_SWITCH_TO;
    if (goal < setting->minimum) return setting->minimum;
    return goal > setting->maximum ? setting->maximum : goal;
}

bool motor_unit_take_line(motor_unit_t *self, const node_line_t *line, bool *pressed)
{
    *pressed = false;
    if (line->line < self->first_line || line->line >= self->first_line + self->memory->setting_count) return false;
    uint8_t setting = (uint8_t)(line->line - self->first_line);
    if (line->value < 0 || line->value > INT64_MAX / 2) {
        self->ignored++;
        return true;
    }
    uint16_t bit = (uint16_t)(1U << setting);
    if (line->value == LINE_SWITCH_RELEASED) {
        self->held &= (uint16_t)~bit;
        motors_release(&self->motors, setting, self->ecu->now_ns);
        return true;
    }
    *pressed = true;
    self->held |= bit;
    motor_unit_stop_recall(self, true);
    motors_press(&self->motors, setting, self->ecu->now_ns, goal_of(&self->memory->settings[setting], line->value));
    return true;
}

// ---- recall --------------------------------------------------------------------------------------------------------

bool motor_unit_begin_recall(motor_unit_t *self)
{
    if (self->held != 0) {
        ecu_log(self->ecu, LOG_RECALL_STOPPED, self->memory->active, 0, 0);
        return false;
    }
    self->recalled = self->memory->active;
    return true;
}

void motor_unit_recall(motor_unit_t *self, uint8_t setting, int64_t goal)
{
    motors_recall(&self->motors, setting, self->ecu->now_ns, goal);
}

void motor_unit_stop_recall(motor_unit_t *self, bool by_switch)
{
    if (self->recalled == 0) return;
    motors_stop_recall(&self->motors, self->ecu->now_ns);
    if (by_switch) ecu_log(self->ecu, LOG_RECALL_STOPPED, self->recalled, 0, 0);
    self->recalled = 0;
}

// ---- following it up -----------------------------------------------------------------------------------------------

static void tell_motion(motor_unit_t *self, bool moving)
{
    if (self->moving == moving) return;
    self->moving = moving;
    ecu_set_hold(self->ecu, moving);
    ecu_set_fast(self->ecu, self->type->status, moving);
    ecu_send(self->ecu, self->type->status);
    if (!moving) ecu_store(self->ecu); // where the motors came to rest
}

uint16_t motor_unit_settle(motor_unit_t *self)
{
    uint16_t switched = motors_advance(&self->motors, self->ecu->now_ns);
    if (self->recalled != 0 && !motors_recalling(&self->motors)) {
        ecu_log(self->ecu, LOG_RECALL_DONE, self->recalled, 0, 0);
        self->recalled = 0;
    }
    ecu_timer_set(self->ecu, self->type->timer, motors_next_ns(&self->motors));
    tell_motion(self, motors_moving(&self->motors));
    return switched | motors_switched(&self->motors);
}

int64_t motor_unit_position(const motor_unit_t *self, uint8_t setting)
{
    return motors_position(&self->motors, setting, self->ecu->now_ns);
}

void motor_unit_compose(const motor_unit_t *self, can_frame_t *frame)
{
    dbc_set(self->moving_signal, frame, self->moving);
}
