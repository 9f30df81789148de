// SPDX-License-Identifier: MIT
// A tool's connection to a live car (kmsim up): frames in and out of its buses in real time, and diagnosis over them.
//
//   tool ──> live_client ──up, stranger/BUS──> hub ──> the bus, from a node that belongs to no unit
//                        <──down, can/BUS/ID── hub <── what the bus carried, this client's own frames included
//
// A frame that was sent is on its way; that a bus has carried it shows when it comes back. Nothing here prints.
//
//   live_client_t *car = live_client_new(endpoint, &vehicle, &error);           no live car: null
//   while (workshop_job_next(&job, &step)) {                                     (scenarios/actors/workshop_job.h)
//       if (!live_client_ask(car, address, &step, &answer, &error)) …            the car is gone: exit status 3
//       workshop_job_take(&job, &answer);
//   }
#ifndef KMSIM_TOOLS_LIVE_CLIENT_H
#define KMSIM_TOOLS_LIVE_CLIENT_H

#include "bus/base/error.h"
#include "bus/can/frame.h"
#include "bus/diagnosis/uds_client.h"
#include "bus/kernel/vehicle.h"

#define LIVE_CLIENT_PATIENCE_NS (2 * TIME_S) // until a car must have answered that it is there
#define LIVE_CLIENT_MARGIN_NS (1 * TIME_S)   // for an answer of a unit, beyond P2: the machine may be busy

typedef struct live_client live_client_t;

typedef struct {
    uint8_t bus;     // index in the vehicle
    bool stranger;   // sent by a node that belongs to no unit: this client, or another tool
    int64_t time_ns; // virtual time of the car
    can_frame_t frame;
} live_client_frame_t;

typedef enum {
    LIVE_CLIENT_FRAME,
    LIVE_CLIENT_NOTHING, // within the time, or a signal came (bus/zmq/process.h)
    LIVE_CLIENT_GONE,    // the car was switched off, or broke off; every further call says so at once
} live_client_result_t;

/// Returns a new connection that the caller destroys, when the car at the endpoint (null: the user's well-known one)
/// has answered; null with the error told: no such endpoint, no car within the patience, a run in virtual time instead
/// of a live car, or a car of another vehicle file or DBC. The vehicle is borrowed.
live_client_t *live_client_new(const char *endpoint, const vehicle_t *vehicle, error_t *error);
void live_client_destroy(live_client_t **self_p);

/// Has the frames of a bus with this identifier delivered; when it returns the car knows. False with the error told
/// when the car is gone.
bool live_client_listen(live_client_t *self, uint8_t bus, uint32_t id, bool extended, error_t *error);

/// Puts a frame on a bus at the car's present instant, from a node that belongs to no unit. What finds no room there is
/// lost: a sender waits until a frame has come back before it sends many more.
void live_client_send(live_client_t *self, uint8_t bus, const can_frame_t *frame);

/// The next frame that was listened for, waited for so long (0: not at all).
live_client_result_t live_client_receive(live_client_t *self, int64_t patience_ns, live_client_frame_t *frame);

/// Asks a unit by its diagnostic address (or a functional one): sends the step as the tester 0xF1 from the bus on which
/// testers are connected, and waits for what comes of it, also for silence. The answer's bytes are borrowed until the
/// next call. False with the error told when the car is gone or a signal came. Takes the frames listened for that come
/// meanwhile.
bool live_client_ask(live_client_t *self, uint8_t address, const uds_step_t *step, uds_answer_t *answer,
                     error_t *error);

#endif
