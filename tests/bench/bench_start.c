// SPDX-License-Identifier: MIT
// What a run on processes costs beside its story: start of the standard vehicle's units until all have joined,
// tear-down until nothing is left; and the peak memory of one unit's process. The units' programs stand in ../bin.
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bus/zmq/hub.h"
#include "tests/bench/measure.h"
#include "bus/files/vehicle_file.h"

#define TURNS 15
#define BUDGET_MS 30.0

static long peak_memory_kb(long process)
{
    char path[64], line[128];
    snprintf(path, sizeof path, "/proc/%ld/status", process);
    FILE *file = fopen(path, "r");
    long peak_kb = 0;
    while (file && fgets(line, sizeof line, file))
        if (strncmp(line, "VmHWM:", 6) == 0) peak_kb = strtol(line + 6, NULL, 10);
    if (file) fclose(file);
    return peak_kb;
}

int main(void)
{
    static vehicle_t vehicle;
    static error_t error;
    static char directory[512];
    ssize_t length = readlink("/proc/self/exe", directory, sizeof directory - 16);
    assert(length > 0);
    directory[length] = '\0';
    char *end = strrchr(directory, '/');
    snprintf(end, sizeof directory - (size_t)(end - directory), "/../bin");
    error_clear(&error);
    double start_ms[TURNS], end_ms[TURNS], both_ms[TURNS];
    long peak_kb = 0;
    hub_options_t options = {.vehicle = &vehicle, .unit_directory = directory};
    bool good = vehicle_file_load(&vehicle, "e65", NULL, &error);
    for (int turn = 0; good && turn < TURNS; turn++) {
        double began_ms = measure_now_s() * 1e3;
        hub_t *hub = hub_new(&options, &error);
        good = hub != NULL;
        double joined_ms = measure_now_s() * 1e3;
        for (uint8_t i = 0; good && i < vehicle.node_count; i++) {
            long unit_kb = peak_memory_kb(hub_process(hub, i));
            if (unit_kb > peak_kb) peak_kb = unit_kb;
        }
        double looked_ms = measure_now_s() * 1e3;
        hub_destroy(&hub);
        start_ms[turn] = joined_ms - began_ms;
        end_ms[turn] = measure_now_s() * 1e3 - looked_ms;
        both_ms[turn] = start_ms[turn] + end_ms[turn];
    }
    if (!good) {
        fprintf(stderr, "%s\n", error.text);
        return 3;
    }
    double start_ms_median = measure_median(start_ms, TURNS);
    double end_ms_median = measure_median(end_ms, TURNS);
    double both_ms_median = measure_median(both_ms, TURNS);
    printf("Start and tear-down of %d units, medians of %d; together at most %.0f ms\n\n", vehicle.node_count, TURNS,
           BUDGET_MS);
    printf("| start until joined | tear-down | together | peak memory of a unit |\n|---|---|---|---|\n");
    printf("| %.1f ms | %.1f ms | %.1f ms | %.1f MB |\n", start_ms_median, end_ms_median, both_ms_median,
           (double)peak_kb / 1024);
    return both_ms_median <= BUDGET_MS ? 0 : 1;
}
