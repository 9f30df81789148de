// SPDX-License-Identifier: MIT
// A story played on a car whose control units say nothing of themselves: each records what it hears of lines and radio.
// What is on the buses is what the story puts there by its own `frame` steps, so a test knows every frame.
//
//   story_fixture_play("{'door': {'driver': 'open'}}, {'wait': '1 s'}")     steps, with ' for "
#ifndef KMSIM_TESTS_STORY_FIXTURE_H
#define KMSIM_TESTS_STORY_FIXTURE_H

#include "scenarios/actors/fobs.h"
#include "scenarios/play/player.h"
#include "scenarios/story/story.h"

#define STORY_HEARD_MAX 256

typedef struct { // by the one who listens
    int64_t at_ns;
    node_input_kind_t kind; // INPUT_LINE or INPUT_AIR
    char line[NODE_LINE_NAME_MAX + 1];
    node_line_t value;
    air_t air;
} story_heard_t;

typedef struct {
    garage_t *garage;
    const story_t *story;
    fobs_t fobs; // as they are at the end
    player_verdict_t verdict;
    size_t heard_count;
    story_heard_t heard[STORY_HEARD_MAX];
} story_fixture_t;

/// Plays these steps; fails the test when they are no valid story or the simulation breaks. The caller destroys it.
story_fixture_t *story_fixture_play(const char *steps);

/// The same with further members of the top level, each followed by a comma: "'seed': 5,".
story_fixture_t *story_fixture_play_with(const char *members, const char *steps);

void story_fixture_destroy(story_fixture_t **self_p);

/// The story from a text with ' for "; fails the test when it is not valid.
const story_t *story_fixture_parse(garage_t *garage, const char *members, const char *steps);

/// Fails the test unless the story passed (or failed at that step for that problem).
void story_assert_passed(const player_verdict_t *verdict);
void story_assert_failed(const player_verdict_t *verdict, size_t step, const char *problem);

/// Plays the steps: passes the test when the story passes (or fails at that step for that problem).
void story_passes(const char *steps);
void story_fails(const char *steps, size_t step, const char *problem);

#endif
