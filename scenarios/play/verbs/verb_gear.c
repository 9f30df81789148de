// SPDX-License-Identifier: MIT
// gear: the selector lever is moved.
#include "bus/car/lines.h"
#include "scenarios/play/instant.h"
#include "scenarios/play/play_vocabulary.h"
#include "scenarios/story/story_parts.h"

#define GEARS "p", "r", "n", "d" // the line's value

static const char *const GEAR_NAMES[] = {GEARS};

typedef struct {
    int64_t gear;
} gear_t;

static void load(story_loader_t *loader, const json_t *json, story_step_t *step)
{
    static const field_t GEAR = {.kind = FIELD_CHOICE, .choices = {GEARS}};
    gear_t *told = story_allocate(loader, 1, sizeof *told);
    json_reader_value(&loader->reader, json, &GEAR, &told->gear);
    step->told = told;
}

static json_t *write(const story_t *story, const story_step_t *step)
{
    const gear_t *told = step->told;
    (void)story;
    return json_string(GEAR_NAMES[told->gear]);
}

static void add_words(words_t *words, const story_t *story, const story_step_t *step)
{
    const gear_t *told = step->told;
    (void)story;
    words_add(words, "%s", GEAR_NAMES[told->gear]);
}

static bool act(instant_t *instant, const story_step_t *step, words_t *problem)
{
    const gear_t *told = step->told;
    (void)problem;
    driver_set_line(instant->kernel, LINE_GEAR, told->gear, false);
    return true;
}

const verb_t verb_gear = {
    .name = "gear", .kind = VERB_ACTS, .load = load, .write = write, .words = add_words, .act = act};
