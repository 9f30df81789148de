// SPDX-License-Identifier: MIT
// Short stories in-process on one processor, as a search plays them: vehicle, DBC and story loaded once, one
// car that is reset between them. What was really done is counted beside the time.
#include <stdio.h>
#include <stdlib.h>

#include "bus/zmq/affinity.h"
#include "bus/files/garage.h"
#include "scenarios/play/car.h"
#include "scenarios/play/play_vocabulary.h"
#include "tests/bench/guard.h"
#include "tests/bench/measure.h"
#include "tools/units.h"

#define TURNS_MAX 11
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

static void play(car_t *car, const car_plan_t *plan, const story_t *story, work_t *work, error_t *error)
{
    if (!car_reset(car, plan, error)) measure_fail("%s", error->text);
    car_play(car, story);
    simulation_observer_t observer = {.self = work, .look = count_instant};
    car->simulation.observers = &observer;
    car->simulation.observer_count = 1;
    if (!car_run(car, error)) measure_fail("%s", error->text);
    const player_verdict_t *verdict = player_verdict(car->player);
    if (verdict->state != PLAYER_PASSED) measure_fail("%s", verdict->problem);
    work->time_ns = verdict->time_ns;
    for (uint8_t bus = 0; bus < plan->vehicle->bus_count; bus++) work->frames += kernel_bus(car->kernel, bus)->carried;
}

// In ms per 1,000.
static double play_many(car_t *car, const story_t *story, int count, work_t *work, error_t *error)
{
    car_plan_t plan = story_plan(story);
    double began_s = measure_cpu_s();
    for (int i = 0; i < count; i++) play(car, &plan, story, work, error);
    return (measure_cpu_s() - began_s) * 1e6 / count;
}

typedef struct {
    const char *path;
    double most_ms; // per 1,000; 0: not asked
} row_t;

static const row_t ROWS[] = {{"tests/bench/short.json", 60}, {"scenarios/two_keys_one_number.json", 0}};

static double play_turns(const story_t *story, int turns, int count, work_t *work)
{
    static error_t error;
    error_clear(&error);
    double cpu_ms[TURNS_MAX];
    car_plan_t plan = story_plan(story);
    car_t *car = car_new(&plan, &(car_host_t){.find = units_find}, &error);
    if (!car) measure_fail("%s", error.text);
    for (int turn = 0; turn < turns; turn++) cpu_ms[turn] = play_many(car, story, count, work, &error);
    car_destroy(&car);
    if (work->frames == 0 || work->instants == 0) measure_fail("the stories did nothing");
    return measure_median(cpu_ms, (size_t)turns);
}

static void measure(const row_t *row, int turns, int count)
{
    static error_t error;
    error_clear(&error);
    garage_t *garage = garage_new();
    const story_world_t world = {&play_vocabulary, garage};
    const story_t *story = story_load(row->path, &world, &error);
    if (!story) measure_fail("%s", error.text);
    work_t work = {0};
    double median_ms = play_turns(story, turns, count, &work), stories = (double)turns * count;
    char most[16] = "";
    if (row->most_ms > 0) snprintf(most, sizeof most, "%.0f ms", row->most_ms);
    printf("| %s | %.0f s | %.0f | %.0f | %.1f ms | %s |\n", row->path, (double)work.time_ns / 1e9,
           (double)work.instants / stories, (double)work.frames / stories, median_ms, most);
    if (row->most_ms > 0) measure_at_most(median_ms, row->most_ms, " ms", "1,000 short stories in-process");
    story_destroy(&story);
    garage_destroy(&garage);
}

static int work(int argc, char **argv)
{
    (void)argv;
    if (argc != 1) return fprintf(stderr, "usage: bench_short\n"), 2;
    int turns = measure_times(TURNS_MAX, 1), count = measure_times(TURN_STORIES, 10);
    affinity_pin(affinity_processor());
    measure_title("| story | virtual time | instants | frames carried | CPU time of 1,000 stories | at most |",
                  "Short stories in-process on one processor, one after the other: vehicle, DBC and story loaded once, "
                  "one car reset between\nthem. Median of %d turns of %d. No peer.",
                  turns, count);
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) measure(&ROWS[i], turns, count);
    return measure_status();
}

int main(int argc, char **argv)
{
    return guard_run(work, argc, argv);
}
