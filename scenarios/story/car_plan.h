// SPDX-License-Identifier: MIT
// What a car is before anything happens to it: its vehicle, its keys, what its units have stored, and the seed of all
// that is left to chance. A value; what it points to is borrowed. A story is a plan and steps (story_plan), a live car
// a plan alone; scenarios/play/car.h makes the car.
#ifndef KMSIM_SCENARIOS_STORY_CAR_PLAN_H
#define KMSIM_SCENARIOS_STORY_CAR_PLAN_H

#include "bus/can/dbc.h"
#include "bus/kernel/image.h"
#include "bus/car/key_radio.h"
#include "bus/kernel/vehicle.h"

// Of a car of which nobody tells another.
#define CAR_PLAN_VEHICLE "e65"
#define CAR_PLAN_SEED 1

typedef struct {
    int personalization; // 1 .. 4, or 0: there is no such key
    bool blocked, learned, battery_low;
} car_plan_key_t;

typedef struct { // what a car remembers: by node of the vehicle, behind them the key fobs
    image_t images[VEHICLE_NODES_MAX + 1];
    image_state_t states[VEHICLE_NODES_MAX + 1];
} car_memory_t;

typedef struct {
    const vehicle_t *vehicle;
    const dbc_t *dbc;
    uint64_t seed;
    bool tester;                            // one sits in it: a node more, which acknowledges frames
    car_plan_key_t keys[KEY_COUNT_MAX + 1]; // by number, 1 .. 10
    const image_t
        *told[VEHICLE_NODES_MAX]; // Key Memory and coding of each unit, without the keys; null: the unit's own
    const car_memory_t *memory;   // wins over keys and told; null: the car is new
} car_plan_t;

/// The car of which nobody tells anything: keys 1 and 2 with their own numbers.
car_plan_t car_plan_standard(const vehicle_t *vehicle, const dbc_t *dbc);

/// Whether that node of the vehicle is the one that keeps the keys.
bool car_plan_keeps_keys(const vehicle_t *vehicle, uint8_t node);

/// What a node has stored when the car begins, node_count of the vehicle: the key fobs. The plan's own image or the
/// buffer, with its state; null for nothing.
const image_t *car_plan_image(const car_plan_t *self, uint8_t node, image_t *buffer, image_state_t *state);

#endif
