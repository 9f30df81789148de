// SPDX-License-Identifier: MIT
#include "scenarios/words_step.h"

#include <inttypes.h>

#include "scenarios/story/words_value.h"
#include "scenarios/words_workshop.h"

static const char *const TERMINAL_NAMES[] = {STORY_TERMINALS};
static const char *const BUTTON_NAMES[] = {"none", "unlock", "lock", "boot"};
static const char *const GEAR_NAMES[] = {STORY_GEARS};
static const char *const POWER_NAMES[] = {STORY_POWERS};

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
        words_add_named_value(self, condition->values[i].signal->name, &condition->values[i]);
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
            words_add_named_value(self, condition->values[i].signal->setting, &condition->values[i]);
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
        words_add_raw(self, axis->signal, axis->to_raw);
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
        words_add_raw(self, adjust->knobs[i].signal, adjust->knobs[i].raw);
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
