// SPDX-License-Identifier: MIT
#include "scenarios/play/past.h"

#include "bus/can/frame_text.h"
#include "scenarios/play/controllers.h"

#define MEANING_MAX 1024
#define NAME_WIDTH 8

void past_reset(past_t *self)
{
    for (size_t i = 0; i < self->dbc->message_count; i++) self->messages[i].count = 0;
}

void past_look(past_t *self, const kernel_event_t *event, int64_t now_ns)
{
    const dbc_message_t *message = event->kind == EVENT_FRAME ? dbc_message_of(self->dbc, &event->frame) : NULL;
    if (!message) return;
    past_message_t *past = &self->messages[message - self->dbc->messages];
    past->frames[past->count++ % PAST_MAX] = (past_frame_t){now_ns, event->bus, event->node, event->frame};
}

const past_frame_t *past_frame(const past_t *self, const dbc_message_t *message, size_t from_latest)
{
    const past_message_t *past = &self->messages[message - self->dbc->messages];
    if (from_latest >= past->count || from_latest >= PAST_MAX) return NULL;
    return &past->frames[(past->count - 1 - from_latest) % PAST_MAX];
}

void past_add_frame(words_t *words, const vehicle_t *vehicle, const dbc_t *dbc, const past_frame_t *frame)
{
    char time[TIME_TEXT_MAX], candump[FRAME_TEXT_MAX], meaning[MEANING_MAX];
    words_add(words, "(%s) %s %s  %-*s %s", time_format(frame->time_ns, time), vehicle->buses[frame->bus].name,
              frame_format(&frame->frame, candump), NAME_WIDTH, controllers_name(vehicle, frame->node),
              frame_text_format(dbc, &frame->frame, meaning, sizeof meaning));
}
