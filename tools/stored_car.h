// SPDX-License-Identifier: MIT
// A car that remembers: the stored images of its control units and key fobs in a directory (--state). Where the
// directory has an image it wins over the plan's; what a story says against it is a mistake of that story.
#ifndef KMSIM_TOOLS_STORED_CAR_H
#define KMSIM_TOOLS_STORED_CAR_H

#include "bus/host/simulation.h"
#include "scenarios/story/story.h"
#include "scenarios/story/car_plan.h"

typedef struct stored_car stored_car_t;

/// Opens the directory, reads what is stored, compares it with the story (null: none tells of the car), and stores what
/// the plan begins with where there is nothing yet. Returns a new car that the caller destroys, or null with the error
/// told. What had to be set aside is told in notice. The vehicle is borrowed.
stored_car_t *stored_car_new(const char *directory, const car_plan_t *plan, const story_t *story, error_t *notice,
                             error_t *error);
void stored_car_destroy(stored_car_t **self_p);

/// What the car begins with.
const car_memory_t *stored_car_memory(const stored_car_t *self);

/// As the simulation wants it.
keeper_t stored_car_keeper(stored_car_t *self);

#endif
