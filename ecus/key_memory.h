// SPDX-License-Identifier: MIT
// Key Memory: what seat, mirrors, climate and a user's own unit share. Pure.
//
//   RemoteKeyStatus ──> unlock, none ──> call-up ──> hook implement      (the unit moves, or sets, its settings)
//   RemoteKeyStatus ──> lock ─────────┐
//   TerminalStatus ───> all off ──────┴> the driver's changes ──> hook current ──> active profile, or car memory
//
// A setting is a signal with the DBC attribute KeyMemorySetting of the unit's status message, or of a further one that
// the unit sends; all arithmetic is in its raw values. Profiles count from 1; 0 is none.
#ifndef KMSIM_ECUS_KEY_MEMORY_H
#define KMSIM_ECUS_KEY_MEMORY_H

#include "bus/car/key_radio.h"
#include "ecus/ecu.h"

#define KEY_MEMORY_PROFILES KEY_PERSONALIZATION_MAX
#define KEY_MEMORY_SETTINGS_MAX 16
#define KEY_MEMORY_REPEAT_NS (150 * TIME_MS) // known: a held button repeats its telegram every 100 ms

typedef struct {
    const dbc_signal_t *signal; // signal->setting is the name
    uint8_t message;            // number of the unit's message that tells it
    int64_t minimum, maximum, factory;
} key_memory_setting_t;

typedef struct {
    bool coded;
    int64_t values[KEY_MEMORY_SETTINGS_MAX];
} key_memory_profile_t;

typedef struct {
    /// A profile was called up: implement key_memory_value of every setting that is not in car memory. The messages
    /// that tell it are sent afterwards.
    void (*implement)(void *unit);
    /// The setting as the driver has it now.
    int64_t (*current)(void *unit, uint8_t setting);
    /// The car was locked by remote control; changes are stored already. May be null.
    void (*locked)(void *unit);
    /// The setting as the unit's messages tell it. May be null: as `current` says.
    int64_t (*shown)(void *unit, uint8_t setting);
} key_memory_hooks_t;

typedef struct {
    // bound once
    ecu_t *ecu;
    const key_memory_hooks_t *hooks;
    uint8_t setting_count;
    key_memory_setting_t settings[KEY_MEMORY_SETTINGS_MAX];
    // Per message of the unit, null where it has none: the status has both.
    const dbc_signal_t *profile_signals[ECU_MESSAGES_MAX], *coded_signals[ECU_MESSAGES_MAX];
    const dbc_message_t *remote, *terminal;
    const dbc_signal_t *number_signal, *repeat_signal, *button_signal;
    const dbc_signal_t *terminal_signals[3]; // R, 15, 50
    int64_t unlock, lock, released, none;    // raw buttons
    // since power-on
    key_memory_profile_t profiles[KEY_MEMORY_PROFILES];
    int64_t car[KEY_MEMORY_SETTINGS_MAX]; // values common to all keys
    uint16_t in_car;                      // bit per setting: in car memory
    uint16_t changed;                     // bit per setting: by the driver, not stored yet
    uint8_t active;                       // 0 none, 1 .. 4
    bool terminal_on, terminal_15_on;
    bool heard; // there is a last telegram
    can_frame_t last;
    int64_t last_ns;
    uint32_t ignored; // frames that could not be used
} key_memory_t;

/// Binds the settings of the unit's messages, in the file's order, and accepts the CAS's messages on all its buses.
/// Those of the unit's messages that have a signal Profile are sent after a call-up. Call it after ecu_bind. False with
/// *missing set.
bool key_memory_bind(key_memory_t *self, ecu_t *ecu, const key_memory_hooks_t *hooks, const node_setup_t *setup,
                     node_ports_t *ports, const char **missing);

/// Adds a line KIND/UNIT/SETTING per setting to the ports ("switch/seat/height"); *first is the number of the first.
/// Call it after key_memory_bind. False with *missing set when a name is too long or there are too many.
bool key_memory_bind_lines(const key_memory_t *self, const char *kind, const node_setup_t *setup, node_ports_t *ports,
                           uint8_t *first, const char **missing);

/// Takes what is stored; what cannot be has its default.
void key_memory_start(key_memory_t *self, const image_t *image);

/// Writes profiles, car memory, the choice between both, and the active profile.
void key_memory_save(const key_memory_t *self, image_t *image);

/// A stored value PREFIX/SETTING of the unit's own; the factory value when it is missing or out of range.
int64_t key_memory_stored(const key_memory_t *self, uint8_t setting, const image_t *image, const char *prefix);

/// Takes a frame if it is one of the CAS's two; returns whether it was.
bool key_memory_take_frame(key_memory_t *self, const can_frame_t *frame);

/// The driver changed these settings (a bit each): they are stored at the next lock.
void key_memory_note_changes(key_memory_t *self, uint16_t settings);

/// The remembered value that holds now: of car memory, of the active profile, or, where there is none or it is not
/// coded, the factory value.
int64_t key_memory_value(const key_memory_t *self, uint8_t setting);

bool key_memory_is_car(const key_memory_t *self, uint8_t setting);

/// Whether the active profile is there and coded.
bool key_memory_is_coded(const key_memory_t *self);

/// Sends the messages that tell whether the active profile is coded.
void key_memory_tell_coded(key_memory_t *self);

/// Puts active profile, coded flag and settings into a frame of message number `message`, as far as it has such
/// signals.
void key_memory_compose(const key_memory_t *self, uint8_t message, can_frame_t *frame);

/// The number of the setting of that name, or -1.
int key_memory_find(const key_memory_t *self, const char *setting);

// ---- for coding ----------------------------------------------------------------------------------------------------

/// Profile 1 .. 4, or null.
const key_memory_profile_t *key_memory_profile(const key_memory_t *self, uint8_t profile);

/// Replaces a profile (values: one per setting) and asks to store it; nothing moves. False, and nothing changed, for
/// profile 0 or above 4, or a value out of range. *ticket (may be null) is that of the store.
bool key_memory_set_profile(key_memory_t *self, uint8_t profile, const key_memory_profile_t *content, uint32_t *ticket);

/// Puts a setting into car memory or takes it out, and asks to store that. False for no setting.
bool key_memory_set_car(key_memory_t *self, uint8_t setting, bool car, uint32_t *ticket);

#endif
