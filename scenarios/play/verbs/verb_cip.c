// SPDX-License-Identifier: MIT
// cip: the workshop codes a profile of a unit's Key Memory, as the CIP program does.
#include "scenarios/play/play_vocabulary.h"
#include "scenarios/play/verbs/refusal.h"
#include "scenarios/story/story_write.h"
#include "scenarios/story/words_value.h"

typedef struct {
    uint8_t node;
    workshop_coding_t coding;
    story_value_t *values; // one per change, as told
    uint8_t refused;
} cip_t;

// ---- what the file says --------------------------------------------------------------------------------------------

static void load_changes(story_loader_t *loader, const json_t *json, cip_t *cip)
{
    const char *unit = loader->story->vehicle->nodes[cip->node].name;
    workshop_settings_t settings = workshop_settings(loader->story->dbc, unit);
    workshop_change_t *changes = story_allocate(loader, json_object_size(json), sizeof *changes);
    cip->values = story_allocate(loader, json_object_size(json), sizeof *cip->values);
    cip->coding.settings = settings.count;
    cip->coding.changes = changes;
    const char *name;
    json_t *json_value;
    json_object_foreach((json_t *)(uintptr_t)json, name, json_value)
    {
        size_t inner = json_reader_enter(&loader->reader, name);
        dbc_setting_t setting;
        int index = workshop_find_setting(&settings, name);
        story_value_t value = {.message = NULL};
        if (story_find_setting(loader, cip->node, name, &setting) && index >= 0 &&
            story_load_value(loader, setting.signal, json_value, VALUE_CODED, &value)) {
            cip->values[cip->coding.count] = value;
            changes[cip->coding.count++] = (workshop_change_t){(size_t)index, (int16_t)value.raw};
        }
        json_reader_leave(&loader->reader, inner);
    }
}

static void load(story_loader_t *loader, const json_t *json, story_step_t *step)
{
    typedef struct {
        const char *ecu, *refused;
        const json_t *settings;
        double profile;
    } told_t;
    static const field_t FIELDS_OF_CIP[] = {
        {"ecu", FIELD_TEXT, true, offsetof(told_t, ecu), 0, 0, {0}},
        {"profile", FIELD_NUMBER, true, offsetof(told_t, profile), 0, 0, {0}},
        {"settings", FIELD_OBJECT, true, offsetof(told_t, settings), 0, 0, {0}},
        {"refused", FIELD_TEXT, false, offsetof(told_t, refused), 0, 0, {0}},
    };
    told_t told = {0};
    json_reader_object(&loader->reader, json, FIELDS(FIELDS_OF_CIP), &told);
    cip_t *cip = story_allocate(loader, 1, sizeof *cip);
    step->told = cip;
    cip->coding.profile = told.profile;
    refusal_load(loader, told.refused, &cip->refused);
    if (!story_find_diagnosed(loader, "ecu", told.ecu, &cip->node) || !told.settings) return;
    bool remembers = story_find_status(loader, "ecu", cip->node);
    size_t mark = json_reader_enter(&loader->reader, "settings");
    if (remembers) load_changes(loader, told.settings, cip);
    json_reader_leave(&loader->reader, mark);
}

static json_t *write(const story_t *story, const story_step_t *step)
{
    const cip_t *cip = step->told;
    json_t *settings = json_object();
    for (size_t i = 0; i < cip->coding.count; i++)
        json_object_set_new(settings, cip->values[i].signal->setting, story_write_value(&cip->values[i]));
    json_t *object = json_pack("{s:o, s:o, s:o}", "ecu", story_write_node(story, cip->node), "profile",
                               story_write_number(cip->coding.profile), "settings", settings);
    refusal_write(cip->refused, object);
    return object;
}

static void add_words(words_t *words, const story_t *story, const story_step_t *step)
{
    const cip_t *cip = step->told;
    words_add(words, "%s profile %.15g", story->vehicle->nodes[cip->node].name, cip->coding.profile);
    for (size_t i = 0; i < cip->coding.count; i++)
        words_add_named_value(words, cip->values[i].signal->setting, &cip->values[i]);
    refusal_add_words(words, cip->refused);
}

// ---- what happens --------------------------------------------------------------------------------------------------

static bool act(instant_t *instant, const story_step_t *step, words_t *problem)
{
    const cip_t *cip = step->told;
    (void)problem;
    mechanic_begin_coding(instant->mechanic, instant->kernel, cip->node, &cip->coding);
    return true;
}

static verb_progress_t progress(instant_t *instant, const story_step_t *step, words_t *problem)
{
    const cip_t *cip = step->told;
    return refusal_judge(instant, cip->refused, problem);
}

const verb_t verb_cip = {.name = "cip",
                         .kind = VERB_WORKSHOP,
                         .load = load,
                         .write = write,
                         .words = add_words,
                         .act = act,
                         .progress = progress};
