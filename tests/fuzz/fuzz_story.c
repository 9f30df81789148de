// SPDX-License-Identifier: MIT
// libFuzzer target: the text of stories. What is refused has its mistakes told. What is taken is written and read again
// as the same story, and the standard car plays its first seconds, whatever they are: of the first stories, where there
// are many, and of those that are not too long.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/play/car.h"
#include "scenarios/play/play_vocabulary.h"
#include "scenarios/story/story_set.h"
#include "scenarios/story/story_write.h"
#include "tools/units.h"

#define PATH "/nonexistent/story.json" // a vehicle beside it is none, and a file of steps neither
#define PLAYED_NS (2 * TIME_S)
#define STORIES_PLAYED 3
#define STEPS_PLAYED 1000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static error_t error;
static story_world_t world;

static void check(bool holds)
{
    if (!holds) fprintf(stderr, "%s\n", error.text), abort();
}

static story_set_t *parse(const char *text, size_t size)
{
    error_clear(&error);
    story_set_t *set = story_set_parse(PATH, text, size, &world, &error);
    check((set != NULL) == (error.count == 0) && (set != NULL) == (error.text[0] == '\0'));
    return set;
}

static char *write_story(const story_t *story, size_t *size)
{
    char *text = NULL;
    FILE *file = open_memstream(&text, size);
    check(file && story_write_file(story, file));
    fclose(file);
    return text;
}

static void write_and_read_again(const story_t *story)
{
    size_t size, again_size;
    char *text = write_story(story, &size);
    story_set_t *set = parse(text, size);
    check(set && story_set_count(set) == 1);
    const story_t *again = story_set_story(set, 0);
    // Rounds that say the same share their conditions, and are written one by one.
    check(again->step_count == story->step_count && again->condition_count >= story->condition_count);
    char *text_again = write_story(again, &again_size);
    check(size == again_size && memcmp(text, text_again, size) == 0);
    free(text_again);
    free(text);
    story_set_destroy(&set);
}

static void play(const story_t *story)
{
    car_plan_t plan = story_plan(story);
    car_t *car = car_new(&plan, &(car_host_t){.find = units_find}, &error);
    check(car);
    car_play(car, story);
    check(car_run_until(car, PLAYED_NS, NULL, &error));
    car_destroy(&car);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!world.garage) world = (story_world_t){&play_vocabulary, garage_new()};
    story_set_t *set = parse((const char *)data, size);
    for (size_t i = 0; set && i < story_set_count(set) && i < STORIES_PLAYED; i++) {
        const story_t *story = story_set_story(set, i);
        if (story->step_count > STEPS_PLAYED) continue;
        write_and_read_again(story);
        play(story);
    }
    story_set_destroy(&set);
    return 0;
}
