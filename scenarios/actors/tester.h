// SPDX-License-Identifier: MIT
// The tester: the workshop's diagnostic computer, an ordinary node with the address 0xF1 on the gateway's first bus.
// Pure. A node_class_t that speaks with the units over real frames; the player commands it by direct calls, then sets
// the line tester/go, by which it is activated, and looks for what came of it when it was:
//
//   tester_begin… ──> job ────────> talk ──┐
//   tester_watch ───> fault polls ─> talk ──┴──> 0x6F1 … 0x600 + address ──> tester_job, tester_faults
//
// Two conversations at once at most: the job that a step asked for, and the reading of a unit's fault memory while a
// condition on it is watched; never both with the same unit, where one waits for the other. It is in the car only when
// a story uses diagnosis: it acknowledges frames like any other node.
#ifndef KMSIM_SCENARIOS_ACTORS_TESTER_H
#define KMSIM_SCENARIOS_ACTORS_TESTER_H

#include "bus/base/index_set.h"
#include "bus/kernel/node.h"
#include "scenarios/actors/workshop_job.h"

#define TESTER_GO_LINE "tester/go"
#define TESTER_POLL_NS (100 * TIME_MS) // from the end of one reading to the next

typedef struct {      // the fault memory of a unit at the last reading …
    int64_t asked_ns; // … which began then …
    int64_t at_ns;    // … and ended then
    bool answered;    // with an answer, which is here; else `end` and `nrc` say why not
    workshop_end_t end;
    uint8_t nrc;
    size_t size;
    uint8_t bytes[UDS_MESSAGE_MAX];
} tester_faults_t;

typedef struct { // a conversation with a unit
    bool busy;
    uint8_t node; // the unit's index in the vehicle
    uds_client_t client;
    uds_step_t step;
    workshop_job_t job;
} tester_talk_t;

typedef struct {
    // bound once
    const vehicle_t *vehicle;
    // under way
    bool waiting; // the job of act waits to be begun
    tester_talk_t act, read;
    workshop_request_t read_request;
    int64_t read_ns;                           // the reading under way began then
    index_set_t watched;                       // units
    int64_t due_ns[VEHICLE_NODES_MAX];         // the next reading of each
    uint32_t dropped;                          // frames that found no place in the outbox
    index_set_t known;                         // units that were read
    tester_faults_t faults[VEHICLE_NODES_MAX]; // of those
} tester_t;

/// The actor: node_class_t.name "tester". Another run needs its first TESTER_RESTORED bytes back, not what was read.
extern const node_class_t tester_class;
#define TESTER_RESTORED offsetof(tester_t, faults)

/// The bus (index in the vehicle) that the tester is connected to: the first one of the CAS, of the car if it has none.
uint8_t tester_bus(const vehicle_t *vehicle);

/// The node that it is in a car that has one: behind the units and the fobs.
uint8_t tester_node(const vehicle_t *vehicle);

/// Begins a job at a unit; what it points to is borrowed until it is over. The one before must be over.
void tester_begin_request(tester_t *self, uint8_t node, const uint8_t *bytes, size_t size);
void tester_begin_service(tester_t *self, uint8_t node, const workshop_service_t *service);
void tester_begin_coding(tester_t *self, uint8_t node, const workshop_coding_t *coding);

/// The last job, or null while it is under way.
const workshop_job_t *tester_job(const tester_t *self);

/// Reads the fault memory of these units at once, however short ago it was read.
void tester_read_faults(tester_t *self, index_set_t nodes);

/// Goes on reading it of these units, and no others.
void tester_watch_faults(tester_t *self, index_set_t nodes);

/// What the last reading of the unit's fault memory said that began at since_ns or later; null: there was none.
const tester_faults_t *tester_faults(const tester_t *self, uint8_t node, int64_t since_ns);

#endif
