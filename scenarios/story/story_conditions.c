// SPDX-License-Identifier: MIT
#include <string.h>

#include "scenarios/story/story_parts.h"

// ---- what kinds share ----------------------------------------------------------------------------------------------

void story_load_condition_bus(story_loader_t *self, const char *name, condition_t *condition)
{
    uint8_t bus;
    if (name && story_find_bus(self, "bus", name, &bus)) condition->bus = (int8_t)bus;
}

bool story_load_condition_unit(story_loader_t *self, const char *name, condition_t *condition)
{
    if (!story_find_node(self, "ecu", name, &condition->node)) return false;
    condition->message = story_find_status(self, "ecu", condition->node);
    return condition->message;
}

static const dbc_signal_t *find_setting(story_loader_t *self, const condition_t *condition, const char *name,
                                        const dbc_message_t **message)
{
    dbc_setting_t setting;
    bool found = story_find_setting(self, condition->node, name, &setting);
    *message = setting.message;
    return found ? setting.signal : NULL;
}

static const dbc_signal_t *find_signal(story_loader_t *self, const condition_t *condition, const char *name,
                                       const dbc_message_t **message)
{
    *message = condition->message;
    return story_find_signal(self, condition->message, name);
}

typedef const dbc_signal_t *find_t(story_loader_t *self, const condition_t *condition, const char *name,
                                   const dbc_message_t **message);

static void load_values(story_loader_t *self, const json_t *json, find_t *find, value_use_t use, condition_t *condition)
{
    story_value_t *values = story_allocate(self, json_object_size(json), sizeof *values);
    condition->values = values;
    const dbc_message_t *message;
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)json, name, value)
    {
        size_t inner = json_reader_enter(&self->reader, name);
        story_value_t *told = &values[condition->value_count];
        const dbc_signal_t *signal = find(self, condition, name, &message);
        if (signal && story_load_asked(self, signal, value, use, told)) {
            told->message = message;
            condition->value_count++;
        }
        json_reader_leave(&self->reader, inner);
    }
}

void story_load_signals(story_loader_t *self, const json_t *json, condition_t *condition)
{
    size_t mark = json_reader_enter(&self->reader, "signals");
    load_values(self, json, find_signal, VALUE_SIGNAL, condition);
    json_reader_leave(&self->reader, mark);
}

void story_load_settings(story_loader_t *self, const json_t *json, condition_t *condition)
{
    size_t mark = json_reader_enter(&self->reader, "settings");
    load_values(self, json, find_setting, VALUE_SETTING, condition);
    json_reader_leave(&self->reader, mark);
}

void story_require_signal(story_loader_t *self, const char *message_name, const char *signal_name)
{
    if (!self->story->dbc) return;
    const dbc_message_t *message = dbc_message(self->story->dbc, message_name);
    if (message && dbc_signal(message, signal_name)) return;
    json_reader_mistake(&self->reader, "this vehicle's messages have no %s.%s to tell it", message_name, signal_name);
}

// ---- a condition ---------------------------------------------------------------------------------------------------

static const condition_kind_t *find_kind(const vocabulary_t *vocabulary, const json_t *json)
{
    for (size_t i = 0; i < vocabulary->condition_count; i++)
        if (json_object_get(json, vocabulary->conditions[i]->mark)) return vocabulary->conditions[i];
    return NULL;
}

void story_join_parts(condition_t *condition)
{
    condition_family_t family = condition->kind->family;
    bool joins = family == CONDITION_ANY || family == CONDITION_ALL || family == CONDITION_NOT;
    condition->is_state = family == CONDITION_OF_STATE || joins;
    condition->counts = family == CONDITION_OF_COUNT;
    for (size_t i = 0; i < condition->part_count; i++) {
        const condition_t *part = &condition->parts[i];
        condition->read = index_set_either(condition->read, part->read);
        condition->is_state = condition->is_state && part->is_state;
        condition->counts = condition->counts || part->counts;
    }
}

void story_load_condition(story_loader_t *self, const json_t *json, condition_use_t use, condition_t *condition)
{
    const condition_kind_t *kind = find_kind(self->story->vocabulary, json);
    if (!kind) {
        json_reader_mistake(&self->reader,
                            json_is_object(json)
                                ? "is no condition: it needs message, frame, ecu with profile, settings or "
                                  "dtc, car, terminal, key_valid, bus with state, any, all or not"
                                : "must be an object");
        return;
    }
    *condition = (condition_t){.kind = kind, .bus = STORY_ANY_BUS};
    condition->slot = (uint32_t)self->story->condition_count++;
    kind->load(self, json, use, condition);
    story_join_parts(condition);
}

void story_load_conditional(story_loader_t *self, const json_t *json, story_step_t *step)
{
    condition_t *condition = story_allocate(self, 1, sizeof *condition);
    step->condition = condition;
    story_load_condition(self, json, step->verb->kind == VERB_EXPECTS ? CONDITION_EXPECTED : CONDITION_WATCHED,
                         condition);
}
