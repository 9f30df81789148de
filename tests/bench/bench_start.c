// SPDX-License-Identifier: MIT
// What a run on processes costs beside its story: start of the standard vehicle's units until all have joined,
// tear-down until nothing is left; and the memory that one unit's process has for itself. The units' programs stand in
// ../bin.
#include <stdio.h>
#include <stdlib.h>

#include "bus/files/vehicle_file.h"
#include "bus/zmq/hub.h"
#include "tests/bench/guard.h"
#include "tests/bench/measure.h"

#define TURNS_MAX 15
#define MOST_MS 20.0

typedef struct {       // kB
    long proportional; // Pss: pages that it shares with n others count 1/n
    long written;      // Private_Dirty: pages that are its own because it has written to them
} memory_t;

static memory_t read_memory(long process)
{
    char path[64], line[128];
    snprintf(path, sizeof path, "/proc/%ld/smaps_rollup", process);
    FILE *file = fopen(path, "r");
    memory_t memory = {0};
    while (file && fgets(line, sizeof line, file)) {
        sscanf(line, "Pss: %ld kB", &memory.proportional);
        sscanf(line, "Private_Dirty: %ld kB", &memory.written);
    }
    if (file) fclose(file);
    if (memory.written == 0) measure_fail("%s: no memory", path);
    return memory;
}

static memory_t largest_memory(const hub_t *hub, uint8_t units)
{
    memory_t largest = {0};
    for (uint8_t i = 0; i < units; i++) {
        memory_t memory = read_memory(hub_process(hub, i));
        if (memory.proportional > largest.proportional) largest.proportional = memory.proportional;
        if (memory.written > largest.written) largest.written = memory.written;
    }
    return largest;
}

static int work(int argc, char **argv)
{
    (void)argv;
    if (argc != 1) return fprintf(stderr, "usage: bench_start\n"), 2;
    static vehicle_t vehicle;
    static error_t error;
    char units[MEASURE_PATH_MAX];
    measure_beside("../bin", units);
    error_clear(&error);
    if (!vehicle_file_load(&vehicle, "e65", NULL, &error)) measure_fail("%s", error.text);
    int turns = measure_times(TURNS_MAX, 1);
    double start_ms[TURNS_MAX], end_ms[TURNS_MAX], both_ms[TURNS_MAX], proportional[TURNS_MAX], written[TURNS_MAX];
    hub_options_t options = {.vehicle = &vehicle, .unit_directory = units};
    for (int turn = 0; turn < turns; turn++) {
        double began_ms = measure_now_s() * 1e3;
        hub_t *hub = hub_new(&options, &error);
        if (!hub) measure_fail("%s", error.text);
        double joined_ms = measure_now_s() * 1e3;
        memory_t memory = largest_memory(hub, vehicle.node_count);
        double looked_ms = measure_now_s() * 1e3;
        hub_destroy(&hub);
        start_ms[turn] = joined_ms - began_ms;
        end_ms[turn] = measure_now_s() * 1e3 - looked_ms;
        both_ms[turn] = start_ms[turn] + end_ms[turn];
        proportional[turn] = (double)memory.proportional / 1024;
        written[turn] = (double)memory.written / 1024;
    }
    size_t count = (size_t)turns;
    double median_ms = measure_median(both_ms, count);
    measure_title("| start until joined | tear-down | together | at most | Pss | Private_Dirty |",
                  "Start of %d units' processes until all have joined, and tear-down until none is left; memory of the "
                  "unit that has most.\nMedian of %d. No peer.",
                  vehicle.node_count, turns);
    printf("| %.1f ms | %.1f ms | %.1f ms | %.0f ms | %.2f MB | %.2f MB |\n", measure_median(start_ms, count),
           measure_median(end_ms, count), median_ms, MOST_MS, measure_median(proportional, count),
           measure_median(written, count));
    measure_at_most(median_ms, MOST_MS, " ms", "start and tear-down of the units");
    return measure_status();
}

int main(int argc, char **argv)
{
    return guard_run(work, argc, argv);
}
