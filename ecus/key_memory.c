// SPDX-License-Identifier: MIT
#include "ecus/key_memory.h"

#include <assert.h>
#include <string.h>

#include "bus/car/words.h"

#define NUMBER_INVALID 0xF           // nibble of a personalization number that says "none"
#define RAW_LIMIT (INT64_C(1) << 32) // a setting's range; leaves room for products with nanoseconds

// ---- binding -------------------------------------------------------------------------------------------------------

static bool bind_button(const key_memory_t *self, const char *name, int64_t *raw, const char **missing)
{
    if (dbc_value_raw(self->button_signal, name, raw)) return true;
    *missing = name;
    return false;
}

static bool bind_remote(key_memory_t *self, const dbc_t *dbc, const char **missing)
{
    static const char *const NAMES[] = {"PersonalizationNumber", "PersonalizationRepeat", "Button"};
    const dbc_signal_t *signals[3];
    self->remote = dbc_bind(dbc, "RemoteKeyStatus", NAMES, 3, signals, missing);
    if (!self->remote) return false;
    self->number_signal = signals[0];
    self->repeat_signal = signals[1];
    self->button_signal = signals[2];
    return bind_button(self, "unlock", &self->unlock, missing) && bind_button(self, "lock", &self->lock, missing) &&
           bind_button(self, "released", &self->released, missing) && bind_button(self, "none", &self->none, missing);
}

static bool bind_terminal(key_memory_t *self, const dbc_t *dbc, const char **missing)
{
    static const char *const NAMES[] = {"TerminalR", "Terminal15", "Terminal50"};
    self->terminal = dbc_bind(dbc, "TerminalStatus", NAMES, 3, self->terminal_signals, missing);
    return self->terminal;
}

// The number of the unit's message, or -1: it does not send it.
static int find_message(const key_memory_t *self, const dbc_message_t *message)
{
    for (int i = 0; i < self->ecu->message_count; i++) {
        if (self->ecu->messages[i] == message) return i;
    }
    return -1;
}

static bool bind_setting(key_memory_t *self, const dbc_setting_t *setting)
{
    const dbc_signal_t *signal = setting->signal;
    int message = find_message(self, setting->message);
    int64_t minimum = dbc_raw_minimum(signal), maximum = dbc_raw_maximum(signal);
    if (message < 0 || self->setting_count == KEY_MEMORY_SETTINGS_MAX) return false;
    if (strlen(signal->setting) > DBC_SETTING_MAX || key_memory_find(self, signal->setting) >= 0) return false;
    if (minimum < -RAW_LIMIT || maximum > RAW_LIMIT || signal->start_raw < minimum || signal->start_raw > maximum) {
        return false;
    }
    self->settings[self->setting_count++] = (key_memory_setting_t){.signal = signal,
                                                                   .message = (uint8_t)message,
                                                                   .minimum = minimum,
                                                                   .maximum = maximum,
                                                                   .factory = signal->start_raw};
    return true;
}

static bool bind_status(key_memory_t *self, const node_setup_t *setup, const char **missing)
{
    *missing = setup->entry->name;
    const dbc_message_t *status = dbc_status_message(setup->dbc, setup->entry->name);
    if (!status) return false;
    static const char *const NAMES[] = {"Profile", "Coded"};
    const dbc_signal_t *signals[2];
    if (!dbc_bind_signals(status, NAMES, 2, signals, missing)) return false;
    dbc_setting_t setting = {NULL, NULL};
    while (dbc_next_setting(setup->dbc, setup->entry->name, &setting)) {
        *missing = setting.signal->setting;
        if (!bind_setting(self, &setting)) return false;
    }
    return true;
}

static void bind_messages(key_memory_t *self)
{
    for (size_t i = 0; i < self->ecu->message_count; i++) {
        const dbc_message_t *message = self->ecu->messages[i];
        self->profile_signals[i] = message ? dbc_signal(message, "Profile") : NULL;
        self->coded_signals[i] = message ? dbc_signal(message, "Coded") : NULL;
    }
}

bool key_memory_bind(key_memory_t *self, ecu_t *ecu, const key_memory_hooks_t *hooks, const node_setup_t *setup,
                     node_ports_t *ports, const char **missing)
{
    self->ecu = ecu;
    self->hooks = hooks;
    self->setting_count = 0;
    ecu_count(ecu, "frames_malformed", &self->ignored);
    bind_messages(self);
    if (!bind_status(self, setup, missing) || !bind_remote(self, setup->dbc, missing) ||
        !bind_terminal(self, setup->dbc, missing)) {
        return false;
    }
    for (uint8_t bus = 0; bus < setup->entry->bus_count; bus++) {
        node_accept_id(ports, bus, self->remote->id);
        node_accept_id(ports, bus, self->terminal->id);
    }
    return true;
}

static bool append_text(char text[NODE_LINE_NAME_MAX + 1], const char *part)
{
    size_t length = strlen(text), more = strlen(part);
    if (length + more > NODE_LINE_NAME_MAX) return false;
    memcpy(text + length, part, more + 1);
    return true;
}

bool key_memory_bind_lines(const key_memory_t *self, const char *kind, const node_setup_t *setup, node_ports_t *ports,
                           uint8_t *first, const char **missing)
{
    *first = (uint8_t)ports->line_count;
    for (size_t i = 0; i < self->setting_count; i++) {
        char name[NODE_LINE_NAME_MAX + 1] = "";
        *missing = self->settings[i].signal->setting;
        if (ports->line_count == NODE_LINES_MAX || !append_text(name, kind) || !append_text(name, "/") ||
            !append_text(name, setup->entry->name) || !append_text(name, "/") || !append_text(name, *missing)) {
            return false;
        }
        node_accept_line(ports, name);
    }
    return true;
}

// ---- stored images -------------------------------------------------------------------------------------------------

static int64_t stored_value(const key_memory_setting_t *setting, const image_t *image, const char *prefix, int number)
{
    int64_t value = image_get(image, prefix, number, setting->signal->setting, setting->factory);
    return value >= setting->minimum && value <= setting->maximum ? value : setting->factory;
}

int64_t key_memory_stored(const key_memory_t *self, uint8_t setting, const image_t *image, const char *prefix)
{
    assert(setting < self->setting_count);
    return stored_value(&self->settings[setting], image, prefix, -1);
}

void key_memory_start(key_memory_t *self, const image_t *image)
{
    self->changed = self->in_car = 0;
    self->terminal_on = self->terminal_15_on = self->heard = false;
    self->ignored = 0;
    int64_t active = image_get(image, "active", -1, NULL, 0);
    self->active = active >= 0 && active <= KEY_MEMORY_PROFILES ? (uint8_t)active : 0;
    for (int p = 0; p < KEY_MEMORY_PROFILES; p++) {
        key_memory_profile_t *profile = &self->profiles[p];
        profile->coded = image_get(image, "profile", p + 1, "coded", 1) != 0;
        for (size_t i = 0; i < self->setting_count; i++) {
            profile->values[i] = stored_value(&self->settings[i], image, "profile", p + 1);
        }
    }
    for (size_t i = 0; i < self->setting_count; i++) {
        self->car[i] = stored_value(&self->settings[i], image, "car", -1);
        bool car = image_get(image, "memory", -1, self->settings[i].signal->setting, 0) == 1;
        self->in_car |= (uint16_t)((unsigned)car << i);
    }
}

void key_memory_save(const key_memory_t *self, image_t *image)
{
    image_set(image, "active", -1, NULL, self->active);
    for (int p = 0; p < KEY_MEMORY_PROFILES; p++) {
        image_set(image, "profile", p + 1, "coded", self->profiles[p].coded);
        for (size_t i = 0; i < self->setting_count; i++) {
            image_set(image, "profile", p + 1, self->settings[i].signal->setting, self->profiles[p].values[i]);
        }
    }
    for (uint8_t i = 0; i < self->setting_count; i++) {
        const char *name = self->settings[i].signal->setting;
        image_set(image, "car", -1, name, self->car[i]);
        image_set(image, "memory", -1, name, key_memory_is_car(self, i));
    }
}

// ---- storing what the driver changed -------------------------------------------------------------------------------

// Where the driver's change of a setting belongs; null where it is not kept.
static int64_t *place_of(key_memory_t *self, uint8_t setting)
{
    if (key_memory_is_car(self, setting)) return &self->car[setting];
    return key_memory_is_coded(self) ? &self->profiles[self->active - 1].values[setting] : NULL;
}

static void store_changes(key_memory_t *self)
{
    int64_t profile_count = 0, car_count = 0;
    for (uint8_t i = 0; i < self->setting_count; i++) {
        if ((self->changed >> i & 1) == 0) continue;
        int64_t *place = place_of(self, i);
        int64_t value = self->hooks->current(self->ecu->unit, i);
        if (!place || *place == value) continue;
        *place = value;
        if (key_memory_is_car(self, i))
            car_count++;
        else
            profile_count++;
    }
    self->changed = 0;
    if (profile_count > 0) ecu_log(self->ecu, LOG_PROFILE_STORED, self->active, profile_count, 0);
    if (profile_count + car_count > 0) ecu_store(self->ecu);
}

// ---- calling up ----------------------------------------------------------------------------------------------------

static void send_those_with(key_memory_t *self, const dbc_signal_t *const signals[ECU_MESSAGES_MAX])
{
    for (uint8_t i = 0; i < self->ecu->message_count; i++) {
        if (signals[i]) ecu_send(self->ecu, i);
    }
}

static void call_up(key_memory_t *self, uint8_t profile)
{
    // The active profile is changed first, for the unit implements what key_memory_value says; it is told last, for the
    // messages say what the unit does now.
    if (self->active != profile) ecu_store(self->ecu);
    self->active = profile;
    self->changed &= self->in_car; // what the driver changed and did not store is lost; car memory is not recalled
    bool coded = key_memory_is_coded(self);
    ecu_log(self->ecu, LOG_PROFILE_CALLED, profile, coded, 0);
    if (!coded) ecu_fault(self->ecu, (uint16_t)(FAULT_PROFILE_NOT_CODED + profile));
    self->hooks->implement(self->ecu->unit);
    send_those_with(self, self->profile_signals);
}

// Reads the personalization number, 1 .. 4; 0 when it is none, with a fault memory entry when it should be one.
static uint8_t read_number(key_memory_t *self, const can_frame_t *frame)
{
    int64_t number = dbc_get(self->number_signal, frame), repeat = dbc_get(self->repeat_signal, frame);
    if (number == repeat && number >= 0 && number < KEY_MEMORY_PROFILES) return (uint8_t)(number + 1);
    if (number == NUMBER_INVALID && repeat == NUMBER_INVALID) return 0;
    ecu_log(self->ecu, number == repeat ? LOG_NUMBER_REFUSED : LOG_NUMBER_UNCLEAR, number + 1, repeat + 1, 0);
    ecu_fault(self->ecu, FAULT_NUMBER_INVALID);
    return 0;
}

// A held button repeats its telegram with identical bytes until one with button "released" ends it; the same bytes
// after a pause are another press.
//
//   unlock ─100 ms─ unlock ─100 ms─ unlock ─ released      unlock
//   acts            repeat          repeat                 acts: the last telegram was another
//
//   unlock ──────────── more than 150 ms ──────────── unlock
//   acts                                              acts: a `released` was not heard
static bool is_repeat(key_memory_t *self, const can_frame_t *frame)
{
    bool repeat =
        self->heard && frame_equal(&self->last, frame) && self->ecu->now_ns - self->last_ns <= KEY_MEMORY_REPEAT_NS;
    self->heard = true;
    self->last = *frame;
    self->last_ns = self->ecu->now_ns;
    return repeat;
}

static void take_lock(key_memory_t *self)
{
    store_changes(self);
    if (self->hooks->locked) self->hooks->locked(self->ecu->unit);
}

// The end of a press says its number once more: that is no further occurrence. One that comes alone, or after the fault
// memory was cleared, is.
static bool repeats_number(const key_memory_t *self, const can_frame_t *frame)
{
    return self->heard && dbc_get(self->button_signal, frame) == self->released &&
           dbc_get(self->number_signal, frame) == dbc_get(self->number_signal, &self->last) &&
           dbc_get(self->repeat_signal, frame) == dbc_get(self->repeat_signal, &self->last) &&
           fault_memory_find(&self->ecu->faults, FAULT_NUMBER_INVALID);
}

static void take_remote(key_memory_t *self, const can_frame_t *frame)
{
    int64_t button = dbc_get(self->button_signal, frame);
    bool told = repeats_number(self, frame);
    // A key put in the lock meanwhile says "none" between the repeats: they are still the one press.
    if (button != self->none && is_repeat(self, frame)) return;
    if (button == self->lock) take_lock(self); // also with a wrong number: whoever locks
    if (told) return;
    // A wrong one is told whatever was pressed, or let go, and by a unit that calls nothing up, too (R10).
    uint8_t number = read_number(self, frame);
    if (number == 0 || (button != self->unlock && button != self->none)) return;
    if (ecu_option_is(self->ecu, "personalization", "off")) return;
    if (button == self->unlock || number != self->active) call_up(self, number);
}

static void take_terminal(key_memory_t *self, const can_frame_t *frame)
{
    bool was_on = self->terminal_on;
    self->terminal_on = false;
    for (size_t i = 0; i < 3; i++) self->terminal_on |= dbc_get(self->terminal_signals[i], frame) == 1;
    self->terminal_15_on = dbc_get(self->terminal_signals[1], frame) == 1;
    if (was_on && !self->terminal_on) store_changes(self); // with the last terminal, not with each
}

static bool is_of(const can_frame_t *frame, const dbc_message_t *message)
{
    return frame->id == message->id && frame->extended == message->extended;
}

bool key_memory_take_frame(key_memory_t *self, const can_frame_t *frame)
{
    const dbc_message_t *message = is_of(frame, self->remote)     ? self->remote
                                   : is_of(frame, self->terminal) ? self->terminal
                                                                  : NULL;
    if (!message) return false;
    if (frame->remote || frame->length < message->length) {
        self->ignored++;
    } else if (message == self->remote) {
        take_remote(self, frame);
    } else {
        take_terminal(self, frame);
    }
    return true;
}

// ---- for the unit --------------------------------------------------------------------------------------------------

void key_memory_note_changes(key_memory_t *self, uint16_t settings)
{
    self->changed |= settings;
}

int64_t key_memory_value(const key_memory_t *self, uint8_t setting)
{
    assert(setting < self->setting_count);
    if (key_memory_is_car(self, setting)) return self->car[setting];
    if (key_memory_is_coded(self)) return self->profiles[self->active - 1].values[setting];
    return self->settings[setting].factory;
}

bool key_memory_is_car(const key_memory_t *self, uint8_t setting)
{
    return (self->in_car >> setting & 1) != 0;
}

bool key_memory_is_coded(const key_memory_t *self)
{
    return self->active != 0 && self->profiles[self->active - 1].coded;
}

void key_memory_tell_coded(key_memory_t *self)
{
    send_those_with(self, self->coded_signals);
}

void key_memory_compose(const key_memory_t *self, uint8_t message, can_frame_t *frame)
{
    const dbc_signal_t *profile = self->profile_signals[message], *coded = self->coded_signals[message];
    if (profile) dbc_set(profile, frame, self->active);
    if (coded) dbc_set(coded, frame, key_memory_is_coded(self));
    int64_t (*shown)(void *unit, uint8_t setting) = self->hooks->shown ? self->hooks->shown : self->hooks->current;
    for (uint8_t i = 0; i < self->setting_count; i++) {
        if (self->settings[i].message == message) dbc_set(self->settings[i].signal, frame, shown(self->ecu->unit, i));
    }
}

int key_memory_find(const key_memory_t *self, const char *setting)
{
    for (int i = 0; i < self->setting_count; i++) {
        if (strcmp(self->settings[i].signal->setting, setting) == 0) return i;
    }
    return -1;
}

// ---- for coding ----------------------------------------------------------------------------------------------------

const key_memory_profile_t *key_memory_profile(const key_memory_t *self, uint8_t profile)
{
    return profile >= 1 && profile <= KEY_MEMORY_PROFILES ? &self->profiles[profile - 1] : NULL;
}

static void ask_to_store(key_memory_t *self, uint32_t *ticket)
{
    uint32_t asked = ecu_store(self->ecu);
    if (ticket) *ticket = asked;
}

bool key_memory_set_profile(key_memory_t *self, uint8_t profile, const key_memory_profile_t *content, uint32_t *ticket)
{
    if (profile < 1 || profile > KEY_MEMORY_PROFILES) return false;
    for (size_t i = 0; i < self->setting_count; i++) {
        const key_memory_setting_t *setting = &self->settings[i];
        if (content->values[i] < setting->minimum || content->values[i] > setting->maximum) return false;
    }
    self->profiles[profile - 1] = *content;
    ask_to_store(self, ticket);
    return true;
}

bool key_memory_set_car(key_memory_t *self, uint8_t setting, bool car, uint32_t *ticket)
{
    if (setting >= self->setting_count) return false;
    unsigned bit = 1U << setting;
    self->in_car = (uint16_t)(car ? self->in_car | bit : self->in_car & ~bit);
    ask_to_store(self, ticket);
    return true;
}
