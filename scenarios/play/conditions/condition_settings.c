// SPDX-License-Identifier: MIT
// settings: the unit's latest status shows those values.
#include "scenarios/play/conditions/seen.h"
#include "scenarios/play/play_vocabulary.h"
#include "scenarios/story/story_parts.h"
#include "scenarios/story/story_write.h"
#include "scenarios/story/words_value.h"

static void load(story_loader_t *loader, const json_t *json, bool expected, condition_t *condition)
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
    (void)expected;
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
    const car_view_last_t *status = car_view_status(context->view, condition->node);
    for (size_t i = 0; status && i < condition->value_count; i++) {
        const story_value_t *value = &condition->values[i];
        if (!dbc_present(condition->message, value->signal, &status->frame)) return false;
        if (!story_value_fits(value, dbc_get(value->signal, &status->frame))) return false;
    }
    return status;
}

const condition_kind_t condition_settings = {.mark = "settings",
                                             .family = CONDITION_OF_STATE,
                                             .load = load,
                                             .write = write,
                                             .words = add_words,
                                             .seen = seen_add_status,
                                             .holds = holds};
