// SPDX-License-Identifier: MIT
// switch: the driver holds a switch of the seat or a mirror, for a time or until a value is reached.
#include "bus/car/lines.h"
#include "scenarios/play/instant.h"
#include "scenarios/play/play_vocabulary.h"
#include "scenarios/play/verbs/control.h"
#include "scenarios/story/story_parts.h"
#include "scenarios/story/story_write.h"
#include "scenarios/story/words_value.h"

#define HOLD_MINIMUM_NS (1 * TIME_US)

// ---- what the file says --------------------------------------------------------------------------------------------

typedef struct {
    const char *ecu, *axis;
    const json_t *to;
    int64_t direction, hold_ns;
} told_t;

static void load_target(story_loader_t *loader, const told_t *told, const json_t *json, driver_switch_t *axis)
{
    axis->hold_ns = STORY_NO_TIME;
    if (json_object_get(json, "direction") || json_object_get(json, "hold"))
        json_reader_mistake(&loader->reader, "to stands instead of both direction and hold");
    if (!axis->setting.signal) return;
    story_value_t value = {.message = NULL};
    size_t mark = json_reader_enter(&loader->reader, "to");
    if (story_load_value(loader, axis->setting.signal, told->to, VALUE_SETTING, &value)) {
        axis->to_raw = value.raw;
        if (value.raw < 0 || value.raw > LINE_SWITCH_TO_MAX)
            json_reader_mistake(&loader->reader, "has no place on a switch line");
    }
    json_reader_leave(&loader->reader, mark);
}

static void load(story_loader_t *loader, const json_t *json, story_step_t *step)
{
    static const field_t FIELDS_OF_SWITCH[] = {
        {"ecu", FIELD_TEXT, true, offsetof(told_t, ecu), 0, 0, {0}},
        {"axis", FIELD_TEXT, true, offsetof(told_t, axis), 0, 0, {0}},
        {"direction", FIELD_CHOICE, false, offsetof(told_t, direction), 0, 0, {"increase", "decrease"}},
        {"hold", FIELD_TIME, false, offsetof(told_t, hold_ns), HOLD_MINIMUM_NS, 0, {0}},
        {"to", FIELD_ANY, false, offsetof(told_t, to), 0, 0, {0}},
    };
    told_t told = {0};
    json_reader_object(&loader->reader, json, FIELDS(FIELDS_OF_SWITCH), &told);
    driver_switch_t *axis = story_allocate(loader, 1, sizeof *axis);
    *axis = (driver_switch_t){.increase = told.direction == 0, .hold_ns = told.hold_ns};
    step->told = axis;
    if (story_find_node(loader, "ecu", told.ecu, &axis->node) && told.axis) {
        size_t mark = json_reader_enter(&loader->reader, "axis");
        if (control_find(loader, axis->node, told.axis, DBC_CONTROL_SWITCH, &axis->setting))
            axis->line = control_line(loader, LINE_SWITCH, axis->node, told.axis);
        json_reader_leave(&loader->reader, mark);
    }
    if (told.to)
        load_target(loader, &told, json, axis);
    else if (json_is_object(json) && (!json_object_get(json, "direction") || !json_object_get(json, "hold")))
        json_reader_mistake(&loader->reader, "must have direction and hold, or to");
}

static const char *direction_name(const driver_switch_t *axis)
{
    return axis->increase ? "increase" : "decrease";
}

static json_t *write(const story_t *story, const story_step_t *step)
{
    const driver_switch_t *axis = step->told;
    json_t *object =
        json_pack("{s:o, s:s}", "ecu", story_write_node(story, axis->node), "axis", axis->setting.signal->setting);
    if (axis->hold_ns == STORY_NO_TIME) {
        json_object_set_new(object, "to", story_write_raw(axis->setting.signal, axis->to_raw));
        return object;
    }
    json_object_set_new(object, "direction", json_string(direction_name(axis)));
    json_object_set_new(object, "hold", story_write_time(axis->hold_ns));
    return object;
}

static void add_words(words_t *words, const story_t *story, const story_step_t *step)
{
    const driver_switch_t *axis = step->told;
    words_add(words, "%s %s ", story->vehicle->nodes[axis->node].name, axis->setting.signal->setting);
    if (axis->hold_ns == STORY_NO_TIME) {
        words_add(words, "to ");
        words_add_raw(words, axis->setting.signal, axis->to_raw);
        return;
    }
    words_add(words, "%s, held ", direction_name(axis));
    words_add_time(words, axis->hold_ns);
}

// ---- what happens --------------------------------------------------------------------------------------------------

static bool act(instant_t *instant, const story_step_t *step, words_t *problem)
{
    (void)problem;
    driver_hold_switch(instant->driver, instant->kernel, step->told);
    return true;
}

const verb_t verb_switch = {
    .name = "switch", .kind = VERB_ACTS, .load = load, .write = write, .words = add_words, .act = act};
