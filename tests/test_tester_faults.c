// SPDX-License-Identifier: MIT
// The tester reads fault memories, beside the jobs that it is given.
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/suite.h"
#include "tests/tester_bench.h"

START_TEST(a_fault_memory_is_read_at_once_and_then_again_and_again)
{
    tester_bench_expect(0, RULES(POLL, POLL, POLL));
    int64_t begin_ns = tester_bench.now_ns;
    tester_read_faults(tester_bench.tester, index_set_of(0));
    tester_bench_go();
    tester_bench_wait(2 * TESTER_POLL_NS + 30 * TIME_MS);
    ck_assert_uint_eq(tester_bench.units[0].asked, 3);
    ck_assert_int_eq(tester_bench.units[0].asked_ns[0], begin_ns + FRAME_NS);
    int64_t period_ns = tester_bench.units[0].asked_ns[1] - tester_bench.units[0].asked_ns[0];
    ck_assert_int_ge(period_ns, TESTER_POLL_NS);
    ck_assert_int_eq(tester_bench.units[0].asked_ns[2] - tester_bench.units[0].asked_ns[1], period_ns);
    const tester_faults_t *faults = tester_faults(tester_bench.tester, 0, begin_ns);
    workshop_fault_t fault;
    ck_assert(faults && faults->answered);
    ck_assert(workshop_read_fault(faults->bytes, faults->size, 0, &fault));
    ck_assert_uint_eq(fault.code, 0x9907);
}
END_TEST

START_TEST(what_was_read_before_counts_no_more)
{
    tester_bench_expect(0, RULES(POLL));
    int64_t begin_ns = tester_bench.now_ns;
    ck_assert_ptr_null(tester_faults(tester_bench.tester, 0, 0));
    tester_read_faults(tester_bench.tester, index_set_of(0));
    tester_bench_go();
    tester_bench_wait(50 * TIME_MS);
    ck_assert_ptr_nonnull(tester_faults(tester_bench.tester, 0, begin_ns));
    ck_assert_ptr_null(tester_faults(tester_bench.tester, 0, begin_ns + 1));
    ck_assert_ptr_null(tester_faults(tester_bench.tester, 1, 0));
}
END_TEST

START_TEST(what_is_asked_for_during_a_reading_is_read_once_more_right_after)
{
    tester_bench_expect(0, RULES(POLL, POLL));
    tester_read_faults(tester_bench.tester, index_set_of(0));
    tester_bench_go();
    tester_bench_step();
    int64_t again_ns = tester_bench.now_ns;
    tester_read_faults(tester_bench.tester, index_set_of(0));
    tester_bench_go();
    tester_bench_wait(30 * TIME_MS);
    ck_assert_uint_eq(tester_bench.units[0].asked, 2);
    ck_assert_ptr_nonnull(tester_faults(tester_bench.tester, 0, again_ns));
}
END_TEST

START_TEST(nobody_watches_nothing_is_read)
{
    tester_bench_expect(0, RULES(POLL));
    tester_read_faults(tester_bench.tester, index_set_of(0));
    tester_bench_go();
    tester_bench_wait(30 * TIME_MS);
    tester_watch_faults(tester_bench.tester, (index_set_t){0});
    tester_bench_wait(10 * TIME_S);
    ck_assert_uint_eq(tester_bench.units[0].asked, 1);
    ck_assert_int_eq(tester_bench.deadline_ns, TIME_NEVER);
}
END_TEST

START_TEST(a_unit_that_does_not_answer_is_asked_again)
{
    tester_bench_expect(0, RULES("19 02 FF >", "19 02 FF > 7F 19 11", POLL));
    tester_read_faults(tester_bench.tester, index_set_of(0));
    tester_bench_go();
    tester_bench_wait(200 * TIME_MS);
    const tester_faults_t *faults = tester_faults(tester_bench.tester, 0, 0);
    ck_assert(faults && !faults->answered && faults->end == WORKSHOP_SILENT);
    tester_bench_wait(100 * TIME_MS);
    ck_assert(!faults->answered && faults->nrc == UDS_SERVICE_NOT_SUPPORTED);
    tester_bench_wait(100 * TIME_MS);
    ck_assert(faults->answered);
}
END_TEST

START_TEST(several_units_are_read_in_turn)
{
    tester_bench_expect(0, RULES(POLL, POLL));
    tester_bench_expect(1, RULES(POLL, POLL));
    tester_read_faults(tester_bench.tester, index_set_either(index_set_of(0), index_set_of(1)));
    tester_bench_go();
    tester_bench_wait(TESTER_POLL_NS + 60 * TIME_MS);
    ck_assert_uint_eq(tester_bench.units[0].asked, 2);
    ck_assert_uint_eq(tester_bench.units[1].asked, 2);
}
END_TEST

START_TEST(a_job_waits_for_the_reading_of_the_same_unit)
{
    tester_bench_expect(0, RULES(POLL));
    tester_read_faults(tester_bench.tester, index_set_of(0));
    tester_bench_go();
    tester_bench_step();
    tester_watch_faults(tester_bench.tester, (index_set_t){0});
    tester_bench.units[0].rules[tester_bench.units[0].rule_count++] = "22 F1 86 > 62 F1 86 01";
    static const uint8_t REQUEST[] = {0x22, 0xF1, 0x86};
    tester_begin_request(tester_bench.tester, 0, REQUEST, sizeof REQUEST);
    tester_bench_go();
    tester_bench_check_answer(tester_bench_finish(), "62 F1 86 01");
    ck_assert(tester_faults(tester_bench.tester, 0, 0)->answered);
}
END_TEST

START_TEST(a_reading_waits_for_the_job_at_the_same_unit)
{
    static const workshop_service_t BLOCK = {.function = WORKSHOP_BLOCK_KEY, .key = 2};
    tester_bench_expect(0, RULES(OPEN, SEED, KEY, "31 * > 71 01 DC 73 00", CLOSE, POLL));
    tester_begin_service(tester_bench.tester, 0, &BLOCK);
    tester_bench_go();
    tester_bench_step();
    tester_read_faults(tester_bench.tester, index_set_of(0));
    tester_bench_go();
    ck_assert_int_eq(tester_bench_finish()->end, WORKSHOP_ACCEPTED);
    ck_assert_ptr_null(tester_faults(tester_bench.tester, 0, 0));
    tester_bench_wait(30 * TIME_MS);
    ck_assert_ptr_nonnull(tester_faults(tester_bench.tester, 0, 0));
}
END_TEST

START_TEST(a_job_at_one_unit_and_a_reading_at_another_run_at_once)
{
    static const uint8_t REQUEST[] = {0x22, 0xF1, 0x86};
    tester_bench_expect(0, RULES("22 F1 86 >")); // silent: the job lasts
    tester_bench_expect(1, RULES(POLL));
    tester_read_faults(tester_bench.tester, index_set_of(1));
    tester_begin_request(tester_bench.tester, 0, REQUEST, sizeof REQUEST);
    tester_bench_go();
    tester_bench_wait(50 * TIME_MS);
    ck_assert_ptr_null(tester_job(tester_bench.tester));
    ck_assert(tester_faults(tester_bench.tester, 1, 0)->answered);
    tester_watch_faults(tester_bench.tester, (index_set_t){0});
    ck_assert_int_eq(tester_bench_finish()->end, WORKSHOP_SILENT);
}
END_TEST

int main(void)
{
    const TTest *const TESTS[] = {
        a_fault_memory_is_read_at_once_and_then_again_and_again,
        what_was_read_before_counts_no_more,
        what_is_asked_for_during_a_reading_is_read_once_more_right_after,
        nobody_watches_nothing_is_read,
        a_unit_that_does_not_answer_is_asked_again,
        several_units_are_read_in_turn,
        a_job_waits_for_the_reading_of_the_same_unit,
        a_reading_waits_for_the_job_at_the_same_unit,
        a_job_at_one_unit_and_a_reading_at_another_run_at_once,
    };
    TCase *tests = tcase_create("tester, faults");
    tcase_add_checked_fixture(tests, tester_bench_open, tester_bench_close);
    suite_add_tests(tests, TESTS, sizeof TESTS / sizeof TESTS[0]);
    return suite_run("tester, faults", tests);
}
