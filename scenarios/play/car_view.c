// SPDX-License-Identifier: MIT
#include "scenarios/play/car_view.h"

#include <string.h>

static const char *const TERMINALS[3] = {"TerminalR", "Terminal15", "Terminal50"};

static const dbc_signal_t *find_signal(const dbc_message_t *message, const char *name)
{
    return message ? dbc_signal(message, name) : NULL;
}

static int64_t value_of(const dbc_signal_t *signal, const char *name, int64_t otherwise)
{
    int64_t raw = otherwise;
    if (signal) dbc_value_raw(signal, name, &raw);
    return raw;
}

static void bind_messages(car_view_t *self)
{
    self->locking = dbc_message(self->dbc, "CentralLocking");
    self->terminals = dbc_message(self->dbc, "TerminalStatus");
    self->driver_door = find_signal(self->locking, "DriverDoor");
    self->unlock_raw = value_of(self->driver_door, "unlock", -1);
    self->lock_raw = value_of(self->driver_door, "lock", -1);
    self->key_valid = find_signal(self->terminals, "KeyValid");
    self->valid_raw = value_of(self->key_valid, "valid", -1);
    for (size_t i = 0; i < 3; i++) self->terminal[i] = find_signal(self->terminals, TERMINALS[i]);
    int cas = self->terminals ? vehicle_find_node(self->vehicle, self->terminals->sender) : -1;
    self->cas = cas < 0 ? VEHICLE_NODES_MAX : (uint8_t)cas;
}

size_t car_view_last_count(const vehicle_t *vehicle, const dbc_t *dbc)
{
    return dbc->message_count * (1 + (size_t)vehicle->bus_count);
}

void car_view_init(car_view_t *self, const vehicle_t *vehicle, const dbc_t *dbc, car_view_last_t *last)
{
    *self = (car_view_t){.vehicle = vehicle, .dbc = dbc, .last = last};
    bind_messages(self);
    car_view_reset(self);
}

void car_view_reset(car_view_t *self)
{
    size_t count = car_view_last_count(self->vehicle, self->dbc);
    for (size_t i = 0; i < count; i++) self->last[i].seen = self->last[i].known = false;
    self->terminals_known = true;
    self->unlocked = false;
    self->command_count = 0;
}

// ---- commands to the doors -----------------------------------------------------------------------------------------
//
//   kcan-s   lock  unlock                the car is unlocked from here on:
//   kcan-p             |     lock  unlock     these two are the same commands, carried later
//
// Within a bus they keep their order, so one that is carried tells that those before it will not be.

static bool is_repeated(car_view_t *self, uint32_t bus, bool unlock)
{
    for (size_t i = 0; i < self->command_count; i++) {
        if ((self->commands[i].buses & bus) || self->commands[i].unlock != unlock) continue;
        for (size_t before = 0; before <= i; before++) self->commands[before].buses |= bus;
        return true;
    }
    return false;
}

static void take_command(car_view_t *self, uint32_t bus, bool unlock)
{
    if (is_repeated(self, bus, unlock)) return;
    if (self->command_count == CAR_VIEW_COMMANDS_MAX)
        memmove(self->commands, self->commands + 1, --self->command_count * sizeof self->commands[0]);
    self->commands[self->command_count++] = (car_view_command_t){.unlock = unlock, .buses = bus};
    self->unlocked = unlock;
}

// A bus that falls asleep drops what it has not carried.
static void forget_bus(car_view_t *self, uint32_t bus)
{
    for (size_t i = 0; i < self->command_count; i++) self->commands[i].buses |= bus;
}

// ---- events --------------------------------------------------------------------------------------------------------

static car_view_last_t *last_of(const car_view_t *self, const dbc_message_t *message, int bus)
{
    size_t row = bus < 0 ? 0 : 1 + (size_t)bus;
    return &self->last[row * self->dbc->message_count + (size_t)(message - self->dbc->messages)];
}

static void take_frame(car_view_t *self, const kernel_event_t *event, int64_t now_ns)
{
    const dbc_message_t *message = dbc_message_of(self->dbc, &event->frame);
    if (!message || event->frame.remote) return; // a request has no content
    *last_of(self, message, -1) = *last_of(self, message, event->bus) = (car_view_last_t){
        .seen = true, .known = true, .bus = event->bus, .node = event->node, .at_ns = now_ns, .frame = event->frame};
    if (message == self->terminals) self->terminals_known = true;
    if (message != self->locking || !self->driver_door) return;
    if (!dbc_present(message, self->driver_door, &event->frame)) return;
    int64_t command = dbc_get(self->driver_door, &event->frame);
    if (command == self->unlock_raw || command == self->lock_raw)
        take_command(self, UINT32_C(1) << event->bus, command == self->unlock_raw);
}

void car_view_look(car_view_t *self, const kernel_event_t *event, int64_t now_ns)
{
    if (event->kind == EVENT_FRAME)
        take_frame(self, event, now_ns);
    else if (event->kind == EVENT_POWER && event->value != POWER_ON)
        car_view_forget(self, event->node);
    else if (event->kind == EVENT_BUS && event->value == CAN_BUS_ASLEEP)
        forget_bus(self, UINT32_C(1) << event->bus);
}

void car_view_forget(car_view_t *self, uint8_t node)
{
    if (node >= self->vehicle->node_count) return;
    for (size_t i = 0; i < self->dbc->message_count; i++)
        if (strcmp(self->dbc->messages[i].sender, self->vehicle->nodes[node].name) == 0) self->last[i].known = false;
    if (node != self->cas) return;
    self->terminals_known = false;
    self->command_count = 0; // its mailboxes are empty
}

const car_view_last_t *car_view_last(const car_view_t *self, const dbc_message_t *message, int bus)
{
    const car_view_last_t *last = last_of(self, message, bus);
    return last->seen ? last : NULL;
}

const car_view_last_t *car_view_known(const car_view_t *self, const dbc_message_t *message)
{
    const car_view_last_t *last = last_of(self, message, -1);
    return last->known ? last : NULL;
}

bool car_view_unlocked(const car_view_t *self)
{
    return self->unlocked;
}

bool car_view_terminal(const car_view_t *self, int *terminal)
{
    if (!self->terminals_known) return false;
    const car_view_last_t *last = self->terminals ? car_view_last(self, self->terminals, -1) : NULL;
    int on = 0;
    bool ended = false;
    for (int i = 0; last && i < 3; i++) {
        bool is_on = self->terminal[i] && dbc_get(self->terminal[i], &last->frame) == 1;
        if (is_on && ended) return false;
        if (is_on)
            on++;
        else
            ended = true;
    }
    *terminal = on;
    return true;
}

bool car_view_key_valid(const car_view_t *self, bool *valid)
{
    if (!self->terminals_known) return false;
    const car_view_last_t *last = self->terminals ? car_view_last(self, self->terminals, -1) : NULL;
    *valid = last && self->key_valid && dbc_get(self->key_valid, &last->frame) == self->valid_raw;
    return true;
}
