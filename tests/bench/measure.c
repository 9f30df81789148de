// SPDX-License-Identifier: MIT
#include "tests/bench/measure.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

static bool missed;

static double read_clock(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

double measure_now_s(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

double measure_cpu_s(void)
{
    return read_clock(CLOCK_PROCESS_CPUTIME_ID);
}

static double seconds(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

double measure_cpu_of_all_s(void)
{
    struct rusage usage;
    double sum_s = 0;
    for (size_t i = 0; i < 2; i++) {
        getrusage((const int[]){RUSAGE_SELF, RUSAGE_CHILDREN}[i], &usage);
        sum_s += seconds(usage.ru_utime) + seconds(usage.ru_stime);
    }
    return sum_s;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double measure_median(double *figures, size_t count)
{
    qsort(figures, count, sizeof figures[0], compare);
    return figures[count / 2];
}

static bool is_quick(void)
{
    const char *told = getenv("KMSIM_BENCH");
    return told && strcmp(told, "quick") == 0;
}

int measure_times(int full, int quick)
{
    return is_quick() ? quick : full;
}

void measure_beside(const char *below, char path[MEASURE_PATH_MAX])
{
    char program[MEASURE_PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    if (length <= 0) measure_fail("/proc/self/exe: cannot be read");
    program[length] = '\0';
    *strrchr(program, '/') = '\0';
    int wrote = snprintf(path, MEASURE_PATH_MAX, "%s/%s", program, below);
    if (wrote >= MEASURE_PATH_MAX) measure_fail("%s: the path is too long", program);
}

// ---- tables --------------------------------------------------------------------------------------------------------

// "On AMD EPYC, 2 processors, Linux 6.1.0, load 0.3."
static void print_machine(void)
{
    struct utsname system;
    double load[1];
    char line[256], model[sizeof line] = "a processor without a name";
    FILE *file = fopen("/proc/cpuinfo", "r");
    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, "model name : %255[^\n]", model) == 1) break;
    if (file) fclose(file);
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    printf("On %s, %ld processor%s", model, processors, processors == 1 ? "" : "s");
    if (uname(&system) == 0) printf(", %s %s", system.sysname, system.release);
    if (getloadavg(load, 1) == 1) printf(", load %.1f", load[0]); // who else was at work
    printf("%s.\n", is_quick() ? "; quick: the times say nothing" : "");
}

void measure_title(const char *columns, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    printf("\n");
    print_machine();
    printf("\n%s\n|", columns);
    for (const char *c = strchr(columns + 1, '|'); c; c = strchr(c + 1, '|')) printf("---|");
    printf("\n");
}

static void judge(bool good, double figure, const char *word, double limit, const char *unit, const char *row)
{
    if (good || is_quick()) return;
    missed = true;
    fflush(stdout);
    fprintf(stderr, "missed: %s: %.4g%s, not %s %.4g%s\n", row, figure, unit, word, limit, unit);
}

void measure_at_least(double figure, double least, const char *unit, const char *row)
{
    judge(figure >= least, figure, "at least", least, unit, row);
}

void measure_at_most(double figure, double most, const char *unit, const char *row)
{
    judge(figure <= most, figure, "at most", most, unit, row);
}

int measure_status(void)
{
    return missed ? 1 : 0;
}

// ---- what was done -------------------------------------------------------------------------------------------------

void measure_fail(const char *format, ...)
{
    va_list arguments;
    fflush(stdout);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fprintf(stderr, "\n");
    exit(MEASURE_BROKEN);
}

void measure_counted(const char *what, uint64_t count, uint64_t due)
{
    if (count != due) measure_fail("%s: %" PRIu64 ", not %" PRIu64, what, count, due);
}
