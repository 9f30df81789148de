// SPDX-License-Identifier: MIT
// fault: something on a bus goes wrong. Part of the format that no version plays so far: its shape is checked, then it
// is refused, so that no story with it is ever written, worded or played.
#include "scenarios/play/play_vocabulary.h"
#include "scenarios/story/story_parts.h"

static void load(story_loader_t *loader, const json_t *json, story_step_t *step)
{
    typedef struct {
        int64_t kind, count, for_ns, by_ns;
        const char *bus, *message, *ecu;
    } told_t;
    static const field_t FIELDS_OF_FAULT[] = {
        {"kind",
         FIELD_CHOICE,
         true,
         offsetof(told_t, kind),
         0,
         0,
         {"drop", "corrupt", "delay", "duplicate", "noise", "babble", "cut"}},
        {"bus", FIELD_TEXT, false, offsetof(told_t, bus), 0, 0, {0}},
        {"message", FIELD_TEXT, false, offsetof(told_t, message), 0, 0, {0}},
        {"ecu", FIELD_TEXT, false, offsetof(told_t, ecu), 0, 0, {0}},
        {"count", FIELD_INTEGER, false, offsetof(told_t, count), 1, 1000000, {0}},
        {"for", FIELD_TIME, false, offsetof(told_t, for_ns), 0, 0, {0}},
        {"by", FIELD_TIME, false, offsetof(told_t, by_ns), 0, 0, {0}},
    };
    (void)step;
    told_t told = {0};
    uint8_t index;
    json_reader_object(&loader->reader, json, FIELDS(FIELDS_OF_FAULT), &told);
    story_find_bus(loader, "bus", told.bus, &index);
    story_find_node(loader, "ecu", told.ecu, &index);
    story_find_message(loader, "message", told.message);
    story_refuse(loader, "fault");
}

const verb_t verb_fault = {.name = "fault", .kind = VERB_ACTS, .load = load};
