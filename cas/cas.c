// SPDX-License-Identifier: MIT
#include "cas/cas.h"

#include <string.h>

#include "bus/dbc_bind.h"
#include "bus/lines.h"
#include "cas/services.h"
#include "bus/car/words.h"

#define COMMAND_NS (500 * TIME_MS) // own: how long cyclic CentralLocking frames repeat a command
#define ALIVE_MODULUS 15
#define CHECKSUM_START (0x01 + 0x30) // the identifier's bytes

enum { LOCKING_RAW_UNLOCK = 1, LOCKING_RAW_LOCK = 2, LOCKING_RAW_IDLE = 8 };
enum { LOCKING_BOOT = 4, LOCKING_SIGNAL_COUNT = 5 };

static const char *const LOCKING_SIGNALS[LOCKING_SIGNAL_COUNT] = {
    "DriverDoor", "PassengerDoor", "RearDriverSide", "RearPassengerSide", "Boot",
};
static const char *const REMOTE_SIGNALS[REMOTE_SIGNAL_COUNT] = {
    "PersonalizationNumber", "PersonalizationRepeat", "KeyUse", "Button", "KeyNumber", "KeyKind", "Battery",
};
static const char *const DOOR_SIGNALS[] = {"DriverDoor"};

// ---- what it sends -------------------------------------------------------------------------------------------------

uint8_t cas_terminal_checksum(const uint8_t data[4], uint8_t alive)
{
    unsigned sum = CHECKSUM_START + alive;
    for (size_t i = 0; i < 4; i++) sum += data[i];
    sum = (sum & 0xFF) + (sum >> 8);
    sum = (sum & 0x0F) + (sum >> 4);
    return (uint8_t)(sum & 0x0F);
}

void cas_send_key_status(cas_t *self, const remote_status_t *status)
{
    const dbc_signal_t *const *signals = self->remote_signals;
    can_frame_t frame = dbc_frame(self->remote_message);
    dbc_set(signals[REMOTE_NUMBER], &frame, status->personalization - 1);
    dbc_set(signals[REMOTE_NUMBER_REPEAT], &frame, status->personalization - 1);
    dbc_set(signals[REMOTE_KEY_USE], &frame, status->inserted ? REMOTE_USE_INSERTED : REMOTE_USE_REMOTE);
    dbc_set(signals[REMOTE_BUTTON], &frame, status->button);
    dbc_set(signals[REMOTE_KEY_NUMBER], &frame, status->key - 1);
    dbc_set(signals[REMOTE_KEY_KIND], &frame, status->inserted ? REMOTE_KIND_INSERTED : REMOTE_KIND_REMOTE);
    dbc_set(signals[REMOTE_BATTERY], &frame, status->battery_low);
    for (uint8_t bus = 0; bus < self->ecu.bus_count; bus++) ecu_send_frame(&self->ecu, bus, &frame, 0);
}

static void compose_locking(const cas_t *self, can_frame_t *frame)
{
    static const uint8_t DOORS[] = {LOCKING_RAW_IDLE, LOCKING_RAW_UNLOCK, LOCKING_RAW_LOCK, LOCKING_RAW_IDLE};
    static const uint8_t BOOT[] = {LOCKING_RAW_IDLE, LOCKING_RAW_UNLOCK, LOCKING_RAW_LOCK, LOCKING_RAW_UNLOCK};
    for (size_t i = 0; i < LOCKING_BOOT; i++) dbc_set(self->locking_signals[i], frame, DOORS[self->command]);
    dbc_set(self->locking_signals[LOCKING_BOOT], frame, BOOT[self->command]);
}

static void compose_terminal(const cas_t *self, uint8_t bus, can_frame_t *frame)
{
    ignition_compose(self, frame);
    dbc_set(self->terminal_signals[IGNITION_ALIVE], frame, self->alive[bus]);
    dbc_set(self->terminal_signals[IGNITION_CHECKSUM], frame, cas_terminal_checksum(frame->data, self->alive[bus]));
}

static void compose(void *unit, uint8_t message, uint8_t bus, can_frame_t *frame)
{
    const cas_t *self = unit;
    switch ((cas_message_t)message) {
    case CAS_MESSAGE_TERMINAL:
        compose_terminal(self, bus, frame);
        break;
    case CAS_MESSAGE_LOCKING:
        compose_locking(self, frame);
        break;
    case CAS_MESSAGE_DOORS:
        dbc_set(self->driver_door, frame, self->driver_door_open);
        break;
    case CAS_MESSAGE_NETWORK:
        break;
    }
}

void cas_command(cas_t *self, cas_command_t command)
{
    self->command = command;
    // A frame of its own, not ecu_send: a later command must not take the place of this one while the bus wakes up.
    const dbc_message_t *message = self->ecu.messages[CAS_MESSAGE_LOCKING];
    can_frame_t frame = dbc_frame(message);
    compose_locking(self, &frame);
    for (uint8_t bus = 0; bus < self->ecu.bus_count; bus++) ecu_send_frame(&self->ecu, bus, &frame, 0);
    ecu_timer_set(&self->ecu, CAS_TIMER_COMMAND, self->ecu.now_ns + COMMAND_NS);
}

// ---- what reaches it -----------------------------------------------------------------------------------------------

static void route(cas_t *self, const node_input_t *input)
{
    if (!gateway_accept(&self->gateway, self->ecu.now_ns, input->bus, &input->frame))
        ecu_log(&self->ecu, LOG_ROUTE_DROPPED, input->frame.id, 0, 0);
    ecu_timer_set(&self->ecu, CAS_TIMER_ROUTE, gateway_next(&self->gateway));
}

static void send_routed(cas_t *self)
{
    uint8_t bus;
    can_frame_t frame;
    while (gateway_pull(&self->gateway, self->ecu.now_ns, &bus, &frame)) ecu_forward_frame(&self->ecu, bus, &frame);
    ecu_timer_set(&self->ecu, CAS_TIMER_ROUTE, gateway_next(&self->gateway));
}

static void set_line(cas_t *self, const node_line_t *line)
{
    switch ((cas_line_t)line->line) {
    case CAS_LINE_KEY:
        ignition_set_key(self, line->value != 0);
        break;
    case CAS_LINE_TERMINAL:
        ignition_set_position(self, line->value);
        break;
    case CAS_LINE_DOOR:
        self->driver_door_open = line->value != 0;
        ecu_send(&self->ecu, CAS_MESSAGE_DOORS);
        break;
    }
}

static void take_input(void *unit, const node_input_t *input)
{
    cas_t *self = unit;
    if (input->kind == INPUT_SENT && input->frame.id == self->terminal_id)
        self->alive[input->bus] = (uint8_t)((self->alive[input->bus] + 1) % ALIVE_MODULUS);
    else if (input->kind == INPUT_BUS_AWAKE && self->ecu.awake == 1U << input->bus)
        remote_wake(self);
    else if (input->kind == INPUT_FRAME)
        route(self, input);
    else if (input->kind == INPUT_LINE)
        set_line(self, &input->line);
    else if (input->kind == INPUT_AIR && input->air.channel == AIR_LF)
        ignition_hear(self, &input->air);
    else if (input->kind == INPUT_AIR)
        remote_hear(self, &input->air);
}

static void take_timer(void *unit, uint8_t timer)
{
    cas_t *self = unit;
    switch (timer) {
    case CAS_TIMER_REPEAT:
        remote_repeat(self);
        break;
    case CAS_TIMER_PRESS:
        remote_stored(self, self->ecu.ticket_stored);
        break;
    case CAS_TIMER_COMMAND:
        self->command = CAS_COMMAND_IDLE;
        break;
    case CAS_TIMER_VALID:
        ignition_judge(self);
        break;
    case CAS_TIMER_TERMINAL:
        ignition_follow(self);
        break;
    case CAS_TIMER_ROUTE:
        send_routed(self);
        break;
    default:
        ignition_announce(self, (uint8_t)(timer - CAS_TIMER_ANNOUNCE));
        break;
    }
}

// ---- memory --------------------------------------------------------------------------------------------------------

static void start(void *unit, const image_t *image)
{
    cas_t *self = unit;
    keys_load(&self->keys, image);
    self->remote = (remote_t){0};
    self->ignition = (ignition_t){0};
    gateway_reset(&self->gateway);
    self->counters = (cas_counters_t){0};
    self->command = CAS_COMMAND_IDLE;
    self->driver_door_open = false;
    memset(self->alive, 0, sizeof self->alive);
}

static void save(void *unit, image_t *image)
{
    cas_t *self = unit;
    if (!keys_save(&self->keys, image)) ecu_log(&self->ecu, LOG_STORE_FULL, 0, 0, 0);
}

static void stored(void *unit, uint32_t ticket)
{
    remote_stored(unit, ticket);
}

// ---- the node ------------------------------------------------------------------------------------------------------

static const ecu_type_t CAS_TYPE = {
    .message_count = 4,
    .messages = {[CAS_MESSAGE_TERMINAL] = {"TerminalStatus", .counts = true},
                 [CAS_MESSAGE_LOCKING] = {"CentralLocking", .counts = false},
                 [CAS_MESSAGE_DOORS] = {"DoorState", .counts = false},
                 [CAS_MESSAGE_NETWORK] = {"NetworkManagementCas", .counts = false}},
    .gateway = true,
    .hooks =
        {.start = start, .input = take_input, .timer = take_timer, .compose = compose, .save = save, .stored = stored},
};

static bool bind_signals(cas_t *self, const dbc_t *dbc, const char **missing)
{
    self->remote_message =
        dbc_bind(dbc, "RemoteKeyStatus", REMOTE_SIGNALS, REMOTE_SIGNAL_COUNT, self->remote_signals, missing);
    if (!self->remote_message) return false;
    const dbc_message_t *terminal =
        dbc_bind(dbc, "TerminalStatus", IGNITION_SIGNALS, IGNITION_SIGNAL_COUNT, self->terminal_signals, missing);
    if (!terminal) return false;
    self->terminal_id = terminal->id;
    return dbc_bind(dbc, "CentralLocking", LOCKING_SIGNALS, LOCKING_SIGNAL_COUNT, self->locking_signals, missing) &&
           dbc_bind(dbc, "DoorState", DOOR_SIGNALS, 1, &self->driver_door, missing);
}

static bool bind(void *node, const node_setup_t *setup, node_ports_t *ports, const char **missing)
{
    cas_t *self = node;
    if (!bind_signals(self, setup->dbc, missing)) return false;
    if (!ecu_bind(&self->ecu, &CAS_TYPE, self, setup, ports, missing)) return false;
    ecu_serve(&self->ecu, &services_diagnosis, self);
    gateway_bind(&self->gateway, setup, ports);
    node_accept_line(ports, LINE_KEY); // in the order of cas_line_t
    node_accept_line(ports, LINE_TERMINAL);
    node_accept_line(ports, LINE_DRIVER_DOOR);
    ports->air |= 1 << AIR_RF | 1 << AIR_RF_END | 1 << AIR_LF;
    return true;
}

ECU_IS_FIRST(cas_t);
const node_class_t cas_class = {
    .name = "cas", .size = sizeof(cas_t), .bind = bind, .power_on = ecu_power_on, .activate = ecu_activate};
