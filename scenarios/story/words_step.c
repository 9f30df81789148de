// SPDX-License-Identifier: MIT
#include "scenarios/story/words_step.h"

#include "scenarios/story/vocabulary.h"

static void add_timing(words_t *self, const char *before, int64_t time_ns)
{
    if (time_ns == STORY_NO_TIME) return;
    words_add(self, "%s", before);
    words_add_time(self, time_ns);
}

static void add_note(words_t *self, const char *note)
{
    if (note) words_add(self, " (note: %s)", note);
}

void words_add_step(words_t *self, const story_t *story, const story_step_t *step)
{
    words_add(self, "%s ", step->verb->name);
    step->verb->words(self, story, step);
    for (const story_within_t *within = step->within; within; within = within->outer)
        if (within->rounds > 0) words_add(self, ", round %zu of %zu", within->round, within->rounds);
    add_note(self, step->note);
}

void words_add_outer_notes(words_t *self, const story_step_t *step)
{
    for (const story_within_t *within = step->within; within; within = within->outer) add_note(self, within->note);
}

static void add_line(words_t *self, const char *before, const story_place_t *place)
{
    words_add(self, "%s%s:%u:%u: %s/%s", before, place->file, place->line, place->column, place->pointer,
              place->member);
}

void words_add_place(words_t *self, const story_step_t *step)
{
    if (step->place->line == 0) return;
    add_line(self, "", step->place);
    for (const story_within_t *within = step->within; within; within = within->outer)
        if (within->rounds == 0) add_line(self, ", used in ", within->place);
}

void words_add_conditional(words_t *self, const story_t *story, const story_step_t *step)
{
    step->condition->kind->words(self, story, step->condition);
    add_timing(self, " within ", step->within_ns);
    add_timing(self, ", not before ", step->not_before_ns);
    add_timing(self, " for ", step->for_ns);
    if (step->background) words_add(self, " to the story's end");
}

void words_add_condition_bus(words_t *self, const story_t *story, const condition_t *condition)
{
    if (condition->bus != STORY_ANY_BUS) words_add(self, " on %s", story->vehicle->buses[condition->bus].name);
}
