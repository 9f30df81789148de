// SPDX-License-Identifier: MIT
#include "scenarios/play/conditions/seen.h"

#include <string.h>

#include "bus/can/frame_text.h"

void seen_add_place(words_t *words, const story_t *story, const car_view_last_t *last)
{
    char at[TIME_TEXT_MAX];
    words_add(words, " at %s s on %s", time_format(last->at_ns, at), story->vehicle->buses[last->bus].name);
}

void seen_add_carried(words_t *words, const story_t *story, const dbc_message_t *message, const car_view_last_t *last)
{
    char text[FRAME_TEXT_LINE_MAX];
    words_add(words, "%s", message->name);
    seen_add_place(words, story, last);
    words_add(words, ":%s", frame_text_format(story->dbc, &last->frame, text, sizeof text) + strlen(message->name));
}

void seen_add_latest(words_t *words, const story_t *story, const dbc_message_t *message, int bus,
                     const car_view_t *view)
{
    const car_view_last_t *last = message ? car_view_last(view, message, bus) : NULL;
    if (!last) {
        words_add(words, "no %s", message ? message->name : "such message");
        if (bus < 0) return;
        words_add(words, " on %s", story->vehicle->buses[bus].name);
        if (!message || !(last = car_view_last(view, message, STORY_ANY_BUS))) return;
        words_add(words, "; ");
    }
    seen_add_carried(words, story, message, last);
}

void seen_add_message(words_t *words, const story_t *story, const condition_t *condition,
                      const condition_context_t *context)
{
    const condition_memory_t *memory = &context->memories[condition->slot];
    if (!memory->last.seen) {
        seen_add_latest(words, story, condition->message, condition->bus, context->view);
        return;
    }
    seen_add_carried(words, story, condition->message, &memory->last);
}

void seen_add_known(words_t *words, const story_t *story, const dbc_message_t *message, const car_view_t *view)
{
    if (!car_view_known(view, message) && car_view_last(view, message, STORY_ANY_BUS))
        words_add(words, "nothing of %s since it lost power; before, ", message->sender);
    seen_add_latest(words, story, message, STORY_ANY_BUS, view);
}

void seen_add_status(words_t *words, const story_t *story, const condition_t *condition,
                     const condition_context_t *context)
{
    seen_add_known(words, story, condition->message, context->view);
}

void seen_add_terminals(words_t *words, const story_t *story, const condition_t *condition,
                        const condition_context_t *context)
{
    (void)condition;
    seen_add_latest(words, story, context->view->terminals, STORY_ANY_BUS, context->view);
}
