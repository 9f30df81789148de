// SPDX-License-Identifier: MIT
// state, tec, rec and error: a node's error state on a bus, its counters, and error frames. Part of the format that no
// version plays so far: its shape is checked, then it is refused, so that no story with it is ever written, worded or
// played.
#include "scenarios/play/play_vocabulary.h"
#include "scenarios/story/story_parts.h"

typedef struct {
    const char *bus, *ecu;
    const json_t *tec, *rec;
    int64_t state;
    bool error;
} told_t;

#define TOLD(member) offsetof(told_t, member)

static void check(story_loader_t *loader, const json_t *json, const field_t *fields, size_t count)
{
    told_t told = {0};
    uint8_t index;
    json_reader_object(&loader->reader, json, fields, count, &told);
    story_find_bus(loader, "bus", told.bus, &index);
    story_find_node(loader, "ecu", told.ecu, &index);
    story_refuse(loader, "the condition on a bus error state");
}

static void load_state(story_loader_t *loader, const json_t *json, condition_use_t use, condition_t *condition)
{
    static const field_t FIELDS_OF_STATE[] = {
        {"bus", FIELD_TEXT, true, TOLD(bus), 0, 0, {0}},
        {"state", FIELD_CHOICE, true, TOLD(state), 0, 0, {"error-active", "error-passive", "bus-off"}},
        {"ecu", FIELD_TEXT, true, TOLD(ecu), 0, 0, {0}},
    };
    (void)use, (void)condition;
    check(loader, json, FIELDS(FIELDS_OF_STATE));
}

static void load_counters(story_loader_t *loader, const json_t *json, condition_use_t use, condition_t *condition)
{
    static const field_t FIELDS_OF_COUNTERS[] = {
        {"bus", FIELD_TEXT, true, TOLD(bus), 0, 0, {0}},
        {"ecu", FIELD_TEXT, true, TOLD(ecu), 0, 0, {0}},
        {"tec", FIELD_ANY, false, TOLD(tec), 0, 0, {0}},
        {"rec", FIELD_ANY, false, TOLD(rec), 0, 0, {0}},
    };
    (void)use, (void)condition;
    check(loader, json, FIELDS(FIELDS_OF_COUNTERS));
}

static void load_error(story_loader_t *loader, const json_t *json, condition_use_t use, condition_t *condition)
{
    static const field_t FIELDS_OF_ERROR[] = {
        {"bus", FIELD_TEXT, true, TOLD(bus), 0, 0, {0}},
        {"error", FIELD_TRUE, true, TOLD(error), 0, 0, {0}},
        {"ecu", FIELD_TEXT, false, TOLD(ecu), 0, 0, {0}},
    };
    (void)use, (void)condition;
    check(loader, json, FIELDS(FIELDS_OF_ERROR));
}

const condition_kind_t condition_bus_state = {.mark = "state", .family = CONDITION_OF_STATE, .load = load_state};
const condition_kind_t condition_tec = {.mark = "tec", .family = CONDITION_OF_STATE, .load = load_counters};
const condition_kind_t condition_rec = {.mark = "rec", .family = CONDITION_OF_STATE, .load = load_counters};
const condition_kind_t condition_error = {.mark = "error", .family = CONDITION_OF_FRAMES, .load = load_error};
