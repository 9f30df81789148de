// SPDX-License-Identifier: MIT
// door: the driver's door is opened or closed.
#include "bus/car/lines.h"
#include "scenarios/play/instant.h"
#include "scenarios/play/play_vocabulary.h"
#include "scenarios/story/story_doubt.h"
#include "scenarios/story/story_parts.h"

#define STATES "closed", "open" // the line's value

static const char *const STATE_NAMES[] = {STATES};

typedef struct {
    int64_t driver;
} door_t;

static void load(story_loader_t *loader, const json_t *json, story_step_t *step)
{
    static const field_t FIELDS_OF_DOOR[] = {{"driver", FIELD_CHOICE, true, offsetof(door_t, driver), 0, 0, {STATES}}};
    door_t *door = story_allocate(loader, 1, sizeof *door);
    json_reader_object(&loader->reader, json, FIELDS(FIELDS_OF_DOOR), door);
    step->told = door;
}

static json_t *write(const story_t *story, const story_step_t *step)
{
    const door_t *door = step->told;
    (void)story;
    return json_pack("{s:s}", "driver", STATE_NAMES[door->driver]);
}

static void add_words(words_t *words, const story_t *story, const story_step_t *step)
{
    const door_t *door = step->told;
    (void)story;
    words_add(words, "driver %s", STATE_NAMES[door->driver]);
}

static void doubt(story_doubts_t *doubts, const story_step_t *step)
{
    const door_t *door = step->told;
    bool open = door->driver == 1;
    if (open == doubts->door_open) story_doubt_tell(doubts, "the door is %s already", STATE_NAMES[door->driver]);
    doubts->door_open = open;
}

static bool act(instant_t *instant, const story_step_t *step, words_t *problem)
{
    const door_t *door = step->told;
    (void)problem;
    driver_set_line(instant->kernel, LINE_DRIVER_DOOR, door->driver, false);
    return true;
}

const verb_t verb_door = {
    .name = "door", .kind = VERB_ACTS, .load = load, .write = write, .words = add_words, .doubt = doubt, .act = act};
