// SPDX-License-Identifier: MIT
// Diagnostic transfers of 4,095 bytes to the CAS, each a request of 683 frames that must arrive whole before it is
// answered: how many per second of wall time in both hosts, and how near their virtual time comes to the bus's minimum,
// which is the sum of these frames' bits and intermissions (STmin 0, block size 0).
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bus/can/frame.h"
#include "bus/files/garage.h"
#include "scenarios/play/play_vocabulary.h"
#include "tools/kmsim_run.h"
#include "tests/bench/measure.h"
#include "tests/scratch.h"

#define TURNS 5
#define TRANSFERS 20
#define REQUEST_SIZE 4095
#define TESTER_ID 0x6F1
#define BIT_S 1e-5 // at 100 kbit/s
#define BUDGET 1.05

// A story that writes the scratch data identifier without having opened a session: refused, but only once it is whole.
static char *make_story(size_t *size)
{
    char *text = NULL;
    FILE *file = open_memstream(&text, size);
    assert(file);
    fprintf(file, "{\"name\": \"transfers\", \"steps\": [{\"wait\": \"100 ms\"}");
    for (int transfer = 0; transfer < TRANSFERS; transfer++) {
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

static double virtual_ratio(const char *path)
{
    transfers_t transfers = {0};
    char line[128], text[FRAME_TEXT_MAX];
    FILE *file = fopen(path, "r");
    assert(file);
    while (fgets(line, sizeof line, file)) {
        double end_s;
        can_frame_t frame;
        if (sscanf(line, "(%lf) kcan-s %31s", &end_s, text) == 2 && frame_parse(text, &frame))
            take_frame(&transfers, end_s, &frame);
    }
    fclose(file);
    assert(transfers.count == TRANSFERS);
    return transfers.ratio_sum / TRANSFERS;
}

static double transfers_per_second(const story_t *story, const char *units, const char *trace, error_t *error)
{
    double rates[TURNS];
    bool in_process = units == NULL;
    for (int turn = 0; turn < TURNS; turn++) {
        kmsim_run_options_t options = {.in_process = in_process, .trace_path = trace, .unit_directory = units};
        report_t report = {0};
        static player_verdict_t verdict;
        double began_s = measure_now_s();
        kmsim_run_t *run = kmsim_run_new(&options);
        bool good = kmsim_run_story(run, story, &report, &verdict, error) && verdict.state == PLAYER_PASSED;
        kmsim_run_destroy(&run);
        if (!good) fprintf(stderr, "%s\n%s %s\n", error->text, verdict.problem, verdict.seen), exit(3);
        rates[turn] = TRANSFERS / (measure_now_s() - began_s);
    }
    double rates_median = measure_median(rates, TURNS);
    return rates_median;
}

int main(int argc, char **argv)
{
    if (argc != 2) return fprintf(stderr, "usage: bench_transfer DIRECTORY OF THE UNITS' PROGRAMS\n"), 2;
    static error_t error;
    error_clear(&error);
    char directory[SCRATCH_PATH_MAX], trace[SCRATCH_PATH_MAX + 16];
    scratch_make(directory);
    snprintf(trace, sizeof trace, "%s/trace.log", directory);
    size_t size;
    char *text = make_story(&size);
    garage_t *garage = garage_new();
    const story_world_t world = {&play_vocabulary, garage};
    const story_t *story = story_parse("transfers", text, size, &world, &error);
    if (!story) return fprintf(stderr, "%s\n", error.text), 3;
    double in_process = transfers_per_second(story, NULL, trace, &error);
    double ratio = virtual_ratio(trace);
    double on_processes = transfers_per_second(story, argv[1], NULL, &error);
    scratch_remove_all(directory);
    story_destroy(&story);
    garage_destroy(&garage);
    free(text);
    printf("Transfers of %d bytes to the CAS, %d in a story, medians of %d turns\n\n", REQUEST_SIZE, TRANSFERS, TURNS);
    printf("| in-process | on processes | virtual time against the bus's minimum | at most |\n|---|---|---|---|\n");
    printf("| %.0f /s | %.0f /s | %.3f | %.2f |\n", in_process, on_processes, ratio, BUDGET);
    return ratio <= BUDGET ? 0 : 1;
}
