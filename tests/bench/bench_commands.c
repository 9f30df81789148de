// SPDX-License-Identifier: MIT
// Whole commands, each a process that is started, does its work and ends: what whoever types it waits for. How many
// frames the buses carried is counted in one run more, with a trace.
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/bench/guard.h"
#include "tests/bench/measure.h"
#include "tests/scratch.h"

#define TURNS_MAX 15
#define WORDS_MAX 16
#define LINE_MAX_SIZE 512

typedef struct {
    const char *what;
    const char *options[3]; // of kmsim
    const char *story;      // null: none
    int stories;            // it is played so often
    const char *virtual_time;
    double most_ms; // 0: not asked
} row_t;

static const row_t ROWS[] = {
    {"welcome.json", {"run"}, "scenarios/welcome.json", 1, "20 s", 45},
    {"two_keys_one_number.json", {"run"}, "scenarios/two_keys_one_number.json", 1, "3 s", 60},
    {"inserted_without_unlocking.json", {"run"}, "scenarios/inserted_without_unlocking.json", 1, "5 s", 60},
    {"-j1 two_keys_one_number.json, ten times",
     {"run", "-j1"},
     "scenarios/two_keys_one_number.json",
     10,
     "10 x 3 s",
     60},
    {"--in-process welcome.json", {"run", "--in-process"}, "scenarios/welcome.json", 1, "20 s", 0},
    {"what starting the program costs", {"--version"}, NULL, 0, "-", 0},
};

typedef struct {
    char program[MEASURE_PATH_MAX];
    char directory[SCRATCH_PATH_MAX], said[SCRATCH_PATH_MAX + 16], trace[SCRATCH_PATH_MAX + 16];
} bench_t;

// How many lines of the file begin so.
static int count_lines(const char *path, const char *beginning)
{
    int count = 0;
    char line[LINE_MAX_SIZE];
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file)) count += strncmp(line, beginning, strlen(beginning)) == 0;
    if (file) fclose(file);
    return count;
}

typedef struct {
    double wall_ms, cpu_ms;
} took_t;

// All that it is to say it must have said.
static took_t run(const bench_t *self, const row_t *row, bool traced)
{
    const char *argv[WORDS_MAX] = {self->program};
    size_t count = 1;
    for (size_t i = 0; row->options[i]; i++) argv[count++] = row->options[i];
    if (traced) argv[count++] = "--trace";
    if (traced) argv[count++] = self->trace;
    for (int i = 0; i < (traced ? 1 : row->stories); i++) argv[count++] = row->story;
    int said = open(self->said, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (said < 0) measure_fail("%s: cannot be written", self->said);
    double began_s = measure_now_s(), cpu_began_s = measure_cpu_of_all_s();
    int status = guard_wait(guard_start(argv, said));
    took_t took = {(measure_now_s() - began_s) * 1e3, (measure_cpu_of_all_s() - cpu_began_s) * 1e3};
    close(said);
    if (status != 0) measure_fail("status %d of kmsim %s", status, row->what);
    int due = traced ? 1 : row->stories;
    if (row->story && count_lines(self->said, "ok ") != due)
        measure_fail("kmsim %s: not %d stories passed", row->what, due);
    if (!row->story && count_lines(self->said, "kmsim ") != 1) measure_fail("kmsim %s: says nothing", row->what);
    return took;
}

static int count_frames(const bench_t *self, const row_t *row)
{
    if (!row->story) return 0;
    run(self, row, true);
    int frames = count_lines(self->trace, "(");
    if (frames == 0) measure_fail("kmsim %s: no frames", row->what);
    return frames * row->stories;
}

static void measure(const bench_t *self, const row_t *row)
{
    int turns = measure_times(TURNS_MAX, 1), frames = count_frames(self, row);
    double wall_ms[TURNS_MAX], cpu_ms[TURNS_MAX];
    for (int turn = 0; turn < turns; turn++) {
        took_t took = run(self, row, false);
        wall_ms[turn] = took.wall_ms;
        cpu_ms[turn] = took.cpu_ms;
    }
    double median_ms = measure_median(wall_ms, (size_t)turns);
    char name[128], most[16] = "";
    snprintf(name, sizeof name, "kmsim %s%s%s", row->options[0], row->story ? " " : ": ", row->what);
    if (row->most_ms > 0) snprintf(most, sizeof most, "%.0f ms", row->most_ms);
    printf("| %s | %s | %d | %.1f ms | %.1f ms | %s |\n", name, row->virtual_time, frames,
           measure_median(cpu_ms, (size_t)turns), median_ms, most);
    fflush(stdout);
    if (row->most_ms > 0) measure_at_most(median_ms, row->most_ms, " ms", name);
}

static int work(int argc, char **argv)
{
    (void)argv;
    if (argc != 1) return fprintf(stderr, "usage: bench_commands\n"), 2;
    static bench_t bench;
    measure_beside("../bin/kmsim", bench.program);
    scratch_make(bench.directory);
    snprintf(bench.said, sizeof bench.said, "%s/said", bench.directory);
    snprintf(bench.trace, sizeof bench.trace, "%s/trace.log", bench.directory);
    measure_title("| command | virtual time | frames carried | CPU time of all | wall time | at most |",
                  "Whole commands, from the start of the process to its end, units on processes of their own unless "
                  "--in-process.\nMedian of %d runs. No peer.",
                  measure_times(TURNS_MAX, 1));
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) measure(&bench, &ROWS[i]);
    scratch_remove_all(bench.directory);
    return measure_status();
}

int main(int argc, char **argv)
{
    return guard_run(work, argc, argv);
}
