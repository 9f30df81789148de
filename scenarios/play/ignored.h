// SPDX-License-Identifier: MIT
// What was ignored in a car, for who wonders why a story failed: the counters of its units, read by diagnosis once the
// story is over, and those of kernel and buses. Allocates nothing.
//
//   car_run ──> failed ──> ignored_read: asks one unit after the other, as a stranger at the tester's bus
#ifndef KMSIM_SCENARIOS_PLAY_IGNORED_H
#define KMSIM_SCENARIOS_PLAY_IGNORED_H

#include "bus/base/words.h"
#include "scenarios/play/car.h"

/// Adds "cas: telegrams_replayed 2; kcan-p: refused 1": what is not zero, nothing where all is. The car goes on for
/// some tenths of a second, with its player, its keeper and everybody who looks on gone: its run is over. False with
/// the error told when the simulation broke meanwhile.
bool ignored_read(car_t *car, words_t *words, error_t *error);

#endif
