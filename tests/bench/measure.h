// SPDX-License-Identifier: MIT
// What benches have in common: time, medians (machines are noisy), and tables that say what is done and on what
// machine, and whose rows may have to be at least so fast.
//
// With KMSIM_BENCH=quick in the environment a bench does its work once or twice and judges no time: that shows that the
// work is done at all.
#ifndef KMSIM_TESTS_BENCH_MEASURE_H
#define KMSIM_TESTS_BENCH_MEASURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MEASURE_PATH_MAX 512
#define MEASURE_BROKEN 3 // exit status: what was to be measured did not happen; 1 is for a row that missed

/// Wall time in seconds since some moment.
double measure_now_s(void);

/// CPU time of this process in seconds: of what never waits, since nobody else's work on the machine is in it.
double measure_cpu_s(void);

/// CPU time in seconds of this process and of all that have ended of those that it has started, and that these have.
double measure_cpu_of_all_s(void);

/// The median of an odd number of figures, which it sorts.
double measure_median(double *figures, size_t count);

/// So many, or so many when it is quick.
int measure_times(int full, int quick);

/// A path below the directory of this program, "../bin" for one. Ends the bench when it is too long.
void measure_beside(const char *below, char path[MEASURE_PATH_MAX]);

/// Begins a table: what is done and how often (printf; may be of several lines), the machine, the columns ("| a | b
/// |").
void measure_title(const char *columns, const char *format, ...) __attribute__((format(printf, 2, 3)));

/// Judges a row by its figure: one that misses is told on standard error, and makes the bench's exit status 1.
void measure_at_least(double figure, double least, const char *unit, const char *row);
void measure_at_most(double figure, double most, const char *unit, const char *row);

/// Of all rows so far: 0, or 1 when one has missed. The exit status of a bench that has done its work.
int measure_status(void);

/// Ends the bench: its work cannot be done, or was not done (printf).
void measure_fail(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

/// Fails unless that is what was counted.
void measure_counted(const char *what, uint64_t count, uint64_t due);

#endif
