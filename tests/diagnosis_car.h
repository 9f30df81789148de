// SPDX-License-Identifier: MIT
// The whole car in-process, with a tester on the K-CAN SYSTEM who can talk to two units at once.
#ifndef KMSIM_TESTS_DIAGNOSIS_CAR_H
#define KMSIM_TESTS_DIAGNOSIS_CAR_H

#include "bus/diagnosis/uds_client.h"
#include "bus/files/garage.h"
#include "scenarios/play/car.h"

#define CAR_CLIENTS 2
#define CAR_KCAN_S 0
#define CAR_KCAN_P 1

enum { CAR_CAS = 0x40, CAR_SEAT = 0x6D, CAR_MIRROR = 0x4C, CAR_CLIMATE = 0x78 };

typedef struct {
    uds_client_t clients[CAR_CLIENTS];
    bool answered[CAR_CLIENTS];
    uds_answer_t answers[CAR_CLIENTS];
    int64_t answered_ns[CAR_CLIENTS];
    uint32_t lost; // frames that the bus did not take
} car_tester_t;

typedef struct {
    garage_t *garage;
    car_t *car;
    kernel_t *kernel; // the car's
    car_tester_t tester;
    int64_t now_ns;
    unsigned requests[2], responses[2]; // diagnostic frames, by bus
    uint32_t responders[2];             // bit per node that sent a response, by bus
    uint32_t called;                    // bit per node that was called for a request
    int64_t last_request_ns[2], last_response_ns[2];
} diagnosis_car_t;

/// A sleeping car at time 0; tester_bus is where the tester sits.
diagnosis_car_t *diagnosis_car_new(uint8_t tester_bus);
void diagnosis_car_destroy(diagnosis_car_t **self_p);

/// Time passes.
void diagnosis_car_wait(diagnosis_car_t *self, int64_t span_ns);

/// Begins a script on one of the clients; diagnosis_car_wait then lets it run. The answer is that of its last step so
/// far.
void diagnosis_car_begin(diagnosis_car_t *self, size_t client, uint8_t target, const uds_step_t *steps, size_t count);

/// Asks with hex text on client 0 and waits for the answer, as hex text: "" for silence, "broken" for a lost transfer.
const char *diagnosis_car_ask(diagnosis_car_t *self, uint8_t target, const char *request);

/// Runs a script on client 0 to its end; returns its last answer.
uds_answer_t diagnosis_car_run(diagnosis_car_t *self, uint8_t target, const uds_step_t *steps, size_t count);

/// Takes a unit's power, or gives it.
void diagnosis_car_set_power(diagnosis_car_t *self, const char *unit, bool on);

#endif
