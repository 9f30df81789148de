// SPDX-License-Identifier: MIT
// The way by which a live car is told steps (kmsim do): a ROUTER socket beside its buses (bus/zmq/endpoint.h, `steps`).
//
//   REQ or DEALER ── one frame: the step, JSON as in a scenario ──> car
//                 <── two frames: status "0" … "3", text ──────────
//
//   0  it acted: what and when                       1  it failed, or was refused: how
//   2  it is no step that acts: every mistake,       3  the car was switched off meanwhile
//      as the loader of scenarios tells them
//
// Not here: what a step does (tools/kmsim_up.c).
#ifndef KMSIM_TOOLS_STEP_CHANNEL_H
#define KMSIM_TOOLS_STEP_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bus/base/error.h"

#define STEP_SIZE_MAX 32768 // whoever sends more is disconnected

typedef struct step_channel step_channel_t;

/// Returns a new channel, bound at the endpoint, that the caller destroys; null with the error told.
step_channel_t *step_channel_new(const char *endpoint, error_t *error);

/// Takes leave: an answer under way still gets some time.
void step_channel_destroy(step_channel_t **self_p);

/// libzmq's socket, to wait at.
void *step_channel_handle(const step_channel_t *self);

/// The next step that somebody wants, without waiting: text of so many bytes, borrowed until it is answered; null when
/// there is none. What is no request is answered here.
const char *step_channel_receive(step_channel_t *self, size_t *size);

/// Answers the step that was received last. Whoever asked and has left does not matter.
void step_channel_answer(step_channel_t *self, int status, const char *text);

/// The other side: tells the car at the endpoint a step and waits for its answer, which is a new text that the caller
/// frees. Null with the error told: no car there, or it does not answer.
char *step_channel_ask(const char *endpoint, const char *step, int *status, error_t *error);

#endif
