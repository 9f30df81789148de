// SPDX-License-Identifier: MIT
// power: a unit's supply is taken or given.
#include "scenarios/play/instant.h"
#include "scenarios/play/play_vocabulary.h"
#include "scenarios/story/story_doubt.h"
#include "scenarios/story/story_parts.h"
#include "scenarios/story/story_write.h"

#define STATES "off", "on", "crash" // kernel_power_t

static const char *const STATE_NAMES[] = {STATES};

typedef struct {
    uint8_t node;
    kernel_power_t state;
} power_t;

static void load(story_loader_t *loader, const json_t *json, story_step_t *step)
{
    typedef struct {
        const char *ecu;
        int64_t state;
    } told_t;
    static const field_t FIELDS_OF_POWER[] = {
        {"ecu", FIELD_TEXT, true, offsetof(told_t, ecu), 0, 0, {0}},
        {"state", FIELD_CHOICE, true, offsetof(told_t, state), 0, 0, {STATES}},
    };
    told_t told = {0};
    json_reader_object(&loader->reader, json, FIELDS(FIELDS_OF_POWER), &told);
    power_t *power = story_allocate(loader, 1, sizeof *power);
    step->told = power;
    story_find_node(loader, "ecu", told.ecu, &power->node);
    power->state = (kernel_power_t)told.state;
}

static json_t *write(const story_t *story, const story_step_t *step)
{
    const power_t *power = step->told;
    return json_pack("{s:o, s:s}", "ecu", story_write_node(story, power->node), "state", STATE_NAMES[power->state]);
}

static void add_words(words_t *words, const story_t *story, const story_step_t *step)
{
    const power_t *power = step->told;
    words_add(words, "%s %s", story->vehicle->nodes[power->node].name, STATE_NAMES[power->state]);
}

static void doubt(story_doubts_t *doubts, const story_step_t *step)
{
    const power_t *power = step->told;
    bool on = power->state == POWER_ON, powered = !index_set_has(doubts->unpowered, power->node);
    if (on == powered) story_doubt_tell(doubts, on ? "it has power already" : "it has no power");
    index_set_put(&doubts->unpowered, power->node, !on);
}

// Off at the end of this instant; who asks the status in it must not hear of what is no more.
static bool act(instant_t *instant, const story_step_t *step, words_t *problem)
{
    const power_t *power = step->told;
    (void)problem;
    kernel_set_power(instant->kernel, power->node, power->state);
    if (power->state != POWER_ON) car_view_forget(instant->view, power->node);
    return true;
}

const verb_t verb_power = {
    .name = "power", .kind = VERB_ACTS, .load = load, .write = write, .words = add_words, .doubt = doubt, .act = act};
