// SPDX-License-Identifier: MIT
// A tester's side of diagnosis, pull style: works through a script of requests to one unit and yields the answers.
// Pure; memory is the caller's (about 12.5 KiB). One client is one conversation: a tester that talks to two units has
// two.
//
//   uds_client_begin(target, steps) ──> ┌──────────────┐ ──uds_client_pull──> one frame at a time to the bus
//   uds_client_accept (every frame) ──> │ uds_client_t │ <─uds_client_sent── … which carried it (not_sent: lost it)
//   uds_client_pull at the deadline ──> └──────────────┘ ──uds_client_take_answer──> one answer per step
//
// At an instant: confirmations, then frames; then uds_client_pull until it returns false, then uds_client_take_answer,
// and both again as long as there was an answer. After that uds_client_deadline is strictly ahead.
//
// It sends each step by ISO-TP, waits P2 (P2* after "response pending") plus a margin for the buses, and goes on with
// the next step when the answer is positive. A refusal, silence or a broken transfer ends the script, unless the step
// says `go_on`. Every response is judged whole (bus/diagnosis/uds_response.h). One that is none to the request may be a
// late one to an earlier request, or to somebody else's functional one: it ends nothing, the right one may still come.
// When none does, the last wrong one is what came of the step:
//
//   request ──> wrong ──> right                     positive or negative
//   request ──> wrong ──> (P2 is over)              unreadable, with its bytes
//   request ──> pending ──> pending ──> … (12.5 s)  endless: no unit here takes that long
//
// A step UDS_STEP_UNLOCK asks for a seed and sends the key; one answer, the last one, stands for both. Where the
// request for the seed was doubled on the way, the unit has given two, and refuses the key to the first: then it asks
// once more. It keeps no session alive: a script that pauses sends 3E 80 of its own.
#ifndef KMSIM_BUS_DIAGNOSIS_UDS_CLIENT_H
#define KMSIM_BUS_DIAGNOSIS_UDS_CLIENT_H

#include "bus/diagnosis/uds.h"

#define UDS_CLIENT_MARGIN_NS (100 * TIME_MS)    // for arbitration, a bus to wake and the gateway, both ways
#define UDS_CLIENT_PENDING_NS (12500 * TIME_MS) // from the first "response pending" to the end of patience

typedef enum { UDS_STEP_REQUEST, UDS_STEP_UNLOCK } uds_step_kind_t;

typedef struct {
    uds_step_kind_t kind;
    const uint8_t *bytes; // the request, borrowed until its answer is taken; not for UDS_STEP_UNLOCK
    size_t size;          // 1 .. 4,095; 1 .. 6 to a functional address
    bool go_on;           // whatever the answer
} uds_step_t;

typedef enum {
    UDS_OUTCOME_POSITIVE,
    UDS_OUTCOME_NEGATIVE,   // nrc tells why
    UDS_OUTCOME_QUIET,      // no answer, and none was asked for: positive response suppressed, or functional addressing
    UDS_OUTCOME_SILENT,     // no answer in time
    UDS_OUTCOME_UNREADABLE, // none that is one to this request; the bytes are the last that came instead
    UDS_OUTCOME_ENDLESS,    // "response pending" again and again, UDS_CLIENT_PENDING_NS long
    UDS_OUTCOME_BROKEN,     // the transfer failed: `transfer` tells how
    UDS_OUTCOME_INVALID,    // the step cannot be sent: its size
} uds_outcome_t;

typedef struct {
    size_t step; // index
    uds_outcome_t outcome;
    uint8_t nrc;
    isotp_result_t transfer;
    const uint8_t *bytes; // the whole response, if there was one; borrowed until the next call of uds_client_pull
    size_t size;
} uds_answer_t;

typedef enum {
    UDS_CLIENT_IDLE,
    UDS_CLIENT_READY, // the next step waits to be sent
    UDS_CLIENT_SENDING,
    UDS_CLIENT_WAITING,  // for the response to begin
    UDS_CLIENT_ANSWERED, // an answer waits to be taken
} uds_client_state_t;

typedef struct {
    isotp_t link;
    uint8_t target;
    uds_client_state_t state;
    const uds_step_t *steps;
    size_t step_count, step;
    const uint8_t *request; // what is on its way: the step's bytes, or those of an unlock
    size_t request_size;
    bool key_sent; // second half of an unlock
    bool seed_new; // the unit has given another seed since
    bool unlocks_again;
    uint8_t seed[UDS_SEED_SIZE]; // to which the key was sent
    uint8_t unlock[2 + UDS_KEY_SIZE];
    int64_t margin_ns;   // UDS_CLIENT_MARGIN_NS unless told otherwise after uds_client_init
    int64_t deadline_ns; // while waiting
    uds_answer_t answer;
    uint32_t pending_count;   // "response pending" since the request was sent …
    int64_t pending_until_ns; // … and when that has gone on too long
    uint32_t strays;          // responses that are none to what was asked, or that nothing waited for
    size_t wrong_size;        // the last of them since the request was sent, 0: none
    uint8_t wrong[UDS_MESSAGE_MAX];
} uds_client_t;

/// Starts idle.
void uds_client_init(uds_client_t *self);

/// Begins a script of `count` steps (borrowed until it is over) to the unit, or functional address, `target`. False
/// while another one is under way, or for no step.
bool uds_client_begin(uds_client_t *self, uint8_t target, const uds_step_t *steps, size_t count);

/// Ends the script at once; a frame handed out is forgotten.
void uds_client_cancel(uds_client_t *self);

/// Takes a frame from the bus; returns whether it was addressed to this conversation.
bool uds_client_accept(uds_client_t *self, const can_frame_t *frame, int64_t now_ns);

/// The bus has carried, or the host has lost, the frame that was handed out. False when it was another.
bool uds_client_sent(uds_client_t *self, const can_frame_t *frame, int64_t now_ns);
bool uds_client_not_sent(uds_client_t *self, const can_frame_t *frame, int64_t now_ns);

/// Goes on as far as it can now; gives the next frame for the bus, or false.
bool uds_client_pull(uds_client_t *self, int64_t now_ns, can_frame_t *frame);

/// When uds_client_pull next has something to do; TIME_NEVER: nothing by itself.
int64_t uds_client_deadline(const uds_client_t *self);

/// The answer of the step under way, each told once; false while there is none.
bool uds_client_take_answer(uds_client_t *self, uds_answer_t *answer);

/// Whether a script is under way (an answer not yet taken counts).
bool uds_client_busy(const uds_client_t *self);

#endif
