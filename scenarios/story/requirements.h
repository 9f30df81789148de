// SPDX-License-Identifier: MIT
// What the car and its simulator must do, as scenarios/REQUIREMENTS.md says it: stories name it in "covers".
#ifndef KMSIM_SCENARIOS_STORY_REQUIREMENTS_H
#define KMSIM_SCENARIOS_STORY_REQUIREMENTS_H

#include <stddef.h>

#define REQUIREMENTS_OF_THE_CAR 14 // R1 to R14, and behind them those of the simulator
#define REQUIREMENTS_OF_THE_SIMULATOR 7
#define REQUIREMENT_COUNT (REQUIREMENTS_OF_THE_CAR + REQUIREMENTS_OF_THE_SIMULATOR)

typedef struct {
    const char *name, *sentence;
} requirement_t;

extern const requirement_t REQUIREMENTS[REQUIREMENT_COUNT];

/// The requirement of that name; null: there is none.
const requirement_t *requirement_find(const char *name);

#endif
