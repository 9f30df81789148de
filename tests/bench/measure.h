// SPDX-License-Identifier: MIT
// How a bench measures: wall time, and medians, because machines are noisy.
#ifndef KMSIM_TESTS_BENCH_MEASURE_H
#define KMSIM_TESTS_BENCH_MEASURE_H

#include <stdlib.h>
#include <time.h>

/// Wall time in seconds since some moment.
static inline double measure_now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static inline int measure_compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/// The median of an odd number of figures, which it sorts.
static inline double measure_median(double *figures, size_t count)
{
    qsort(figures, count, sizeof figures[0], measure_compare);
    return figures[count / 2];
}

#endif
