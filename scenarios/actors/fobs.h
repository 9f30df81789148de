// SPDX-License-Identifier: MIT
// The key fobs: all remote controls of the car with their transponders, one of which may be in the ignition lock. Pure.
// A node_class_t on no bus that answers the lock's coil (bus/car/key_radio.h); the player presses and inserts by direct
// calls, so that telegrams of one instant leave in the order of the steps.
#ifndef KMSIM_SCENARIOS_ACTORS_FOBS_H
#define KMSIM_SCENARIOS_ACTORS_FOBS_H

#include "bus/car/key_radio.h"

#define FOBS_NONE 0
#define FOBS_FOREIGN (-1) // a transponder that belongs to another car

typedef struct {
    bool there, battery_low;
    int personalization; // 1 .. 16
    uint32_t counter;    // the changing code of the last telegram
    uint8_t secret[KEY_SECRET_SIZE];
} fob_t;

typedef struct {
    fob_t fobs[KEY_COUNT_MAX + 1]; // by number
    int inserted;                  // key in the lock, FOBS_NONE or FOBS_FOREIGN
    air_t challenge;               // of the coil, since the key is in the lock; size 0: none yet
    int writing;                   // key that owes the receipt for its new number, 0: none
    bool storing, changed;         // a store is under way; and something changed since it began
    uint8_t foreign_secret[KEY_SECRET_SIZE];
    uint32_t foreign_code;
} fobs_t;

/// The actor: node_class_t.name "fobs", air AIR_LF.
extern const node_class_t fobs_class;

/// Takes what is stored (names in bus/car/units.h); what is in the lock stays there.
void fobs_load(fobs_t *self, const image_t *image);

/// Writes everything that is stored.
void fobs_save(const fobs_t *self, image_t *image);

/// A button is pressed: the changing code advances by one. Returns the telegram.
air_t fobs_press(fobs_t *self, int key, key_button_t button);

/// The telegram that a thief would make up: that key's next code, under the secret given. The fob knows nothing of it.
/// Personalization 0: the key's own.
air_t fobs_forge(const fobs_t *self, int key, key_button_t button, int personalization,
                 const uint8_t secret[KEY_SECRET_SIZE]);

/// Puts a key (its number, or FOBS_FOREIGN) into the lock, or takes out what is there (FOBS_NONE).
void fobs_insert(fobs_t *self, int key);

#endif
