// SPDX-License-Identifier: MIT
#include "scenarios/words.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "scenarios/frame_text.h"

static const char *const TERMINAL_NAMES[] = {STORY_TERMINALS};
static const char *const BUTTON_NAMES[] = {"none", "unlock", "lock", "boot"};
static const char *const GEAR_NAMES[] = {STORY_GEARS};
static const char *const POWER_NAMES[] = {STORY_POWERS};

// ---- text ----------------------------------------------------------------------------------------------------------

words_t words_make(char *text, size_t size)
{
    text[0] = '\0';
    return (words_t){.text = text, .size = size};
}

void words_add(words_t *self, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int wrote = vsnprintf(self->text + self->length, self->size - self->length, format, arguments);
    va_end(arguments);
    if (wrote < 0) return;
    self->length += (size_t)wrote;
    if (self->length >= self->size) self->length = self->size - 1;
}

void words_add_time(words_t *self, int64_t time_ns)
{
    static const struct {
        int64_t ns;
        const char *name;
    } UNITS[] = {{TIME_S, "s"}, {TIME_MS, "ms"}, {TIME_US, "us"}, {1, "ns"}};
    size_t unit = 0;
    while (unit < 3 && time_ns > 0 && time_ns < UNITS[unit].ns) unit++;
    int64_t whole = time_ns / UNITS[unit].ns, rest = time_ns % UNITS[unit].ns;
    char digits[24];
    snprintf(digits, sizeof digits, "%0*" PRId64, unit == 0 ? 9 : unit == 1 ? 6 : 3, rest);
    size_t length = strlen(digits);
    while (length > 0 && digits[length - 1] == '0') length--;
    words_add(self, "%" PRId64 "%s%.*s %s", whole, rest ? "." : "", rest ? (int)length : 0, digits, UNITS[unit].name);
}

void words_add_choice(words_t *self, const char *name, size_t index, size_t count)
{
    words_add(self, "%s%s", index == 0 ? "" : index + 1 == count ? " or " : ", ", name);
}

static void add_clock(words_t *self, int64_t time_ns)
{
    char text[TIME_TEXT_MAX];
    words_add(self, "%s s", time_format(time_ns, text));
}

// ---- values --------------------------------------------------------------------------------------------------------

static void add_raw(words_t *self, const dbc_signal_t *signal, int64_t raw)
{
    char text[FRAME_TEXT_VALUE_MAX];
    words_add(self, "%s", frame_text_raw(signal, raw, text, sizeof text));
}

void words_add_value(words_t *self, const story_value_t *value)
{
    char text[FRAME_TEXT_VALUE_MAX];
    if (value->exact)
        add_raw(self, value->signal, value->raw);
    else
        words_add(self, "%s", frame_text_physical(value->signal, value->physical, text, sizeof text));
}

static void add_named_value(words_t *self, const char *name, const story_value_t *value)
{
    words_add(self, " %s=", name);
    words_add_value(self, value);
}

static const char *node_name(const story_t *story, uint8_t node)
{
    return story->vehicle->nodes[node].name;
}

// ---- conditions ----------------------------------------------------------------------------------------------------

static void add_bus(words_t *self, const story_t *story, const condition_t *condition)
{
    if (condition->bus != STORY_ANY_BUS) words_add(self, " on %s", story->vehicle->buses[condition->bus].name);
}

static void add_message(words_t *self, const story_t *story, const condition_t *condition)
{
    words_add(self, "%s", condition->message->name);
    add_bus(self, story, condition);
    if (condition->value_count > 0) words_add(self, " with");
    for (size_t i = 0; i < condition->value_count; i++)
        add_named_value(self, condition->values[i].signal->name, &condition->values[i]);
}

static void add_period(words_t *self, const story_t *story, const condition_t *condition)
{
    add_message(self, story, condition);
    words_add(self, " every ");
    words_add_time(self, condition->minimum_ns);
    words_add(self, " to ");
    words_add_time(self, condition->maximum_ns);
}

static void add_parts(words_t *self, const story_t *story, const condition_t *condition)
{
    bool any = condition->kind == CONDITION_ANY;
    words_add(self, any ? "any of (" : "all of (");
    for (size_t i = 0; i < condition->part_count; i++) {
        if (i > 0) words_add(self, any ? " or " : " and ");
        words_add_condition(self, story, &condition->parts[i]);
    }
    words_add(self, ")");
}

void words_add_condition(words_t *self, const story_t *story, const condition_t *condition)
{
    switch (condition->kind) {
    case CONDITION_MESSAGE:
        add_message(self, story, condition);
        return;
    case CONDITION_PERIOD:
        add_period(self, story, condition);
        return;
    case CONDITION_FRAME:
        words_add(self, "frame %s", condition->pattern);
        add_bus(self, story, condition);
        return;
    case CONDITION_PROFILE:
        words_add(self, "%s profile %u", node_name(story, condition->node), condition->profile);
        if (condition->coded >= 0) words_add(self, condition->coded ? ", coded" : ", not coded");
        return;
    case CONDITION_SETTINGS:
        words_add(self, "%s settings", node_name(story, condition->node));
        for (size_t i = 0; i < condition->value_count; i++)
            add_named_value(self, condition->values[i].signal->setting, &condition->values[i]);
        return;
    case CONDITION_CAR:
        words_add(self, condition->flag ? "car unlocked" : "car locked");
        return;
    case CONDITION_TERMINAL:
        words_add(self, "terminal %s", TERMINAL_NAMES[condition->terminal]);
        return;
    case CONDITION_KEY_VALID:
        words_add(self, condition->flag ? "key valid" : "no valid key");
        return;
    case CONDITION_FAULT:
        words_add(self, "%s fault 0x%04" PRIX32, node_name(story, condition->node), condition->code);
        if (condition->active >= 0) words_add(self, condition->active ? ", active" : ", not active");
        return;
    case CONDITION_ANY:
    case CONDITION_ALL:
        add_parts(self, story, condition);
        return;
    }
}

// ---- seen ----------------------------------------------------------------------------------------------------------

static void add_place(words_t *self, const story_t *story, const car_view_last_t *last)
{
    words_add(self, " at ");
    add_clock(self, last->at_ns);
    words_add(self, " on %s", story->vehicle->buses[last->bus].name);
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
        words_add(self, "nothing of %s since it lost power; before, ", node_name(story, condition->node));
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
    words_add_faults(self, node_name(story, condition->node), faults);
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

// ---- steps ---------------------------------------------------------------------------------------------------------

static void add_remote(words_t *self, const story_remote_t *remote)
{
    words_add(self, "key %d %s, held ", remote->key, BUTTON_NAMES[remote->button]);
    words_add_time(self, remote->hold_ns);
    if (remote->out_of_range) words_add(self, ", out of range");
}

static void add_radio(words_t *self, const story_radio_t *radio)
{
    if (radio->kind == RADIO_REPLAY)
        words_add(self, "replays telegram %" PRId64, radio->replay);
    else if (radio->kind == RADIO_RAW)
        words_add(self, "sends %u raw bytes", radio->raw.size);
    else
        words_add(self, "forges key %d %s", radio->key, BUTTON_NAMES[radio->button]);
}

static void add_ignition(words_t *self, const story_ignition_t *ignition)
{
    switch (ignition->kind) {
    case IGNITION_INSERT:
        words_add(self, "key %d inserted", ignition->key);
        return;
    case IGNITION_INSERT_FOREIGN:
        words_add(self, "a foreign key inserted");
        return;
    case IGNITION_REMOVE:
        words_add(self, "key removed");
        return;
    case IGNITION_TERMINAL:
        words_add(self, "terminal %s", TERMINAL_NAMES[ignition->terminal]);
        return;
    }
}

static void add_switch(words_t *self, const story_t *story, const story_switch_t *axis)
{
    words_add(self, "%s %s ", node_name(story, axis->node), axis->signal->setting);
    if (axis->hold_ns == STORY_NO_TIME) {
        words_add(self, "to ");
        add_raw(self, axis->signal, axis->to_raw);
        return;
    }
    words_add(self, "%s, held ", axis->increase ? "increase" : "decrease");
    words_add_time(self, axis->hold_ns);
}

static void add_adjust(words_t *self, const story_t *story, const story_adjust_t *adjust)
{
    words_add(self, "%s", node_name(story, adjust->node));
    for (size_t i = 0; i < adjust->count; i++) {
        words_add(self, " %s=", adjust->knobs[i].signal->setting);
        add_raw(self, adjust->knobs[i].signal, adjust->knobs[i].raw);
    }
}

static void add_frame(words_t *self, const story_t *story, const story_frame_t *frame)
{
    char text[FRAME_TEXT_MAX];
    words_add(self, "%s on %s", frame_format(&frame->frame, text), story->vehicle->buses[frame->bus].name);
}

static void add_timing(words_t *self, const char *before, int64_t time_ns)
{
    if (time_ns == STORY_NO_TIME) return;
    words_add(self, "%s", before);
    words_add_time(self, time_ns);
}

static void add_judged(words_t *self, const story_t *story, const story_step_t *step)
{
    words_add_condition(self, story, step->condition);
    add_timing(self, " within ", step->within_ns);
    add_timing(self, ", not before ", step->not_before_ns);
    add_timing(self, " for ", step->for_ns);
    if (step->background) words_add(self, " to the story's end");
}

void words_add_step(words_t *self, const story_t *story, const story_step_t *step)
{
    words_add(self, "%s ", story_verb_name(step->verb));
    switch (step->verb) {
    case VERB_REMOTE:
        add_remote(self, &step->remote);
        return;
    case VERB_RADIO:
        add_radio(self, &step->radio);
        return;
    case VERB_IGNITION:
        add_ignition(self, &step->ignition);
        return;
    case VERB_DOOR:
        words_add(self, "driver %s", step->door_open ? "open" : "closed");
        return;
    case VERB_GEAR:
        words_add(self, "%s", GEAR_NAMES[step->gear]);
        return;
    case VERB_SWITCH:
        add_switch(self, story, &step->axis);
        return;
    case VERB_ADJUST:
        add_adjust(self, story, &step->adjust);
        return;
    case VERB_FRAME:
        add_frame(self, story, &step->frame);
        return;
    case VERB_POWER:
        words_add(self, "%s %s", node_name(story, step->power.node), POWER_NAMES[step->power.state]);
        return;
    case VERB_SERVICE:
    case VERB_CIP:
    case VERB_UDS:
        words_add_workshop(self, story, step);
        return;
    case VERB_WAIT:
        words_add_time(self, step->wait_ns);
        return;
    case VERB_EXPECT:
    case VERB_NEVER:
    case VERB_ALWAYS:
        add_judged(self, story, step);
        return;
    }
}
