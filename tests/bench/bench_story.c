// SPDX-License-Identifier: MIT
// One story in-process, from its file to its verdict, without the start of a program.
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "bus/files/garage.h"
#include "scenarios/play/car.h"
#include "scenarios/play/play_vocabulary.h"
#include "tests/bench/measure.h"
#include "tools/units.h"

#define TURNS 51
#define BUDGET_MS 2.0

// The virtual time of its end; ends the program when it fails.
static int64_t play(const char *path)
{
    static error_t error;
    error_clear(&error);
    garage_t *garage = garage_new();
    const story_world_t world = {&play_vocabulary, garage};
    const story_t *story = story_load(path, &world, &error);
    if (!story) fprintf(stderr, "%s\n", error.text), exit(3);
    car_plan_t plan = story_plan(story);
    car_t *car = car_new(&plan, &(car_host_t){.find = units_find}, &error);
    if (!car) fprintf(stderr, "%s\n", error.text), exit(3);
    car_play(car, story);
    const player_verdict_t *verdict = player_verdict(car->player);
    if (!car_run(car, &error) || verdict->state != PLAYER_PASSED)
        fprintf(stderr, "%s%s\n", error.text, verdict->problem), exit(3);
    int64_t time_ns = verdict->time_ns;
    car_destroy(&car);
    story_destroy(&story);
    garage_destroy(&garage);
    return time_ns;
}

int main(int argc, char **argv)
{
    if (argc != 2) return fprintf(stderr, "usage: bench_story SCENARIO\n"), 2;
    double wall_ms[TURNS];
    int64_t time_ns = 0;
    for (int turn = 0; turn < TURNS; turn++) {
        double began_ms = measure_now_s() * 1e3;
        time_ns = play(argv[1]);
        wall_ms[turn] = measure_now_s() * 1e3 - began_ms;
    }
    double wall_ms_median = measure_median(wall_ms, TURNS);
    printf("A story in-process, vehicle, DBC and story files read each time, median of %d turns\n\n", TURNS);
    printf("| story | virtual time | wall time | at most |\n|---|---|---|---|\n");
    printf("| %s | %.0f s | %.2f ms | %.0f ms |\n", argv[1], (double)time_ns / 1e9, wall_ms_median, BUDGET_MS);
    return wall_ms_median <= BUDGET_MS ? 0 : 1;
}
