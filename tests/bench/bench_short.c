// SPDX-License-Identifier: MIT
// Short stories per second in-process on one processor, as a search plays them: vehicle, DBC and story loaded once, one
// car that is reset between them. What was really done is counted beside the time.
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "bus/zmq/affinity.h"
#include "bus/files/garage.h"
#include "scenarios/play/car.h"
#include "scenarios/play/play_vocabulary.h"
#include "tests/bench/measure.h"
#include "tools/units.h"

#define TURNS 11
#define TURN_STORIES 2000

typedef struct {
    uint64_t frames, instants;
    int64_t time_ns; // of the story's end
} work_t;

static void count_instant(void *work, const kernel_t *kernel)
{
    work_t *self = work;
    (void)kernel;
    self->instants++;
}

static void fail(const char *why)
{
    fprintf(stderr, "%s\n", why);
    exit(3);
}

static void play(car_t *car, const car_plan_t *plan, const story_t *story, work_t *work, error_t *error)
{
    if (!car_reset(car, plan, error)) fail(error->text);
    car_play(car, story);
    simulation_observer_t observer = {.self = work, .look = count_instant};
    car->simulation.observers = &observer;
    car->simulation.observer_count = 1;
    if (!car_run(car, error)) fail(error->text);
    const player_verdict_t *verdict = player_verdict(car->player);
    if (verdict->state != PLAYER_PASSED) fail(verdict->problem);
    work->time_ns = verdict->time_ns;
    for (uint8_t bus = 0; bus < plan->vehicle->bus_count; bus++) work->frames += kernel_bus(car->kernel, bus)->carried;
}

static double stories_per_second(car_t *car, const car_plan_t *plan, const story_t *story, work_t *work, error_t *error)
{
    double began_s = measure_now_s();
    for (int i = 0; i < TURN_STORIES; i++) play(car, plan, story, work, error);
    return TURN_STORIES / (measure_now_s() - began_s);
}

int main(int argc, char **argv)
{
    static error_t error;
    error_clear(&error);
    if (argc < 2 || argc > 3) return fprintf(stderr, "usage: bench_short SCENARIO [AT_LEAST]\n"), 2;
    double at_least = argc == 3 ? strtod(argv[2], NULL) : 0;
    garage_t *garage = garage_new();
    const story_world_t world = {&play_vocabulary, garage};
    const story_t *story = story_load(argv[1], &world, &error);
    if (!story) fail(error.text);
    affinity_pin(affinity_processor());
    car_plan_t plan = story_plan(story);
    car_t *car = car_new(&plan, &(car_host_t){.find = units_find}, &error);
    if (!car) fail(error.text);
    double rates[TURNS];
    work_t work = {0};
    for (int turn = 0; turn < TURNS; turn++) rates[turn] = stories_per_second(car, &plan, story, &work, &error);
    car_destroy(&car);
    if (work.frames == 0 || work.instants == 0) fail("the stories did nothing");
    double rates_median = measure_median(rates, TURNS), stories = (double)TURNS * TURN_STORIES;
    printf("Short stories in-process on one processor, vehicle, DBC and story loaded once, one car reset between them, "
           "median of %d turns of %d\n\n",
           TURNS, TURN_STORIES);
    printf("| story | virtual time | instants | frames | stories per second | at least |\n|---|---|---|---|---|---|\n");
    printf("| %s | %.0f s | %.0f | %.0f | %.0f | %.0f |\n", argv[1], (double)work.time_ns / 1e9,
           (double)work.instants / stories, (double)work.frames / stories, rates_median, at_least);
    story_destroy(&story);
    garage_destroy(&garage);
    return rates_median >= at_least ? 0 : 1;
}
