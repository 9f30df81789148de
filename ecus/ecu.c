// SPDX-License-Identifier: MIT
#include "ecus/ecu.h"
#include "bus/car/words.h"

#include <assert.h>
#include <string.h>

#define ROUNDS_MAX 1000 // timers within one activation; more is a unit that runs in circles

static const image_t EMPTY_IMAGE;

// ---- sending -------------------------------------------------------------------------------------------------------

static uint8_t all_buses(const ecu_t *self)
{
    return (uint8_t)((1U << self->bus_count) - 1);
}

static int64_t cycle_ns(const ecu_t *self, size_t message)
{
    const dbc_message_t *definition = self->messages[message];
    if (!definition) return 0;
    bool fast = self->fast[message] && definition->cycle_fast_ms > 0;
    return (fast ? definition->cycle_fast_ms : definition->cycle_ms) * TIME_MS;
}

// Two requests for one message in one activation are one frame: the bus would replace the first by the second anyway.
static bool replace_in_outbox(outbox_t *outbox, uint8_t bus, const can_frame_t *frame, uint8_t flags)
{
    for (size_t i = 0; i < outbox->frame_count; i++) {
        outbox_frame_t *waiting = &outbox->frames[i];
        if (waiting->bus != bus || waiting->frame.id != frame->id || waiting->frame.extended != frame->extended ||
            (waiting->flags & OUTBOX_REPLACE) == 0) {
            continue;
        }
        waiting->frame = *frame;
        if ((flags & OUTBOX_CYCLIC) == 0) waiting->flags &= (uint8_t)~OUTBOX_CYCLIC;
        return true;
    }
    return false;
}

// Of which kind a frame is for communication control (ISO 14229-1, 10.5).
static uint8_t communication_type(const can_frame_t *frame)
{
    bool network = !frame->extended && (frame->id & ECU_NETWORK_MASK) == ECU_NETWORK_ID;
    return network ? UDS_SERVER_NETWORK : UDS_SERVER_NORMAL;
}

static bool is_silenced(const ecu_t *self, const can_frame_t *frame)
{
    return (self->diagnosis.server.silent & communication_type(frame)) != 0;
}

static void send_on_bus(ecu_t *self, size_t message, uint8_t bus, uint8_t flags)
{
    if (!self->messages[message]) return;
    can_frame_t frame = self->blanks[message];
    if (is_silenced(self, &frame)) return;
    self->type->hooks.compose(self->unit, (uint8_t)message, bus, &frame);
    if (self->type->messages[message].counts) flags |= OUTBOX_REPORT;
    self->asked_ns[message][bus] = self->now_ns;
    self->asked_flags[message][bus] = flags;
    if (!replace_in_outbox(self->outbox, bus, &frame, flags)) outbox_send(self->outbox, bus, &frame, flags);
}

static void send_on_buses(ecu_t *self, size_t message, uint8_t buses, uint8_t flags)
{
    for (uint8_t bus = 0; bus < self->bus_count; bus++) {
        if ((buses >> bus & 1) != 0) send_on_bus(self, message, bus, flags);
    }
}

static void restart_cycle(ecu_t *self, size_t message)
{
    int64_t cycle = cycle_ns(self, message);
    self->due_ns[message] = self->awake != 0 && cycle > 0 ? self->now_ns + cycle : TIME_NEVER;
}

static void send_event(ecu_t *self, size_t message)
{
    send_on_buses(self, message, all_buses(self), OUTBOX_REPLACE);
    restart_cycle(self, message);
}

static void send_cyclic_due(ecu_t *self)
{
    for (size_t i = 0; i < self->message_count; i++) {
        if (self->due_ns[i] > self->now_ns) continue;
        send_on_buses(self, i, self->awake, OUTBOX_CYCLIC | OUTBOX_REPLACE);
        restart_cycle(self, i);
    }
}

// ---- inputs --------------------------------------------------------------------------------------------------------

static void take_awake(ecu_t *self, uint8_t bus)
{
    if ((self->awake >> bus & 1) != 0) return;
    self->awake |= (uint8_t)(1U << bus);
    for (size_t i = 0; i < self->message_count; i++) {
        if (cycle_ns(self, i) == 0) continue;
        send_on_bus(self, i, bus, OUTBOX_CYCLIC | OUTBOX_REPLACE);
        // A cycle that runs already on another bus goes on, so that the buses stay in step.
        if (self->due_ns[i] == TIME_NEVER) restart_cycle(self, i);
    }
}

static void take_asleep(ecu_t *self, uint8_t bus)
{
    self->awake &= (uint8_t) ~(1U << bus);
    for (size_t i = 0; self->awake == 0 && i < self->message_count; i++) self->due_ns[i] = TIME_NEVER;
}

// ---- error states (ISO 11898-1, fault confinement) ------------------------------------------------------------------
//
//   passive ── off ··· 128 x 11 recessive bits ··· active    while it is off the unit goes on with everything else
//               │                                    └ says at once what it says at power-on; its cycles have gone on
//               └ what waited is gone: told by not_sent, and nobody asks for it again

bool ecu_is_off(const ecu_t *self, uint8_t bus)
{
    return (self->off >> bus & 1) != 0;
}

static void take_off(ecu_t *self, uint8_t bus)
{
    if (ecu_is_off(self, bus)) return;
    self->off |= (uint8_t)(1U << bus);
    ecu_log(self, LOG_BUS_OFF, bus, 0, 0);
    ecu_fault(self, (uint16_t)(FAULT_BUS_OFF + bus));
}

// Who was merely passive has lost nothing, and has nothing to say.
static void take_active(ecu_t *self, uint8_t bus)
{
    ecu_log(self, LOG_BUS_ACTIVE, bus, 0, 0);
    if (!ecu_is_off(self, bus)) return;
    self->off &= (uint8_t) ~(1U << bus);
    for (size_t i = 0; i < self->message_count; i++) {
        if (self->at_power_on[i]) send_on_bus(self, i, bus, OUTBOX_REPLACE);
    }
}

// ---- reports -------------------------------------------------------------------------------------------------------

// A counting message was carried. Was the newest request the one carried, or does a newer one wait behind it?
//
//      asked ──┐ arbitration                carried (now)
//   ───────────┴──|===== frame on the wire =====|──>     asked at or before the frame's start: carried
//                      └── asked again                   asked after it: waits, and its count is one too low now
//
// The bytes cannot tell: a second request without any change has the same ones until the first is counted.
static void take_sent(ecu_t *self, uint8_t bus, const can_frame_t *frame)
{
    int64_t started_ns = self->now_ns - (int64_t)frame_bits(frame) * self->bit_ns[bus];
    for (size_t i = 0; i < self->message_count; i++) {
        const dbc_message_t *message = self->messages[i];
        if (!self->type->messages[i].counts || !message || message->id != frame->id ||
            message->extended != frame->extended)
            continue;
        if (self->asked_ns[i][bus] > started_ns) send_on_bus(self, i, bus, self->asked_flags[i][bus]);
    }
}

static void take_stored(ecu_t *self)
{
    if (!storing_end(&self->storing)) return;
    if (self->type->hooks.stored) self->type->hooks.stored(self->unit, self->storing.stored);
}

static void tell_unit(ecu_t *self, const node_input_t *input)
{
    if (self->type->hooks.input) self->type->hooks.input(self->unit, input);
}

static void take_frame(ecu_t *self, const node_input_t *input)
{
    bool meant_for_us = diagnosis_take_frame(&self->diagnosis, input->bus, &input->frame);
    bool deaf = (self->diagnosis.server.deaf & communication_type(&input->frame)) != 0;
    if (self->type->gateway || !(meant_for_us || deaf)) tell_unit(self, input);
}

static void take_report(ecu_t *self, const node_input_t *input)
{
    if (diagnosis_take_sent(&self->diagnosis, input->bus, &input->frame)) return;
    tell_unit(self, input); // counts first, so that what is composed again has the new count
    take_sent(self, input->bus, &input->frame);
}

// Of most messages the next cycle or event says it anew.
static void take_not_sent(ecu_t *self, const node_input_t *input)
{
    self->not_sent++;
    if (!diagnosis_take_not_sent(&self->diagnosis, input->bus, &input->frame)) tell_unit(self, input);
}

static void take_bus(ecu_t *self, const node_input_t *input)
{
    if (input->bus >= self->bus_count) return;
    if (input->kind == INPUT_BUS_AWAKE)
        take_awake(self, input->bus);
    else if (input->kind == INPUT_BUS_ASLEEP)
        take_asleep(self, input->bus);
    else if (input->kind == INPUT_BUS_PASSIVE)
        ecu_log(self, LOG_BUS_PASSIVE, input->bus, 0, 0);
    else if (input->kind == INPUT_BUS_OFF)
        take_off(self, input->bus);
    else
        take_active(self, input->bus);
    tell_unit(self, input);
}

static void take_input(ecu_t *self, const node_input_t *input)
{
    switch ((node_input_kind_t)input->kind) {
    case INPUT_BUS_AWAKE:
    case INPUT_BUS_ASLEEP:
    case INPUT_BUS_PASSIVE:
    case INPUT_BUS_OFF:
    case INPUT_BUS_ACTIVE:
        take_bus(self, input);
        return;
    case INPUT_SENT:
        if (input->bus < self->bus_count) take_report(self, input);
        return;
    case INPUT_FRAME:
        if (input->bus < self->bus_count) take_frame(self, input);
        return;
    case INPUT_LINE:
    case INPUT_AIR:
        tell_unit(self, input);
        return;
    case INPUT_STORED:
        take_stored(self);
        return;
    case INPUT_NOT_SENT:
        if (input->bus < self->bus_count) take_not_sent(self, input);
        return;
    case INPUT_DEADLINE: // what is due follows from the time
        return;
    }
}

// ---- an activation -------------------------------------------------------------------------------------------------

static void begin(ecu_t *self, int64_t now_ns, outbox_t *outbox)
{
    self->now_ns = now_ns;
    self->outbox = outbox;
}

static size_t earliest_timer(const ecu_t *self)
{
    size_t earliest = 0;
    for (size_t i = 1; i < ECU_TIMERS_MAX; i++) {
        if (self->timers[i] < self->timers[earliest]) earliest = i;
    }
    return earliest;
}

// The earliest first; of those that elapse together, the one with the lower number: the order of a unit's timers is the
// order of its behaviour. One that sets another to now lets that elapse in this same activation.
static void elapse_timers(ecu_t *self)
{
    for (size_t round = 0;; round++) {
        size_t timer = earliest_timer(self);
        if (self->timers[timer] > self->now_ns) return;
        assert(round < ROUNDS_MAX);
        self->timers[timer] = TIME_NEVER; // before the hook, which may start it again
        if (self->type->hooks.timer) self->type->hooks.timer(self->unit, (uint8_t)timer);
    }
}

static void save_image(ecu_t *self, image_t *image)
{
    image_clear(image);
    fault_memory_save(&self->faults, image);
    diagnosis_save(&self->diagnosis, image);
    for (size_t i = 0; i < self->entry->option_count; i++) {
        image_set(image, "coding", -1, self->entry->options[i].name, self->options[i]);
    }
    if (self->type->hooks.save) self->type->hooks.save(self->unit, image);
    if (image->count == IMAGE_ENTRIES_MAX) ecu_log(self, LOG_STORE_FULL, 0, 0, 0);
}

static void request_store(ecu_t *self)
{
    if (!storing_begin(&self->storing)) return;
    save_image(self, &self->outbox->image);
    self->outbox->store = true;
}

static int64_t next_deadline(const ecu_t *self)
{
    int64_t deadline_ns = time_earlier(self->timers[earliest_timer(self)], diagnosis_deadline(&self->diagnosis));
    for (size_t i = 0; i < self->message_count; i++) deadline_ns = time_earlier(deadline_ns, self->due_ns[i]);
    return deadline_ns;
}

// What an activation does, and always in this order:
//
//   inputs ──> diagnosis ──> timers ──> cyclic messages ──> store ──> hold, deadline
//
// Inputs come before what is due: a key taken out in the instant of its call-up calls nothing up. Diagnosis comes
// before the timers, so that what a request sets in motion begins in its instant. The image is that of the instant's
// end, whoever asked for it; and only now everything that will be due is known.
static void finish(ecu_t *self)
{
    diagnosis_run(&self->diagnosis);
    elapse_timers(self);
    send_cyclic_due(self); // after all events of this instant: those restart their message's cycle
    request_store(self);
    self->outbox->hold = diagnosis_holds(&self->diagnosis) ? all_buses(self) : self->hold;
    self->outbox->deadline_ns = next_deadline(self);
    assert(self->outbox->deadline_ns > self->now_ns);
    self->outbox = NULL;
}

static void load_options(ecu_t *self, const image_t *image)
{
    for (size_t i = 0; i < self->entry->option_count; i++) {
        const vehicle_option_t *option = &self->entry->options[i];
        int64_t value = image_get(image, "coding", -1, option->name, option->standard);
        self->options[i] = value >= 0 && value < option->value_count ? (uint8_t)value : option->standard;
    }
}

static void forget(ecu_t *self, random_t random)
{
    self->random = random;
    self->awake = self->hold = self->off = 0;
    self->not_sent = 0;
    storing_init(&self->storing);
    for (size_t i = 0; i < ECU_TIMERS_MAX; i++) self->timers[i] = TIME_NEVER;
    for (size_t i = 0; i < ECU_MESSAGES_MAX; i++) self->due_ns[i] = TIME_NEVER;
    memset(self->fast, 0, sizeof self->fast);
    memset(self->asked_ns, 0, sizeof self->asked_ns);
    memset(self->asked_flags, 0, sizeof self->asked_flags);
}

void ecu_power_on(void *unit, int64_t now_ns, const image_t *image, image_state_t state, random_t random,
                  outbox_t *outbox)
{
    ecu_t *self = unit;
    begin(self, now_ns, outbox);
    forget(self, random);
    if (state != IMAGE_PRESENT || !image) image = &EMPTY_IMAGE;
    fault_memory_load(&self->faults, image);
    diagnosis_start(&self->diagnosis, image);
    load_options(self, image);
    if (state == IMAGE_DAMAGED || state == IMAGE_NEWER) {
        ecu_log(self, LOG_IMAGE_DAMAGED, state, 0, 0);
        ecu_fault(self, FAULT_IMAGE_DAMAGED);
    }
    if (self->type->hooks.start) self->type->hooks.start(self->unit, image);
    // Last: what is composed now has the unit's memory in it.
    for (size_t i = 0; i < self->message_count; i++) {
        if (self->at_power_on[i]) send_event(self, i);
    }
    finish(self);
}

void ecu_activate(void *unit, int64_t now_ns, const node_input_t *inputs, size_t count, outbox_t *outbox)
{
    ecu_t *self = unit;
    begin(self, now_ns, outbox);
    for (size_t i = 0; i < count; i++) take_input(self, &inputs[i]);
    finish(self);
}

// ---- for hooks -----------------------------------------------------------------------------------------------------

static bool goes_with(const ecu_t *self, size_t message, size_t other)
{
    return message == other || (self->is_status[message] && self->is_status[other]);
}

void ecu_send(ecu_t *self, uint8_t message)
{
    assert(self->outbox && message < self->message_count);
    for (size_t i = 0; i < self->message_count; i++) {
        if (goes_with(self, message, i)) send_event(self, i);
    }
}

bool ecu_send_frame(ecu_t *self, uint8_t bus, const can_frame_t *frame, uint8_t flags)
{
    assert(self->outbox && bus < self->bus_count);
    if (is_silenced(self, frame)) return false;
    outbox_send(self->outbox, bus, frame, flags);
    return true;
}

void ecu_forward_frame(ecu_t *self, uint8_t bus, const can_frame_t *frame)
{
    assert(self->outbox && bus < self->bus_count);
    outbox_send(self->outbox, bus, frame, 0);
}

static void set_fast(ecu_t *self, size_t message, bool fast)
{
    if (self->fast[message] == fast) return;
    self->fast[message] = fast;
    if (self->due_ns[message] == TIME_NEVER) return;
    self->due_ns[message] = time_earlier(self->due_ns[message], self->now_ns + cycle_ns(self, message));
}

void ecu_set_fast(ecu_t *self, uint8_t message, bool fast)
{
    assert(message < self->message_count);
    for (size_t i = 0; i < self->message_count; i++) {
        if (goes_with(self, message, i)) set_fast(self, i, fast);
    }
}

void ecu_timer_set(ecu_t *self, uint8_t timer, int64_t at_ns)
{
    assert(timer < ECU_TIMERS_MAX);
    self->timers[timer] = at_ns < self->now_ns ? self->now_ns : at_ns;
}

void ecu_set_hold(ecu_t *self, bool hold)
{
    self->hold = hold ? all_buses(self) : 0;
}

uint32_t ecu_store(ecu_t *self)
{
    return storing_ask(&self->storing);
}

bool ecu_option_is(const ecu_t *self, const char *option, const char *value)
{
    const vehicle_option_t *known = vehicle_find_option(self->entry, option);
    return known && strcmp(known->values[self->options[known - self->entry->options]], value) == 0;
}

void ecu_fault(ecu_t *self, uint16_t code)
{
    bool is_new;
    if (!uds_server_enter_fault(&self->diagnosis.server, code, &is_new)) return;
    if (is_new) ecu_log(self, LOG_FAULT_STORED, code, 0, 0);
    ecu_store(self);
}

void ecu_log(ecu_t *self, uint16_t code, int64_t a, int64_t b, int64_t c)
{
    assert(self->outbox);
    outbox_log(self->outbox, code, a, b, c);
}
