// SPDX-License-Identifier: MIT
// The car as a tester sees it: frames folded into what each message said last. Pure; feed it every event once.
#ifndef KMSIM_SCENARIOS_PLAY_CAR_VIEW_H
#define KMSIM_SCENARIOS_PLAY_CAR_VIEW_H

#include "bus/kernel/kernel.h"

typedef struct {
    bool seen;
    bool known;        // since its sender last lost power; of the last on any bus
    uint8_t bus, node; // node: who sent it
    int64_t at_ns;
    can_frame_t frame;
} car_view_last_t;

#define CAR_VIEW_COMMANDS_MAX 16 // that a bus may lag behind another

typedef struct {
    bool unlock;
    uint32_t buses; // that have carried it, or never will
} car_view_command_t;

typedef struct {
    const vehicle_t *vehicle;
    const dbc_t *dbc;
    // bound by name; null where the vehicle's messages have none
    const dbc_message_t *locking, *terminals;
    const dbc_signal_t *driver_door, *terminal[3], *key_valid;
    int64_t unlock_raw, lock_raw, valid_raw;
    uint8_t cas; // who tells the terminals
    // folded
    car_view_last_t *last; // per message of the DBC: on any bus, then on each: the caller's storage
    bool terminals_known;  // false only after the CAS lost power
    bool unlocked;         // last command to the doors other than idle
    size_t command_count;  // the commands to the doors other than idle, oldest first
    car_view_command_t commands[CAR_VIEW_COMMANDS_MAX];
} car_view_t;

/// How many elements the storage needs.
size_t car_view_last_count(const vehicle_t *vehicle, const dbc_t *dbc);

/// A car of which nothing has been seen: locked, terminals off. The storage holds car_view_last_count elements.
void car_view_init(car_view_t *self, const vehicle_t *vehicle, const dbc_t *dbc, car_view_last_t *last);

/// Forgets everything that was seen: as after car_view_init.
void car_view_reset(car_view_t *self);

/// Takes note of a frame, a loss of power, or a bus that falls asleep; other events tell nothing. Every bus carries the
/// same commands to the doors, each at its own pace: what one repeats of another is no new command.
void car_view_look(car_view_t *self, const kernel_event_t *event, int64_t now_ns);

/// What a unit said is unknown from now on, each of its messages until the next such frame.
void car_view_forget(car_view_t *self, uint8_t node);

/// What a message said last, on that bus (negative: on any), or null.
const car_view_last_t *car_view_last(const car_view_t *self, const dbc_message_t *message, int bus);

/// What a message said last on any bus, or null while that is unknown.
const car_view_last_t *car_view_known(const car_view_t *self, const dbc_message_t *message);

bool car_view_unlocked(const car_view_t *self);

/// Sets how many of the terminals R, 15, 50 are on, which are on in this order (0 off .. 3 all). False: unknown, or in
/// another order.
bool car_view_terminal(const car_view_t *self, int *terminal);

/// Sets whether the key is valid; false: unknown.
bool car_view_key_valid(const car_view_t *self, bool *valid);

#endif
