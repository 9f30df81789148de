// SPDX-License-Identifier: MIT
#include "scenarios/words_seen.h"

#include <string.h>

#include "scenarios/frame_text.h"
#include "scenarios/words_workshop.h"

static void add_place(words_t *self, const story_t *story, const car_view_last_t *last)
{
    char at[TIME_TEXT_MAX];
    words_add(self, " at %s s on %s", time_format(last->at_ns, at), story->vehicle->buses[last->bus].name);
}

static void add_carried(words_t *self, const story_t *story, const dbc_message_t *message, const car_view_last_t *last)
{
    char text[FRAME_TEXT_LINE_MAX];
    words_add(self, "%s", message->name);
    add_place(self, story, last);
    words_add(self, ":%s", frame_text_format(story->dbc, &last->frame, text, sizeof text) + strlen(message->name));
}

// On that bus; where there is none, on any.
static void add_latest(words_t *self, const story_t *story, const dbc_message_t *message, int bus,
                       const car_view_t *view)
{
    const car_view_last_t *last = message ? car_view_last(view, message, bus) : NULL;
    if (!last) {
        words_add(self, "no %s", message ? message->name : "such message");
        if (bus < 0) return;
        words_add(self, " on %s", story->vehicle->buses[bus].name);
        if (!message || !(last = car_view_last(view, message, STORY_ANY_BUS))) return;
        words_add(self, "; ");
    }
    add_carried(self, story, message, last);
}

// The last one that the step is about, on its bus; without one, the latest from before.
static void add_message_seen(words_t *self, const story_t *story, const condition_t *condition,
                             const condition_context_t *context)
{
    const condition_memory_t *memory = &context->memories[condition->slot];
    if (!memory->last.seen) {
        add_latest(self, story, condition->message, condition->bus, context->view);
        return;
    }
    if (condition->kind == CONDITION_PERIOD && memory->gap_ns >= 0) {
        words_add_time(self, memory->gap_ns);
        words_add(self, " after the one before, ");
    }
    add_carried(self, story, condition->message, &memory->last);
}

static void add_status_seen(words_t *self, const story_t *story, const condition_t *condition, const car_view_t *view)
{
    const car_view_last_t *status = car_view_status(view, condition->node);
    if (!status && car_view_last(view, condition->message, STORY_ANY_BUS))
        words_add(self, "nothing of %s since it lost power; before, ", story->vehicle->nodes[condition->node].name);
    add_latest(self, story, condition->message, STORY_ANY_BUS, view);
}

// From before the step, of those that the vehicle's messages name.
static const car_view_last_t *find_earlier(const condition_t *condition, const car_view_t *view)
{
    const car_view_last_t *latest = NULL;
    for (size_t i = 0; i < view->dbc->message_count; i++) {
        const car_view_last_t *last = car_view_last(view, &view->dbc->messages[i], condition->bus);
        if (!last || !frame_matches(&last->frame, condition->pattern_id)) continue;
        if (!latest || last->at_ns > latest->at_ns) latest = last;
    }
    return latest;
}

static void add_frame_seen(words_t *self, const story_t *story, const condition_t *condition,
                           const condition_context_t *context)
{
    const car_view_last_t *own = &context->memories[condition->slot].last;
    const car_view_last_t *last = own->seen ? own : find_earlier(condition, context->view);
    if (!last) {
        words_add(self, "no frame of that identifier");
        if (condition->bus >= 0) words_add(self, " on %s", story->vehicle->buses[condition->bus].name);
        words_add(self, " since the step was reached");
        return;
    }
    char text[FRAME_TEXT_MAX];
    words_add(self, "frame %s", frame_format(&last->frame, text));
    add_place(self, story, last);
}

static void add_faults_seen(words_t *self, const story_t *story, const condition_t *condition,
                            const condition_context_t *context)
{
    int64_t since_ns = context->memories[condition->slot].since_ns;
    const tester_faults_t *faults = context->tester ? tester_faults(context->tester, condition->node, since_ns) : NULL;
    words_add_faults(self, story->vehicle->nodes[condition->node].name, faults);
}

static void add_parts_seen(words_t *self, const story_t *story, const condition_t *condition,
                           const condition_context_t *context)
{
    size_t told = 0;
    for (size_t i = 0; i < condition->part_count; i++) {
        if (context->memories[condition->parts[i].slot].seen) continue;
        if (told++ > 0) words_add(self, "; ");
        words_add_seen(self, story, &condition->parts[i], context);
    }
}

void words_add_seen(words_t *self, const story_t *story, const condition_t *condition,
                    const condition_context_t *context)
{
    const car_view_t *view = context->view;
    switch (condition->kind) {
    case CONDITION_MESSAGE:
    case CONDITION_PERIOD:
        add_message_seen(self, story, condition, context);
        return;
    case CONDITION_FRAME:
        add_frame_seen(self, story, condition, context);
        return;
    case CONDITION_PROFILE:
    case CONDITION_SETTINGS:
        add_status_seen(self, story, condition, view);
        return;
    case CONDITION_CAR:
        words_add(self, "car %s, ", car_view_unlocked(view) ? "unlocked" : "locked");
        add_latest(self, story, view->locking, STORY_ANY_BUS, view);
        return;
    case CONDITION_TERMINAL:
    case CONDITION_KEY_VALID:
        add_latest(self, story, view->terminals, STORY_ANY_BUS, view);
        return;
    case CONDITION_FAULT:
        add_faults_seen(self, story, condition, context);
        return;
    case CONDITION_ANY:
    case CONDITION_ALL:
        add_parts_seen(self, story, condition, context);
        return;
    }
}
