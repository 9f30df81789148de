// SPDX-License-Identifier: MIT
// One job of the workshop at one unit: the requests that it takes, one after the other, and what came of it. Pure; it
// neither sends nor waits:
//
//   workshop_job_next ──> request ──> (bus/diagnosis/uds_client.h) ──> answer ──> workshop_job_take ──>
//   workshop_job_next ──> …
//
//   request   the bytes given
//   service   10 03 · 27 01, 27 02 · 31 01 DC73 or DC5B · 10 01
//   coding    22 30 0p · 10 03 · 27 01, 27 02 · 2E 30 0p · 22 30 0p, compared · 10 01
//   writing   10 03 · 27 01, 27 02 · 2E of any identifier · 22 of it, compared · 10 01
//
// The first request that is not accepted ends the job, and is what came of it; a session that it opened is closed all
// the same (unless the unit says nothing any more), so that the buses may sleep. `ended_in` tells which request that
// was: when it is the closing one, the job itself was done (workshop_job_is_done).
#ifndef KMSIM_SCENARIOS_ACTORS_WORKSHOP_JOB_H
#define KMSIM_SCENARIOS_ACTORS_WORKSHOP_JOB_H

#include "bus/diagnosis/uds_client.h"
#include "scenarios/actors/workshop_requests.h"

typedef struct {    // one setting that is to be coded
    size_t setting; // index in the unit's settings
    int16_t raw;
} workshop_change_t;

typedef struct {
    double profile;  // as people count; any number
    size_t settings; // how many the unit has
    size_t count;
    const workshop_change_t *changes;
} workshop_coding_t;

typedef enum {
    WORKSHOP_UNDER_WAY,
    WORKSHOP_ACCEPTED,   // for a request: the last answer was positive, or none came and none was asked for
    WORKSHOP_REFUSED,    // nrc tells why
    WORKSHOP_NOT_DONE,   // the routine ran and did not do it: the answer's last byte
    WORKSHOP_SILENT,     // no answer: the unit says nothing, or something was lost on the way (`transfer`)
    WORKSHOP_ENDLESS,    // "response pending" without end
    WORKSHOP_BROKEN,     // the transfer failed: `transfer` tells how
    WORKSHOP_UNREADABLE, // what came is no answer to that request, or not laid out as it must be
    WORKSHOP_DIFFERENT,  // what was read back is not what was written
} workshop_end_t;

typedef enum {
    WORKSHOP_STAGE_READ,
    WORKSHOP_STAGE_OPEN,
    WORKSHOP_STAGE_UNLOCK,
    WORKSHOP_STAGE_ACT,
    WORKSHOP_STAGE_VERIFY,
    WORKSHOP_STAGE_CLOSE,
    WORKSHOP_STAGE_OVER
} workshop_stage_t;

typedef struct {
    // told at the beginning
    bool coding, service, writing; // none: one request
    workshop_service_t function;
    workshop_coding_t change;
    workshop_request_t write;
    uds_step_t raw;
    // under way
    workshop_stage_t stage;
    bool session; // opened, not closed yet
    workshop_profile_t profile;
    workshop_request_t request; // of the stage, where it is not a raw one
    // what came of it, and of which request
    workshop_end_t end;
    uint8_t nrc;
    isotp_result_t transfer;
    workshop_stage_t ended_in;
    workshop_request_t ended_by; // empty for a raw request
    size_t size;                 // of the answer to it, 0: none
    uint8_t bytes[UDS_MESSAGE_MAX];
} workshop_job_t;

/// Begins a job anew. Bytes and changes are borrowed until it is over.
void workshop_job_request(workshop_job_t *self, const uint8_t *bytes, size_t size);
void workshop_job_service(workshop_job_t *self, const workshop_service_t *service);
void workshop_job_coding(workshop_job_t *self, const workshop_coding_t *coding);

/// The same for a record that is written as it is told: a request 2E with identifier and record.
void workshop_job_write(workshop_job_t *self, const workshop_request_t *write);

/// The next request, borrowed until the next call; false: the job is over.
bool workshop_job_next(workshop_job_t *self, uds_step_t *step);

/// Takes the answer to it.
void workshop_job_take(workshop_job_t *self, const uds_answer_t *answer);

bool workshop_job_is_over(const workshop_job_t *self);

/// Whether what was wanted was done, though the session may not have been closed after it.
bool workshop_job_is_done(const workshop_job_t *self);

#endif
