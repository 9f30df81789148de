// SPDX-License-Identifier: MIT
// state: a node's error state on a bus. Part of the format that no version plays so far: its shape is checked, then it
// is refused, so that no story with it is ever written, worded or played.
#include "scenarios/play/play_vocabulary.h"
#include "scenarios/story/story_parts.h"

static void load(story_loader_t *loader, const json_t *json, condition_use_t use, condition_t *condition)
{
    typedef struct {
        const char *bus, *ecu;
        int64_t state;
    } told_t;
    static const field_t FIELDS_OF_STATE[] = {
        {"bus", FIELD_TEXT, true, offsetof(told_t, bus), 0, 0, {0}},
        {"state", FIELD_CHOICE, true, offsetof(told_t, state), 0, 0, {"error-active", "error-passive", "bus-off"}},
        {"ecu", FIELD_TEXT, true, offsetof(told_t, ecu), 0, 0, {0}},
    };
    told_t told = {0};
    uint8_t index;
    (void)use, (void)condition;
    json_reader_object(&loader->reader, json, FIELDS(FIELDS_OF_STATE), &told);
    story_find_bus(loader, "bus", told.bus, &index);
    story_find_node(loader, "ecu", told.ecu, &index);
    story_refuse(loader, "the condition on a bus error state");
}

const condition_kind_t condition_bus_state = {.mark = "state", .family = CONDITION_OF_STATE, .load = load};
