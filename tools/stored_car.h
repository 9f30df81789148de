// SPDX-License-Identifier: MIT
// A car that remembers: the stored images of a story's control units and key fobs in a directory (--state). Where the
// directory has an image it wins over the story's; what a story says against it is a mistake of that story.
#ifndef KMSIM_TOOLS_STORED_CAR_H
#define KMSIM_TOOLS_STORED_CAR_H

#include "bus/host/simulation.h"
#include "scenarios/story/story.h"

typedef struct stored_car stored_car_t;

/// Opens the directory, reads what is stored, compares it with the story, and stores what the story begins with where
/// there is nothing yet. Returns a new car that the caller destroys, or null with the error told. What had to be set
/// aside is told in notice. The story is borrowed.
stored_car_t *stored_car_new(const char *directory, const story_t *story, uint64_t seed, error_t *notice,
                             error_t *error);
void stored_car_destroy(stored_car_t **self_p);

/// What a node begins with, by its index in the vehicle; the key fobs come after the vehicle's nodes. Null: nothing.
const image_t *stored_car_image(const stored_car_t *self, uint8_t node, image_state_t *state);

/// As the simulation wants it.
keeper_t stored_car_keeper(stored_car_t *self);

#endif
