// SPDX-License-Identifier: MIT
// frame: a node that does not belong there puts a frame on a bus.
#include "scenarios/play/instant.h"
#include "scenarios/play/play_vocabulary.h"
#include "scenarios/story/story_parts.h"

typedef struct {
    uint8_t bus;
    can_frame_t frame;
} stranger_t;

static void load(story_loader_t *loader, const json_t *json, story_step_t *step)
{
    typedef struct {
        const char *bus, *frame;
    } told_t;
    static const field_t FIELDS_OF_FRAME[] = {
        {"bus", FIELD_TEXT, true, offsetof(told_t, bus), 0, 0, {0}},
        {"frame", FIELD_TEXT, true, offsetof(told_t, frame), 0, 0, {0}},
    };
    told_t told = {0};
    json_reader_object(&loader->reader, json, FIELDS(FIELDS_OF_FRAME), &told);
    stranger_t *stranger = story_allocate(loader, 1, sizeof *stranger);
    step->told = stranger;
    story_find_bus(loader, "bus", told.bus, &stranger->bus);
    if (!told.frame || frame_parse(told.frame, &stranger->frame)) return;
    json_reader_mistake_at(&loader->reader, "frame", "must be a frame like \"23A#11300101\", at most eight bytes");
}

static json_t *write(const story_t *story, const story_step_t *step)
{
    const stranger_t *stranger = step->told;
    char text[FRAME_TEXT_MAX];
    return json_pack("{s:s, s:s}", "bus", story->vehicle->buses[stranger->bus].name, "frame",
                     frame_format(&stranger->frame, text));
}

static void add_words(words_t *words, const story_t *story, const story_step_t *step)
{
    const stranger_t *stranger = step->told;
    char text[FRAME_TEXT_MAX];
    words_add(words, "%s on %s", frame_format(&stranger->frame, text), story->vehicle->buses[stranger->bus].name);
}

static bool act(instant_t *instant, const story_step_t *step, words_t *problem)
{
    const stranger_t *stranger = step->told;
    if (can_bus_error_state(kernel_bus(instant->kernel, stranger->bus), KERNEL_STRANGER) == CAN_BUS_OFF) {
        words_add(problem, "the stranger is bus-off on %s and sends nothing",
                  instant->view->vehicle->buses[stranger->bus].name);
        return false;
    }
    kernel_inject(instant->kernel, stranger->bus, &stranger->frame);
    return true;
}

const verb_t verb_frame = {
    .name = "frame", .kind = VERB_ACTS, .load = load, .write = write, .words = add_words, .act = act};
