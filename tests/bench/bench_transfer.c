// SPDX-License-Identifier: MIT
// Diagnostic transfers of 4,095 bytes to the CAS, each a request of 683 frames that must arrive whole before it is
// answered: how many per second of wall time in both hosts, with and without a trace, and how near their virtual time
// comes to the bus's minimum, which is the sum of these frames' bits and intermissions (STmin 0, block size 0).
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bus/can/frame.h"
#include "bus/files/garage.h"
#include "scenarios/play/play_vocabulary.h"
#include "tools/kmsim_run.h"
#include "tests/bench/guard.h"
#include "tests/bench/measure.h"
#include "tests/scratch.h"

#define TURNS_MAX 5
#define TRANSFERS 20
#define REQUEST_SIZE 4095
#define TESTER_ID 0x6F1
#define BIT_S 1e-5 // at 100 kbit/s
#define MOST_VIRTUAL 1.05
#define LEAST_ON_PROCESSES 45.0 // per second

// A story that writes the scratch data identifier without having opened a session: refused, but only once it is whole.
static char *make_story(int transfers, size_t *size)
{
    char *text = NULL;
    FILE *file = open_memstream(&text, size);
    assert(file);
    fprintf(file, "{\"name\": \"transfers\", \"steps\": [{\"wait\": \"100 ms\"}");
    for (int transfer = 0; transfer < transfers; transfer++) {
        fprintf(file, ",\n{\"uds\": {\"ecu\": \"cas\", \"response\": \"7F 2E 7F\", \"request\": \"2E3E00");
        for (int i = 3; i < REQUEST_SIZE; i++) fprintf(file, "%02X", (unsigned)(i * 37 + transfer) & 0xFF);
        fprintf(file, "\"}}");
    }
    fprintf(file, "]}\n");
    fclose(file);
    return text;
}

typedef struct {
    double begin_s, minimum_s, ratio_sum;
    int count;
} transfers_t;

// One frame of the tester's: 1x begins a transfer, 2x carries it on; what else he sends (flow control, single) is none.
static void take_frame(transfers_t *self, double end_s, const can_frame_t *frame)
{
    unsigned kind = frame->length > 1 ? frame->data[1] >> 4 : 0;
    if (frame->id != TESTER_ID || kind < 1 || kind > 2) return;
    double length_s = frame_bits(frame) * BIT_S;
    if (kind == 1) *self = (transfers_t){end_s - length_s, 0, self->ratio_sum, self->count + 1};
    self->minimum_s += length_s + FRAME_INTERMISSION_BITS * BIT_S;
    unsigned left = (REQUEST_SIZE - 5) % 6;
    if (kind == 2 && frame->length < 8 && left > 0) self->ratio_sum += (end_s - self->begin_s) / self->minimum_s;
}

// Reads a trace: the mean of their virtual times against the bus's minimum, and all frames of all buses.
static double virtual_ratio(const char *path, int due, int *frames)
{
    transfers_t transfers = {0};
    char line[128], bus[16], text[FRAME_TEXT_MAX];
    FILE *file = fopen(path, "r");
    assert(file);
    *frames = 0;
    while (fgets(line, sizeof line, file)) {
        double end_s;
        can_frame_t frame;
        if (sscanf(line, "(%lf) %15s %31s", &end_s, bus, text) != 3 || !frame_parse(text, &frame)) continue;
        ++*frames;
        if (strcmp(bus, "kcan-s") == 0) take_frame(&transfers, end_s, &frame);
    }
    fclose(file);
    measure_counted("transfers in the trace", (uint64_t)transfers.count, (uint64_t)due);
    return transfers.ratio_sum / due;
}

typedef struct {
    const char *host;
    bool on_processes, traced;
    double rates[TURNS_MAX]; // transfers per second
    double ratio;            // traced
    int frames;              // likewise
} way_t;

static way_t ways[] = {{.host = "in-process"},
                       {.host = "in-process", .traced = true},
                       {.host = "on processes", .on_processes = true},
                       {.host = "on processes", .on_processes = true, .traced = true}};

#define WAYS (sizeof ways / sizeof ways[0])

// In seconds.
static double play(const way_t *way, const story_t *story, const char *units, const char *trace)
{
    static error_t error;
    static player_verdict_t verdict;
    error_clear(&error);
    kmsim_run_options_t options = {.in_process = !way->on_processes, .unit_directory = units};
    if (way->traced) options.trace_path = trace;
    report_t report = {0};
    double began_s = measure_now_s();
    kmsim_run_t *run = kmsim_run_new(&options);
    bool good = kmsim_run_story(run, story, &report, &verdict, &error) && verdict.state == PLAYER_PASSED;
    kmsim_run_destroy(&run);
    if (!good) measure_fail("%s\n%s %s", error.text, verdict.problem, verdict.seen);
    return measure_now_s() - began_s;
}

// All ways in each turn, so that a slow minute of the machine's is everybody's.
static void measure(const story_t *story, int transfers, int turns)
{
    char directory[SCRATCH_PATH_MAX], trace[SCRATCH_PATH_MAX + 16], units[MEASURE_PATH_MAX];
    measure_beside("../bin", units);
    scratch_make(directory);
    snprintf(trace, sizeof trace, "%s/trace.log", directory);
    for (int turn = 0; turn < turns; turn++)
        for (size_t i = 0; i < WAYS; i++) {
            way_t *way = &ways[i];
            way->rates[turn] = transfers / play(way, story, units, trace);
            if (way->traced) way->ratio = virtual_ratio(trace, transfers, &way->frames);
        }
    scratch_remove_all(directory);
}

static void print_row(way_t *way, int frames, int turns)
{
    double rate = measure_median(way->rates, (size_t)turns);
    char name[80], least[16] = "", ratio[16] = "", most[16] = "";
    snprintf(name, sizeof name, "transfers %s, %s trace", way->host, way->traced ? "with" : "without");
    if (way->on_processes) snprintf(least, sizeof least, "%.0f /s", LEAST_ON_PROCESSES);
    if (way->traced) snprintf(ratio, sizeof ratio, "%.3f", way->ratio);
    if (way->traced) snprintf(most, sizeof most, "%.2f", MOST_VIRTUAL);
    printf("| %s | %s | %d | %.1f /s | %s | %s | %s |\n", way->host, way->traced ? "yes" : "no", frames, rate, least,
           ratio, most);
    if (way->on_processes) measure_at_least(rate, LEAST_ON_PROCESSES, " /s", name);
    if (way->traced) measure_at_most(way->ratio, MOST_VIRTUAL, " of the bus's minimum", name);
}

static int work(int argc, char **argv)
{
    (void)argv;
    if (argc != 1) return fprintf(stderr, "usage: bench_transfer\n"), 2;
    static error_t error;
    error_clear(&error);
    int turns = measure_times(TURNS_MAX, 1), transfers = measure_times(TRANSFERS, 2);
    size_t size;
    char *text = make_story(transfers, &size);
    garage_t *garage = garage_new();
    const story_world_t world = {&play_vocabulary, garage};
    const story_t *story = story_parse("transfers", text, size, &world, &error);
    if (!story) measure_fail("%s", error.text);
    measure(story, transfers, turns);
    measure_counted("frames on processes", (uint64_t)ways[3].frames, (uint64_t)ways[1].frames);
    measure_title(
        "| host | trace | frames carried | transfers | at least | virtual time against the bus's minimum | at "
        "most |",
        "Transfers of %d bytes to the CAS, %d in a story, from the start of the units to their end.\nMedian of %d "
        "turns, in each of which the rows alternate. No peer.",
        REQUEST_SIZE, transfers, turns);
    for (size_t i = 0; i < WAYS; i++) print_row(&ways[i], ways[1].frames, turns);
    story_destroy(&story);
    garage_destroy(&garage);
    free(text);
    return measure_status();
}

int main(int argc, char **argv)
{
    return guard_run(work, argc, argv);
}
