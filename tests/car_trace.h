// SPDX-License-Identifier: MIT
// What the buses of a car carried while a story was played, as text: the strongest way to compare two runs.
#ifndef KMSIM_TESTS_CAR_TRACE_H
#define KMSIM_TESTS_CAR_TRACE_H

#include "scenarios/play/car.h"

/// Plays the story in a car that stands ready. Returns its candump log, which the caller frees; fails the test when the
/// simulation breaks.
char *car_trace_play(car_t *car, const story_t *story);

#endif
