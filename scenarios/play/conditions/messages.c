// SPDX-License-Identifier: MIT
#include "scenarios/play/conditions/messages.h"

#include "scenarios/story/story_write.h"
#include "scenarios/story/words_step.h"
#include "scenarios/story/words_value.h"

bool messages_concerns(const condition_t *condition, const can_frame_t *frame)
{
    return !frame->remote && frame->id == condition->message->id && frame->extended == condition->message->extended;
}

bool messages_agrees(const condition_t *condition, const can_frame_t *frame)
{
    for (size_t i = 0; i < condition->value_count; i++) {
        const story_value_t *value = &condition->values[i];
        if (!dbc_present(condition->message, value->signal, frame)) return false;
        if (!story_value_fits(value, dbc_get(value->signal, frame))) return false;
    }
    return true;
}

void messages_write(const story_t *story, const condition_t *condition, json_t *object)
{
    json_object_set_new(object, "message", json_string(condition->message->name));
    story_write_condition_bus(story, condition, object);
    if (condition->value_count > 0) json_object_set_new(object, "signals", story_write_signals(condition));
}

void messages_add_words(words_t *words, const story_t *story, const condition_t *condition)
{
    words_add(words, "%s", condition->message->name);
    words_add_condition_bus(words, story, condition);
    if (condition->value_count > 0) words_add(words, " with");
    for (size_t i = 0; i < condition->value_count; i++)
        words_add_named_value(words, condition->values[i].signal->name, &condition->values[i]);
}
