// SPDX-License-Identifier: MIT
// adjust: the driver turns knobs of a unit.
#include "bus/car/lines.h"
#include "scenarios/play/instant.h"
#include "scenarios/play/play_vocabulary.h"
#include "scenarios/play/verbs/control.h"
#include "scenarios/story/story_parts.h"
#include "scenarios/story/story_write.h"
#include "scenarios/story/words_value.h"

typedef struct {
    const char *line; // "knob/climate/style"
    const dbc_signal_t *signal;
    int64_t raw;
} knob_t;

typedef struct {
    uint8_t node;
    size_t count;
    knob_t *knobs;
} adjust_t;

static void load_knobs(story_loader_t *loader, const json_t *json, adjust_t *adjust)
{
    adjust->knobs = story_allocate(loader, json_object_size(json), sizeof *adjust->knobs);
    const char *name;
    json_t *json_value;
    json_object_foreach((json_t *)(uintptr_t)json, name, json_value)
    {
        size_t inner = json_reader_enter(&loader->reader, name);
        dbc_setting_t setting;
        story_value_t value = {.message = NULL};
        if (control_find(loader, adjust->node, name, DBC_CONTROL_KNOB, &setting) &&
            story_load_value(loader, setting.signal, json_value, VALUE_SETTING, &value))
            adjust->knobs[adjust->count++] =
                (knob_t){control_line(loader, LINE_KNOB, adjust->node, name), setting.signal, value.raw};
        json_reader_leave(&loader->reader, inner);
    }
}

static void load(story_loader_t *loader, const json_t *json, story_step_t *step)
{
    typedef struct {
        const char *ecu;
        const json_t *settings;
    } told_t;
    static const field_t FIELDS_OF_ADJUST[] = {
        {"ecu", FIELD_TEXT, true, offsetof(told_t, ecu), 0, 0, {0}},
        {"settings", FIELD_OBJECT, true, offsetof(told_t, settings), 0, 0, {0}},
    };
    told_t told = {0};
    json_reader_object(&loader->reader, json, FIELDS(FIELDS_OF_ADJUST), &told);
    adjust_t *adjust = story_allocate(loader, 1, sizeof *adjust);
    step->told = adjust;
    if (!story_find_node(loader, "ecu", told.ecu, &adjust->node) || !told.settings) return;
    size_t mark = json_reader_enter(&loader->reader, "settings");
    load_knobs(loader, told.settings, adjust);
    json_reader_leave(&loader->reader, mark);
}

static json_t *write(const story_t *story, const story_step_t *step)
{
    const adjust_t *adjust = step->told;
    json_t *settings = json_object();
    for (size_t i = 0; i < adjust->count; i++) {
        const knob_t *knob = &adjust->knobs[i];
        json_object_set_new(settings, knob->signal->setting, story_write_raw(knob->signal, knob->raw));
    }
    return json_pack("{s:o, s:o}", "ecu", story_write_node(story, adjust->node), "settings", settings);
}

static void add_words(words_t *words, const story_t *story, const story_step_t *step)
{
    const adjust_t *adjust = step->told;
    words_add(words, "%s", story->vehicle->nodes[adjust->node].name);
    for (size_t i = 0; i < adjust->count; i++) {
        words_add(words, " %s=", adjust->knobs[i].signal->setting);
        words_add_raw(words, adjust->knobs[i].signal, adjust->knobs[i].raw);
    }
}

static bool act(instant_t *instant, const story_step_t *step, words_t *problem)
{
    const adjust_t *adjust = step->told;
    (void)problem;
    for (size_t i = 0; i < adjust->count; i++)
        driver_set_line(instant->kernel, adjust->knobs[i].line, adjust->knobs[i].raw, true);
    return true;
}

const verb_t verb_adjust = {
    .name = "adjust", .kind = VERB_ACTS, .load = load, .write = write, .words = add_words, .act = act};
