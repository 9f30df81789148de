// SPDX-License-Identifier: MIT
// A suite of short stories in one command: by one worker and by two, in turns, on processes and in-process. In-process
// it is the CPU time of all, less what it takes to read the files, since each is read once and played once.
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bus/zmq/affinity.h"
#include "tests/bench/guard.h"
#include "tests/bench/measure.h"
#include "tests/scratch.h"

#define TURNS_MAX 5
#define STORIES 500
#define QUICK_STORIES 10
#define STORIES_DIRECT 5000
#define TIMES_FASTER 1.8
#define PER_SECOND 15000

static const char STORY[] =
    "{\"name\": \"%d\", \"steps\": [{\"at\": \"2 s\", \"remote\": {\"key\": 2, \"button\": \"unlock\"}}, "
    "{\"expect\": {\"ecu\": \"seat\", \"profile\": 2}, \"within\": \"200 ms\"}, "
    "{\"at\": \"3 s\", \"expect\": {\"car\": \"unlocked\"}}]}\n";

typedef struct {
    char program[MEASURE_PATH_MAX];
    char directory[SCRATCH_PATH_MAX], stories[SCRATCH_PATH_MAX + 16], said[SCRATCH_PATH_MAX + 16];
    int count;
} bench_t;

typedef struct {
    double wall_s, cpu_s;
} took_t;

static void write_stories(bench_t *self, int count)
{
    self->count = count;
    for (int i = 0; i < count; i++) {
        char path[SCRATCH_PATH_MAX + 32];
        snprintf(path, sizeof path, "%s/%d.json", self->stories, i);
        FILE *file = fopen(path, "w");
        if (!file) measure_fail("%s: cannot be written", path);
        fprintf(file, STORY, i);
        fclose(file);
    }
}

static void check_said(const bench_t *self, const char *first)
{
    char line[256], last[256] = "";
    int passed = 0;
    FILE *file = fopen(self->said, "r");
    while (file && fgets(line, sizeof line, file)) {
        passed += strncmp(line, "ok ", 3) == 0;
        snprintf(last, sizeof last, "%s", line);
    }
    if (file) fclose(file);
    if (strcmp(first, "run") == 0) measure_counted("stories that passed", (uint64_t)passed, (uint64_t)self->count);
    if (strcmp(first, "check") == 0) measure_counted("valid stories", (uint64_t)atoi(last), (uint64_t)self->count);
}

static took_t run(const bench_t *self, const char *const options[])
{
    const char *argv[8] = {self->program};
    size_t count = 1;
    for (size_t i = 0; options[i]; i++) argv[count++] = options[i];
    argv[count] = self->stories;
    int said = open(self->said, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (said < 0) measure_fail("%s: cannot be written", self->said);
    double began_s = measure_now_s(), cpu_began_s = measure_cpu_of_all_s();
    int status = guard_wait(guard_start(argv, said));
    took_t took = {measure_now_s() - began_s, measure_cpu_of_all_s() - cpu_began_s};
    close(said);
    if (status != 0) measure_fail("status %d of kmsim %s", status, options[0]);
    check_said(self, options[0]);
    return took;
}

static void measure_processes(const bench_t *self)
{
    static const char *const ONE[] = {"run", "-j1", NULL}, *const TWO[] = {"run", "-j2", NULL};
    int turns = measure_times(TURNS_MAX, 1);
    double one_s[TURNS_MAX], two_s[TURNS_MAX], one_cpu_s[TURNS_MAX], two_cpu_s[TURNS_MAX], ratios[TURNS_MAX];
    for (int turn = 0; turn < turns; turn++) {
        took_t one = run(self, ONE), two = run(self, TWO);
        one_s[turn] = one.wall_s, one_cpu_s[turn] = one.cpu_s;
        two_s[turn] = two.wall_s, two_cpu_s[turn] = two.cpu_s;
        ratios[turn] = one.wall_s / two.wall_s;
    }
    double ratio = measure_median(ratios, (size_t)turns);
    printf("| kmsim run -j1 | %d | %.2f s | %.2f s | | |\n", self->count, measure_median(one_cpu_s, (size_t)turns),
           measure_median(one_s, (size_t)turns));
    printf("| kmsim run -j2 | %d | %.2f s | %.2f s | %.2f times faster | %.1f |\n", self->count,
           measure_median(two_cpu_s, (size_t)turns), measure_median(two_s, (size_t)turns), ratio, TIMES_FASTER);
    fflush(stdout);
    if (affinity_count() > 1) measure_at_least(ratio, TIMES_FASTER, " times", "kmsim run -j2 against -j1");
}

static void measure_direct(const bench_t *self)
{
    static const char *const CHECK[] = {"check", NULL}, *const RUN[] = {"run", "--in-process", "-j1", NULL};
    int turns = measure_times(TURNS_MAX, 1);
    double per_second[TURNS_MAX], cpu_s[TURNS_MAX], wall_s[TURNS_MAX];
    for (int turn = 0; turn < turns; turn++) {
        took_t read = run(self, CHECK), all = run(self, RUN);
        wall_s[turn] = all.wall_s;
        cpu_s[turn] = all.cpu_s;
        per_second[turn] = self->count / (all.cpu_s - read.cpu_s);
    }
    double median = measure_median(per_second, (size_t)turns);
    printf("| kmsim run --in-process -j1 | %d | %.2f s | %.2f s | %.0f per second of CPU time | %d |\n", self->count,
           measure_median(cpu_s, (size_t)turns), measure_median(wall_s, (size_t)turns), median, PER_SECOND);
    fflush(stdout);
    measure_at_least(median, PER_SECOND, " per second", "kmsim run --in-process -j1");
}

static int work(int argc, char **argv)
{
    (void)argv;
    if (argc != 1) return fprintf(stderr, "usage: bench_suite\n"), 2;
    static bench_t bench;
    measure_beside("../bin/kmsim", bench.program);
    scratch_make(bench.directory);
    snprintf(bench.stories, sizeof bench.stories, "%s/stories", bench.directory);
    snprintf(bench.said, sizeof bench.said, "%s/said", bench.directory);
    if (mkdir(bench.stories, 0700) != 0) measure_fail("%s: cannot be made", bench.stories);
    measure_title(
        "| command | stories | CPU time of all | wall time | | at least |",
        "A suite of short stories (3 s of car) in one command, each a file, from its start to its end. Median of "
        "%d runs of\nthe commands by turns; of those in-process less the CPU time in which kmsim check reads the "
        "files. No peer.",
        measure_times(TURNS_MAX, 1));
    write_stories(&bench, measure_times(STORIES, QUICK_STORIES));
    measure_processes(&bench);
    write_stories(&bench, measure_times(STORIES_DIRECT, QUICK_STORIES));
    measure_direct(&bench);
    scratch_remove_all(bench.directory);
    return measure_status();
}

int main(int argc, char **argv)
{
    return guard_run(work, argc, argv);
}
