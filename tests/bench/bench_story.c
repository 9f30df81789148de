// SPDX-License-Identifier: MIT
// One story in-process, from its file to its verdict, without the start of a program.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "bus/files/garage.h"
#include "scenarios/play/car.h"
#include "scenarios/play/play_vocabulary.h"
#include "tests/bench/guard.h"
#include "tests/bench/measure.h"
#include "tools/units.h"

#define TURNS_MAX 51
#define MOST_MS 2.0

typedef struct {
    int64_t time_ns; // of its end
    uint64_t frames;
} played_t;

static played_t play(const char *path)
{
    static error_t error;
    error_clear(&error);
    garage_t *garage = garage_new();
    const story_world_t world = {&play_vocabulary, garage};
    const story_t *story = story_load(path, &world, &error);
    if (!story) measure_fail("%s", error.text);
    car_plan_t plan = story_plan(story);
    car_t *car = car_new(&plan, &(car_host_t){.find = units_find}, &error);
    if (!car) measure_fail("%s", error.text);
    car_play(car, story);
    const player_verdict_t *verdict = player_verdict(car->player);
    if (!car_run(car, &error) || verdict->state != PLAYER_PASSED) measure_fail("%s%s", error.text, verdict->problem);
    played_t played = {.time_ns = verdict->time_ns};
    for (uint8_t bus = 0; bus < plan.vehicle->bus_count; bus++) played.frames += kernel_bus(car->kernel, bus)->carried;
    car_destroy(&car);
    story_destroy(&story);
    garage_destroy(&garage);
    return played;
}

static int work(int argc, char **argv)
{
    if (argc != 2) return fprintf(stderr, "usage: bench_story SCENARIO\n"), 2;
    int turns = measure_times(TURNS_MAX, 1);
    double cpu_ms[TURNS_MAX];
    played_t played = {0};
    for (int turn = 0; turn < turns; turn++) {
        double began_ms = measure_cpu_s() * 1e3;
        played = play(argv[1]);
        cpu_ms[turn] = measure_cpu_s() * 1e3 - began_ms;
        if (played.frames == 0) measure_fail("%s: no frames", argv[1]);
    }
    double median_ms = measure_median(cpu_ms, (size_t)turns);
    measure_title("| story | virtual time | frames carried | CPU time | at most |",
                  "A story in-process, from its file to its verdict: vehicle, DBC and story files read each time, no "
                  "program started.\nMedian of %d. No peer.",
                  turns);
    printf("| %s | %.0f s | %" PRIu64 " | %.2f ms | %.0f ms |\n", argv[1], (double)played.time_ns / 1e9, played.frames,
           median_ms, MOST_MS);
    measure_at_most(median_ms, MOST_MS, " ms", "a story in-process from its file");
    return measure_status();
}

int main(int argc, char **argv)
{
    return guard_run(work, argc, argv);
}
