// SPDX-License-Identifier: MIT
// The driver (and who stands beside the car): does what the acting steps say, by lines and radio, and lets go of held
// buttons and switches when their time is over. The lines are those of bus/lines.h. The player's own; it uses the
// kernel's control interface.
#ifndef KMSIM_SCENARIOS_DRIVER_H
#define KMSIM_SCENARIOS_DRIVER_H

#include "scenarios/car_view.h"
#include "scenarios/fobs.h"
#include "scenarios/story.h"
#include "scenarios/words.h"

// Of a story every telegram can be replayed. A live car is told steps without end, and remembers its last ones.
#define DRIVER_TELEGRAMS_KEPT 10000

typedef struct {           // something that is held
    int64_t end_ns;        // TIME_NEVER: until the setting is reached
    uint32_t transmission; // of a telegram; 0: a switch
    int key;               // whose remote control, 0: nobody's
    uint16_t line;         // of a switch
    int64_t begin_ns;
    uint8_t node;
    const dbc_signal_t *signal;
    int64_t to_raw;
} driver_hold_t;

typedef struct {
    const story_t *story;
    uint64_t seed;
    fobs_t *fobs;
    uint8_t fobs_node;
    size_t hold_count, telegram_count, telegram_room;
    driver_hold_t *holds; // in the order in which they began; room for one per step of the story
    air_t *telegrams;     // a ring: the n-th one sent, from 1, stands at (n - 1) % telegram_room
    image_t image;        // of the fobs, while it is stored
} driver_t;

/// Acts for that story. The fobs (and their node in the kernel), holds and telegrams (step_count each) are borrowed.
void driver_init(driver_t *self, const story_t *story, uint64_t seed, fobs_t *fobs, uint8_t fobs_node,
                 driver_hold_t *holds, air_t *telegrams);

/// How much room telegrams must have when so many more steps follow: no less than there is.
size_t driver_telegram_room(const driver_t *self, size_t step_count);

/// Lets go of what is due.
void driver_release(driver_t *self, kernel_t *kernel, const car_view_t *view);

/// When something is due next by time.
int64_t driver_next_ns(const driver_t *self);

/// Does an acting step (of remote, radio, ignition, door, gear, switch, adjust). False, with the reason in words, when
/// it cannot be done.
bool driver_act(driver_t *self, kernel_t *kernel, const story_step_t *step, words_t *reason);

#endif
