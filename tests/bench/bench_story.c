// SPDX-License-Identifier: MIT
// One story in-process, from its file to its verdict, without the start of a program.
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "scenarios/garage.h"
#include "tools/kmsim_run.h"

#define TURNS 51
#define BUDGET_MS 2.0

static double now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

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
        double began_ms = now_ms();
        garage_t *garage = garage_new();
        const story_t *story = story_load(argv[1], garage, &error);
        bool good = story && kmsim_run_story(&options, story, &report, &verdict, &error);
        if (!good || verdict.state != PLAYER_PASSED) return fprintf(stderr, "%s\n", error.text), 3;
        wall_ms[turn] = now_ms() - began_ms;
        story_destroy(&story);
        garage_destroy(&garage);
    }
    qsort(wall_ms, TURNS, sizeof wall_ms[0], compare);
    printf("A story in-process, vehicle, DBC and story files read each time, median of %d turns\n\n", TURNS);
    printf("| story | virtual time | wall time | at most |\n|---|---|---|---|\n");
    printf("| %s | %.0f s | %.2f ms | %.0f ms |\n", argv[1], (double)verdict.time_ns / 1e9, wall_ms[TURNS / 2], BUDGET_MS);
    return wall_ms[TURNS / 2] <= BUDGET_MS ? 0 : 1;
}
