// SPDX-License-Identifier: MIT
// profile: the unit's latest status says that this profile is active, or none.
#include <math.h>
#include <string.h>

#include "scenarios/play/conditions/seen.h"
#include "scenarios/play/play_vocabulary.h"
#include "scenarios/story/story_parts.h"
#include "scenarios/story/story_write.h"

#define NONE "none" // as the messages call it, too

typedef struct {
    int64_t profile; // 0: none
    int8_t coded;    // 0, 1, or -1: not told
} profile_t;

static void load_number(story_loader_t *loader, const json_t *json, profile_t *profile)
{
    const char *text = json_string_value(json);
    double number = json_is_number(json) ? json_number_value(json) : 0;
    bool none = text && strcmp(text, NONE) == 0;
    if (none || (number >= 1 && number <= KEY_PERSONALIZATION_MAX && number == trunc(number)))
        profile->profile = (int64_t)number;
    else
        json_reader_mistake_at(&loader->reader, "profile", "must be 1 to %d, or \"" NONE "\"", KEY_PERSONALIZATION_MAX);
}

static void load(story_loader_t *loader, const json_t *json, condition_use_t use, condition_t *condition)
{
    typedef struct {
        const char *ecu;
        const json_t *profile;
        bool coded;
    } told_t;
    static const field_t FIELDS_OF_PROFILE[] = {
        {"ecu", FIELD_TEXT, true, offsetof(told_t, ecu), 0, 0, {0}},
        {"profile", FIELD_ANY, true, offsetof(told_t, profile), 0, 0, {0}},
        {"coded", FIELD_BOOLEAN, false, offsetof(told_t, coded), 0, 0, {0}},
    };
    told_t told = {0};
    (void)use;
    json_reader_object(&loader->reader, json, FIELDS(FIELDS_OF_PROFILE), &told);
    profile_t *profile = story_allocate(loader, 1, sizeof *profile);
    if (told.profile) load_number(loader, told.profile, profile);
    profile->coded = json_is_boolean(json_object_get(json, "coded")) ? (int8_t)told.coded : -1;
    condition->told = profile;
    if (!story_load_condition_unit(loader, told.ecu, condition)) return;
    const dbc_signal_t *signal = dbc_signal(condition->message, "Profile");
    int64_t raw;
    if (!signal || !dbc_signal(condition->message, "Coded"))
        json_reader_mistake(&loader->reader, "%s has no signals Profile and Coded", condition->message->name);
    else if (profile->profile == 0 && !dbc_value_raw(signal, NONE, &raw))
        json_reader_mistake_at(&loader->reader, "profile", "%s has no name \"" NONE "\" for a profile",
                               condition->message->name);
}

static void write(const story_t *story, const condition_t *condition, json_t *object)
{
    const profile_t *profile = condition->told;
    json_object_set_new(object, "ecu", story_write_node(story, condition->node));
    json_object_set_new(object, "profile", profile->profile ? json_integer(profile->profile) : json_string(NONE));
    if (profile->coded >= 0) json_object_set_new(object, "coded", json_boolean(profile->coded));
}

static void add_words(words_t *words, const story_t *story, const condition_t *condition)
{
    const profile_t *profile = condition->told;
    words_add(words, "%s profile ", story->vehicle->nodes[condition->node].name);
    words_add(words, profile->profile ? "%d" : NONE, (int)profile->profile);
    if (profile->coded >= 0) words_add(words, profile->coded ? ", coded" : ", not coded");
}

static bool is_active(const dbc_signal_t *signal, const can_frame_t *frame, int64_t profile)
{
    int64_t raw = dbc_get(signal, frame), none;
    if (profile == 0) return dbc_value_raw(signal, NONE, &none) && raw == none;
    return dbc_physical(signal, raw) == (double)profile;
}

static bool holds(const condition_t *condition, const condition_context_t *context)
{
    const profile_t *told = condition->told;
    const car_view_last_t *status = car_view_known(context->view, condition->message);
    const dbc_message_t *message = condition->message;
    const dbc_signal_t *profile = dbc_signal(message, "Profile"), *coded = dbc_signal(message, "Coded");
    if (!status || !dbc_present(message, profile, &status->frame) || !dbc_present(message, coded, &status->frame))
        return false;
    if (!is_active(profile, &status->frame, told->profile)) return false;
    return told->coded < 0 || dbc_get(coded, &status->frame) == told->coded;
}

const condition_kind_t condition_profile = {.mark = "profile",
                                            .family = CONDITION_OF_STATE,
                                            .load = load,
                                            .write = write,
                                            .words = add_words,
                                            .seen = seen_add_status,
                                            .holds = holds};
