// SPDX-License-Identifier: MIT
// profile: the unit's latest status says that this profile is active.
#include "scenarios/play/conditions/seen.h"
#include "scenarios/play/play_vocabulary.h"
#include "scenarios/story/story_parts.h"
#include "scenarios/story/story_write.h"

typedef struct {
    int64_t profile;
    int8_t coded; // 0, 1, or -1: not told
} profile_t;

static void load(story_loader_t *loader, const json_t *json, bool expected, condition_t *condition)
{
    typedef struct {
        const char *ecu;
        int64_t profile;
        bool coded;
    } told_t;
    static const field_t FIELDS_OF_PROFILE[] = {
        {"ecu", FIELD_TEXT, true, offsetof(told_t, ecu), 0, 0, {0}},
        {"profile", FIELD_INTEGER, true, offsetof(told_t, profile), 1, KEY_PERSONALIZATION_MAX, {0}},
        {"coded", FIELD_BOOLEAN, false, offsetof(told_t, coded), 0, 0, {0}},
    };
    told_t told = {0};
    (void)expected;
    json_reader_object(&loader->reader, json, FIELDS(FIELDS_OF_PROFILE), &told);
    profile_t *profile = story_allocate(loader, 1, sizeof *profile);
    profile->profile = told.profile;
    profile->coded = json_is_boolean(json_object_get(json, "coded")) ? (int8_t)told.coded : -1;
    condition->told = profile;
    if (!story_load_condition_unit(loader, told.ecu, condition)) return;
    if (!dbc_signal(condition->message, "Profile") || !dbc_signal(condition->message, "Coded"))
        json_reader_mistake(&loader->reader, "%s has no signals Profile and Coded", condition->message->name);
}

static void write(const story_t *story, const condition_t *condition, json_t *object)
{
    const profile_t *profile = condition->told;
    json_object_set_new(object, "ecu", story_write_node(story, condition->node));
    json_object_set_new(object, "profile", json_integer(profile->profile));
    if (profile->coded >= 0) json_object_set_new(object, "coded", json_boolean(profile->coded));
}

static void add_words(words_t *words, const story_t *story, const condition_t *condition)
{
    const profile_t *profile = condition->told;
    words_add(words, "%s profile %d", story->vehicle->nodes[condition->node].name, (int)profile->profile);
    if (profile->coded >= 0) words_add(words, profile->coded ? ", coded" : ", not coded");
}

static bool holds(const condition_t *condition, const condition_context_t *context)
{
    const profile_t *told = condition->told;
    const car_view_last_t *status = car_view_known(context->view, condition->message);
    const dbc_message_t *message = condition->message;
    const dbc_signal_t *profile = dbc_signal(message, "Profile"), *coded = dbc_signal(message, "Coded");
    if (!status || !dbc_present(message, profile, &status->frame) || !dbc_present(message, coded, &status->frame))
        return false;
    if (dbc_physical(profile, dbc_get(profile, &status->frame)) != (double)told->profile) return false;
    return told->coded < 0 || dbc_get(coded, &status->frame) == told->coded;
}

const condition_kind_t condition_profile = {.mark = "profile",
                                            .family = CONDITION_OF_STATE,
                                            .load = load,
                                            .write = write,
                                            .words = add_words,
                                            .seen = seen_add_status,
                                            .holds = holds};
