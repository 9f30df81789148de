// SPDX-License-Identifier: MIT
#include "tools/narrator.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "bus/car/words.h"
#include "bus/can/frame_text.h"
#include "scenarios/story/words_step.h"

#define LINE_MAX 2048
#define NAME_WIDTH 8

void narrator_begin(narrator_t *self, const report_t *report, const vehicle_t *vehicle, const dbc_t *dbc,
                    bool every_frame)
{
    size_t count = dbc->message_count * VEHICLE_BUSES_MAX;
    *self = (narrator_t){.report = report, .vehicle = vehicle, .dbc = dbc, .every_frame = every_frame};
    self->last = calloc(count ? count : 1, sizeof *self->last);
    self->heard = calloc(count ? count : 1, sizeof *self->heard);
    assert(self->last && self->heard);
}

void narrator_tell_title(const narrator_t *self, const char *name, const char *description)
{
    report_line(self->report, "%s", name);
    if (*description) report_line(self->report, "%s", description);
}

void narrator_next_steps(narrator_t *self)
{
    self->told_steps = 0;
}

void narrator_end(narrator_t *self)
{
    if (self->repeated > 0)
        report_line(self->report, "%zu frames that said nothing new were left out (-vv shows them)", self->repeated);
    free(self->last);
    free(self->heard);
    *self = (narrator_t){0};
}

// ---- frames --------------------------------------------------------------------------------------------------------

// A counter and its checksum change with every frame: they are no news.
static bool is_counter(const dbc_signal_t *signal)
{
    return strcmp(signal->name, "Alive") == 0 || strcmp(signal->name, "Checksum") == 0;
}

static bool says_the_same(const dbc_message_t *message, const can_frame_t *a, const can_frame_t *b)
{
    if (a->length != b->length || a->remote != b->remote) return false;
    for (size_t i = 0; i < message->signal_count; i++) {
        const dbc_signal_t *signal = &message->signals[i];
        if (!is_counter(signal) && dbc_get(signal, a) != dbc_get(signal, b)) return false;
    }
    return true;
}

static bool is_news(narrator_t *self, const kernel_event_t *event)
{
    const dbc_message_t *message = dbc_message_of(self->dbc, &event->frame);
    if (!message || self->every_frame) return true;
    size_t index = (size_t)(message - self->dbc->messages) * VEHICLE_BUSES_MAX + event->bus;
    bool news = !self->heard[index] || !says_the_same(message, &self->last[index], &event->frame);
    self->heard[index] = true;
    self->last[index] = event->frame;
    if (!news) self->repeated++;
    return news;
}

static void tell_frame(narrator_t *self, const kernel_event_t *event, const char *time)
{
    if (!is_news(self, event)) return;
    char candump[FRAME_TEXT_MAX], line[LINE_MAX];
    report_line(self->report, "(%s) %s %s  %s", time, self->vehicle->buses[event->bus].name,
                frame_format(&event->frame, candump), frame_text_format(self->dbc, &event->frame, line, sizeof line));
}

// An error frame has no bytes of its own: what it has destroyed tells whose it was.
static void tell_error(const narrator_t *self, const kernel_t *kernel, const kernel_event_t *event, const char *time)
{
    char candump[FRAME_TEXT_MAX];
    report_line(self->report, "(%s) %s error frame  in %s of %s", time, self->vehicle->buses[event->bus].name,
                frame_format(&event->frame, candump), kernel_node_name(kernel, event->node));
}

// ---- events --------------------------------------------------------------------------------------------------------

static void tell_log(const narrator_t *self, const kernel_t *kernel, const kernel_event_t *event, const char *time)
{
    char text[LINE_MAX];
    report_line(self->report, " %s  %-*s %s", time, NAME_WIDTH, kernel_node_name(kernel, event->node),
                words_format_log(&event->log, text, sizeof text));
}

static void tell_power(narrator_t *self, const kernel_t *kernel, const kernel_event_t *event, const char *time)
{
    static const char *const WORDS[KERNEL_POWER_COUNT] = {
        [POWER_OFF] = "loses power", [POWER_ON] = "gets power", [POWER_CRASH] = "crashes"};
    bool first = !index_set_has(self->powered, event->node);
    index_set_put(&self->powered, event->node, true);
    if (first || event->value < 0 || event->value >= KERNEL_POWER_COUNT) return;
    report_line(self->report, " %s  %-*s %s", time, NAME_WIDTH, kernel_node_name(kernel, event->node),
                WORDS[event->value]);
}

static void tell_error_state(const narrator_t *self, const kernel_t *kernel, const kernel_event_t *event,
                             const char *time)
{
    static const char *const WORDS[] = {
        [CAN_BUS_ERROR_ACTIVE] = "error-active", [CAN_BUS_ERROR_PASSIVE] = "error-passive", [CAN_BUS_OFF] = "bus-off"};
    report_line(self->report, " %s  %-*s %s on %s", time, NAME_WIDTH, kernel_node_name(kernel, event->node),
                WORDS[event->value], self->vehicle->buses[event->bus].name);
}

void narrator_tell_events(narrator_t *self, const kernel_t *kernel)
{
    const kernel_event_t *events;
    size_t count = kernel_events(kernel, &events);
    for (size_t i = 0; i < count; i++) {
        const kernel_event_t *event = &events[i];
        char time[TIME_TEXT_MAX];
        time_format(event->time_ns, time);
        switch ((kernel_event_kind_t)event->kind) {
        case EVENT_FRAME:
            tell_frame(self, event, time);
            break;
        case EVENT_ERROR:
            tell_error(self, kernel, event, time);
            break;
        case EVENT_STATE:
            tell_error_state(self, kernel, event, time);
            break;
        case EVENT_LOG:
            tell_log(self, kernel, event, time);
            break;
        case EVENT_POWER:
            tell_power(self, kernel, event, time);
            break;
        case EVENT_BUS:
            report_line(self->report, " %s  %-*s %s", time, NAME_WIDTH, self->vehicle->buses[event->bus].name,
                        event->value == CAN_BUS_AWAKE ? "awake" : "asleep");
            break;
        case EVENT_LINE:
        case EVENT_AIR:
            break; // the steps tell them
        }
    }
}

void narrator_tell_steps(narrator_t *self, const kernel_t *kernel, const story_t *story, const player_t *player)
{
    for (; self->told_steps < player_reached(player); self->told_steps++) {
        char time[TIME_TEXT_MAX], line[LINE_MAX];
        words_t words = words_make(line, sizeof line);
        words_add_step(&words, story, &story->steps[self->told_steps]);
        report_line(self->report, " %s  %-*s %s", time_format(kernel_now(kernel), time), NAME_WIDTH, "story", line);
    }
}
