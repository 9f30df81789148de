// SPDX-License-Identifier: MIT
// An hour of a car that is awake, on processes: the key in the lock keeps every bus awake, and all units send what they
// send in cycles.
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "bus/files/garage.h"
#include "scenarios/play/car.h"
#include "scenarios/play/play_vocabulary.h"
#include "tests/bench/guard.h"
#include "tests/bench/measure.h"
#include "tools/car_processes.h"

#define TURNS_MAX 3
#define AWAKE_S 3600
#define AWAKE_QUICK_S 20
#define FRAMES_PER_S 40 // fewer, and the buses were not awake
#define MOST_S 4.0

static const char STORY[] = "{\"name\": \"awake\", \"steps\": ["
                            "{\"at\": \"100 ms\", \"remote\": {\"key\": 2, \"button\": \"unlock\"}},"
                            "{\"at\": \"1 s\", \"ignition\": {\"insert\": 2}},"
                            "{\"after\": \"500 ms\", \"ignition\": {\"terminal\": \"15\"}},"
                            "{\"at\": \"2 s\", \"expect\": {\"terminal\": \"15\"}},"
                            "{\"at\": \"%d s\", \"expect\": {\"terminal\": \"15\"}}]}\n";

typedef struct {
    uint64_t frames;
    hub_figures_t figures;
    double wall_s, cpu_s;
} played_t;

static played_t play(const story_t *story, const char *units, error_t *error)
{
    car_plan_t plan = story_plan(story);
    car_processes_t processes = {.options = {.vehicle = plan.vehicle, .unit_directory = units}};
    car_host_t host = car_processes_host(&processes);
    played_t played = {0};
    double began_s = measure_now_s(), cpu_began_s = measure_cpu_of_all_s();
    car_t *car = car_new(&plan, &host, error);
    if (!car) measure_fail("%s", error->text);
    car_play(car, story);
    if (!car_run(car, error)) measure_fail("%s", error->text);
    if (player_verdict(car->player)->state != PLAYER_PASSED) measure_fail("%s", player_verdict(car->player)->problem);
    for (uint8_t bus = 0; bus < plan.vehicle->bus_count; bus++) played.frames += kernel_bus(car->kernel, bus)->carried;
    played.figures = hub_figures(processes.hub);
    hub_destroy(&processes.hub);
    car_destroy(&car);
    played.wall_s = measure_now_s() - began_s;
    played.cpu_s = measure_cpu_of_all_s() - cpu_began_s;
    return played;
}

static int work(int argc, char **argv)
{
    (void)argv;
    if (argc != 1) return fprintf(stderr, "usage: bench_hour\n"), 2;
    static error_t error;
    error_clear(&error);
    char units[MEASURE_PATH_MAX], text[sizeof STORY + 16];
    measure_beside("../bin", units);
    int awake_s = measure_times(AWAKE_S, AWAKE_QUICK_S), turns = measure_times(TURNS_MAX, 1);
    int size = snprintf(text, sizeof text, STORY, awake_s);
    garage_t *garage = garage_new();
    const story_world_t world = {&play_vocabulary, garage};
    const story_t *story = story_parse("awake", text, (size_t)size, &world, &error);
    if (!story) measure_fail("%s", error.text);
    double wall_s[TURNS_MAX], cpu_s[TURNS_MAX];
    played_t played = {0};
    for (int turn = 0; turn < turns; turn++) {
        played = play(story, units, &error);
        wall_s[turn] = played.wall_s;
        cpu_s[turn] = played.cpu_s;
        if (played.frames < (uint64_t)awake_s * FRAMES_PER_S) measure_fail("the buses were not awake");
        if (played.figures.published < played.frames) measure_fail("not every frame was published");
    }
    story_destroy(&story);
    garage_destroy(&garage);
    double median_s = measure_median(wall_s, (size_t)turns);
    measure_title(
        "| virtual time | frames carried | messages published | activations | CPU time of all | wall time | at most |",
        "An awake car: ignition on, units on processes of their own, from their start to their end.\nMedian of %d "
        "runs. No peer.",
        turns);
    printf("| %d s | %" PRIu64 " | %" PRIu64 " | %" PRIu64 " | %.2f s | %.2f s | %.0f s |\n", awake_s, played.frames,
           played.figures.published, played.figures.rounds, measure_median(cpu_s, (size_t)turns), median_s, MOST_S);
    measure_at_most(median_s, MOST_S, " s", "an awake hour on processes");
    return measure_status();
}

int main(int argc, char **argv)
{
    return guard_run(work, argc, argv);
}
