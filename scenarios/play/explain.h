// SPDX-License-Identifier: MIT
// Why a step failed, for a person who has never seen our code: which parts of its condition hold and which do not, the
// last frames of the messages in question, and what lies near as the reason.
#ifndef KMSIM_SCENARIOS_PLAY_EXPLAIN_H
#define KMSIM_SCENARIOS_PLAY_EXPLAIN_H

#include "scenarios/play/instant.h"
#include "scenarios/play/past.h"

/// Of a condition with parts: "not met: seat profile 3; met: mirror profile 2, car unlocked". Nothing for another one.
void explain_parts(words_t *words, const story_t *story, const story_step_t *step, const condition_context_t *context);

/// The last frames of the messages that the condition is about, a line each, the oldest first. Nothing when there were
/// none.
void explain_frames(words_t *words, const condition_t *condition, const past_t *past);

/// What may be the reason: a unit without power, a bus that is asleep, a frame that came before its step, a period that
/// was too short or has become too long. Nothing when none lies near.
void explain_hint(words_t *words, const story_step_t *step, const instant_t *instant, const past_t *past);

#endif
