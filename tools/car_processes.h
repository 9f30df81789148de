// SPDX-License-Identifier: MIT
// The control units of a car as processes of their own: a hub as the host of scenarios/play/car.h.
#ifndef KMSIM_TOOLS_CAR_PROCESSES_H
#define KMSIM_TOOLS_CAR_PROCESSES_H

#include "bus/zmq/hub.h"
#include "scenarios/play/car.h"

typedef struct {
    hub_options_t options; // the actors are the car's
    hub_t *hub;            // null: the car has not started it, or it could not be
} car_processes_t;

/// The host for car_new, which starts the hub; car_reset needs one that hub_can_begin_anew. Whoever made the options
/// destroys the hub, before the car.
car_host_t car_processes_host(car_processes_t *self);

#endif
