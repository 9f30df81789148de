// SPDX-License-Identifier: MIT
// message: a frame of that message with those values is seen.
#include "scenarios/play/conditions/messages.h"
#include "scenarios/play/conditions/seen.h"
#include "scenarios/play/play_vocabulary.h"
#include "scenarios/story/story_parts.h"

static void load(story_loader_t *loader, const json_t *json, condition_use_t use, condition_t *condition)
{
    typedef struct {
        const char *message, *bus;
        const json_t *signals;
    } told_t;
    static const field_t FIELDS_OF_MESSAGE[] = {
        {"message", FIELD_TEXT, true, offsetof(told_t, message), 0, 0, {0}},
        {"bus", FIELD_TEXT, false, offsetof(told_t, bus), 0, 0, {0}},
        {"signals", FIELD_OBJECT, false, offsetof(told_t, signals), 0, 0, {0}},
    };
    told_t told = {0};
    (void)use;
    json_reader_object(&loader->reader, json, FIELDS(FIELDS_OF_MESSAGE), &told);
    story_load_condition_bus(loader, told.bus, condition);
    condition->message = story_find_message(loader, "message", told.message);
    if (condition->message && told.signals) story_load_signals(loader, told.signals, condition);
}

const condition_kind_t condition_message = {.mark = "message",
                                            .family = CONDITION_OF_FRAMES,
                                            .load = load,
                                            .write = messages_write,
                                            .words = messages_add_words,
                                            .seen = seen_add_message,
                                            .concerns = messages_concerns,
                                            .agrees = messages_agrees};
