// SPDX-License-Identifier: MIT
// frame: a frame that matches a pattern of identifier and bytes is seen.
#include <string.h>

#include "scenarios/play/conditions/seen.h"
#include "scenarios/play/play_vocabulary.h"
#include "scenarios/story/story_parts.h"
#include "scenarios/story/story_write.h"
#include "scenarios/story/words_step.h"

typedef struct {
    const char *whole; // identifier and bytes: "23A#11??"
    const char *id;    // the identifier with any bytes: "23A#*"
} pattern_t;

// ---- what the file says --------------------------------------------------------------------------------------------

static void load(story_loader_t *loader, const json_t *json, condition_use_t use, condition_t *condition)
{
    typedef struct {
        const char *frame, *bus;
    } told_t;
    static const field_t FIELDS_OF_FRAME[] = {
        {"frame", FIELD_TEXT, true, offsetof(told_t, frame), 0, 0, {0}},
        {"bus", FIELD_TEXT, false, offsetof(told_t, bus), 0, 0, {0}},
    };
    told_t told = {0};
    (void)use;
    json_reader_object(&loader->reader, json, FIELDS(FIELDS_OF_FRAME), &told);
    story_load_condition_bus(loader, told.bus, condition);
    if (!told.frame) return;
    const char *hash = strchr(told.frame, '#');
    if (!frame_pattern_valid(told.frame) || !hash) {
        json_reader_mistake_at(&loader->reader, "frame",
                               "must be an identifier and bytes like \"23A#11??\", ? for any digit, * at the end");
        return;
    }
    size_t id_length = (size_t)(hash - told.frame) + 1;
    pattern_t *pattern = story_allocate(loader, 1, sizeof *pattern);
    char *id = story_allocate(loader, id_length + 2, 1);
    memcpy(id, told.frame, id_length);
    id[id_length] = '*';
    *pattern = (pattern_t){.whole = story_keep_text(loader, told.frame), .id = id};
    condition->told = pattern;
}

static void write(const story_t *story, const condition_t *condition, json_t *object)
{
    const pattern_t *pattern = condition->told;
    json_object_set_new(object, "frame", json_string(pattern->whole));
    story_write_condition_bus(story, condition, object);
}

static void add_words(words_t *words, const story_t *story, const condition_t *condition)
{
    const pattern_t *pattern = condition->told;
    words_add(words, "frame %s", pattern->whole);
    words_add_condition_bus(words, story, condition);
}

// ---- what happens --------------------------------------------------------------------------------------------------

static bool concerns(const condition_t *condition, const can_frame_t *frame)
{
    const pattern_t *pattern = condition->told;
    return frame_matches(frame, pattern->id);
}

static bool agrees(const condition_t *condition, const can_frame_t *frame)
{
    const pattern_t *pattern = condition->told;
    return frame_matches(frame, pattern->whole);
}

// From before the step, of those that the vehicle's messages name.
static const car_view_last_t *find_earlier(const condition_t *condition, const car_view_t *view)
{
    const pattern_t *pattern = condition->told;
    const car_view_last_t *latest = NULL;
    for (size_t i = 0; i < view->dbc->message_count; i++) {
        const car_view_last_t *last = car_view_last(view, &view->dbc->messages[i], condition->bus);
        if (!last || !frame_matches(&last->frame, pattern->id)) continue;
        if (!latest || last->at_ns > latest->at_ns) latest = last;
    }
    return latest;
}

static void add_seen(words_t *words, const story_t *story, const condition_t *condition,
                     const condition_context_t *context)
{
    const car_view_last_t *own = &context->memories[condition->slot].last;
    const car_view_last_t *last = own->seen ? own : find_earlier(condition, context->view);
    if (!last) {
        words_add(words, "no frame of that identifier");
        if (condition->bus >= 0) words_add(words, " on %s", story->vehicle->buses[condition->bus].name);
        words_add(words, " since the step was reached");
        return;
    }
    char text[FRAME_TEXT_MAX];
    words_add(words, "frame %s", frame_format(&last->frame, text));
    seen_add_place(words, story, last);
}

const condition_kind_t condition_frame = {.mark = "frame",
                                          .family = CONDITION_OF_FRAMES,
                                          .load = load,
                                          .write = write,
                                          .words = add_words,
                                          .seen = add_seen,
                                          .concerns = concerns,
                                          .agrees = agrees};
