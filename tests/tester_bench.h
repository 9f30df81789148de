// SPDX-License-Identifier: MIT
// The tester on a wire that needs a millisecond for a frame, with units (the CAS, the climate control) that expect
// these requests in this order and answer as they are told. A rule is "REQUEST > ANSWER": * ends a prefix of the
// request, no answer is silence, several answers are separated by |. A unit without rules has no power.
#ifndef KMSIM_TESTS_TESTER_BENCH_H
#define KMSIM_TESTS_TESTER_BENCH_H

#include "scenarios/actors/tester.h"

#define FRAME_NS TIME_MS
#define UNIT_RULES_MAX 16

#define RULES(...) ((const char *const[]){__VA_ARGS__, NULL})
#define NO_RULES ((const char *const[]){NULL})

typedef struct {
    const char *rules[UNIT_RULES_MAX];
    size_t rule_count, asked;
    int64_t asked_ns[UNIT_RULES_MAX];
    const char *answers; // the rest of those that are due …
    int64_t say_ns;      // … from then on
    isotp_t link;
} unit_t;

typedef struct {
    vehicle_t vehicle;
    tester_t *tester;
    node_ports_t ports;
    unit_t *units;               // two
    size_t frame_count;          // that the tester sent
    int64_t now_ns, deadline_ns; // the latter of the tester
    bool loses;                  // the next frame of the tester is lost
    int64_t pause_ns;            // between several answers of a unit
} tester_bench_t;

extern tester_bench_t tester_bench;

/// As a checked fixture.
void tester_bench_open(void);
void tester_bench_close(void);

void tester_bench_expect(uint8_t unit, const char *const *rules);

/// The tester is activated with these inputs, or by its line.
void tester_bench_activate(const node_input_t *inputs, size_t count);
void tester_bench_go(void);

/// The next thing happens; time passes; time passes until the job is over.
void tester_bench_step(void);
void tester_bench_wait(int64_t span_ns);
const workshop_job_t *tester_bench_finish(void);

/// Hex digits in pairs, separated by blanks.
size_t tester_bench_hex(const char *text, size_t length, uint8_t *bytes);

/// The bytes of the job's answer, the first 16 of a long one.
void tester_bench_check_answer(const workshop_job_t *job, const char *expected);

// Rules of a conversation that goes well, and of a reading of the fault memory.
#define OPEN "10 03 > 50 03 00 32 01 F4"
#define SEED "27 01 > 67 01 01 02 03 04 05 06 07 08"
#define KEY "27 02 * > 67 02"
#define CLOSE "10 01 > 50 01 00 32 01 F4"
#define POLL "19 02 FF > 59 02 2F 00 99 07 2F"

#endif
