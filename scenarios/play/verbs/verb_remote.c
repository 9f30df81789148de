// SPDX-License-Identifier: MIT
// remote: a button of a key's remote control is pressed.
#include "scenarios/play/instant.h"
#include "scenarios/play/play_vocabulary.h"
#include "scenarios/play/verbs/button.h"
#include "scenarios/story/story_doubt.h"
#include "scenarios/story/story_parts.h"
#include "scenarios/story/story_write.h"

#define HOLD_NS (100 * TIME_MS) // unless told
#define HOLD_MINIMUM_NS (1 * TIME_US)

static void load(story_loader_t *loader, const json_t *json, story_step_t *step)
{
    typedef struct {
        int64_t key, button, hold_ns;
        bool out_of_range;
    } told_t;
    static const field_t FIELDS_OF_REMOTE[] = {
        {"key", FIELD_INTEGER, true, offsetof(told_t, key), 1, KEY_COUNT_MAX, {0}},
        {"button", FIELD_CHOICE, true, offsetof(told_t, button), 0, 0, {BUTTONS}},
        {"hold", FIELD_TIME, false, offsetof(told_t, hold_ns), HOLD_MINIMUM_NS, 0, {0}},
        {"out_of_range", FIELD_BOOLEAN, false, offsetof(told_t, out_of_range), 0, 0, {0}},
    };
    told_t told = {.hold_ns = HOLD_NS};
    json_reader_object(&loader->reader, json, FIELDS(FIELDS_OF_REMOTE), &told);
    story_check_key(loader, "key", told.key);
    driver_press_t *press = story_allocate(loader, 1, sizeof *press);
    *press = (driver_press_t){(int)told.key, BUTTON_OF[told.button], told.hold_ns, told.out_of_range};
    step->told = press;
}

static json_t *write(const story_t *story, const story_step_t *step)
{
    const driver_press_t *press = step->told;
    json_t *object = json_pack("{s:i, s:s}", "key", press->key, "button", button_name(press->button));
    if (press->hold_ns != HOLD_NS) json_object_set_new(object, "hold", story_write_time(press->hold_ns));
    if (press->out_of_range) json_object_set_new(object, "out_of_range", json_true());
    (void)story;
    return object;
}

static void add_words(words_t *words, const story_t *story, const story_step_t *step)
{
    const driver_press_t *press = step->told;
    (void)story;
    words_add(words, "key %d %s, held ", press->key, button_name(press->button));
    words_add_time(words, press->hold_ns);
    if (press->out_of_range) words_add(words, ", out of range");
}

static void doubt(story_doubts_t *doubts, const story_step_t *step)
{
    (void)step;
    doubts->telegrams++;
}

static bool act(instant_t *instant, const story_step_t *step, words_t *problem)
{
    (void)problem;
    driver_press(instant->driver, instant->kernel, step->told);
    return true;
}

const verb_t verb_remote = {
    .name = "remote", .kind = VERB_ACTS, .load = load, .write = write, .words = add_words, .doubt = doubt, .act = act};
