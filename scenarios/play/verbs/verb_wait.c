// SPDX-License-Identifier: MIT
// wait: the story is held for a time.
#include "scenarios/play/instant.h"
#include "scenarios/play/play_vocabulary.h"
#include "scenarios/story/story_parts.h"
#include "scenarios/story/story_write.h"

static void load(story_loader_t *loader, const json_t *json, story_step_t *step)
{
    static const field_t WAIT = {.kind = FIELD_TIME};
    step->lasts_ns = 0;
    json_reader_value(&loader->reader, json, &WAIT, &step->lasts_ns);
}

static json_t *write(const story_t *story, const story_step_t *step)
{
    (void)story;
    return story_write_time(step->lasts_ns);
}

static void add_words(words_t *words, const story_t *story, const story_step_t *step)
{
    (void)story;
    words_add_time(words, step->lasts_ns);
}

static verb_progress_t progress(instant_t *instant, const story_step_t *step, words_t *problem)
{
    (void)problem;
    return instant_wait_until(instant, instant->reached_ns + step->lasts_ns) ? VERB_DONE : VERB_NOT_YET;
}

const verb_t verb_wait = {
    .name = "wait", .kind = VERB_WAITS, .load = load, .write = write, .words = add_words, .progress = progress};
