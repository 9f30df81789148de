// SPDX-License-Identifier: MIT
#include "cas/cas.h"

#include <string.h>

#include "bus/car/words.h"
#include "bus/car/lines.h"
#include "cas/services.h"

#define COMMAND_NS (500 * TIME_MS) // own: how long cyclic CentralLocking frames repeat a command
#define ALIVE_MODULUS 15
#define COMMANDS_WAITING_MAX 16 // half of a bus's mailboxes

typedef enum { CAS_MESSAGE_TERMINAL, CAS_MESSAGE_LOCKING, CAS_MESSAGE_DOORS, CAS_MESSAGE_NETWORK } cas_message_t;

// Of those that elapse together the first goes first. A press that acts comes before the end of the command before it,
// whose time it sets anew; a remote control's RemoteKeyStatus before one from the lock.
typedef enum {
    CAS_TIMER_REMOTE,
    CAS_TIMER_COMMAND, // the locking command becomes idle
    CAS_TIMER_IGNITION,
    CAS_TIMER_ROUTE,    // the gateway's next frame
    CAS_TIMER_CALL_UPS, // one is withdrawn
} cas_timer_t;

typedef enum { CAS_LINE_KEY, CAS_LINE_TERMINAL, CAS_LINE_DOOR } cas_line_t;

// ---- what it sends -------------------------------------------------------------------------------------------------

static void compose(void *unit, uint8_t message, uint8_t bus, can_frame_t *frame)
{
    const cas_t *self = unit;
    switch ((cas_message_t)message) {
    case CAS_MESSAGE_TERMINAL:
        messages_fill_terminal(&self->messages, &self->ignition, self->alive[bus], frame);
        break;
    case CAS_MESSAGE_LOCKING:
        messages_fill_locking(&self->messages, self->command, frame);
        break;
    case CAS_MESSAGE_DOORS:
        messages_fill_doors(&self->messages, self->driver_door_open, frame);
        break;
    case CAS_MESSAGE_NETWORK:
        break;
    }
}

static void send_call_ups(cas_t *self, uint8_t bus)
{
    call_ups_t *call_ups = &self->call_ups[bus];
    can_frame_t frame;
    uint8_t flags;
    if (ecu_is_off(&self->ecu, bus)) { // a button that is still held then is repeated, and nothing else
        call_ups_lose(call_ups);
        return;
    }
    call_ups_elapse(call_ups, self->ecu.now_ns);
    while (call_ups_pull(call_ups, self->ecu.now_ns, &frame,
                         &flags)) // while diagnosis silences the unit, as if it had been sent
        if (!ecu_send_frame(&self->ecu, bus, &frame, flags)) call_ups_sent(call_ups, &frame);
}

// Stands behind every change of them.
static void follow_call_ups(cas_t *self)
{
    int64_t next_ns = TIME_NEVER;
    self->withdrawn = 0;
    for (uint8_t bus = 0; bus < self->ecu.bus_count; bus++) {
        send_call_ups(self, bus);
        self->withdrawn += self->call_ups[bus].withdrawn;
        next_ns = time_earlier(next_ns, call_ups_next(&self->call_ups[bus]));
    }
    ecu_timer_set(&self->ecu, CAS_TIMER_CALL_UPS, next_ns);
}

// A button that is still held when a key in the lock calls up goes on with its own call-up.
static void send_key_status(cas_t *self, const key_status_t *status)
{
    if (status->begins) self->call++;
    if (status->begins && !status->inserted) self->press_call = self->call;
    call_up_t call_up = {.frame = messages_key_status(&self->messages, status),
                         .call = status->inserted ? self->call : self->press_call,
                         .key = (uint8_t)status->key,
                         .calls = status->button != KEY_STATUS_RELEASED,
                         .since_ns = self->ecu.now_ns};
    for (uint8_t bus = 0; bus < self->ecu.bus_count; bus++) call_ups_add(&self->call_ups[bus], &call_up);
    follow_call_ups(self);
}

// A frame of its own, not ecu_send: a later one must not take the place of this one while the bus wakes up. But where
// it waits for longer, or there are many, the newest one counts: a bus that nobody acknowledges must not be filled.
static uint8_t command_flags(cas_t *self)
{
    if (self->ecu.now_ns - self->commanded_ns >= CALL_UPS_STALE_NS) {
        self->commands = 0;
        return OUTBOX_REPLACE;
    }
    if (self->commands == COMMANDS_WAITING_MAX) return OUTBOX_REPLACE;
    self->commands++;
    return 0;
}

static void command_doors(cas_t *self, doors_command_t command)
{
    self->command = command;
    can_frame_t frame = dbc_frame(self->ecu.messages[CAS_MESSAGE_LOCKING]);
    messages_fill_locking(&self->messages, command, &frame);
    uint8_t flags = command_flags(self);
    for (uint8_t bus = 0; bus < self->ecu.bus_count; bus++) ecu_send_frame(&self->ecu, bus, &frame, flags);
    self->commanded_ns = self->ecu.now_ns;
    ecu_timer_set(&self->ecu, CAS_TIMER_COMMAND, self->ecu.now_ns + COMMAND_NS);
}

// ---- what its parts want -------------------------------------------------------------------------------------------

static void log_entry(cas_t *self, const log_entry_t *entry)
{
    ecu_log(&self->ecu, entry->code, entry->values[0], entry->values[1], entry->values[2]);
}

static void perform(cas_t *self, const effect_t *effect)
{
    switch (effect->kind) {
    case EFFECT_KEY_STATUS:
        send_key_status(self, &effect->key_status);
        break;
    case EFFECT_TERMINAL:
        ecu_send(&self->ecu, CAS_MESSAGE_TERMINAL);
        break;
    case EFFECT_DOORS:
        command_doors(self, effect->doors);
        break;
    case EFFECT_COIL:
        outbox_transmit(self->ecu.outbox, AIR_LF, effect->air.bytes, effect->air.size);
        break;
    case EFFECT_STORE:
        remote_store_asked(&self->remote, ecu_store(&self->ecu));
        break;
    case EFFECT_LOG:
        log_entry(self, &effect->log);
        break;
    case EFFECT_FAULT:
        ecu_fault(&self->ecu, effect->fault);
        break;
    }
}

// Stands behind every call of the remote part, as the next two behind those of theirs.
static void follow_remote(cas_t *self)
{
    effect_t effect;
    while (remote_pull(&self->remote, &effect)) perform(self, &effect);
    ecu_timer_set(&self->ecu, CAS_TIMER_REMOTE, remote_next(&self->remote));
}

static void follow_ignition(cas_t *self)
{
    effect_t effect;
    while (ignition_pull(&self->ignition, &effect)) perform(self, &effect);
    ecu_timer_set(&self->ecu, CAS_TIMER_IGNITION, ignition_next(&self->ignition));
}

static void follow_gateway(cas_t *self)
{
    ecu_timer_set(&self->ecu, CAS_TIMER_ROUTE, gateway_next(&self->gateway));
}

// ---- what reaches it -----------------------------------------------------------------------------------------------

static void route(cas_t *self, const node_input_t *input)
{
    if (!gateway_accept(&self->gateway, self->ecu.now_ns, input->bus, &input->frame))
        ecu_log(&self->ecu, LOG_ROUTE_DROPPED, input->frame.id, 0, 0);
    follow_gateway(self);
}

static void send_routed(cas_t *self)
{
    uint8_t bus;
    can_frame_t frame;
    while (gateway_pull(&self->gateway, self->ecu.now_ns, &bus, &frame)) ecu_forward_frame(&self->ecu, bus, &frame);
    follow_gateway(self);
}

static void set_line(cas_t *self, const node_line_t *line)
{
    int64_t now_ns = self->ecu.now_ns;
    switch ((cas_line_t)line->line) {
    case CAS_LINE_KEY:
        ignition_set_key(&self->ignition, now_ns, line->value != 0, &self->ecu.random);
        ecu_set_hold(&self->ecu, self->ignition.state != LOCK_EMPTY);
        follow_ignition(self);
        break;
    case CAS_LINE_TERMINAL:
        ignition_set_position(&self->ignition, now_ns, line->value);
        follow_ignition(self);
        break;
    case CAS_LINE_DOOR:
        self->driver_door_open = line->value != 0;
        ecu_send(&self->ecu, CAS_MESSAGE_DOORS);
        break;
    }
}

static void hear(cas_t *self, const air_t *air)
{
    if (air->channel == AIR_LF) {
        ignition_hear(&self->ignition, &self->keys, air);
        follow_ignition(self);
    } else {
        remote_hear(&self->remote, &self->keys, air);
        follow_remote(self);
    }
}

static bool is_key_status(const cas_t *self, const can_frame_t *frame)
{
    return frame->id == self->messages.key_status->id && frame->extended == self->messages.key_status->extended;
}

static void take_sent(cas_t *self, const node_input_t *input)
{
    if (input->frame.id == self->messages.terminal_id)
        self->alive[input->bus] = (uint8_t)((self->alive[input->bus] + 1) % ALIVE_MODULUS);
    else if (is_key_status(self, &input->frame))
        call_ups_sent(&self->call_ups[input->bus], &input->frame);
    call_ups_retry(&self->call_ups[input->bus], self->ecu.now_ns);
    follow_call_ups(self);
}

static void take_error_state(cas_t *self, const node_input_t *input)
{
    call_ups_set_alone(&self->call_ups[input->bus], input->kind == INPUT_BUS_PASSIVE, self->ecu.now_ns);
    follow_call_ups(self); // which loses what waits where we are off
}

static bool is_error_state(const node_input_t *input)
{
    return input->kind == INPUT_BUS_PASSIVE || input->kind == INPUT_BUS_OFF || input->kind == INPUT_BUS_ACTIVE;
}

static void take_input(void *unit, const node_input_t *input)
{
    cas_t *self = unit;
    if (is_error_state(input)) {
        take_error_state(self, input);
    } else if (input->kind == INPUT_SENT) {
        take_sent(self, input);
    } else if (input->kind == INPUT_NOT_SENT) {
        if (is_key_status(self, &input->frame)) call_ups_not_sent(&self->call_ups[input->bus], &input->frame);
    } else if (input->kind == INPUT_BUS_ASLEEP) {
        call_ups_forget(&self->call_ups[input->bus]);
    } else if (input->kind == INPUT_BUS_AWAKE && self->ecu.awake == 1U << input->bus) { // the first one
        remote_wake(&self->remote, self->ecu.now_ns);
        follow_remote(self);
    } else if (input->kind == INPUT_FRAME) {
        route(self, input);
    } else if (input->kind == INPUT_LINE) {
        set_line(self, &input->line);
    } else if (input->kind == INPUT_AIR) {
        hear(self, &input->air);
    }
}

static void take_timer(void *unit, uint8_t timer)
{
    cas_t *self = unit;
    switch ((cas_timer_t)timer) {
    case CAS_TIMER_REMOTE:
        remote_elapse(&self->remote, self->ecu.now_ns);
        follow_remote(self);
        break;
    case CAS_TIMER_COMMAND:
        self->command = DOORS_IDLE; // the next cyclic frame says so
        break;
    case CAS_TIMER_IGNITION:
        ignition_elapse(&self->ignition, &self->keys, self->ecu.now_ns);
        follow_ignition(self);
        break;
    case CAS_TIMER_ROUTE:
        send_routed(self);
        break;
    case CAS_TIMER_CALL_UPS:
        follow_call_ups(self);
        break;
    }
}

// ---- memory --------------------------------------------------------------------------------------------------------

static void start(void *unit, const image_t *image)
{
    cas_t *self = unit;
    keys_load(&self->keys, image);
    remote_start(&self->remote);
    ignition_start(&self->ignition);
    gateway_reset(&self->gateway);
    memset(self->call_ups, 0, sizeof self->call_ups);
    self->call = self->press_call = self->withdrawn = 0;
    self->command = DOORS_IDLE;
    self->commanded_ns = 0;
    self->commands = 0;
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
    cas_t *self = unit;
    remote_stored(&self->remote, self->ecu.now_ns, ticket);
    follow_remote(self);
}

// ---- diagnosis -----------------------------------------------------------------------------------------------------

static uds_nrc_t keep(cas_t *self, uds_nrc_t result, const log_entry_t *entry, uint32_t *ticket)
{
    if (result != UDS_ACCEPTED) return result;
    *ticket = ecu_store(&self->ecu);
    log_entry(self, entry);
    return result;
}

// What the key said while it was not blocked, and nobody has heard yet, is withdrawn; a press of it ends.
static void end_presses(cas_t *self, int key)
{
    key_status_t end = {.key = key, .personalization = KEY_NUMBER_INVALID, .button = KEY_STATUS_RELEASED};
    call_up_t call_up = {.frame = messages_key_status(&self->messages, &end),
                         .call = self->call,
                         .key = (uint8_t)key,
                         .since_ns = self->ecu.now_ns};
    remote_block(&self->remote, key);
    follow_remote(self);
    for (uint8_t bus = 0; bus < self->ecu.bus_count; bus++)
        if (call_ups_block(&self->call_ups[bus], (uint8_t)key)) call_ups_add(&self->call_ups[bus], &call_up);
    follow_call_ups(self);
}

static uds_nrc_t lock_key(void *owner, const uint8_t *option, uint32_t *ticket)
{
    cas_t *self = owner;
    log_entry_t entry;
    bool ready = !ecu_option_is(&self->ecu, "blocking_needs_a_key", "on") || self->ignition.state == LOCK_VALID;
    uds_nrc_t result =
        ready ? services_lock_key(&self->keys, &self->ignition, option, &entry) : UDS_CONDITIONS_NOT_CORRECT;
    if (result == UDS_ACCEPTED && option[ROUTINE_LOCK_ACTION] == ROUTINE_ACTION_BLOCK)
        end_presses(self, option[ROUTINE_LOCK_KEY] + 1);
    return keep(self, result, &entry, ticket);
}

static uds_nrc_t enter_personalization(void *owner, const uint8_t *option, uint32_t *ticket)
{
    cas_t *self = owner;
    log_entry_t entry;
    uds_nrc_t result = services_enter_personalization(&self->keys, &self->ignition, option, &entry);
    follow_ignition(self); // a key in the lock is written to
    return keep(self, result, &entry, ticket);
}

static bool read_keys(void *owner, uint16_t id, uds_message_t *message)
{
    (void)id;
    cas_t *self = owner;
    services_read_keys(&self->keys, message);
    return true;
}

static uint8_t context(const void *owner)
{
    const cas_t *self = owner;
    return services_context(&self->ignition);
}

static const uds_data_t DATA[] = {{IDENTIFIER_KEYS, IDENTIFIER_KEYS, read_keys, NULL}};

static const uds_routine_t ROUTINES[] = {
    {ROUTINE_KEY_LOCK, ROUTINE_LOCK_SIZE, lock_key},
    {ROUTINE_KEY_PERSONALIZATION, ROUTINE_ASSIGN_SIZE, enter_personalization},
};

static const uint16_t FAULTS[] = {FAULT_KEY_BLOCKED, FAULT_KEY_FOREIGN, FAULT_KEY_SILENT,
                                  FAULT_KEY_DIFFERS, FAULT_PRESS_LOST,  FAULT_IMAGE_DAMAGED};

static const uds_tables_t DIAGNOSIS = {
    .data = DATA,
    .data_count = sizeof DATA / sizeof DATA[0],
    .routines = ROUTINES,
    .routine_count = sizeof ROUTINES / sizeof ROUTINES[0],
    .faults = FAULTS,
    .fault_count = sizeof FAULTS / sizeof FAULTS[0],
    .context = context,
};

// ---- the node ------------------------------------------------------------------------------------------------------

static const ecu_type_t CAS_TYPE = {
    .message_count = 4,
    .messages = {[CAS_MESSAGE_TERMINAL] = {MESSAGES_TERMINAL, .counts = true},
                 [CAS_MESSAGE_LOCKING] = {MESSAGES_LOCKING, .counts = false},
                 [CAS_MESSAGE_DOORS] = {MESSAGES_DOORS, .counts = false},
                 [CAS_MESSAGE_NETWORK] = {"NetworkManagementCas", .counts = false}},
    .gateway = true,
    .hooks =
        {.start = start, .input = take_input, .timer = take_timer, .compose = compose, .save = save, .stored = stored},
};

static void count_what_is_ignored(cas_t *self)
{
    static const char *const TELEGRAMS[KEYS_VERDICT_COUNT] = {
        [KEYS_MALFORMED] = "telegrams_malformed", [KEYS_UNKNOWN] = "telegrams_unknown",
        [KEYS_FORGED] = "telegrams_forged",       [KEYS_REPLAYED] = "telegrams_replayed",
        [KEYS_AHEAD] = "telegrams_ahead",         [KEYS_TOO_FAR] = "telegrams_too_far",
        [KEYS_BLOCKED] = "telegrams_blocked",
    };
    ecu_t *ecu = &self->ecu;
    for (size_t i = 0; i < KEYS_VERDICT_COUNT; i++)
        if (TELEGRAMS[i]) ecu_count(ecu, TELEGRAMS[i], &self->remote.verdicts[i]);
    ecu_count(ecu, "presses_lost", &self->remote.presses_lost);
    ecu_count(ecu, "keys_foreign", &self->ignition.foreign_keys);
    ecu_count(ecu, "keys_silent", &self->ignition.silent_keys);
    ecu_count(ecu, "keys_blocked", &self->ignition.blocked_keys);
    ecu_count(ecu, "answers_ignored", &self->ignition.answers_ignored);
    ecu_count(ecu, "positions_ignored", &self->ignition.positions_ignored);
    ecu_count(ecu, "routes_dropped", &self->gateway.dropped);
    ecu_count(ecu, "call_ups_withdrawn", &self->withdrawn);
}

static bool bind(void *node, const node_setup_t *setup, node_ports_t *ports, const char **missing)
{
    cas_t *self = node;
    if (!messages_bind(&self->messages, setup->dbc, missing)) return false;
    if (!ecu_bind(&self->ecu, &CAS_TYPE, self, setup, ports, missing)) return false;
    ecu_serve(&self->ecu, &DIAGNOSIS, self);
    count_what_is_ignored(self);
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
