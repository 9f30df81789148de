// SPDX-License-Identifier: MIT
// The saturated buses of bench_kernel beside other people's simulation kernels (tests/bench/peers/): alternating, on
// one processor, each turn a process of its own that tells the CPU time of its run alone. Not part of `make bench`:
// `make bench-peers` installs what they need.
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "bus/zmq/affinity.h"
#include "tests/bench/guard.h"
#include "tests/bench/measure.h"
#include "tests/scratch.h"

#define TURNS_MAX 11
#define MOST_NS 300.0

typedef struct {
    const char *name, *program, *argument; // beside this program
    const char *does;
    double frame_ns[TURNS_MAX], median_ns;
    uint64_t carried, heard;
} contender_t;

enum { KMSIM, SYSTEMC };

static contender_t contenders[] = {
    [KMSIM] = {"kmsim", "bench_kernel", "once", "all of its kernel"},
    [SYSTEMC] = {"SystemC", "peers/systemc", "", "arbitration, acceptance, kmsim's own table-driven lengths"},
    {"SystemC", "peers/systemc", "bits", "the same, lengths counted bit by bit"},
    {"SimGrid", "peers/simgrid", "", "arbitration, acceptance, kmsim's own table-driven lengths"},
};

#define CONTENDERS (sizeof contenders / sizeof contenders[0])

// All must have carried the same.
static void run(contender_t *self, int turn, const char *said)
{
    char program[MEASURE_PATH_MAX];
    measure_beside(self->program, program);
    int output = open(said, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (output < 0) measure_fail("%s: cannot be written", said);
    int status = guard_wait(guard_start((const char *const[]){program, self->argument, NULL}, output));
    if (status != 0) measure_fail("status %d of %s", status, program);
    FILE *file = fopen(said, "r");
    double seconds = 0;
    bool told = file && fscanf(file, "%" SCNu64 " %" SCNu64 " %lf", &self->carried, &self->heard, &seconds) == 3;
    if (file) fclose(file);
    close(output);
    if (!told || self->carried == 0) measure_fail("%s has carried nothing", program);
    measure_counted(program, self->carried, contenders[KMSIM].carried);
    measure_counted(program, self->heard, contenders[KMSIM].heard);
    self->frame_ns[turn] = seconds * 1e9 / (double)self->carried;
}

static int work(int argc, char **argv)
{
    (void)argv;
    if (argc != 1) return fprintf(stderr, "usage: bench_peers\n"), 2;
    int turns = measure_times(TURNS_MAX, 1);
    char directory[SCRATCH_PATH_MAX], said[SCRATCH_PATH_MAX + 16];
    scratch_make(directory);
    snprintf(said, sizeof said, "%s/said", directory);
    setenv("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE", "1", 1);
    affinity_pin(affinity_processor());
    for (int turn = 0; turn < turns; turn++)
        for (size_t i = 0; i < CONTENDERS; i++) run(&contenders[i], turn, said);
    scratch_remove_all(directory);
    measure_title("| kernel | what it does | frames carried | frames heard | CPU time per frame | at most |",
                  "Two saturated buses at 100 kbit/s, on each four nodes that send 8 bytes as soon as the frame before "
                  "was carried, and hear\none other, for 60 s of virtual time. Median of %d turns, alternating, on one "
                  "processor.\nThe peers leave out acknowledgement and errors, sleep, queues within a node, power, "
                  "lines and radio, limits, observers.",
                  turns);
    for (size_t i = 0; i < CONTENDERS; i++) {
        contender_t *self = &contenders[i];
        char most[16] = "";
        self->median_ns = measure_median(self->frame_ns, (size_t)turns);
        if (i == KMSIM) snprintf(most, sizeof most, "%.0f ns", MOST_NS);
        printf("| %s | %s | %" PRIu64 " | %" PRIu64 " | %.0f ns | %s |\n", self->name, self->does, self->carried,
               self->heard, self->median_ns, most);
    }
    measure_at_most(contenders[KMSIM].median_ns, MOST_NS, " ns", "saturated kernel, per frame");
    measure_at_most(contenders[KMSIM].median_ns, contenders[SYSTEMC].median_ns, " ns", "saturated kernel, as SystemC");
    return measure_status();
}

int main(int argc, char **argv)
{
    return guard_run(work, argc, argv);
}
