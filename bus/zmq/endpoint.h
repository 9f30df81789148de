// SPDX-License-Identifier: MIT
// Where a bus is found: names of its sockets, the directory of the user's own, and who may bind there.
//
//   ${XDG_RUNTIME_DIR:-/tmp}/kmsim-UID/            mode 0700; a run of its own takes /dev/shm when that is not there
//       bus  bus-up  bus-do  bus.lock              the well-known bus: live cars, runs that are observed
//       run-PID.N/  bus  bus-up  lock              a run of its own; removed at its end, after a kill -9 by the next
//
// ENDPOINT is ipc://PATH or tcp://127.0.0.1:PORT. The hub publishes there; what comes up enters at PATH-up or PORT + 1;
// a live car takes steps at PATH-do or PORT + 2.
// Not here: sockets. ZeroMQ would silently take over an ipc path in use, hence the lock file.
#ifndef KMSIM_BUS_ZMQ_ENDPOINT_H
#define KMSIM_BUS_ZMQ_ENDPOINT_H

#include "bus/base/error.h"

#define ENDPOINT_TEXT_MAX 127

typedef struct {
    char down[ENDPOINT_TEXT_MAX + 1];
    char up[ENDPOINT_TEXT_MAX + 1];
    char steps[ENDPOINT_TEXT_MAX + 1]; // "" where there is no such port
} endpoint_t;

/// The names of an endpoint; null stands for the well-known one. False with the error told for what is no endpoint,
/// for an ipc path that is too long, and for a tcp address that others could reach.
bool endpoint_parse(endpoint_t *self, const char *text, error_t *error);

/// The same for whoever connects there: false also when what is there is somebody else's, who could say what he likes.
/// Nothing need be there yet; the well-known place is taken then where others could take it. Over tcp nobody knows.
bool endpoint_find(endpoint_t *self, const char *text, error_t *error);

typedef struct endpoint_claim endpoint_claim_t;

/// Returns a new claim that the caller destroys: the right to bind there until then. A null text claims the well-known
/// endpoint, or, with own, one that nobody else uses. Makes the directories, removes what dead runs left behind. Null
/// with the error told when another process holds the endpoint; that one is not disturbed. What is no socket of a dead
/// run is refused, and stays.
endpoint_claim_t *endpoint_claim_new(const char *text, bool own, error_t *error);
void endpoint_claim_destroy(endpoint_claim_t **self_p);

const endpoint_t *endpoint_claim_endpoint(const endpoint_claim_t *self);

#endif
