// SPDX-License-Identifier: MIT
// libFuzzer target: the text of a story. What is refused has its mistakes told. What is taken is written and read again
// as the same story, and the standard car plays its first seconds, whatever they are.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/play/car.h"
#include "scenarios/play/play_vocabulary.h"
#include "scenarios/story/story.h"
#include "scenarios/story/story_write.h"
#include "tools/units.h"

#define PATH "/nonexistent/story.json" // a vehicle beside it is none
#define PLAYED_NS (2 * TIME_S)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static error_t error;
static story_world_t world;

static void check(bool holds)
{
    if (!holds) fprintf(stderr, "%s\n", error.text), abort();
}

static const story_t *parse(const char *text, size_t size)
{
    error_clear(&error);
    const story_t *story = story_parse(PATH, text, size, &world, &error);
    check((story != NULL) == (error.count == 0) && (story != NULL) == (error.text[0] == '\0'));
    return story;
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
    const story_t *again = parse(text, size);
    check(again && again->step_count == story->step_count && again->condition_count == story->condition_count);
    char *text_again = write_story(again, &again_size);
    check(size == again_size && memcmp(text, text_again, size) == 0);
    free(text_again);
    free(text);
    story_destroy(&again);
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
    const story_t *story = parse((const char *)data, size);
    if (!story) return 0;
    write_and_read_again(story);
    play(story);
    story_destroy(&story);
    return 0;
}
