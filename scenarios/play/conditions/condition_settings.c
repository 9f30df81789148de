// SPDX-License-Identifier: MIT
// settings: the unit's latest status shows those values, each in the message that tells it.
#include "scenarios/play/conditions/seen.h"
#include "scenarios/play/play_vocabulary.h"
#include "scenarios/story/story_parts.h"
#include "scenarios/story/story_write.h"
#include "scenarios/story/words_value.h"

static void load(story_loader_t *loader, const json_t *json, condition_use_t use, condition_t *condition)
{
    typedef struct {
        const char *ecu;
        const json_t *settings;
    } told_t;
    static const field_t FIELDS_OF_SETTINGS[] = {
        {"ecu", FIELD_TEXT, true, offsetof(told_t, ecu), 0, 0, {0}},
        {"settings", FIELD_OBJECT, true, offsetof(told_t, settings), 0, 0, {0}},
    };
    told_t told = {0};
    (void)use;
    json_reader_object(&loader->reader, json, FIELDS(FIELDS_OF_SETTINGS), &told);
    if (story_load_condition_unit(loader, told.ecu, condition) && told.settings)
        story_load_settings(loader, told.settings, condition);
}

static void write(const story_t *story, const condition_t *condition, json_t *object)
{
    json_object_set_new(object, "ecu", story_write_node(story, condition->node));
    json_object_set_new(object, "settings", story_write_settings(condition));
}

static void add_words(words_t *words, const story_t *story, const condition_t *condition)
{
    words_add(words, "%s settings", story->vehicle->nodes[condition->node].name);
    for (size_t i = 0; i < condition->value_count; i++)
        words_add_named_value(words, condition->values[i].signal->setting, &condition->values[i]);
}

static bool holds(const condition_t *condition, const condition_context_t *context)
{
    for (size_t i = 0; i < condition->value_count; i++) {
        const story_value_t *value = &condition->values[i];
        const car_view_last_t *said = car_view_known(context->view, value->message);
        if (!said || !dbc_present(value->message, value->signal, &said->frame) ||
            !story_value_fits(value, dbc_get(value->signal, &said->frame)))
            return false;
    }
    return condition->value_count > 0 || car_view_known(context->view, condition->message);
}

static bool is_told(const condition_t *condition, size_t count, const dbc_message_t *message)
{
    for (size_t i = 0; i < count; i++)
        if (condition->values[i].message == message) return true;
    return false;
}

// Each message in question once, in the order of the settings; the status where none is named.
static void add_seen(words_t *words, const story_t *story, const condition_t *condition,
                     const condition_context_t *context)
{
    if (condition->value_count == 0) seen_add_status(words, story, condition, context);
    for (size_t i = 0; i < condition->value_count; i++) {
        const dbc_message_t *message = condition->values[i].message;
        if (is_told(condition, i, message)) continue;
        if (i > 0) words_add(words, "; ");
        seen_add_known(words, story, message, context->view);
    }
}

const condition_kind_t condition_settings = {.mark = "settings",
                                             .family = CONDITION_OF_STATE,
                                             .load = load,
                                             .write = write,
                                             .words = add_words,
                                             .seen = add_seen,
                                             .holds = holds};
