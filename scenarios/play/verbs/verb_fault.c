// SPDX-License-Identifier: MIT
// fault: something on a bus goes wrong. Part of the format that no version plays so far: its shape is checked, then it
// is refused, so that no story with it is ever written, worded or played.
#include <string.h>

#include "scenarios/play/play_vocabulary.h"
#include "scenarios/story/story_parts.h"

// Who is no control unit, but sends all the same.
static bool is_outsider(const char *name)
{
    return name && (strcmp(name, "stranger") == 0 || strcmp(name, "tester") == 0);
}

static void check_unit(story_loader_t *loader, const char *member, const char *name)
{
    uint8_t index;
    if (!is_outsider(name)) story_find_node(loader, member, name, &index);
}

static void load(story_loader_t *loader, const json_t *json, story_step_t *step)
{
    typedef struct {
        int64_t kind, count, for_ns, by_ns, air;
        double rate;
        const char *bus, *message, *ecu, *to, *frame;
        bool clear;
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
        {"to", FIELD_TEXT, false, offsetof(told_t, to), 0, 0, {0}},
        {"count", FIELD_INTEGER, false, offsetof(told_t, count), 1, 1000000, {0}},
        {"for", FIELD_TIME, false, offsetof(told_t, for_ns), 0, 0, {0}},
        {"by", FIELD_TIME, false, offsetof(told_t, by_ns), 0, 0, {0}},
        {"rate", FIELD_NUMBER, false, offsetof(told_t, rate), 0, 0, {0}},
        {"frame", FIELD_TEXT, false, offsetof(told_t, frame), 0, 0, {0}},
        {"air", FIELD_CHOICE, false, offsetof(told_t, air), 0, 0, {"rf", "lf"}},
        {"clear", FIELD_TRUE, false, offsetof(told_t, clear), 0, 0, {0}},
    };
    (void)step;
    told_t told = {0};
    uint8_t index;
    can_frame_t frame;
    json_reader_object(&loader->reader, json, FIELDS(FIELDS_OF_FAULT), &told);
    story_find_bus(loader, "bus", told.bus, &index);
    story_find_message(loader, "message", told.message);
    check_unit(loader, "ecu", told.ecu);
    check_unit(loader, "to", told.to);
    if (told.frame && !frame_parse(told.frame, &frame))
        json_reader_mistake_at(&loader->reader, "frame", "must be a frame like \"23A#11300101\", at most eight bytes");
    story_refuse(loader, "fault");
}

const verb_t verb_fault = {.name = "fault", .kind = VERB_ACTS, .load = load};
