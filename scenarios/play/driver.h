// SPDX-License-Identifier: MIT
// The driver (and who stands beside the car): acts by lines and radio, and lets go of held buttons and switches when
// their time is over. The lines are those of bus/car/lines.h. The player's own; it uses the
// kernel's control interface.
#ifndef KMSIM_SCENARIOS_PLAY_DRIVER_H
#define KMSIM_SCENARIOS_PLAY_DRIVER_H

#include "bus/base/words.h"
#include "scenarios/actors/fobs.h"
#include "scenarios/play/car_view.h"
#include "scenarios/story/story.h"

// Of a story every telegram can be replayed. A live car is told steps without end, and remembers its last ones.
#define DRIVER_TELEGRAMS_KEPT 10000

typedef struct {           // something that is held
    int64_t end_ns;        // TIME_NEVER: until the setting is reached
    uint32_t transmission; // of a telegram; 0: a switch
    int key;               // whose remote control, 0: nobody's
    uint16_t line;         // of a switch
    int64_t begin_ns;
    dbc_setting_t setting; // that is to be reached
    int64_t to_raw;
} driver_hold_t;

typedef struct {
    uint64_t seed;
    fobs_t *fobs;
    uint8_t fobs_node;
    size_t hold_count, telegram_count, telegram_room;
    driver_hold_t *holds; // in the order in which they began; room for one per step that was announced
    air_t *telegrams;     // a ring: the n-th one sent, from 1, stands at (n - 1) % telegram_room
    image_t image;        // of the fobs, while it is stored
} driver_t;

/// Acts with those fobs (borrowed; their node in the kernel). No step is announced yet.
void driver_init(driver_t *self, fobs_t *fobs, uint8_t fobs_node);

/// Forgets everything that was held and sent, for a run of that seed; no step is announced any more. Holds and
/// telegrams stay where they are.
void driver_reset(driver_t *self, uint64_t seed);

/// Announces so many more steps: sets telegram_room, and returns how many holds there must be room for. Before the
/// first of these steps the caller makes the room, keeping what is in it.
size_t driver_announce(driver_t *self, size_t step_count);

/// Lets go of what is due.
void driver_release(driver_t *self, kernel_t *kernel, const car_view_t *view);

/// When something is due next by time.
int64_t driver_next_ns(const driver_t *self);

// ---- keys ----------------------------------------------------------------------------------------------------------

typedef struct {
    int key;
    key_button_t button;
    int64_t hold_ns;
    bool out_of_range; // the changing code advances, nothing arrives
} driver_press_t;

/// Presses a button of a remote control; one that is held already is let go first.
void driver_press(driver_t *self, kernel_t *kernel, const driver_press_t *press);

/// Sends a telegram that no remote control sent.
void driver_send(driver_t *self, kernel_t *kernel, const air_t *air);

/// The n-th telegram (from 1) that was sent so far; null, with the reason in words, when it is not at hand.
const air_t *driver_find_telegram(const driver_t *self, int64_t number, words_t *reason);

/// A telegram of that key under a wrong secret; personalization 0: the key's own.
air_t driver_forge(const driver_t *self, int key, key_button_t button, int personalization);

/// Puts a key (by number, or FOBS_FOREIGN) into the lock: false, and nothing happens, when one is in it; takes it out;
/// turns it as far as 0 off, 1 R, 2 15, 3 50. Without a key there is nothing to take or turn.
bool driver_insert_key(driver_t *self, kernel_t *kernel, int key);
void driver_remove_key(driver_t *self, kernel_t *kernel);
void driver_turn_key(driver_t *self, kernel_t *kernel, int64_t terminal);

// ---- switches, knobs, doors ----------------------------------------------------------------------------------------

typedef struct {
    const char *line; // "switch/seat/longitudinal"
    uint8_t node;
    dbc_setting_t setting;
    bool increase;
    int64_t hold_ns; // STORY_NO_TIME: held until `to` is reached
    int64_t to_raw;
} driver_switch_t;

/// Holds a switch; one that is held already is held on in the new way.
void driver_hold_switch(driver_t *self, kernel_t *kernel, const driver_switch_t *axis);

/// Sets a line (momentary: for this instant). A line that no control unit listens to goes nowhere.
void driver_set_line(kernel_t *kernel, const char *name, int64_t value, bool momentary);

#endif
