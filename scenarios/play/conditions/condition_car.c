// SPDX-License-Identifier: MIT
// car: what the last command to the doors made of it.
#include "scenarios/play/conditions/seen.h"
#include "scenarios/play/play_vocabulary.h"
#include "scenarios/story/story_parts.h"

#define STATES "locked", "unlocked"

static const char *const STATE_NAMES[] = {STATES};

typedef struct {
    int64_t unlocked;
} car_t;

static void load(story_loader_t *loader, const json_t *json, condition_use_t use, condition_t *condition)
{
    static const field_t FIELDS_OF_CAR[] = {
        {"car", FIELD_CHOICE, true, offsetof(car_t, unlocked), 0, 0, {STATES}},
    };
    car_t *car = story_allocate(loader, 1, sizeof *car);
    (void)use;
    json_reader_object(&loader->reader, json, FIELDS(FIELDS_OF_CAR), car);
    condition->told = car;
    story_require_signal(loader, "CentralLocking", "DriverDoor");
}

static void write(const story_t *story, const condition_t *condition, json_t *object)
{
    const car_t *car = condition->told;
    (void)story;
    json_object_set_new(object, "car", json_string(STATE_NAMES[car->unlocked]));
}

static void add_words(words_t *words, const story_t *story, const condition_t *condition)
{
    const car_t *car = condition->told;
    (void)story;
    words_add(words, "car %s", STATE_NAMES[car->unlocked]);
}

static bool holds(const condition_t *condition, const condition_context_t *context)
{
    const car_t *car = condition->told;
    return car_view_unlocked(context->view) == (car->unlocked == 1);
}

static void add_seen(words_t *words, const story_t *story, const condition_t *condition,
                     const condition_context_t *context)
{
    (void)condition;
    words_add(words, "car %s, ", STATE_NAMES[car_view_unlocked(context->view)]);
    seen_add_latest(words, story, context->view->locking, STORY_ANY_BUS, context->view);
}

const condition_kind_t condition_car = {.mark = "car",
                                        .family = CONDITION_OF_STATE,
                                        .load = load,
                                        .write = write,
                                        .words = add_words,
                                        .seen = add_seen,
                                        .holds = holds};
