// SPDX-License-Identifier: MIT
// Two units on the bench (tests/diagnosis_bench.h): one that codes settings, and the one with the keys.
#ifndef KMSIM_TESTS_SEAT_AND_CAS_H
#define KMSIM_TESTS_SEAT_AND_CAS_H

#include "cas/cas.h"
#include "ecus/seat.h"
#include "tests/diagnosis_bench.h"

static bench_t *seat, *cas;

static inline void set_up(void)
{
    seat = bench_new(&seat_class, "seat");
    cas = bench_new(&cas_class, "cas");
}

static inline void tear_down(void)
{
    bench_destroy(&seat);
    bench_destroy(&cas);
}

#endif
