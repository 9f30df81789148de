// SPDX-License-Identifier: MIT
// One story in-process, from its file to its verdict, without the start of a program.
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "bus/files/garage.h"
#include "scenarios/play/play_vocabulary.h"
#include "tools/kmsim_run.h"
#include "tests/bench/measure.h"

#define TURNS 51
#define BUDGET_MS 2.0

int main(int argc, char **argv)
{
    static error_t error;
    static player_verdict_t verdict;
    if (argc != 2) return fprintf(stderr, "usage: bench_story SCENARIO\n"), 2;
    error_clear(&error);
    double wall_ms[TURNS];
    for (int turn = 0; turn < TURNS; turn++) {
        report_t report = {0};
        kmsim_run_options_t options = {.in_process = true};
        double began_ms = measure_now_s() * 1e3;
        garage_t *garage = garage_new();
        const story_world_t world = {&play_vocabulary, garage};
        const story_t *story = story_load(argv[1], &world, &error);
        bool good = story && kmsim_run_story(&options, story, &report, &verdict, &error);
        if (!good || verdict.state != PLAYER_PASSED) return fprintf(stderr, "%s\n", error.text), 3;
        wall_ms[turn] = measure_now_s() * 1e3 - began_ms;
        story_destroy(&story);
        garage_destroy(&garage);
    }
    double wall_ms_median = measure_median(wall_ms, TURNS);
    printf("A story in-process, vehicle, DBC and story files read each time, median of %d turns\n\n", TURNS);
    printf("| story | virtual time | wall time | at most |\n|---|---|---|---|\n");
    printf("| %s | %.0f s | %.2f ms | %.0f ms |\n", argv[1], (double)verdict.time_ns / 1e9, wall_ms_median, BUDGET_MS);
    return wall_ms_median <= BUDGET_MS ? 0 : 1;
}
